"""Plans for `owner-unknown`. The documents of tests belong to `tests`."""

from __future__ import annotations

from dataclasses import replace

from reconciler.definitions.model import Address
from reconciler.definitions.owners import Owners
from reconciler.guard import GuardSettings
from reconciler.plan import Plan
from tests.guard.worlds import groups, plan_of, world_of

SETTINGS = GuardSettings(owners=Owners(code_owners=frozenset({"@acme/tests"})))
GROUP = Address("group", "group-0")


def refused() -> Plan:
    world = world_of(groups(2))
    changed = replace(world.desired.declarations[GROUP], owner="nobody")
    world.desired = replace(world.desired, declarations={**world.desired.declarations, GROUP: changed})
    world.edit(GROUP, description="New.")
    return plan_of(world)


def passed() -> Plan:
    world = world_of(groups(2))
    world.edit(GROUP, description="New.")
    return plan_of(world)
