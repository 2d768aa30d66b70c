"""Counting what a plan removes."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from reconciler.definitions.model import Address
from reconciler.engine.changes import Operation
from reconciler.engine.state import Applied
from reconciler.plan import Plan, PlannedChange

_SHOWN = 10


def percent_of(part: int, whole: int) -> float:
    """The share in percent; 100 of nothing."""
    return 100.0 * part / whole if whole else 100.0


def is_too_much(part: int, whole: int, *, floor: int, percent: int) -> bool:
    """Whether more than the floor, and more than this share."""
    return part > floor and percent_of(part, whole) > percent


def documents_applied(plan: Plan) -> list[Applied]:
    """The objects in the state that have documents of their own."""
    return [one for one in plan.state.resources.values() if not one.kind.parents]


def documents_removed(plan: Plan) -> list[PlannedChange]:
    """The objects with documents of their own that are deleted or replaced."""
    return [one for one in plan.removed() if not one.kind.parents]


def removed_alone(plan: Plan) -> list[PlannedChange]:
    """The objects that are deleted or replaced while their owner stays, and those without owners."""
    return [one for one in plan.removed() if not is_owner_removed(plan, one)]


def is_owner_removed(plan: Plan, change: PlannedChange) -> bool:
    """Whether the owner of an object is also deleted or replaced."""
    owner = owner_of(plan, change)
    return owner is not None and owner.removes


def owner_of(plan: Plan, change: PlannedChange) -> PlannedChange | None:
    """The change of the owner of an object, if the owner changes."""
    owner_id = owner_id_of(change)
    found = (plan.by_id.get((kind, owner_id)) for kind in change.kind.parents)
    return next(filter(None, found), None)


def owner_id_of(change: PlannedChange) -> str:
    """The id of the owner; empty if the object has none, or if the owner does not exist yet."""
    if change.item is not None and change.item.parent is not None:
        return change.item.parent.id
    return next(iter(change.applied.owner_ids), "") if change.applied else ""


def would_be(changes: Iterable[PlannedChange]) -> str:
    """What would happen to them: `would be deleted`, `would be replaced` or both."""
    return f"would be {' or '.join(sorted({one.operation.done for one in changes}))}"


def names_of(changes: Iterable[PlannedChange]) -> str:
    """The objects in a sentence, those that are replaced marked; only the first of many."""
    texts = [f"{one.address}{' (replaced)' if one.operation is Operation.REPLACE else ''}" for one in changes]
    return some_of(sorted(texts))


def some_of(texts: Sequence[str | Address]) -> str:
    """The texts in a sentence; only the first of many."""
    shown = ", ".join(map(str, texts[:_SHOWN]))
    return f"{shown} and {len(texts) - _SHOWN} more" if len(texts) > _SHOWN else shown
