"""Where a rotation writes: the place of a credential in a store."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from reconciler.definitions.model import Source
from reconciler.kinds.secret_references import is_reference, parsed
from reconciler.rotation.errors import CannotRotate
from reconciler.secret_stores import Secrets


@dataclass(frozen=True, slots=True)
class Place:
    """One secret in a store or a file."""

    secrets: Secrets
    reference: str
    source: Source
    """Where the reference is stated."""

    def check(self) -> None:
        """Raise `SecretNotWritten` if nothing can be written there."""
        self.secrets.writable(self.reference, self.source)

    def read(self) -> str | None:
        """The secret; None if the store has none there. Raises `SecretMissing` if it cannot be read."""
        return self.secrets.found(self.reference, self.source)

    def written(self) -> datetime | None:
        """When it was written; None if the store does not tell."""
        return self.secrets.written(self.reference, self.source)

    def write(self, value: str) -> None:
        """Replace the secret. Raises `SecretNotWritten`."""
        self.secrets.write(self.reference, self.source, value)


def beside(reference: str, suffix: str) -> str:
    """The reference to a place beside another one. Raises `CannotRotate` if the form of the reference has none."""
    try:
        one = parsed(reference) if is_reference(reference) else None
    except ValueError as error:
        raise CannotRotate(f"the reference {error}") from error
    if one and (one.key or one.scheme.name == "file"):
        return f"{reference}{suffix}"
    raise CannotRotate(
        f"nothing can be kept beside {reference} during the rotation",
        "name a place that pins.yaml allows for this environment: --beside REFERENCE",
    )
