"""Plans for `owner-unknown`. The documents of tests belong to `tests`."""

from __future__ import annotations

from dataclasses import replace

from reconciler.definitions.owners import Owners
from reconciler.guard import GuardSettings
from reconciler.plan import Plan
from tests.guard.worlds import GROUP, edited, groups, plan_of, world_of

SETTINGS = GuardSettings(owners=Owners(code_owners=frozenset({"@acme/tests"})))


def refused() -> Plan:
    world = world_of(groups(2))
    changed = replace(world.desired.declarations[GROUP], owner="nobody")
    world.desired = replace(world.desired, declarations={**world.desired.declarations, GROUP: changed})
    world.edit(GROUP, description="New.")
    return plan_of(world)


def passed() -> Plan:
    return edited(2)
