"""Reads from the tenant what the program needs: ids of system objects, and objects that exist but are not in the state.

A run that is killed between creating an object and recording it leaves such an object. It is recognised by its name in
Okta, within its owner, and imported instead of created twice. An id under `imports` in the environment takes precedence
over the name.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Container, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from reconciler.definitions.identifiers import client_id
from reconciler.definitions.model import Address, Declaration, Desired, Environment
from reconciler.engine.state import EMPTY, Applied, State
from reconciler.errors import ReconcilerError
from reconciler.kinds import Kind, chain, kind_named
from reconciler.kinds.mapping import references_in
from reconciler.okta import snapshot
from reconciler.okta.client import OktaClient
from reconciler.okta.snapshot import LiveObject, Snapshot
from reconciler.program import Found
from reconciler.progress import SILENT, Progress


class Ambiguous(ReconcilerError):
    """Raised when several objects of the tenant match one definition."""


class NotInTenant(ReconcilerError):
    """Raised when the tenant lacks an object that a definition or an import needs, or it cannot be imported."""


@dataclass(frozen=True, slots=True)
class Managed:
    """Which object of the tenant belongs to which declaration, according to the state."""

    applied: Mapping[Address, Applied]
    """The entries of declared objects in the state, also under an earlier name."""
    ids: Mapping[Address, str]
    """The ids of declared objects. An observed object that is not in the state has the id given under `imports`."""
    orphans: Mapping[Address, str]
    """The ids of objects that are in the state and no longer declared."""
    environment: Environment
    """Its imports apply to objects that are not in the state."""

    @classmethod
    def of(cls, desired: Desired, state: State) -> Managed:
        """Match declarations and state by name, or by an earlier name."""
        applied: dict[Address, Applied] = {}
        ids: dict[Address, str] = {}
        for address, declaration in desired.declarations.items():
            names = ((address.kind, name) for name in (declaration.name, *declaration.previously))
            known = next((state.resources[name] for name in names if name in state.resources), None)
            if known:
                applied[address] = known
                ids[address] = known.id
            elif desired.observes(address) and address in desired.environment.imports:
                ids[address] = desired.environment.imports[address]
        used = {(one.kind.name, one.name) for one in applied.values()}
        rest = {Address(*key): one.id for key, one in state.resources.items() if key not in used}
        return cls(applied, ids, rest, desired.environment)


async def look_up(
    desired: Desired,
    state: State,
    client: OktaClient,
    progress: Progress = SILENT,
    only: Collection[Address] | None = None,
) -> Found:
    """Read as little of the tenant as possible: nothing at all if everything is in the state already.

    With `only`, just these objects are looked up.
    """
    applied = desired.managed if only is None else only
    return await _LookUp(desired, Managed.of(desired, state), applied).read(client, progress)


def look_up_in(desired: Desired, state: State, live: Snapshot) -> Found:
    """The same for all managed objects, from a snapshot of everything.

    Raises `ReconcilerError` if the part of the tenant that is needed could not be read.
    """
    return _LookUp(desired, Managed.of(desired, state), desired.managed).found(live)


async def look_up_referred(desired: Desired, client: OktaClient) -> Mapping[Address, str]:
    """Only the ids of objects that definitions refer to and that are not managed."""
    return (await _LookUp(desired, Managed.of(desired, EMPTY), ()).read(client, SILENT)).ids


class _LookUp:
    """What has to be found in the tenant: system and observed objects, and `applied` ones that are not in the state."""

    def __init__(self, desired: Desired, managed: Managed, applied: Collection[Address]) -> None:
        self._desired, self._managed, self._applied = desired, managed, applied
        self._referred = outside_references(desired)
        self._system = self._referred - desired.declarations.keys()
        self._fresh = [
            declaration
            for address, declaration in desired.declarations.items()
            if address not in managed.ids and (address in self._referred or address in applied)
        ]
        self._kinds = {address.kind for address in self._system} | {one.kind.name for one in self._fresh}
        owners = {owner for declaration in self._fresh for owner in _owners(declaration, desired)}
        ids = {**desired.environment.imports, **managed.ids}
        self._owner_ids = {(owner.kind, ids[owner]) for owner in owners if owner in ids}
        self._owner_labels = {(owner.kind, desired.declarations[owner].label) for owner in owners if owner not in ids}

    async def read(self, client: OktaClient, progress: Progress) -> Found:
        """Read what is needed."""
        if not self._kinds:
            return self.found(Snapshot({}))
        return self.found(await snapshot.read(client, self._kinds, owners=self._is_owner, progress=progress))

    def found(self, live: Snapshot) -> Found:
        """The result, out of a snapshot that has what is needed."""
        self._check_readable(live)
        there = recognised(self._fresh, self._managed, live)
        observed = {
            address: _observed_id(self._desired, address, self._managed, there)
            for address in sorted(self._referred - self._system)
        }
        taken = {address: identity for address, identity in there.items() if address in self._applied}
        imports = {address: taken[address] for address in taken if kind_named(address.kind).provider.importable}
        lists = {address: taken[address] for address in taken.keys() - imports.keys()}
        to_deactivate = frozenset(
            one.address
            for one in self._fresh
            if one.kind.provider.created_active and one.spec["status"] == "INACTIVE" and one.address not in taken
        )
        ids = {**_system_ids(self._system, live), **observed}
        return Found(ids, imports, lists, to_deactivate=to_deactivate, live=live)

    def _is_owner(self, owner: LiveObject, owned: Kind) -> bool:
        return (owner.kind.name, owner.id) in self._owner_ids or (owner.kind.name, owner.label) in self._owner_labels

    def _check_readable(self, live: Snapshot) -> None:
        needed = {above.name for kind in self._kinds for above in chain(kind_named(kind))}
        for gap in live.unreadable:
            if gap.part or gap.kind.name not in needed:
                continue
            owners = [live.by_id.get((kind, gap.owner_id or "")) for kind in gap.kind.parents]
            if gap.owner_id is None or any(owner and self._is_owner(owner, gap.kind) for owner in owners):
                raise ReconcilerError(
                    f"cannot determine which objects of kind {gap.kind.name} exist already: {gap.reason}",
                    hint="nothing was changed; run the same command again when the tenant can be read",
                )


def _owners(declaration: Declaration, desired: Desired) -> Iterator[Address]:
    """Its owner, the owner's owner, and so on."""
    while declaration.parent:
        yield declaration.parent
        declaration = desired.declarations[declaration.parent]


def outside_references(desired: Desired) -> set[Address]:
    """The unmanaged objects that managed ones refer to: system objects, and objects that are only observed."""
    referred = {
        Address(*reference)
        for declaration in desired.managed.values()
        for reference in references_in(declaration.kind.fields, declaration.spec)
    }
    return referred - desired.managed.keys()


def recognised(fresh: Iterable[Declaration], managed: Managed, live: Snapshot) -> dict[Address, str]:
    """Import ids of declared objects that are in the tenant but not in the state, found by `imports` or by name."""
    fresh = list(fresh)
    found = _imported(fresh, managed, live)
    taken = {(address.kind, identity) for ids in (managed.ids, managed.orphans) for address, identity in ids.items()}
    taken |= {(item.kind.name, item.id) for item in found.values()}
    alike = _by_owner_and_name(live)
    for declaration in fresh:
        parent = declaration.parent
        owner_id = None
        if parent:
            owner_id = managed.ids.get(parent) or (found[parent].id if parent in found else None)
            if owner_id is None:
                continue
        if declaration.address in found:
            continue
        key = _WHOLE_LIST if declaration.kind.shape.list_key else declaration.natural_key
        if item := _match(declaration, alike.get((declaration.kind.name, owner_id, key), ()), taken):
            found[declaration.address] = item
    return {address: item.import_id for address, item in found.items()}


def _imported(fresh: Iterable[Declaration], managed: Managed, live: Snapshot) -> dict[Address, LiveObject]:
    """The objects named by the environment's imports. Raises `NotInTenant` for an id that cannot be imported."""
    environment = managed.environment
    owners = {(address.kind, identity): address for address, identity in {**managed.orphans, **managed.ids}.items()}
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


def _by_owner_and_name(live: Snapshot) -> dict[tuple[str, str | None, _NaturalKey], list[LiveObject]]:
    """The objects by kind, owner and natural key. A whole list has no name, and is included unless it is empty."""
    alike: dict[tuple[str, str | None, _NaturalKey], list[LiveObject]] = defaultdict(list)
    for kind, items in live.objects.items():
        for item in items:
            whole = bool(item.kind.shape.list_key)
            if not item.is_empty_list:
                key = _WHOLE_LIST if whole else item.natural_key
                alike[kind, item.parent.id if item.parent else None, key].append(item)
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


def _observed_id(desired: Desired, address: Address, managed: Managed, there: Mapping[Address, str]) -> str:
    identity = managed.ids.get(address) or object_id(there.get(address, ""))
    if not identity:
        raise NotInTenant(
            f"{desired.declarations[address].source}: the tenant has no {address}, and other definitions refer to it",
            hint="objects of this kind are only observed here: create it in the tenant, or change the mode of the kind",
        )
    return identity


def is_own_app(item: LiveObject, environment: Environment) -> bool:
    """Whether an object is the app with which the reconciler signs in.

    It need not be declared. Deleting it would lock the reconciler out.
    """
    client = client_id(environment)
    return client is not None and item.kind.client_id(dict(item.json)) == client


def object_id(import_id: str) -> str:
    """The id of an object: the last part of its import id. Empty for an empty import id."""
    return import_id.rpartition("/")[2]


def _system_ids(system: set[Address], live: Snapshot) -> dict[Address, str]:
    ids: dict[Address, str] = {}
    for address in sorted(system):
        identity = live.system_id(kind_named(address.kind), address.name)
        if identity is None:
            raise ReconcilerError(
                f"the tenant has no {address}, although it is a system object",
                hint="check that the tenant runs the Identity Engine, and that the credentials may read this kind",
            )
        ids[address] = identity
    return ids
