"""The record of the secrets that the last `up` sent. A preview compares with it instead of decrypting the state.

The stack output `secrets` has, for each field with secrets, its value with references, and a digest of its value with
secrets. The digest is slow: each secret is stretched with scrypt and a random salt of the stack. A reader of the state
who guesses a secret needs a tenth of a second for each guess, cannot reuse guesses for another stack, and cannot see
which fields or environments share a secret. There is no key to keep: it would have to be in the state too, because a
preview reads only the state, or be one more secret of every preview.
"""

from __future__ import annotations

import hashlib
import json
import secrets
from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, Final, Literal

from pydantic import SecretStr

from reconciler.definitions.model import Address, Declaration, Desired, Source
from reconciler.definitions.secrets import SecretMissing
from reconciler.kinds.secret_fields import fields_with_secrets, secrets_in, with_secrets
from reconciler.kinds.secret_references import is_reference

OUTPUT: Final = "secrets"
"""The name of the stack output."""
Resolve = Callable[[str, Source], SecretStr]
Comparison = Literal["same", "changed", "not compared"]

_COST: Final = {"n": 2**15, "r": 8, "p": 1, "dklen": 32}
"""The cost of scrypt: 32 MB, and about a tenth of a second."""
_MEMORY: Final = 64 * 2**20


@dataclass(frozen=True, slots=True)
class RecordedSecret:
    """One field as an `up` sent it."""

    declared: Any
    """The value of the field, with references instead of secrets."""
    digest: str


@dataclass(frozen=True)
class SecretRecord:
    """The fields with secrets that the last `up` sent."""

    salt: str = field(default_factory=lambda: secrets.token_hex(16))
    fields: Mapping[str, Mapping[str, RecordedSecret]] = field(default_factory=dict)
    """By kind and name of the object, and by field."""

    @classmethod
    def of(cls, outputs: Mapping[str, Any]) -> SecretRecord:
        """The record in the outputs of a stack. Empty if there is none, or if it cannot be read."""
        try:
            salt, objects = outputs[OUTPUT]["salt"], outputs[OUTPUT]["objects"]
            bytes.fromhex(salt)
            fields = {
                name: {field: RecordedSecret(one["declared"], one["digest"]) for field, one in inner.items()}
                for name, inner in objects.items()
            }
        except (KeyError, TypeError, ValueError, AttributeError):
            return cls()
        return cls(salt, fields)

    @property
    def output(self) -> dict[str, Any]:
        """The record as a stack output."""
        objects = {
            name: {field: {"declared": one.declared, "digest": one.digest} for field, one in sorted(inner.items())}
            for name, inner in sorted(self.fields.items())
        }
        return {"salt": self.salt, "objects": objects}

    def recorded(self, address: Address, field: str) -> RecordedSecret | None:
        """What was sent for a field."""
        return self.fields.get(str(address), {}).get(field)

    @property
    def references(self) -> frozenset[tuple[str, str, str]]:
        """The references: the object, the field and the reference."""
        return frozenset(
            (name, field, reference)
            for name, inner in self.fields.items()
            for field, one in inner.items()
            for reference in _references(one.declared)
        )


class SecretDigests:
    """Digests and comparisons with one record. Each secret is stretched once."""

    def __init__(self, record: SecretRecord, resolve: Resolve) -> None:
        self._record = record
        self._resolve = resolve
        self._stretched: dict[str, str] = {}

    def updated(
        self,
        desired: Desired,
        sent: Collection[Address],
        skipped: Mapping[Address, Collection[str]] | None = None,
        *,
        whole: bool,
    ) -> SecretRecord:
        """The record after a run that `sent` these objects, without the `skipped` fields.

        A `whole` run drops what is no longer declared.
        """
        fields = dict(self._record.fields)
        if whole:
            names = {name for one in desired.managed.values() for name in _names(one)}
            fields = {name: inner for name, inner in fields.items() if name in names}
        for address in sent:
            declaration = desired.managed[address]
            kept = set((skipped or {}).get(address, ()))
            before = {
                field: one
                for name in _names(declaration)
                for field, one in fields.pop(name, {}).items()
                if field in kept
            }
            now = {one: self._of(declaration, one) for one in declared_secrets(declaration) if one not in kept}
            if now := before | now:
                fields[str(address)] = now
        return SecretRecord(self._record.salt, fields)

    def compare(self, applied: Address, declaration: Declaration, field: str) -> tuple[Comparison, str]:
        """Whether a declared field is what was sent for the object that had the name `applied` then.

        The second value says why it could not be compared, or is empty.
        """
        before = self._record.recorded(applied, field)
        if before is None:
            return "not compared", "the last `up` did not record it"
        try:
            same = self._digest(applied, declaration, field) == before.digest
        except SecretMissing as error:
            if before.declared != declaration.spec.get(field):
                return "changed", ""
            return "not compared", error.message.partition(": ")[2]
        return ("same" if same else "changed"), ""

    def _of(self, declaration: Declaration, field: str) -> RecordedSecret:
        digest = self._digest(declaration.address, declaration, field)
        return RecordedSecret(declaration.spec[field], digest)

    def _digest(self, address: Address, declaration: Declaration, field: str) -> str:
        spec = {field: declaration.spec.get(field)}

        def stretched(path: str, reference: str) -> str:
            return self._stretch(self._resolve(reference, declaration.where(path)).get_secret_value())

        value = with_secrets(declaration.kind.fields, spec, stretched)[field]
        text = json.dumps([self._record.salt, str(address), field, value], sort_keys=True)
        return hashlib.sha256(text.encode()).hexdigest()

    def _stretch(self, secret: str) -> str:
        if secret not in self._stretched:
            key = hashlib.scrypt(secret.encode(), salt=bytes.fromhex(self._record.salt), maxmem=_MEMORY, **_COST)
            self._stretched[secret] = key.hex()
        return self._stretched[secret]


def declared_secrets(declaration: Declaration) -> Iterator[str]:
    """The fields of a declaration with at least one secret."""
    kind = declaration.kind
    for name in sorted(fields_with_secrets(kind.fields)):
        if any(True for _ in secrets_in(kind.fields, {name: declaration.spec.get(name)})):
            yield name


def _names(declaration: Declaration) -> Iterator[str]:
    """The present and earlier names of an object."""
    yield str(declaration.address)
    yield from (str(Address(declaration.kind.name, name)) for name in declaration.previously)


def _references(declared: Any) -> Iterator[str]:
    """Everything in a declared value that is a reference."""
    match declared:
        case str():
            if is_reference(declared):
                yield declared
        case list():
            for item in declared:
                yield from _references(item)
        case dict():
            for item in declared.values():
                yield from _references(item)
