"""Users, secrets, logos, claims, pushed groups and provisioning of apps."""

import pytest

from .conftest import Okta
from .test_apps import BOOKMARK, OIDC, SWA

ORG2ORG = {"name": "okta_org2org", "label": "Other org", "settings": {"app": {"baseUrl": "https://other.okta.com"}}}


@pytest.fixture
def app(okta: Okta) -> str:
    return f"/api/v1/apps/{okta.post('/api/v1/apps', OIDC)['id']}"


def test_app_user_profile_defaults_to_user_profile(okta: Okta, app: str) -> None:
    user = okta.user("a@example.com")
    assigned = okta.post(f"{app}/users", {"id": user, "credentials": {"password": {"value": "x"}}})
    assert assigned["credentials"] == {"userName": "a@example.com", "password": {}}
    assert (assigned["profile"]["name"], assigned["profile"]["nickname"]) == ("A B", None)
    changed = okta.post(f"{app}/users/{user}", {"profile": {"nickname": "Al"}})
    assert (changed["profile"]["name"], changed["profile"]["nickname"]) == ("A B", "Al")
    assert okta.post(f"{app}/users", {"id": user, "profile": {"nickname": "Bo"}})["profile"]["nickname"] == "Bo"
    okta.post(f"{app}/users/{user}", {"profile": {"shoeSize": 38}}, 400)
    [shown] = okta.get(f"{app}/users", expand="user")
    assert shown["_embedded"]["user"]["id"] == user
    okta.delete(f"{app}/users/{user}")
    okta.delete(f"{app}/users/{user}", status=404)
    okta.post(f"{app}/users", {"id": "00u"}, 400)
    assert okta.events()[-3:] == [
        "application.user_membership.update",
        "application.user_membership.update",
        "application.user_membership.remove",
    ]


def test_rotate_secret(okta: Okta, app: str) -> None:
    path = f"{app}/credentials/secrets"
    [first] = okta.get(path)
    assert first["status"] == "ACTIVE"
    second = okta.post(path, {}, 201)
    assert second["client_secret"] != first["client_secret"]
    okta.post(path, {}, 400)
    okta.delete(f"{path}/{first['id']}", status=400)
    assert okta.post(f"{path}/{first['id']}/lifecycle/deactivate")["status"] == "INACTIVE"
    okta.delete(f"{path}/{first['id']}")
    assert [each["id"] for each in okta.get(path)] == [second["id"]]


def test_only_oidc_apps_have_secrets(okta: Okta) -> None:
    bookmark = okta.post("/api/v1/apps", BOOKMARK)["id"]
    assert okta.request("GET", f"/api/v1/apps/{bookmark}/credentials/secrets").status_code == 404


def test_uploaded_logo_is_linked(okta: Okta, app: str) -> None:
    answer = okta.request("POST", f"{app}/logo", files={"file": ("logo.png", b"png")})
    assert answer.status_code == 201
    assert okta.get(app)["_links"]["logo"][0]["href"] == answer.headers["location"]
    okta.post(f"{app}/logo", status=400)


def test_omitted_feature_settings_are_kept(okta: Okta, app: str) -> None:
    path = f"/api/v1/apps/{okta.post('/api/v1/apps', ORG2ORG)['id']}/features"
    assert [each["name"] for each in okta.get(path)] == ["USER_PROVISIONING", "INBOUND_PROVISIONING"]
    sent = {"create": {"lifecycleCreate": {"status": "ENABLED"}}}
    changed = okta.put(f"{path}/USER_PROVISIONING", sent)
    assert changed == okta.get(f"{path}/USER_PROVISIONING")
    assert changed["capabilities"]["create"] == sent["create"]
    assert changed["capabilities"]["update"]["password"]["seed"] == "RANDOM"
    okta.put(f"{path}/USER_PROVISIONING", {"create": {"lifecycleCreate": {"status": "PERHAPS"}}}, 400)
    assert okta.request("GET", f"{path}/TELEPATHY").status_code == 404
    assert okta.request("GET", f"{app}/features").status_code == 400


def test_connection_hides_token_and_has_lifecycle(okta: Okta, app: str) -> None:
    path = f"/api/v1/apps/{okta.post('/api/v1/apps', ORG2ORG)['id']}/connections/default"
    assert okta.get(path)["status"] == "DISABLED"
    sent = {"baseUrl": "https://other.okta.com", "profile": {"authScheme": "TOKEN", "token": "canary"}}
    made = okta.post(f"{path}?activate=true", sent)
    assert (made["status"], made["baseUrl"], made["profile"]) == ("ENABLED", sent["baseUrl"], {"authScheme": "TOKEN"})
    assert "canary" not in str(okta.get(path))
    okta.post(f"{path}/lifecycle/deactivate", status=204)
    assert okta.post(path, sent)["status"] == "DISABLED"
    okta.post(path, {"profile": {"authScheme": "NONE"}}, 400)
    assert okta.get(f"{app}/connections/default")["authScheme"] == "UNKNOWN"
    okta.post(f"{app}/connections/default", sent, 400)


def test_federated_claims_belong_to_app(okta: Okta, app: str) -> None:
    path = f"{app}/federated-claims"
    claim = okta.post(path, {"name": "role", "expression": "user.profile.title"}, 201)
    changed = okta.put(f"{path}/{claim['id']}", {"name": "role", "expression": "user.profile.login"})
    assert okta.get(path) == [changed]
    okta.post(path, {"name": "role"}, 400)
    other = okta.post("/api/v1/apps", BOOKMARK)["id"]
    okta.send("GET", f"/api/v1/apps/{other}/federated-claims/{claim['id']}", status=404)
    okta.delete(f"{path}/{claim['id']}")
    assert okta.get(path) == []


def test_push_mapping_creates_target_group(okta: Okta, app: str) -> None:
    path, source = f"{app}/group-push/mappings", okta.group("Staff")
    mapping = okta.post(path, {"sourceGroupId": source, "targetGroupName": "Staff there", "status": "ACTIVE"})
    target = okta.get(f"/api/v1/groups/{mapping['targetGroupId']}")
    assert (target["type"], target["profile"]["name"]) == ("APP_GROUP", "Staff there")
    assert okta.get(path, sourceGroupId=source) == [mapping]
    assert okta.get(path, sourceGroupId=target["id"]) == []
    one = f"{path}/{mapping['id']}"
    okta.delete(one, status=400)
    assert okta.send("PATCH", one, {"status": "INACTIVE"})["status"] == "INACTIVE"
    okta.delete(f"{one}?deleteTargetGroup=true", status=200)
    okta.send("GET", f"/api/v1/groups/{target['id']}", status=404)


def test_push_mapping_needs_one_target(okta: Okta, app: str) -> None:
    path, source, target = f"{app}/group-push/mappings", okta.group("a"), okta.group("b")
    assert okta.post(path, {"sourceGroupId": source, "targetGroupId": target})["targetGroupId"] == target
    okta.post(path, {"sourceGroupId": source}, 400)
    okta.post(path, {"sourceGroupId": source, "targetGroupId": target, "targetGroupName": "c"}, 400)
    okta.post(path, {"sourceGroupId": "00g00000000000000000", "targetGroupName": "c"}, 400)


def test_push_mapping_takes_the_group_of_that_name_and_is_not_made_twice(okta: Okta, app: str) -> None:
    path, first, second = f"{app}/group-push/mappings", okta.group("a"), okta.group("b")
    config = {"type": "ACTIVE_DIRECTORY", "groupScope": "GLOBAL", "groupType": "SECURITY"}
    body = {"targetGroupName": "there", "appConfig": config}
    made = okta.post(path, {"sourceGroupId": first, **body})
    assert made["appConfig"] == config
    assert okta.post(path, {"sourceGroupId": second, **body})["targetGroupId"] == made["targetGroupId"]
    okta.post(path, {"sourceGroupId": first, **body}, status=400)
    okta.post(path, {"sourceGroupId": first, "targetGroupName": "c", "appConfig": {"type": "LDAP"}}, status=400)


@pytest.mark.parametrize(
    ("template", "expected"),
    [
        ({}, "ada.b@example.com"),
        ({"template": '${fn:substringBefore(source.login, "@")}', "type": "BUILT_IN"}, "ada.b"),
        ({"template": "${fn:toLowerCase(source.firstName)}", "type": "BUILT_IN"}, "a"),
        ({"template": "user.firstName", "type": "CUSTOM", "userSuffix": "@x"}, "A@x"),
        ({"template": "String.len(user.login)", "type": "CUSTOM"}, "ada.b@example.com"),
    ],
)
def test_user_name_template(okta: Okta, template: dict[str, str], expected: str) -> None:
    app = okta.post("/api/v1/apps", {**BOOKMARK, "credentials": {"userNameTemplate": template}})["id"]
    user = okta.user("ada.b@example.com")
    assert okta.post(f"/api/v1/apps/{app}/users", {"id": user})["credentials"]["userName"] == expected


@pytest.mark.parametrize(
    ("scheme", "refused", "taken"),
    [
        ("SHARED_USERNAME_AND_PASSWORD", {"userName": "ada"}, {}),
        ("EXTERNAL_PASSWORD_SYNC", {"password": {"value": "p"}}, {"userName": "ada"}),
    ],
)
def test_scheme_limits_user_credentials(
    okta: Okta, scheme: str, refused: dict[str, object], taken: dict[str, object]
) -> None:
    app = okta.post("/api/v1/apps", {**SWA, "credentials": {"scheme": scheme}})["id"]
    user, path = okta.user("ada@example.com"), f"/api/v1/apps/{app}/users"
    assert okta.post(path, {"id": user, "credentials": refused}, 400)["errorCode"] == "E0000041"
    okta.post(path, {"id": user, "credentials": taken})
