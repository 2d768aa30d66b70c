"""Access control by `Host` and `Origin`: accepts requests to this machine, refuses requests of other web pages.

A web page can point its own name to a loopback address (DNS rebinding) and then call the tenant as its own server; its
`Host` header shows that. It can also send a cross-site POST without reading the answer; its `Origin` header shows that.
The official provider plugin uses the tenant as a proxy and sends the `Host` of the org, a name in one of Okta's
domains, which no such page can have.
"""

import ipaddress
import re
import socket
from dataclasses import dataclass
from urllib.parse import urlsplit

OKTA_DOMAINS = ("okta.com", "oktapreview.com", "okta-emea.com", "okta-gov.com", "okta.mil", "okta-miltest.com")
HOST = re.compile(r"(?P<name>\[[0-9A-Fa-f:.]+\]|[A-Za-z0-9._-]+)(?::(?P<port>[0-9]{0,5}))?", re.ASCII)


@dataclass(frozen=True)
class ServedAddress:
    """The host and port that a tenant is served at."""

    host: str
    port: int | None

    @classmethod
    def at(cls, base_url: str) -> "ServedAddress":
        """Host and port of a URL."""
        parts = urlsplit(base_url)
        return cls((parts.hostname or "").lower(), parts.port)

    def accepts_host(self, host: str | None) -> bool:
        """Whether a `Host` header names this machine or an Okta org. HTTP/1.0 requests have none."""
        if host is None:
            return True
        if not (match := HOST.fullmatch(host)):
            return False
        name = match["name"].strip("[]").lower().removesuffix(".")
        return self._is_own(name) or any(name.endswith(f".{domain}") for domain in OKTA_DOMAINS)

    def accepts_origin(self, origin: str | None) -> bool:
        """Whether an `Origin` header names the tenant itself. Only browsers send one."""
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
        # Served at all addresses of the machine: accept any IP address, and its host name.
        return served is not None and served.is_unspecified and (address is not None or name == _machine())


def _address(name: str) -> ipaddress.IPv4Address | ipaddress.IPv6Address | None:
    try:
        return ipaddress.ip_address(name)
    except ValueError:
        return None


def _machine() -> str:
    return socket.gethostname().lower()
