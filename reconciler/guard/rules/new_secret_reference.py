"""A document uses a secret that belongs to another owner."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from reconciler.guard.model import Guard, GuardContext, Limits
from reconciler.plan import GuardResult, Plan
from reconciler.plan.new_secrets import new_secrets


def check(plan: Plan, context: GuardContext[Limits]) -> Iterator[GuardResult]:
    """Refuses each new reference whose owner is not the document's; silent if no pins list the secrets."""
    pins = plan.desired.environment.pins
    if pins.secrets is None:
        return
    for new in new_secrets(plan.desired, plan.state):
        owner = pins.owner_of(new.reference, Path(new.source.file).parent)
        if owner and owner == new.document.owner:
            continue
        whose = f"which belongs to {owner}" if owner else f"which has no owner in {pins.file}"
        yield GUARD.result(
            new.address,
            f"{new.field} is {new.reference}, {whose}; the owner of the document is {new.document.owner}",
            f"use a secret of {new.document.owner}, or let its owner state in pins.yaml who may use it",
            new.source,
        )


GUARD = Guard(
    id="new-secret-reference",
    title="A document uses a secret of another owner",
    purpose="Refuses a reference to a secret that the last `up` did not use, unless the owner that `pins.yaml` states "
    "for it is the owner of the document.",
    check=check,
    limits=Limits(),
)
