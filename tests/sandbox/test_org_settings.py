from typing import Any

import pytest

from .conftest import Okta
from .test_zones_and_origins import ZONE

THREATS = "/api/v1/threats/configuration"
LIMITS = "/api/v1/rate-limit-settings"


def test_threat_insight_excludes_existing_zones(okta: Okta) -> None:
    zone = okta.post("/api/v1/zones", ZONE)["id"]
    first = okta.get(THREATS)
    assert (first["action"], first["excludeZones"]) == ("none", [])
    okta.clock.advance(minutes=1)
    changed = okta.post(THREATS, {"action": "block", "excludeZones": [zone]})
    assert changed["created"] == first["created"] < changed["lastUpdated"]
    assert okta.get(THREATS) == changed
    okta.post(THREATS, {"action": "block", "excludeZones": ["nzonowhere"]}, status=400)
    okta.post(THREATS, {"action": "panic"}, status=400)
    assert okta.events()[-1] == "security.threat.configuration.update"


@pytest.mark.parametrize(
    ("name", "value", "wrong"),
    [
        ("warning-threshold", {"warningThreshold": 60}, {"warningThreshold": 101}),
        ("admin-notifications", {"notificationsEnabled": False}, {}),
        (
            "per-client",
            {"defaultMode": "PREVIEW", "useCaseModeOverrides": {"LOGIN_PAGE": "ENFORCE"}},
            {"defaultMode": "X"},
        ),
    ],
)
def test_rate_limit_settings(okta: Okta, name: str, value: Any, wrong: Any) -> None:
    assert okta.get(f"{LIMITS}/{name}").keys() == okta.put(f"{LIMITS}/{name}", value).keys()
    assert okta.get(f"{LIMITS}/{name}") == value
    okta.put(f"{LIMITS}/{name}", wrong, status=400)


def test_every_client_has_a_limit(okta: Okta) -> None:
    app = okta.get("/api/v1/apps")[0]["id"]
    path = "/api/v1/principal-rate-limits"
    assert okta.request("GET", path).status_code == 400, "a filter is required"
    (limit,) = okta.get(path, filter=f'principalType eq "OAUTH_CLIENT" and principalId eq "{app}"')
    assert limit["principalId"] == app
    changed = okta.put(f"{path}/{limit['id']}", {**limit, "defaultPercentage": 20})
    assert changed["defaultPercentage"] == okta.get(f"{path}/{limit['id']}")["defaultPercentage"] == 20
    okta.put(f"{path}/{limit['id']}", {**limit, "principalId": "0oa1"}, status=400)


def test_limits_of_clients_are_paged_and_other_apps_have_none(okta: Okta) -> None:
    url = {"settings": {"app": {"url": "https://app.example.com"}}}
    bookmark = okta.post("/api/v1/apps", {"name": "bookmark", "label": "B", "signOnMode": "BOOKMARK", **url})
    path, clients = "/api/v1/principal-rate-limits", {"filter": 'principalType eq "OAUTH_CLIENT"'}
    first = okta.request("GET", path, params={**clients, "limit": "2"})
    rest = okta.request("GET", first.links["next"]["url"])
    found = [*first.json(), *rest.json()]
    assert len(first.json()) == 2
    assert [one["id"] for one in found] == [one["id"] for one in okta.get(path, **clients)][:4]
    assert bookmark["id"] not in {one["principalId"] for one in okta.get(path, **clients)}
    assert okta.request("GET", f"{path}/prl{bookmark['id'][3:]}").status_code == 404


def test_org_captcha(okta: Okta) -> None:
    captcha = okta.post(
        "/api/v1/captchas", {"name": "c", "siteKey": "s", "secretKey": "k", "type": "HCAPTCHA"}, status=201
    )
    assert "secretKey" not in captcha
    path = f"/api/v1/captchas/{captcha['id']}"
    assert okta.post(path, {"name": "renamed"})["siteKey"] == "s"
    used = okta.put("/api/v1/org/captcha", {"captchaId": captcha["id"], "enabledPages": ["SSR"]})
    assert used["_links"].keys() == {"captcha", "self"}
    okta.delete(path, status=400)
    okta.delete("/api/v1/org/captcha")
    assert okta.get("/api/v1/org/captcha")["captchaId"] is None
    okta.delete(path)
    okta.put("/api/v1/org/captcha", {"captchaId": captcha["id"], "enabledPages": ["SSR"]}, status=400)


def test_post_merges_and_put_replaces_company(okta: Okta) -> None:
    okta.post("/api/v1/org", {"city": "Berlin", "id": "no"})
    assert okta.get("/api/v1/org")["companyName"] == "Sandbox"
    org = okta.put("/api/v1/org", {"companyName": "Acme"})
    assert (org["companyName"], org["city"], org["status"]) == ("Acme", None, "ACTIVE")


def test_contacts_are_users(okta: Okta) -> None:
    user = okta.user("ada@example.com")
    assert okta.put("/api/v1/org/contacts/BILLING", {"userId": user})["userId"] == user
    assert okta.get("/api/v1/org/contacts/TECHNICAL")["userId"] == okta.get("/api/v1/users/me")["id"]
    okta.put("/api/v1/org/contacts/BILLING", {"userId": "00unobody"}, status=404)
    assert okta.get("/api/v1/org/contacts/billing")["userId"] == user
    assert okta.request("GET", "/api/v1/org/contacts/LEGAL").status_code == 404


def test_boolean_settings_link_the_other_value(okta: Okta) -> None:
    path = "/api/v1/org/preferences"
    assert okta.get(path)["_links"].keys() == {"hideEndUserFooter"}
    assert okta.post(f"{path}/hideEndUserFooter")["_links"].keys() == {"showEndUserFooter"}
    assert okta.get(path)["showEndUserFooter"] is False


def test_support_access_expires(okta: Okta) -> None:
    path = "/api/v1/org/privacy/oktaSupport"
    assert okta.post(f"{path}/grant")["support"] == "ENABLED"
    assert okta.post(f"{path}/extend")["expiration"] == "2026-01-02T20:00:00.000Z"  # 8 hours, and 24 more
    okta.clock.advance(hours=24)
    okta.clock.advance(hours=9)
    assert okta.get(path)["support"] == "DISABLED"
    okta.post(f"{path}/extend")
    okta.clock.advance(hours=9)
    assert okta.get(path)["support"] == "ENABLED"
    assert okta.post(f"{path}/revoke")["expiration"] is None


def test_role_subscriptions(okta: Okta) -> None:
    path = "/api/v1/roles/SUPER_ADMIN/subscriptions"
    assert okta.get(f"{path}/APP_IMPORT")["status"] == "unsubscribed"
    assert okta.post(f"{path}/APP_IMPORT/subscribe") == {}
    assert okta.get(f"{path}/APP_IMPORT")["_links"].keys() == {"unsubscribe", "self"}
    assert {each["status"] for each in okta.get(path)} == {"subscribed"}
    assert okta.request("GET", "/api/v1/roles/KING/subscriptions").status_code == 404


def test_feature_switches_dependencies_only_with_force(okta: Okta) -> None:
    path, features = "/api/v1/features", okta.get("/api/v1/features")
    feature = next(each["id"] for each in features if okta.get(f"{path}/{each['id']}/dependencies"))
    (needed,) = okta.get(f"{path}/{feature}/dependencies")
    okta.post(f"{path}/{feature}/ENABLE", status=400)
    assert okta.post(f"{path}/{feature}/ENABLE?mode=force")["status"] == "ENABLED"
    assert okta.get(f"{path}/{needed['id']}")["status"] == "ENABLED"
    assert [each["id"] for each in okta.get(f"{path}/{needed['id']}/dependents")] == [feature]
    okta.post(f"{path}/{needed['id']}/disable", status=400)
    assert okta.events() == ["system.feature.enable"] * 2
    okta.post(f"{path}/{feature}/explode", status=400)


def test_a_custom_role_has_subscriptions(okta: Okta) -> None:
    role = {"label": "Auditor", "description": "d", "permissions": ["okta.users.read"]}
    for name in (okta.post("/api/v1/iam/roles", role)["id"], "Auditor"):
        assert okta.get(f"/api/v1/roles/{name}/subscriptions/OKTA_UPDATE")["status"] == "subscribed"
    okta.send("GET", "/api/v1/roles/NO_SUCH_ROLE/subscriptions", status=404)


def test_a_realm_without_a_type(okta: Okta) -> None:
    realm = okta.post("/api/v1/realms", {"profile": {"name": "R", "realmType": ""}})
    assert realm["profile"] == {"name": "R", "domains": []}
