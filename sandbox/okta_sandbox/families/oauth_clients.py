"""OAuth client of an OIDC app: `credentials.oauthClient` and `settings.oauthClient`.

An OIDC app from the catalogue has a client too, but Okta does not show it.
"""

import base64
import re
from collections.abc import Iterable
from urllib.parse import SplitResult, urlsplit

from okta_sandbox.body import BLANK, fill
from okta_sandbox.errors import already_exists, invalid, invalid_field, malformed
from okta_sandbox.exchange import Call
from okta_sandbox.families.client_secrets import METHODS_WITHOUT_SECRET, SECRET, SENT, check_length
from okta_sandbox.json_types import Json, JsonObject
from okta_sandbox.store import Record

SETTINGS: JsonObject = {
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
# Recorded: a Classic tenant did not have these two.
NOT_ON_CLASSIC = ("consent_method", "participate_slo")
MAX_KEYS = 50
STATUSES, USES = ("ACTIVE", "INACTIVE"), ("sig", "enc")
PRIVATE_MEMBERS = ("d", "p", "q", "dp", "dq", "qi", "k")
PUBLIC_TYPES = ("browser", "native")
SIGN_IN_GRANTS = {"authorization_code", "implicit"}
# Okta's documentation: with these grant types redirect URIs are optional.
WITHOUT_REDIRECT = {"password", "client_credentials"}
REFRESH_LEEWAY = 30  # seconds
CLIENT_ID = re.compile(r"[A-Za-z0-9$\-_.+!*'(),]{6,100}")
CURVES = {32: "P-256", 48: "P-384", 66: "P-521"}  # by coordinate length in bytes


def complete_settings(call: Call, given: Json, before: Record | None) -> JsonObject:
    """The completed client settings. Raises OktaError E0000001 for invalid values."""
    if not isinstance(given, dict):
        raise invalid_field("settings.oauthClient", BLANK)
    known = before.body["settings"]["oauthClient"] if before else {}
    settings = fill(SETTINGS, {name: value for name, value in given.items() if value is not None})
    _check_redirects(settings)
    if settings.get("frontchannel_logout_uri"):
        settings.setdefault("frontchannel_logout_session_required", False)
    if any("ciba" in grant for grant in settings["grant_types"]):
        settings.setdefault("backchannel_token_delivery_mode", "poll")
    refresh = _refresh_token(settings, known.get("refresh_token"))
    settings.pop("refresh_token", None)
    if refresh:
        settings["refresh_token"] = refresh
    if jwks := settings.get("jwks"):
        settings["jwks"] = {"keys": complete_keys(call, jwks.get("keys") or [], known.get("jwks", {}).get("keys", []))}
    if call.tenant.pipeline == "v1":
        for name in NOT_ON_CLASSIC:
            if name == "consent_method" or name not in given:
                settings.pop(name, None)
    return settings


def _check_redirects(settings: JsonObject) -> None:
    grants, addresses = set(settings["grant_types"]), settings["redirect_uris"] or []
    if grants & SIGN_IN_GRANTS and not grants & WITHOUT_REDIRECT and not addresses:
        raise invalid_field("redirect_uris", "At least one redirect URI is needed for these grant types.")
    wildcards = settings["wildcard_redirect"] == "SUBDOMAIN"
    for address in addresses:
        parts = _parts(address)
        if not parts or not parts.scheme or parts.fragment:
            raise invalid_field("redirect_uris", f"'{address}' has to be an absolute URI without a fragment.")
        if "*" in address and not (wildcards and _is_wildcard(parts.scheme, parts.netloc)):
            raise invalid_field("redirect_uris", f"'{address}' may not hold a wildcard.")


def _parts(address: str) -> SplitResult | None:
    try:
        return urlsplit(address)
    except ValueError:
        return None


def _is_wildcard(scheme: str, host: str) -> bool:
    """Whether a wildcard is allowed: one `*` in the lowest subdomain of an https URI."""
    lowest, *others = host.split(".")
    return scheme == "https" and lowest.count("*") == 1 and len(others) >= 2 and "*" not in "".join(others)


def _refresh_token(settings: JsonObject, before: Json) -> JsonObject | None:
    """Refresh token settings of clients with that grant type. Omitted values stay."""
    if "refresh_token" not in settings["grant_types"]:
        return None
    rotation = "ROTATE" if settings["application_type"] == "browser" else "STATIC"
    unset = {"rotation_type": rotation, "leeway": REFRESH_LEEWAY}
    refresh = fill(fill(unset, before), settings.get("refresh_token"))
    if refresh["rotation_type"] == "STATIC":
        refresh.pop("leeway")
    return refresh


def complete_keys(call: Call, sent: list[JsonObject], before: list[JsonObject]) -> list[JsonObject]:
    """Public keys as Okta shows them, each with id, status and times. Raises OktaError E0000001 for invalid keys."""
    key_ids = [key.get("kid") or None for key in sent]
    if not all(isinstance(key_id, str | None) for key_id in key_ids):
        raise malformed()
    if len(sent) > 1 and (None in key_ids or len(set(key_ids)) < len(sent)):
        raise invalid("JsonWebKey", "All keys in the 'jwks' must have a unique kid.")
    if len(sent) > MAX_KEYS:
        raise invalid("JsonWebKey", f"An app cannot have more than {MAX_KEYS} keys.")
    known, now = {key.get("kid"): key for key in before}, call.tenant.now()
    return [_key(call, key, known.get(key.get("kid")), now) for key in sent]


def _key(call: Call, sent: JsonObject, before: JsonObject | None, now: str) -> JsonObject:
    if private := [name for name in PRIVATE_MEMBERS if name in sent]:
        raise invalid("JsonWebKey", f"The key must be public, without {', '.join(private)}.")
    key: JsonObject = {
        "use": "sig",
        "status": "ACTIVE",
        **{name: sent[name] for name in sent if sent[name] is not None and name != "_links"},
    }
    if key["status"] not in STATUSES or key["use"] not in USES:
        raise invalid("JsonWebKey", f"The status must be one of {STATUSES}, and the use one of {USES}.")
    if key.get("kty") == "EC" and (curve := _curve(key.get("x"))):
        key.setdefault("crv", curve)
    own = {"id": call.tenant.identifiers.new("pks"), "created": now, "lastUpdated": now}
    if before:
        own = {name: before[name] for name in own}
    key = {**key, **own}
    return key if before in (None, key) else {**key, "lastUpdated": now}


def _curve(coordinate: Json) -> str | None:
    try:
        return CURVES.get(len(base64.urlsafe_b64decode(str(coordinate) + "==")))
    except ValueError:
        return None


def complete_credentials(call: Call, app: JsonObject, before: Record | None) -> JsonObject:
    """Client id and authentication method; the secret is in `_private` until `client_secrets.keep_sent` stores it."""
    known = before.body["credentials"]["oauthClient"] if before else {}
    sent = app["credentials"].get("oauthClient") or {}
    unset = {
        "autoKeyRotation": True,
        "client_id": known.get("client_id"),
        "token_endpoint_auth_method": "client_secret_basic",
    }
    client = fill(unset, sent)
    _check_id(call, sent.get("client_id"), known.get("client_id"), before)
    method, kind = client["token_endpoint_auth_method"], app["settings"]["oauthClient"]["application_type"]
    client.setdefault("pkce_required", known.get("pkce_required", method == "none" or kind in PUBLIC_TYPES))
    given = client.pop("client_secret", None) or app["_private"].pop(SENT, None)
    if method not in METHODS_WITHOUT_SECRET:
        if given:
            check_length(given, method)
        elif not (before and call.tenant.store.count(SECRET, before.id)):
            given = call.tenant.identifiers.client_secret()
        if given:
            app["_private"][SENT] = given
    return client


def _check_id(call: Call, sent: Json, known: Json, before: Record | None) -> None:
    """Refuse to change a client id, and a new one that is invalid or not unique."""
    if not sent or sent == known:
        return
    if before:
        raise invalid_field("client_id", "The client_id of an app cannot be changed.")
    if not CLIENT_ID.fullmatch(str(sent)) or sent == "ALL_CLIENTS":
        raise invalid_field("client_id", "The client_id must be 6 to 100 letters, digits, or $-_.+!*'(),")
    if sent in _client_ids(call.tenant.store.all("AppInstance")):
        raise already_exists("client_id")


def _client_ids(apps: Iterable[Record]) -> set[Json]:
    return {(app.body["credentials"].get("oauthClient") or {}).get("client_id") for app in apps}
