"""Authenticators: `/api/v1/authenticators`. They cannot be deleted, only deactivated."""

from typing import Any, Literal

from pydantic import Field

from reconciler.sandbox.body import OpenBody, required_text
from reconciler.sandbox.collection import Collection, Events, Family, Lifecycle
from reconciler.sandbox.exchange import Call
from reconciler.sandbox.json_types import JsonObject
from reconciler.sandbox.links import link, switch
from reconciler.sandbox.store import Record
from reconciler.sandbox.tenant import Tenant

# What a key says of an authenticator that is created (the others are there from the start).
TYPES = {
    "custom_app": "app",
    "custom_otp": "security_key",
    "external_idp": "federated",
    "webauthn": "security_key",
}


class _Authenticator(OpenBody):
    key: str = required_text()
    name: str = required_text()
    type: str | None = None
    settings: dict[str, Any] = Field({})


def _complete(call: Call, body: JsonObject, before: Record | None) -> JsonObject:
    if before:
        fixed = {name: before.body[name] for name in ("type", "key", "status")}
        return {**before.body, **body, **fixed}
    status: Literal["ACTIVE", "INACTIVE"] = "ACTIVE" if call.query.get("activate") == "true" else "INACTIVE"
    return {**body, "type": TYPES.get(body["key"], body["key"]), "status": status}


def _links(tenant: Tenant, authenticator: Record) -> JsonObject:
    path, body = f"/api/v1/authenticators/{authenticator.id}", authenticator.body
    shown = {
        "self": link(tenant, path, "GET", "PUT"),
        "methods": link(tenant, f"{path}/methods", "GET"),
    }
    if body["key"] != "okta_password":
        shown |= switch(tenant, path, body["status"], "POST")
    return shown


AUTHENTICATORS = Collection(
    kind="Authenticator",
    path="/api/v1/authenticators",
    item="authenticator",
    prefix="aut",
    model=_Authenticator,
    events=Events.lifecycle("Authenticator", "security.authenticator.lifecycle."),
    operations=("list", "create", "read", "replace"),
    lifecycle=Lifecycle("object"),
    complete=_complete,
    links=_links,
)

FAMILY = Family((AUTHENTICATORS,), scope="okta.authenticators")
