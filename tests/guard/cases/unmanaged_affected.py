"""Plans for `unmanaged-affected`."""

from __future__ import annotations

from reconciler.definitions.model import Address
from reconciler.plan import Plan
from tests.guard.worlds import add_rule, groups, without, world_of

GROUP = Address("group", "group-0")


def refused() -> Plan:
    """An unmanaged rule fills the group."""
    world = world_of(groups(3))
    add_rule(world, "by-hand", GROUP)
    return without(world, GROUP)


def passed() -> Plan:
    """It fills another one."""
    world = world_of(groups(3))
    add_rule(world, "by-hand", Address("group", "group-1"))
    return without(world, GROUP)
