"""OpenID Connect apps as the API has them, and as the provider sends them."""

from __future__ import annotations

from reconciler.kinds.oauth_clients import COMPULSORY_GRANT, GRANTS_OF_TYPE
from reconciler.kinds.part import Json, Spec
from reconciler.kinds.shapes import member

CLIENT = "settings.oauthClient"
"""The member with the settings of the client."""
CHOSEN_ID = "chosen_client_id"
"""The member in which `read_api` puts a client id that Okta did not generate."""


def _grants_left_out(kind: str | None) -> list[str]:
    """The grant types that the provider sends if none are given."""
    return [COMPULSORY_GRANT[kind]] if kind in COMPULSORY_GRANT else sorted(GRANTS_OF_TYPE["browser"])


def _responses_to(grants: list[str]) -> list[str]:
    """The response types that the provider sends if none are given."""
    code = {"password", "authorization_code", "refresh_token"} & set(grants)
    token = {"implicit", "client_credentials"} & set(grants)
    return ["code"] * bool(code) + ["token"] * bool(token)


def client_id_of(item: Json) -> str | None:
    """The client id, which is the id of the app by default. Okta's own apps have none."""
    credentials = item.get("credentials") or {}
    client = credentials.get("oauthClient") or {}
    known: str | None = client.get("client_id") or client.get(CHOSEN_ID)
    return known


def still_signs_in(before: Spec, after: Spec, key_id: str | None) -> bool:
    """Whether the app still has the key, and accepts it for tokens of its own."""
    if any(before.get(name) != after.get(name) for name in ("type", "token_endpoint_auth_method", "jwks_uri")):
        return False
    if "client_credentials" in (before.get("grant_types") or ()) and "client_credentials" not in (
        after.get("grant_types") or ()
    ):
        return False
    known, kept = before.get("jwks") or [], after.get("jwks") or []
    used = [key for key in known if key_id in (None, key.get("kid"))]
    return all(key in kept for key in used or known)


def shows_its_client(item: Json) -> bool:
    """Whether it is an app with a client of its own. Okta does not show the client of an app from its catalog."""
    return member(item, CLIENT) is not None


def read_api(item: Json) -> Json:
    """The item with a client id that was chosen."""
    if (known := client_id_of(item)) and known != item.get("id"):
        credentials = item["credentials"]
        client = {name: value for name, value in credentials["oauthClient"].items() if name != "client_id"}
        item = item | {"credentials": credentials | {"oauthClient": client | {CHOSEN_ID: known}}}
    return item


def write_api(item: Json) -> Json:
    """The item as the provider sends it.

    Refresh token settings are sent only for apps with that grant type, and those of front-channel logout only with
    its URI. Keys are sent as active. Grant types, response types and PKCE are derived from the other fields if they
    were left out.
    """
    client = dict(item["settings"]["oauthClient"])
    credentials = dict(item.get("credentials", {}).get("oauthClient", {}))
    if chosen := credentials.pop(CHOSEN_ID, None):
        credentials["client_id"] = chosen
    kind = client.get("application_type")
    grants = client.setdefault("grant_types", _grants_left_out(kind))
    client.setdefault("response_types", _responses_to(grants))
    if "refresh_token" not in grants:
        client.pop("refresh_token", None)
    if not client.get("frontchannel_logout_uri"):
        client.pop("frontchannel_logout_session_required", None)
    if keys := client.get("jwks", {}).get("keys"):
        client["jwks"] = {"keys": [key | {"status": "ACTIVE"} for key in keys]}
    without_secret = credentials.get("token_endpoint_auth_method") == "none" or kind in ("native", "browser")
    credentials.setdefault("pkce_required", without_secret)
    return item | {
        "settings": item["settings"] | {"oauthClient": client},
        "credentials": item.get("credentials", {}) | {"oauthClient": credentials},
    }
