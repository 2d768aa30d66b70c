"""Many objects at once, for benchmarks: they are made by the same code as those of clients."""

from pydantic import Field

from reconciler.sandbox.body import Body
from reconciler.sandbox.exchange import Call
from reconciler.sandbox.families.apps import APPS
from reconciler.sandbox.families.groups import ASSIGNMENT, GROUPS, MEMBERSHIP
from reconciler.sandbox.families.users import USERS
from reconciler.sandbox.json_types import JsonObject
from reconciler.sandbox.store import Record


class SeedOrder(Body):
    """How many of each; assignments and memberships are spread evenly over what was seeded."""

    prefix: str = "seed"
    groups: int = Field(default=0, ge=0, le=20_000)
    users: int = Field(default=0, ge=0, le=20_000)
    apps: int = Field(default=0, ge=0, le=5_000)
    assignments: int = Field(default=0, ge=0, le=100_000)
    memberships: int = Field(default=0, ge=0, le=200_000)


def seed(call: Call, order: JsonObject) -> JsonObject:
    """Make what was ordered; tells how many there are of each, and how to find them by name."""
    prefix = order["prefix"]
    groups = [make_group(call, f"{prefix}-group-{number:05d}") for number in range(order["groups"])]
    users = [make_user(call, f"{prefix}-user-{number:05d}") for number in range(order["users"])]
    apps = [make_app(call, f"{prefix}-app-{number:05d}") for number in range(order["apps"])]
    assignments = link(call, ASSIGNMENT, apps, groups, order["assignments"])
    memberships = link(call, MEMBERSHIP, groups, users, order["memberships"])
    return {
        "groups": len(groups),
        "users": len(users),
        "apps": len(apps),
        "assignments": assignments,
        "memberships": memberships,
    }


def make_group(call: Call, name: str) -> Record:
    """A group of a name."""
    return GROUPS.add(call, {"profile": {"name": name, "description": ""}})


def make_user(call: Call, name: str) -> Record:
    """A user whose login is made of a name."""
    address = f"{name}@example.com"
    profile = {"login": address, "email": address, "firstName": "Seeded", "lastName": name}
    return USERS.add(call, {"profile": profile})


def make_app(call: Call, label: str) -> Record:
    """An OIDC web app of a label."""
    return APPS.add(
        call,
        {
            "name": "oidc_client",
            "label": label,
            "signOnMode": "OPENID_CONNECT",
            "credentials": {"oauthClient": {"token_endpoint_auth_method": "client_secret_basic"}},
            "settings": {
                "oauthClient": {
                    "redirect_uris": [f"https://{label}.example.com/callback"],
                    "response_types": ["code"],
                    "grant_types": ["authorization_code"],
                    "application_type": "web",
                }
            },
        },
    )


def link(call: Call, kind: str, parents: list[Record], children: list[Record], wanted: int) -> int:
    """Spread relations evenly; no more than there are pairs."""
    count = min(wanted, len(parents) * len(children))
    for number in range(count):
        parent = parents[number % len(parents)]
        rank = number // len(parents)
        child = children[(number % len(parents) + rank) % len(children)]
        body: JsonObject = {}
        if kind == ASSIGNMENT:
            body = {"lastUpdated": call.tenant.now(), "priority": rank, "profile": {}}
        call.tenant.store.add(kind, child.id, body, parent.id)
    return count
