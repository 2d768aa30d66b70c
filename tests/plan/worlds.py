"""A small settled world with an owner, a whole list, priorities, an unmanaged object and a secret."""

from __future__ import annotations

from reconciler.definitions.model import Address
from tests.settled import World, desired_of, document, settled

GROUP, OTHER = Address("group", "people"), Address("group", "others")
APP, LIST, CLIENT = (
    Address("bookmark-app", "wiki"),
    Address("app-group-assignments", "wiki"),
    Address("oidc-app", "web"),
)
DOCUMENTS = [
    document("group", "people", name="People", description="old"),
    document("group", "others", name="Others"),
    document("bookmark-app", "wiki", label="Wiki", url="https://wiki.example.com", groups=[{"group": "people"}]),
    document(
        "oidc-app",
        "web",
        label="Web",
        type="web",
        grant_types=["authorization_code"],
        response_types=["code"],
        redirect_uris=["https://web.example.com/callback"],
        client_secret="env:TEST_APP_SECRET",
    ),
]


def small_world() -> World:
    """With one change that is planned: the description of a group."""
    world = settled(desired_of(DOCUMENTS))
    world.add("group", "stray", type="OKTA_GROUP", profile={"name": "Stray"})
    world.edit(GROUP, description="new")
    return world
