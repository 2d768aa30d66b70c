from typing import Any

import pytest

from .conftest import Okta
from .test_apps import OIDC, SWA


def app_of(name: str, mode: str | None, **settings: Any) -> dict[str, Any]:
    return {"name": name, "label": name, "signOnMode": mode, "settings": {"app": settings}}


def refusal(error: Any) -> tuple[str, list[str]]:
    return error["errorSummary"], [cause["errorSummary"] for cause in error["errorCauses"]]


@pytest.mark.parametrize(
    ("asked", "given"),
    [("SAML_2_0", "SAML_2_0"), ("BROWSER_PLUGIN", "BROWSER_PLUGIN"), ("AUTO_LOGIN", "BROWSER_PLUGIN")],
)
def test_unknown_integration_is_taken_from_request(okta: Okta, asked: str, given: str) -> None:
    app = okta.post("/api/v1/apps", app_of("Some_Tool", asked, site="x", empty=""))
    assert (app["name"], app["signOnMode"]) == ("some_tool", given)
    assert app["settings"]["app"] == {"site": "x", "empty": None}
    assert app["visibility"]["appLinks"] == {"some_tool_link": True}
    assert okta.put(f"/api/v1/apps/{app['id']}", app_of("Some_Tool", asked))["signOnMode"] == given


def test_unknown_integration_has_links_of_request(okta: Okta) -> None:
    links = {"login": True, "mail": False}
    body = {**app_of("some_tool", "SAML_2_0"), "visibility": {"appLinks": links}}
    assert okta.post("/api/v1/apps", body)["visibility"]["appLinks"] == links


@pytest.mark.parametrize("name", ["no such name", "sandbox_portal_1"])
def test_invalid_integration_name(okta: Okta, name: str) -> None:
    assert okta.post("/api/v1/apps", app_of(name, "SAML_2_0"), status=404)["errorCode"] == "E0000007"


def test_known_integration_requires_its_settings(okta: Okta) -> None:
    body = app_of("office365", "BROWSER_PLUGIN", msftTenant="")
    blank = ": The field cannot be left blank"
    assert refusal(okta.post("/api/v1/apps", body, status=400)) == (
        "Api validation failed: msftTenant",
        [f"msftTenant{blank}", f"domain{blank}"],
    )
    settings = {"msftTenant": "acme", "domain": "acme.com"}
    app = okta.post("/api/v1/apps", app_of("office365", "BROWSER_PLUGIN", **settings))
    assert app["settings"]["app"].items() >= {**settings, "wsFedConfigureType": "AUTO", "occSettings": None}.items()
    assert app["licensing"] == {"seatCount": 0}


def test_setting_with_allowed_values(okta: Okta) -> None:
    body = app_of("salesforce", "SAML_2_0", instanceType="PRODUCTION", integrationType="standard")
    assert refusal(okta.post("/api/v1/apps", body, status=400))[1] == [
        "integrationType: Not one of the allowed values."
    ]


def test_omitted_settings_are_kept(okta: Okta) -> None:
    app = okta.post("/api/v1/apps", app_of("slack", "SAML_2_0", domain="acme"))
    changed = okta.put(f"/api/v1/apps/{app['id']}", {"name": "slack", "label": "Chat", "signOnMode": "SAML_2_0"})
    assert changed["settings"]["app"]["domain"] == "acme"
    okta.put(f"/api/v1/apps/{app['id']}", app_of("slack", "SAML_2_0"), status=400)


def test_integration_has_its_sign_on_modes(okta: Okta) -> None:
    assert refusal(okta.post("/api/v1/apps", app_of("aws_console", "SAML_2_0"), status=400))[1] == [
        "Invalid signOnMode"
    ]
    assert okta.post("/api/v1/apps", app_of("deelhr", "AUTO_LOGIN"))["signOnMode"] is None
    app = okta.post("/api/v1/apps", app_of("slack", "SAML_2_0", domain="acme"))
    path = f"/api/v1/apps/{app['id']}"
    assert okta.put(path, app_of("slack", "AUTO_LOGIN", domain="acme"))["credentials"]["scheme"]
    assert okta.put(path, app_of("slack", "SAML_2_0", domain="acme"))["credentials"]["signing"]["kid"]


def test_saml_catalogue_app_shows_only_overrides(okta: Okta) -> None:
    body = app_of("amazon_aws", "SAML_2_0")
    body["settings"]["signOn"] = {"ssoAcsUrlOverride": "https://a", "audienceOverride": "", "responseSigned": False}
    sign_on = okta.post("/api/v1/apps", body)["settings"]["signOn"]
    assert sign_on == {
        "defaultRelayState": None,
        "ssoAcsUrlOverride": "https://a",
        "audienceOverride": None,
        "recipientOverride": None,
        "destinationOverride": None,
        "attributeStatements": [],
    }


def test_saml_11_has_no_destination_override(okta: Okta) -> None:
    body = app_of("office365", "SAML_1_1", msftTenant="acme", domain="acme.com")
    body["settings"]["signOn"] = {"destinationOverride": "https://a"}
    app = okta.post("/api/v1/apps", body)
    assert "destinationOverride" not in app["settings"]["signOn"]
    okta.request("GET", f"/api/v1/apps/{app['id']}/sso/saml/metadata").raise_for_status()


def test_oidc_catalogue_app_hides_its_client(okta: Okta) -> None:
    app = okta.post("/api/v1/apps", {**OIDC, "name": "some_tool"})
    assert "oauthClient" not in app["credentials"]
    assert "oauthClient" not in app["settings"]


@pytest.mark.parametrize("mode", ["template_swa", "template_basic_auth", "template_sps", "template_swa3field"])
def test_template_requires_form_fields(okta: Okta, mode: str) -> None:
    assert okta.post("/api/v1/apps", {"name": mode, "label": "x"}, status=400)["errorCode"] == "E0000001"


@pytest.mark.parametrize(
    "scheme",
    ["ADMIN_SETS_CREDENTIALS", "EDIT_PASSWORD_ONLY", "EDIT_USERNAME_AND_PASSWORD", "EXTERNAL_PASSWORD_SYNC"],
)
def test_only_shared_user_name_is_shown(okta: Okta, scheme: str) -> None:
    credentials = {"scheme": scheme, "userName": "team", "password": {"value": "p"}, "revealPassword": True}
    app = okta.post("/api/v1/apps", {**SWA, "credentials": credentials})
    shown = {"scheme": scheme, "revealPassword": True, "signing": {}}
    assert {name: value for name, value in app["credentials"].items() if name != "userNameTemplate"} == shown
    shared = {**credentials, "scheme": "SHARED_USERNAME_AND_PASSWORD"}
    changed = okta.put(f"/api/v1/apps/{app['id']}", {**SWA, "credentials": shared})["credentials"]
    assert (changed["userName"], changed["password"]) == ("team", {})


def test_invalid_scheme_is_refused(okta: Okta) -> None:
    okta.post("/api/v1/apps", {**SWA, "credentials": {"scheme": "NONE_OF_THEM"}}, status=400)


def test_only_password_apps_have_a_scheme(okta: Okta) -> None:
    credentials = {"scheme": "EDIT_PASSWORD_ONLY", "userName": "u", "revealPassword": True}
    app = okta.post("/api/v1/apps", {**app_of("some_tool", "BOOKMARK"), "credentials": credentials})
    assert app["credentials"].keys() == {"userNameTemplate", "signing"}
