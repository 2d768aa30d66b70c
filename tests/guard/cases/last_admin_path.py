"""Plans for `last-admin-path`."""

from __future__ import annotations

from reconciler.definitions.model import Address
from reconciler.plan import Plan
from tests.guard.access import group, with_stats
from tests.guard.worlds import without, world_of


def refused() -> Plan:
    made = world_of([group("admins"), group("staff")])
    return without(with_stats(made, "admins", 2, ("SUPER_ADMIN",)), Address("group", "admins"))


def passed() -> Plan:
    made = world_of([group("admins"), group("staff")])
    return without(with_stats(made, "admins", 2, ("SUPER_ADMIN",)), Address("group", "staff"))
