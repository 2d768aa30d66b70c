"""An older commit is applied over a newer one, as a workflow that is run again does."""

from __future__ import annotations

from collections.abc import Iterator

from reconciler.guard.model import Guard, GuardContext, Limits
from reconciler.plan import GuardResult, Plan
from reconciler.promotion import older_commit


def check(plan: Plan, context: GuardContext[Limits]) -> Iterator[GuardResult]:
    """Refuses the plan for the environment."""
    for refusal in older_commit(plan.desired, context.circumstances):
        yield GUARD.result(plan.desired.environment.name, refusal.detail, refusal.hint)


GUARD = Guard(
    id="older-commit",
    title="A newer commit would be rolled back",
    purpose="Refuses, in `up`, a commit that is older than the applied one; in CI also a commit of another branch.",
    check=check,
    limits=Limits(),
    only_up=True,
)
