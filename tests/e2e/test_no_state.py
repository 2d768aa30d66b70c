"""A missing state does not hide an attack on the tenant."""

from __future__ import annotations

import json
import shutil
from typing import Any

import pytest

from tests.e2e.documents import bookmark, document, group
from tests.e2e.workspace import Workspace

pytestmark = pytest.mark.e2e

RULES = [{"name": "Contractors", "network_connection": "ANYWHERE", "session_idle": 30}]
DEFINITIONS = [
    group("people", description="As declared."),
    bookmark("wiki", groups=[{"group": "people"}]),
    document("global-session-policy", "strict", name="Strict", priority=1, groups_included=["people"], rules=RULES),
]


@pytest.fixture
def applied(workspace: Workspace) -> Workspace:
    workspace.declare(DEFINITIONS)
    workspace.up()
    workspace.expect_settled()
    return workspace


def lose_state(workspace: Workspace) -> None:
    shutil.rmtree(workspace.root / ".state" / ".pulumi")


def found(workspace: Workspace, code: int) -> dict[str, Any]:
    file = workspace.root / "drift.json"
    workspace.expect(code, "drift", "--output", str(file))
    report: dict[str, Any] = json.loads(file.read_text())
    return report


def test_no_drift_without_a_state_is_reported_as_uncertain(applied: Workspace):
    lose_state(applied)

    report = found(applied, 3)

    assert {(one["verdict"], one["field"]) for one in report["findings"]} == {("pending", "")}
    assert (report["state_found"], report["has_drift"]) == (False, False)
    outcome = applied.expect(3, "drift").out
    assert "No drift found, but there is no state" in outcome
    note = " ".join(outcome.split())
    assert f"no state was found in file://{applied.root}/.state (project okta, stack test)" in note.replace("- ", "-")

    applied.up()
    applied.expect_settled()


def test_a_change_is_found_with_its_severity(applied: Workspace):
    live = applied.tenant.read()
    (people,) = [one for one in live.objects["group"] if one.label == "People"]
    (wiki,) = [one for one in live.objects["bookmark-app"] if one.label == "wiki"]
    applied.tenant.request("PUT", people.path, {"profile": {"name": "People", "description": "By hand."}})
    applied.tenant.request("DELETE", f"{wiki.path}/groups/{people.id}")
    (policy,) = [one for one in live.objects["global-session-policy"] if one.label == "Strict"]
    (rule,) = [one for one in live.objects["global-session-policy-rule"] if one.label == "Contractors"]
    applied.tenant.request("POST", f"{rule.path}/lifecycle/deactivate")
    extra = {**rule.json, "name": "Open door"}
    for member in ("id", "priority", "created", "lastUpdated", "_links", "status", "system"):
        extra.pop(member, None)
    applied.tenant.request("POST", f"{policy.path}/rules", extra)
    lose_state(applied)

    report = found(applied, 2)

    drift = {(one["verdict"], f"{one['name'] or one['label']}.{one['field']}") for one in report["findings"]}
    assert {
        ("changed", "people.description"),
        ("changed", "wiki.groups"),
        ("changed", "strict/Contractors.status"),
        ("unmanaged", "Open door."),
    } <= drift
    (status,) = [one for one in report["findings"] if one["field"] == "status"]
    assert status["severity"] == "high" and status["rules"] == ["rule-switched-off"]
    assert "there is no state" in status["detail"]
    skipped = applied.expect(0, "repair", "--yes").err
    assert "not in the state: run reconciler up to import" in skipped

    applied.up()
    assert {one["verdict"] for one in found(applied, 2)["findings"]} == {"unmanaged"}


def test_an_object_missing_from_the_state_is_pending_with_its_fields(applied: Workspace):
    (wiki,) = [one for one in applied.tenant.read().objects["bookmark-app"] if one.label == "wiki"]
    body = {**wiki.json, "settings": {"app": {"url": "https://elsewhere.example.com", "requestIntegration": False}}}
    applied.tenant.request("PUT", wiki.path, body)
    with applied.reconciler() as reconciler:
        resources = reconciler.stack.state().resources
        reconciler.stack.forget([one.urn for one in resources.values() if one.name == "wiki"])

    report = found(applied, 0)

    fields = [(one["verdict"], one["field"], one["actual"]) for one in report["findings"] if one["field"]]
    assert fields == [("pending", "url", "https://elsewhere.example.com")]
    assert report["state_found"]
    applied.up()
    applied.expect_settled()
