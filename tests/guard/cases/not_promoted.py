"""Plans for `not-promoted`: the environment before has taken the definitions of `passed`."""

from __future__ import annotations

from reconciler.definitions.model import Address
from reconciler.guard import GuardSettings
from reconciler.last_up import LastUp
from reconciler.plan import Plan
from reconciler.promotion import Circumstances, Predecessor
from tests.guard.worlds import groups, plan_of, world_of

DOCUMENTS = world_of(groups(2)).desired.documents
TAKEN = LastUp("elsewhere", DOCUMENTS, by="ada", clean=True)
SETTINGS = GuardSettings(circumstances=Circumstances(applies=True, predecessor=Predecessor("staging", TAKEN)))
GROUP = Address("group", "group-0")


def refused() -> Plan:
    world = world_of(groups(3))
    world.edit(GROUP, description="New.")
    return plan_of(world)


def passed() -> Plan:
    world = world_of(groups(2))
    world.edit(GROUP, description="New.")
    return plan_of(world)
