"""An app keeps existing but loses all of its groups."""

from __future__ import annotations

from collections.abc import Iterator

from reconciler.engine.changes import Operation
from reconciler.guard.counting import owner_of, some_of
from reconciler.guard.lost_relations import loses_all_access, owner_name
from reconciler.guard.model import Guard, GuardContext, Limits
from reconciler.kinds.entries import entry_keys
from reconciler.plan import GuardResult, Plan


def check(plan: Plan, context: GuardContext[Limits]) -> Iterator[GuardResult]:
    """Refuses each app that had groups and has none afterwards. Users assigned one by one are not read."""
    for change in plan.by_address.values():
        owner = owner_of(plan, change)
        if loses_all_access(change) and not (owner and owner.operation in (Operation.DELETE, Operation.RELEASE)):
            groups = entry_keys(change.kind, change.before)
            number = f"all {len(groups)} groups" if len(groups) > 1 else "its only group"
            yield GUARD.result(
                owner_name(plan, change),
                f"it would lose {number}: {some_of(groups)}",
                "list the groups that still need it; if nobody does, delete the app or set `status: INACTIVE`",
                change.source,
            )


GUARD = Guard(
    id="app-without-assignments",
    title="An app would be left without groups",
    purpose="Refuses to remove the last group of a remaining app, which nobody could use any more.",
    check=check,
    limits=Limits(),
)
