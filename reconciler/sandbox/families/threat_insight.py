"""Okta ThreatInsight: `/api/v1/threats/configuration`."""

from typing import Literal

from pydantic import Field

from reconciler.sandbox.body import Body
from reconciler.sandbox.collection import Family
from reconciler.sandbox.exchange import Call
from reconciler.sandbox.json_types import JsonObject
from reconciler.sandbox.links import link
from reconciler.sandbox.references import require
from reconciler.sandbox.setting import Setting
from reconciler.sandbox.tenant import Tenant

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
