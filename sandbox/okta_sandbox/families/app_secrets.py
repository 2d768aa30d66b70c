"""Client secrets of an OIDC app: `/api/v1/apps/{id}/credentials/secrets`. An app has at most two, for rotation.

The first secret is created with the app (see `client_secrets`).
"""

from typing import Literal

from okta_sandbox.body import Body, absent
from okta_sandbox.collection import Collection, Events, Family, Lifecycle
from okta_sandbox.errors import OktaError, invalid
from okta_sandbox.exchange import Call
from okta_sandbox.families.apps import APPS, oidc_app
from okta_sandbox.families.client_secrets import PREFIX, SECRET, active_secrets, check_length, secret_body
from okta_sandbox.json_types import JsonObject
from okta_sandbox.links import lifecycle_link, link
from okta_sandbox.store import Record
from okta_sandbox.tenant import Tenant

MAX_SECRETS = 2


class _Secret(Body):
    client_secret: str | None = absent()
    status: Literal["ACTIVE", "INACTIVE"] = "ACTIVE"


def _all(call: Call, stored: list[Record]) -> list[Record]:
    oidc_app(call)
    return stored


def _complete(call: Call, body: JsonObject, before: Record | None) -> JsonObject:
    app, tenant = oidc_app(call), call.tenant
    if tenant.store.count(SECRET, app.id) >= MAX_SECRETS:
        raise invalid("client_secret", f"client_secret: An app cannot have more than {MAX_SECRETS} secrets.")
    if given := body.get("client_secret"):
        check_length(given, app.body["credentials"]["oauthClient"]["token_endpoint_auth_method"])
    return secret_body(given or tenant.identifiers.client_secret(), body["status"])


def _links(tenant: Tenant, secret: Record) -> JsonObject:
    path = f"{APPS.path}/{secret.parent}/credentials/secrets/{secret.id}"
    shown = lifecycle_link(tenant, path, secret.body["status"], "POST")
    return shown if secret.body["status"] == "ACTIVE" else {**shown, "delete": link(tenant, path, "DELETE")}


def _cannot_delete(secret: Record) -> OktaError:
    return invalid("client_secret", "client_secret: An active secret cannot be deleted. Deactivate it first.")


def _refuse_last_active(call: Call, secret: Record) -> None:
    if [each.id for each in active_secrets(call.tenant, secret.parent)] == [secret.id]:
        raise invalid("client_secret", "client_secret: The only active secret of a client cannot be deactivated.")


SECRETS = Collection(
    kind=SECRET,
    path="/api/v1/apps/{app}/credentials/secrets",
    item="secret",
    prefix=PREFIX,
    model=_Secret,
    events=Events.lifecycle("OAuth2ClientSecret", "app.oauth2.credentials.lifecycle."),
    parent=APPS,
    operations=("list", "create", "read", "delete"),
    created_status=201,
    lifecycle=Lifecycle("object", _cannot_delete, _refuse_last_active),
    title=lambda body: str(body["secret_hash"]),
    complete=_complete,
    links=_links,
    select=_all,
)

FAMILY = Family((SECRETS,), scope="okta.apps")
