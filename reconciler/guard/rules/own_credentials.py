"""The plan would change the app with which the reconciler signs in, so that it could no longer do so.

The app may only accept requests from some network zones: then these zones are part of how it signs in.
"""

from __future__ import annotations

from collections.abc import Iterator

from reconciler.definitions.identifiers import private_key_id
from reconciler.guard.model import Guard, GuardContext, Limits
from reconciler.kinds.fields import is_active
from reconciler.matching import is_own_app
from reconciler.okta.snapshot import LiveObject
from reconciler.plan import GuardResult, Plan, PlannedChange


def check(plan: Plan, context: GuardContext[Limits]) -> Iterator[GuardResult]:
    """Refuses changes of that app, and of what it refers to."""
    environment = plan.desired.environment
    for change in plan.planned:
        if change.item is None or change.list_of:
            continue
        if is_own_app(change.item, environment):
            how, whose = _how(plan, change, context.key_id), f"the reconciler signs in to {environment.name} with it"
        else:
            how, whose = (
                _why_insufficient(plan, change),
                f"the app with which the reconciler signs in to {environment.name} names it",
            )
        if how:
            yield GUARD.result(
                change.address,
                f"{how}, and {whose}",
                "sign in with another app first: change tenant.credentials of the environment, then change this object",
                change.source,
            )


def _how(plan: Plan, change: PlannedChange, key_id: str | None) -> str:
    if change.removes:
        return f"would be {change.operation.done}"
    if change.before is None or change.after is None:
        return ""
    if is_active(change.before) and not is_active(change.after):
        return "would be switched off"
    kept = change.kind.still_signs_in(change.before, change.after, key_id or private_key_id(plan.desired.environment))
    return "" if kept else "its key or the way it signs in would change"


def _why_insufficient(plan: Plan, change: PlannedChange) -> str:
    """Why an object to which the app refers would no longer suffice; empty if it would, or if it is another object."""
    if change.removes:
        how = f"would be {change.operation.done}"
    elif (
        change.before is not None and change.after is not None and change.kind.matches_less(change.before, change.after)
    ):
        how = "would match fewer requests"
    else:
        return ""
    items = (one.item for one in plan.dependents.of(change.address.kind, change.okta_id))
    known = (one for one in items if isinstance(one, LiveObject))
    return how if any(is_own_app(one, plan.desired.environment) for one in known) else ""


GUARD = Guard(
    id="own-credentials",
    title="The reconciler would lock itself out",
    purpose="Refuses to delete, switch off or change the credentials of the app with which the reconciler signs in.",
    check=check,
    limits=Limits(),
)
