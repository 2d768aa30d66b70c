"""Orphans that were already deleted in the tenant: the state drops them, since deleting them again would fail."""

from __future__ import annotations

from collections.abc import Mapping

from reconciler.definitions.model import Address
from reconciler.engine.state import Applied
from reconciler.okta.snapshot import Snapshot


def already_deleted(objects: Mapping[Address, Applied], live: Snapshot) -> dict[Address, Applied]:
    """The objects that the snapshot does not have. An object whose kind, or an owner's, could not be read may exist."""
    unreadable = {gap.kind.name for gap in live.unreadable}
    return {
        address: one
        for address, one in sorted(objects.items())
        if (address.kind, one.id) not in live.by_id and unreadable.isdisjoint(one.levels)
    }
