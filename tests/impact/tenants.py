"""A tenant with groups that people are in, for tests of effects."""

from __future__ import annotations

from typing import Any

from reconciler.definitions.model import Address
from reconciler.impact import NOTHING_READ, WhatWasRead, effects
from reconciler.okta.snapshot import LiveObject
from tests.plan.plans import plan_of
from tests.settled import World, desired_of, document, identity_of, settled

STAFF, CONTRACTORS = Address("group", "staff"), Address("group", "contractors")
STRICT, WIKI = Address("authentication-policy", "strict"), Address("bookmark-app", "wiki")
RULE = Address("group-rule", "by-title")
SIGN_IN, PASSWORDS = Address("global-session-policy", "externals"), Address("password-policy", "externals")

CATCH_ALL = {
    "id": "catch-all",
    "name": "Catch-all Rule",
    "system": True,
    "priority": 99,
    "status": "ACTIVE",
    "actions": {"appSignOn": {"access": "ALLOW", "verificationMethod": {"factorMode": "1FA", "type": "ASSURANCE"}}},
}


def tenant(*more: dict[str, Any], **changes: Any) -> World:
    """Two groups, a rule that fills one, an app with a policy of its own, and policies for one group."""
    world = settled(
        desired_of(
            [
                document("group", "staff", name="Staff"),
                document("group", "contractors", name="Contractors"),
                document("group-rule", "by-title", name="By title", expression="true", groups=["contractors"]),
                document(
                    "authentication-policy",
                    "strict",
                    name="Strict",
                    description="For money.",
                    rules=[{"name": "All", "groups_included": ["staff"]}],
                ),
                document(
                    "bookmark-app",
                    "wiki",
                    label="Wiki",
                    url="https://wiki.example",
                    authentication_policy="strict",
                    groups=[{"group": "staff"}, {"group": "contractors"}],
                ),
                *more,
            ]
        )
    )
    count(world, STAFF, 200)
    count(world, CONTRACTORS, 30)
    return world


def count(world: World, group: Address, people: int | None, **stats: Any) -> None:
    """Set the statistics of a group."""
    every = {"usersCount": people, "appsCount": 1, "hasAdminPrivlege": False, **stats}
    world.tamper(group, lambda json: json.update(_embedded={"stats": every}))


def default_rules(world: World, *rules: dict[str, Any]) -> None:
    """Give the default authentication policy these rules."""
    policy = world.items["authentication-policy", identity_of("authentication-policy", "default")]
    kind = next(kind for kind in [item.kind for item in world.items.values()] if kind.name == f"{STRICT.kind}-rules")
    world.put(LiveObject(kind, policy.id, {"rules": [], "madeByOkta": list(rules)}, policy))


def told(world: World, read: WhatWasRead = NOTHING_READ) -> list[str]:
    """The id and the summary of each effect."""
    return [f"{one.id}: {one.summary}" for one in effects(plan_of(world), read)]


def of(world: World, *ids: str, read: WhatWasRead = NOTHING_READ) -> list[str]:
    """The summaries of the effects with these ids."""
    return [one.summary for one in effects(plan_of(world), read) if one.id in ids]
