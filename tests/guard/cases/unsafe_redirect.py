"""Plans for `unsafe-redirect`."""

from __future__ import annotations

from reconciler.definitions.model import Address
from reconciler.plan import Plan
from tests.guard.access import app, created, edited
from tests.guard.worlds import world_of


def refused() -> Plan:
    return created(app(redirect_uris=["http://portal.example/callback"]), app("safe"))


def passed() -> Plan:
    """What is there already is not refused, nor an address of the developer's own machine."""
    world = world_of([app(redirect_uris=["http://portal.example/callback"])])
    uris = ["http://portal.example/callback", "http://localhost:8080/callback"]
    return edited(world, Address("oidc-app", "portal"), redirect_uris=uris)
