"""The plan would change the app with which the reconciler signs in, so that it could no longer do so."""

from __future__ import annotations

from collections.abc import Iterator

from reconciler.guard.model import Guard, GuardContext, Limits
from reconciler.kinds.fields import is_active
from reconciler.lookup import is_own_app
from reconciler.plan import GuardResult, Plan, PlannedChange


def check(plan: Plan, context: GuardContext[Limits]) -> Iterator[GuardResult]:
    """Refuses the change of that app."""
    for change in plan.planned:
        if change.item is None or change.list_of or not is_own_app(change.item, plan.desired.environment):
            continue
        if how := _how(plan, change):
            yield GUARD.result(
                change.address,
                f"{how}, and the reconciler signs in to {plan.desired.environment.name} with it",
                "sign in with another app first: change tenant.credentials of the environment, then change this app",
                change.source,
            )


def _how(plan: Plan, change: PlannedChange) -> str:
    if change.removes:
        return f"would be {change.operation}d"
    key_id = plan.desired.environment.credentials.private_key_id
    if change.before is None or change.after is None:
        return ""
    if is_active(change.before) and not is_active(change.after):
        return "would be switched off"
    kept = change.kind.still_signs_in(change.before, change.after, key_id)
    return "" if kept else "its key or the way it signs in would change"


GUARD = Guard(
    id="own-credentials",
    title="The reconciler would lock itself out",
    purpose="Refuses to delete, switch off or change the credentials of the app with which the reconciler signs in.",
    check=check,
    limits=Limits(),
)
