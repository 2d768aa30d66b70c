"""The next page of a list, from the `Link` header. It must be on the same server."""

from __future__ import annotations

import re

import httpx

_LINK = re.compile(r"\s*<[^<>]*>\s*(;[^<>]*)?")
_ADDRESS = re.compile(r"<[^<>]*>")


class BrokenLink(ValueError):
    """Raised when a `Link` header is malformed or points to another server; the message says why."""


def next_page(response: httpx.Response, own: httpx.URL) -> str | None:
    """The address of the next page; None on the last page. Raises `BrokenLink`.

    A malformed header is an error, because treating it as the last page would lose the rest of the list.
    """
    header = response.headers.get("Link", "").strip()
    if not header:
        return None
    following = response.links.get("next", {}).get("url")
    if following is None:
        if not _LINK.match(header) or re.search(r"\bnext\b", _ADDRESS.sub("", header)):
            raise BrokenLink(f"the Link header cannot be read: {header[:200]!r}")
        return None
    if not following or not is_within(own, following):
        raise BrokenLink(f"the Link header points outside the tenant: {following[:200]!r}")
    return str(following)


def is_within(own: httpx.URL, address: str) -> bool:
    """Whether an address or a path belongs to this tenant."""
    try:
        return _server(own.join(address)) == _server(own)
    except (httpx.InvalidURL, ValueError):
        return False


def _server(url: httpx.URL) -> tuple[str, str, int | None]:
    return url.scheme, "127.0.0.1" if url.host == "localhost" else url.host, url.port
