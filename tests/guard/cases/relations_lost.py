"""Plans for `relations-lost`."""

from __future__ import annotations

from reconciler.definitions.model import Address
from reconciler.plan import Plan
from tests.guard.worlds import bookmark, groups, plan_of, world_of

WIKI = Address("app-group-assignments", "wiki")


def refused() -> Plan:
    """An app loses four of five groups."""
    return _with_groups(1)


def passed() -> Plan:
    """It loses two."""
    return _with_groups(3)


def _with_groups(left: int) -> Plan:
    world = world_of([*groups(5), bookmark("wiki", groups=[{"group": f"group-{n}"} for n in range(5)])])
    assignments = world.desired.declarations[WIKI].spec["groups"]
    world.edit(WIKI, groups=assignments[:left])
    return plan_of(world)
