"""Users, secrets, logos and provisioning features of apps."""

import pytest

from .conftest import Okta
from .test_apps import BOOKMARK, OIDC

ORG2ORG = {"name": "okta_org2org", "label": "Other org", "settings": {"app": {"baseUrl": "https://other.okta.com"}}}


@pytest.fixture
def app(okta: Okta) -> str:
    return f"/api/v1/apps/{okta.post('/api/v1/apps', OIDC)['id']}"


def test_an_app_user_starts_with_the_profile_of_the_user(okta: Okta, app: str) -> None:
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


def test_a_secret_is_rotated(okta: Okta, app: str) -> None:
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


def test_a_logo_is_shown_where_it_was_uploaded_to(okta: Okta, app: str) -> None:
    answer = okta.request("POST", f"{app}/logo", files={"file": ("logo.png", b"png")})
    assert answer.status_code == 201
    assert okta.get(app)["_links"]["logo"][0]["href"] == answer.headers["location"]
    okta.post(f"{app}/logo", status=400)


def test_features_keep_what_is_not_sent(okta: Okta, app: str) -> None:
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
