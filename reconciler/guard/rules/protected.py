"""A protected object is deleted, replaced or released."""

from __future__ import annotations

from collections.abc import Iterator

from reconciler.definitions.model import Address
from reconciler.engine.changes import Operation
from reconciler.guard.model import Guard, GuardContext, Limits
from reconciler.plan import GuardResult, Plan, PlannedChange
from reconciler.plan.protection import protected_in

_ENDS = {
    Operation.DELETE: "deleted",
    Operation.REPLACE: "replaced, so that it gets a new id",
    Operation.RELEASE: "released: it would stay in Okta, no longer managed",
}


def check(plan: Plan, context: GuardContext[Limits]) -> Iterator[GuardResult]:
    """Refuses each one, whether its document says so or the last `up` recorded it."""
    recorded = protected_in(plan.state)
    for change in plan.by_address.values():
        if change.operation in _ENDS and _is_protected(change, recorded):
            yield GUARD.result(
                change.address,
                f"it would be {_ENDS[change.operation]}",
                "to allow this, set `protect: false` and run `up` first; restore the document if it was removed",
                change.source,
            )


def _is_protected(change: PlannedChange, recorded: frozenset[Address]) -> bool:
    earlier = Address(change.address.kind, change.applied.name) if change.applied else change.address
    declared = change.declaration is not None and change.declaration.protected
    return declared or change.address in recorded or earlier in recorded


GUARD = Guard(
    id="protected",
    title="A protected object would be deleted or released",
    purpose="Refuses to delete, replace or release objects with `protect: true`, also if the document is removed.",
    check=check,
    limits=Limits(),
)
