"""The preview tells what a plan does to people and to objects that are not managed."""

from __future__ import annotations

import json
from typing import Any

import pytest

from tests.e2e.documents import bookmark, document, group
from tests.e2e.workspace import SandboxTenant, Workspace

pytestmark = pytest.mark.e2e

RULES = [{"name": "All", "constraints": [{"possession": {"required": True, "phishing_resistant": "REQUIRED"}}]}]
STRICT = document("authentication-policy", "strict", name="Strict", description="For money.", rules=RULES)
FILLED = document("group-rule", "by-title", name="By title", expression='user.title=="C"', groups=["contractors"])
USED = [{"group": "contractors"}, {"group": "staff"}]
MEMBERS = 3


@pytest.fixture
def applied(workspace: Workspace) -> Workspace:
    """Two groups, one with members; a policy with a managed app; and what somebody added by hand."""
    apps = [bookmark("wiki", authentication_policy="strict", groups=USED)]
    workspace.declare([group("contractors"), group("staff"), STRICT, *apps])
    workspace.up()
    tenant, live = workspace.tenant, workspace.tenant.read()
    contractors, staff = (next(one.id for one in live.objects["group"] if one.label == name) for name in _NAMES)
    for number in range(MEMBERS):
        profile = {
            "firstName": "A",
            "lastName": "B",
            "login": f"p{number}@example.com",
            "email": f"p{number}@example.com",
        }
        user = tenant.request("POST", "/api/v1/users?activate=false", {"profile": profile})
        tenant.request("PUT", f"/api/v1/groups/{contractors}/users/{user['id']}")
    policy = next(one.id for one in live.objects["authentication-policy"] if one.label == "Strict")
    payroll = tenant.request("POST", "/api/v1/apps", _by_hand("Payroll"))["id"]
    tenant.request("PUT", f"/api/v1/apps/{payroll}/policies/{policy}")
    tenant.request("PUT", f"/api/v1/apps/{payroll}/groups/{contractors}", {})
    rule = {
        "type": "group_rule",
        "name": "By hand",
        "conditions": {"expression": {"type": "urn:okta:expression:1.0", "value": 'user.title=="C"'}},
        "actions": {"assignUserToGroups": {"groupIds": [contractors, staff]}},
    }
    tenant.request("POST", "/api/v1/groups/rules", rule)
    return workspace


_NAMES = ("Contractors", "Staff")


def _by_hand(label: str) -> dict[str, Any]:
    settings = {"app": {"url": "https://by-hand.example.com", "requestIntegration": False}}
    return {"name": "bookmark", "label": label, "signOnMode": "BOOKMARK", "settings": settings}


def effects(workspace: Workspace) -> list[str]:
    """The id and the summary of each effect, in the JSON report of a preview."""
    outcome = workspace.run("preview", "--format", "json")
    assert outcome.code in (0, 4), outcome
    return [f"{one['id']}: {one['summary']}" for one in json.loads(outcome.out)["effects"]]


def lists(tenant: SandboxTenant) -> int:
    """How many lists were read since the last reset."""
    return sum(count for (method, path), count in tenant.stats().items() if method == "GET")


def test_deleting_a_group_and_a_policy_tells_of_people_apps_and_rules(applied: Workspace):
    applied.declare([group("staff"), bookmark("wiki", groups=[{"group": "staff"}])])
    found = effects(applied)
    assert f"members-leave: {MEMBERS} people leave the group Contractors" in found
    assert (
        f"access-lost: Up to {MEMBERS} people lose 2 apps with the group Contractors: wiki (still assigned to Staff), "
        "Payroll (not managed)" in found
    )
    assert (
        "becomes-invalid: The group rule By hand (not managed) becomes INVALID, because it names the group "
        "Contractors, and no longer assigns people to Staff" in found
    )
    weaker = "Any two factors, which asks for fewer or weaker factors"
    assert f"apps-move: 1 app moves to the policy {weaker}: Payroll (not managed)" in found
    assert f"apps-move: The app wiki moves to the policy {weaker}" in found


def test_what_was_told_happens(applied: Workspace):
    """The effects that Okta brings about, without the plan naming the object."""
    applied.declare([group("staff"), bookmark("wiki", groups=[{"group": "staff"}])])
    applied.up()
    tenant = applied.tenant
    (rule,) = tenant.request("GET", "/api/v1/groups/rules")
    assert rule["status"] == "INVALID"
    live = tenant.read()
    default = live.system_id(next(one.kind for one in live.objects["authentication-policy"]), "default")
    payroll = next(one for one in live.objects["bookmark-app"] if one.label == "Payroll")
    assert payroll.spec["authentication_policy"] == default
    assert tenant.request("GET", f"/api/v1/apps/{payroll.id}/groups") == []


def test_requests_are_made_only_where_the_plan_needs_them(applied: Workspace):
    """One list call for the apps of the deleted group: no unmanaged policy could refer to it."""
    tenant = applied.tenant
    documents = [group("contractors", description="New."), group("staff"), STRICT]
    apps = [bookmark("wiki", authentication_policy="strict", groups=USED)]
    applied.declare([*documents, *apps])
    tenant.clear_stats()
    assert effects(applied) == []
    without = lists(tenant)
    assert ("GET", "/api/v1/groups/{group}/apps") not in tenant.stats()
    applied.declare([group("staff"), STRICT, bookmark("wiki", authentication_policy="strict", groups=USED[1:])])
    tenant.clear_stats()
    assert effects(applied)
    assert tenant.stats()["GET", "/api/v1/groups/{group}/apps"] == 1
    assert lists(tenant) == without + 1
