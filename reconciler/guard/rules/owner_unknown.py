"""A document that changes has an unknown owner."""

from __future__ import annotations

from collections.abc import Iterator

from reconciler.definitions.errors import did_you_mean
from reconciler.definitions.model import Address, Declaration
from reconciler.guard.model import Guard, GuardContext, Limits
from reconciler.plan import GuardResult, Plan


def check(plan: Plan, context: GuardContext[Limits]) -> Iterator[GuardResult]:
    """Refuses each document with changes whose owner is unknown; silent if no file names owners."""
    if not context.owners:
        return
    for declaration in _changed_documents(plan).values():
        if not context.owners.knows(declaration.owner):
            known = did_you_mean(declaration.owner, context.owners.names)
            yield GUARD.result(
                declaration.address,
                f"its owner {declaration.owner!r} is neither in owners.yaml nor in CODEOWNERS",
                f"name a team that is responsible{f' ({known})' if known else ''}, or add the owner to owners.yaml",
                declaration.source,
            )


def _changed_documents(plan: Plan) -> dict[Address, Declaration]:
    """The documents whose objects change: not those of objects in which only drift is reverted."""
    found: dict[Address, Declaration] = {}
    for change in plan.planned:
        if change.declaration is None or (change.fields and all(field.drifted for field in change.fields)):
            continue
        document = change.declaration
        while document.parent:
            document = plan.desired.declarations[document.parent]
        found[document.address] = document
    return found


GUARD = Guard(
    id="owner-unknown",
    title="A document has an unknown owner",
    purpose="Refuses to change a document whose owner is neither in `owners.yaml` nor in CODEOWNERS, if they name any.",
    check=check,
    limits=Limits(),
)
