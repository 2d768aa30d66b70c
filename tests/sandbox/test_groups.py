import pytest

from .conftest import Okta
from .test_apps import BOOKMARK


def test_a_fresh_org_has_two_built_in_groups(okta: Okta) -> None:
    names = [group["profile"]["name"] for group in okta.get("/api/v1/groups", filter='type eq "BUILT_IN"')]
    assert names == ["Everyone", "Okta Administrators"]


def test_q_matches_start_of_name(okta: Okta) -> None:
    okta.group("Engineering")
    okta.group("Data Engineering")
    assert [each["profile"]["name"] for each in okta.get("/api/v1/groups", q="eng")] == ["Engineering"]


@pytest.mark.parametrize("name", ["Sales", "SALES", "everyone"])
def test_names_are_unique_ignoring_case(okta: Okta, name: str) -> None:
    okta.group("Sales")
    error = okta.post("/api/v1/groups", {"profile": {"name": name}}, status=400)
    assert error["errorSummary"] == "Api validation failed: name"


def test_a_group_may_keep_its_own_name_in_an_update(okta: Okta) -> None:
    group = okta.group("Sales")
    okta.clock.advance(seconds=5)
    changed = okta.put(f"/api/v1/groups/{group}", {"profile": {"name": "Sales", "description": "x"}})
    assert changed["profile"]["description"] == "x"
    assert changed["created"] == "2026-01-01T12:00:00.000Z"
    assert changed["lastUpdated"] == "2026-01-01T12:00:05.000Z"


def test_built_in_groups_cannot_be_changed_or_deleted(okta: Okta) -> None:
    everyone = okta.get("/api/v1/groups", q="Everyone")[0]["id"]
    okta.put(f"/api/v1/groups/{everyone}", {"profile": {"name": "Nobody"}}, status=403)
    okta.delete(f"/api/v1/groups/{everyone}", status=403)


def test_add_and_remove_members(okta: Okta) -> None:
    group, user = okta.group("Team"), okta.user("ada@example.com")
    okta.clock.advance(minutes=1)
    okta.put(f"/api/v1/groups/{group}/users/{user}", status=204)
    assert [each["id"] for each in okta.get(f"/api/v1/groups/{group}/users")] == [user]
    names = [each["profile"]["name"] for each in okta.get(f"/api/v1/users/{user}/groups")]
    assert names == ["Everyone", "Team"]
    assert okta.get(f"/api/v1/groups/{group}")["lastMembershipUpdated"] == "2026-01-01T12:01:00.000Z"
    okta.delete(f"/api/v1/groups/{group}/users/{user}")
    assert okta.get(f"/api/v1/groups/{group}/users") == []


def test_members_have_to_exist(okta: Okta) -> None:
    group = okta.group("Team")
    okta.put(f"/api/v1/groups/{group}/users/00u00000000000000000", status=404)
    okta.put("/api/v1/groups/00g00000000000000000/users/me", status=404)


def test_removing_member_keeps_other_objects_of_user(okta: Okta) -> None:
    group, user = okta.group("Team"), okta.user("ada@example.com")
    okta.post(f"/api/v1/users/{user}/roles", {"type": "APP_ADMIN"}, status=201)
    okta.put(f"/api/v1/groups/{group}/users/{user}", status=204)
    okta.delete(f"/api/v1/groups/{group}/users/{user}")
    assert [each["id"] for each in okta.get(f"/api/v1/users/{user}/roles")] == ["IFIFAX2BIRGUSTQ"]


def test_stats_count_members_and_apps(okta: Okta) -> None:
    group, user = okta.group("Team"), okta.user("ada@example.com")
    app = okta.post("/api/v1/apps", BOOKMARK)["id"]
    okta.put(f"/api/v1/groups/{group}/users/{user}", status=204)
    okta.put(f"/api/v1/apps/{app}/groups/{group}", {})
    okta.post(f"/api/v1/groups/{group}/roles", {"type": "READ_ONLY_ADMIN"}, status=201)
    stats = okta.get("/api/v1/groups", q="Team", expand="stats")[0]["_embedded"]["stats"]
    assert (stats["usersCount"], stats["appsCount"], stats["hasAdminPrivlege"]) == (1, 1, True)


RULE = {
    "type": "group_rule",
    "name": "rule",
    "conditions": {
        "expression": {"value": 'user.department=="Eng"', "type": "urn:okta:expression:1.0"},
        "people": {"users": {}},
    },
}


def rule_for(group: str) -> dict[str, object]:
    return {**RULE, "actions": {"assignUserToGroups": {"groupIds": [group]}}}


def test_new_rule_is_inactive_and_completed(okta: Okta) -> None:
    rule = okta.post("/api/v1/groups/rules", rule_for(okta.group("Eng")))
    assert (rule["status"], rule["allGroupsValid"]) == ("INACTIVE", True)
    assert rule["conditions"]["people"] == {"users": {"exclude": []}, "groups": {"exclude": []}}
    assert "_links" not in rule


def test_an_active_rule_can_neither_be_changed_nor_deleted(okta: Okta) -> None:
    body = rule_for(okta.group("Eng"))
    path = f"/api/v1/groups/rules/{okta.post('/api/v1/groups/rules', body)['id']}"
    okta.post(f"{path}/lifecycle/activate", status=204)
    okta.put(path, body, status=400)
    okta.delete(path, status=400)
    okta.post(f"{path}/lifecycle/deactivate", status=204)
    okta.put(path, {**body, "name": "renamed"})
    assert okta.delete(path, status=202) == {}


def test_a_rule_for_no_group_is_refused(okta: Okta) -> None:
    error = okta.post("/api/v1/groups/rules", rule_for("00g00000000000000000"), status=400)
    assert "00g00000000000000000 (UserGroup)" in error["errorCauses"][0]["errorSummary"]


def test_rule_of_deleted_group_is_invalid(okta: Okta) -> None:
    group = okta.group("Eng")
    path = f"/api/v1/groups/rules/{okta.post('/api/v1/groups/rules', rule_for(group))['id']}"
    okta.delete(f"/api/v1/groups/{group}")
    rule = okta.get(path)
    assert (rule["status"], rule["allGroupsValid"]) == ("INVALID", False)
    error = okta.post(f"{path}/lifecycle/activate", status=400)
    assert "with the status INVALID" in error["errorCauses"][0]["errorSummary"]
    okta.delete(path, status=202)


def test_a_deleted_group_is_removed_from_conditions(okta: Okta) -> None:
    gone, kept = okta.group("Gone"), okta.group("Kept")
    people = {"people": {"groups": {"include": [gone, kept], "exclude": []}}}
    policy = okta.post("/api/v1/policies", {"type": "OKTA_SIGN_ON", "name": "policy", "conditions": people})
    okta.delete(f"/api/v1/groups/{gone}")
    assert okta.get(f"/api/v1/policies/{policy['id']}")["conditions"]["people"]["groups"]["include"] == [kept]
    okta.delete(f"/api/v1/groups/{kept}")
    assert okta.get(f"/api/v1/policies/{policy['id']}")["conditions"]["people"]["groups"]["include"] == []


def test_a_group_with_a_push_mapping_cannot_be_deleted(okta: Okta) -> None:
    group, app = okta.group("Pushed"), okta.post("/api/v1/apps", BOOKMARK)["id"]
    path = f"/api/v1/apps/{app}/group-push/mappings"
    sent = {"sourceGroupId": group, "targetGroupName": "There", "status": "INACTIVE"}
    mapping = okta.post(path, sent)["id"]
    stats = okta.get("/api/v1/groups", q="Pushed", expand="stats")[0]["_embedded"]["stats"]
    assert stats["groupPushMappingsCount"] == 1
    okta.delete(f"/api/v1/groups/{group}", status=400)
    okta.delete(f"{path}/{mapping}", status=200)
    okta.delete(f"/api/v1/groups/{group}")


def test_membership_of_everyone_is_fixed(okta: Okta) -> None:
    everyone = okta.get("/api/v1/groups", q="Everyone")[0]["id"]
    path = f"/api/v1/groups/{everyone}/users/{okta.user('ada@example.com')}"
    for method in ("PUT", "DELETE"):
        assert okta.send(method, path, status=501)["errorCode"] == "E0000060"


def test_rule_expands_group_names(okta: Okta) -> None:
    group = okta.group("Team")
    rule = okta.post("/api/v1/groups/rules", rule_for(group))
    path = f"/api/v1/groups/rules/{rule['id']}"
    expanded = {"groupIdToGroupNameMap": {group: "Team"}}
    assert okta.get(path, expand="groupIdToGroupNameMap")["_embedded"] == expanded
    assert okta.get("/api/v1/groups/rules", expand="groupIdToGroupNameMap")[0]["_embedded"] == expanded
    assert "_embedded" not in okta.get(path)
