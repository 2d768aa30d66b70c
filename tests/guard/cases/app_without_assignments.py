"""Plans for `app-without-assignments`."""

from __future__ import annotations

from reconciler.definitions.model import Address
from reconciler.plan import Plan
from tests.guard.worlds import bookmark, groups, plan_of, without, world_of

WIKI = Address("bookmark-app", "wiki")


def refused() -> Plan:
    world = world_of([*groups(1), bookmark("wiki", groups=[{"group": "group-0"}])])
    world.edit(Address("app-group-assignments", "wiki"), groups=[])
    return plan_of(world)


def passed() -> Plan:
    """The app goes, too."""
    return without(world_of([*groups(1), bookmark("wiki", groups=[{"group": "group-0"}])]), WIKI)
