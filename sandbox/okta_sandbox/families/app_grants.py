"""Scope consent grants of an app: `/api/v1/apps/{id}/grants`."""

import re

from pydantic import Field

from okta_sandbox.body import Body
from okta_sandbox.collection import Collection, Events, Family, Unique
from okta_sandbox.errors import already_exists, invalid_field
from okta_sandbox.exchange import Call
from okta_sandbox.families.apps import APPS
from okta_sandbox.json_types import JsonObject
from okta_sandbox.links import link
from okta_sandbox.store import Record
from okta_sandbox.tenant import Tenant

OKTA_SCOPE = r"^okta\.[A-Za-z0-9]+(\.[A-Za-z0-9]+)*\.(read|manage)(\.self)?$"

# An org may have several domains. The URL of its org authorization server has no path.
ORG_SERVER = re.compile(r"https?://[^/\s]+/?")


class _Grant(Body):
    issuer: str
    scopeId: str = Field(pattern=OKTA_SCOPE)


def _complete(call: Call, body: JsonObject, before: Record | None) -> JsonObject:
    app, actor = APPS.named_in(call), call.actor
    if "oauthClient" not in app.body["credentials"]:
        raise invalid_field("clientId", "Only OAuth 2.0 clients can be granted scopes.")
    if not ORG_SERVER.fullmatch(body["issuer"]):
        raise invalid_field("issuer", "The issuer has to be the org's own authorization server.")
    return {
        "status": "ACTIVE",
        "createdBy": {"id": actor.id, "type": actor.kind},
        "issuer": call.tenant.base_url,
        "clientId": app.body["credentials"]["oauthClient"]["client_id"],
        "scopeId": body["scopeId"],
        "source": "ADMIN",
    }


def _links(tenant: Tenant, grant: Record) -> JsonObject:
    app = APPS.find(tenant, grant.parent)
    title = {"title": app.body["label"]}
    return {
        "app": {**link(tenant, f"/api/v1/apps/{app.id}"), **title},
        "self": link(tenant, f"/api/v1/apps/{app.id}/grants/{grant.id}", "GET", "DELETE"),
        "client": {**link(tenant, f"/oauth2/v1/clients/{grant.body['clientId']}"), **title},
    }


GRANTS = Collection(
    kind="OAuth2ScopeConsentGrant",
    path="/api/v1/apps/{app}/grants",
    item="grant",
    prefix="oag",
    model=_Grant,
    events=Events("Scope", create="app.oauth2.admin.consent.grant", delete="app.oauth2.admin.consent.revoke"),
    parent=APPS,
    operations=("list", "create", "read", "delete"),
    created_status=201,
    unique=Unique(lambda body: str(body["scopeId"]), lambda name: already_exists("scopeId")),
    title=lambda body: str(body["scopeId"]),
    complete=_complete,
    links=_links,
)

FAMILY = Family((GRANTS,), scope="okta.appGrants")


def granted_scopes(tenant: Tenant, app: Record) -> set[str]:
    """The scopes granted to an app."""
    return {str(grant.body["scopeId"]) for grant in tenant.store.all(GRANTS.kind, app.id)}
