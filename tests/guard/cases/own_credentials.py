"""Plans for `own-credentials`."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from typing import Any

from reconciler.definitions.model import Address, Credentials
from reconciler.plan import Plan
from tests.guard.access import app, edited
from tests.guard.worlds import world_of
from tests.settled import World

RECONCILER = Address("oidc-app", "reconciler")
OURS, NEXT = ({"kid": kid, "kty": "RSA", "e": "AQAB", "n": f"n-of-{kid}"} for kid in ("ours", "next"))
EMPTY = {"x": None, "y": None}


def world(*keys: dict[str, str], others: Iterable[Any] = ()) -> World:
    """The reconciler signs in with the key `ours` of an app that is declared."""
    service = {"type": "service", "redirect_uris": [], "token_endpoint_auth_method": "private_key_jwt"}
    made = world_of([app("reconciler", jwks=list(keys), **service), app(), *others])
    item = made.item(RECONCILER)
    credentials = {"oauthClient": {**item.json["credentials"]["oauthClient"], "client_id": item.id}}
    made.put(replace(item, json={**item.json, "credentials": credentials}))
    signs_in = Credentials(client_id=item.id, private_key="env:KEY", private_key_id="ours")
    made.desired = replace(made.desired, environment=replace(made.desired.environment, credentials=signs_in))
    return made


def refused() -> Plan:
    return edited(world(OURS), RECONCILER, jwks=[NEXT | EMPTY])


def passed() -> Plan:
    """A second key may be added, and another app may be deleted."""
    made = world(OURS)
    made.undeclare(Address("oidc-app", "portal"))
    return edited(made, RECONCILER, jwks=[OURS | EMPTY, NEXT | EMPTY])
