"""Paged lists with Okta's `Link` header.

The cursor `after` is opaque to clients. It is the id of the last element of the previous page. It stays valid when that
element is deleted, because the store remembers its position.
"""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from urllib.parse import parse_qsl, quote, urlencode

from okta_sandbox.errors import invalid_field
from okta_sandbox.exchange import Call
from okta_sandbox.json_types import JsonObject
from okta_sandbox.store import Record


@dataclass(frozen=True)
class Paging:
    """`default`, `maximum` and `minimum` are page sizes; without a `default` the list is not paged.

    `links` says whether the answer has a `rel="self"` link. Many lists have none (rules, claims, scopes); the list of
    groups has none with `q`.
    """

    default: int | None = None
    maximum: int = 200
    minimum: int = 1
    links: Callable[[Call], bool] = lambda call: True


UNPAGED = Paging(links=lambda call: False)


def page_of(
    call: Call,
    records: Sequence[Record],
    paging: Paging,
    *,
    newest_first: bool = False,
    always_next: bool = False,
) -> tuple[Sequence[Record], dict[str, str]]:
    """The requested page and its headers.

    `records` are in order of creation; `newest_first` reverses them. With `always_next` the last page has a next link
    too, which is how the System Log is polled.
    """
    size = _size(call, paging)
    after = call.query.get("after")
    if after and records:
        first = records[0]
        position = call.tenant.store.position(first.kind, after, first.parent)
        if position is None:
            raise invalid_field("after", "The cursor is not valid.")
        records = [
            record for record in records if (record.sequence < position if newest_first else record.sequence > position)
        ]
    if newest_first:
        records = records[::-1]
    page = records if size is None else records[:size]
    links = [_link(call, "self")] if paging.links(call) else []
    if len(page) < len(records) or always_next:
        links.append(_link(call, "next", page[-1].id if page else after))
    return page, {"Link": ", ".join(links)} if links else {}


def next_link(headers: Mapping[str, str]) -> JsonObject:
    """The next page as `_links` of the body, for endpoints whose answer is an object."""
    found = re.search(r'<([^>]*)>; rel="next"', headers.get("Link", ""))
    return {"_links": {"next": {"href": found[1]}}} if found else {}


def _size(call: Call, paging: Paging) -> int | None:
    given = call.query.get("limit")
    if given is None:
        return paging.default
    try:
        wanted = int(given)
    except ValueError:
        raise invalid_field("limit", "The limit must be a number.") from None
    if wanted < 1:
        return paging.default
    return min(max(wanted, paging.minimum), paging.maximum)


def _link(call: Call, relation: str, after: str | None = None) -> str:
    query = [pair for pair in parse_qsl(call.query_string) if relation == "self" or pair[0] != "after"]
    if after is not None:
        query.insert(0, ("after", after))
    target = call.tenant.url(quote(call.path)) + (f"?{urlencode(query)}" if query else "")
    return f'<{target}>; rel="{relation}"'
