"""An app, a policy or a rule newly applies to all users of the tenant."""

from __future__ import annotations

from collections.abc import Iterator
from fnmatch import fnmatchcase
from typing import Annotated

from pydantic import AfterValidator

from reconciler.guard.model import Guard, GuardContext, Limits
from reconciler.guard.newly import values_that_block
from reconciler.kinds import kinds
from reconciler.kinds.fields import SetOf
from reconciler.plan import GuardResult, Plan


def _kind_and_name(pattern: str) -> str:
    kind, space, name = pattern.partition(" ")
    if not space or not name.strip() or not any(fnmatchcase(one.name, kind) for one in kinds()):
        raise ValueError("must be a kind and a name, such as `bookmark-app handbook` or `password-policy *`")
    return pattern


class AssignedToEveryoneLimits(Limits):
    """The limits of `assigned-to-everyone`."""

    allowed: SetOf[Annotated[str, AfterValidator(_kind_and_name)]] = frozenset()
    """Objects that may be for all users, such as `bookmark-app handbook` or `password-policy *`."""


def check(plan: Plan, context: GuardContext[AssignedToEveryoneLimits]) -> Iterator[GuardResult]:
    """Refuses each object that is not allowed."""
    for one, values in values_that_block(plan, GUARD.id):
        if any(fnmatchcase(str(one.subject), pattern) for pattern in context.limits.allowed):
            continue
        fields = " and ".join(sorted({value.field for value in values}))
        yield GUARD.result(
            one.subject,
            f"would apply to all users of the tenant, by {fields}",
            f"name the groups that need it; if it is for everyone, add `{one.subject}` to {GUARD.id}.allowed in "
            "guards.yaml",
            one.declaration.where(values[0].field),
        )


GUARD = Guard(
    id="assigned-to-everyone",
    title="An app, policy or rule would apply to everyone",
    purpose="Refuses to apply an app, a policy or a rule to all users, unless `guards.yaml` allows it.",
    check=check,
    limits=AssignedToEveryoneLimits(),
)
