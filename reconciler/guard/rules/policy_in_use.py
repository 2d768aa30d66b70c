"""A policy is deleted while apps use it: Okta moves them to another policy."""

from __future__ import annotations

from collections.abc import Iterator

from reconciler.definitions.model import Address
from reconciler.engine.changes import Operation
from reconciler.guard.counting import some_of
from reconciler.guard.dependents import falls_to_default, named, stays
from reconciler.guard.model import Guard, GuardContext, Limits
from reconciler.plan import Dependent, GuardResult, Plan, PlannedChange


def check(plan: Plan, context: GuardContext[Limits]) -> Iterator[GuardResult]:
    """Refuses each policy that is deleted or replaced while objects would fall to the default one."""
    for change in plan.removed():
        moving = [one for one in plan.dependents.of(change.address.kind, change.okta_id) if _moves(plan, change, one)]
        if not moving:
            continue
        users = f"{len(moving)} apps use it" if len(moving) > 1 else "an app uses it"
        yield GUARD.result(
            change.address,
            f"{users} and would move to {_default(plan, change)}: {some_of([named(one) for one in moving])}",
            "give each of them another policy first, in its definition or in Okta, and delete the policy afterwards",
            change.source,
        )


def _moves(plan: Plan, change: PlannedChange, one: Dependent) -> bool:
    """Whether an object falls to the default policy without a definition that says so."""
    if not falls_to_default(one) or not stays(plan, one):
        return False
    if not one.managed:
        return True
    declaration = plan.desired.managed.get(Address(one.kind, one.name))
    if declaration is None:  # it is released: it keeps what Okta gives it
        return True
    return change.operation is Operation.DELETE and one.field not in declaration.declared


def _default(plan: Plan, change: PlannedChange) -> str:
    """The name of the policy that Okta gives them."""
    (system,) = (known.name for known in change.kind.system if known.name == "default")
    identity = plan.live.system_id(change.kind, system)
    label = plan.names.label(change.address.kind, identity) if identity else ""
    return f"{change.address.kind} {system}" + (f" ({label})" if label else "")


GUARD = Guard(
    id="policy-in-use",
    title="A policy that apps use would be deleted",
    purpose="Refuses to delete a policy while apps, managed or not, would silently fall to the default one.",
    check=check,
    limits=Limits(),
)
