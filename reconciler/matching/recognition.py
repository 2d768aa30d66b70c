"""Recognises objects that are declared and in the tenant, but not in the state.

A run that is killed between creating an object and recording it leaves such an object. It is recognised by its name in
Okta, within its owner, and imported instead of created twice. An id under `imports` in the environment takes precedence
over the name.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Container, Iterable, Mapping, Sequence

from reconciler.definitions.model import Address, Declaration
from reconciler.errors import ReconcilerError
from reconciler.kinds import kind_named
from reconciler.kinds.mapping import joined_kinds, with_references
from reconciler.kinds.people import USER
from reconciler.matching.state_match import StateMatch
from reconciler.okta.snapshot import LiveObject, Snapshot


class Ambiguous(ReconcilerError):
    """Raised when several objects of the tenant match one definition."""


class NotInTenant(ReconcilerError):
    """Raised when the tenant lacks an object that a definition or an import needs, or it cannot be imported."""


def recognised(fresh: Iterable[Declaration], in_state: StateMatch, live: Snapshot) -> dict[Address, str]:
    """Import ids of declared objects that are in the tenant but not in the state, found by `imports` or by name."""
    fresh = list(fresh)
    found = _imported(fresh, in_state, live)
    taken = {(address.kind, identity) for ids in (in_state.ids, in_state.orphans) for address, identity in ids.items()}
    taken |= {(item.kind.name, item.id) for item in found.values()}
    alike = _by_owner_and_name(live)
    for declaration in fresh:
        owner_id = declaration.owner_word
        if (parent := declaration.parent or declaration.owner_reference) and owner_id is None:
            owner_id = in_state.ids.get(parent) or (found[parent].id if parent in found else None)
            owner_id = owner_id or live.system_id(kind_named(parent.kind), parent.name)
            if owner_id is None:
                continue
        if declaration.address in found:
            continue
        key = _WHOLE_LIST if declaration.kind.shape.part_of_owner else _natural_key(declaration, in_state, found, live)
        if item := _match(declaration, alike.get((declaration.kind.name, owner_id, key), ()), taken):
            found[declaration.address] = item
    return {address: item.import_id for address, item in found.items()}


def _imported(fresh: Iterable[Declaration], in_state: StateMatch, live: Snapshot) -> dict[Address, LiveObject]:
    """The objects named by the environment's imports. Raises `NotInTenant` for an id that cannot be imported."""
    environment = in_state.desired.environment
    owners = {(address.kind, identity): address for address, identity in {**in_state.orphans, **in_state.ids}.items()}
    unreadable = {gap.kind.name for gap in live.unreadable if gap.owner_id is None}
    found: dict[Address, LiveObject] = {}
    for declaration in fresh:
        address = declaration.address
        identity = environment.imports.get(address)
        if identity is None or address.kind in unreadable:
            continue
        source = environment.where(f"imports.{address.kind}.{address.name}")
        item = live.by_id.get((address.kind, identity))
        if item is None:
            raise NotInTenant(
                f"{source}: the tenant has no {address.kind} with the id {identity}",
                hint=f"if it was deleted: remove the line to create {address} again, or remove its document too",
            )
        if item.built_in:
            raise NotInTenant(
                f"{source}: {address.kind} {identity} is made by Okta",
                hint="remove the line: definitions can only refer to it",
            )
        if (address.kind, identity) in owners:
            name = owners[address.kind, identity].name
            raise NotInTenant(
                f"{source}: {address.kind} {identity} is in the state already, as {name}",
                hint=f"declare it under that name; if it was renamed, add `previously: [{name}]` to its document",
            )
        found[address] = item
    return found


_NaturalKey = tuple[str, str]
_WHOLE_LIST: _NaturalKey = "", ""


def _natural_key(
    declaration: Declaration, in_state: StateMatch, found: Mapping[Address, LiveObject], live: Snapshot
) -> _NaturalKey:
    """The natural key as in the tenant. A relation is recognised by the ids of the objects that it refers to."""

    def identity(kind: str, name: str) -> str:
        if kind == USER:
            return name  # users are in no natural key
        address = Address(kind, name)
        item = found.get(address)
        there = item.id if item else live.system_id(kind_named(kind), name)
        return in_state.ids.get(address) or there or name

    kind = declaration.kind
    if not kind.known_by_name:
        known = kind.known_by(with_references(kind.fields, declaration.spec, identity))
        if known:
            return known, ""
    label, distinguished = declaration.natural_key
    known_as = (identity(joined, label) for joined in joined_kinds(kind))
    return next((one for one in known_as if one != label), label), distinguished


def _by_owner_and_name(live: Snapshot) -> dict[tuple[str, str | None, _NaturalKey], list[LiveObject]]:
    """The objects by kind, owner and natural key. A whole list has no name, and is included unless it is empty."""
    alike: dict[tuple[str, str | None, _NaturalKey], list[LiveObject]] = defaultdict(list)
    for kind, items in live.objects.items():
        for item in items:
            whole = item.kind.shape.part_of_owner
            if not item.is_empty_list:
                key = _WHOLE_LIST if whole else item.natural_key
                alike[kind, item.owner_id, key].append(item)
    return alike


def _match(
    declaration: Declaration, alike: Sequence[LiveObject], taken: Container[tuple[str, str]]
) -> LiveObject | None:
    """The one object with this owner and name that belongs to no other declaration. Raises `Ambiguous`."""
    candidates = [item for item in alike if (item.kind.name, item.id) not in taken]
    if any(item.built_in for item in alike):
        raise Ambiguous(
            f"{declaration.source}: an object made by Okta is already named {declaration.label!r}",
            hint=f"give {declaration.address} another name",
        )
    if len(candidates) > 1:
        raise Ambiguous(
            f"{declaration.source}: {len(candidates)} objects in the tenant are named "
            f"{declaration.label!r}: {', '.join(item.id for item in candidates)}",
            hint=f"give the id of {declaration.address} under imports, or rename or delete the others in Okta",
        )
    return candidates[0] if candidates else None


def object_id(kind: str, import_id: str) -> str:
    """The id of an object, from its import id. Empty for an empty import id."""
    return kind_named(kind).shape.known_as(import_id)
