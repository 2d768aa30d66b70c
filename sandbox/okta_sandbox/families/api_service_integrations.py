"""API service integrations and their secrets: `/integrations/api/v1/api-services`.

An integration is an OAuth 2.0 client from Okta's catalogue with scopes of the Management API. It cannot be changed. Its
secret is shown only when it is created.
"""

import re
from typing import Any

from pydantic import Field

from okta_sandbox.body import Body, absent, required_text
from okta_sandbox.collection import NO_STAMPS, Collection, Events, Family, Lifecycle
from okta_sandbox.errors import OktaError, invalid
from okta_sandbox.exchange import Answer, Call, Route
from okta_sandbox.families.app_grants import OKTA_SCOPE
from okta_sandbox.families.app_secrets import MAX_SECRETS
from okta_sandbox.families.catalogue_entries import LOGO, api_service
from okta_sandbox.families.client_secrets import secret_body
from okta_sandbox.json_types import JsonObject
from okta_sandbox.links import lifecycle_link, link
from okta_sandbox.paging import Paging
from okta_sandbox.store import Record
from okta_sandbox.tenant import Tenant

SECRET = "ApiServiceIntegrationSecret"
HIDDEN = "*" * 8


class _Integration(Body):
    type: str = required_text()
    grantedScopes: list[str] = Field(min_length=1)
    properties: dict[str, dict[str, Any]] = Field({})


def _complete(call: Call, body: JsonObject, before: Record | None) -> JsonObject:
    if unknown := [scope for scope in body["grantedScopes"] if not re.match(OKTA_SCOPE, scope)]:
        raise invalid("grantedScopes", f"grantedScopes: {', '.join(unknown)} is not a scope of Okta's.")
    known = api_service(body["type"])
    return {
        "type": body["type"],
        "name": known["displayName"],
        "createdAt": call.tenant.now(),
        "createdBy": call.actor.id,
        "configGuideUrl": known["configGuideUrl"],
        "grantedScopes": list(dict.fromkeys(body["grantedScopes"])),
        "properties": body["properties"],
    }


def _add_first_secret(call: Call, integration: Record) -> None:
    SECRETS.add(call.with_params(integration=integration.id), {}, integration.id)


def _links(tenant: Tenant, integration: Record) -> JsonObject:
    return {
        "self": link(tenant, f"{INTEGRATIONS.path}/{integration.id}", "GET", "DELETE"),
        "client": link(tenant, f"/oauth2/v1/clients/{integration.id}", "GET"),
        "logo": {"name": "medium", "href": LOGO},
    }


INTEGRATIONS = Collection(
    kind="ApiServiceIntegration",
    path="/integrations/api/v1/api-services",
    item="integration",
    prefix="0oa",
    model=_Integration,
    events=Events(
        "AppInstance",
        create="integration.api_service.lifecycle.authorize",
        delete="integration.api_service.lifecycle.revoke",
    ),
    operations=("list", "read", "delete"),
    stamps=NO_STAMPS,
    paging=Paging(),
    complete=_complete,
    created=_add_first_secret,
    links=_links,
)


def _create(call: Call) -> Answer:
    """POST: the answer shows the secret of the new integration."""
    integration = INTEGRATIONS.add(call, call.json())
    (secret,) = call.tenant.store.all(SECRET, integration.id)
    view = INTEGRATIONS.view(call.tenant, integration)
    return Answer(201, {**view, "clientSecret": secret.private["client_secret"]})


# Secrets


class _Secret(Body):
    status: str | None = absent()


def _complete_secret(call: Call, body: JsonObject, before: Record | None) -> JsonObject:
    if len(call.tenant.store.all(SECRET, INTEGRATIONS.named_in(call).id)) >= MAX_SECRETS:
        raise invalid("client_secret", f"client_secret: An integration cannot have more than {MAX_SECRETS} secrets.")
    made = secret_body(call.tenant.identifiers.client_secret())
    return {**made, "client_secret": HIDDEN, "_private": {"client_secret": made["client_secret"]}}


def _secret_links(tenant: Tenant, secret: Record) -> JsonObject:
    path = f"{INTEGRATIONS.path}/{secret.parent}/credentials/secrets/{secret.id}"
    shown = lifecycle_link(tenant, path, secret.body["status"], "POST")
    return shown if secret.body["status"] == "ACTIVE" else {**shown, "delete": link(tenant, path, "DELETE")}


def _cannot_delete(secret: Record) -> OktaError:
    return invalid("client_secret", "client_secret: An active secret cannot be deleted. Deactivate it first.")


SECRETS = Collection(
    kind=SECRET,
    path=f"{INTEGRATIONS.item_path}/credentials/secrets",
    item="secret",
    prefix="ocs",
    model=_Secret,
    events=Events.lifecycle(SECRET, "app.oauth2.credentials.lifecycle."),
    parent=INTEGRATIONS,
    operations=("list", "delete"),
    lifecycle=Lifecycle("object", _cannot_delete),
    title=lambda body: str(body["secret_hash"]),
    complete=_complete_secret,
    links=_secret_links,
)


def _create_secret(call: Call) -> Answer:
    """POST of another secret, which is shown only here."""
    secret = SECRETS.add(call, call.json(), INTEGRATIONS.named_in(call).id)
    return Answer(201, {**SECRETS.view(call.tenant, secret), **secret.private})


FAMILY = Family(
    (INTEGRATIONS, SECRETS),
    (
        Route("POST", INTEGRATIONS.path, _create),
        Route("POST", SECRETS.path, _create_secret),
    ),
    scope="okta.oauthIntegrations",
)
