"""The values of watched items in a baseline: by the address of their row, and by their id.

The id of a list, which ends with a slash, has the values of the list itself: whether it could not be read, the order of
its items, or their digests. Long lists are stored as digests only, so that the baseline stays small.
"""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Iterator, Mapping, Sequence
from fnmatch import fnmatchcase
from typing import Any

from reconciler.drift.leaves import as_text, below
from reconciler.drift.members import OF_THE_OBJECT, UPDATED
from reconciler.kinds.shapes import member
from reconciler.okta.watching import Hidden, Watched, WatchedItem
from reconciler.watched import Row

LABEL = "@label"
"""The path of the name of an item."""
ORDER = "@order"
"""The path of the ids of a list whose order matters, in that order."""
UNREAD = "@unread"
"""The path that says that a list could not be read."""
DIGESTS = "@digests"
"""The path of the digests of a long list."""
LONG = 500
"""The number of items from which a list is stored as digests."""

Values = Mapping[str, Any]
Kept = dict[str, dict[str, Any]]
"""Values by id and path."""


def is_of_unmanaged(word: str) -> bool:
    """Whether a baseline stores undeclared objects of a kind under this word: see `unmanaged.word_of_unmanaged`."""
    return word.endswith("?")


def list_id(owner: str) -> str:
    """The id of the list of an owner; of a list without an owner, if that is empty."""
    return f"{owner}/"


def owner_of(row: Row, identity: str) -> str:
    """The id of the owner of an item, or of a list."""
    if identity.endswith("/"):
        return identity[:-1]
    if row.single:
        return identity
    return identity.rpartition("/")[0]


def values_of(item: WatchedItem) -> dict[str, Any]:
    """The members of an item that are compared, by path."""
    row = item.row
    found: dict[str, Any] = {}
    if isinstance(updated := item.json.get("lastUpdated"), str) and row.kept is None:
        found[UPDATED] = updated
    hidden = OF_THE_OBJECT - {"priority"} | {row.id}
    for path, value in below({key: value for key, value in item.json.items() if key not in hidden}, ""):
        if (row.kept is not None and not _matches(path, row.kept)) or _matches(path, row.volatile):
            continue
        found[path] = fingerprint(value) if _matches(path, row.secret) and value not in (None, "", []) else value
    return found


def _matches(path: str, patterns: Collection[str]) -> bool:
    return any(path == one or path.startswith(f"{one}.") or fnmatchcase(path, one) for one in patterns)


def fingerprint(value: Any) -> str:
    """16 bits of a digest, which is enough to detect a change and too little to recover a secret."""
    return f"(secret {hashlib.sha256(as_text(value).encode(errors='replace')).hexdigest()[:4]})"


def order_of(row: Row, items: Sequence[WatchedItem]) -> list[str]:
    """The ids of items in the order in which Okta evaluates them."""
    return (
        [one.identity for one in sorted(items, key=lambda one: (_priority(one), one.identity))] if row.ordered else []
    )


def _priority(item: WatchedItem) -> int:
    found = member(item.json, "priority")
    return found if isinstance(found, int) else 0


def digest_of(item: WatchedItem) -> str:
    """The digest of an item: eight digits for its id, and eight for its values."""
    return _short(item.identity) + _short(as_text(values_of(item)))


def _short(text: str) -> str:
    return hashlib.sha256(text.encode(errors="replace")).hexdigest()[:8]


def same_item(digest: str, other: str) -> bool:
    """Whether two digests are of the same item, perhaps with different values."""
    return digest[:8] == other[:8]


def kept_list(row: Row, owner: str, items: Sequence[WatchedItem]) -> Kept:
    """A list as a baseline stores it."""
    own: dict[str, Any] = {}
    if row.ordered:
        own[ORDER] = order_of(row, items)
    if len(items) >= LONG:
        return {list_id(owner): own | {DIGESTS: sorted(map(digest_of, items))}}
    return {list_id(owner): own} | {one.id: {LABEL: one.label, **values_of(one)} for one in items}


def kept_of(watched: Watched) -> dict[str, Kept]:
    """All lists as a baseline stores them, by the address of their row."""
    kept: dict[str, Kept] = {row.address: {} for row in watched.rows}
    for row in watched.rows:
        for owner, items in watched.of(row).items():
            kept[row.address] |= kept_list(row, owner, items)
    for one in watched.hidden:
        kept[one.row.address] |= _unread(one)
    return kept


def _unread(hidden: Hidden) -> Kept:
    return {list_id(hidden.owner.id): {UNREAD: True}}


def by_owner(row: Row, kept: Mapping[str, Values]) -> dict[str, dict[str, Values]]:
    """The entries of a row in a baseline, by the owner of their list."""
    found: dict[str, dict[str, Values]] = {}
    for identity, values in kept.items():
        found.setdefault(owner_of(row, identity), {})[identity] = values
    return found


def is_complete(row: Row, kept: Mapping[str, Mapping[str, Values]]) -> bool:
    """Whether a baseline has all lists of a row."""
    return row.address in kept and not any(UNREAD in values for values in kept[row.address].values())


def paths_in(values: Values) -> Iterator[str]:
    """The paths of members, without notes about the item."""
    return (path for path in values if path not in (LABEL, ORDER, UNREAD, DIGESTS) and not path.endswith(UPDATED))
