"""Authenticators that every tenant has: imported, changed, repaired and released, but never created or deleted."""

from __future__ import annotations

from typing import Any

import pytest

from tests.e2e.documents import document
from tests.e2e.workspace import Workspace

pytestmark = pytest.mark.e2e

PATH = "/api/v1/authenticators"
OFFICE = document("network-zone", "office", name="Office", type="IP", gateways=["192.0.2.0/24"])


def phone(use: str = "recovery", name: str = "Phone") -> dict[str, Any]:
    return document("authenticator", "phone", key="phone_number", name=name, settings={"allowed_for": use})


def there(workspace: Workspace, key: str = "phone_number") -> dict[str, Any]:
    (found,) = (one for one in workspace.tenant.request("GET", PATH) if one["key"] == key)
    return dict(found)


def tamper(workspace: Workspace, **members: Any) -> None:
    found = there(workspace)
    workspace.tenant.request("PUT", f"{PATH}/{found['id']}", {**found, **members})


def test_it_is_imported_and_changed(workspace: Workspace):
    before = there(workspace)
    workspace.declare([phone(name="Mobile")])

    assert "1 imported" in workspace.up().out

    after = there(workspace)
    assert (after["id"], after["name"], after["settings"]["allowedFor"]) == (before["id"], "Mobile", "recovery")
    workspace.expect_settled()


def test_a_change_is_found_repaired_or_accepted(workspace: Workspace):
    workspace.declare([phone()])
    workspace.up()
    tamper(workspace, settings={"allowedFor": "any"})

    assert "authenticator-weakened" in workspace.expect(2, "drift").out
    workspace.expect(0, "repair", "--yes")
    assert there(workspace)["settings"]["allowedFor"] == "recovery"
    workspace.expect_settled()

    tamper(workspace, settings={"allowedFor": "any"})
    workspace.expect(0, "accept", "--yes", "authenticator", "phone")
    assert there(workspace)["settings"]["allowedFor"] == "any"
    workspace.up()
    workspace.expect_settled()


def test_it_is_left_as_it_is_afterwards(workspace: Workspace):
    workspace.declare([OFFICE, phone()])
    workspace.up()
    workspace.declare([OFFICE])

    assert "1 released" in workspace.up().out

    assert there(workspace)["status"] == "ACTIVE"
    assert there(workspace)["settings"]["allowedFor"] == "recovery"
    workspace.expect_settled()


def test_a_changed_status_is_found_and_repaired(workspace: Workspace):
    question = document("authenticator", "question", key="security_question", name="Question", status="INACTIVE")
    workspace.declare([{**question, "spec": {**question["spec"], "settings": {"allowed_for": "recovery"}}}])
    workspace.up()
    found = there(workspace, "security_question")
    assert found["status"] == "INACTIVE"
    workspace.tenant.request("POST", f"{PATH}/{found['id']}/lifecycle/activate")

    assert "authenticator-enabled" in workspace.expect(2, "drift").out
    workspace.expect(0, "repair", "--yes")

    assert there(workspace, "security_question")["status"] == "INACTIVE"
    workspace.expect_settled()


def test_one_that_somebody_added_is_accepted_because_nobody_can_delete_it(workspace: Workspace):
    workspace.declare([OFFICE])
    workspace.up()
    provider = {"type": "PUSH", "configuration": {}}
    body = {"key": "custom_app", "name": "Ours", "agreeToTerms": True, "provider": provider, "settings": {}}
    workspace.tenant.request("POST", PATH, body)

    skipped = workspace.expect(0, "repair", "--yes", "--remove-unmanaged").err

    assert "Okta cannot delete it" in skipped
    assert there(workspace, "custom_app")["status"] == "ACTIVE"
    assert "unmanaged" in workspace.expect(2, "drift").out
    workspace.expect(0, "accept", "--yes")
    workspace.up()
    workspace.expect_settled()


def test_an_undeclared_one_is_compared_with_the_baseline(workspace: Workspace):
    workspace.declare([OFFICE])
    workspace.up()
    workspace.expect_settled()
    tamper(workspace, settings={"allowedFor": "recovery"})
    workspace.tenant.request("POST", PATH, {"key": "google_otp", "name": "Google Authenticator"})

    out = workspace.expect(2, "drift").out

    assert out.count('"any" -> "recovery"') == 1
    assert "authenticator-enabled" in out
    assert "Google Authenticator" in out
    workspace.up()
    assert "authenticator-enabled" in workspace.expect(2, "drift").out, "`up` takes nothing into the baseline"
    workspace.expect(0, "accept", "--yes")
    workspace.expect_settled()


def test_one_that_the_tenant_lacks_is_created(workspace: Workspace):
    workspace.declare([document("authenticator", "codes", key="google_otp", name="Google Authenticator")])

    assert "1 created" in workspace.up().out

    assert there(workspace, "google_otp")["status"] == "ACTIVE"
