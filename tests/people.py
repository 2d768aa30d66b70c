"""The users of test tenants, whom definitions name by login."""

from __future__ import annotations

from typing import Any, Final

from reconciler.definitions.model import Desired
from reconciler.definitions.people import logins
from reconciler.kinds import kind_named
from reconciler.kinds.people import USER
from reconciler.okta.client import OktaClient
from reconciler.okta.people import People
from reconciler.okta.snapshot import Snapshot

PEOPLE: Final = ("ada.lovelace@example.com", "grace.hopper@example.com")
"""The logins that specimens name."""


def user(login: str) -> dict[str, Any]:
    """The body of a request that creates a user."""
    first, last = login.partition("@")[0].split(".")
    return {"profile": {"login": login, "email": login, "firstName": first, "lastName": last}}


async def hire(client: OktaClient, *more: str) -> People:
    """Create the users in a tenant."""
    made = {login: (await client.send("POST", "/api/v1/users", user(login)))["id"] for login in {*PEOPLE, *more}}
    return People(made, {identity: login for login, identity in made.items()})


def all_people(desired: Desired) -> list[str]:
    """The users of the specimens and of definitions."""
    return sorted({*PEOPLE, *logins(desired.declarations.values())})


def known_id(live: Snapshot, kind: str, name: str) -> str | None:
    """The id of a user or of an object that every tenant has."""
    return live.people.ids.get(name) if kind == USER else live.system_id(kind_named(kind), name)
