"""Plans for `implicit-flow`."""

from __future__ import annotations

from reconciler.definitions.model import Address
from reconciler.plan import Plan
from tests.guard.access import app, edited
from tests.guard.worlds import world_of

PORTAL = Address("oidc-app", "portal")
OLD = {"grant_types": ["authorization_code", "implicit"], "response_types": ["code", "token"]}


def refused() -> Plan:
    return edited(world_of([app()]), PORTAL, **OLD)


def passed() -> Plan:
    """What is there already is not refused."""
    return edited(world_of([app(**OLD)]), PORTAL, label="Another")
