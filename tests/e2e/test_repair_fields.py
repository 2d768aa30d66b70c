"""Repair changes single fields. Pending, ignored and unselected differences stay and are reported again."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from reconciler.drift import Finding, Verdict
from reconciler.okta.snapshot import LiveObject
from tests.e2e.documents import document, group, server
from tests.e2e.workspace import Workspace

pytestmark = pytest.mark.e2e

CALLBACK = "https://wiki.example.com/callback"


def app(**spec: Any) -> dict[str, Any]:
    return document(
        "oidc-app", "wiki", **{"label": "Wiki", "type": "web", "redirect_uris": [CALLBACK], "hide_web": False, **spec}
    )


def live(workspace: Workspace, kind: str = "oidc-app", label: str = "Wiki") -> LiveObject:
    (found,) = [one for one in workspace.tenant.read().objects[kind] if one.label == label]
    return found


def change(workspace: Workspace, **members: Any) -> None:
    """Change members of the app in the tenant, given by their API path."""
    item = live(workspace)
    body: dict[str, Any] = dict(item.json)
    for path, value in members.items():
        *above, last = path.split("__")
        inner = body
        for key in above:
            inner = inner[key]
        inner[last] = value
    workspace.tenant.request("PUT", f"/api/v1/apps/{item.id}", body)


def found(workspace: Workspace) -> dict[str, Verdict]:
    return {f"{one.name}.{one.field}".rstrip("."): one.verdict for one in workspace.comparison().findings()}


CONSENT = {"settings__oauthClient__consent_method": "REQUIRED"}
HIDDEN = {"visibility__hide__web": True}


def finding(workspace: Workspace, field: str) -> Finding:
    (one,) = [one for one in workspace.comparison().findings() if one.field == field]
    return one


def test_pending_ignored_and_unselected_fields_of_the_same_object_stay(workspace: Workspace):
    workspace.declare([app()])
    workspace.up()
    change(workspace, **CONSENT, **HIDDEN)
    change(workspace, settings__oauthClient__client_uri="https://elsewhere.example.com")
    ignored = "- {kind: oidc-app, name: wiki, field: hide_web, reason: The helpdesk does., owner: it, expires: %s}\n"
    (workspace.definitions / "ignore.yaml").write_text(ignored % date.today())
    workspace.declare([app(redirect_uris=[CALLBACK, "https://wiki.example.com/new"])])
    skipped = {"wiki.redirect_uris": Verdict.PENDING, "wiki.hide_web": Verdict.CHANGED}
    both = {"wiki.consent_method": Verdict.CHANGED, "wiki.client_uri": Verdict.CHANGED}
    assert found(workspace) == skipped | both

    workspace.expect(0, "repair", "--yes", finding(workspace, "consent_method").id)

    assert found(workspace) == skipped | {"wiki.client_uri": Verdict.CHANGED}
    outcome = workspace.expect(0, "repair", "--yes")
    assert "1 pending skipped" in outcome.err
    assert found(workspace) == skipped
    spec = live(workspace).spec
    assert (spec["redirect_uris"], spec["hide_web"]) == ([CALLBACK], True)
    assert (spec["consent_method"], spec["client_uri"]) == ("TRUSTED", None)

    workspace.up()
    assert live(workspace).spec["redirect_uris"] == [CALLBACK, "https://wiki.example.com/new"]


def test_a_changed_secret_value_is_not_sent(workspace: Workspace):
    workspace.declare([app(client_secret="env:TEST_APP_SECRET")])
    workspace.up()
    change(workspace, **CONSENT)
    workspace.secrets["TEST_APP_SECRET"] = "another-client-secret-of-the-tests"

    workspace.expect(0, "repair", "--yes")

    assert found(workspace) == {}
    assert "client_secret" in workspace.expect(0, "preview").out


def test_a_deleted_object_is_created_as_it_was_applied(workspace: Workspace):
    workspace.declare([group("people"), server(), app(groups=[{"group": "people"}])])
    workspace.up()
    before = found(workspace)
    edited = server(audiences=["https://other.example.com"])
    edited["spec"]["scopes"].append({"name": "payments:new"})
    workspace.declare([group("people", description="Edited."), group("new"), edited, app(groups=[{"group": "new"}])])
    pending = found(workspace)
    assert set(pending.values()) == {Verdict.PENDING}
    for kind, label in (("group", "People"), ("authorization-server", "Payments")):
        item = live(workspace, kind, label)
        if kind == "authorization-server":
            workspace.tenant.request("POST", f"{item.path}/lifecycle/deactivate")
        workspace.tenant.request("DELETE", item.path)

    outcome = workspace.expect(0, "repair", "--yes")

    assert "pending skipped" in outcome.err
    assert "1 conflict skipped: refers to group new" in outcome.err
    assert before == {}
    assert found(workspace) == pending | {"wiki.groups": Verdict.CONFLICT}
    assert live(workspace, "authorization-server", "Payments").spec["audiences"] == ["https://payments.example.com"]
    assert "Edited" not in str(live(workspace, "group", "People").json)
    assert not [one for one in workspace.tenant.read().objects["group"] if one.label == "New"]
    workspace.up()
    workspace.expect_settled()


def test_a_renamed_object_is_found_by_its_previous_name(workspace: Workspace):
    workspace.declare([group("changed"), group("deleted")])
    workspace.up()
    renamed = [group(f"{name}-now", name=name.capitalize()) | {"previously": name} for name in ("changed", "deleted")]
    workspace.declare(renamed)
    profile = {"profile": {"name": "Changed", "description": "By hand."}}
    workspace.tenant.request("PUT", live(workspace, "group", "Changed").path, profile)
    workspace.tenant.request("DELETE", live(workspace, "group", "Deleted").path)
    assert found(workspace) == {"changed-now.description": Verdict.CHANGED, "deleted-now": Verdict.MISSING}

    workspace.expect(0, "repair", "--yes")

    assert found(workspace) == {}
    workspace.expect_settled()


@pytest.mark.parametrize("fault", [{"method": "PUT"}, {"method": "POST"}], ids=["update", "create"])
def test_findings_that_could_not_be_repaired_are_reported_again(workspace: Workspace, fault: dict[str, str]):
    workspace.declare([group("changed"), group("deleted"), app(groups=[{"group": "deleted"}])])
    workspace.up()
    profile = {"profile": {"name": "Changed", "description": "By hand."}}
    workspace.tenant.request("PUT", live(workspace, "group", "Changed").path, profile)
    workspace.tenant.request("DELETE", live(workspace, "group", "Deleted").path)
    before = found(workspace)
    workspace.tenant.order_fault(path="/api/v1/groups.*", status=403, **fault)

    workspace.expect(1, "repair", "--yes")

    workspace.tenant.clear_faults()
    repaired = {"PUT": "deleted", "POST": "changed.description"}[fault["method"]]
    assert {name: verdict for name, verdict in before.items() if name != repaired}.items() <= found(
        workspace
    ).items() | {("wiki.groups", Verdict.CHANGED)}
    workspace.expect(0, "repair", "--yes")
    assert found(workspace) == {}
    workspace.expect_settled()


def test_a_conflict_that_refers_to_an_unapplied_object_is_skipped(workspace: Workspace):
    workspace.declare([group("people"), group("others"), app(groups=[{"group": "people"}])])
    workspace.up()
    others, path = live(workspace, "group", "Others").id, live(workspace).path
    workspace.tenant.request("PUT", f"{path}/groups/{others}", {})
    profile = {"profile": {"name": "Others", "description": "By hand."}}
    workspace.tenant.request("PUT", f"/api/v1/groups/{others}", profile)
    workspace.declare([group("people"), group("others"), group("new"), app(groups=[{"group": "new"}])])
    assert found(workspace)["wiki.groups"] is Verdict.CONFLICT

    outcome = workspace.expect(0, "repair", "--yes")

    reason = "refers to group new, which is not in the state: run reconciler up"
    assert f"1 conflict skipped: {reason}" in outcome.err
    assert found(workspace) == {"new": Verdict.PENDING, "wiki.groups": Verdict.CONFLICT}
    named = finding(workspace, "groups").id
    assert reason in " ".join(workspace.expect(64, "repair", "--yes", named).err.split())
    workspace.up()
    workspace.expect_settled()


def test_a_replacement_keeps_pending_and_unselected_fields(workspace: Workspace):
    """A replacement is created from the definition, with live values for the skipped fields."""
    workspace.declare([group("people"), app(groups=[{"group": "people"}])])
    workspace.up()
    before = live(workspace).id
    client = {"application_type": "browser", "consent_method": "REQUIRED"}
    body: dict[str, Any] = dict(live(workspace).json)
    body["settings"]["oauthClient"] |= client
    body["credentials"]["oauthClient"] |= {"token_endpoint_auth_method": "none"}
    workspace.tenant.request("PUT", f"/api/v1/apps/{before}", body)
    workspace.declare([group("people"), app(groups=[{"group": "people"}], hide_web=True)])
    drifted = found(workspace)
    assert {"wiki.type", "wiki.consent_method", "wiki.hide_web"} <= drifted.keys()
    chosen = [finding(workspace, field).id for field in ("type", "token_endpoint_auth_method")]

    outcome = workspace.expect(0, "repair", "--yes", *chosen)

    assert "replaced" in outcome.out
    unchanged = {
        name: verdict for name, verdict in drifted.items() if name.split(".")[1] in ("consent_method", "hide_web")
    }
    assert found(workspace) == unchanged == {"wiki.consent_method": Verdict.CHANGED, "wiki.hide_web": Verdict.PENDING}
    after = live(workspace)
    assert after.id != before
    assert (after.spec["type"], after.spec["consent_method"], after.spec["hide_web"]) == ("web", "REQUIRED", False)
    assert [one["id"] for one in workspace.tenant.request("GET", f"{after.path}/groups")]
    workspace.expect(0, "repair", "--yes")
    workspace.up()
    workspace.expect_settled()


def policy(*groups: str) -> dict[str, Any]:
    rules = [{"name": "First"}, {"name": "Second"}]
    return document("global-session-policy", "p", name="P", priority=1, groups_included=list(groups), rules=rules)


def test_a_deleted_object_is_created_without_references_no_longer_declared(workspace: Workspace):
    """As it was applied, it refers to a group that the next `up` deletes."""
    workspace.declare([group("a"), group("b"), policy("a", "b")])
    workspace.up()
    workspace.declare([group("a"), policy("a")])
    workspace.tenant.request("DELETE", live(workspace, "global-session-policy", "P").path)

    workspace.expect(0, "repair", "--yes")

    assert found(workspace) == {"b": Verdict.PENDING}
    workspace.up()
    workspace.expect_settled()


def test_an_unmanaged_object_that_cannot_be_deleted_is_reported_again(workspace: Workspace):
    """It must not stay in the state, or the next `up` would delete it unasked."""
    workspace.declare([group("people")])
    workspace.up()
    workspace.tenant.request("POST", "/api/v1/groups", {"profile": {"name": "Strange"}})
    workspace.tenant.order_fault(method="DELETE", path="/api/v1/groups/.*", status=403)

    assert "Strange" in workspace.expect(1, "repair", "--yes", "--remove-unmanaged").out

    workspace.tenant.clear_faults()
    assert [one.verdict for one in workspace.comparison().findings()] == [Verdict.UNMANAGED]
    workspace.expect(0, "preview", "--expect-no-changes")
    workspace.expect(0, "repair", "--yes", "--remove-unmanaged")
    workspace.expect_settled()


def test_priorities_are_restored_despite_pending_changes(workspace: Workspace):
    workspace.declare([group("people"), policy("people")])
    workspace.up()
    path = f"{live(workspace, 'global-session-policy', 'P').path}/rules"
    rules = {one["name"]: one for one in workspace.tenant.request("GET", path)}
    workspace.tenant.request("PUT", f"{path}/{rules['Second']['id']}", rules["Second"] | {"priority": 1})
    edited = policy("people")
    edited["spec"]["rules"][1]["session_idle"] = 30
    workspace.declare([group("people"), edited])
    before = found(workspace)
    assert Verdict.PENDING in before.values()

    workspace.expect(0, "repair", "--yes")

    assert found(workspace) == {"p/Second.session_idle": Verdict.PENDING}
    workspace.up()
    workspace.expect_settled()


def test_a_replacement_interrupted_after_the_delete_is_created_as_it_was_applied(workspace: Workspace):
    rule = document("group-rule", "r", name="R", expression='user.city=="Oslo"', groups=["a", "b"])
    workspace.declare([group("a"), group("b"), rule])
    workspace.up()
    applied = live(workspace, "group-rule", "R").spec["status"]
    workspace.tenant.request("DELETE", live(workspace, "group", "B").path)
    workspace.tenant.order_fault(method="POST", path="/api/v1/groups/rules", status=403)
    workspace.expect(1, "repair", "--yes")
    workspace.tenant.clear_faults()
    assert found(workspace) == {"r": Verdict.MISSING}

    workspace.expect(0, "repair", "--yes")

    assert live(workspace, "group-rule", "R").spec["status"] == applied == "ACTIVE"
    workspace.expect_settled()
