"""An object loses many of its relations: assignments, rules, scopes, targets, or the rules that fill it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Annotated

from pydantic import Field

from reconciler.guard.counting import is_too_much, some_of
from reconciler.guard.lost_relations import LostRelations, loses_all_access, lost_relations, owner_name
from reconciler.guard.model import Guard, GuardContext, Limits
from reconciler.kinds.fields import Int
from reconciler.plan import GuardResult, Plan


class RelationsLostLimits(Limits):
    """The limits of `relations-lost`."""

    percent: Annotated[Int, Field(ge=0, le=100)] = 30
    """Share of its relations of one sort that an object may lose, in percent."""
    floor: Annotated[Int, Field(ge=0)] = 2
    """Number of relations of one sort that an object may always lose."""


def check(plan: Plan, context: GuardContext[RelationsLostLimits]) -> Iterator[GuardResult]:
    """Refuses each object that loses too many. An app that loses all of its groups has a guard of its own."""
    limits = context.limits
    without_access = {owner_name(plan, one) for one in plan.by_address.values() if loses_all_access(one)}
    for one in lost_relations(plan):
        too_many = is_too_much(len(one.lost), one.before, floor=limits.floor, percent=limits.percent)
        if too_many and one.object not in without_access:
            yield _result(one, f"{len(one.lost)} of {one.before} {one.what} would be removed")


def _result(one: LostRelations, what: str) -> GuardResult:
    return GUARD.result(
        one.object,
        f"{what}: {some_of(sorted(one.lost))}",
        "check that the definitions are complete, or remove them in several steps",
        one.source,
    )


GUARD = Guard(
    id="relations-lost",
    title="An object would lose many of its relations",
    purpose="Limits how many assignments, rules, scopes or targets a remaining object loses in one run.",
    check=check,
    limits=RelationsLostLimits(),
)
