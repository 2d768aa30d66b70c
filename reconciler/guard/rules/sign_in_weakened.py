"""Sign-ins, passwords or the recovery of accounts become weaker."""

from __future__ import annotations

from collections.abc import Iterator

from reconciler.engine.changes import Operation
from reconciler.guard.model import Guard, GuardContext, Limits
from reconciler.guard.newly import only_restores
from reconciler.guard.order import weaker_ahead
from reconciler.kinds.risks import Rule
from reconciler.kinds.threats import RULES
from reconciler.plan import GuardResult, Plan, PlannedChange


def check(plan: Plan, context: GuardContext[Limits]) -> Iterator[GuardResult]:
    """Refuses each change to which a severity rule of this guard applies, and each weaker rule put first."""
    found: dict[str, GuardResult] = {}
    for one in weaker_ahead(plan):
        change = one.weaker.change or one.stricter.change
        what = f"{one.weaker.kind} {one.weaker.name}"
        found[what] = GUARD.result(
            what,
            f"would decide before {one.stricter.name}, which requires more or denies the sign-in",
            "put it after that rule, or limit it to groups and zones that the other one does not apply to",
            change.source if change else None,
        )
    for change in plan.planned:
        if rules := _rules(change):
            found[str(change.address)] = GUARD.result(
                change.address,
                f"{_what(change)}: {'; '.join(f'{rule.planned} ({rule.id})' for rule in rules)}",
                "keep what is required today; if some sign-ins need less, add a separate rule for a group or a zone",
                change.source,
            )
    for effect in plan.effects:
        cause = plan.by_address.get(effect.cause)
        if effect.weaker and str(effect.cause) not in found and not (cause and only_restores(cause)):
            found[str(effect.cause)] = GUARD.result(
                effect.cause,
                effect.summary.rstrip("."),
                "give them a policy that requires as much first, and delete or change this one afterwards",
                cause.source if cause else None,
            )
    yield from found.values()


def _rules(change: PlannedChange) -> list[Rule]:
    """The severity rules of this guard that apply to a change of an existing object. A new object weakens nothing."""
    if change.operation is Operation.CREATE:
        return []
    return [rule for rule in RULES if rule.blocks == GUARD.id and rule.id in change.rules]


def _what(change: PlannedChange) -> str:
    fields = [one.field for one in change.fields if not one.drifted]
    if change.operation in (Operation.UPDATE, Operation.IMPORT) and fields:
        return f"{', '.join(fields)} would change"
    return f"would be {change.operation.done}"


GUARD = Guard(
    id="sign-in-weakened",
    title="Sign-in would become weaker",
    purpose="Refuses changes after which a sign-in needs less, passwords may be weaker, or recovery is easier.",
    check=check,
    limits=Limits(),
)
