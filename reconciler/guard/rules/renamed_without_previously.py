"""A document was renamed without `previously`, and its object would be deleted and created again."""

from __future__ import annotations

from collections.abc import Iterator

from reconciler.engine.changes import Operation
from reconciler.guard.model import Guard, GuardContext, Limits
from reconciler.plan import GuardResult, Plan


def check(plan: Plan, context: GuardContext[Limits]) -> Iterator[GuardResult]:
    """Refuses each one: all lose their ids, and Okta may refuse the new object while the label is taken."""
    for rename in plan.renames:
        if rename.old.operation is Operation.DELETE:
            lost = ", ".join(("its id", *rename.old.kind.lost_with_id()))
            yield GUARD.result(
                rename.old.address,
                f"{rename.summary}: it would be deleted and created again, and lose {lost}",
                rename.remedy,
                rename.new.source,
            )


GUARD = Guard(
    id="renamed-without-previously",
    title="A renamed object would be created again",
    purpose="Refuses to delete an object and create one of the same label: the old id would be lost.",
    check=check,
    limits=Limits(),
)
