"""Okta ThreatInsight: `/api/v1/threats/configuration`."""

from typing import Literal

from pydantic import Field

from okta_sandbox.body import Body
from okta_sandbox.collection import Family
from okta_sandbox.exchange import Call
from okta_sandbox.json_types import JsonObject
from okta_sandbox.links import link
from okta_sandbox.references import require
from okta_sandbox.setting import Setting
from okta_sandbox.tenant import Tenant

PATH = "/api/v1/threats/configuration"


class _Configuration(Body):
    action: Literal["none", "audit", "block"]
    excludeZones: list[str] = Field([])


def _initial(tenant: Tenant) -> JsonObject:
    created = tenant.administrator.body["created"]
    return {"action": "none", "excludeZones": [], "created": created, "lastUpdated": created}


def _complete(call: Call, body: JsonObject, before: JsonObject) -> JsonObject:
    require(call.tenant, "NetworkZone", body["excludeZones"], "excludeZones")
    return {**body, "created": before["created"], "lastUpdated": call.tenant.now()}


THREAT_INSIGHT = Setting(
    kind="ThreatInsightConfiguration",
    path=PATH,
    model=_Configuration,
    initial=_initial,
    changed_with=("POST",),
    event=lambda body: "security.threat.configuration.update",
    complete=_complete,
    links=lambda tenant, body: {"self": link(tenant, PATH, "GET", "POST")},
)

FAMILY = Family(endpoints=THREAT_INSIGHT.routes(), scope="okta.threatInsights")
