"""Whether it is safe to send users, tokens or assertions to an address."""

from __future__ import annotations

import ipaddress
from urllib.parse import urlsplit


def has_wildcard(address: str) -> bool:
    """Whether the address has a wildcard."""
    return "*" in address


def is_plain_http(address: str) -> bool:
    """Whether the address is `http:` to another machine: anyone on the network path can read and change what is sent.

    Loopback addresses never leave the machine; native apps (RFC 8252, section 7.3) and developers use them.
    """
    if not address.lower().startswith("http:"):
        return False
    try:
        host = urlsplit(address).hostname or ""
    except ValueError:  # such as an unfinished IPv6 address
        return True
    return not _is_loopback(host)


def why_unsafe(address: str) -> str:
    """What makes the address unsafe, as in "contains a wildcard"; empty if nothing does."""
    if has_wildcard(address):
        return "contains a wildcard"
    return "is plain HTTP" if is_plain_http(address) else ""


def _is_loopback(host: str) -> bool:
    if host == "localhost" or host.endswith(".localhost"):
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False
