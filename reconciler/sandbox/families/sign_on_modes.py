"""What an app has besides the common parts, by its way of signing in.

Known integrations (`data/app_catalogue.json`) are not custom: Okta shows neither the OAuth client nor the
SAML settings of their template.
"""

import functools
from collections.abc import Callable
from typing import TypeAlias

import orjson

from reconciler.sandbox import keys
from reconciler.sandbox.body import fill
from reconciler.sandbox.errors import invalid_field
from reconciler.sandbox.exchange import Call
from reconciler.sandbox.json_types import Json, JsonObject
from reconciler.sandbox.product_data import read_data
from reconciler.sandbox.store import Record

ModeCompletion: TypeAlias = Callable[[Call, JsonObject, Record | None], JsonObject]

CUSTOM_MODES = {"SAML_2_0", "SAML_1_1", "AUTO_LOGIN"}
APP_KEY = "AppKey"
GLOBAL_LOGOUT: JsonObject = {
    "status": "DISABLED",
    "supportType": "FULL",
    "identityStack": "NOT_SHARED",
    "protocol": "GLOBAL_TOKEN_REVOCATION",
}
OAUTH_CLIENT: JsonObject = {
    "client_uri": None,
    "logo_uri": None,
    "redirect_uris": [],
    "response_types": [],
    "grant_types": [],
    "application_type": "web",
    "consent_method": "TRUSTED",
    "issuer_mode": "ORG_URL",
    "idp_initiated_login": {"mode": "DISABLED", "default_scope": []},
    "wildcard_redirect": "DISABLED",
    "dpop_bound_access_tokens": False,
    "participate_slo": False,
}
# Recorded on a Classic tenant: these two were not there yet.
NOT_ON_CLASSIC = ("consent_method", "participate_slo")
SECRETLESS = ("private_key_jwt", "none")
APPLICATION_TYPES = ("web", "native", "browser", "service")
SAML_SIGN_ON: JsonObject = {
    "defaultRelayState": None,
    "ssoAcsUrl": None,
    "idpIssuer": "http://www.okta.com/${org.externalKey}",
    "audience": None,
    "recipient": None,
    "destination": None,
    "subjectNameIdTemplate": "${user.userName}",
    "subjectNameIdFormat": "urn:oasis:names:tc:SAML:1.1:nameid-format:unspecified",
    "responseSigned": True,
    "assertionSigned": True,
    "signatureAlgorithm": "RSA_SHA256",
    "digestAlgorithm": "SHA256",
    "honorForceAuthn": True,
    "authnContextClassRef": "urn:oasis:names:tc:SAML:2.0:ac:classes:PasswordProtectedTransport",
    "spIssuer": None,
    "requestCompressed": False,
    "attributeStatements": [],
    "inlineHooks": [],
    "assertionEncryption": {"enabled": False},
    "allowMultipleAcsEndpoints": False,
    "acsEndpoints": [],
    "samlSignedRequestEnabled": False,
    "slo": {"enabled": False},
}
SAML_OVERRIDES = ("audienceOverride", "destinationOverride", "recipientOverride", "ssoAcsUrlOverride")
CERTIFICATE_LINE = 76


@functools.cache
def catalogue() -> dict[str, JsonObject]:
    """Integrations by name."""
    integrations: dict[str, JsonObject] = orjson.loads(read_data("app_catalogue.json"))["integrations"]
    return integrations


def complete_for_mode(call: Call, app: JsonObject, before: Record | None) -> JsonObject:
    """Add what the sign-on mode asks for."""
    completion = MODES.get(app["signOnMode"], plain)
    completed = completion(call, app, before)
    if call.tenant.pipeline == "v1":
        completed.pop("universalLogout", None)
    return completed


def plain(call: Call, app: JsonObject, before: Record | None) -> JsonObject:
    """BOOKMARK, and integrations without single sign-on: no signing key."""
    app["credentials"]["signing"] = {}
    app["universalLogout"] = None if app["name"] in ("bookmark", "template_basic_auth") else {"status": "UNSUPPORTED"}
    return app


def password(call: Call, app: JsonObject, before: Record | None) -> JsonObject:
    """Modes that fill in a password form: the password itself is never shown."""
    credentials = fill({"scheme": "EDIT_USERNAME_AND_PASSWORD", "revealPassword": False}, app["credentials"])
    secret = credentials.pop("password", None) or {}
    if secret.get("value"):
        app["_private"]["password"] = secret["value"]
    if credentials["scheme"] == "SHARED_USERNAME_AND_PASSWORD":
        credentials["password"] = {}
    else:
        credentials.pop("userName", None)
    app["credentials"] = credentials
    return plain(call, app, before)


def _auto_login(call: Call, app: JsonObject, before: Record | None) -> JsonObject:
    sign_on = fill({"loginUrl": None, "redirectUrl": None}, app["settings"].get("signOn", {}))
    app["settings"] = {**app["settings"], "signOn": sign_on}
    return password(call, app, before)


def _openid_connect(call: Call, app: JsonObject, before: Record | None) -> JsonObject:
    app["credentials"]["signing"] = {"kid": call.tenant.org["keyId"]}
    if app["name"] != "oidc_client":
        app["credentials"].pop("oauthClient", None)
        app["settings"].pop("oauthClient", None)
        app["universalLogout"] = {"status": "UNSUPPORTED"}
        return app
    app["universalLogout"] = GLOBAL_LOGOUT
    app["settings"] = {
        **app["settings"],
        "oauthClient": _oauth_settings(call, app["settings"].get("oauthClient")),
    }
    client = fill(
        {
            "autoKeyRotation": True,
            "client_id": before.body["credentials"]["oauthClient"]["client_id"] if before else None,
            "token_endpoint_auth_method": "client_secret_basic",
        },
        app["credentials"].get("oauthClient", {}),
    )
    method = client["token_endpoint_auth_method"]
    given, kept = client.pop("client_secret", None), app["_private"].pop("clientSecret", None)
    if method not in SECRETLESS:
        app["_private"]["clientSecret"] = given or kept or call.tenant.identifiers.client_secret()
    if method == "none":
        client.setdefault("pkce_required", True)
    app["credentials"] = {**app["credentials"], "oauthClient": client}
    return app


def _oauth_settings(call: Call, given: Json) -> JsonObject:
    if given is None:
        raise invalid_field("settings.oauthClient", "The field cannot be left blank")
    settings = fill(OAUTH_CLIENT, given)
    kind = settings["application_type"]
    if kind not in APPLICATION_TYPES:
        raise invalid_field("settings.oauthClient.application_type", f"'{kind}' is not a valid application type.")
    if settings.get("frontchannel_logout_uri"):
        settings.setdefault("frontchannel_logout_session_required", False)
    if any("ciba" in grant for grant in settings["grant_types"]):
        settings.setdefault("backchannel_token_delivery_mode", "poll")
    if refresh := settings.get("refresh_token"):
        static = refresh.get("rotation_type") == "STATIC"
        settings["refresh_token"] = {name: value for name, value in refresh.items() if name != "leeway" or not static}
    if call.tenant.pipeline == "v1":
        for name in NOT_ON_CLASSIC:
            if name == "consent_method" or name not in given:
                settings.pop(name, None)
    return settings


def _saml(call: Call, app: JsonObject, before: Record | None) -> JsonObject:
    signed(call, app, before)
    app["universalLogout"] = GLOBAL_LOGOUT
    if app["name"] in catalogue():
        app["universalLogout"] = {"status": "UNSUPPORTED"}
        return app
    sign_on = fill(SAML_SIGN_ON, app["settings"].get("signOn", {}))
    if not sign_on["ssoAcsUrl"]:
        raise invalid_field("settings.signOn.ssoAcsUrl", "The field cannot be left blank")
    for name in SAML_OVERRIDES:
        sign_on.pop(name, None)
    sign_on["spIssuer"] = sign_on["slo"].get("issuer")
    sign_on["defaultRelayState"] = sign_on["defaultRelayState"] or None
    if certificate := sign_on.get("spCertificate"):
        sign_on["spCertificate"] = {"x5c": [in_lines(each) for each in certificate["x5c"]]}
    app["settings"] = {**app["settings"], "signOn": sign_on}
    return app


def in_lines(certificate: str) -> str:
    """Okta shows a certificate in lines of 76 characters, as MIME does."""
    text = "".join(certificate.split())
    lines = [text[start : start + CERTIFICATE_LINE] for start in range(0, len(text), CERTIFICATE_LINE)]
    return "".join(line + "\r\n" for line in lines)


def signed(call: Call, app: JsonObject, before: Record | None) -> None:
    """A SAML app has a signing key of its own, made with the app; OIDC apps share the org's."""
    wanted = (app["credentials"].get("signing") or {}).get("kid")
    key_id = before.body["credentials"]["signing"].get("kid") if before else None
    if key_id is None:
        key = keys.new_key(call.tenant, str(call.tenant.org["subdomain"]))
        app["_private"]["newKey"] = keys.as_json(key, call.tenant.now())
        key_id = key.key_id
    app["credentials"]["signing"] = {"kid": wanted or key_id}


MODES: dict[Json, ModeCompletion] = {
    "OPENID_CONNECT": _openid_connect,
    "SAML_2_0": _saml,
    "BOOKMARK": plain,
    "BASIC_AUTH": password,
    "BROWSER_PLUGIN": password,
    "SECURE_PASSWORD_STORE": password,
    "AUTO_LOGIN": _auto_login,
}
