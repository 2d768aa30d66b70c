"""Plans for `policy-in-use`."""

from __future__ import annotations

from reconciler.definitions.model import Address
from reconciler.plan import Plan
from tests.guard.worlds import bookmark, document, href_of_policy, without, world_of

STRICT = Address("authentication-policy", "strict")
RULES = [{"name": "Any"}]
DOCUMENTS = [
    document("authentication-policy", "strict", name="Strict", description="For money.", rules=RULES),
    document("authentication-policy", "other", name="Other", description="For the rest.", rules=RULES),
]


def refused() -> Plan:
    """An unmanaged app uses it."""
    world = world_of([*DOCUMENTS, bookmark("wiki")])
    world.add("bookmark-app", "old", label="Old", signOnMode="BOOKMARK", _links=href_of_policy(world, STRICT))
    return without(world, STRICT)


def passed() -> Plan:
    """The app that used it names another one."""
    world = world_of([*DOCUMENTS, bookmark("wiki", authentication_policy="strict")])
    world.edit(Address("bookmark-app", "wiki"), authentication_policy="other")
    return without(world, STRICT)
