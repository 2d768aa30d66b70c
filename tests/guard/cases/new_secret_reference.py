"""A secret of somebody else, and one of the same owner."""

from __future__ import annotations

from dataclasses import replace

from reconciler.definitions.model import Address
from reconciler.definitions.trust import PinnedSecret, Pins
from reconciler.plan import Plan
from tests.guard.worlds import document, plan_of, world_of
from tests.matches import match_of

CONSOLE = Address("oidc-app", "console")
SECRETS = (PinnedSecret("env:TESTS_*", "tests"), PinnedSecret("env:PAYMENTS_*", "payments"), PinnedSecret("env:OLD_*"))


def plan(reference: str, pins: Pins | None = None) -> Plan:
    """The plan of an app of `tests` whose secret is this reference, which no `up` has recorded."""
    spec = {"label": "Console", "type": "web", "redirect_uris": ["https://a.example/cb"], "client_secret": reference}
    world = world_of([document("oidc-app", "console", **spec)])
    world.edit(CONSOLE, client_uri="https://console.example")
    made = plan_of(world)
    environment = replace(made.desired.environment, pins=pins or Pins(file="pins.yaml", secrets=SECRETS))
    return replace(made, match=match_of(replace(made.desired, environment=environment), made.state, made.live))


def refused() -> Plan:
    return plan("env:PAYMENTS_SECRET")


def passed() -> Plan:
    return plan("env:TESTS_SECRET")
