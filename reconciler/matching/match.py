"""Definitions, state and tenant, matched: which object of the tenant belongs to which declaration."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property

from reconciler.definitions.model import Address, Declaration, Desired
from reconciler.engine.state import Applied, State
from reconciler.matching.names import Names
from reconciler.matching.recognition import object_id, recognised
from reconciler.matching.state_match import StateMatch
from reconciler.okta.snapshot import LiveObject, Snapshot


@dataclass(frozen=True)
class Match:
    """One match, made when the tenant has been read and shared by everything that works on it."""

    in_state: StateMatch
    live: Snapshot
    recognised: Mapping[Address, str]
    """The import ids of objects that are declared and in the tenant, but not in the state."""
    imports: Mapping[Address, str] = field(default_factory=dict)
    """The import ids of those that are about to be imported."""

    @classmethod
    def of(cls, in_state: StateMatch, live: Snapshot, sought: Iterable[Declaration] | None = None) -> Match:
        """Match a snapshot. With `sought`, only these declarations are looked for: the others' kinds were not read.

        Raises `Ambiguous`, and `NotInTenant` for an import of an object that cannot be imported.
        """
        return cls(in_state, live, recognised(in_state.without_id if sought is None else sought, in_state, live))

    @property
    def desired(self) -> Desired:
        """The definitions."""
        return self.in_state.desired

    @property
    def state(self) -> State:
        """The state."""
        return self.in_state.state

    @property
    def applied(self) -> Mapping[Address, Applied]:
        """The entries of declared objects in the state, also under an earlier name."""
        return self.in_state.applied

    @property
    def orphans(self) -> Mapping[Address, str]:
        """The ids of objects that are in the state and no longer declared."""
        return self.in_state.orphans

    @cached_property
    def ids(self) -> Mapping[Address, str]:
        """The ids of declared objects that are in the state, observed, or about to be imported."""
        ids = {
            **self.in_state.ids,
            **{address: object_id(address.kind, path) for address, path in self.imports.items()},
        }
        for address, declaration in self.desired.declarations.items():
            if address in ids or not self.desired.observes(address):
                continue
            if declaration.kind.shape.part_of_owner and declaration.parent:  # recognised by its owner
                identity = ids.get(declaration.parent)
            else:
                identity = object_id(address.kind, self.recognised.get(address, ""))
            if identity:
                ids[address] = identity
        return ids

    @cached_property
    def unapplied(self) -> Mapping[Address, str]:
        """The ids of objects that are declared and in the tenant, but have none of `ids`.

        Without any state, whole lists that may be empty are among them.
        """
        found = {
            address: object_id(address.kind, path)
            for address, path in self.recognised.items()
            if address not in self.ids
        }
        for address, declaration in () if self.state.resources else self.desired.declarations.items():
            if declaration.kind.shape.part_of_owner and declaration.parent and address not in self.ids:
                owner = found.get(declaration.parent)
                if owner and (address.kind, owner) in self.live.by_id:
                    found[address] = owner
        return found

    @cached_property
    def all_ids(self) -> Mapping[Address, str]:
        """The ids of all declared objects that the tenant has."""
        return {**self.unapplied, **self.ids}

    @cached_property
    def known(self) -> frozenset[tuple[str, str]]:
        """Kind and id of each object that is declared or was declared before. Unmanaged objects are not included."""
        recognised_ids = {address: object_id(address.kind, path) for address, path in self.recognised.items()}
        return frozenset(
            (address.kind, identity)
            for ids in (self.orphans, self.all_ids, recognised_ids)
            for address, identity in ids.items()
        )

    @cached_property
    def names(self) -> Names:
        """The names of the objects in the tenant."""
        return Names(self.desired, self.live, self.all_ids)

    def item(self, address: Address) -> LiveObject | None:
        """The object of a declaration that is in the state, observed, or about to be imported."""
        return self.live.by_id.get((address.kind, self.ids.get(address, "")))

    def importing(self, imports: Mapping[Address, str]) -> Match:
        """The same match for a run that imports these objects."""
        return replace(self, imports=imports) if imports else self

    def read_further(self, live: Snapshot) -> Match:
        """The same match with a snapshot in which more was read, of objects that are not declared."""
        return self if live is self.live else replace(self, live=live)

    def with_definitions(self, desired: Desired) -> Match:
        """The state and the tenant matched with other definitions."""
        return Match.of(StateMatch.of(desired, self.state), self.live)

    def with_state(self, state: State) -> Match:
        """The match with another state. The tenant is matched again only if the state has other objects."""
        in_state = StateMatch.of(self.desired, state)
        if (in_state.ids, in_state.orphans) == (self.in_state.ids, self.in_state.orphans):
            return replace(self, in_state=in_state)
        return Match.of(in_state, self.live)
