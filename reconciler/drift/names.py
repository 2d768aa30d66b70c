"""Ids and names: the live object of each declaration, and the name of each live object in definitions."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import cached_property
from typing import Any

from reconciler.definitions.model import Address, Declaration, Desired
from reconciler.engine.state import State
from reconciler.kinds import Kind, Part, Spec, kind_named
from reconciler.kinds.mapping import in_order, references_in, schema, with_references
from reconciler.lookup import Managed, is_own_app, object_id, recognised
from reconciler.okta.snapshot import LiveObject, Snapshot


class Names:
    """The names of one comparison. `imports` are the import ids of objects that are about to be imported."""

    def __init__(
        self, desired: Desired, state: State, live: Snapshot, imports: Mapping[Address, str] | None = None
    ) -> None:
        self._live = live
        self._declarations = desired.declarations
        self._environment = desired.environment
        managed = Managed.of(desired, state)
        fresh = [one for address, one in desired.declarations.items() if address not in managed.ids]
        self.applied = managed.applied
        """The declared objects in the state."""
        self.orphans = managed.orphans
        """The ids of objects in the state that are no longer declared."""
        self.recognised = recognised(fresh, managed, live)
        """The import ids of objects that are declared and in the tenant, but not in the state."""
        imported = {address: object_id(path) for address, path in (imports or {}).items()}
        self.ids = {**managed.ids, **imported}
        """The ids of declared objects."""
        self.ids |= self._observed(desired)
        self.unapplied = self._unapplied(state)
        """The ids of objects that are declared and in the tenant, but neither in the state nor in `imports`."""
        both = {**self.unapplied, **self.ids}
        self._names = {(address.kind, identity): address.name for address, identity in both.items()}
        self._unreadable = {gap.kind.name for gap in live.unreadable if gap.owner_id is None}
        self._unnamed: set[str] = set()

    def _observed(self, desired: Desired) -> dict[Address, str]:
        """The ids of observed objects, recognised by name. A whole list is recognised by its owner."""
        found: dict[Address, str] = {}
        for address, declaration in desired.declarations.items():
            if address in self.ids or not desired.observes(address):
                continue
            if declaration.kind.shape.list_key and declaration.parent:
                identity = self.ids.get(declaration.parent) or found.get(declaration.parent)
            else:
                identity = object_id(self.recognised.get(address, ""))
            if identity:
                found[address] = identity
        return found

    def _unapplied(self, state: State) -> dict[Address, str]:
        """The recognised objects. Without any state, also whole lists, which may be empty."""
        found = {address: object_id(path) for address, path in self.recognised.items() if address not in self.ids}
        for address, declaration in () if state.resources else self._declarations.items():
            if declaration.kind.shape.list_key and declaration.parent and address not in self.ids:
                owner = found.get(declaration.parent)
                if owner and (address.kind, owner) in self._live.by_id:
                    found[address] = owner
        return found

    def declared(self, kind: str, identity: str) -> str | None:
        """The name of a declared object."""
        return self._names.get((kind, identity))

    def declaration(self, kind: str, identity: str) -> Declaration | None:
        """The declaration of an object."""
        name = self.declared(kind, identity)
        return self._declarations.get(Address(kind, name)) if name else None

    @property
    def known(self) -> set[tuple[str, str]]:
        """Kind and id of each object that is declared or was declared before. Unmanaged objects are not included."""
        orphans = {(address.kind, identity) for address, identity in self.orphans.items()}
        return (
            orphans | set(self._names) | {(address.kind, object_id(path)) for address, path in self.recognised.items()}
        )

    def in_definitions(self, kind: Kind, spec: Spec) -> Spec:
        """The spec with ids replaced by the names that definitions use."""
        return _sorted_sets(kind.fields, with_references(kind.fields, spec, self.of))

    def of_owner(self, owner: LiveObject) -> str:
        """Kind and name of an owner; Okta's name if it is not declared."""
        return f"{owner.kind.name} {self.declared(owner.kind.name, owner.id) or owner.label}"

    def label(self, kind: str, identity: str) -> str:
        """Okta's name of an object; empty if it does not exist."""
        item = self._live.by_id.get((kind, identity))
        return item.label if item else ""

    def is_own_app(self, item: LiveObject) -> bool:
        """Whether an object is the app that the environment signs in with."""
        return is_own_app(item, self._environment)

    def has_unnamed(self, value: Any) -> bool:
        """Whether a value refers to an object whose name is unknown because its kind could not be read."""
        return bool(self._unnamed) and not self._unnamed.isdisjoint(_texts(value))

    def refers_to_nothing(self, kind: Kind, spec: Spec) -> bool:
        """Whether a spec with ids refers to an object that is no longer in the tenant."""
        return any(
            identity not in self._all_ids and referred in self._live.objects and referred not in self._unreadable
            for referred, identity in references_in(kind.fields, spec)
        )

    @cached_property
    def _all_ids(self) -> set[str]:
        return {identity for _, identity in self._live.by_id} | {str(one.json["id"]) for one in self._live.outside}

    def of(self, kind: str, identity: str) -> str:
        """The name of an object in definitions. If it is not declared: Okta's name with the id."""
        if name := self.declared(kind, identity):
            return name
        item = self._live.by_id.get((kind, identity))
        if item is not None:
            return self._live.system_name(item) or f"{item.label} ({identity})"
        name = self._system_name(kind, identity)
        if name is None and kind in self._unreadable:
            self._unnamed.add(identity)
        return name or identity

    def _system_name(self, kind: str, identity: str) -> str | None:
        known = kind_named(kind)
        return next((one.name for one in known.system if self._live.system_id(known, one.name) == identity), None)


def _texts(value: Any) -> Iterator[str]:
    match value:
        case str():
            yield value
        case dict():
            yield from (text for item in value.values() for text in _texts(item))
        case list():
            yield from (text for item in value for text in _texts(item))


def _sorted_sets(model: type[Part], spec: Spec) -> Spec:
    """The spec with sets of references sorted by name: they were sorted by id."""
    result = dict(spec)
    for field in schema(model):
        value = result.get(field.name)
        if value and field.part:
            part = field.part
            result[field.name] = (
                _sorted_sets(part, value) if field.shape == "one" else [_sorted_sets(part, item) for item in value]
            )
        if value and field.shape == "set" and field.ref:
            result[field.name] = in_order(value)
    return result
