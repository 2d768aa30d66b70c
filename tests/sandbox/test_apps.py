import base64
from typing import Any
from xml.etree import ElementTree

import pytest
from cryptography import x509

from .conftest import Okta

OIDC: dict[str, Any] = {
    "name": "oidc_client",
    "label": "Portal",
    "signOnMode": "OPENID_CONNECT",
    "credentials": {"oauthClient": {"token_endpoint_auth_method": "client_secret_basic"}},
    "settings": {
        "oauthClient": {
            "redirect_uris": ["https://portal.example.com/cb"],
            "response_types": ["code"],
            "grant_types": ["authorization_code"],
            "application_type": "web",
        }
    },
}
SAML: dict[str, Any] = {
    "label": "HR & Co. 2",
    "signOnMode": "SAML_2_0",
    "settings": {"signOn": {"ssoAcsUrl": "https://hr.example.com/acs", "slo": {"enabled": False}}},
}
SWA: dict[str, Any] = {
    "name": "template_swa",
    "label": "SWA",
    "signOnMode": "BROWSER_PLUGIN",
    "settings": {"app": {"usernameField": "#user", "passwordField": "#password", "url": "https://swa.example.com"}},
}
BOOKMARK: dict[str, Any] = {
    "name": "bookmark",
    "label": "News",
    "signOnMode": "BOOKMARK",
    "settings": {"app": {"url": "https://n"}},
}


def client_of(app: dict[str, Any]) -> dict[str, Any]:
    client: dict[str, Any] = app["credentials"]["oauthClient"]
    return client


def test_secret_is_shown_by_post_and_put_only(okta: Okta) -> None:
    made = okta.post("/api/v1/apps", OIDC)
    secret = client_of(made)["client_secret"]
    assert len(secret) == 64
    assert client_of(made)["client_id"] == made["id"]
    path = f"/api/v1/apps/{made['id']}"
    assert "client_secret" not in client_of(okta.get(path))
    assert secret not in str(okta.get("/api/v1/apps"))
    assert client_of(okta.put(path, OIDC))["client_secret"] == secret


@pytest.mark.parametrize("method", ["private_key_jwt", "none"])
def test_some_clients_have_no_secret(okta: Okta, method: str) -> None:
    body = {**OIDC, "credentials": {"oauthClient": {"token_endpoint_auth_method": method}}}
    assert "client_secret" not in client_of(okta.post("/api/v1/apps", body))


def test_put_keeps_fields_only_okta_writes(okta: Okta) -> None:
    made = okta.post("/api/v1/apps?activate=false", {**OIDC, "visibility": {"hide": {"iOS": True, "web": True}}})
    changed = okta.put(f"/api/v1/apps/{made['id']}", {**OIDC, "label": "Renamed"})
    assert changed["visibility"]["hide"] == {"iOS": False, "web": False}
    for name in ("id", "name", "orn", "created"):
        assert changed[name] == made[name]
    assert changed["status"] == "INACTIVE"
    assert client_of(changed)["client_id"] == client_of(made)["client_id"]


def test_custom_app_name(okta: Okta) -> None:
    names = [okta.post("/api/v1/apps", SAML)["name"] for _ in range(2)]
    assert names == ["sandbox_hrco2_1", "sandbox_hrco2_2"]


def test_integration_keeps_name_and_fields(okta: Okta) -> None:
    app = okta.post("/api/v1/apps", SWA)
    assert app["name"] == "template_swa"
    assert app["settings"]["app"]["checkbox"] is None
    assert okta.post("/api/v1/apps", {"name": "nonsense", "label": "x"}, status=404)["errorCode"] == "E0000007"


def test_only_an_inactive_app_can_be_deleted(okta: Okta) -> None:
    path = f"/api/v1/apps/{okta.post('/api/v1/apps', BOOKMARK)['id']}"
    assert okta.delete(path, status=403)["errorCode"] == "E0000056"
    assert okta.post(f"{path}/lifecycle/deactivate") == {}
    okta.delete(path)
    okta.send("GET", path, status=404)


def test_first_party_apps_cannot_be_deleted(okta: Okta) -> None:
    app = okta.get("/api/v1/apps", filter='name eq "saasure"')[0]
    okta.post(f"/api/v1/apps/{app['id']}/lifecycle/deactivate")
    okta.delete(f"/api/v1/apps/{app['id']}", status=403)


def policy_of(okta: Okta, app: str) -> str:
    return str(okta.get(f"/api/v1/apps/{app}")["_links"]["accessPolicy"]["href"].rsplit("/", 1)[1])


def test_app_has_default_policy_until_assigned_and_after_delete(okta: Okta) -> None:
    app = okta.post("/api/v1/apps", BOOKMARK)["id"]
    default = policy_of(okta, app)
    assert okta.get(f"/api/v1/policies/{default}")["system"] is True
    policy = okta.post("/api/v1/policies", {"type": "ACCESS_POLICY", "name": "strict"})["id"]
    okta.put(f"/api/v1/apps/{app}/policies/{policy}", status=204)
    assert policy_of(okta, app) == policy
    assert [each["id"] for each in okta.get(f"/api/v1/policies/{policy}/app")] == [app]
    okta.delete(f"/api/v1/policies/{policy}")
    assert policy_of(okta, app) == default


def test_policy_must_exist_and_fit(okta: Okta) -> None:
    app = okta.post("/api/v1/apps", BOOKMARK)["id"]
    okta.put(f"/api/v1/apps/{app}/policies/rst00000000000000000", status=404)
    password = okta.get("/api/v1/policies", type="PASSWORD")[0]["id"]
    okta.put(f"/api/v1/apps/{app}/policies/{password}", status=400)


def test_classic_apps_have_no_policies(classic: Okta) -> None:
    app = classic.post("/api/v1/apps", BOOKMARK)
    assert "accessPolicy" not in app["_links"]
    assert "universalLogout" not in app


def test_assignments_are_numbered_from_zero_with_gaps(okta: Okta) -> None:
    app = okta.post("/api/v1/apps", BOOKMARK)["id"]
    first, second, third = (okta.group(name) for name in "abc")
    groups = f"/api/v1/apps/{app}/groups"
    assert okta.put(f"{groups}/{first}", {})["priority"] == 0
    assert okta.put(f"{groups}/{second}", {"priority": 3})["priority"] == 3
    assert okta.put(f"{groups}/{third}", {"priority": 0, "profile": {"role": "x"}})["priority"] == 0
    assert {each["id"]: each["priority"] for each in okta.get(groups)} == {first: 1, second: 3, third: 0}
    okta.delete(f"{groups}/{first}")
    assert {each["id"]: each["priority"] for each in okta.get(groups)} == {second: 3, third: 0}


def test_assignment_needs_app_and_group(okta: Okta) -> None:
    app = okta.post("/api/v1/apps", BOOKMARK)["id"]
    error = okta.put(f"/api/v1/apps/{app}/groups/00g00000000000000000", {}, status=404)
    assert "(UserGroup)" in error["errorSummary"]
    okta.put(f"/api/v1/apps/0oa00000000000000000/groups/{okta.group('a')}", {}, status=404)


def test_deleted_group_loses_assignments(okta: Okta) -> None:
    app, group = okta.post("/api/v1/apps", BOOKMARK)["id"], okta.group("a")
    okta.put(f"/api/v1/apps/{app}/groups/{group}", {})
    okta.delete(f"/api/v1/groups/{group}")
    assert okta.get(f"/api/v1/apps/{app}/groups") == []


def test_saml_metadata_holds_the_certificate_of_the_key(okta: Okta) -> None:
    app = okta.post("/api/v1/apps", SAML)
    key = okta.get(f"/api/v1/apps/{app['id']}/credentials/keys")[0]
    assert key["kid"] == app["credentials"]["signing"]["kid"]
    certificate = x509.load_der_x509_certificate(base64.b64decode(key["x5c"][0]))
    assert certificate.not_valid_after_utc.year == 2035
    response = okta.request("GET", f"/api/v1/apps/{app['id']}/sso/saml/metadata?kid={key['kid']}")
    assert response.headers["content-type"].startswith("application/xml")
    document = ElementTree.fromstring(response.text)
    shown = document.find(".//{http://www.w3.org/2000/09/xmldsig#}X509Certificate")
    assert shown is not None
    assert "".join((shown.text or "").split()) == key["x5c"][0]
    okta.send("GET", f"/api/v1/apps/{app['id']}/sso/saml/metadata?kid=other", status=404)


@pytest.mark.parametrize("mode", ["SAML_2_0", "AUTO_LOGIN"])
def test_custom_app_requires_sign_on_mode(okta: Okta, mode: str) -> None:
    error = okta.post("/api/v1/apps", {"label": "x", "signOnMode": mode}, status=400)
    assert error["errorCauses"] == [{"errorSummary": "Missing settings.signOn object"}]


def test_saml_requires_acs_url(okta: Okta) -> None:
    okta.post("/api/v1/apps", {**SAML, "settings": {"signOn": {"audience": "a"}}}, status=400)


def test_id_token_settings_are_for_oidc_apps_only(okta: Okta) -> None:
    app = okta.post("/api/v1/apps", OIDC)["id"]
    path = "/api/v1/internal/apps/{}/settings/oauth/idToken"
    assert okta.post(path.format(app), {"issuerMode": "ORG_URL"})["issuer"] is None
    assert okta.get(path.format(app))["audience"] == app
    bookmark = okta.post("/api/v1/apps", BOOKMARK)["id"]
    assert "(OAuth2AppInstance)" in okta.send("GET", path.format(bookmark), status=404)["errorSummary"]


def test_shared_password_is_never_shown(okta: Okta) -> None:
    body = {
        **SWA,
        "credentials": {
            "scheme": "SHARED_USERNAME_AND_PASSWORD",
            "userName": "team",
            "password": {"value": "canary-password"},
        },
    }
    app = okta.post("/api/v1/apps", body)
    assert app["credentials"]["password"] == {}
    assert "canary-password" not in okta.request("GET", f"/api/v1/apps/{app['id']}").text
