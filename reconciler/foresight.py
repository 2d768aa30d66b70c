"""What an `up` does that the engine cannot foresee: it compares with the state, and never looks at the tenant."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass

from reconciler import drift
from reconciler.definitions.model import Address, Desired
from reconciler.drift import Overwritten
from reconciler.engine.changes import Changes, Operation
from reconciler.engine.state import State
from reconciler.kinds import kind_named
from reconciler.kinds.mapping import schema
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
            if declaration.parent in replaced or what.fields & _replacing(address.kind):
                replaced.add(address)  # what it owns goes with it, and comes anew
            changes.made_as_declared(urn, what.fields, replaced=address in replaced)
            changes.lost(urn, what.lost)

    def tell_of_what_was_done(self, changes: Changes, found: Found, there: Mapping[Address, Overwritten]) -> None:
        """The same after the `up`, where the engine has told what became of what it imported."""
        for address, what in there.items():
            urn = self.urns[address]
            if urn in changes.changes:
                if address in found.lists:
                    changes.made_as_declared(urn, what.fields)
                changes.lost(urn, what.lost)

    def tell_of_updates(self, changes: Changes, read: Callable[[Collection[str], Owners], Snapshot]) -> None:
        """An update sends the object as a whole, and undoes what somebody changed in it since it was applied."""
        updated = {address for address, urn in self.urns.items() if _is_update(changes, urn)}
        if not updated:
            return
        applied = Managed.of(self.desired, self.state).applied
        above = {identity for address in updated for identity in applied[address].owner_ids}
        live = read({address.kind for address in updated}, lambda owner, owned: owner.id in above)
        for gap in live.unreadable:
            changes.failures.append(f"{gap.kind.kind}: cannot tell what an update would undo: {gap.reason}")
        there = {address for address in updated if (address.kind, applied[address].id) in live.by_id}
        for address, what in drift.overwritten(self.desired, self.state, live, sorted(there)).items():
            changes.brought_back(self.urns[address], what.drifted)
            changes.lost(self.urns[address], what.lost)
        unreadable = {gap.kind.kind for gap in live.unreadable}
        for address in sorted(updated - there):
            if address.kind not in unreadable:
                changes.failures.append(f"{address} was deleted in the tenant: reconciler repair brings it back")


def _replacing(kind: str) -> set[str]:
    return {field.name for field in schema(kind_named(kind)) if field.replaces}


def _is_update(changes: Changes, urn: str) -> bool:
    return urn in changes.changes and changes.changes[urn].operation is Operation.UPDATE
