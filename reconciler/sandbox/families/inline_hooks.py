"""Inline hooks: `/api/v1/inlineHooks`. The secret of `authScheme.value` is never shown."""

from typing import Any, Literal

from reconciler.sandbox.body import OpenBody, absent, fill, required_text
from reconciler.sandbox.collection import Collection, Events, Family, Lifecycle, Unique
from reconciler.sandbox.errors import OktaError, invalid
from reconciler.sandbox.exchange import Call
from reconciler.sandbox.json_types import JsonObject
from reconciler.sandbox.links import link, switch
from reconciler.sandbox.store import Record
from reconciler.sandbox.tenant import Tenant


class _Config(OpenBody):
    authScheme: dict[str, Any] | None = absent()


class _Channel(OpenBody):
    config: _Config = _Config()


class _InlineHook(OpenBody):
    status: Literal["ACTIVE", "INACTIVE"] = "ACTIVE"
    name: str = required_text()
    type: str = required_text()
    version: str = required_text()
    channel: _Channel


def _complete(call: Call, body: JsonObject, before: Record | None) -> JsonObject:
    config = fill({"headers": [], "method": "POST"}, body["channel"]["config"])
    scheme = dict(config.get("authScheme") or {})
    secret = scheme.pop("value", before.private.get("authScheme") if before else None)
    if scheme:
        config["authScheme"] = scheme
    status = before.body["status"] if before else "ACTIVE"
    channel = {**body["channel"], "config": config}
    return {**body, "status": status, "channel": channel, "_private": {"authScheme": secret}}


def _cannot_delete(hook: Record) -> OktaError:
    return invalid("inlineHook", "inlineHook: An active inline hook cannot be deleted. Deactivate it first.")


def _links(tenant: Tenant, hook: Record) -> JsonObject:
    path, active = f"/api/v1/inlineHooks/{hook.id}", hook.body["status"] == "ACTIVE"
    further = (
        {"execute": link(tenant, f"{path}/execute", "POST")} if active else {"delete": link(tenant, path, "DELETE")}
    )
    return {"self": link(tenant, path), **further, **switch(tenant, path, hook.body["status"], "POST")}


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
)

FAMILY = Family((INLINE_HOOKS,), scope="okta.inlineHooks")
