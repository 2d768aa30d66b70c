"""Fields of an app that depend on its sign-on mode."""

from collections.abc import Callable
from typing import TypeAlias

from okta_sandbox.body import fill
from okta_sandbox.exchange import Call
from okta_sandbox.families import oauth_clients, saml_sign_on
from okta_sandbox.families.app_catalogue import PASSWORD_MODES, Integration
from okta_sandbox.json_types import Json, JsonObject
from okta_sandbox.store import Record

ModeCompletion: TypeAlias = Callable[[Call, Integration, JsonObject, Record | None], JsonObject]

OAUTH_TEMPLATE = "oidc_client"
# Universal logout of OIDC and custom SAML apps.
GLOBAL_LOGOUT: JsonObject = {
    "status": "DISABLED",
    "supportType": "FULL",
    "identityStack": "NOT_SHARED",
    "protocol": "GLOBAL_TOKEN_REVOCATION",
}
SHARED = "SHARED_USERNAME_AND_PASSWORD"
PASSWORD_CREDENTIALS = ("scheme", "revealPassword", "userName", "password")


def complete_for_mode(call: Call, made_from: Integration, app: JsonObject, before: Record | None) -> JsonObject:
    """Complete the fields of the sign-on mode and drop fields of other modes."""
    mode = app["signOnMode"]
    app["universalLogout"] = made_from.universal_logout
    if mode not in PASSWORD_MODES:
        for name in PASSWORD_CREDENTIALS:
            app["credentials"].pop(name, None)
    if mode != "OPENID_CONNECT":
        app["credentials"].pop("oauthClient", None)
        app["settings"].pop("oauthClient", None)
    completed = MODES.get(mode, _without_key)(call, made_from, app, before)
    if call.tenant.pipeline == "v1":
        completed.pop("universalLogout", None)
    return completed


def _without_key(call: Call, made_from: Integration, app: JsonObject, before: Record | None) -> JsonObject:
    """BOOKMARK, and integrations without single sign-on."""
    app["credentials"]["signing"] = {}
    app["settings"].pop("signOn", None)
    return app


def _password(call: Call, made_from: Integration, app: JsonObject, before: Record | None) -> JsonObject:
    """Password modes: only a shared user name is shown, and never a password."""
    credentials = fill({"scheme": "EDIT_USERNAME_AND_PASSWORD", "revealPassword": False}, app["credentials"])
    secret = credentials.pop("password", None) or {}
    if secret.get("value"):
        app["_private"]["password"] = secret["value"]
    if credentials["scheme"] == SHARED:
        credentials["password"] = {}
    else:
        credentials.pop("userName", None)
    app["credentials"] = credentials
    return _without_key(call, made_from, app, before)


def _auto_login(call: Call, made_from: Integration, app: JsonObject, before: Record | None) -> JsonObject:
    sign_on = fill({"loginUrl": None, "redirectUrl": None}, app["settings"].get("signOn"))
    completed = _password(call, made_from, app, before)
    return {**completed, "settings": {**completed["settings"], "signOn": sign_on}}


def _openid_connect(call: Call, made_from: Integration, app: JsonObject, before: Record | None) -> JsonObject:
    app["credentials"]["signing"] = {"kid": call.tenant.org["keyId"]}
    app["settings"].pop("signOn", None)
    if app["name"] != OAUTH_TEMPLATE:
        app["credentials"].pop("oauthClient", None)
        app["settings"].pop("oauthClient", None)
        return app
    app["universalLogout"] = GLOBAL_LOGOUT
    settings = oauth_clients.complete_settings(call, app["settings"].get("oauthClient"), before)
    app["settings"] = {**app["settings"], "oauthClient": settings}
    client = oauth_clients.complete_credentials(call, app, before)
    app["credentials"] = {**app["credentials"], "oauthClient": client}
    return app


def _saml(call: Call, made_from: Integration, app: JsonObject, before: Record | None) -> JsonObject:
    if made_from.custom:
        app["universalLogout"] = GLOBAL_LOGOUT
    sign_on = saml_sign_on.complete(call, made_from, app, before)
    app["settings"] = {**app["settings"], "signOn": sign_on}
    app["credentials"]["signing"] = saml_sign_on.signing(call, app, before)
    return app


def _ws_federation(call: Call, made_from: Integration, app: JsonObject, before: Record | None) -> JsonObject:
    app["settings"].pop("signOn", None)
    app["credentials"]["signing"] = saml_sign_on.signing(call, app, before)
    return app


MODES: dict[Json, ModeCompletion] = {
    "OPENID_CONNECT": _openid_connect,
    "SAML_2_0": _saml,
    "SAML_1_1": _saml,
    "WS_FEDERATION": _ws_federation,
    "BASIC_AUTH": _password,
    "BROWSER_PLUGIN": _password,
    "SECURE_PASSWORD_STORE": _password,
    "AUTO_LOGIN": _auto_login,
}
