"""Digests of the sources of a plan: definitions, state and tenant, as a whole and for each object.

Equal digests mean that a plan is still valid; different ones name the objects that changed. They contain no
secrets, and nothing that changes by itself, such as the time of the last update.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from reconciler.definitions.model import Desired
from reconciler.drift.leaves import as_text
from reconciler.drift.members import UPDATED, all_members, of_no_kind
from reconciler.engine.set_aside import completed
from reconciler.engine.state import SECRET_MARKS, STACK, Deployment, without_secrets
from reconciler.kinds import kind_of_resource
from reconciler.kinds.mapping import schema
from reconciler.kinds.secret_fields import without_secrets as without_secret_parts
from reconciler.okta.snapshot import LiveObject, Snapshot

_SHORT = 12
"""The number of digits in the digest of one object: enough to notice a change."""
_TIMES = frozenset({"created", "modified"})


@dataclass(frozen=True)
class Digests:
    """The digests of the objects of one source, by a name for each."""

    full: Mapping[str, str]

    @cached_property
    def objects(self) -> dict[str, str]:
        """A short digest of each object, in the order of their names."""
        return {name: self.full[name][:_SHORT] for name in sorted(self.full)}

    @cached_property
    def overall(self) -> str:
        """One digest of all of them."""
        return digest(sorted(self.full.items()))


def digest(value: Any) -> str:
    """SHA-256 of the canonical JSON of a value."""
    return hashlib.sha256(as_text(value).encode(errors="surrogatepass")).hexdigest()


def state_digest(deployment: Deployment) -> str:
    """A digest of all that a run reads from the state. Secrets do not count: their ciphertext changes by itself."""
    parts = [deployment.get("resources") or [], deployment.get("pending_operations") or []]
    return digest([list(map(_public, part)) for part in parts])


def of_definitions(desired: Desired) -> Digests:
    """The declared objects, and the settings of the environment that decide what happens to them."""
    environment = desired.environment
    settings = {
        "url": environment.url,
        "modes": dict(environment.modes),
        "imports": {str(address): identity for address, identity in environment.imports.items()},
        "ignores": [[one.kind, one.name, one.label, one.field, str(one.expires)] for one in environment.ignores],
    }
    return Digests(
        {f"environment {environment.name}": digest(settings)}
        | {
            str(address): digest(
                [one.spec, sorted(one.declared), str(one.parent), one.previously, one.owner, one.protected]
            )
            for address, one in desired.declarations.items()
        }
    )


def of_state(deployment: Deployment) -> Digests:
    """The resources in the state. The outputs of the stack do not count: every `up` records its time in them."""
    resources = completed(deployment).get("resources") or []
    return Digests(
        {
            _name_in_state(one): digest(_public({key: value for key, value in one.items() if key not in _TIMES}))
            for one in resources
            if one["type"] != STACK
        }
    )


def _public(resource: Mapping[str, Any]) -> Any:
    """A resource without its secrets. Most have none: searching their text is faster than taking them apart."""
    text = as_text(resource)
    return without_secrets(resource) if any(mark in text for mark in SECRET_MARKS) else resource


def of_tenant(live: Snapshot) -> Digests:
    """The objects of the tenant, managed or not, and the parts of it that could not be read."""
    found = {_name_in_tenant(item): digest(_content(item)) for items in live.objects.values() for item in items}
    found |= {f"{one.kind} {one.label} ({one.id})": digest(of_no_kind(one.json)) for one in live.outside}
    gaps = {f"unreadable {gap.kind.name} {gap.owner_id or ''} {gap.part}".strip() for gap in live.unreadable}
    return Digests(found | dict.fromkeys(gaps, digest("unreadable")))


def _name_in_state(resource: Mapping[str, Any]) -> str:
    kind = kind_of_resource(resource["type"])
    name = resource["urn"].split("::", 3)[3]
    word = f"{kind.name} {name}" if kind else f"{resource['type']} {name}"
    return f"{word} (to be deleted)" if resource.get("delete") else word


def _name_in_tenant(item: LiveObject) -> str:
    owner = f" of {item.parent.label}" if item.parent and item.shown is item else ""
    return f"{item.kind.name} {item.label}{owner} ({item.id})"


def _content(item: LiveObject) -> Any:
    """All fields and members, without what changes by itself."""
    spec = item.spec
    fields = {
        field.name: without_secret_parts(field, spec.get(field.name))
        for field in schema(item.kind.fields)
        if field.comparable
    }
    members = {path: value for path, value in all_members(item).items() if not path.endswith(UPDATED)}
    return [fields, members, item.built_in]
