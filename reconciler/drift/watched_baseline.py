"""The next baseline of what is watched: after an `up`, and after `accept`."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from typing import Any

from reconciler.drift.findings import Finding
from reconciler.drift.members import UPDATED, within
from reconciler.drift.watched_values import (
    DIGESTS,
    LABEL,
    ORDER,
    UNREAD,
    Kept,
    Values,
    digest_of,
    is_complete,
    kept_list,
    kept_of,
    list_id,
    order_of,
    owner_of,
    same_item,
    values_of,
)
from reconciler.okta.watching import Watched
from reconciler.watched import ROWS, Row, row_of_word

Addressed = Mapping[str, Mapping[str, Values]]


def after_up(before: Addressed, watched: Watched, touched: Collection[str]) -> dict[str, Kept]:
    """The entries of all rows after an `up` that created, changed or deleted the objects with the ids `touched`, or
    added these users to something or removed them.

    Lists that the baseline lacks are added. Lists of touched objects are renewed, because the `up` changed them. All
    others stay, so that changes by others are still found.
    """
    own = {row.address for row in ROWS}
    kept = {
        address: {one: dict(values) for one, values in items.items()}
        for address, items in before.items()
        if address in own
    }
    now = kept_of(watched)
    for row in watched.rows:
        known = kept.setdefault(row.address, {})
        is_new = row.address not in before
        no_owners = bool(row.below) and UNREAD in known.get(list_id(""), {})
        if no_owners:
            del known[list_id("")]
        of_touched = [one for one in known if _is_of(owner_of(row, one), touched)]
        lists = {one for one in now[row.address] if one.endswith("/")}
        renewed = {
            one[:-1]
            for one in lists
            if is_new
            or UNREAD in known.get(one, {})
            or ((no_owners or one[:-1] in watched.marked) and one not in known)
            or (row.below and _is_of(one[:-1], touched))
        }
        for one in of_touched:
            del known[one]
        known |= {one: values for one, values in now[row.address].items() if owner_of(row, one) in renewed}
        if row.of_people:
            known = kept[row.address] = {one: values for one, values in known.items() if one not in touched}
            known |= {one: values for one, values in now[row.address].items() if one in touched}
        if row.follows:  # new items are no findings: record them, so that their changes are
            known |= {one: values for one, values in now[row.address].items() if one not in known}
    return kept


def _is_of(owner: str, touched: Collection[str]) -> bool:
    return any(one in touched for one in owner.split("/"))


def accepted(kept: dict[str, Mapping[str, Any]], watched: Watched, finding: Finding) -> None:
    """Record the current value of the tenant for a finding, in the entries of its row."""
    row = row_of_word(finding.kind)
    if row is None:
        return
    owner = owner_of(row, finding.okta_id)
    items = watched.of(row).get(owner, ())
    own = dict(kept.get(list_id(owner), {}))
    if finding.okta_id.endswith(("/+", "/-")):
        for one in [one for one in kept if owner_of(row, one) == owner]:
            del kept[one]
        kept |= kept_list(row, owner, items)
        return
    item = next((one for one in items if one.id == finding.okta_id), None)
    if DIGESTS in own:
        if item:
            digest = digest_of(item)
            own[DIGESTS] = sorted([*(one for one in own[DIGESTS] if not same_item(one, digest)), digest])
    elif finding.field == "priority" and finding.okta_id.endswith("/"):
        own[ORDER] = order_of(row, items)
    elif item is None:
        kept.pop(finding.okta_id, None)
    elif not finding.field:
        kept[item.id] = {LABEL: item.label, **values_of(item)}
        if ORDER in own:
            own[ORDER] = _inserted(own[ORDER], item.identity, order_of(row, items))
    else:
        kept[item.id] = _with_path(kept.get(item.id, {}), values_of(item), finding.field)
    kept[list_id(owner)] = own


def _inserted(order: list[str], identity: str, now: list[str]) -> list[str]:
    """An earlier order with another id, behind the one that it follows now."""
    above = [one for one in now[: now.index(identity)] if one in order]
    position = order.index(above[-1]) + 1 if above else 0
    return [*order[:position], identity, *order[position:]] if identity not in order else order


def _with_path(before: Values, now: Values, path: str) -> dict[str, Any]:
    """The values of an item, renewed at a path."""
    result = {one: value for one, value in before.items() if not within(one, [path])}
    result |= {one: value for one, value in now.items() if within(one, [path])}
    same = {one: value for one, value in result.items() if one != LABEL and not one.endswith(UPDATED)}
    if same == {one: value for one, value in now.items() if not one.endswith(UPDATED)}:
        result |= {one: value for one, value in now.items() if one.endswith(UPDATED)}
    return result


def newly_marked(row: Row, before: Addressed, sensitive: Mapping[str, str]) -> set[str]:
    """The objects marked as `sensitive` (ids, with the paths of their lists) whose list a baseline lacks."""
    if not row.of_sensitive:
        return set()
    known = before.get(row.address, {})
    return {one for one, path in sensitive.items() if path == row.below and list_id(one) not in known}


def incomplete_rows(before: Addressed, rows: Iterable[Row]) -> tuple[Row, ...]:
    """The rows that a baseline lacks, or of which it lacks a list that could not be read."""
    return tuple(row for row in rows if not is_complete(row, before))
