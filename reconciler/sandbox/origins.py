"""Whose requests are taken: those to this machine, and not those that a web page of somebody else makes.

A page can have its own name point to a loopback address (DNS rebinding), and then talks to the tenant as to its own
server; `Host` gives it away. It can also send a POST across sites without being able to read the answer; `Origin`
gives that away. The official provider plugin takes the tenant for a proxy, and its `Host` is that of the org: a name
in a domain of Okta's, which no such page can have.
"""

import ipaddress
import re
import socket
from dataclasses import dataclass
from urllib.parse import urlsplit

OKTA_DOMAINS = ("okta.com", "oktapreview.com", "okta-emea.com", "okta-gov.com", "okta.mil", "okta-miltest.com")
HOST = re.compile(r"(?P<name>\[[0-9A-Fa-f:.]+\]|[A-Za-z0-9._-]+)(?::(?P<port>[0-9]{0,5}))?", re.ASCII)


@dataclass(frozen=True)
class Served:
    """Where a tenant is served: the host, as its address has it, and the port."""

    host: str
    port: int | None

    @classmethod
    def at(cls, base_url: str) -> "Served":
        """What an address names."""
        parts = urlsplit(base_url)
        return cls((parts.hostname or "").lower(), parts.port)

    def takes_host(self, host: str | None) -> bool:
        """Whether a `Host` header names this machine or an org of Okta's; HTTP/1.0 knows no such header."""
        if host is None:
            return True
        if not (match := HOST.fullmatch(host)):
            return False
        name = match["name"].strip("[]").lower().removesuffix(".")
        return self._is_own(name) or any(name.endswith(f".{domain}") for domain in OKTA_DOMAINS)

    def takes_origin(self, origin: str | None) -> bool:
        """Whether an `Origin` header names the tenant itself; clients that are no browsers send none."""
        if origin is None:
            return True
        scheme, _, host = origin.partition("://")
        if scheme != "http" or not (match := HOST.fullmatch(host)):
            return False
        port = int(match["port"]) if match["port"] else None
        return port == self.port and self._is_own(match["name"].strip("[]").lower())

    def _is_own(self, name: str) -> bool:
        if name in (self.host, "localhost") or name.endswith(".localhost"):
            return True
        address = _address(name)
        if address is not None and address.is_loopback:
            return True
        served = _address(self.host)
        # Served at all addresses of the machine: by whichever of them, or by its name.
        return served is not None and served.is_unspecified and (address is not None or name == _machine())


def _address(name: str) -> ipaddress.IPv4Address | ipaddress.IPv6Address | None:
    try:
        return ipaddress.ip_address(name)
    except ValueError:
        return None


def _machine() -> str:
    return socket.gethostname().lower()
