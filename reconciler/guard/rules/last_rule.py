"""A policy would lose its last active rule, or an authorization server its last active policy."""

from __future__ import annotations

from collections.abc import Iterator

from reconciler.guard.counting import some_of
from reconciler.guard.model import Guard, GuardContext, Limits
from reconciler.guard.siblings import Sibling, change_of_owner, name_of_owner, owners_with
from reconciler.kinds import Kind, Spec, kinds
from reconciler.kinds.entries import entries, entry_key
from reconciler.kinds.fields import is_active
from reconciler.plan import GuardResult, Plan


def check(plan: Plan, context: GuardContext[Limits]) -> Iterator[GuardResult]:
    """Refuses each owner that stays active without an active rule, or without an active policy."""
    for kind in kinds():
        if kind.last_one is None:
            continue
        for owner, members in owners_with(plan, kind):
            before = [name for one in members for name in _active(kind, one, one.before)]
            after = [name for one in members for name in _active(kind, one, one.after)]
            change = change_of_owner(plan, owner)
            if before and not after and is_active((change and change.after) or {}):
                yield GUARD.result(
                    name_of_owner(plan, owner),
                    f"would lose its last active {kind.last_one.word} ({some_of(before)}): {kind.last_one.then}",
                    f"keep one active {kind.last_one.word}; delete the {owner[0]} as a whole if it is not needed",
                    next((one.change.source for one in members if one.change and one.change.source), None),
                )


def _active(kind: Kind, one: Sibling, spec: Spec | None) -> Iterator[str]:
    """The names of its active entries."""
    for entry in () if spec is None else entries(kind, spec):
        if is_active(entry):
            yield entry_key(kind, entry) or one.name


GUARD = Guard(
    id="last-rule",
    title="A policy would have no rule",
    purpose="Refuses to remove or switch off the last active rule of a policy, or the last policy of a server.",
    check=check,
    limits=Limits(),
)
