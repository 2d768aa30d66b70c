"""Findings about what is watched although no kind covers it: added, removed and changed items since the last `up`."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from reconciler.drift.findings import ADDED, NO_KIND, REMOVED, Difference, Finding, Verdict
from reconciler.drift.leaves import canonical
from reconciler.drift.releases import Releases
from reconciler.drift.watched_values import (
    DIGESTS,
    LABEL,
    ORDER,
    UNREAD,
    Values,
    by_owner,
    digest_of,
    is_of_unmanaged,
    list_id,
    order_of,
    owner_of,
    paths_in,
    values_of,
)
from reconciler.okta.watching import Hidden, Watched, WatchedItem
from reconciler.watched import Row
from reconciler.watched.row import is_address
from reconciler.watched.table import is_shared

_MANY = 20
"""The number of added or removed items of one list from which they are one finding."""
CHANGED_VALUES = "*"
"""The field of a finding about an item of a long list, whose earlier values are not known."""


@dataclass(frozen=True, slots=True)
class _Compared:
    """An item with its values in the baseline and in the tenant; see `releases.Watched`."""

    item: WatchedItem
    before: Values
    now: Values
    elsewhere: Collection[str] = ()

    def entry_of(self, path: str) -> str:
        """Every object is its own entry."""
        return ""

    @property
    def unchangeable(self) -> bool:
        return self.item.json.get("system") is True


def watched_findings(
    before: Mapping[str, Mapping[str, Values]], watched: Watched, compared: Collection[tuple[str, str]] = ()
) -> Iterator[Finding]:
    """The findings of all rows that the baseline contains, and of lists that could not be read.

    The lists in `compared`, given by path and id of the owner, are omitted: the findings of kinds contain them.
    """
    undeclared = {one for word, items in before.items() if is_of_unmanaged(word) for one in items}
    managed = {one for word, items in before.items() if not is_address(word) for one in items} - undeclared
    for row in watched.rows:
        if row.address in before:
            known = by_owner(row, before[row.address])
            for finding in _of_row(row, known, watched, managed):
                if (row.path, owner_of(row, finding.okta_id)) not in compared:
                    yield finding
    for gap in watched.hidden:
        if not gap.forbidden and not gap.owners:
            yield _unreadable(gap)


def unknown_rows(before: Mapping[str, Mapping[str, Values]], watched: Watched) -> list[Row]:
    """The rows that could be read, but that the baseline does not contain."""
    hidden = {gap.row.address for gap in watched.hidden}
    return [row for row in watched.rows if row.address not in before and row.address not in hidden]


def _of_row(
    row: Row, before: Mapping[str, Mapping[str, Values]], watched: Watched, managed: Collection[str]
) -> Iterator[Finding]:
    """The findings of a row; `managed` are the ids of objects that kinds compared at the last `up`."""
    pairs: list[_Compared] = []
    unrecorded = row.with_owner or UNREAD in before.get("", {}).get(list_id(""), {})
    for owner, items in watched.of(row).items():
        kept = before.get(owner, {})
        known = kept.get(list_id(owner))
        if known is None and row.below and (unrecorded or owner in watched.marked):
            continue
        if known is None and is_shared(row) and owner.partition("/")[0] in managed:
            continue  # a kind compared the items of this owner
        if known and UNREAD in known:
            continue
        if known and DIGESTS in known:
            yield from _by_digests(row, owner, items, known[DIGESTS])
        else:
            new = [one for one in items if one.id not in kept]
            left = {one.id for one in items} | {list_id(owner)}
            gone = {identity: values for identity, values in kept.items() if identity not in left}
            pairs += [_Compared(one, kept[one.id], values_of(one)) for one in items if one.id in kept]
            yield from _new(row, owner, new)
            yield from _gone(row, owner, gone)
        if known and ORDER in known:
            yield from _order(row, owner, items, known[ORDER])
    yield from _changed(pairs)
    yield from _without_owner_list(row, before, watched)


def _without_owner_list(row: Row, before: Mapping[str, Mapping[str, Values]], watched: Watched) -> Iterator[Finding]:
    """Items of owners that have none any more, such as the roles of a group without admin privileges."""
    if row.of_sensitive:  # an object that is no longer marked is not read
        return
    read = {*watched.of(row)} | {gap.owner.id for gap in watched.hidden if gap.row is row}
    read |= {owner for at, owner in watched.by_kinds if at == row.address}
    for owner, kept in before.items():
        if row.below and owner in watched.owners and owner not in read:
            yield from _gone(row, owner, {key: values for key, values in kept.items() if key != list_id(owner)})


def _new(row: Row, owner: str, items: Sequence[WatchedItem]) -> Iterator[Finding]:
    if row.follows:
        return
    if len(items) > _MANY:
        labels = sorted(one.label for one in items)
        label = ": ".join(filter(None, (items[0].owner.label, f"{len(items)} items")))
        yield _finding(row, label, f"{list_id(owner)}+", None, labels, f"{NO_KIND}; {ADDED}")
        return
    for one in items:
        yield _finding(row, one.label, one.id, None, one.label, f"{NO_KIND}; {ADDED}")


def _gone(row: Row, owner: str, kept: Mapping[str, Values]) -> Iterator[Finding]:
    if row.follows:
        return
    labels = {identity: str(values.get(LABEL) or identity) for identity, values in sorted(kept.items())}
    if len(labels) > _MANY:
        gone = sorted(labels.values())
        yield _finding(row, f"{len(gone)} items", f"{list_id(owner)}-", gone, None, f"{NO_KIND}; {REMOVED}")
        return
    for identity, label in labels.items():
        yield _finding(row, label, identity, label, None, f"{NO_KIND}; {REMOVED}")


def _changed(pairs: Sequence[_Compared]) -> Iterator[Finding]:
    releases = Releases.of(pairs)
    for pair in pairs:
        for path in sorted({*paths_in(pair.before), *paths_in(pair.now)}):
            before, now = pair.before.get(path), pair.now.get(path)
            if canonical(before) != canonical(now) and not releases.hold(pair, path):
                yield _of_member(pair.item, path, before, now)


def _of_member(item: WatchedItem, path: str, before: Any, now: Any) -> Finding:
    detail = f"{NO_KIND}; changed since the last `up`"
    return _finding(item.row, item.label or item.row.word, item.id, before, now, detail, path)


def _order(row: Row, owner: str, items: Sequence[WatchedItem], before: list[str]) -> Iterator[Finding]:
    """A finding if the items that are in both have another order."""
    now = order_of(row, items)
    common = set(before) & set(now)
    earlier, later = ([one for one in order if one in common] for order in (before, now))
    if earlier != later:
        labels = {one.identity: one.label for one in items}
        was, is_now = ([labels[one] for one in order] for order in (earlier, later))
        label = items[0].owner.label or row.word
        detail = f"{NO_KIND}; priorities changed since the last `up`"
        yield _finding(row, label, list_id(owner), was, is_now, detail, "priority")


def _by_digests(row: Row, owner: str, items: Sequence[WatchedItem], before: list[str]) -> Iterator[Finding]:
    """The differences of a long list. The names of removed items, and earlier values, are not known."""
    known = {digest[:8]: digest for digest in before}
    now = {digest_of(one): one for one in items}
    yield from _new(row, owner, [one for digest, one in now.items() if digest[:8] not in known])
    for digest, one in now.items():
        earlier = known.get(digest[:8])
        if earlier is not None and earlier != digest:
            yield _of_member(one, CHANGED_VALUES, f"(digest {earlier[8:]})", f"(digest {digest[8:]})")
    left = {digest[:8] for digest in now}
    gone = [digest for start, digest in known.items() if start not in left]
    if gone:
        label = f"{len(gone)} of a long list"
        yield _finding(row, label, f"{list_id(owner)}-", label, None, f"{NO_KIND}; {REMOVED}")


def _finding(row: Row, label: str, identity: str, before: Any, now: Any, detail: str, path: str = "") -> Finding:
    return Finding(
        Verdict.BEYOND,
        row.word,
        "",
        label or row.word,
        okta_id=identity,
        field=path,
        expected=before,
        applied=before,
        actual=now,
        differences=(Difference(path, before, now),) if path else (),
        detail=detail,
    )


def _unreadable(gap: Hidden) -> Finding:
    return Finding(
        Verdict.UNREADABLE,
        gap.row.word,
        "",
        gap.owner.label or gap.row.word,
        okta_id=gap.owner.id,
        detail=gap.reason,
    )


def item_of(finding: Finding, watched: Watched) -> WatchedItem | None:
    """The item in the tenant that a finding is about; for a finding about many items, one of them."""
    found = watched.item(finding.kind, finding.okta_id)
    if found or not finding.okta_id.endswith(("/+", "/-", "/")):
        return found
    owner = finding.okta_id.rpartition("/")[0]
    rows = [row for row in watched.rows if row.word == finding.kind]
    return next((one for row in rows for one in watched.of(row).get(owner, ())), None)
