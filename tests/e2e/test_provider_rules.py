"""Limits of the provider: `up` uses a second pass, or replaces what cannot be changed in place."""

from __future__ import annotations

import pytest

from tests.e2e.documents import document
from tests.e2e.workspace import Workspace

pytestmark = pytest.mark.e2e

INACTIVE = [
    document(
        "trusted-origin",
        "site",
        name="Site",
        origin="https://site.example.com",
        scopes=["CORS"],
        status="INACTIVE",
    ),
    document(
        "authorization-server",
        "api",
        name="API",
        audiences=["https://api.example.com"],
        status="INACTIVE",
        policies=[
            {
                "name": "Nobody yet",
                "description": "Not in use yet.",
                "clients": ["ALL_CLIENTS"],
                "status": "INACTIVE",
            }
        ],
    ),
]


def test_an_object_that_can_only_be_created_active_is_inactive_after_one_up(workspace: Workspace):
    workspace.declare(INACTIVE)
    outcome = workspace.up()

    live = workspace.tenant.read()
    for kind in ("trusted-origin", "authorization-server", "access-policy"):
        statuses = {item.json["status"] for item in live.objects[kind] if not item.built_in}
        assert statuses == {"INACTIVE"}, kind
    assert "3 created" in outcome.out
    workspace.expect_settled()


def test_a_zone_that_changes_its_type_is_replaced(workspace: Workspace):
    """The rules that refer to it stay and refer to the new zone. Okta would refuse to delete their only zone."""
    from_office = {"network_connection": "ZONE", "network_includes": ["office", "home"]}
    password, access = {"name": "Reset", **from_office}, {"name": "Enter", **from_office}
    policies = [
        document("password-policy", "all", name="All", priority=1, groups_included=["everyone"], rules=[password]),
        document("authentication-policy", "apps", name="Apps", description="For apps.", rules=[access]),
    ]
    addresses = document("network-zone", "office", name="Office", type="IP", gateways=["192.0.2.0/24"])
    home = document("network-zone", "home", name="Home", type="IP", gateways=["198.51.100.0/24"])
    workspace.declare([addresses, home, *policies])
    workspace.up()
    before = {item.id for item in workspace.tenant.read().objects["network-zone"] if item.label == "Office"}

    places = document("network-zone", "office", name="Office", type="DYNAMIC", locations=["NO"])
    workspace.declare([places, home, *policies])
    preview = workspace.expect(0, "preview")
    workspace.up()

    assert "+- network-zone  office" in preview.out
    assert "2 to update, 1 to replace" in preview.out
    after = {item.id for item in workspace.tenant.read().objects["network-zone"] if item.label == "Office"}
    assert len(after) == 1
    assert not after & before
    workspace.expect_settled()
