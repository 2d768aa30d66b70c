"""Worlds that several guards are tried on."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from reconciler.definitions.model import Address
from reconciler.plan import Plan
from tests.plan.plans import plan_of
from tests.settled import World, desired_of, document, settled

GROUP = Address("group", "group-0")
"""The first of `groups`."""

__all__ = [
    "GROUP",
    "World",
    "add_rule",
    "bookmark",
    "document",
    "edited",
    "groups",
    "href_of_policy",
    "plan_of",
    "without",
    "world_of",
]


def groups(number: int) -> list[dict[str, Any]]:
    """Documents of groups: `group-0`, `group-1` and so on."""
    return [document("group", f"group-{n}", name=f"Group {n}") for n in range(number)]


def bookmark(name: str, **fields: Any) -> dict[str, Any]:
    """The document of a bookmark app."""
    return document("bookmark-app", name, label=name.title(), url=f"https://{name}.example", **fields)


def world_of(documents: Iterable[Mapping[str, Any]]) -> World:
    """A settled world with these documents."""
    return settled(desired_of(documents))


def edited(number: int) -> Plan:
    """The plan after the description of the first of these many groups was changed."""
    world = world_of(groups(number))
    world.edit(GROUP, description="New.")
    return plan_of(world)


def without(world: World, *addresses: Address) -> Plan:
    """The plan after these documents, with all that they own, were removed from the definitions."""
    gone = set(addresses)
    for address, declaration in world.desired.declarations.items():
        if declaration.parent in gone:
            gone.add(address)
    world.undeclare(*gone)
    return plan_of(world)


def add_rule(world: World, name: str, *filled: Address) -> None:
    """Add an unmanaged group rule."""
    world.add(
        "group-rule",
        name,
        None,
        name=name,
        conditions={"expression": {"value": "true"}},
        actions={"assignUserToGroups": {"groupIds": [world.applied[group].id for group in filled]}},
    )


def href_of_policy(world: World, policy: Address) -> dict[str, Any]:
    """The links of an app that uses a policy."""
    return {"accessPolicy": {"href": f"https://acme.okta.com/api/v1/policies/{world.applied[policy].id}"}}
