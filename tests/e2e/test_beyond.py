"""What no definition can state: held against the baseline that the last `up` left, and accepted into it."""

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


def somebody(tenant: SandboxTenant) -> SandboxTenant:
    """The tenant, for another administrator than the reconciler."""
    login = f"{secrets.token_hex(4)}@example.com"
    made = tenant.request("POST", "/_sandbox/administrators", {"login": login})
    return replace(tenant, token=made["token"])


def start_by_itself(workspace: Workspace, label: str) -> None:
    """Let an app open when people sign in: a setting that no kind declares."""
    (app,) = [one for one in workspace.tenant.read().objects["bookmark-app"] if one.label == label]
    body = dict(app.json) | {"visibility": app.json["visibility"] | {"autoLaunch": True}}
    somebody(workspace.tenant).request("PUT", f"/api/v1/apps/{app.id}", body)


def found(workspace: Workspace) -> list[dict[str, Any]]:
    report = workspace.root / "drift.json"
    workspace.run("drift", "--output", str(report))
    findings: list[dict[str, Any]] = json.loads(report.read_text())["findings"]
    return findings


def baseline(workspace: Workspace) -> Path:
    (file,) = workspace.root.rglob("test.json.gz")
    return file


def test_it_is_found_with_both_values_and_less_severe(applied: Workspace):
    start_by_itself(applied, "wiki")

    (finding,) = found(applied)

    assert (finding["verdict"], finding["severity"]) == ("beyond", "low")
    assert (finding["name"], finding["field"]) == ("wiki", "visibility.autoLaunch")
    assert (finding["expected"], finding["actual"]) == (False, True)
    assert finding["attribution"]["event"].startswith("application.lifecycle.")


def test_no_repair_claims_to_have_mended_it(applied: Workspace):
    start_by_itself(applied, "wiki")
    outcome = applied.expect(0, "repair", "--yes")
    assert "nothing to repair" in outcome.out
    assert "1 beyond skipped: no definition states it" in outcome.err
    assert "cannot be repaired" in applied.expect(64, "repair", "--yes", found(applied)[0]["id"]).err


def test_what_an_up_wrote_itself_is_no_finding_when_the_definition_leaves_it_out_again(applied: Workspace):
    app = document("bookmark-app", "wiki", label="wiki", url="https://a.example")
    others = [document("bookmark-app", "crm", label="crm", url="https://a.example")]
    applied.declare([{**app, "spec": {**app["spec"], "app_links": {"login": False}}}, *others])
    applied.up()
    applied.declare([app, *others])
    applied.up()
    assert found(applied) == []

    (live,) = [one for one in applied.tenant.read().objects["bookmark-app"] if one.label == "wiki"]
    shown = dict(live.json) | {"visibility": live.json["visibility"] | {"appLinks": {"login": True}}}
    somebody(applied.tenant).request("PUT", f"/api/v1/apps/{live.id}", shown)
    (finding,) = found(applied)
    assert finding["detail"] == "its definition leaves app_links out; it was different before"


def test_an_up_of_something_else_does_not_forget_it(applied: Workspace):
    start_by_itself(applied, "wiki")
    urls = {"wiki": "https://a.example", "crm": "https://b.example", "new": "https://b.example"}
    applied.declare([document("bookmark-app", name, label=name, url=url) for name, url in urls.items()])
    applied.up()
    assert [finding["name"] for finding in found(applied)] == ["wiki"]


def test_an_up_of_the_object_itself_brings_it_back_as_the_provider_writes_the_whole(applied: Workspace):
    start_by_itself(applied, "wiki")
    urls = {"wiki": "https://b.example", "crm": "https://a.example"}
    applied.declare([document("bookmark-app", name, label=name, url=url) for name, url in urls.items()])
    applied.up()
    assert found(applied) == []


def test_only_what_is_new_is_read_for_it(applied: Workspace):
    documents = [document("bookmark-app", name, label=name, url="https://a.example") for name in ("wiki", "crm")]
    applied.declare([*documents, group("people")])
    applied.tenant.clear_stats()

    applied.expect(0, "up", "--yes", "--no-refresh")

    assert not [path for method, path in applied.tenant.stats() if path.startswith("/api/v1/apps")]
    (people,) = [one for one in applied.tenant.read().objects["group"] if one.label == "People"]
    applied.tenant.request("POST", f"/api/v1/groups/{people.id}/roles", {"type": "HELP_DESK_ADMIN"})
    start_by_itself(applied, "crm")
    assert [finding["name"] for finding in found(applied)] == ["people", "crm"]


def test_one_is_accepted_and_the_other_stays(applied: Workspace):
    start_by_itself(applied, "wiki")
    start_by_itself(applied, "crm")
    before = (applied.definitions / "all.yaml").read_bytes()

    applied.expect(0, "accept", "bookmark-app", "wiki", "--yes")

    assert [finding["name"] for finding in found(applied)] == ["crm"]
    assert (applied.definitions / "all.yaml").read_bytes() == before
    applied.expect(0, "accept", "--yes")
    applied.expect_settled()


def test_what_was_accepted_is_told_when_it_changes_back(applied: Workspace):
    start_by_itself(applied, "wiki")
    applied.expect(0, "accept", "--yes")

    (app,) = [one for one in applied.tenant.read().objects["bookmark-app"] if one.label == "wiki"]
    body = dict(app.json) | {"visibility": app.json["visibility"] | {"autoLaunch": False}}
    applied.tenant.request("PUT", f"/api/v1/apps/{app.id}", body)

    (finding,) = found(applied)
    assert (finding["expected"], finding["actual"]) == (True, False)


def test_a_repair_of_one_object_does_not_forget_what_changed_at_another(applied: Workspace):
    start_by_itself(applied, "wiki")
    (crm,) = [one for one in applied.tenant.read().objects["bookmark-app"] if one.label == "crm"]
    applied.tenant.request("PUT", f"/api/v1/apps/{crm.id}", dict(crm.json) | {"label": "CRM"})

    applied.expect(0, "repair", "bookmark-app", "crm", "--yes")

    assert [(finding["verdict"], finding["name"]) for finding in found(applied)] == [("beyond", "wiki")]


def test_without_a_baseline_that_is_said_and_the_next_up_begins_one(applied: Workspace):
    baseline(applied).unlink()
    start_by_itself(applied, "wiki")
    assert "Note: there is no baseline in" in applied.expect(0, "drift").out

    applied.up()
    start_by_itself(applied, "crm")
    assert [finding["name"] for finding in found(applied)] == ["crm"]


def test_a_baseline_that_cannot_be_read_is_told(applied: Workspace):
    content = baseline(applied).read_bytes()
    baseline(applied).write_bytes(content[: len(content) // 2])
    start_by_itself(applied, "wiki")

    told = applied.expect(0, "drift").out

    assert "Note: the baseline" in told
    assert "what no definition can state was not" in told
    applied.up()
    assert "Note" not in applied.expect(0, "drift").out


def test_a_group_whose_members_have_become_administrators(workspace: Workspace):
    workspace.declare([group("people"), group("guests")])
    workspace.up()
    (people,) = [one for one in workspace.tenant.read().objects["group"] if one.label == "People"]
    roles = f"/api/v1/groups/{people.id}/roles"
    somebody(workspace.tenant).request("POST", roles, {"type": "HELP_DESK_ADMIN"})

    (finding,) = found(workspace)

    assert (finding["kind"], finding["name"], finding["verdict"]) == ("group", "people", "beyond")
    assert (finding["severity"], finding["rules"]) == ("critical", ["admin-role-granted"])
    assert finding["attribution"]["event"] == "group.privilege.grant"


def make_administrators(tenant: SandboxTenant, label: str) -> None:
    (item,) = [one for one in tenant.read().objects["group"] if one.label == label]
    somebody(tenant).request("POST", f"/api/v1/groups/{item.id}/roles", {"type": "HELP_DESK_ADMIN"})


def test_what_an_up_created_that_failed_in_part_is_watched_as_well(workspace: Workspace):
    workspace.declare([group("people")])
    workspace.up()
    workspace.declare([group("people"), group("guests"), zone("office")])
    workspace.tenant.order_fault(method="POST", path="/api/v1/zones", status=403)
    workspace.expect(1, "up", "--yes")
    workspace.tenant.clear_faults()

    make_administrators(workspace.tenant, "Guests")

    assert [(one["name"], one["severity"]) for one in found(workspace) if one["verdict"] == "beyond"] == [
        ("guests", "critical")
    ]


def test_what_an_up_could_not_note_is_told_and_noted_by_the_next(workspace: Workspace):
    """It was killed, or could not read, between what it made and the end."""
    workspace.declare([group("people")])
    workspace.up()
    workspace.declare([group("people"), group("guests")])
    known = baseline(workspace).read_bytes()
    workspace.up()
    baseline(workspace).write_bytes(known)

    told = workspace.expect(0, "drift").out.split()
    assert "not compared for 1 of the objects, group guests for one" in " ".join(told)

    workspace.up()
    assert "Note" not in workspace.expect(0, "drift").out
    make_administrators(workspace.tenant, "Guests")
    assert [one["name"] for one in found(workspace)] == ["guests"]


def test_what_is_only_observed_is_watched_as_well(workspace: Workspace):
    workspace.tenant.request("POST", "/api/v1/groups", {"profile": {"name": "People"}})
    file = workspace.definitions / "environments/test.yaml"
    file.write_text(file.read_text() + "modes: {group: observe}\n")
    workspace.declare([group("people")])
    assert "Note: there is no baseline" in workspace.expect(0, "drift").out
    workspace.up()
    assert "Note" not in workspace.expect(0, "drift").out

    make_administrators(workspace.tenant, "People")

    assert [(one["name"], one["severity"]) for one in found(workspace)] == [("people", "critical")]


@pytest.mark.parametrize("label", ["Any two factors", "Without rules"])
def test_a_weakened_catch_all_rule_of_a_policy_whose_rules_nobody_declared(workspace: Workspace, label: str):
    """The default policy is that of every app that names none."""
    policy = document("authentication-policy", "bare", name="Without rules", description="It has only the catch-all.")
    workspace.declare([group("people")])
    workspace.up()
    workspace.declare([group("people"), policy])
    workspace.up()
    (item,) = [one for one in workspace.tenant.read().objects["authentication-policy"] if one.label == label]
    path = f"/api/v1/policies/{item.id}/rules"
    (rule,) = workspace.tenant.request("GET", path)
    rule["actions"]["appSignOn"]["verificationMethod"]["factorMode"] = "1FA"
    somebody(workspace.tenant).request("PUT", f"{path}/{rule['id']}", rule)

    (finding,) = found(workspace)

    assert (finding["verdict"], finding["severity"], finding["rules"]) == ("beyond", "critical", ["mfa-weakened"])
    assert finding["label"] == label
    assert finding["attribution"]["event"].startswith("policy.rule.")
    workspace.expect(0, "accept", "--yes")
    assert found(workspace) == []


def test_rules_that_are_undermined_where_no_definition_can_say_so(workspace: Workspace):
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

    assert {finding["verdict"] for finding in by_field.values()} == {"beyond"}
    exempted = by_field["rules[Contractors stay out].conditions.people.users.exclude"]
    assert (exempted["actual"], exempted["rules"]) == ([me], ["people-exempted"])
    weaker = by_field["rules[Catch-all Rule].actions.appSignOn.verificationMethod.factorMode"]
    assert (weaker["expected"], weaker["actual"], weaker["severity"]) == ("2FA", "1FA", "critical")


def test_what_could_not_be_read_when_it_was_noted_is_told_and_noted_later(workspace: Workspace):
    """The default policies are in no state: only the baseline knows of them."""
    workspace.declare([group("people")])
    workspace.tenant.order_fault(method="GET", path="/api/v1/policies", status=403)
    workspace.up()
    workspace.tenant.clear_faults()
    assert "not in the baseline" in " ".join(workspace.expect(0, "drift").out.split())
    workspace.up()
    assert "Note" not in workspace.expect(0, "drift").out

    (policy,) = [one for one in workspace.tenant.read().objects["password-policy"] if one.built_in]
    body = dict(policy.json)
    body["settings"]["password"]["complexity"]["minLength"] = 4
    somebody(workspace.tenant).request("PUT", policy.path, body)

    assert [(one["label"], one["field"]) for one in found(workspace)] == [
        (policy.label, "settings.password.complexity.minLength")
    ]


def test_what_is_added_to_lists_that_nobody_declares_is_found_until_it_is_accepted(applied: Workspace):
    tenant = somebody(applied.tenant)
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


def test_a_list_that_a_definition_leaves_out_again_is_watched_as_the_up_leaves_it(applied: Workspace):
    (wiki, crm) = apps_of_the_tests()
    assigned = {**wiki, "spec": {**wiki["spec"], "groups": [{"group": "people"}]}}
    applied.declare([group("people"), assigned, crm])
    applied.up()
    applied.declare([group("people"), wiki, crm])
    applied.up()
    assert found(applied) == []

    (app,) = [one for one in applied.tenant.read().objects["bookmark-app"] if one.label == "wiki"]
    (people,) = [one for one in applied.tenant.read().objects["group"] if one.label == "People"]
    somebody(applied.tenant).request("PUT", f"/api/v1/apps/{app.id}/groups/{people.id}", {})
    (finding,) = found(applied)
    assert (finding["name"], finding["field"]) == ("", f"groups[{people.id}]")


def test_what_is_passed_over_is_found_when_it_changes_again(applied: Workspace):
    start_by_itself(applied, "wiki")
    entry = {"kind": "bookmark-app", "name": "wiki", "reason": "It is tried out.", "owner": "it"}
    (applied.definitions / "ignore.yaml").write_text(json.dumps([entry | {"expires": f"{date.today()}"}]))
    applied.expect(0, "drift")
    applied.expect(0, "drift")

    (app,) = [one for one in applied.tenant.read().objects["bookmark-app"] if one.label == "wiki"]
    somebody(applied.tenant).request("PUT", f"/api/v1/apps/{app.id}", dict(app.json) | {"label": "Wikis"})
    (finding,) = found(applied)
    assert finding["field"] == "label"
    assert "renew the entry" in finding["detail"]
