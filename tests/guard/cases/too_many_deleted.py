"""Plans for `too-many-deleted`."""

from __future__ import annotations

from reconciler.definitions.model import Address
from reconciler.plan import Plan
from tests.guard.worlds import groups, without, world_of


def refused() -> Plan:
    return without(world_of(groups(12)), *(Address("group", f"group-{n}") for n in range(4)))


def passed() -> Plan:
    """Three of four is a large share, but only a few."""
    return without(world_of(groups(4)), *(Address("group", f"group-{n}") for n in range(3)))
