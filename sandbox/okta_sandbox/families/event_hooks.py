"""Event hooks: `/api/v1/eventHooks`. The secret `authScheme.value` is never shown."""

from typing import Annotated, Any, Literal

from pydantic import Field

from okta_sandbox import system_log
from okta_sandbox.body import Body, required_text
from okta_sandbox.collection import Collection, Events, Family, Lifecycle, Unique
from okta_sandbox.errors import OktaError, invalid, invalid_field
from okta_sandbox.event_hook_delivery import headers_of
from okta_sandbox.exchange import Answer, Call, OutboundGet, Route
from okta_sandbox.json_types import JsonObject
from okta_sandbox.links import lifecycle_link, link
from okta_sandbox.outbound import is_loopback
from okta_sandbox.store import Record
from okta_sandbox.tenant import Tenant

EVENT_TYPE = r"^[A-Za-z]\w*(\.\w+)+$"


class _Events(Body):
    type: Literal["EVENT_TYPE", "FLOW_EVENT"]
    items: list[Annotated[str, Field(pattern=EVENT_TYPE)]] = Field(min_length=1)
    filter: dict[str, Any] | None = None


class _Header(Body):
    key: str = required_text()
    value: str | None = None


class _AuthScheme(Body):
    type: Literal["HEADER"] = "HEADER"
    key: str = required_text()
    value: str | None = None


class _Config(Body):
    uri: str = required_text(1024)
    headers: list[_Header] | None = None
    method: Literal["POST"] = "POST"
    authScheme: _AuthScheme | None = None


class _Channel(Body):
    type: Literal["HTTP"]
    version: str = required_text()
    config: _Config


class _EventHook(Body):
    status: Literal["ACTIVE", "INACTIVE"] = "ACTIVE"
    verificationStatus: str = "UNVERIFIED"
    name: str = required_text()
    description: str | None = None
    events: _Events
    channel: _Channel


def _complete(call: Call, body: JsonObject, before: Record | None) -> JsonObject:
    config = dict(body["channel"]["config"])
    if not config["uri"].startswith("https://") and not is_loopback(config["uri"]):
        raise invalid_field("channel.config.uri", "The uri must be a valid HTTPS URL.")
    config["headers"] = config["headers"] or []
    if scheme := config["authScheme"]:
        config["authScheme"] = {name: value for name, value in scheme.items() if name != "value"}
    secret = (scheme or {}).get("value") or (before.private.get("authScheme") if before else None)
    same_address = before and before.body["channel"]["config"]["uri"] == config["uri"]
    return {
        **body,
        "status": before.body["status"] if before else "ACTIVE",
        # A changed URL must be verified again.
        "verificationStatus": before.body["verificationStatus"] if before and same_address else "UNVERIFIED",
        "createdBy": call.actor.id,
        "channel": {**body["channel"], "config": config},
        "_private": {"authScheme": secret},
    }


def _cannot_delete(hook: Record) -> OktaError:
    return invalid("eventHook", "eventHook: An active event hook cannot be deleted. Deactivate it first.")


def _links(tenant: Tenant, hook: Record) -> JsonObject:
    path, active = f"{EVENT_HOOKS.path}/{hook.id}", hook.body["status"] == "ACTIVE"
    further = (
        {"verify": link(tenant, f"{path}/lifecycle/verify", "POST")}
        if active
        else {"delete": link(tenant, path, "DELETE")}
    )
    return {"self": link(tenant, path), **further, **lifecycle_link(tenant, path, hook.body["status"], "POST")}


EVENT_HOOKS = Collection(
    kind="EventHook",
    path="/api/v1/eventHooks",
    item="hook",
    prefix="who",
    model=_EventHook,
    events=Events(
        "EventHook", *(f"event_hook.{verb}" for verb in ("created", "updated", "deleted", "activated", "deactivated"))
    ),
    lifecycle=Lifecycle("object", _cannot_delete),
    unique=Unique(),
    complete=_complete,
    links=_links,
)


def challenge(call: Call) -> OutboundGet:
    """The verification request to the URL of the hook."""
    hook = EVENT_HOOKS.named_in(call)
    headers = {**headers_of(hook), "x-okta-verification-challenge": call.request_id}
    return OutboundGet(hook.body["channel"]["config"]["uri"], headers)


def verify(call: Call) -> Answer:
    """POST .../lifecycle/verify: a hook on this machine is called; any other is accepted without a call."""
    hook = EVENT_HOOKS.named_in(call)
    if hook.body["status"] != "ACTIVE":
        raise invalid("eventHook", "eventHook: Only an active event hook can be verified.")
    answered = call.fetched.get("verification") if isinstance(call.fetched, dict) else None
    if is_loopback(hook.body["channel"]["config"]["uri"]) and answered != call.request_id:
        raise invalid("eventHook", "eventHook: The address did not answer with the verification challenge.")
    body = {**hook.body, "verificationStatus": "VERIFIED", **EVENT_HOOKS.stamps.on_update(call)}
    hook = call.tenant.store.change(hook, body)
    system_log.record(call, "event_hook.verified", system_log.target(hook.id, EVENT_HOOKS.kind, hook.body["name"]))
    return Answer(200, EVENT_HOOKS.view(call.tenant, hook))


FAMILY = Family(
    (EVENT_HOOKS,),
    (Route("POST", f"{EVENT_HOOKS.item_path}/lifecycle/verify", verify, fetches=challenge),),
    scope="okta.eventHooks",
)
