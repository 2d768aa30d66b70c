"""Plans for `renamed-without-previously`."""

from __future__ import annotations

from reconciler.plan import Plan
from tests.guard.worlds import document, plan_of, world_of
from tests.settled import desired_of


def refused() -> Plan:
    """A group lives on under another name, and its members do not."""
    world = world_of([document("group", "staff", name="Staff")])
    world.desired = desired_of([document("group", "people", name="Staff")])
    return plan_of(world)


def passed() -> Plan:
    world = world_of([document("group", "staff", name="Staff")])
    world.desired = desired_of([document("group", "people", previously=["staff"], name="Staff", description="All")])
    return plan_of(world)
