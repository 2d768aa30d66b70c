"""Lists in pages, with Okta's `Link` header.

The cursor `after` is opaque to clients. It names the last element of the page before; a cursor stays good
when that element is deleted in the meantime, because the store remembers where it stood.
"""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from urllib.parse import parse_qsl, quote, urlencode

from reconciler.sandbox.errors import invalid_field
from reconciler.sandbox.exchange import Call
from reconciler.sandbox.json_types import JsonObject
from reconciler.sandbox.store import Record


@dataclass(frozen=True)
class Paging:
    """`default` and `maximum` are page sizes; `default` None means all at once.

    `links` tells when the answer has a `rel="self"` link: many lists have none (rules, claims, scopes),
    and the one of groups has none with `q`.
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
    """The page that a request asks for, and the headers that go with it.

    `records` are in order of creation; `newest_first` turns them round. With `always_next` a last page has
    a next one too, to be asked for later: so the System Log is polled.
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
    """The next page as `_links` of the body, as endpoints have it whose answer is an object."""
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
