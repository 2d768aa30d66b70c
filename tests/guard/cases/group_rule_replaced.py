"""Plans for `group-rule-replaced`."""

from __future__ import annotations

from reconciler.definitions.model import Address
from reconciler.plan import Plan
from tests.guard.access import edited, group, group_rule, with_stats
from tests.guard.worlds import world_of
from tests.settled import World

RULE = Address("group-rule", "department")


def _world(people: int) -> World:
    return with_stats(world_of([group("staff"), group("more"), group_rule("department", "staff")]), "staff", people)


def refused() -> Plan:
    """A change of the groups replaces the rule."""
    return edited(_world(3), RULE, groups=["more", "staff"])


def passed() -> Plan:
    return edited(_world(0), RULE, groups=["more", "staff"])
