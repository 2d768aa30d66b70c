"""Which objects of a tenant are read together with what they own."""

from __future__ import annotations

from collections.abc import Iterator

from reconciler.definitions.model import Address
from reconciler.kinds import Kind, kinds
from reconciler.kinds.mapping import owner_of
from reconciler.matching.state_match import StateMatch
from reconciler.okta.snapshot import LiveObject, Owners


def owners(in_state: StateMatch) -> Owners:
    """Chooses the objects whose owned objects are read: managed ones, ones with a declared name, and built-in ones.

    A whole list (the groups of an app) is read if its owner is managed. If it is not declared, it is compared with the
    baseline. For objects that Okta created, only lists to which Okta adds items are read (the rules of a policy).
    What only some owners can have (see `Kind.of_owners`) is read for these, and where it is declared or in the state.

    What only managed objects of a kind are asked for is read for these; for all while one of them is not in the state.
    What is read only if it is declared is read for owners with an object of the kind in the definitions or the state.
    """
    with_objects = {kind: set(_owners_read_from(in_state, kind)) for kind in kinds() if kind.shape.read_if_declared}
    names = {(address.kind, identity): address.name for address, identity in in_state.ids.items()}
    by_label = {(one.kind.name, one.label): one.name for one in in_state.without_id}

    unapplied = {one.kind.name for one in in_state.without_id}
    declared = {(one.parent, one.kind.name) for one in in_state.desired.declarations.values() if one.parent}
    applied = _applied(in_state)

    def asks(owner: LiveObject, owned: Kind) -> bool:
        if owned is owner.kind:
            return (owner.kind.name, owner.id) in names or owned.name in unapplied
        name = names.get((owner.kind.name, owner.id)) or by_label.get((owner.kind.name, owner.label))
        if not owned.of_owners(dict(owner.json)):
            return (Address(owner.kind.name, name or ""), owned.name) in declared or (owner.id, owned.name) in applied
        if owned.shape.read_if_declared:
            return owner.id in with_objects[owned] or (owner.kind.name, name) in with_objects[owned]
        if owned.shape.part_of_owner and not owned.shape.okta_adds:
            return name is not None
        return name is not None or owner.everywhere

    return asks


def _applied(in_state: StateMatch) -> frozenset[tuple[str, str]]:
    """The ids of owners in the state, each with the name of a kind of which it owns an object."""
    return frozenset(
        (identity, one.kind.name) for one in in_state.state.resources.values() for identity in one.owner_ids
    )


def owners_to_plan(in_state: StateMatch) -> Owners:
    """Chooses the same objects, and all owners of objects that a run may have to find or delete."""
    asked, desired = owners(in_state), in_state.desired
    ids = {identity for one in in_state.state.resources.values() for identity in one.owner_ids}
    ids |= set(desired.environment.imports.values())
    labels = {(address.kind, declaration.label) for address, declaration in desired.declarations.items()}

    def asks(owner: LiveObject, owned: Kind) -> bool:
        if owned.shape.read_if_declared:
            return asked(owner, owned)
        known = owner.id in ids or (owner.kind.name, owner.label) in labels
        return asked(owner, owned) or (known and bool(owned.of_owners(dict(owner.json))))

    return asks


def _owners_read_from(in_state: StateMatch, kind: Kind) -> Iterator[Address | str]:
    """The owners of the objects of a kind: those of declarations by name, those of the state by id."""
    for declaration in in_state.desired.declarations.values():
        if declaration.kind is kind and (owner := declaration.owner_reference):
            yield owner
    field = owner_of(kind)
    for one in in_state.state.resources.values():
        if one.kind is kind and field and field.input in one.inputs:
            yield str(one.inputs[field.input])
