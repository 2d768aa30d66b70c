"""The names of the objects of a tenant: as definitions call them, or else as Okta does."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cached_property

from reconciler.definitions.model import Address, Declaration, Desired
from reconciler.kinds import Kind, Part, Spec
from reconciler.kinds.mapping import in_order, people_in, references_in, schema, with_references
from reconciler.kinds.people import USER
from reconciler.matching.own_app import is_own_app
from reconciler.okta.snapshot import LiveObject, Snapshot


class Names:
    """The names of the objects in one snapshot. `ids` are those of declared objects."""

    def __init__(self, desired: Desired, live: Snapshot, ids: Mapping[Address, str]) -> None:
        self._live = live
        self._declarations = desired.declarations
        self._environment = desired.environment
        self._names = {(address.kind, identity): address.name for address, identity in ids.items()}
        self._unreadable = {gap.kind.name for gap in live.unreadable if gap.owner_id is None}

    def declared(self, kind: str, identity: str) -> str | None:
        """The name of a declared object."""
        return self._names.get((kind, identity))

    def declaration(self, kind: str, identity: str) -> Declaration | None:
        """The declaration of an object."""
        name = self.declared(kind, identity)
        return self._declarations.get(Address(kind, name)) if name else None

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

    def refers_to_unnamed(self, kind: Kind, spec: Spec) -> bool:
        """Whether a spec with ids refers to an object whose name is unknown because its kind could not be read.

        The same for users.
        """
        if self._live.people.unreadable and any(people_in(kind.fields, spec)):
            return True
        return bool(self._unreadable) and any(
            referred in self._unreadable and self._name(referred, identity) is None
            for referred, identity in references_in(kind.fields, spec)
        )

    def refers_to_nothing(self, kind: Kind, spec: Spec) -> bool:
        """Whether a spec with ids refers to an object that is no longer in the tenant."""
        return any(
            identity not in self._all_ids and referred in self._live.objects and referred not in self._unreadable
            for referred, identity in references_in(kind.fields, spec)
        )

    def unknown_logins(self, kind: Kind, spec: Spec) -> list[str]:
        """The logins in a spec with names that no user has."""
        people = self._live.people
        return [] if people.unreadable else sorted({one for _, one in people_in(kind.fields, spec)} - people.ids.keys())

    def deleted_users(self, kind: Kind, spec: Spec) -> list[str]:
        """The ids in a spec with ids of users who no longer exist."""
        people = self._live.people
        named = {one for _, one in people_in(kind.fields, spec)}
        return [] if people.unreadable else sorted(named - people.logins.keys())

    @cached_property
    def _all_ids(self) -> set[str]:
        return {identity for _, identity in self._live.by_id} | {str(one.json["id"]) for one in self._live.outside}

    def of(self, kind: str, identity: str) -> str:
        """The name of an object in definitions. If it is not declared: Okta's name with the id.

        The name of a user is the login; the id if the user no longer exists.
        """
        return self._name(kind, identity) or identity

    def _name(self, kind: str, identity: str) -> str | None:
        if kind == USER:
            return self._live.people.logins.get(identity)
        if name := self.declared(kind, identity):
            return name
        item = self._live.by_id.get((kind, identity))
        if item is not None:
            return self._live.system_name(item) or f"{item.label} ({identity})"
        return self._live.name_of_system(kind, identity)


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
        if value and field.shape == "set" and (field.ref or field.person):
            result[field.name] = in_order(value)
    return result
