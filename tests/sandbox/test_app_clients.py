"""OAuth clients of OIDC apps, and sign-on settings of SAML apps."""

import copy
from typing import Any

import pytest

from .conftest import BASE_URL, Okta
from .test_apps import BOOKMARK, OIDC, SAML, SWA
from .test_hooks import INLINE_HOOK

MODULUS = {"kty": "RSA", "e": "AQAB", "n": "rU_ZYw4VZR3I3QWGE8cV1EKDBCiZ"}


def oidc(client: dict[str, Any] | None = None, **settings: Any) -> dict[str, Any]:
    body = copy.deepcopy(OIDC)
    body["settings"]["oauthClient"].update(settings)
    body["credentials"]["oauthClient"].update(client or {})
    return body


def saml(**sign_on: Any) -> dict[str, Any]:
    return {**SAML, "settings": {"signOn": {**SAML["settings"]["signOn"], **sign_on}}}


def settings_of(app: Any) -> Any:
    return app["settings"]["oauthClient"]


def test_client_id_is_fixed_and_unique(okta: Okta) -> None:
    app = okta.post("/api/v1/apps", oidc({"client_id": "my-client"}))
    path = f"/api/v1/apps/{app['id']}"
    assert app["credentials"]["oauthClient"]["client_id"] == "my-client"
    okta.post("/api/v1/apps", oidc({"client_id": "my-client"}), status=400)
    okta.post("/api/v1/apps", oidc({"client_id": "a b"}), status=400)
    okta.put(path, oidc({"client_id": "another"}), status=400)
    assert okta.put(path, OIDC)["credentials"]["oauthClient"]["client_id"] == "my-client"


def test_keys_keep_id_and_status(okta: Okta) -> None:
    keys = [{**MODULUS, "kid": "a", "alg": "RS256"}, {**MODULUS, "kid": "b", "status": "INACTIVE", "use": "enc"}]
    app = okta.post("/api/v1/apps", oidc(jwks={"keys": keys}))
    first, second = settings_of(app)["jwks"]["keys"]
    assert first.items() >= {**keys[0], "status": "ACTIVE", "use": "sig"}.items()
    assert second.items() >= keys[1].items()
    changed = okta.put(f"/api/v1/apps/{app['id']}", oidc(jwks={"keys": keys[:1]}))
    assert [key["id"] for key in settings_of(changed)["jwks"]["keys"]] == [first["id"]]
    assert "jwks" not in settings_of(okta.put(f"/api/v1/apps/{app['id']}", OIDC))


def test_curve_follows_from_coordinates(okta: Okta) -> None:
    key = {
        "kty": "EC",
        "x": "kdOFrd95DDQuItAt_NqqIKY6QGooONsMT3ZId1RUSUc",
        "y": "N2RL6O7aXHI7RJcBALE3t7UvNLt9TdRyTtZ0cEYmJFM",
    }
    assert settings_of(okta.post("/api/v1/apps", oidc(jwks={"keys": [key]})))["jwks"]["keys"][0]["crv"] == "P-256"


@pytest.mark.parametrize("key_ids", [(None, None), ("a", None), ("a", "a")])
def test_several_keys_need_unique_ids(okta: Okta, key_ids: tuple[str | None, ...]) -> None:
    keys = [{**MODULUS, "kid": each} for each in key_ids]
    error = okta.post("/api/v1/apps", oidc(jwks={"keys": keys}), status=400)
    assert error["errorCauses"][0]["errorSummary"] == "All keys in the 'jwks' must have a unique kid."


@pytest.mark.parametrize(
    ("kind", "expected"),
    [("web", {"rotation_type": "STATIC"}), ("browser", {"rotation_type": "ROTATE", "leeway": 30})],
)
def test_refresh_token_settings(okta: Okta, kind: str, expected: Any) -> None:
    grants = ["authorization_code", "refresh_token"]
    app = okta.post("/api/v1/apps", oidc(application_type=kind, grant_types=grants))
    assert settings_of(app)["refresh_token"] == expected
    path = f"/api/v1/apps/{app['id']}"
    rotate = {"rotation_type": "ROTATE", "leeway": 5}
    okta.put(path, oidc(application_type=kind, grant_types=grants, refresh_token=rotate))
    assert settings_of(okta.put(path, oidc(application_type=kind, grant_types=grants)))["refresh_token"] == rotate
    assert "refresh_token" not in settings_of(okta.put(path, oidc(application_type=kind, refresh_token=rotate)))


@pytest.mark.parametrize(
    ("method", "kind", "required"),
    [("none", "web", True), ("client_secret_basic", "native", True), ("client_secret_basic", "web", False)],
)
def test_public_clients_require_pkce(okta: Okta, method: str, kind: str, required: bool) -> None:
    app = okta.post("/api/v1/apps", oidc({"token_endpoint_auth_method": method}, application_type=kind))
    assert app["credentials"]["oauthClient"]["pkce_required"] is required
    other = oidc({"token_endpoint_auth_method": method, "pkce_required": not required}, application_type=kind)
    path = f"/api/v1/apps/{app['id']}"
    okta.put(path, other)
    del other["credentials"]["oauthClient"]["pkce_required"]
    assert okta.put(path, other)["credentials"]["oauthClient"]["pkce_required"] is not required


@pytest.mark.parametrize(
    "settings",
    [
        {"redirect_uris": []},
        {"redirect_uris": ["https://*.example.com/cb"]},
        {"redirect_uris": ["http://*.example.com/cb"], "wildcard_redirect": "SUBDOMAIN"},
        {"redirect_uris": ["https://*.com/cb"], "wildcard_redirect": "SUBDOMAIN"},
        {"redirect_uris": ["https://a.example.com/cb#here"]},
        {"redirect_uris": ["/cb"]},
        {"grant_types": ["telepathy"]},
        {"response_types": ["letter"]},
        {"application_type": "toaster"},
        {"refresh_token": {"leeway": 61}},
    ],
)
def test_invalid_clients_are_refused(okta: Okta, settings: Any) -> None:
    assert okta.post("/api/v1/apps", oidc(**settings), status=400)["errorCode"] in ("E0000001", "E0000003")


def test_wildcards_and_clients_without_redirects(okta: Okta) -> None:
    addresses = ["https://*.example.com/cb", "https://one-*-two.example.com/cb"]
    app = okta.post("/api/v1/apps", oidc(redirect_uris=addresses, wildcard_redirect="SUBDOMAIN"))
    assert settings_of(app)["redirect_uris"] == addresses
    okta.post("/api/v1/apps", oidc(redirect_uris=[], grant_types=["client_credentials"], application_type="service"))


def test_oidc_app_has_a_profile(okta: Okta) -> None:
    app = okta.post("/api/v1/apps", {**OIDC, "profile": {"contact": {"mail": "a@b.c"}}})
    assert okta.get(f"/api/v1/apps/{app['id']}")["profile"] == {"contact": {"mail": "a@b.c"}}
    assert "profile" not in okta.put(f"/api/v1/apps/{app['id']}", OIDC)
    assert "profile" not in okta.post("/api/v1/apps", {**SAML, "profile": {"a": 1}})


def test_omitted_single_logout_is_kept(okta: Okta) -> None:
    logout = {"enabled": True, "issuer": "https://sp.example.com", "logoutUrl": "https://sp.example.com/out"}
    app = okta.post("/api/v1/apps", saml(slo=logout, spCertificate={"x5c": ["QUJD"]}))
    assert app["settings"]["signOn"]["spIssuer"] == "https://sp.example.com"
    path, body = f"/api/v1/apps/{app['id']}", saml(audience="a")
    del body["settings"]["signOn"]["slo"]
    sign_on = okta.put(path, body)["settings"]["signOn"]
    assert (sign_on["slo"], sign_on["spCertificate"]) == (logout, {"x5c": ["QUJD\r\n"]})
    assert okta.put(path, saml())["settings"]["signOn"]["slo"] == {"enabled": False}


def test_acs_endpoints_need_unique_indices(okta: Okta) -> None:
    endpoints = [{"url": "https://a", "index": 7}, {"url": "https://b", "index": 0}]
    sign_on = okta.post("/api/v1/apps", saml(acsEndpoints=endpoints, allowMultipleAcsEndpoints=True))["settings"]
    assert sign_on["signOn"]["acsEndpoints"] == endpoints
    okta.post("/api/v1/apps", saml(acsEndpoints=[{"url": "https://a", "index": 0}] * 2), status=400)


def test_saml_app_links_inline_hooks(okta: Okta) -> None:
    hook = okta.post("/api/v1/inlineHooks", INLINE_HOOK)["id"]
    app = okta.post("/api/v1/apps", saml(inlineHooks=[{"id": hook}]))
    shown = app["settings"]["signOn"]["inlineHooks"]
    assert shown[0]["_links"]["self"]["href"] == f"{BASE_URL}/api/v1/inlineHooks/{hook}"
    assert okta.put(f"/api/v1/apps/{app['id']}", saml(inlineHooks=shown))["settings"]["signOn"]["inlineHooks"] == shown
    okta.post("/api/v1/apps", saml(inlineHooks=[{"id": "cal00000000000000000"}]), status=400)


def test_attribute_statement_defaults(okta: Okta) -> None:
    group = {"name": "g", "type": "GROUP", "namespace": "n", "filterType": "REGEX", "filterValue": ".*"}
    app = okta.post("/api/v1/apps", saml(attributeStatements=[{"name": "a", "values": ["user.email"]}, group]))
    first, second = app["settings"]["signOn"]["attributeStatements"]
    assert (first["type"], first["namespace"].rsplit(":", 1)[1]) == ("EXPRESSION", "unspecified")
    assert second == group


def test_signing_key_must_belong_to_app(okta: Okta) -> None:
    app = okta.post("/api/v1/apps", SAML)
    path = f"/api/v1/apps/{app['id']}"
    key = okta.post(f"{path}/credentials/keys/generate?validityYears=3", status=201)["kid"]
    rotated = okta.put(path, {"label": "x", "signOnMode": "SAML_2_0", "credentials": {"signing": {"kid": key}}})
    assert rotated["credentials"]["signing"]["kid"] == key
    assert rotated["settings"]["signOn"] == app["settings"]["signOn"]
    assert okta.put(path, SAML)["credentials"]["signing"]["kid"] == key
    okta.put(path, {**SAML, "credentials": {"signing": {"kid": "another"}}}, status=400)
    for years in ("1", "11", "", "-2", "2.0", "²", "9" * 5000):
        response = okta.request("POST", f"{path}/credentials/keys/generate", params={"validityYears": years})
        assert response.status_code == 400, years


@pytest.mark.parametrize(
    "body",
    [
        oidc(jwks={"keys": [{**MODULUS, "kid": "a"}]}, grant_types=["authorization_code", "refresh_token"]),
        {**OIDC, "name": "some_tool"},
        saml(attributeStatements=[{"name": "a", "values": ["b"]}], slo={"enabled": True, "issuer": "i"}),
        {"label": "Own", "signOnMode": "AUTO_LOGIN", "settings": {"signOn": {"loginUrl": "https://a"}}},
        {**SWA, "credentials": {"scheme": "SHARED_USERNAME_AND_PASSWORD", "userName": "u"}},
        {**BOOKMARK, "settings": {**BOOKMARK["settings"], "notes": {"admin": "a"}}},
        {"name": "slack", "label": "Chat", "signOnMode": "SAML_2_0", "settings": {"app": {"domain": "acme"}}},
    ],
    ids=lambda body: body.get("name") or body["signOnMode"],
)
def test_put_of_read_body_changes_nothing(okta: Okta, body: Any) -> None:
    path = f"/api/v1/apps/{okta.post('/api/v1/apps', body)['id']}"
    shown = okta.get(path)
    okta.clock.advance(seconds=1)
    okta.put(path, shown)
    after = okta.get(path)
    assert after == {**shown, "lastUpdated": after["lastUpdated"]}


@pytest.mark.parametrize("body", [OIDC, SAML, SWA, BOOKMARK], ids=lambda body: body["signOnMode"])
def test_null_equals_omitted(okta: Okta, body: Any) -> None:
    nulls = dict.fromkeys(("accessibility", "visibility", "features", "licensing", "profile"))
    settings = {**body["settings"], "notes": None, "notifications": None}
    app = okta.post("/api/v1/apps", {**nulls, **body, "settings": settings})
    assert app["settings"]["notes"] == {"admin": None, "enduser": None}
    assert app["visibility"]["hide"] == {"iOS": False, "web": False}
