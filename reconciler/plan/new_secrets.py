"""The references to secrets that a plan uses and the last `up` did not."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from reconciler.definitions.model import Address, Declaration, Desired, Source
from reconciler.definitions.secrets import secrets_of
from reconciler.engine.state import State
from reconciler.secret_digests import SecretRecord


@dataclass(frozen=True, slots=True)
class NewSecret:
    """A reference that a field did not have at the last `up`."""

    address: Address
    field: str
    """The path of the field."""
    reference: str
    source: Source
    document: Declaration
    """The document with the field; its owner is responsible."""

    def __str__(self) -> str:
        place, owner = self.source, self.document.owner
        return f"new secret: {self.field} of {self.address} is {self.reference} ({place}), owner {owner}"


def new_secrets(desired: Desired, state: State) -> Iterator[NewSecret]:
    """The references that are new, in the order of the definitions. All are, if no `up` recorded any."""
    before = SecretRecord.of(state.outputs).references
    for declaration in desired.managed.values():
        names = (declaration.name, *declaration.previously)
        known = {str(Address(declaration.kind.name, name)) for name in names}
        for path, reference, source in secrets_of(declaration):
            field = path.partition(".")[0]
            if not any((name, field, reference) in before for name in known):
                yield NewSecret(declaration.address, path, reference, source, document_of(desired, declaration))


def document_of(desired: Desired, declaration: Declaration) -> Declaration:
    """The document that an object is declared in: the object itself, or its topmost owner."""
    while declaration.parent:
        declaration = desired.declarations[declaration.parent]
    return declaration
