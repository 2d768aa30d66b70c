"""The next page of a list, from the `Link` header or the body. It must be on the same server."""

from __future__ import annotations

import re

import httpx

_LINK = re.compile(r"\s*<[^<>]*>\s*(;[^<>]*)?")
_ADDRESS = re.compile(r"<[^<>]*>")


class BrokenLink(ValueError):
    """Raised when a `Link` header is malformed or points to another server; the message says why."""


def next_page(response: httpx.Response, linked: str | None, own: httpx.URL) -> str | None:
    """The address of the next page; None on the last page. Raises `BrokenLink`. `linked` is the address in the body.

    A malformed header is an error, because treating it as the last page would lose the rest of the list.
    """
    if linked is not None:
        return _within(own, linked, "body")
    header = response.headers.get("Link", "").strip()
    if not header:
        return None
    following = response.links.get("next", {}).get("url")
    if following is None:
        if not _LINK.match(header) or re.search(r"\bnext\b", _ADDRESS.sub("", header)):
            raise BrokenLink(f"the Link header cannot be read: {header[:200]!r}")
        return None
    return _within(own, following, "Link header")


def _within(own: httpx.URL, address: str, where: str) -> str:
    if not address or not is_within(own, address):
        raise BrokenLink(f"the {where} points outside the tenant: {address[:200]!r}")
    return address


def is_within(own: httpx.URL, address: str) -> bool:
    """Whether an address or a path belongs to this tenant."""
    try:
        return _server(own.join(address)) == _server(own)
    except (httpx.InvalidURL, ValueError):
        return False


def _server(url: httpx.URL) -> tuple[str, str, int | None]:
    return url.scheme, "127.0.0.1" if url.host == "localhost" else url.host, url.port
