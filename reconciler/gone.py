"""What is no longer declared and gone from the tenant: nobody can delete it again, so the state forgets it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from reconciler.definitions.model import Address
from reconciler.engine.state import Applied
from reconciler.kinds import Kind
from reconciler.okta.snapshot import LiveObject, Owners, Snapshot


def asks_owners_of(objects: Iterable[Applied]) -> Owners:
    """Which objects to ask for what they own, to see whether these are there."""
    above = {identity for one in objects for identity in one.owner_ids}

    def asks(owner: LiveObject, owned: type[Kind]) -> bool:
        return owner.id in above

    return asks


def gone(objects: Mapping[Address, Applied], live: Snapshot) -> dict[Address, Applied]:
    """Those that are not there, in a snapshot that would have them: what could not be read is not gone."""
    unreadable = {gap.kind.kind for gap in live.unreadable}
    return {
        address: one
        for address, one in sorted(objects.items())
        if (address.kind, one.id) not in live.by_id and unreadable.isdisjoint(one.levels)
    }
