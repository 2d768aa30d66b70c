"""The effects of all changes of a plan."""

from __future__ import annotations

from collections.abc import Iterator

from reconciler.engine.changes import Operation
from reconciler.impact import access, policies, removal, sign_in
from reconciler.impact.reading import NOTHING_READ, WhatWasRead
from reconciler.impact.surroundings import Surroundings
from reconciler.impact.wording import is_switched_off
from reconciler.plan import Effect, Plan, PlannedChange

_WRITES = frozenset({Operation.CREATE, Operation.UPDATE, Operation.IMPORT})


def effects(plan: Plan, read: WhatWasRead = NOTHING_READ) -> list[Effect]:
    """The effects of a plan on people and on other objects, in the order of the changes.

    Objects with unknown numbers of people have `Effect.people` None; no effect is left out because of that.
    """
    around = Surroundings(plan, read)
    return [effect for change in plan.planned for effect in _of(around, change)]


def _of(around: Surroundings, change: PlannedChange) -> Iterator[Effect]:
    if change.list_of is not None:
        return  # part of the change of its list
    if change.removes:
        if change.item is None:
            text = f"The effects of removing {change.address} are unknown: it could not be read"
            yield Effect(change.address, "not-known", text)
        elif not (change.item.parent and around.is_removed(change.item.parent)):
            yield from removal.effects(around, change, change.item)
    elif change.operation in _WRITES:
        yield from access.of_changed_relations(around, change)
        yield from policies.of_changed_relations(around, change)
        yield from removal.of_removed_members(change)
        yield from sign_in.of_rated_changes(around, change)
        if change.item and is_switched_off(change):
            yield from removal.of_what_it_gave(around, change, change.item)
            yield from removal.of_inactive_zone(around, change, change.item)
