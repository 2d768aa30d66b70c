"""Users whom definitions name by login: found in the tenant, renamed, deleted, and written by `adopt` and `accept`."""

from __future__ import annotations

import json
from typing import Any

import pytest
import yaml

from tests.e2e.documents import document
from tests.e2e.workspace import Outcome, SandboxTenant, Workspace
from tests.people import PEOPLE

pytestmark = pytest.mark.e2e

ADA, GRACE = PEOPLE
NOBODY = "nobody@example.com"


def group_rule(*excluded: str) -> dict[str, Any]:
    spec = {"name": "Engineers", "expression": 'user.department == "Engineering"', "groups": ["engineers"]}
    return document("group-rule", "engineers", **spec, **({"users_excluded": list(excluded)} if excluded else {}))


def documents(*excluded: str) -> list[dict[str, Any]]:
    """A group rule and a session policy whose rule does not apply to these users."""
    rule = {"name": "Everywhere", "session_idle": 60, **({"users_excluded": list(excluded)} if excluded else {})}
    policy = {"name": "Workforce", "priority": 1, "groups_included": ["everyone"], "rules": [rule]}
    return [
        document("group", "engineers", name="Engineers"),
        group_rule(*excluded),
        document("global-session-policy", "workforce", **policy),
    ]


def id_of(tenant: SandboxTenant, login: str) -> str:
    return str(tenant.request("GET", f"/api/v1/users/{login}")["id"])


def rename(tenant: SandboxTenant, login: str, new: str) -> None:
    tenant.request("POST", f"/api/v1/users/{login}", {"profile": {"login": new}})


def delete(tenant: SandboxTenant, login: str) -> str:
    """Delete a user; returns the id."""
    identity = id_of(tenant, login)
    for _ in range(2):  # the first request only deactivates
        tenant.request("DELETE", f"/api/v1/users/{identity}")
    return identity


def excluded(tenant: SandboxTenant) -> list[str]:
    (rule,) = tenant.request("GET", "/api/v1/groups/rules")
    return list(rule["conditions"]["people"]["users"]["exclude"])


def set_excluded(tenant: SandboxTenant, *ids: str) -> None:
    """Change the rule of the session policy in the console."""
    rule, path = session_rule(tenant)
    rule["conditions"]["people"]["users"] = {"exclude": list(ids)}
    tenant.request("PUT", path, rule)


def session_rule(tenant: SandboxTenant) -> tuple[dict[str, Any], str]:
    policies = tenant.request("GET", "/api/v1/policies?type=OKTA_SIGN_ON")
    policy = next(one for one in policies if not one["system"])
    (rule,) = tenant.request("GET", f"/api/v1/policies/{policy['id']}/rules")
    return rule, f"/api/v1/policies/{policy['id']}/rules/{rule['id']}"


def searches(tenant: SandboxTenant) -> int:
    return tenant.stats().get(("GET", "/api/v1/users"), 0)


def findings(outcome: Outcome) -> dict[str, dict[str, Any]]:
    return {f"{one['kind']}.{one['field']}": one for one in json.loads(outcome.out)["findings"]}


def drift(workspace: Workspace, code: int = 2) -> dict[str, dict[str, Any]]:
    return findings(workspace.expect(code, "drift", "--format", "json"))


SESSION = "global-session-policy-rule.users_excluded"
GROUP = "group-rule.users_excluded"


def test_users_are_named_by_login_and_known_by_id(workspace: Workspace):
    workspace.declare(documents(ADA.upper(), GRACE))
    assert ADA in workspace.expect(0, "preview").out
    workspace.up()
    tenant = workspace.tenant
    ids = sorted(id_of(tenant, login) for login in PEOPLE)
    assert (
        sorted(excluded(tenant)) == sorted(session_rule(tenant)[0]["conditions"]["people"]["users"]["exclude"]) == ids
    )
    workspace.expect_settled()

    workspace.declare(documents(GRACE))
    workspace.up()
    assert excluded(tenant) == [id_of(tenant, GRACE)]
    workspace.expect_settled()

    workspace.declare(documents())
    workspace.up()
    assert excluded(tenant) == []
    workspace.expect_settled()


def test_all_users_are_looked_up_by_one_search_and_none_if_nobody_is_named(workspace: Workspace):
    tenant = workspace.tenant
    workspace.declare(documents())
    workspace.up()
    tenant.clear_stats()
    workspace.expect(0, "preview")
    workspace.expect(0, "drift")
    assert searches(tenant) == 0

    workspace.declare(documents(ADA))
    workspace.up()
    tenant.clear_stats()
    workspace.expect(0, "drift")
    assert searches(tenant) == 1

    set_excluded(tenant, id_of(tenant, ADA), id_of(tenant, GRACE))
    tenant.clear_stats()
    workspace.expect(2, "drift")
    assert searches(tenant) == 2, "one for the logins of the definitions, one for the other ids"


def test_an_unknown_login_is_an_error_with_its_location(workspace: Workspace):
    workspace.declare(documents(ADA, NOBODY))
    workspace.expect(0, "validate")  # only the tenant knows its users
    for command in (["preview"], ["up", "--yes"]):
        said = workspace.expect(1, *command).err
        assert f"no user has the login {NOBODY}" in said
        assert "all.yaml:" in said
    assert not workspace.tenant.request("GET", "/api/v1/groups/rules")


def test_the_form_of_a_login_is_checked_offline(workspace: Workspace):
    for wrong in ("00u1234567890abcdEFG", "a b@example.com", "abc"):
        workspace.declare(documents(wrong))
        workspace.expect(1, "validate")


def test_a_user_excluded_in_the_console_is_found_repaired_or_accepted(workspace: Workspace):
    tenant = workspace.tenant
    workspace.declare(documents(ADA))
    workspace.up()
    set_excluded(tenant, id_of(tenant, ADA), id_of(tenant, GRACE))

    found = drift(workspace)[SESSION]
    assert (found["expected"], found["actual"]) == ([ADA], [ADA, GRACE])
    assert found["severity"] in ("high", "critical")
    assert "people-exempted" in found["rules"]
    workspace.expect(0, "repair", "--yes")
    workspace.expect_settled()

    set_excluded(tenant, id_of(tenant, GRACE))
    workspace.expect(0, "accept", "--yes")
    assert GRACE in (workspace.definitions / "all.yaml").read_text()
    workspace.expect(0, "up", "--yes")
    workspace.expect_settled()


def test_a_renamed_user_is_found_and_accepted(workspace: Workspace):
    tenant, new = workspace.tenant, "ada.king@example.com"
    workspace.declare(documents(ADA))
    workspace.up()
    rename(tenant, ADA, new)

    found = drift(workspace)
    for one in (SESSION, GROUP):
        assert (found[one]["verdict"], found[one]["expected"], found[one]["actual"]) == ("changed", [ADA], [new])
        assert f"no user has the login {ADA}" in found[one]["detail"]
    assert f"no user has the login {ADA}" in workspace.expect(1, "preview").err

    workspace.expect(0, "accept", "--yes")
    assert ADA not in (workspace.definitions / "all.yaml").read_text()
    workspace.expect(0, "up", "--yes")
    workspace.expect_settled()


def test_a_deactivated_user_still_exists(workspace: Workspace):
    workspace.declare(documents(ADA))
    workspace.up()
    workspace.tenant.request("POST", f"/api/v1/users/{ADA}/lifecycle/deactivate")
    workspace.expect_settled()


def test_a_deleted_user_is_shown_as_an_id(workspace: Workspace):
    tenant = workspace.tenant
    workspace.declare(documents(ADA, GRACE))
    workspace.up()
    gone = delete(tenant, ADA)

    found = drift(workspace)[GROUP]
    assert (found["verdict"], found["expected"], sorted(found["actual"])) == ("changed", [ADA, GRACE], [gone, GRACE])
    assert f"the user {gone} no longer exists" in found["detail"]
    assert f"no user has the login {ADA}" in found["detail"]
    assert "no longer exists" in workspace.expect(4, "accept", "--yes").err

    workspace.declare(documents(GRACE))
    pending = findings(workspace.expect(0, "drift", "--format", "json"))[GROUP]
    assert (pending["verdict"], sorted(pending["actual"])) == ("pending", [gone, GRACE])
    workspace.up()
    assert excluded(tenant) == [id_of(tenant, GRACE)]
    workspace.expect_settled()


def test_a_user_who_has_left_does_not_keep_other_objects_from_being_repaired(workspace: Workspace):
    tenant = workspace.tenant
    workspace.declare(documents(ADA))
    workspace.up()
    delete(tenant, ADA)
    (group,) = (one for one in tenant.request("GET", "/api/v1/groups") if one["profile"]["name"] == "Engineers")
    tenant.request("PUT", f"/api/v1/groups/{group['id']}", {"profile": {"name": "Engineers", "description": "Mine."}})

    workspace.expect(0, "repair", "--yes", "group engineers")

    assert tenant.request("GET", f"/api/v1/groups/{group['id']}")["profile"].get("description") in ("", None)


def test_users_are_adopted_by_login_and_deleted_ones_are_named(workspace: Workspace, tmp_path: Any):
    tenant = workspace.tenant
    workspace.declare(documents(ADA))
    workspace.up()
    into = tmp_path / "adopted"
    workspace.expect(0, "adopt", "--into", str(into))
    written = [one for path in into.rglob("*.yaml") for one in yaml.safe_load_all(path.read_text())]
    (rule,) = (one for one in written if one.get("kind") == "group-rule")
    assert rule["spec"]["users_excluded"] == [ADA]

    gone = delete(tenant, ADA)
    again = tmp_path / "again"
    workspace.expect(0, "adopt", "--into", str(again))
    (page,) = again.rglob("*not-adopted.md")
    assert f"names the user {gone}, who no longer exists" in page.read_text()


def test_users_that_cannot_be_read_are_no_drift(workspace: Workspace):
    tenant = workspace.tenant
    workspace.declare(documents(ADA))
    workspace.up()
    tenant.order_fault(path="/api/v1/users", status=403, method="GET")

    found = drift(workspace, code=3)

    assert {(one["kind"], one["verdict"]) for one in found.values()} == {
        ("global-session-policy-rule", "unreadable"),
        ("group-rule", "unreadable"),
    }
    assert "cannot look up the user" in workspace.expect(1, "preview").err
