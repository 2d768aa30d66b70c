"""Repairing one finding changes neither other drift nor pending changes."""

from __future__ import annotations

from datetime import date

import pytest

from reconciler.drift import Verdict
from tests.e2e.documents import document, server
from tests.e2e.workspace import Workspace

pytestmark = pytest.mark.e2e


def group(name: str, description: str = "As declared.") -> dict[str, object]:
    spec = {"name": name.title(), "description": description}
    return {"kind": "group", "name": name, "owner": "tests", "purpose": "To test.", "spec": spec}


def test_only_the_given_findings_are_repaired(workspace: Workspace):
    names = ("changed", "deleted", "other", "pending")
    workspace.declare([group(name) for name in names])
    workspace.up()
    resources = workspace.comparison().state.resources
    ids = {name: resources["group", name].id for name in names}
    workspace.declare([*(group(name) for name in names[:3]), group("pending", "Not applied yet.")])
    for name in ("changed", "other"):
        profile = {"name": name.title(), "description": "By hand."}
        workspace.tenant.request("PUT", f"/api/v1/groups/{ids[name]}", {"profile": profile})
    workspace.tenant.request("DELETE", f"/api/v1/groups/{ids['deleted']}")
    strange = workspace.tenant.request("POST", "/api/v1/groups", {"profile": {"name": "Strange"}})
    before = {found.name: found for found in workspace.comparison().findings()}
    refused = workspace.expect(64, "repair", "--yes", "group", "Strange")
    assert "--remove-unmanaged" in refused.err
    assert "did you mean group other" in workspace.expect(1, "repair", "--yes", "group", "othr").err

    workspace.expect(0, "repair", "--yes", before["changed"].id[:8], "group", "deleted")

    after = {found.name: found.verdict for found in workspace.comparison().findings()}
    assert after == {"other": Verdict.CHANGED, "pending": Verdict.PENDING, "": Verdict.UNMANAGED}

    workspace.expect(0, "repair", "--yes", "--remove-unmanaged", "group", strange["id"])

    after = {found.name: found.verdict for found in workspace.comparison().findings()}
    assert after == {"other": Verdict.CHANGED, "pending": Verdict.PENDING}


def test_pending_changes_are_not_applied(workspace: Workspace):
    workspace.declare([group("changed"), group("removed"), group("edited")])
    workspace.up()
    identity = workspace.comparison().state.resources["group", "changed"].id
    workspace.tenant.request("PUT", f"/api/v1/groups/{identity}", {"profile": {"name": "Changed"}})
    workspace.declare([group("changed"), group("edited", "Edited."), group("new")])

    outcome = workspace.expect(0, "repair", "--yes")

    assert "1 updated" in outcome.out
    assert "3 pending skipped: the definitions changed: run reconciler up to apply them" in outcome.err
    pending = {found.name: found.verdict for found in workspace.comparison().findings()}
    assert pending == dict.fromkeys(("removed", "edited", "new"), Verdict.PENDING)
    outcome = workspace.expect(0, "repair", "--yes")
    assert "nothing to repair" in outcome.out


def test_references_to_a_deleted_object_get_its_new_id(workspace: Workspace):
    app = document("oidc-app", "cli", label="Cli", type="service", grant_types=["client_credentials"])
    policy = {"name": "Cli", "description": "For machines.", "clients": ["cli"], "rules": []}
    workspace.declare([app, document("authorization-server", "api", name="Api", audiences=["a"], policies=[policy])])
    workspace.up()
    before = workspace.comparison().state.resources["oidc-app", "cli"].id
    workspace.tenant.request("POST", f"/api/v1/apps/{before}/lifecycle/deactivate")
    workspace.tenant.request("DELETE", f"/api/v1/apps/{before}")

    workspace.expect(0, "repair", "--yes")

    (now,) = [one.id for one in workspace.tenant.read().objects["oidc-app"] if one.label == "Cli"]
    (live,) = [one for one in workspace.tenant.read().objects["access-policy"] if one.label == "Cli"]
    assert live.spec["clients"] == [now] != [before]
    workspace.expect_settled()


def test_what_is_ignored_is_neither_drift_nor_repaired(workspace: Workspace):
    workspace.declare([group("known")])
    workspace.up()
    identity = workspace.comparison().state.resources["group", "known"].id
    entry = "- {kind: group, name: known, field: description, reason: HR writes it., owner: identity, expires: %s}\n"
    ignored = workspace.definitions / "ignore.yaml"
    ignored.write_text(entry % date.today())
    assert "covers no finding" in workspace.expect(0, "drift").err
    profile = {"name": "Known", "description": "By hand."}
    workspace.tenant.request("PUT", f"/api/v1/groups/{identity}", {"profile": profile})

    assert f"1 ignored until {date.today()}: HR writes it." in workspace.expect(0, "drift").err
    assert "nothing to repair" in workspace.expect(0, "repair", "--yes").out

    ignored.write_text(entry % "2025-12-31")
    assert "was ignored until 2025-12-31" in " ".join(workspace.expect(2, "drift").out.split())


def test_unmanaged_items_are_deleted_from_any_owner(workspace: Workspace):
    """From an object that Okta made, and from one that the definitions renamed."""
    workspace.declare([server()])
    workspace.up()
    tenant = workspace.tenant
    objects = tenant.read().objects
    (policy,) = [one for one in objects["global-session-policy"] if one.built_in]
    rule = {"name": "Strange", "type": "SIGN_ON", "actions": {"signon": {"access": "ALLOW"}}}
    tenant.request("POST", f"{policy.path}/rules", rule)
    for one in (*objects["authorization-server"], *objects["authorization-server-default"]):
        tenant.request("POST", f"{one.path}/scopes", {"name": "strange"})
    audiences = ["https://payments.example.com"]
    scopes = server()["spec"]["scopes"]
    renamed = server("billing", name="Payments", audiences=audiences, scopes=scopes) | {"previously": "payments"}
    workspace.declare([renamed])

    outcome = workspace.expect(0, "repair", "--yes", "--remove-unmanaged")

    assert "Destructive: 3 deleted" in outcome.out
    assert "trange" not in "".join(tenant.labels())
    workspace.expect(0, "drift")
