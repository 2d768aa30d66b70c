"""Creates many objects at once, for benchmarks, with the same code as client requests."""

from pydantic import Field

from okta_sandbox.body import Body
from okta_sandbox.exchange import Call
from okta_sandbox.families.apps import APPS
from okta_sandbox.families.groups import ASSIGNMENT, GROUPS, MEMBERSHIP
from okta_sandbox.families.users import USERS
from okta_sandbox.json_types import JsonObject
from okta_sandbox.store import Record


class SeedRequest(Body):
    """Numbers of objects. Assignments and memberships are spread evenly over the seeded objects."""

    prefix: str = "seed"
    groups: int = Field(default=0, ge=0, le=20_000)
    users: int = Field(default=0, ge=0, le=20_000)
    apps: int = Field(default=0, ge=0, le=5_000)
    assignments: int = Field(default=0, ge=0, le=100_000)
    memberships: int = Field(default=0, ge=0, le=200_000)


def seed(call: Call, request: JsonObject) -> JsonObject:
    """Create the requested objects. Returns the number of each."""
    prefix = request["prefix"]
    groups = [make_group(call, f"{prefix}-group-{number:05d}") for number in range(request["groups"])]
    users = [make_user(call, f"{prefix}-user-{number:05d}") for number in range(request["users"])]
    apps = [make_app(call, f"{prefix}-app-{number:05d}") for number in range(request["apps"])]
    assignments = link(call, ASSIGNMENT, apps, groups, request["assignments"])
    memberships = link(call, MEMBERSHIP, groups, users, request["memberships"])
    return {
        "groups": len(groups),
        "users": len(users),
        "apps": len(apps),
        "assignments": assignments,
        "memberships": memberships,
    }


def make_group(call: Call, name: str) -> Record:
    """Create a group."""
    return GROUPS.add(call, {"profile": {"name": name, "description": ""}})


def make_user(call: Call, name: str) -> Record:
    """Create a user with the login NAME@example.com."""
    address = f"{name}@example.com"
    profile = {"login": address, "email": address, "firstName": "Seeded", "lastName": name}
    return USERS.add(call, {"profile": profile})


def make_app(call: Call, label: str) -> Record:
    """Create an OIDC web app."""
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
    """Create relations, spread evenly; at most one for each pair."""
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
