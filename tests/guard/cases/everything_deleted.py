"""Plans for `everything-deleted`."""

from __future__ import annotations

from reconciler.definitions.model import Address
from reconciler.plan import Plan
from tests.guard.worlds import groups, without, world_of


def refused() -> Plan:
    """The empty folder, on a small tenant."""
    return without(world_of(groups(2)), Address("group", "group-0"), Address("group", "group-1"))


def passed() -> Plan:
    return without(world_of(groups(2)), Address("group", "group-0"))
