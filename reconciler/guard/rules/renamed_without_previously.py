"""A document was renamed without `previously`, and its object would be created again without what it has."""

from __future__ import annotations

from collections.abc import Iterator

from reconciler.engine.changes import Operation
from reconciler.guard.model import Guard, GuardContext, Limits
from reconciler.plan import GuardResult, Plan


def check(plan: Plan, context: GuardContext[Limits]) -> Iterator[GuardResult]:
    """Refuses each one that loses more than its id, such as credentials, members or assignments."""
    for rename in plan.renames:
        lost = rename.old.kind.lost_with_id()
        if rename.old.operation is Operation.DELETE and lost:
            yield GUARD.result(
                rename.old.address,
                f"{rename.summary}: it would be deleted and created again, and lose {', '.join(lost)}",
                rename.remedy,
                rename.new.source,
            )


GUARD = Guard(
    id="renamed-without-previously",
    title="A renamed object would be created again",
    purpose="Refuses to delete an object and create one of the same label, where a new id loses credentials or people.",
    check=check,
    limits=Limits(),
)
