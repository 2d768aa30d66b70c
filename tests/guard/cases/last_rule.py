"""Plans for `last-rule`."""

from __future__ import annotations

from reconciler.definitions.model import Address
from reconciler.plan import Plan
from tests.guard.access import session_policy
from tests.guard.worlds import without, world_of

RULE = Address("global-session-policy-rule", "all/Rule 0")


def refused() -> Plan:
    """The other rule is inactive."""
    return without(world_of([session_policy({}, {"status": "INACTIVE"})]), RULE)


def passed() -> Plan:
    return without(world_of([session_policy({}, {})]), RULE)
