"""Client secrets below an app: what its POST and PUT do to them. Their own endpoints are in `app_secrets`."""

import hashlib

from okta_sandbox.errors import invalid
from okta_sandbox.json_types import JsonObject
from okta_sandbox.store import Record
from okta_sandbox.tenant import Tenant

SECRET = "OAuth2ClientSecret"
PREFIX = "ocs"
METHODS_WITHOUT_SECRET = ("private_key_jwt", "none")
SENT = "clientSecret"
"""The private field of an app with the secret that its POST or PUT sent, or that was generated for it."""
SHORTEST_TO_SIGN = 32
"""Characters of the shortest secret that can sign assertions (client_secret_jwt)."""


def secret_body(secret: str, status: str = "ACTIVE") -> JsonObject:
    """A secret and its hash."""
    digest = hashlib.md5(secret.encode(), usedforsecurity=False).hexdigest()
    return {"status": status, "client_secret": secret, "secret_hash": digest}


def check_length(secret: str, method: str) -> None:
    """Refuse a secret that is too short for the authentication method. The text is Okta's."""
    if method == "client_secret_jwt" and len(secret) < SHORTEST_TO_SIGN:
        reason = f"'client_secret' must be at least '{SHORTEST_TO_SIGN}' characters long for {method} auth method."
        raise invalid("client_secret", f"client_secret: {reason}")


def active_secrets(tenant: Tenant, app_id: str) -> list[Record]:
    """The active secrets of an app, the newest one last."""
    return [each for each in tenant.store.all(SECRET, app_id) if each.body["status"] == "ACTIVE"]


def keep_sent(tenant: Tenant, app: Record) -> None:
    """Make the secrets of an app fit its new body, after a POST or PUT.

    Okta deletes all secrets if the app authenticates in a way that needs none. What it does with a secret that the app
    does not have yet is not documented: here it replaces the newest one.
    """
    client = app.body["credentials"].get("oauthClient")
    if client is None:
        return
    secrets, sent = tenant.store.all(SECRET, app.id), _taken(tenant, app)
    if client["token_endpoint_auth_method"] in METHODS_WITHOUT_SECRET:
        for secret in secrets:
            tenant.store.remove(secret)
    elif sent and not secrets:
        _add_first(tenant, app, sent, tenant.now())
    elif sent and all(sent != secret.body["client_secret"] for secret in secrets):
        newest = secrets[-1]
        replaced = {**newest.body, **secret_body(sent, newest.body["status"]), "lastUpdated": tenant.now()}
        tenant.store.change(newest, replaced)


def keep_of_earlier_files(tenant: Tenant) -> None:
    """Store the secrets that state files of earlier versions have with the apps themselves."""
    for app in tenant.store.all("AppInstance"):
        sent = _taken(tenant, app)
        if sent and tenant.store.get(SECRET, PREFIX + app.id[3:], app.id) is None:
            _add_first(tenant, app, sent, app.body["created"])


def _taken(tenant: Tenant, app: Record) -> str:
    """The secret that was sent with an app, which no longer has it then; empty without one."""
    if sent := app.private.get(SENT):
        tenant.store.change(app, private={name: value for name, value in app.private.items() if name != SENT})
    return sent or ""


def _add_first(tenant: Tenant, app: Record, secret: str, now: str) -> None:
    times = dict.fromkeys(("created", "lastUpdated"), now)
    tenant.store.add(SECRET, PREFIX + app.id[3:], {**secret_body(secret), **times}, app.id)
