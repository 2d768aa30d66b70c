"""Plans for `removal-not-checked`."""

from __future__ import annotations

from reconciler.definitions.model import Address
from reconciler.kinds import kind_named
from reconciler.okta.snapshot import Unreadable
from reconciler.plan import Plan
from tests.guard.worlds import bookmark, document, without, world_of

STRICT = Address("authentication-policy", "strict")


def world_without(kind: str):
    """A world in which objects of a kind could not be read."""
    policy = document(
        "authentication-policy", "strict", name="Strict", description="For money.", rules=[{"name": "Any"}]
    )
    world = world_of([policy, bookmark("wiki")])
    world.unreadable.append(Unreadable(kind_named(kind), None, "403: no access"))
    return world


def refused() -> Plan:
    """Unmanaged apps may use the policy."""
    return without(world_without("saml-app"), STRICT)


def passed() -> Plan:
    """No trusted origin refers to a policy."""
    return without(world_without("trusted-origin"), STRICT)
