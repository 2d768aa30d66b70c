"""Plans for `older-commit`: a newer commit was applied, with the objects of `passed`."""

from __future__ import annotations

from reconciler.commit import Ancestry, Commit
from reconciler.definitions.model import Address
from reconciler.guard import GuardSettings
from reconciler.last_up import LastUp
from reconciler.plan import Plan
from reconciler.promotion import Circumstances
from tests.guard.worlds import groups, plan_of, world_of

APPLIED = LastUp(world_of(groups(2)).desired.digest, commit=Commit("b" * 40), by="ada")
SETTINGS = GuardSettings(
    circumstances=Circumstances(applies=True, commit=Commit("a" * 40), last=APPLIED, ancestry=Ancestry.OLDER)
)
GROUP = Address("group", "group-0")


def refused() -> Plan:
    world = world_of(groups(3))
    world.edit(GROUP, description="New.")
    return plan_of(world)


def passed() -> Plan:
    world = world_of(groups(2))
    world.edit(GROUP, description="New.")
    return plan_of(world)
