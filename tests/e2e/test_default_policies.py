"""The default policies of a type: they are imported and changed, with rules of their own."""

from __future__ import annotations

from typing import Any

import pytest

from tests.e2e.documents import document
from tests.e2e.workspace import Workspace

pytestmark = pytest.mark.e2e

RULES = [{"name": "At the office", "network_connection": "ON_NETWORK"}]
PASSWORDS = document("password-policy-default", "passwords", password_min_length=14, rules=RULES)
ENROLMENT = document("mfa-enrollment-policy-default", "enrolment", phone_number="NOT_ALLOWED", rules=RULES)


def default(workspace: Workspace, kind: str) -> dict[str, Any]:
    found = workspace.tenant.request("GET", f"/api/v1/policies?type={kind}")
    return next(one for one in found if one["system"])


def enrolled(policy: dict[str, Any]) -> dict[str, str]:
    return {one["key"]: one["enroll"]["self"] for one in policy["settings"]["authenticators"]}


def test_default_policies_are_imported_and_changed(workspace: Workspace):
    people = default(workspace, "PASSWORD")["conditions"]
    workspace.declare([PASSWORDS, ENROLMENT])

    assert "2 imported" in workspace.up().out

    passwords, enrolment = default(workspace, "PASSWORD"), default(workspace, "MFA_ENROLL")
    assert passwords["settings"]["password"]["complexity"]["minLength"] == 14
    assert passwords["conditions"] == people
    assert enrolled(enrolment)["phone_number"] == "NOT_ALLOWED"
    for policy in (passwords, enrolment):
        rules = workspace.tenant.request("GET", f"/api/v1/policies/{policy['id']}/rules")
        assert [one["name"] for one in rules] == ["At the office", "Default Rule"]
    workspace.expect_settled()


def test_a_weakened_default_policy_is_found_whether_it_is_declared_or_not(workspace: Workspace):
    group = document("group", "people", name="People")
    for documents in ([group, PASSWORDS, ENROLMENT], [group]):
        workspace.declare(documents)
        workspace.up()
        passwords, enrolment = default(workspace, "PASSWORD"), default(workspace, "MFA_ENROLL")
        weak: Any = {**passwords, "settings": {**passwords["settings"]}}
        weak["settings"]["password"] = passwords["settings"]["password"] | {"complexity": {"minLength": 4}}
        workspace.tenant.request("PUT", f"/api/v1/policies/{passwords['id']}", weak)
        loose = [{"key": "phone_number", "enroll": {"self": "OPTIONAL"}}]
        workspace.tenant.request(
            "PUT",
            f"/api/v1/policies/{enrolment['id']}",
            enrolment | {"settings": {"type": "AUTHENTICATORS", "authenticators": loose}},
        )

        found = workspace.run("drift", "--format", "json").out

        assert "password-weakened" in found and "enrolment-weakened" in found
        for policy in (passwords, enrolment):
            workspace.tenant.request("PUT", f"/api/v1/policies/{policy['id']}", policy)
