"""Inline hooks: `/api/v1/inlineHooks`. Secrets are never shown."""

from typing import Any, Literal

from pydantic import Field

from okta_sandbox.body import Body, OpenBody, absent, fill, required_text
from okta_sandbox.collection import Collection, Events, Family, Lifecycle, Unique
from okta_sandbox.errors import OktaError, invalid, invalid_field
from okta_sandbox.exchange import Answer, Call, Route
from okta_sandbox.json_types import JsonObject
from okta_sandbox.links import lifecycle_link, link
from okta_sandbox.references import require
from okta_sandbox.store import Record
from okta_sandbox.tenant import Tenant

Kind = Literal[
    "com.okta.import.transform",
    "com.okta.oauth2.tokens.transform",
    "com.okta.saml.tokens.transform",
    "com.okta.telephony.provider",
    "com.okta.user.credential.password.import",
    "com.okta.user.pre-registration",
]


class _Header(Body):
    key: str = required_text()
    value: str | None = None


class _Config(OpenBody):
    uri: str = required_text(1024)
    headers: list[_Header] | None = Field([])
    method: str = "POST"
    authScheme: dict[str, Any] | None = None
    hookKeyId: str | None = absent()


class _Channel(OpenBody):
    type: Literal["HTTP", "OAUTH"]
    version: str = required_text()
    config: _Config


class _InlineHook(Body):
    status: Literal["ACTIVE", "INACTIVE"] = "ACTIVE"
    name: str = required_text()
    type: Kind
    version: str = required_text()
    channel: _Channel
    metadata: dict[str, Any] | None = absent()


def _complete(call: Call, body: JsonObject, before: Record | None) -> JsonObject:
    if before and before.body["type"] != body["type"]:
        raise invalid_field("type", "The type of an inline hook cannot be changed.")
    config, held = dict(body["channel"]["config"]), before.private if before else {}
    scheme = dict(config["authScheme"] or {})
    secrets = {
        "authScheme": scheme.pop("value", held.get("authScheme")),
        "clientSecret": config.pop("clientSecret", held.get("clientSecret")),
    }
    if key := config.get("hookKeyId"):
        require(call.tenant, "HookKey", [key], "channel.config.hookKeyId")
    config |= {"headers": config["headers"] or [], "authScheme": scheme or None}
    if body["channel"]["type"] == "OAUTH":
        config["authScheme"] = None
    status = before.body["status"] if before else "ACTIVE"
    return {**body, "status": status, "channel": {**body["channel"], "config": config}, "_private": secrets}


def _cannot_delete(hook: Record) -> OktaError:
    return invalid("inlineHook", "inlineHook: An active inline hook cannot be deleted. Deactivate it first.")


def _links(tenant: Tenant, hook: Record) -> JsonObject:
    path, active = f"/api/v1/inlineHooks/{hook.id}", hook.body["status"] == "ACTIVE"
    further = (
        {"execute": link(tenant, f"{path}/execute", "POST")} if active else {"delete": link(tenant, path, "DELETE")}
    )
    return {"self": link(tenant, path), **further, **lifecycle_link(tenant, path, hook.body["status"], "POST")}


def _of_type(call: Call, hooks: list[Record]) -> list[Record]:
    wanted = call.query.get("type")
    return [hook for hook in hooks if wanted in (None, hook.body["type"])]


INLINE_HOOKS = Collection(
    kind="InlineHook",
    path="/api/v1/inlineHooks",
    item="hook",
    prefix="cal",
    model=_InlineHook,
    events=Events(
        "InlineHook",
        "inline_hook.created",
        "inline_hook.updated",
        "inline_hook.deleted",
        "inline_hook.activated",
        "inline_hook.deactivated",
    ),
    lifecycle=Lifecycle("object", _cannot_delete),
    unique=Unique(),
    complete=_complete,
    links=_links,
    select=_of_type,
)


def update(call: Call) -> Answer:
    """POST of a hook; omitted fields stay."""
    hook = INLINE_HOOKS.named_in(call)
    changed = INLINE_HOOKS.put(call, hook, fill(hook.body, call.json()))
    return Answer(200, INLINE_HOOKS.view(call.tenant, changed))


FAMILY = Family(
    (INLINE_HOOKS,),
    (Route("POST", INLINE_HOOKS.item_path, update),),
    scope="okta.inlineHooks",
)
