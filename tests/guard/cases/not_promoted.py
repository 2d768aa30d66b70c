"""Plans for `not-promoted`: the environment before has taken the definitions of `passed`."""

from __future__ import annotations

from reconciler.guard import GuardSettings
from reconciler.last_up import LastUp
from reconciler.plan import Plan
from reconciler.promotion import Circumstances, Predecessor
from tests.guard.worlds import edited, groups, world_of

DOCUMENTS = world_of(groups(2)).desired.documents
TAKEN = LastUp("elsewhere", DOCUMENTS, by="ada", clean=True)
SETTINGS = GuardSettings(circumstances=Circumstances(applies=True, predecessor=Predecessor("staging", TAKEN)))


def refused() -> Plan:
    return edited(3)


def passed() -> Plan:
    return edited(2)
