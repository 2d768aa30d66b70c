"""A preview that sees no secrets: placeholders stand for them, in the definitions and in a copy of the state.

The placeholder of a secret is the same on both sides if the secret is what the last `up` sent, so that the engine plans
what it would plan with the secrets. If the preview has no access to a secret, its reference is compared. It contacts no
store of secrets, so that of a secret in a store only the reference is compared.
"""

from __future__ import annotations

import hmac
import secrets
from collections.abc import Collection, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pydantic import SecretStr

from reconciler.definitions.model import Address, Declaration, Desired, Source
from reconciler.definitions.trust import canonical
from reconciler.engine.blind import Placeholders, blind_copy
from reconciler.engine.state import Applied, Deployment, parse
from reconciler.kinds import Kind, Spec
from reconciler.kinds.mapping import Vocabulary, encode, schema, with_references
from reconciler.kinds.secret_fields import fields_with_secrets, secrets_in, with_secrets
from reconciler.matching import StateMatch
from reconciler.plan.model import UncomparedSecret
from reconciler.reconciler import Reconciler
from reconciler.secret_digests import Resolve, SecretDigests, SecretRecord
from reconciler.secret_stores import without_stores


@dataclass(frozen=True)
class BlindReconciler:
    """A reconciler whose stack is a copy without secrets."""

    reconciler: Reconciler
    uncompared: Collection[UncomparedSecret]
    """The secrets that could not be compared with those that the last `up` sent."""


@contextmanager
def blind(reconciler: Reconciler) -> Iterator[BlindReconciler]:
    """The reconciler for a preview. It needs no passphrase, takes no lock and writes nothing into the backend."""
    seen: list[UncomparedSecret] = []
    placeholder = Placeholder()

    def of(deployment: Deployment) -> Placeholders:
        secrets = without_stores(reconciler.secret)
        return Comparison(reconciler.desired, secrets, deployment, placeholder, seen).of

    with blind_copy(reconciler.stack, of) as copy:
        yield BlindReconciler(reconciler.with_copy(copy, placeholder), seen)


class Placeholder:
    """Placeholders for references. They differ in each run, and for each reference."""

    def __init__(self) -> None:
        self._key = secrets.token_bytes()
        self.old = secrets.token_hex(16)
        """The placeholder of a secret that has changed since."""

    def __call__(self, reference: str, source: Source) -> SecretStr:
        """The placeholder of a reference at this location."""
        name = canonical(reference, Path(source.file).parent)
        return SecretStr(hmac.digest(self._key, name.encode(), "sha256").hex())


class Comparison:
    """Compares the secrets of one deployment with the declared ones."""

    def __init__(
        self,
        desired: Desired,
        resolve: Resolve,
        deployment: Deployment,
        placeholder: Placeholder,
        seen: list[UncomparedSecret],
    ) -> None:
        state = parse(deployment)
        in_state = StateMatch.of(desired, state)
        self._declarations = desired.managed
        self._declared = {applied.urn: address for address, applied in in_state.applied.items()}
        self._ids = in_state.ids
        self._applied = {applied.urn: applied for applied in state.resources.values()}
        self._record = SecretRecord.of(state.outputs)
        self._digests = SecretDigests(self._record, resolve)
        self._placeholder = placeholder
        self._seen = seen

    def of(self, resource: Mapping[str, Any]) -> Mapping[str, Any]:
        """The inputs of a resource that contain secrets, with placeholders."""
        applied = self._applied.get(resource["urn"])
        if applied is None:
            return {}
        declaration = self._declarations.get(self._declared.get(applied.urn, Address("", "")))
        result: dict[str, Any] = {}
        for name in sorted(fields_with_secrets(applied.kind.fields)):
            result |= self._field(applied, declaration, name)
        return result

    def _field(self, applied: Applied, declaration: Declaration | None, name: str) -> Mapping[str, Any]:
        before = Address(applied.kind.name, applied.name)
        if declaration is not None and declaration.spec.get(name) is not None:
            result, reason = self._digests.compare(before, declaration, name)
            if result != "changed":
                now = self._encoded(declaration.kind, {name: declaration.spec[name]}, declaration)
                if reason and now.keys() & applied.inputs.keys():
                    self._seen += _uncompared(declaration, name, reason)
                return now
        recorded = self._record.recorded(before, name)
        return self._encoded(applied.kind, {name: recorded.declared}) if recorded else {}

    def _encoded(self, kind: Kind, spec: Spec, declaration: Declaration | None = None) -> Mapping[str, Any]:
        """The inputs for fields with references: with the placeholders of a declaration, or with the old one."""

        def placeholder(path: str, reference: str) -> str:
            if declaration is None:
                return self._placeholder.old
            return self._placeholder(reference, declaration.where(path)).get_secret_value()

        whole = {one.name: None for one in schema(kind.fields)} | spec
        translated = with_references(kind.fields, whole, lambda kind, name: self._ids.get(Address(kind, name), name))
        return encode(kind.fields, with_secrets(kind.fields, translated, placeholder), Vocabulary.INPUTS)


def _uncompared(declaration: Declaration, name: str, reason: str) -> Iterator[UncomparedSecret]:
    for path, reference in secrets_in(declaration.kind.fields, {name: declaration.spec[name]}):
        yield UncomparedSecret(declaration.address, path, reference, declaration.where(path), reason)
