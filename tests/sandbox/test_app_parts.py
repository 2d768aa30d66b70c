"""Users, secrets, logos, claims, pushed groups and provisioning of apps."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from .conftest import BASE_URL, Okta
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


def test_the_only_active_secret_cannot_be_deactivated(okta: Okta, app: str) -> None:
    path = f"{app}/credentials/secrets"
    [first] = okta.get(path)
    refused = okta.post(f"{path}/{first['id']}/lifecycle/deactivate", status=400)
    assert refused["errorCode"] == "E0000001"
    second = okta.post(path, {"status": "INACTIVE"}, 201)
    assert set(second["_links"]) == {"activate", "delete"}
    okta.post(f"{path}/{first['id']}/lifecycle/deactivate", status=400)
    okta.post(f"{path}/{second['id']}/lifecycle/activate")
    okta.post(f"{path}/{first['id']}/lifecycle/deactivate")
    okta.post(f"{path}/{first['id']}/lifecycle/deactivate")
    okta.post(f"{path}/{second['id']}/lifecycle/deactivate", status=400)


def test_own_secret(okta: Okta, app: str) -> None:
    path = f"{app}/credentials/secrets"
    assert okta.post(path, {"client_secret": "short"}, 201)["client_secret"] == "short"
    okta.post(path, {"status": "PERHAPS"}, 400)
    body = signing_with_secret("s" * 31)
    refused = okta.post("/api/v1/apps", body, 400)
    assert refused["errorCauses"] == [
        {
            "errorSummary": "client_secret: 'client_secret' must be at least '32' characters long for "
            "client_secret_jwt auth method."
        }
    ]
    path = f"/api/v1/apps/{okta.post('/api/v1/apps', signing_with_secret('s' * 32))['id']}/credentials/secrets"
    assert okta.post(path, {"client_secret": "s" * 31}, 400)["errorCauses"] == refused["errorCauses"]
    okta.post(path, {"client_secret": "t" * 32}, 201)


def signing_with_secret(secret: str) -> dict[str, Any]:
    return with_client(token_endpoint_auth_method="client_secret_jwt", client_secret=secret)


def with_client(**client: str) -> dict[str, Any]:
    return {**OIDC, "credentials": {"oauthClient": {**OIDC["credentials"]["oauthClient"], **client}}}


def secrets_of(okta: Okta, app: str) -> list[str]:
    return [each["client_secret"] for each in okta.get(f"{app}/credentials/secrets")]


def test_secret_in_app(okta: Okta, app: str) -> None:
    [first] = secrets_of(okta, app)
    okta.post(f"{app}/credentials/secrets", {"client_secret": "second"}, 201)
    for body in (OIDC, with_client(client_secret=first), with_client(client_secret="second")):
        assert okta.put(app, body)["credentials"]["oauthClient"]["client_secret"] == "second"
        assert secrets_of(okta, app) == [first, "second"]
    assert "client_secret" not in okta.get(app)["credentials"]["oauthClient"]
    assert okta.put(app, with_client(client_secret="new"))["credentials"]["oauthClient"]["client_secret"] == "new"
    assert secrets_of(okta, app) == [first, "new"]
    [old, _] = okta.get(f"{app}/credentials/secrets")
    okta.post(f"{app}/credentials/secrets/{old['id']}/lifecycle/deactivate")
    okta.delete(f"{app}/credentials/secrets/{old['id']}")
    assert okta.put(app, OIDC)["credentials"]["oauthClient"]["client_secret"] == "new"
    assert secrets_of(okta, app) == ["new"]


def test_secrets_in_files_of_earlier_versions(make_okta: Callable[..., Okta], tmp_path: Path) -> None:
    okta = make_okta(state=tmp_path / "tenant.db")
    apps = [okta.post("/api/v1/apps", {**OIDC, "label": label})["id"] for label in ("a", "b")]
    secrets = [secrets_of(okta, f"/api/v1/apps/{app}")[0] for app in apps]
    store = okta.sandbox.tenant.store
    with store.transaction():
        for app, secret in zip(apps, secrets, strict=True):
            record = store.get("AppInstance", app)
            assert record
            store.change(record, private={**record.private, "clientSecret": secret})
        store.remove(store.all("OAuth2ClientSecret", apps[0])[0])
    for _ in range(2):
        reopened = make_okta(state=tmp_path / "tenant.db")
        assert [secrets_of(reopened, f"/api/v1/apps/{app}") for app in apps] == [[secret] for secret in secrets]


@pytest.mark.parametrize("method", ["private_key_jwt", "none"])
def test_an_app_that_needs_no_secret_has_none(okta: Okta, app: str, method: str) -> None:
    [first] = secrets_of(okta, app)
    okta.post(f"{app}/credentials/secrets", {}, 201)
    shown = okta.put(app, with_client(token_endpoint_auth_method=method, client_secret="sent"))
    assert "client_secret" not in shown["credentials"]["oauthClient"]
    assert secrets_of(okta, app) == []
    okta.put(app, OIDC)
    [again] = secrets_of(okta, app)
    assert again not in (first, "sent")
    assert "sent" not in str(okta.get("/api/v1/logs", limit=1000))


def test_only_oidc_apps_have_secrets_and_keys(okta: Okta) -> None:
    bookmark = okta.post("/api/v1/apps", BOOKMARK)["id"]
    for part in ("secrets", "jwks"):
        assert okta.request("GET", f"/api/v1/apps/{bookmark}/credentials/{part}").status_code == 404
        assert okta.request("POST", f"/api/v1/apps/{bookmark}/credentials/{part}", json=RSA).status_code == 404


# Public keys

RSA = {"kty": "RSA", "e": "AQAB", "n": "rU_ZYw4VZR3I3QWGE8cV1EKDBCiZ", "kid": "one"}
EC = {"kty": "EC", "x": "kdOFrd95DDQuItAt_NqqIKY6QGooONsMT3ZId1RUSUc", "y": "N2RL6O7aXHI7RJcBALE3", "kid": "two"}


def keys_in_app(okta: Okta, app: str) -> Any:
    return okta.get(app)["settings"]["oauthClient"].get("jwks", {}).get("keys")


def test_rotate_key(okta: Okta, app: str) -> None:
    path = f"{app}/credentials/jwks"
    assert okta.get(path) == []
    first = okta.post(path, RSA, 201)
    one = f"{path}/{first['id']}"
    now = "2026-01-01T12:00:00.000Z"
    assert first["id"].startswith("pks")
    assert first == {
        **{**RSA, "use": "sig", "status": "ACTIVE", "id": first["id"], "created": now, "lastUpdated": now},
        "_links": {
            "deactivate": {"href": f"{BASE_URL}{one}/lifecycle/deactivate", "hints": {"allow": ["POST"]}},
        },
    }
    okta.clock.advance(minutes=1)
    second = okta.post(path, EC, 201)
    assert second["crv"] == "P-256"
    assert okta.get(path) == [first, second]
    assert keys_in_app(okta, app) == [{k: v for k, v in key.items() if k != "_links"} for key in (first, second)]
    okta.delete(one, status=400)
    off = okta.post(f"{one}/lifecycle/deactivate")
    assert (off["status"], off["created"], off["lastUpdated"]) == ("INACTIVE", now, "2026-01-01T12:01:00.000Z")
    assert set(off["_links"]) == {"activate", "delete"}
    assert okta.get(one) == okta.post(f"{one}/lifecycle/deactivate") == off
    okta.post(f"{one}/lifecycle/activate")
    okta.post(f"{one}/lifecycle/deactivate")
    okta.delete(one)
    okta.delete(one, status=404)
    assert [key["kid"] for key in keys_in_app(okta, app)] == ["two"]
    verbs = ("create", "create", "deactivate", "activate", "deactivate", "delete")
    assert okta.events(filter='eventType sw "app.oauth2.credentials"') == [
        f"app.oauth2.credentials.lifecycle.{verb}" for verb in verbs
    ]


def test_keys_of_the_app_and_its_endpoint_are_the_same(okta: Okta, app: str) -> None:
    path = f"{app}/credentials/jwks"
    first = okta.post(path, RSA, 201)
    shown = okta.get(app)
    shown["settings"]["oauthClient"]["jwks"]["keys"].append(EC)
    okta.put(app, shown)
    assert [key["kid"] for key in okta.get(path)] == ["one", "two"]
    assert okta.get(path)[0] == first
    shown["settings"]["oauthClient"]["jwks"]["keys"] = okta.get(path)[1:]
    okta.put(app, shown)
    assert [key["kid"] for key in okta.get(path)] == ["two"]
    assert "_links" not in keys_in_app(okta, app)[0]
    okta.send("GET", f"{path}/two", status=404)


@pytest.mark.parametrize(
    ("before", "key"),
    [
        ([{**RSA, "kid": None}], EC),
        ([RSA], {**EC, "kid": None}),
        ([RSA], {**EC, "kid": ""}),
        ([RSA], {**EC, "kid": "one"}),
    ],
)
def test_keys_need_unique_ids(okta: Okta, app: str, before: list[Any], key: Any) -> None:
    path = f"{app}/credentials/jwks"
    for each in before:
        okta.post(path, each, 201)
    error = okta.post(path, key, 400)
    assert error["errorCode"] == "E0000001"
    assert error["errorCauses"] == [{"errorSummary": "All keys in the 'jwks' must have a unique kid."}]


@pytest.mark.parametrize("member", ["d", "p", "q", "dp", "dq", "qi", "k"])
def test_private_keys_are_refused(okta: Okta, app: str, member: str) -> None:
    key = {**RSA, member: "canary"}
    refused = okta.post(f"{app}/credentials/jwks", key, 400)
    assert refused["errorCode"] == "E0000001"
    shown = okta.get(app)
    shown["settings"]["oauthClient"]["jwks"] = {"keys": [key]}
    assert okta.put(app, shown, 400)["errorCode"] == "E0000001"
    assert "canary" not in str((refused, okta.get(app), okta.get("/api/v1/logs", limit=1000)))


@pytest.mark.parametrize("change", [{"kty": None}, {"kty": "oct"}, {"status": "PERHAPS"}, {"use": "fun"}, {"kid": 1}])
def test_invalid_keys_are_refused(okta: Okta, app: str, change: Any) -> None:
    key = {**RSA, **change}
    assert okta.post(f"{app}/credentials/jwks", key, 400)["errorCode"] in ("E0000001", "E0000003")


def test_fifty_keys_are_enough(okta: Okta, app: str) -> None:
    shown = okta.get(app)
    shown["settings"]["oauthClient"]["jwks"] = {"keys": [{**RSA, "kid": str(number)} for number in range(50)]}
    okta.put(app, shown)
    okta.post(f"{app}/credentials/jwks", RSA, 400)


def test_one_encryption_key_is_active(okta: Okta, app: str) -> None:
    path, encryption = f"{app}/credentials/jwks", {**RSA, "use": "enc"}
    okta.post(path, EC, 201)
    okta.post(path, encryption, 201)
    okta.post(path, {**encryption, "kid": "three"}, 400)
    third = okta.post(path, {**encryption, "kid": "three", "status": "INACTIVE"}, 201)
    okta.post(f"{path}/{third['id']}/lifecycle/activate")
    assert [key["status"] for key in okta.get(path)] == ["ACTIVE", "INACTIVE", "ACTIVE"]


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
