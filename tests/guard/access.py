"""Worlds for guards about access."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from reconciler.definitions.model import Address
from reconciler.guard import GUARDS, GuardSettings, check
from reconciler.plan import GuardResult, Plan
from tests.plan.plans import plan_of
from tests.settled import World, desired_of, document, settled

Document = Mapping[str, Any]


def app(name: str = "portal", /, **fields: Any) -> dict[str, Any]:
    """A web app, or another one if the fields say so."""
    usual = {"label": name.title(), "type": "web", "redirect_uris": [f"https://{name}.example/callback"]}
    return document("oidc-app", name, **usual | fields)


def group(name: str) -> dict[str, Any]:
    return document("group", name, name=name.title())


def group_rule(name: str, *groups: str, **fields: Any) -> dict[str, Any]:
    usual = {"name": name.title(), "expression": 'user.department == "X"', "groups": list(groups)}
    return document("group-rule", name, **usual | fields)


def zone(name: str, *gateways: str, **fields: Any) -> dict[str, Any]:
    return document("network-zone", name, name=name, **{"type": "IP", "gateways": list(gateways)} | fields)


def session_policy(*rules: Document, groups: tuple[str, ...] = ("everyone",), name: str = "all") -> dict[str, Any]:
    return document(
        "global-session-policy",
        name,
        name=name.title(),
        priority=1,
        groups_included=list(groups),
        rules=[{"name": f"Rule {n}", **rule} for n, rule in enumerate(rules)],
    )


def server(*rules: Document, name: str = "api") -> dict[str, Any]:
    """An authorization server with one policy."""
    policy = {
        "name": "Policy",
        "description": "For all clients.",
        "clients": ["ALL_CLIENTS"],
        "rules": [
            {"name": f"Rule {n}", "grant_types": ["authorization_code"], "groups": ["staff"]} | dict(rule)
            for n, rule in enumerate(rules)
        ],
    }
    return document("authorization-server", name, name=name, audiences=[f"https://{name}.example"], policies=[policy])


def created(*documents: Document, there: tuple[Document, ...] = ()) -> Plan:
    """The plan that creates these documents beside those that are there."""
    world = settled(desired_of(there))
    world.desired = desired_of([*there, *documents])
    return plan_of(world)


def edited(world: World, address: Address, **fields: Any) -> Plan:
    world.edit(address, **fields)
    return plan_of(world)


def with_stats(world: World, name: str, people: int, roles: tuple[str, ...] = ()) -> World:
    """Set what the list of groups says of a group: its members and its admin roles."""
    address = Address("group", name)
    embedded = {
        "stats": {"usersCount": people, "hasAdminPrivlege": bool(roles)},
        "roles": [{"type": role} for role in roles],
    }
    world.put(replace(world.item(address), json={**world.item(address).json, "_embedded": embedded}))
    return world


def refused_by(plan: Plan, rule: str, settings: GuardSettings | None = None) -> dict[str, GuardResult]:
    """What one guard refuses, by object."""
    (guard,) = (one for one in GUARDS if one.id == rule)
    return {one.object: one for one in check(plan, settings or GuardSettings(), guards=[guard])}
