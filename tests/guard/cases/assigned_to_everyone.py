"""Plans for `assigned-to-everyone`."""

from __future__ import annotations

from reconciler.guard import GuardSettings
from reconciler.guard.rules.assigned_to_everyone import AssignedToEveryoneLimits
from reconciler.plan import Plan
from tests.guard.access import app, created, group

SETTINGS = GuardSettings(
    limits={"assigned-to-everyone": AssignedToEveryoneLimits(allowed=frozenset({"oidc-app intranet"}))}
)


def refused() -> Plan:
    return created(app("payroll", groups=[{"group": "everyone"}]))


def passed() -> Plan:
    apps = app("intranet", groups=[{"group": "everyone"}]), app("payroll", groups=[{"group": "hr"}])
    return created(group("hr"), *apps)
