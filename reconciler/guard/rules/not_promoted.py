"""Definitions would be applied before the environment named by `promotion` has taken them."""

from __future__ import annotations

from collections.abc import Iterator

from reconciler.guard.model import Guard, GuardContext, Limits
from reconciler.plan import GuardResult, Plan
from reconciler.promotion import not_promoted


def check(plan: Plan, context: GuardContext[Limits]) -> Iterator[GuardResult]:
    """Refuses the plan for the environment."""
    environment = plan.desired.environment
    for refusal in not_promoted(plan.desired, context.circumstances):
        where = environment.where("promotion.after")
        yield GUARD.result(environment.name, refusal.detail, refusal.hint, where)


GUARD = Guard(
    id="not-promoted",
    title="The definitions are not promoted",
    purpose="Refuses, in `up`, documents that the environment named by `promotion` has not taken without a failure.",
    check=check,
    limits=Limits(),
    only_up=True,
)
