"""Rate limit settings and principal rate limits: `/api/v1/rate-limit-settings/*`, `/api/v1/principal-rate-limits`.

They are stored only; the limits that the sandbox enforces are in `rate_limits`.
"""

import re
from functools import partial
from typing import Literal

from pydantic import Field

from okta_sandbox import system_log
from okta_sandbox.body import Body, read
from okta_sandbox.collection import Family
from okta_sandbox.errors import invalid_field, invalid_search, not_found
from okta_sandbox.exchange import Answer, Call, Route
from okta_sandbox.json_types import JsonObject
from okta_sandbox.paging import Paging, page_of
from okta_sandbox.setting import Setting
from okta_sandbox.store import Record
from okta_sandbox.tenant import Tenant

PAGING = Paging(default=20, maximum=50)
Mode = Literal["ENFORCE", "DISABLE", "PREVIEW"]
PATH = "/api/v1/rate-limit-settings"
PRINCIPALS = "/api/v1/principal-rate-limits"
PRINCIPAL = "PrincipalRateLimit"
PREFIX = "prl"
FILTER = re.compile(r'principalType eq "(SSWS_TOKEN|OAUTH_CLIENT)"(?: and principalId eq "(\w+)")?', re.IGNORECASE)
EVENT = "system.rate_limit.configuration.update"
KINDS = {"OAUTH_CLIENT": "AppInstance", "SSWS_TOKEN": "ApiToken"}


def _same(initial: JsonObject, tenant: Tenant) -> JsonObject:
    return initial


class _Threshold(Body):
    warningThreshold: int = Field(ge=30, le=90)


class _Notifications(Body):
    notificationsEnabled: bool


class _PerClient(Body):
    defaultMode: Mode
    useCaseModeOverrides: dict[Literal["LOGIN_PAGE", "OAUTH2_AUTHORIZE", "OIE_APP_INTENT"], Mode] = Field({})


class _Principal(Body):
    principalId: str
    principalType: Literal["SSWS_TOKEN", "OAUTH_CLIENT"]
    defaultPercentage: int = Field(50, ge=0, le=100)
    defaultConcurrencyPercentage: int = Field(75, ge=0, le=100)


_INITIAL: tuple[tuple[str, str, type[Body], JsonObject], ...] = (
    ("RateLimitWarningThreshold", "warning-threshold", _Threshold, {"warningThreshold": 90}),
    ("RateLimitAdminNotifications", "admin-notifications", _Notifications, {"notificationsEnabled": True}),
    ("PerClientRateLimit", "per-client", _PerClient, {"defaultMode": "ENFORCE", "useCaseModeOverrides": {}}),
)
SETTINGS = [
    Setting(kind, f"{PATH}/{name}", model, partial(_same, initial), event=lambda body: EVENT)
    for kind, name, model, initial in _INITIAL
]


def _is_client(principal: Record) -> bool:
    """Whether an app is an OAuth client. API tokens have no sign-on mode."""
    return principal.body.get("signOnMode") in (None, "OPENID_CONNECT")


def _limit_of(tenant: Tenant, kind: str, principal_id: str) -> JsonObject | None:
    """The limit of an API token or client. Only changed limits are stored."""
    principal = tenant.store.get(KINDS[kind], principal_id)
    identifier = PREFIX + principal_id[len(PREFIX) :]
    if principal is None or not _is_client(principal):
        return None
    record = tenant.store.get(PRINCIPAL, identifier)
    if record:
        return {"id": identifier, **record.body}
    made = principal.body["created"].replace(".000Z", "Z")
    return {
        "id": identifier,
        "orgId": tenant.org["id"],
        "principalId": principal_id,
        "principalType": kind,
        "defaultPercentage": 50,
        "defaultConcurrencyPercentage": 75,
        "lastUpdate": made,
        "lastUpdatedBy": tenant.administrator.id,
        "createdDate": made,
        "createdBy": tenant.administrator.id,
    }


def _named_in(call: Call) -> JsonObject:
    identifier = call.params["limit"]
    for kind, prefix in (("OAUTH_CLIENT", "0oa"), ("SSWS_TOKEN", "00T")):
        if limit := _limit_of(call.tenant, kind, prefix + identifier[len(PREFIX) :]):
            return limit
    raise not_found(identifier, PRINCIPAL)


def list_limits(call: Call) -> Answer:
    """GET of the list; the filter must name the principal type."""
    if not (expression := call.query.get("filter")):
        raise invalid_field("filter", "The field cannot be left blank")
    if not (match := FILTER.fullmatch(expression.strip())):
        raise invalid_search(expression)
    kind, wanted = match[1].upper(), match[2]
    principals = [each for each in call.tenant.store.all(KINDS[kind]) if wanted in (None, each.id) and _is_client(each)]
    page, headers = page_of(call, principals, PAGING)
    return Answer(200, [_limit_of(call.tenant, kind, each.id) for each in page], headers)


def change_limit(call: Call) -> Answer:
    """PUT of a limit; its principal cannot be changed."""
    limit = _named_in(call)
    body = read(_Principal, call.json())
    if (body["principalId"], body["principalType"]) != (limit["principalId"], limit["principalType"]):
        raise invalid_field("principalId", "The principal of a rate limit cannot be changed.")
    now = call.tenant.now().replace(".000Z", "Z")
    identifier = str(limit.pop("id"))
    changed = {**limit, **body, "lastUpdate": now, "lastUpdatedBy": call.actor.id}
    store = call.tenant.store
    record = store.get(PRINCIPAL, identifier)
    record = store.change(record, changed) if record else store.add(PRINCIPAL, identifier, changed)
    system_log.record(call, EVENT, system_log.target(identifier, PRINCIPAL, changed["principalId"]))
    return Answer(200, {"id": record.id, **record.body})


_LIMITS = "okta.principalRateLimits"
FAMILY = Family(
    endpoints=(
        *(route for setting in SETTINGS for route in setting.routes()),
        Route("GET", PRINCIPALS, list_limits, _LIMITS),
        Route("GET", f"{PRINCIPALS}/{{limit}}", lambda call: Answer(200, _named_in(call)), _LIMITS),
        Route("PUT", f"{PRINCIPALS}/{{limit}}", change_limit, _LIMITS),
    ),
    scope="okta.rateLimits",
)
