"""A group rule is deleted, replaced or switched off while people are in the groups that it fills.

Okta keeps the people whom the rule assigned in the groups, as if they had been added by hand.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Annotated

from pydantic import Field

from reconciler.engine.changes import Operation
from reconciler.guard.counting import some_of
from reconciler.guard.model import Guard, GuardContext, Limits
from reconciler.kinds.fields import Int, Purpose, is_active
from reconciler.kinds.relations import references
from reconciler.okta.snapshot import LiveObject
from reconciler.plan import GuardResult, Plan, PlannedChange


class GroupRuleReplacedLimits(Limits):
    """The limits of `group-rule-replaced`."""

    people: Annotated[Int, Field(ge=0)] = 0
    """Number of members that the groups of a rule may have when it is deleted, replaced or switched off."""


def check(plan: Plan, context: GuardContext[GroupRuleReplacedLimits]) -> Iterator[GuardResult]:
    """Refuses each rule with more members than the limit."""
    for change in plan.planned:
        groups = list(_filled(plan, change))
        counts = [group.kind.people(dict(group.json)) for group in groups]
        if groups and (None in counts or sum(count or 0 for count in counts) > context.limits.people):
            shown = [_described(plan, group, count) for group, count in zip(groups, counts, strict=True)]
            yield GUARD.result(
                change.address,
                f"{_what(change)} {some_of(shown)}: its members stay when they no longer match, and {_then(change)}",
                "keep the rule and add a second one beside it; to remove a rule for good, say who keeps the groups "
                "up to date from now on",
                change.source,
            )


def _filled(plan: Plan, change: PlannedChange) -> Iterator[LiveObject]:
    """The groups that the rule fills now and that stay, if it stops to fill them."""
    if change.item is None or change.before is None or change.list_of or not is_active(change.before):
        return
    switched_off = change.after is not None and not is_active(change.after)
    if not (change.removes or switched_off):
        return
    for one in references(change.kind.fields, change.item.spec):
        if one.relates.purpose is Purpose.MEMBERSHIP:
            group, goes = plan.live.by_id.get((one.kind, one.token)), plan.by_id.get((one.kind, one.token))
            if group is not None and not (goes and goes.removes):
                yield group


def _what(change: PlannedChange) -> str:
    words = {Operation.DELETE: "would be deleted", Operation.REPLACE: "would be deleted and created again"}
    return f"{words.get(change.operation, 'would be switched off')}, and it fills"


def _then(change: PlannedChange) -> str:
    if change.operation is Operation.REPLACE:
        return "so do members of groups that it no longer fills"
    return "no new members are added"


def _described(plan: Plan, group: LiveObject, people: int | None) -> str:
    count = "an unknown number of members" if people is None else f"{people} member{'' if people == 1 else 's'}"
    return f"{plan.names.of(group.kind.name, group.id)} ({count})"


GUARD = Guard(
    id="group-rule-replaced",
    title="The members of a group would no longer be maintained",
    purpose="Refuses to delete, replace or switch off a group rule while its groups have members.",
    check=check,
    limits=GroupRuleReplacedLimits(),
)
