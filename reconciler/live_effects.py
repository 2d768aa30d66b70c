"""Effects of an `up` on the live tenant that the engine cannot show: it compares with the state, not the tenant."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence, Set
from dataclasses import dataclass

from reconciler import drift
from reconciler.definitions.model import Address
from reconciler.drift import Overwritten
from reconciler.engine.changes import Changes, Operation
from reconciler.engine.state import State
from reconciler.kinds import chain, kind_named, owned_kinds
from reconciler.kinds.mapping import replacing
from reconciler.matching import Match
from reconciler.okta.snapshot import Unreadable
from reconciler.program import Found


@dataclass(frozen=True, slots=True)
class LiveEffects:
    """The live effects of one `up`, computed before it runs."""

    match: Match
    """The definitions, the state before the run, and at least the objects of the tenant that the run affects."""
    urns: Mapping[Address, str]
    """The URNs of managed objects."""

    def existing(self, found: Found) -> Mapping[Address, Overwritten]:
        """The fields and items that change on objects that exist in the tenant but not in the state."""
        ids = {**found.imports, **found.lists}
        return drift.overwritten(self.match.importing(ids), ids) if ids else {}

    def report_imports(self, changes: Changes, existing: Mapping[Address, Overwritten]) -> None:
        """Add to a preview what happens to objects that exist already.

        The first pass imports an object unchanged. The second pass, which a preview cannot run, updates it. A whole
        list that cannot be imported is updated in the first pass, and the engine shows it as created.
        """
        replaced: set[Address] = set()
        for address, declaration in self.match.desired.managed.items():
            what, urn = existing.get(address), self.urns[address]
            if what is None or urn not in changes.changes:
                continue
            if declaration.parent in replaced or what.fields & replacing(declaration.kind.fields):
                replaced.add(address)  # the objects it owns are replaced with it
            changes.mark_existing(urn, what.fields, replaced=address in replaced)
            changes.add_lost_items(urn, address, what.lost)

    def report_done(self, changes: Changes, found: Found, existing: Mapping[Address, Overwritten]) -> None:
        """Add the same to a finished `up`: the engine itself reports what it did to the objects it imported."""
        for address, what in existing.items():
            urn = self.urns[address]
            if urn in changes.changes:
                if address in found.lists:
                    changes.mark_existing(urn, what.fields)
                changes.add_lost_items(urn, address, what.lost)

    def report_updates(self, changes: Changes) -> None:
        """Add what the planned changes do to edits made in the tenant since the last `up`.

        An update sends the whole object, so it reverts drifted fields too. A list that is replaced or deleted loses all
        its items. Nothing can be created below an owner that was deleted.
        """
        match, live = self.match, self.match.live
        affected = _Affected.by(changes, self)
        if not affected.kinds:
            return
        gaps = [gap for gap in live.unreadable if affected.needs(gap, match)]
        for gap in gaps:
            changes.failures.append(f"{gap.kind.name} could not be read ({gap.reason}): edits made there are not shown")
        unreadable = {gap.kind.name for gap in gaps}
        present = {one for one in affected.updated | affected.owners if match.item(one)}
        for address in sorted((affected.updated | affected.owners) - present):
            if unreadable.isdisjoint(kind.name for kind in chain(kind_named(address.kind))):
                changes.failures.append(
                    f"{address} was deleted in the tenant: run `reconciler repair` to create it again"
                )
        updated = sorted(affected.updated & present)
        for address, what in drift.overwritten(match, updated).items():
            changes.add_reverted(self.urns[address], what.drifted)
            changes.add_lost_items(self.urns[address], address, what.lost)
        for urn, address, identity in affected.lists:
            item = live.by_id.get((address.kind, identity))
            if item:
                declared, applied = match.desired.managed.get(address), match.state.resources.get(address)
                changes.add_lost_items(urn, address, drift.undeclared_items(match.names, item, declared, applied))


@dataclass(frozen=True, slots=True)
class _Affected:
    """The objects that the planned changes affect, and that have to be read."""

    updated: Set[Address]
    owners: Set[Address]
    """Owners, in the state, of objects that are created."""
    lists: Sequence[tuple[str, Address, str]]
    """Whole lists that are deleted, or whose owners are replaced: URN, address and id."""
    owner_ids: Set[str]

    @classmethod
    def by(cls, changes: Changes, effects: LiveEffects) -> _Affected:
        desired, applied = effects.match.desired, effects.match.applied
        operations = {urn: change.operation for urn, change in changes.changes.items()}
        planned = {address: operations.get(urn) for address, urn in effects.urns.items()}
        updated = {address for address, operation in planned.items() if operation is Operation.UPDATE}
        created = {address for address, operation in planned.items() if operation is Operation.CREATE}
        replaced = {address for address in applied if planned.get(address) is Operation.REPLACE}
        parents = {desired.declarations[address].parent for address in created}
        owners = {parent for parent in parents if parent and parent in applied} - replaced
        lists = [
            (f"{effects.urns[address]}$", Address(owned.name, address.name), applied[address].id)
            for address in replaced
            for owned in owned_kinds(kind_named(address.kind))
            if owned.shape.part_of_owner
        ]
        lists += _no_longer_declared(operations, effects.match.state)
        above = {identity for address in updated | owners for identity in applied[address].owner_ids}
        return cls(updated, owners, lists, above | {identity for _, _, identity in lists})

    @property
    def kinds(self) -> set[str]:
        """Their kinds."""
        return {address.kind for address in self.updated | self.owners} | {address.kind for _, address, _ in self.lists}

    def needs(self, gap: Unreadable, match: Match) -> bool:
        """Whether a part of the tenant has to be known."""
        kinds = {above.name for kind in self.kinds for above in chain(kind_named(kind))}
        own = {match.ids[address] for address in self.updated | self.owners}
        return gap.kind.name in kinds and (gap.owner_id is None or gap.owner_id in self.owner_ids | own)


def _no_longer_declared(operations: Mapping[str, Operation], state: State) -> Iterator[tuple[str, Address, str]]:
    """Whole lists that are deleted while their owners remain."""
    for (kind, name), one in state.resources.items():
        if one.kind.shape.part_of_owner and operations.get(one.urn) is Operation.DELETE:
            owners = (state.resources.get((owner, name)) for owner in one.kind.parents)
            if not any(owner and operations.get(owner.urn) is Operation.DELETE for owner in owners):
                yield one.urn, Address(kind, name), one.id
