"""Changes that definitions do not cover are compared with the baseline of the last `up`, and can be accepted."""

from __future__ import annotations

import json
import secrets
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from tests.e2e.documents import document, group, zone
from tests.e2e.workspace import SandboxTenant, Workspace

pytestmark = pytest.mark.e2e


@pytest.fixture
def applied(workspace: Workspace) -> Workspace:
    """Two apps under management."""
    workspace.declare([document("bookmark-app", name, label=name, url="https://a.example") for name in ("wiki", "crm")])
    workspace.up()
    workspace.expect(0, "drift")
    return workspace


def other_administrator(tenant: SandboxTenant) -> SandboxTenant:
    """The tenant, as another administrator."""
    login = f"{secrets.token_hex(4)}@example.com"
    made = tenant.request("POST", "/_sandbox/administrators", {"login": login})
    return replace(tenant, token=made["token"])


def start_by_itself(workspace: Workspace, label: str) -> None:
    """Make an app open at sign-in: a setting that no kind declares."""
    (app,) = [one for one in workspace.tenant.read().objects["bookmark-app"] if one.label == label]
    body = dict(app.json) | {"visibility": app.json["visibility"] | {"autoLaunch": True}}
    other_administrator(workspace.tenant).request("PUT", f"/api/v1/apps/{app.id}", body)


def found(workspace: Workspace) -> list[dict[str, Any]]:
    report = workspace.root / "drift.json"
    workspace.run("drift", "--output", str(report))
    findings: list[dict[str, Any]] = json.loads(report.read_text())["findings"]
    return findings


def baseline(workspace: Workspace) -> Path:
    (file,) = workspace.root.rglob("test.json.gz")
    return file


def test_a_change_outside_definitions_is_found_with_both_values(applied: Workspace):
    start_by_itself(applied, "wiki")

    (finding,) = found(applied)

    assert (finding["verdict"], finding["severity"]) == ("beyond", "low")
    assert (finding["name"], finding["field"]) == ("wiki", "visibility.autoLaunch")
    assert (finding["expected"], finding["actual"]) == (False, True)
    assert finding["attribution"]["event"].startswith("application.lifecycle.")


def test_a_repair_skips_changes_outside_definitions(applied: Workspace):
    start_by_itself(applied, "wiki")
    outcome = applied.expect(0, "repair", "--yes")
    assert "nothing to repair" in outcome.out
    assert "1 beyond skipped: not covered by definitions" in outcome.err
    assert "cannot be repaired" in applied.expect(64, "repair", "--yes", found(applied)[0]["id"]).err


def test_a_field_that_a_definition_omits_again_is_no_finding(applied: Workspace):
    app = document("bookmark-app", "wiki", label="wiki", url="https://a.example")
    others = [document("bookmark-app", "crm", label="crm", url="https://a.example")]
    applied.declare([{**app, "spec": {**app["spec"], "app_links": {"login": False}}}, *others])
    applied.up()
    applied.declare([app, *others])
    applied.up()
    assert found(applied) == []

    (live,) = [one for one in applied.tenant.read().objects["bookmark-app"] if one.label == "wiki"]
    shown = dict(live.json) | {"visibility": live.json["visibility"] | {"appLinks": {"login": True}}}
    other_administrator(applied.tenant).request("PUT", f"/api/v1/apps/{live.id}", shown)
    (finding,) = found(applied)
    assert finding["detail"] == "its definition omits app_links; changed since the last `up`"


def test_an_up_of_another_object_keeps_the_finding(applied: Workspace):
    start_by_itself(applied, "wiki")
    urls = {"wiki": "https://a.example", "crm": "https://b.example", "new": "https://b.example"}
    applied.declare([document("bookmark-app", name, label=name, url=url) for name, url in urls.items()])
    applied.up()
    assert [finding["name"] for finding in found(applied)] == ["wiki"]


def test_an_up_of_the_object_reverts_the_change(applied: Workspace):
    start_by_itself(applied, "wiki")
    urls = {"wiki": "https://b.example", "crm": "https://a.example"}
    applied.declare([document("bookmark-app", name, label=name, url=url) for name, url in urls.items()])
    applied.up()
    assert found(applied) == []


def test_only_new_objects_are_read_for_the_baseline(applied: Workspace):
    documents = [document("bookmark-app", name, label=name, url="https://a.example") for name in ("wiki", "crm")]
    applied.declare([*documents, group("people")])
    applied.tenant.clear_stats()

    applied.expect(0, "up", "--yes", "--no-refresh")

    reads = {path: count for (method, path), count in applied.tenant.stats().items() if method == "GET"}
    assert (reads["/api/v1/apps"], reads["/api/v1/groups"]) == (1, 2)  # the plan reads everything once
    (people,) = [one for one in applied.tenant.read().objects["group"] if one.label == "People"]
    applied.tenant.request("POST", f"/api/v1/groups/{people.id}/roles", {"type": "HELP_DESK_ADMIN"})
    start_by_itself(applied, "crm")
    assert [finding["name"] or finding["kind"] for finding in found(applied)] == ["group-role", "people", "crm"]


def test_one_change_is_accepted_and_the_other_stays(applied: Workspace):
    start_by_itself(applied, "wiki")
    start_by_itself(applied, "crm")
    before = (applied.definitions / "all.yaml").read_bytes()

    applied.expect(0, "accept", "bookmark-app", "wiki", "--yes")

    assert [finding["name"] for finding in found(applied)] == ["crm"]
    assert (applied.definitions / "all.yaml").read_bytes() == before
    applied.expect(0, "accept", "--yes")
    applied.expect_settled()


def test_an_accepted_value_is_reported_when_it_changes_back(applied: Workspace):
    start_by_itself(applied, "wiki")
    applied.expect(0, "accept", "--yes")

    (app,) = [one for one in applied.tenant.read().objects["bookmark-app"] if one.label == "wiki"]
    body = dict(app.json) | {"visibility": app.json["visibility"] | {"autoLaunch": False}}
    applied.tenant.request("PUT", f"/api/v1/apps/{app.id}", body)

    (finding,) = found(applied)
    assert (finding["expected"], finding["actual"]) == (True, False)


def test_a_repair_of_one_object_keeps_findings_on_others(applied: Workspace):
    start_by_itself(applied, "wiki")
    (crm,) = [one for one in applied.tenant.read().objects["bookmark-app"] if one.label == "crm"]
    applied.tenant.request("PUT", f"/api/v1/apps/{crm.id}", dict(crm.json) | {"label": "CRM"})

    applied.expect(0, "repair", "bookmark-app", "crm", "--yes")

    assert [(finding["verdict"], finding["name"]) for finding in found(applied)] == [("beyond", "wiki")]


def test_a_missing_baseline_is_reported_and_the_next_up_writes_one(applied: Workspace):
    baseline(applied).unlink()
    start_by_itself(applied, "wiki")
    assert "Note: there is no baseline in" in applied.expect(0, "drift").out

    applied.up()
    start_by_itself(applied, "crm")
    assert [finding["name"] for finding in found(applied)] == ["crm"]


def test_an_unreadable_baseline_is_reported(applied: Workspace):
    content = baseline(applied).read_bytes()
    baseline(applied).write_bytes(content[: len(content) // 2])
    start_by_itself(applied, "wiki")

    told = applied.expect(0, "drift").out

    assert "Note: the baseline" in told
    assert "what definitions do not cover was not compared" in told
    applied.up()
    assert "Note" not in applied.expect(0, "drift").out


def test_a_group_whose_members_have_become_administrators(workspace: Workspace):
    workspace.declare([group("people"), group("guests")])
    workspace.up()
    (people,) = [one for one in workspace.tenant.read().objects["group"] if one.label == "People"]
    roles = f"/api/v1/groups/{people.id}/roles"
    other_administrator(workspace.tenant).request("POST", roles, {"type": "HELP_DESK_ADMIN"})

    role, finding = found(workspace)

    assert (role["kind"], role["severity"]) == ("group-role", "critical")
    assert (finding["kind"], finding["name"], finding["verdict"]) == ("group", "people", "beyond")
    assert (finding["severity"], finding["rules"]) == ("critical", ["admin-role-granted"])
    assert finding["attribution"]["event"] == "group.privilege.grant"


def make_administrators(tenant: SandboxTenant, label: str) -> None:
    (item,) = [one for one in tenant.read().objects["group"] if one.label == label]
    other_administrator(tenant).request("POST", f"/api/v1/groups/{item.id}/roles", {"type": "HELP_DESK_ADMIN"})


def test_objects_created_by_a_partly_failed_up_are_watched_too(workspace: Workspace):
    workspace.declare([group("people")])
    workspace.up()
    workspace.declare([group("people"), group("guests"), zone("office")])
    workspace.tenant.order_fault(method="POST", path="/api/v1/zones", status=403)
    workspace.expect(1, "up", "--yes")
    workspace.tenant.clear_faults()

    make_administrators(workspace.tenant, "Guests")

    critical = {(one["kind"], one["name"]) for one in found(workspace) if one["severity"] == "critical"}
    assert critical == {("group", "guests"), ("group-role", "")}


def test_objects_missing_from_the_baseline_are_reported_and_added_by_the_next_up(workspace: Workspace):
    """The run was killed, or could not read, after it had created objects."""
    workspace.declare([group("people")])
    workspace.up()
    workspace.declare([group("people"), group("guests")])
    known = baseline(workspace).read_bytes()
    workspace.up()
    baseline(workspace).write_bytes(known)

    told = workspace.expect(0, "drift").out.split()
    assert "not compared for 1 of the objects, such as group guests" in " ".join(told)

    workspace.up()
    assert "Note" not in workspace.expect(0, "drift").out
    make_administrators(workspace.tenant, "Guests")
    assert {(one["kind"], one["name"]) for one in found(workspace)} == {("group", "guests"), ("group-role", "")}


def test_observed_objects_are_watched_too(workspace: Workspace):
    workspace.tenant.request("POST", "/api/v1/groups", {"profile": {"name": "People"}})
    file = workspace.definitions / "environments/test.yaml"
    file.write_text(file.read_text() + "modes: {group: observe}\n")
    workspace.declare([group("people")])
    assert "Note: there is no baseline" in workspace.expect(0, "drift").out
    workspace.up()
    assert "Note" not in workspace.expect(0, "drift").out

    make_administrators(workspace.tenant, "People")

    critical = {(one["kind"], one["name"]) for one in found(workspace) if one["severity"] == "critical"}
    assert critical == {("group", "people"), ("group-role", "")}


@pytest.mark.parametrize("label", ["Any two factors", "Without rules"])
def test_a_weakened_catch_all_rule_of_a_policy_with_undeclared_rules(workspace: Workspace, label: str):
    """The default policy applies to every app that names none."""
    policy = document("authentication-policy", "bare", name="Without rules", description="It has only the catch-all.")
    workspace.declare([group("people")])
    workspace.up()
    workspace.declare([group("people"), policy])
    workspace.up()
    (item,) = [one for one in workspace.tenant.read().objects["authentication-policy"] if one.label == label]
    path = f"/api/v1/policies/{item.id}/rules"
    (rule,) = workspace.tenant.request("GET", path)
    rule["actions"]["appSignOn"]["verificationMethod"]["factorMode"] = "1FA"
    other_administrator(workspace.tenant).request("PUT", f"{path}/{rule['id']}", rule)

    (finding,) = found(workspace)

    assert (finding["verdict"], finding["severity"], finding["rules"]) == ("beyond", "critical", ["mfa-weakened"])
    assert finding["label"] == label
    assert finding["attribution"]["event"].startswith("policy.rule.")
    workspace.expect(0, "accept", "--yes")
    assert found(workspace) == []


def test_rules_weakened_in_the_console(workspace: Workspace):
    rule = {"name": "Contractors stay out", "access": "DENY"}
    workspace.declare([document("authentication-policy", "strict", name="Strict", description="It is.", rules=[rule])])
    workspace.up()
    (policy,) = [one for one in workspace.tenant.read().objects["authentication-policy"] if one.label == "Strict"]
    path = f"/api/v1/policies/{policy.id}/rules"
    rules = {one["name"]: one for one in workspace.tenant.request("GET", path)}
    me = workspace.tenant.request("GET", "/api/v1/users/me")["id"]
    rules["Contractors stay out"]["conditions"]["people"] = {"users": {"exclude": [me]}}
    rules["Catch-all Rule"]["actions"]["appSignOn"]["verificationMethod"]["factorMode"] = "1FA"
    for one in rules.values():
        workspace.tenant.request("PUT", f"{path}/{one['id']}", one)

    by_field = {finding["field"]: finding for finding in found(workspace)}

    (place,) = (exempted := by_field["rules"])["differences"]
    assert exempted["verdict"] == "changed"
    assert "people-exempted" in exempted["rules"]
    assert (place["path"], place["actual"]) == ("rules[Contractors stay out].users_excluded[0]", "admin@sandbox.test")
    weaker = by_field["rules[Catch-all Rule].actions.appSignOn.verificationMethod.factorMode"]
    assert (weaker["expected"], weaker["actual"], weaker["severity"]) == ("2FA", "1FA", "critical")


def test_kinds_that_could_not_be_read_are_added_to_the_baseline_later(workspace: Workspace):
    """The default policies are not in the state, only in the baseline."""
    workspace.declare([group("people")])
    workspace.tenant.order_fault(method="GET", path="/api/v1/policies", status=403)
    workspace.up()
    workspace.tenant.clear_faults()
    assert "the next `up` adds them to the baseline" in " ".join(workspace.expect(0, "drift").out.split())
    workspace.up()
    assert "Note" not in workspace.expect(0, "drift").out

    (policy,) = workspace.tenant.read().objects["password-policy-default"]
    body = dict(policy.json)
    body["settings"]["password"]["complexity"]["minLength"] = 4
    other_administrator(workspace.tenant).request("PUT", policy.path, body)

    assert [(one["label"], one["field"]) for one in found(workspace)] == [
        (policy.label, "settings.password.complexity.minLength")
    ]


def test_items_added_to_undeclared_lists_are_found_until_accepted(applied: Workspace):
    tenant = other_administrator(applied.tenant)
    everyone = next(one for one in applied.tenant.read().objects["group"] if one.label == "Everyone")
    (app,) = [one for one in applied.tenant.read().objects["bookmark-app"] if one.label == "wiki"]
    tenant.request("PUT", f"/api/v1/apps/{app.id}/groups/{everyone.id}", {})
    (policy, *_) = tenant.request("GET", "/api/v1/policies?type=ACCESS_POLICY")
    tenant.request("POST", f"/api/v1/policies/{policy['id']}/rules", {"name": "Open door", "type": "ACCESS_POLICY"})
    settings = {"signOn": {"loginUrl": "https://old.example"}}
    tenant.request("POST", "/api/v1/apps", {"label": "Old", "signOnMode": "AUTO_LOGIN", "settings": settings})
    fields = {f"groups[{everyone.id}]", "rules[Open door]", ""}
    assert {finding["field"] for finding in found(applied)} == fields

    applied.declare([*apps_of_the_tests(), group("people")])
    applied.up()
    assert {finding["field"] for finding in found(applied)} == fields, "an up of something else forgets nothing"

    applied.expect(0, "accept", "--yes")
    applied.expect_settled()


def apps_of_the_tests() -> list[dict[str, Any]]:
    return [document("bookmark-app", name, label=name, url="https://a.example") for name in ("wiki", "crm")]


def test_a_list_that_a_definition_omits_again_is_watched_from_then_on(applied: Workspace):
    (wiki, crm) = apps_of_the_tests()
    assigned = {**wiki, "spec": {**wiki["spec"], "groups": [{"group": "people"}]}}
    applied.declare([group("people"), assigned, crm])
    applied.up()
    applied.declare([group("people"), wiki, crm])
    applied.up()
    assert found(applied) == []

    (app,) = [one for one in applied.tenant.read().objects["bookmark-app"] if one.label == "wiki"]
    (people,) = [one for one in applied.tenant.read().objects["group"] if one.label == "People"]
    other_administrator(applied.tenant).request("PUT", f"/api/v1/apps/{app.id}/groups/{people.id}", {})
    (finding,) = found(applied)
    assert (finding["name"], finding["field"]) == ("", f"groups[{people.id}]")


def test_an_ignored_object_is_found_when_it_changes_again(applied: Workspace):
    start_by_itself(applied, "wiki")
    entry = {"kind": "bookmark-app", "name": "wiki", "reason": "It is tried out.", "owner": "it"}
    (applied.definitions / "ignore.yaml").write_text(json.dumps([entry | {"expires": f"{date.today()}"}]))
    applied.expect(0, "drift")
    applied.expect(0, "drift")

    (app,) = [one for one in applied.tenant.read().objects["bookmark-app"] if one.label == "wiki"]
    other_administrator(applied.tenant).request("PUT", f"/api/v1/apps/{app.id}", dict(app.json) | {"label": "Wikis"})
    (finding,) = found(applied)
    assert finding["field"] == "label"
    assert "renew the entry" in finding["detail"]
