"""What an `up` does that the engine cannot foresee: it compares with the state, and never looks at the tenant."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence, Set
from dataclasses import dataclass

from reconciler import drift
from reconciler.definitions.model import Address, Desired
from reconciler.drift import Overwritten
from reconciler.engine.changes import Changes, Operation
from reconciler.engine.state import State
from reconciler.kinds import kind_named, owned_kinds
from reconciler.kinds.mapping import replacing
from reconciler.lookup import Managed
from reconciler.okta.snapshot import Owners, Snapshot
from reconciler.program import Found


@dataclass(frozen=True, slots=True)
class Foresight:
    """What one `up` does, by the tenant as it is before it."""

    desired: Desired
    state: State
    urns: Mapping[Address, str]
    """How the engine calls what is managed."""

    def there(self, found: Found) -> Mapping[Address, Overwritten]:
        """What becomes of objects that are in the tenant already, and not in the state."""
        there = {**found.imports, **found.lists}
        return drift.overwritten(self.desired, self.state, found.live, there, there) if there else {}

    def tell_of_what_was_there(self, changes: Changes, there: Mapping[Address, Overwritten]) -> None:
        """An import takes an object as it is; the pass after it, which no preview can run yet, makes it as declared.

        Whole lists that cannot be imported are made as declared at once, and the engine takes them for new.
        """
        replaced: set[Address] = set()
        for address, declaration in self.desired.managed.items():
            what, urn = there.get(address), self.urns[address]
            if what is None or urn not in changes.changes:
                continue
            if declaration.parent in replaced or what.fields & replacing(declaration.kind):
                replaced.add(address)  # what it owns goes with it, and comes anew
            changes.made_as_declared(urn, what.fields, replaced=address in replaced)
            changes.lost(urn, address, what.lost)

    def tell_of_what_was_done(self, changes: Changes, found: Found, there: Mapping[Address, Overwritten]) -> None:
        """The same after the `up`, where the engine has told what became of what it imported."""
        for address, what in there.items():
            urn = self.urns[address]
            if urn in changes.changes:
                if address in found.lists:
                    changes.made_as_declared(urn, what.fields)
                changes.lost(urn, address, what.lost)

    def tell_of_what_is_touched(self, changes: Changes, read: Callable[[Collection[str], Owners], Snapshot]) -> None:
        """What becomes of what somebody changed since it was applied.

        An update sends the object as a whole. A list that is replaced or deleted goes with all that is in it. Below
        what was deleted nothing can be created.
        """
        touched = _Touched.by(changes, self)
        if not touched.kinds:
            return
        live = read(touched.kinds, lambda owner, owned: owner.id in touched.owner_ids)
        names = drift.Names(self.desired, self.state, live)
        for gap in live.unreadable:
            changes.failures.append(f"{gap.kind.kind}: cannot tell what somebody changed: {gap.reason}")
        unreadable = {gap.kind.kind for gap in live.unreadable}
        there = {one for one in touched.updated | touched.owners if (one.kind, names.ids[one]) in live.by_id}
        for address in sorted((touched.updated | touched.owners) - there):
            if address.kind not in unreadable:
                changes.failures.append(f"{address} was deleted in the tenant: reconciler repair brings it back")
        updated = sorted(touched.updated & there)
        for address, what in drift.overwritten(self.desired, self.state, live, updated).items():
            changes.brought_back(self.urns[address], what.drifted)
            changes.lost(self.urns[address], address, what.lost)
        for urn, address, identity in touched.lists:
            item = live.by_id.get((address.kind, identity))
            if item:
                declared, applied = self.desired.managed.get(address), self.state.resources.get(address)
                changes.lost(urn, address, drift.undeclared_items(names, item, declared, applied))


@dataclass(frozen=True, slots=True)
class _Touched:
    """What has to be looked at, by the engine's plan."""

    updated: Set[Address]
    owners: Set[Address]
    """Of what is created below something that is in the state."""
    lists: Sequence[tuple[str, Address, str]]
    """Whole lists that go, or whose owners are replaced: the URN, and the id."""
    owner_ids: Set[str]

    @classmethod
    def by(cls, changes: Changes, foresight: Foresight) -> _Touched:
        desired, applied = foresight.desired, Managed.of(foresight.desired, foresight.state).applied
        operations = {urn: change.operation for urn, change in changes.changes.items()}
        planned = {address: operations.get(urn) for address, urn in foresight.urns.items()}
        updated = {address for address, operation in planned.items() if operation is Operation.UPDATE}
        created = {address for address, operation in planned.items() if operation is Operation.CREATE}
        replaced = {address for address in applied if planned.get(address) is Operation.REPLACE}
        parents = {desired.declarations[address].parent for address in created}
        owners = {parent for parent in parents if parent and parent in applied} - replaced
        lists = [
            (f"{foresight.urns[address]}$", Address(owned.kind, address.name), applied[address].id)
            for address in replaced
            for owned in owned_kinds(kind_named(address.kind))
            if owned.collection.list_key
        ]
        lists += _no_longer_declared(operations, foresight.state)
        above = {identity for address in updated | owners for identity in applied[address].owner_ids}
        return cls(updated, owners, lists, above | {identity for _, _, identity in lists})

    @property
    def kinds(self) -> set[str]:
        """The kinds that have to be read."""
        return {address.kind for address in self.updated | self.owners} | {address.kind for _, address, _ in self.lists}


def _no_longer_declared(operations: Mapping[str, Operation], state: State) -> Iterator[tuple[str, Address, str]]:
    """Whole lists that are deleted, while what owns them stays."""
    for (kind, name), one in state.resources.items():
        if one.kind.collection.list_key and operations.get(one.urn) is Operation.DELETE:
            owners = (state.resources.get((owner, name)) for owner in one.kind.parents)
            if not any(owner and operations.get(owner.urn) is Operation.DELETE for owner in owners):
                yield one.urn, Address(kind, name), one.id
