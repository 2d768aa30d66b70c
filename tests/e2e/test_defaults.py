"""What every tenant has and that applies if nothing else does: it is imported, changed and released, never deleted."""

from __future__ import annotations

from typing import Any

import pytest

from tests.e2e.documents import document
from tests.e2e.workspace import Workspace

pytestmark = pytest.mark.e2e

SERVERS = "/api/v1/authorizationServers"
SCOPE = {"name": "tools:read", "description": "See tools."}
POLICY = {
    "name": "Tools",
    "description": "Internal tools.",
    "clients": ["ALL_CLIENTS"],
    "rules": [{"name": "Services", "grant_types": ["client_credentials"], "groups": ["everyone"]}],
}
SUB = "(appuser != null) ? user.login : app.clientId"


def server(**spec: Any) -> dict[str, Any]:
    return document("authorization-server-default", "tools", **spec)


def shown(workspace: Workspace, below: str = "") -> Any:
    return workspace.tenant.request("GET", f"{SERVERS}/default{below}")


def names(workspace: Workspace, below: str) -> set[str]:
    return {one["name"] for one in shown(workspace, below)}


def claim(workspace: Workspace, name: str, at: str = "default") -> Any:
    found = workspace.tenant.request("GET", f"{SERVERS}/{at}/claims")
    return next(one for one in found if one["name"] == name)


def test_the_default_server_is_imported_and_changed(workspace: Workspace):
    workspace.declare([server(description="Tools.", scopes=[SCOPE], policies=[POLICY])])

    assert "1 imported" in workspace.up().out

    assert shown(workspace)["description"] == "Tools."
    assert "tools:read" in names(workspace, "/scopes")
    assert names(workspace, "/policies") == {"Default Policy", "Tools"}
    workspace.expect_settled()


def test_the_default_server_that_is_no_longer_declared_stays_with_what_it_owns(workspace: Workspace):
    group = document("group", "people", name="People")
    workspace.declare([group, server(description="Tools.", scopes=[SCOPE])])
    workspace.up()
    workspace.declare([group])

    assert "deletes it" not in (out := workspace.expect(0, "drift").out) and "releases it" in out
    assert "2 released" in workspace.up().out

    assert shown(workspace)["description"] == "Tools."
    assert "tools:read" in names(workspace, "/scopes")
    assert "authorization-server-scope tools:read" in workspace.expect(2, "drift").out


def test_a_change_of_the_default_server_is_found_whether_it_is_declared_or_not(workspace: Workspace):
    group = document("group", "people", name="People")
    for documents in ([group, server()], [group]):
        workspace.declare(documents)
        workspace.up()
        before = shown(workspace)
        workspace.tenant.request("PUT", f"{SERVERS}/default", before | {"audiences": ["api://other"]})

        out = workspace.expect(2, "drift").out

        assert "authorization-server-default" in out and "audiences" in out
        assert "changed by" in out
        workspace.tenant.request("PUT", f"{SERVERS}/default", before)


def test_claims_of_okta_are_imported_at_the_default_server_and_found_at_a_new_one(workspace: Workspace):
    claims = [{"name": "sub", "value": SUB}, {"name": "email", "always_include_in_token": True}]
    custom = document(
        "authorization-server", "api", name="API", audiences=["https://api.example.com"], default_claims=claims
    )
    workspace.declare([server(default_claims=claims), custom])
    workspace.up()

    created = next(one for one in workspace.tenant.request("GET", SERVERS) if one["name"] == "API")
    for at in ("default", created["id"]):
        assert claim(workspace, "sub", at)["value"] == SUB
        assert claim(workspace, "email", at)["alwaysIncludeInToken"] is True
    workspace.expect_settled()

    workspace.declare([server(default_claims=claims[:1])])
    workspace.up()
    assert claim(workspace, "email")["alwaysIncludeInToken"] is True
    workspace.expect_settled()


def test_what_was_added_to_the_default_server_is_adopted(workspace: Workspace):
    workspace.declare([document("group", "people", name="People")])
    workspace.up()
    workspace.tenant.request("POST", f"{SERVERS}/default/scopes", {"name": "rogue"})

    assert "authorization-server-scope rogue" in workspace.expect(2, "drift").out
    workspace.expect(0, "adopt", "--into", str(workspace.definitions), "--kind", "authorization-server-default")
    assert "rogue" in "".join(file.read_text() for file in workspace.definitions.rglob("*.yaml"))
    workspace.up()
    workspace.expect_settled()
