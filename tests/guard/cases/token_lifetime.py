"""Plans for `token-lifetime`."""

from __future__ import annotations

from reconciler.plan import Plan
from tests.guard.access import created, group, server, session_policy

_DAYS = 24 * 60


def refused() -> Plan:
    forever, long = {"refresh_token_lifetime_minutes": 0}, {"refresh_token_lifetime_minutes": 91 * _DAYS}
    return created(group("staff"), server(forever, long), session_policy({"session_lifetime": 0}))


def passed() -> Plan:
    """Nobody gets refresh tokens by a rule for services, and no session from a rule that denies it."""
    rules = (
        {"grant_types": ["client_credentials"]},
        {"scopes": ["read"]},
        {"refresh_token_lifetime_minutes": 90 * _DAYS},
    )
    sessions = {"session_lifetime": _DAYS}, {"access": "DENY", "session_lifetime": 0}
    return created(group("staff"), server(*rules), session_policy(*sessions))
