"""What happens to the objects that refer to a removed one."""

from __future__ import annotations

from collections.abc import Iterator

from reconciler.engine.changes import Operation
from reconciler.kinds.fields import OnDelete
from reconciler.okta.snapshot import LiveObject, Outside
from reconciler.plan import Dependent, Plan


def falls_to_default(one: Dependent) -> bool:
    """Whether Okta gives the object the system object `default` instead."""
    return one.relates is not None and one.relates.on_delete is OnDelete.DEFAULT


def stays(plan: Plan, one: Dependent) -> bool:
    """Whether neither the object nor one of its owners is deleted or replaced."""
    return not any(
        (change := plan.by_id.get((item.kind.name, item.id))) is not None and change.removes
        for item in lineage(one.item)
    )


def lineage(item: LiveObject | Outside) -> Iterator[LiveObject]:
    """The object, its owner, and so on."""
    current = item if isinstance(item, LiveObject) else None
    while current is not None:
        yield current
        current = current.parent


def is_unmanaged(plan: Plan, one: Dependent) -> bool:
    """Whether the object is unmanaged after the plan."""
    change = plan.by_id.get((one.kind, one.okta_id))
    return not one.managed or (change is not None and change.operation is Operation.RELEASE)


def named(one: Dependent) -> str:
    """The object as messages show it."""
    return str(one) if one.managed else f"{one} (not managed)"
