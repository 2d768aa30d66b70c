"""Public keys of an OIDC app: `/api/v1/apps/{id}/credentials/jwks`, for authentication with `private_key_jwt`.

They are the keys in `settings.oauthClient.jwks` of the app. A path names a key by its `id`, not by its `kid`. Only one
encryption key is active at a time.
"""

from typing import Literal

from okta_sandbox import system_log
from okta_sandbox.body import OpenBody, absent, read
from okta_sandbox.collection import Family
from okta_sandbox.errors import invalid, not_found
from okta_sandbox.exchange import NO_CONTENT, Answer, Call, Route
from okta_sandbox.families.apps import APPS, oidc_app
from okta_sandbox.families.oauth_clients import complete_keys
from okta_sandbox.json_types import JsonObject
from okta_sandbox.links import lifecycle_link, link
from okta_sandbox.store import Record
from okta_sandbox.tenant import Tenant

KEY = "OAuth2ClientJsonWebKey"
EVENTS = "app.oauth2.credentials.lifecycle."
PATH = f"{APPS.item_path}/credentials/jwks"


class _Key(OpenBody):
    kty: Literal["RSA", "EC"]
    kid: str | None = absent()
    use: Literal["sig", "enc"] = "sig"
    status: Literal["ACTIVE", "INACTIVE"] = "ACTIVE"


def _keys_of(app: Record) -> list[JsonObject]:
    return list((app.body["settings"]["oauthClient"].get("jwks") or {}).get("keys", []))


def _named_in(call: Call, app: Record) -> JsonObject:
    for key in _keys_of(app):
        if key["id"] == call.params["key"]:
            return key
    raise not_found(call.params["key"], KEY)


def _show(tenant: Tenant, app: Record, key: JsonObject) -> JsonObject:
    path, status = f"{APPS.path}/{app.id}/credentials/jwks/{key['id']}", key["status"]
    links = lifecycle_link(tenant, path, status, "POST")
    if status == "INACTIVE":
        links["delete"] = link(tenant, path, "DELETE")
    return {**key, "_links": links}


def _store(call: Call, app: Record, keys: list[JsonObject], verb: str, key: JsonObject) -> None:
    """Store the keys of an app, and log what happened to one of them."""
    client = app.body["settings"]["oauthClient"]
    settings = {**app.body["settings"], "oauthClient": {**client, "jwks": {"keys": keys}}}
    app = call.tenant.store.change(app, {**app.body, "settings": settings, "lastUpdated": call.tenant.now()})
    target = system_log.target(key["id"], KEY, str(key.get("kid") or ""))
    system_log.record(call, EVENTS + verb, target, APPS.as_target(app))


def list_keys(call: Call) -> Answer:
    """GET of the keys."""
    app = oidc_app(call)
    return Answer(200, [_show(call.tenant, app, key) for key in _keys_of(app)])


def read_key(call: Call) -> Answer:
    """GET of a key."""
    app = oidc_app(call)
    return Answer(200, _show(call.tenant, app, _named_in(call, app)))


def add_key(call: Call) -> Answer:
    """POST of another key."""
    app = oidc_app(call)
    before, sent = _keys_of(app), read(_Key, call.json())
    if _is_active_encryption(sent) and any(map(_is_active_encryption, before)):
        raise invalid("JsonWebKey", "An app cannot have more than one active encryption key.")
    keys = complete_keys(call, [*before, sent], before)
    _store(call, app, keys, "create", keys[-1])
    return Answer(201, _show(call.tenant, app, keys[-1]))


def delete_key(call: Call) -> Answer:
    """DELETE of an inactive key."""
    app = oidc_app(call)
    key = _named_in(call, app)
    if key["status"] == "ACTIVE":
        raise invalid("JsonWebKey", "An active key cannot be deleted. Deactivate it first.")
    _store(call, app, [each for each in _keys_of(app) if each["id"] != key["id"]], "delete", key)
    return NO_CONTENT


def activate(call: Call) -> Answer:
    """POST .../lifecycle/activate. Activating an encryption key deactivates the active one."""
    return _switch(call, "ACTIVE", "activate")


def deactivate(call: Call) -> Answer:
    """POST .../lifecycle/deactivate."""
    return _switch(call, "INACTIVE", "deactivate")


def _switch(call: Call, status: str, verb: str) -> Answer:
    app = oidc_app(call)
    key, now = _named_in(call, app), call.tenant.now()
    if key["status"] == status:
        return Answer(200, _show(call.tenant, app, key))
    changed = {**key, "status": status, "lastUpdated": now}
    keys = [changed if each["id"] == key["id"] else each for each in _keys_of(app)]
    if _is_active_encryption(changed):
        off = {"status": "INACTIVE", "lastUpdated": now}
        keys = [each if each is changed or not _is_active_encryption(each) else {**each, **off} for each in keys]
    _store(call, app, keys, verb, changed)
    return Answer(200, _show(call.tenant, app, changed))


def _is_active_encryption(key: JsonObject) -> bool:
    return bool(key["use"] == "enc" and key["status"] == "ACTIVE")


FAMILY = Family(
    endpoints=(
        Route("GET", PATH, list_keys),
        Route("POST", PATH, add_key),
        Route("GET", f"{PATH}/{{key}}", read_key),
        Route("DELETE", f"{PATH}/{{key}}", delete_key),
        Route("POST", f"{PATH}/{{key}}/lifecycle/activate", activate),
        Route("POST", f"{PATH}/{{key}}/lifecycle/deactivate", deactivate),
    ),
    scope="okta.apps",
)
