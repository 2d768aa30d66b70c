"""Org preferences, privacy and notification settings: `/api/v1/org/preferences`, `/api/v1/org/privacy/*`."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from okta_sandbox.body import Body
from okta_sandbox.collection import Family
from okta_sandbox.exchange import Answer, Call, Route
from okta_sandbox.json_types import JsonObject
from okta_sandbox.links import link
from okta_sandbox.setting import SINGLETON_ID, Setting
from okta_sandbox.tenant import Tenant, timestamp

SUPPORT = "OrgOktaSupport"
SUPPORT_PATH = "/api/v1/org/privacy/oktaSupport"
GRANT = {"hours": 8}
EXTENSION = {"hours": 24}


@dataclass(frozen=True)
class _BooleanSetting:
    """A setting with one boolean field; `verbs` maps the last part of each POST path to the value it sets."""

    kind: str
    path: str
    name: str
    verbs: dict[str, bool]
    initial: bool

    def setting(self) -> Setting:
        """The setting for GET."""
        initial: JsonObject = {self.name: self.initial}
        return Setting(self.kind, self.path, Body, lambda tenant: initial, (), links=self._links)

    def _links(self, tenant: Tenant, body: JsonObject) -> JsonObject:
        verb = next(verb for verb, value in self.verbs.items() if value != body[self.name])
        return {verb: link(tenant, f"{self.path}/{verb}", "POST")}

    def routes(self) -> list[Route]:
        """GET, and a POST for each value."""
        setting = self.setting()

        def set_value(value: bool, call: Call) -> Answer:
            setting.store(call, {self.name: value})
            return setting.show(call)

        posts = (
            Route("POST", f"{self.path}/{verb}", lambda call, value=value: set_value(value, call))  # type: ignore[misc]
            for verb, value in self.verbs.items()
        )
        return [*setting.routes(), *posts]


BOOLEAN_SETTINGS = (
    _BooleanSetting(
        "OrgPreferences",
        "/api/v1/org/preferences",
        "showEndUserFooter",
        {"showEndUserFooter": True, "hideEndUserFooter": False},
        initial=True,
    ),
    _BooleanSetting(
        "OrgOktaCommunication",
        "/api/v1/org/privacy/oktaCommunication",
        "optOutEmailUsers",
        {"optOut": True, "optIn": False},
        initial=False,
    ),
)


class _Notifications(Body):
    sendEmailForNewDeviceEnabled: bool = False
    sendEmailForFactorEnrollmentEnabled: bool = False
    sendEmailForFactorResetEnabled: bool = False
    sendEmailForPasswordChangedEnabled: bool = False
    reportSuspiciousActivityEnabled: bool = False


# Endpoint of Okta's console that the official provider calls.
CONSOLE_SETTINGS = (
    Setting(
        kind="SecurityNotificationSettings",
        path="/api/internal/org/settings/security-notification-settings",
        model=_Notifications,
        initial=lambda tenant: dict.fromkeys(_Notifications.model_fields, True),
        changed_with=("POST", "PUT"),
    ),
)


# Okta Support access


def _expiration(tenant: Tenant) -> str | None:
    record = tenant.store.get(SUPPORT, SINGLETON_ID)
    expiration = record.body["expiration"] if record else None
    return str(expiration) if expiration and expiration > tenant.now() else None


def read_support(call: Call) -> Answer:
    """GET: access ends at its expiration."""
    expiration = _expiration(call.tenant)
    verbs = ("extend", "revoke") if expiration else ("grant",)
    links = {verb: link(call.tenant, f"{SUPPORT_PATH}/{verb}", "POST") for verb in verbs}
    status = "ENABLED" if expiration else "DISABLED"
    return Answer(200, {"support": status, "expiration": expiration, "_links": links})


def _extended(tenant: Tenant) -> str:
    """The new expiration: an extension is added to the remaining time."""
    until = _expiration(tenant)
    start = datetime.fromisoformat(until) if until else tenant.clock()
    return timestamp(start + timedelta(**EXTENSION))


def _allow(call: Call, expiration: str | None) -> Answer:
    store = call.tenant.store
    record = store.get(SUPPORT, SINGLETON_ID) or store.add(SUPPORT, SINGLETON_ID, {})
    store.change(record, {"expiration": expiration})
    return read_support(call)


FAMILY = Family(
    endpoints=(
        *(route for preference in BOOLEAN_SETTINGS for route in preference.routes()),
        *(route for setting in CONSOLE_SETTINGS for route in setting.routes()),
        Route("GET", SUPPORT_PATH, read_support),
        Route("POST", f"{SUPPORT_PATH}/grant", lambda call: _allow(call, call.tenant.in_future(**GRANT))),
        Route("POST", f"{SUPPORT_PATH}/extend", lambda call: _allow(call, _extended(call.tenant))),
        Route("POST", f"{SUPPORT_PATH}/revoke", lambda call: _allow(call, None)),
    ),
    scope="okta.orgs",
)
