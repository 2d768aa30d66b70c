"""Notification subscriptions of admin roles: `/api/v1/roles/{role}/subscriptions`."""

from typing import Literal

from okta_sandbox.collection import Family
from okta_sandbox.errors import not_found
from okta_sandbox.exchange import Answer, Call, Route
from okta_sandbox.json_types import JsonObject
from okta_sandbox.links import link
from okta_sandbox.store import Record
from okta_sandbox.tenant import Tenant

PATH = "/api/v1/roles/{role}/subscriptions"
ITEM = PATH + "/{notification}"
SUBSCRIPTION = "Subscription"
ROLES = frozenset(
    {
        "ACCESS_CERTIFICATIONS_ADMIN",
        "ACCESS_REQUESTS_ADMIN",
        "API_ACCESS_MANAGEMENT_ADMIN",
        "API_ADMIN",
        "APP_ADMIN",
        "GROUP_MEMBERSHIP_ADMIN",
        "HELP_DESK_ADMIN",
        "MOBILE_ADMIN",
        "ORG_ADMIN",
        "READ_ONLY_ADMIN",
        "REPORT_ADMIN",
        "SUPER_ADMIN",
        "USER_ADMIN",
        "WORKFLOWS_ADMIN",
    }
)
NOTIFICATIONS = (
    "AD_AGENT",
    "AGENT_AUTO_UPDATE_NOTIFICATION",
    "AGENT_AUTO_UPDATE_NOTIFICATION_LDAP",
    "APP_IMPORT",
    "CONNECTOR_AGENT",
    "IWA_AGENT",
    "LDAP_AGENT",
    "OKTA_ANNOUNCEMENT",
    "OKTA_ISSUE",
    "OKTA_UPDATE",
    "RATELIMIT_NOTIFICATION",
    "REPORT_SUSPICIOUS_ACTIVITY",
    "USER_DEPROVISION",
    "USER_LOCKED_OUT",
)
INITIALLY_UNSUBSCRIBED = frozenset({"APP_IMPORT"})  # as recorded on fresh super administrators


def find_role(tenant: Tenant, role: str) -> Record | None:
    """A custom role, by id or label."""
    return tenant.store.get("Role", role) or tenant.store.named("Role", role)


def _role(call: Call) -> str:
    role = call.params["role"]
    if role not in ROLES and find_role(call.tenant, role) is None:
        raise not_found(role, "Role")
    return role


def _notification(call: Call) -> str:
    name = call.params["notification"]
    if name not in NOTIFICATIONS:
        raise not_found(name, SUBSCRIPTION)
    return name


def _show(call: Call, role: str, notification: str) -> JsonObject:
    record = call.tenant.store.get(SUBSCRIPTION, notification, role)
    first = "unsubscribed" if notification in INITIALLY_UNSUBSCRIBED else "subscribed"
    status = record.body["status"] if record else first
    verb = "unsubscribe" if status == "subscribed" else "subscribe"
    path = f"/api/v1/roles/{role}/subscriptions/{notification}"
    return {
        "notificationType": notification,
        "channels": ["email"],
        "status": status,
        "_links": {verb: link(call.tenant, f"{path}/{verb}", "POST"), "self": link(call.tenant, path)},
    }


def list_subscriptions(call: Call) -> Answer:
    """GET of all notifications."""
    role = _role(call)
    return Answer(200, [_show(call, role, each) for each in NOTIFICATIONS])


def read_one(call: Call) -> Answer:
    """GET of one notification."""
    return Answer(200, _show(call, _role(call), _notification(call)))


def _set(call: Call, status: Literal["subscribed", "unsubscribed"]) -> Answer:
    role, notification, store = _role(call), _notification(call), call.tenant.store
    if record := store.get(SUBSCRIPTION, notification, role):
        store.change(record, {"status": status})
    else:
        store.add(SUBSCRIPTION, notification, {"status": status}, role)
    return Answer(200, {})


FAMILY = Family(
    endpoints=(
        Route("GET", PATH, list_subscriptions),
        Route("GET", ITEM, read_one),
        Route("POST", f"{ITEM}/subscribe", lambda call: _set(call, "subscribed")),
        Route("POST", f"{ITEM}/unsubscribe", lambda call: _set(call, "unsubscribed")),
    ),
    scope="okta.roles",
)
