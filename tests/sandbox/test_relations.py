"""Group owners, linked objects, API tokens."""

from collections.abc import Callable
from pathlib import Path

from .conftest import Okta
from .test_oauth import bearer

DEFINITIONS = "/api/v1/meta/schemas/user/linkedObjects"
MANAGER = {
    "primary": {"name": "manager", "title": "Manager", "type": "USER"},
    "associated": {"name": "report", "title": "Report", "type": "USER"},
}


def test_a_group_is_owned_by_users_and_groups(okta: Okta) -> None:
    path, user, group = f"/api/v1/groups/{okta.group('g')}/owners", okta.user("a@example.com"), okta.group("owners")
    created = okta.post(path, {"id": user, "type": "USER"}, 201)
    okta.post(path, {"id": group, "type": "GROUP"}, 201)
    assert created["lastUpdated"] == "Thu Jan 01 12:00:00 UTC 2026"
    listed = okta.get(path)
    assert [(each["displayName"], each["lastUpdated"]) for each in listed] == [
        ("A B", "2026-01-01 12:00:00.0"),
        ("owners", "2026-01-01 12:00:00.0"),
    ]
    twice = okta.post(path, {"id": user, "type": "USER"}, 400)
    assert twice["errorCauses"] == [{"errorSummary": "Provided owner is already assigned to this group"}]
    okta.post(path, {"id": user, "type": "GROUP"}, 400)
    okta.delete(f"/api/v1/groups/{group}")
    okta.delete(f"{path}/{user}")
    assert okta.get(path) == []


def test_link_is_visible_from_both_users(okta: Okta) -> None:
    okta.post(DEFINITIONS, MANAGER, 201)
    ada, bob, eve = (okta.user(f"{name}@example.com") for name in ("ada", "bob", "eve"))
    for report in (bob, eve):
        okta.put(f"/api/v1/users/{report}/linkedObjects/manager/{ada}", status=204)

    def linked(user: str, name: str) -> list[str]:
        links = okta.get(f"/api/v1/users/{user}/linkedObjects/{name}")
        return [each["_links"]["self"]["href"].rpartition("/")[2] for each in links]

    assert linked(ada, "report") == [bob, eve]
    assert linked(bob, "manager") == [ada]
    okta.put(f"/api/v1/users/{bob}/linkedObjects/manager/{eve}", status=204)
    assert linked(bob, "manager") == [eve]
    okta.delete(f"/api/v1/users/{bob}/linkedObjects/manager")
    assert linked(bob, "manager") == []
    okta.put(f"/api/v1/users/{bob}/linkedObjects/report/{eve}", status=404)
    okta.put(f"/api/v1/users/{bob}/linkedObjects/manager/{bob}", status=400)


def test_definition_is_found_by_both_names(okta: Okta) -> None:
    okta.post(DEFINITIONS, MANAGER, 201)
    assert okta.get(f"{DEFINITIONS}/report") == okta.get(f"{DEFINITIONS}/manager")
    okta.post(DEFINITIONS, {**MANAGER, "primary": {"name": "boss", "title": "Boss", "type": "USER"}}, 409)
    okta.delete(f"{DEFINITIONS}/report")
    assert okta.get(DEFINITIONS) == []
    error = okta.delete(f"{DEFINITIONS}/manager", status=404)
    assert error["errorSummary"].endswith("manager (LinkedObject)")


def test_an_api_token_is_limited_to_zones(okta: Okta) -> None:
    [token] = okta.get("/api/v1/api-tokens")
    path = f"/api/v1/api-tokens/{token['id']}"
    zone = okta.get("/api/v1/zones")[0]["id"]
    changed = okta.put(path, {"name": "ci", "network": {"connection": "ZONE", "exclude": [zone]}})
    assert changed["network"] == {"connection": "ZONE", "exclude": [zone]}
    assert (changed["userId"], changed["expiresAt"]) == (token["userId"], token["expiresAt"])
    okta.put(path, {"name": "ci", "network": {"connection": "ZONE", "exclude": ["nzo"]}}, 400)
    okta.put(path, {"name": "ci", "network": {"connection": "ANYWHERE", "exclude": [zone]}}, 400)


def test_a_revoked_api_token_is_refused(make_okta: Callable[..., Okta], tmp_path: Path) -> None:
    okta = make_okta(state=tmp_path / "tenant.db")
    another = okta.post("/_sandbox/administrators", {"login": "eve@example.com"}, status=201)
    [token] = okta.get("/api/v1/api-tokens")
    assert token["userId"] == okta.get("/api/v1/users/me")["id"]
    okta.delete("/api/v1/api-tokens/current")
    assert okta.send("GET", "/api/v1/groups", status=401)["errorCode"] == "E0000011"
    assert make_okta(state=tmp_path / "tenant.db").send("GET", "/api/v1/groups", status=401), "after a restart too"
    okta.use_token(another["token"])
    assert okta.get("/api/v1/api-tokens") == []
    okta.delete("/api/v1/api-tokens/current")
    okta.send("GET", "/api/v1/groups", status=401)
    okta.send("POST", "/_sandbox/reset", status=204)
    okta.use_token("secret")
    assert len(okta.get("/api/v1/api-tokens")) == 1


def test_a_service_app_has_no_api_token_to_revoke(okta: Okta) -> None:
    scopes = ["okta.apiTokens.manage"]
    app = okta.post("/_sandbox/service-apps", {"scopes": scopes, "keyType": "EC"}, status=201)
    headers = bearer(okta, app, scopes[0])
    refused = okta.request("DELETE", "/api/v1/api-tokens/current", headers=headers)
    assert (refused.status_code, refused.json()["errorCode"]) == (404, "E0000007")
    assert len(okta.get("/api/v1/api-tokens")) == 1
