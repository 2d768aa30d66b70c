"""Existing objects that are not as declared: the preview shows what happens to them, and the up does that."""

from __future__ import annotations

import json
import re

import pytest

from tests.e2e.documents import document, group, server
from tests.e2e.workspace import Workspace

pytestmark = pytest.mark.e2e

CHANGE = re.compile(r"(\+-| [-+~=/]) [a-z]")
"""The beginning of the line for a change."""


def plan(output: str) -> list[str]:
    """The changes in the order in which they are shown, without their fields."""
    return [" ".join(line.split()) for line in output.splitlines() if CHANGE.match(line)]


def changed_fields(workspace: Workspace) -> dict[str, list[str]]:
    """The fields that a preview shows for each object; drifted ones are marked."""
    changes = json.loads(workspace.expect(0, "preview", "--format", "json").out)["changes"]
    return {
        f"{one['kind']} {one['name']}": [*one["fields"], *(f"{name} (drifted)" for name in one["drifted"])]
        for one in changes
    }


@pytest.fixture
def existing(workspace: Workspace) -> Workspace:
    """A group, an app and a rule, made by hand."""
    made = workspace.tenant.request("POST", "/api/v1/groups", {"profile": {"name": "Eng", "description": "Precious."}})
    client = {"application_type": "browser", "grant_types": ["authorization_code"], "response_types": ["code"]}
    app = {
        "name": "oidc_client",
        "label": "Payments",
        "signOnMode": "OPENID_CONNECT",
        "credentials": {"oauthClient": {"token_endpoint_auth_method": "none"}},
        "settings": {"oauthClient": client | {"redirect_uris": ["https://a.example/cb"]}},
    }
    workspace.tenant.request("POST", "/api/v1/apps", app)
    rule = {
        "type": "group_rule",
        "name": "R",
        "conditions": {"expression": {"value": 'user.city=="Oslo"', "type": "urn:okta:expression:1.0"}},
        "actions": {"assignUserToGroups": {"groupIds": [made["id"]]}},
    }
    workspace.tenant.request("POST", "/api/v1/groups/rules", rule)
    return workspace


def test_an_existing_object_as_declared_is_only_imported(existing: Workspace):
    existing.declare([group("eng", name="Eng", description="Precious.")])
    assert plan(existing.expect(0, "preview").out) == ["= group eng"]
    assert plan(existing.up().out) == ["= group eng"]


def test_an_existing_object_that_differs_is_shown_with_its_fields(existing: Workspace):
    existing.declare([group("eng", name="Eng", description="Ours."), group("new")])

    expected = ["+ group new", "= group eng"]
    preview = existing.expect(0, "preview").out
    assert plan(preview) == expected
    assert 'description: "Precious." -> "Ours."' in preview
    assert plan(existing.up().out) == expected
    existing.expect(0, "preview", "--expect-no-changes")


def test_replacements_are_shown_first(existing: Workspace):
    existing.declare(
        [
            group("eng", name="Eng", description="Precious."),
            group("other"),
            document("oidc-app", "payments", label="Payments", type="web", redirect_uris=["https://a.example/cb"]),
            document("group-rule", "r", name="R", expression='user.city=="Oslo"', groups=["other"]),
        ]
    )

    preview, up = existing.expect(0, "preview").out, existing.up().out

    for output in (preview, up):
        dangerous, _, harmless = output.partition("\n\n +")
        assert "+- oidc-app    payments" in dangerous
        assert "+- group-rule  r" in dangerous
        assert "= group  eng" in harmless.replace("    ", "")
    assert "2 replace" in preview
    assert plan(preview) == plan(up)
    existing.expect_settled()


def policy(**spec: object) -> dict[str, object]:
    return document("authentication-policy", "p", name="P", description="Ours.", **spec)


def rules_of(workspace: Workspace) -> list[str]:
    (item,) = [one for one in workspace.tenant.read().objects["authentication-policy"] if one.label == "P"]
    return [rule["name"] for rule in workspace.tenant.request("GET", f"{item.path}/rules")]


def add_rule(workspace: Workspace, name: str) -> None:
    (item,) = [one for one in workspace.tenant.read().objects["authentication-policy"] if one.label == "P"]
    rule = {"type": "ACCESS_POLICY", "name": name, "actions": {"appSignOn": {"access": "DENY"}}}
    workspace.tenant.request("POST", f"{item.path}/rules", rule)


def test_undeclared_rules_that_are_deleted_are_shown_first(workspace: Workspace):
    """The provider cannot import such a list: it updates it, and the engine shows it as created."""
    workspace.declare([policy()])
    workspace.up()
    add_rule(workspace, "Keep contractors out")
    workspace.declare([policy(rules=[{"name": "Ours"}])])

    preview, up = workspace.expect(0, "preview").out, workspace.up().out

    assert "Destructive: 1 delete" in preview
    expected = ["- authentication-policy-rules p/Keep contractors out", "= authentication-policy-rules p"]
    assert plan(preview) == plan(up) == expected
    assert rules_of(workspace) == ["Ours", "Catch-all Rule"]
    workspace.expect_settled()


def test_existing_rules_as_declared_are_not_shown_as_created(workspace: Workspace):
    workspace.declare([policy(rules=[{"name": "Ours"}])])
    workspace.up()
    workspace.declare([policy()])
    with workspace.reconciler() as reconciler:
        reconciler.stack.forget([one.urn for one in reconciler.stack.state().resources.values()])
    workspace.declare([policy(rules=[{"name": "Ours"}])])

    expected = ["= authentication-policy p", "= authentication-policy-rules p"]
    assert plan(workspace.expect(0, "preview").out) == expected
    assert plan(workspace.up().out) == expected
    workspace.expect_settled()


def test_groups_that_lose_an_app_are_named(existing: Workspace):
    (app,) = [one for one in existing.tenant.read().objects["oidc-app"] if one.label == "Payments"]
    (eng,) = [one for one in existing.tenant.read().objects["group"] if one.label == "Eng"]
    existing.tenant.request("PUT", f"/api/v1/apps/{app.id}/groups/{eng.id}", {})
    spec = {"label": "Payments", "type": "browser", "token_endpoint_auth_method": "none"}
    declared = document(
        "oidc-app", "payments", **spec, redirect_uris=["https://a.example/cb"], groups=[{"group": "new"}]
    )
    existing.declare([group("eng", name="Eng", description="Precious."), group("new"), declared])

    preview, up = existing.expect(0, "preview").out, existing.up().out

    assert plan(preview)[0] == "- app-group-assignments payments/eng"
    assert plan(preview) == plan(up)
    existing.expect(0, "preview", "--expect-no-changes")


def test_children_of_a_replaced_app_are_replaced_too(existing: Workspace):
    (app,) = [one for one in existing.tenant.read().objects["oidc-app"] if one.label == "Payments"]
    (eng,) = [one for one in existing.tenant.read().objects["group"] if one.label == "Eng"]
    existing.tenant.request("PUT", f"/api/v1/apps/{app.id}/groups/{eng.id}", {})
    spec = {"label": "Payments", "type": "web", "redirect_uris": ["https://a.example/cb"]}
    declared = document("oidc-app", "payments", **spec, groups=[{"group": "eng"}])
    existing.declare([group("eng", name="Eng", description="Precious."), declared])

    preview, up = existing.expect(0, "preview").out, existing.up().out

    assert "Destructive: 2 replace" in preview
    assert "Destructive: 2 replaced" in up
    existing.expect(0, "preview", "--expect-no-changes")


def test_an_update_that_reverts_drift_says_so(workspace: Workspace):
    app = {"label": "Wiki", "type": "web", "redirect_uris": ["https://a.example/cb"]}
    workspace.declare([group("people"), document("oidc-app", "wiki", **app, groups=[{"group": "people"}])])
    workspace.up()
    (item,) = [one for one in workspace.tenant.read().objects["oidc-app"] if one.label == "Wiki"]
    body = dict(item.json) | {"visibility": item.json["visibility"] | {"autoSubmitToolbar": True}}
    body["settings"]["oauthClient"]["consent_method"] = "REQUIRED"
    workspace.tenant.request("PUT", f"/api/v1/apps/{item.id}", body)
    stray = workspace.tenant.request("POST", "/api/v1/groups", {"profile": {"name": "Stray"}})["id"]
    workspace.tenant.request("PUT", f"/api/v1/apps/{item.id}/groups/{stray}", {})
    more = [group("people"), group("more")]
    assigned = [{"group": "people"}, {"group": "more"}]
    workspace.declare([*more, document("oidc-app", "wiki", **app, logo_uri="https://a.example/logo", groups=assigned)])

    preview = workspace.expect(0, "preview").out

    said = plan(preview)
    assert said[0] == f"- app-group-assignments wiki/Stray ({stray})"
    assert "auto_submit_toolbar (drifted): true -> false" in preview
    fields = changed_fields(workspace)["oidc-app wiki"]
    assert fields == ["logo_uri", "auto_submit_toolbar (drifted)", "consent_method (drifted)"]
    assert "(drifted): changed in the tenant" in preview
    workspace.up()
    workspace.expect(2, "drift")


def test_an_update_of_a_deleted_object_is_an_error(workspace: Workspace):
    workspace.declare([group("people")])
    workspace.up()
    (item,) = [one for one in workspace.tenant.read().objects["group"] if one.label == "People"]
    workspace.tenant.request("DELETE", f"/api/v1/groups/{item.id}")
    workspace.declare([group("people", description="Changed.")])

    outcome = workspace.expect(1, "preview", "--no-refresh")

    assert "group people was deleted in the tenant: run `reconciler repair` to create it again" in outcome.out
    assert "reconciler repair" in workspace.expect(1, "up", "--yes", "--no-refresh").out


def assigned_stray(workspace: Workspace) -> str:
    """The id of a group that was assigned to the app by hand."""
    (item,) = [one for one in workspace.tenant.read().objects["oidc-app"] if one.label == "Wiki"]
    stray: str = workspace.tenant.request("POST", "/api/v1/groups", {"profile": {"name": "Stray"}})["id"]
    workspace.tenant.request("PUT", f"/api/v1/apps/{item.id}/groups/{stray}", {})
    return stray


@pytest.mark.parametrize("change", ["type", "groups"])
@pytest.mark.parametrize("declared", [True, False])
def test_undeclared_items_of_a_replaced_or_deleted_list_are_named(workspace: Workspace, change: str, declared: bool):
    people = group("people")
    wiki = {"label": "Wiki", "redirect_uris": ["https://a.example/cb"], "token_endpoint_auth_method": "none"}
    groups = {"groups": [{"group": "people"}]} if declared else {}
    workspace.declare([people, document("oidc-app", "wiki", type="browser", **wiki, **groups)])
    workspace.up()
    stray = assigned_stray(workspace)
    if change == "groups":
        workspace.declare([people, document("oidc-app", "wiki", type="browser", **wiki, hide_web=False)])
    else:
        workspace.declare([people, document("oidc-app", "wiki", type="native", **wiki, **groups)])

    preview = workspace.expect(0, "preview").out

    goes = declared or change == "type"
    named = any("wiki/" in line and stray in line for line in preview.splitlines())
    assert named is goes
    workspace.up()
    (item,) = [one for one in workspace.tenant.read().objects["oidc-app"] if one.label == "Wiki"]
    assert (stray in str(workspace.tenant.request("GET", f"{item.path}/groups"))) is not goes


def test_creating_below_a_deleted_owner_is_an_error(workspace: Workspace):
    declared = server()
    workspace.declare([declared])
    workspace.up()
    (item,) = [one for one in workspace.tenant.read().objects["authorization-server"] if one.label == "Payments"]
    workspace.tenant.request("POST", f"{item.path}/lifecycle/deactivate")
    workspace.tenant.request("DELETE", item.path)
    declared["spec"]["scopes"].append({"name": "payments:new"})
    workspace.declare([declared])

    outcome = workspace.expect(1, "preview", "--no-refresh")

    assert "authorization-server payments was deleted in the tenant" in " ".join(outcome.out.split())


def test_a_priority_that_an_update_restores_is_marked(workspace: Workspace):
    rules = [{"name": "First"}, {"name": "Second"}]
    spec = {"name": "P", "priority": 1, "groups_included": ["everyone"]}
    workspace.declare([document("global-session-policy", "p", **spec, rules=rules)])
    workspace.up()
    (item,) = [one for one in workspace.tenant.read().objects["global-session-policy"] if one.label == "P"]
    live = {one["name"]: one for one in workspace.tenant.request("GET", f"{item.path}/rules")}
    body = live["Second"] | {"priority": 1}
    workspace.tenant.request("PUT", f"{item.path}/rules/{body['id']}", body)
    edited = [{"name": "First", "session_idle": 30}, {"name": "Second", "session_idle": 30}]
    workspace.declare([document("global-session-policy", "p", **spec, rules=edited)])

    assert ["session_idle", "priority (drifted)"] in changed_fields(workspace).values()

    workspace.up()
    workspace.expect_settled()
