"""Authenticators: `/api/v1/authenticators`. They can be deactivated but not deleted.

The authenticator keys and their methods are in `data/authenticators.json`.
"""

import functools
from typing import Any, Literal

import orjson
from pydantic import Field

from okta_sandbox.body import OpenBody, absent, fill, required_text
from okta_sandbox.collection import Collection, Events, Family, Lifecycle
from okta_sandbox.errors import forbidden, invalid, invalid_field
from okta_sandbox.exchange import Call
from okta_sandbox.families.authenticator_settings import check_authenticator
from okta_sandbox.json_types import JsonObject
from okta_sandbox.links import lifecycle_link, link
from okta_sandbox.product_data import read_data
from okta_sandbox.store import Record
from okta_sandbox.tenant import Tenant

MULTIPLE_ALLOWED = (
    "custom_app",
    "custom_otp",
    "external_idp",
)  # an org may have several authenticators with these keys
ENROLLED_ON_DEVICE = ("custom_app", "okta_verify")
NEVER_ENROLLED = ("external_idp",)  # policies do not list them
SECRETS = ("integrationKey", "secretKey", "sharedSecret")
IN_USE = (
    "Cannot modify/disable this authenticator because it is enabled in one or more policies."
    " To continue, disable the authenticator in these policies."
)
CIBA = "Cannot delete this authenticator because it is being configured for CIBA by one or more OIDC applications."


@functools.cache
def catalogue() -> dict[str, Any]:
    """The type, Okta's own name and the methods of each key."""
    keys: dict[str, Any] = orjson.loads(read_data("authenticators.json"))
    return keys


class _Provider(OpenBody):
    type: str = required_text()
    configuration: dict[str, Any] = Field({})


class _Authenticator(OpenBody):
    key: str = required_text()
    name: str | None = None
    settings: dict[str, Any] | None = absent()
    provider: _Provider | None = absent()


def _complete(call: Call, body: JsonObject, before: Record | None) -> JsonObject:
    check_authenticator(body["key"], body.get("settings"))
    completed: JsonObject = {name: body[name] for name in ("key", "name", "settings", "provider") if name in body}
    if not completed["name"]:
        completed["name"] = _own_name(body["key"], before)
    held = before.body.get("settings") if before else catalogue().get(body["key"], {}).get("settings")
    if held is not None:
        completed["settings"] = fill(held, body.get("settings"))
    if body["key"] == "custom_app" and "settings" in completed:
        settings = completed["settings"]
        completed["settings"] = {**settings, "oauthClientId": settings.get("appInstanceId")}
    if "provider" in body:
        completed["provider"] = _complete_provider(call.tenant, body["provider"], before)
    if before:
        fixed = {name: before.body[name] for name in ("type", "key", "status")}
        return {**before.body, **completed, **fixed}
    if body["key"] not in catalogue():
        raise invalid_field("key", f"'{body['key']}' is not the key of an authenticator.")
    if body["key"] not in MULTIPLE_ALLOWED and any(
        each.body["key"] == body["key"] for each in call.tenant.store.all(AUTHENTICATORS.kind)
    ):
        raise invalid_field("key", "The org has this authenticator already.")
    status: Literal["ACTIVE", "INACTIVE"] = "INACTIVE" if call.query.get("activate") == "false" else "ACTIVE"
    return {"type": catalogue()[body["key"]]["type"], "status": status, **completed}


def _own_name(key: str, before: Record | None) -> str:
    """The name where the body has none, as in requests of the provider: the present one, or Okta's own."""
    name = before.body["name"] if before else catalogue().get(key, {}).get("name")
    if not name and key in catalogue():
        raise invalid_field("name", "The field cannot be left blank")
    return str(name)


def _complete_provider(tenant: Tenant, provider: JsonObject, before: Record | None) -> JsonObject:
    """The provider without its secrets; an on-premises provider gets the id of an app of Okta's."""
    shown = {name: value for name, value in provider["configuration"].items() if name not in SECRETS}
    if provider["type"] == "DEL_OATH":
        held = ((before.body.get("provider") or {}).get("configuration") or {}) if before else {}
        shown["instanceId"] = held.get("instanceId") or tenant.identifiers.new("0oa")
    return {**provider, "configuration": shown}


# Enrolment policies


def _names(entry: JsonObject, authenticator: Record) -> bool:
    """Whether a policy entry names an authenticator: by key, or by id where there may be several."""
    key = authenticator.body["key"]
    return entry.get("id") == authenticator.id if key in MULTIPLE_ALLOWED else entry.get("key") == key


def _enrolment_policies(tenant: Tenant) -> list[Record]:
    return [policy for policy in tenant.store.all("Policy") if policy.body["type"] == "MFA_ENROLL"]


def _entries(policy: Record) -> list[JsonObject]:
    return list((policy.body.get("settings") or {}).get("authenticators") or ())


def _add_to_enrollment_policy(call: Call, authenticator: Record) -> None:
    """Add an active authenticator to the default enrolment policy as OPTIONAL, if users can enrol it."""
    body = authenticator.body
    for_recovery = (body.get("settings") or {}).get("allowedFor") == "recovery"
    if body["status"] != "ACTIVE" or body["key"] in NEVER_ENROLLED or for_recovery:
        return
    for policy in _enrolment_policies(call.tenant):
        if policy.body["system"] and (policy.body.get("settings") or {}).get("type") == "AUTHENTICATORS":
            entry: JsonObject = {"key": body["key"]}
            if body["key"] in MULTIPLE_ALLOWED:
                entry["id"] = authenticator.id
            others = [each for each in _entries(policy) if not _names(each, authenticator)]
            entries = [*others, {**entry, "enroll": {"self": "OPTIONAL"}}]
            settings = {**policy.body["settings"], "authenticators": entries}
            call.tenant.store.change(policy, {**policy.body, "settings": settings})


def _refuse_used(call: Call, authenticator: Record) -> None:
    if authenticator.body["key"] == "okta_password":
        raise forbidden("E0000006", "You do not have permission to perform the requested action")
    for app in call.tenant.store.all("AppInstance"):
        client = app.body["settings"].get("oauthClient") or {}
        if client.get("backchannel_custom_authenticator_id") == authenticator.id:
            raise invalid("Authenticator", CIBA)
    users = [
        policy.body["name"]
        for policy in _enrolment_policies(call.tenant)
        for entry in _entries(policy)
        if _names(entry, authenticator) and (entry.get("enroll") or {}).get("self") != "NOT_ALLOWED"
    ]
    if users:
        raise forbidden("E0000148", IN_USE, f"Authenticator Enrollment Policies: {', '.join(users)}")


def _links(tenant: Tenant, authenticator: Record) -> JsonObject:
    path, body = f"{AUTHENTICATORS.path}/{authenticator.id}", authenticator.body
    shown = {
        "self": link(tenant, path, "GET", "PUT"),
        "methods": link(tenant, f"{path}/methods", "GET"),
    }
    if body["key"] != "okta_password":
        shown |= lifecycle_link(tenant, path, body["status"], "POST")
    if body["key"] == "webauthn":
        shown["aaguids"] = link(tenant, f"{path}/aaguids", "GET", "POST")
    if body["key"] in ENROLLED_ON_DEVICE:
        shown["enroll"] = link(tenant, "/idp/authenticators", "POST")
    return shown


AUTHENTICATORS = Collection(
    kind="Authenticator",
    path="/api/v1/authenticators",
    item="authenticator",
    prefix="aut",
    model=_Authenticator,
    events=Events.lifecycle("Authenticator", "security.authenticator.lifecycle."),
    operations=("list", "create", "read", "replace"),
    lifecycle=Lifecycle("object", guard_deactivate=_refuse_used, activated=_add_to_enrollment_policy),
    complete=_complete,
    created=_add_to_enrollment_policy,
    links=_links,
)

FAMILY = Family((AUTHENTICATORS,), scope="okta.authenticators")
