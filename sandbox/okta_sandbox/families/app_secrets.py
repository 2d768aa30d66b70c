"""Client secrets of an OIDC app: `/api/v1/apps/{id}/credentials/secrets`. An app has at most two, for rotation.

The secret created with the app is stored with the app and shown here with an id derived from the app's. It becomes a
separate record when its status changes.
"""

import hashlib

from okta_sandbox.body import Body, absent
from okta_sandbox.collection import Collection, Events, Family, Lifecycle
from okta_sandbox.errors import OktaError, invalid, not_found
from okta_sandbox.exchange import Call
from okta_sandbox.families.apps import APPS
from okta_sandbox.json_types import JsonObject
from okta_sandbox.links import lifecycle_link, link
from okta_sandbox.store import Record
from okta_sandbox.tenant import Tenant

SECRET = "OAuth2ClientSecret"
MAX_SECRETS = 2


class _Secret(Body):
    client_secret: str | None = absent()


def secret_body(secret: str) -> JsonObject:
    """An active secret and its hash."""
    digest = hashlib.md5(secret.encode(), usedforsecurity=False).hexdigest()
    return {"status": "ACTIVE", "client_secret": secret, "secret_hash": digest}


def _original_secret(tenant: Tenant, identifier: str) -> Record | None:
    """The secret created with the app."""
    app = tenant.store.get(APPS.kind, APPS.prefix + identifier[3:])
    if app is None or "clientSecret" not in app.private:
        return None
    times = dict.fromkeys(("created", "lastUpdated"), app.body["created"])
    return Record(SECRET, app.id, identifier, app.sequence, {**secret_body(app.private["clientSecret"]), **times})


def _all(call: Call, stored: list[Record]) -> list[Record]:
    app = APPS.named_in(call)
    if "oauthClient" not in app.body["credentials"]:
        raise not_found(app.id, "OAuth2AppInstance")
    first = _original_secret(call.tenant, SECRETS.prefix + app.id[3:])
    return [first, *stored] if first and all(each.id != first.id for each in stored) else stored


def _complete(call: Call, body: JsonObject, before: Record | None) -> JsonObject:
    app, tenant = APPS.named_in(call), call.tenant
    if len(_all(call, tenant.store.all(SECRET, app.id))) >= MAX_SECRETS:
        raise invalid("client_secret", f"client_secret: An app cannot have more than {MAX_SECRETS} secrets.")
    return secret_body(body.get("client_secret") or tenant.identifiers.client_secret())


def _forget_original_secret(call: Call, secret: Record) -> None:
    app = APPS.find(call.tenant, secret.parent)
    if secret.id == SECRETS.prefix + app.id[3:]:
        private = {name: value for name, value in app.private.items() if name != "clientSecret"}
        call.tenant.store.change(app, private=private)


def _links(tenant: Tenant, secret: Record) -> JsonObject:
    path = f"{APPS.path}/{secret.parent}/credentials/secrets/{secret.id}"
    shown = lifecycle_link(tenant, path, secret.body["status"], "POST")
    return shown if secret.body["status"] == "ACTIVE" else {**shown, "delete": link(tenant, path, "DELETE")}


def _cannot_delete(secret: Record) -> OktaError:
    return invalid("client_secret", "client_secret: An active secret cannot be deleted. Deactivate it first.")


SECRETS = Collection(
    kind=SECRET,
    path="/api/v1/apps/{app}/credentials/secrets",
    item="secret",
    prefix="ocs",
    model=_Secret,
    events=Events.lifecycle("OAuth2ClientSecret", "app.oauth2.credentials.lifecycle."),
    parent=APPS,
    operations=("list", "create", "read", "delete"),
    created_status=201,
    lifecycle=Lifecycle("object", _cannot_delete),
    title=lambda body: str(body["secret_hash"]),
    alias=_original_secret,
    complete=_complete,
    removed=_forget_original_secret,
    links=_links,
    select=_all,
)

FAMILY = Family((SECRETS,), scope="okta.apps")
