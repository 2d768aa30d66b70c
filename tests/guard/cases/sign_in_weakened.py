"""Plans for `sign-in-weakened`."""

from __future__ import annotations

from reconciler.definitions.model import Address
from reconciler.plan import Plan
from tests.guard.access import edited, session_policy
from tests.guard.worlds import world_of

RULE = Address("global-session-policy-rule", "all/Rule 0")
STRICT = {"mfa_required": True, "mfa_prompt": "ALWAYS"}


def refused() -> Plan:
    return edited(world_of([session_policy(STRICT)]), RULE, mfa_required=False, mfa_prompt=None)


def passed() -> Plan:
    return edited(world_of([session_policy({})]), RULE, **STRICT)
