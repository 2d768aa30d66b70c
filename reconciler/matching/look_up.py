"""Looks up in the tenant what the program needs: ids of system objects, and existing objects that the state lacks."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import replace

from reconciler.definitions.model import Address, Declaration, Desired
from reconciler.definitions.people import logins
from reconciler.engine.state import EMPTY
from reconciler.errors import ReconcilerError
from reconciler.kinds import Kind, chain, kind_named
from reconciler.kinds.mapping import references_in
from reconciler.matching.match import Match
from reconciler.matching.people import ids_of_people
from reconciler.matching.recognition import NotInTenant, object_id
from reconciler.matching.state_match import StateMatch
from reconciler.okta import people, snapshot
from reconciler.okta.client import OktaClient
from reconciler.okta.snapshot import LiveObject, Snapshot
from reconciler.program import Found
from reconciler.progress import SILENT, Progress


async def look_up(
    in_state: StateMatch, client: OktaClient, progress: Progress = SILENT, only: Collection[Address] | None = None
) -> tuple[Match, Found]:
    """Read as little of the tenant as possible: nothing at all if everything is in the state already.

    With `only`, just these objects are looked up. The match knows no more of the tenant than was read.
    """
    wanted = _LookUp(in_state, in_state.desired.managed if only is None else only)
    match = await wanted.read(client, progress)
    return match, wanted.found(match)


def look_up_in(match: Match) -> Found:
    """The same for all managed objects, from a match with a snapshot of everything.

    Raises `ReconcilerError` if the part of the tenant that is needed could not be read.
    """
    return _LookUp(match.in_state, match.desired.managed).found(match)


async def look_up_referred(desired: Desired, client: OktaClient) -> Found:
    """Only the ids of users, and of objects that are not managed: those that definitions refer to, and those around
    managed ones.
    """
    wanted = _LookUp(StateMatch.of(desired, EMPTY), (), people_of=desired.managed)
    return wanted.found(await wanted.read(client, SILENT))


class _LookUp:
    """What has to be found in the tenant: system and observed objects, and `applied` ones that are not in the state.

    All users whom the objects `people_of` name must exist; by default, those of `applied` objects.
    """

    def __init__(
        self, in_state: StateMatch, applied: Collection[Address], people_of: Collection[Address] | None = None
    ) -> None:
        desired = in_state.desired
        self._in_state, self._applied = in_state, applied
        self._people_of = applied if people_of is None else people_of
        self._logins = logins(desired.managed.values())
        self._referred = outside_references(desired)
        self._system = self._referred - desired.declarations.keys()
        self._fresh = [one for one in in_state.without_id if one.address in self._referred or one.address in applied]
        self._kinds = {address.kind for address in self._system} | {one.kind.name for one in self._fresh}
        self._kinds |= {
            one.kind.name for one in in_state.without_id if one.kind.within and one.address in desired.managed
        }
        owners = {owner for declaration in self._fresh for owner in _owners(declaration, desired)}
        self._needed = {above.name for kind in self._kinds for above in chain(kind_named(kind))}
        self._needed |= {owner.kind for owner in owners}
        ids = {**desired.environment.imports, **in_state.ids}
        self._owner_ids = {(owner.kind, ids[owner]) for owner in owners if owner in ids}
        self._system_owners = owners - desired.declarations.keys()
        self._owner_labels = {
            (owner.kind, desired.declarations[owner].label)
            for owner in owners
            if owner not in ids and owner not in self._system_owners
        }

    async def read(self, client: OktaClient, progress: Progress) -> Match:
        """Read what is needed."""
        live = Snapshot({})
        if self._kinds:
            live = await snapshot.read(client, self._kinds, owners=self._is_owner, progress=progress, logins=None)
            self._check_readable(live)
        if self._logins:
            live = replace(live, people=await people.find(client, self._logins, ()))
        return Match.of(self._in_state, live, sought=self._fresh)

    def found(self, match: Match) -> Found:
        """The result, out of a match with all that is needed."""
        self._check_readable(match.live)
        observed = {address: _observed_id(match, address) for address in sorted(self._referred - self._system)}
        there = match.recognised
        taken = {address: identity for address, identity in there.items() if address in self._applied}
        imports = {address: taken[address] for address in taken if kind_named(address.kind).provider.importable}
        lists = {address: taken[address] for address in taken.keys() - imports.keys()}
        to_deactivate = frozenset(
            one.address
            for one in self._fresh
            if one.kind.provider.created_active and one.spec["status"] == "INACTIVE" and one.address not in taken
        )
        users = ids_of_people(match, {one for one in self._people_of if one in match.desired.managed})
        ids = {**_system_ids(self._system, match.live), **observed, **users}
        return Found(ids, imports, lists, dict(self._owners(match)), to_deactivate)

    def _owners(self, match: Match) -> Iterator[tuple[Address, tuple[str, ...]]]:
        """The ids of what managed objects are below and definitions do not name, from the state or the tenant."""
        for address, declaration in self._in_state.desired.managed.items():
            kind = declaration.kind
            if kind.within is None:
                continue
            applied = self._in_state.applied.get(address)
            if applied and applied.owner_ids:
                yield address, applied.owner_ids
            elif around := match.live.around_of(kind):
                yield address, tuple(around)
            else:
                raise ReconcilerError(
                    f"{declaration.source}: the tenant has no {kind.within.name}, which {address} would be in",
                    hint=f"remove the document, or check that the tenant has the feature: {kind.within.description}",
                )

    def _is_owner(self, owner: LiveObject, owned: Kind) -> bool:
        kind = owner.kind
        if (kind.name, owner.id) in self._owner_ids or (kind.name, owner.label) in self._owner_labels:
            return True
        system = (Address(kind.name, known.name) for known in kind.system if known.matches(dict(owner.json)))
        return any(address in self._system_owners for address in system)

    def _check_readable(self, live: Snapshot) -> None:
        for gap in live.unreadable:
            if gap.part or gap.kind.name not in self._needed:
                continue
            owners = [live.by_id.get((kind, gap.owner_id or "")) for kind in gap.kind.parents]
            if gap.owner_id is None or any(owner and self._is_owner(owner, gap.kind) for owner in owners):
                raise ReconcilerError(
                    f"cannot determine which objects of kind {gap.kind.name} exist already: {gap.reason}",
                    hint="nothing was changed; run the same command again when the tenant can be read",
                )


def _owners(declaration: Declaration, desired: Desired) -> Iterator[Address]:
    """Its owner, the owner's owner, and so on."""
    if reference := declaration.owner_reference:
        yield reference
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


def _observed_id(match: Match, address: Address) -> str:
    identity = match.in_state.ids.get(address) or object_id(address.kind, match.recognised.get(address, ""))
    if not identity:
        source = match.desired.declarations[address].source
        raise NotInTenant(
            f"{source}: the tenant has no {address}, and other definitions refer to it",
            hint="objects of this kind are only observed here: create it in the tenant, or change the mode of the kind",
        )
    return identity


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
