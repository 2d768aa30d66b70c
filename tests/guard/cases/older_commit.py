"""Plans for `older-commit`: a newer commit was applied, with the objects of `passed`."""

from __future__ import annotations

from reconciler.commit import Ancestry, Commit
from reconciler.guard import GuardSettings
from reconciler.last_up import LastUp
from reconciler.plan import Plan
from reconciler.promotion import Circumstances
from tests.guard.worlds import edited, groups, world_of

APPLIED = LastUp(world_of(groups(2)).desired.digest, commit=Commit("b" * 40), by="ada")
SETTINGS = GuardSettings(
    circumstances=Circumstances(applies=True, commit=Commit("a" * 40), last=APPLIED, ancestry=Ancestry.OLDER)
)


def refused() -> Plan:
    return edited(3)


def passed() -> Plan:
    return edited(2)
