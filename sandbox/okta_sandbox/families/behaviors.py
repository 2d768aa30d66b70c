"""Behavior detection rules: `/api/v1/behaviors`. Their times have a format of their own."""

from typing import Annotated, Literal

from pydantic import Field, RootModel

from okta_sandbox.body import Body, absent, required_text
from okta_sandbox.collection import Collection, Events, Family, Lifecycle, Stamps, Unique
from okta_sandbox.errors import invalid_field
from okta_sandbox.exchange import Call
from okta_sandbox.json_types import JsonObject
from okta_sandbox.links import standard_links
from okta_sandbox.store import Record


class _History(Body):
    minEventsNeededForEvaluation: int = Field(0, ge=0, le=10)
    maxEventsUsedForEvaluation: int = Field(20, ge=1, le=100)


class _LongHistory(_History):
    maxEventsUsedForEvaluation: int = Field(50, ge=1, le=100)


class _Location(_History):
    granularity: Literal["LAT_LONG", "CITY", "COUNTRY", "SUBDIVISION"]
    radiusKilometers: float | None = absent()


class _Speed(Body):
    velocityKph: int = Field(805, ge=1)


class _Behavior(Body):
    name: str = required_text(128)
    status: Literal["ACTIVE", "INACTIVE"] = "ACTIVE"


class _LocationBehavior(_Behavior):
    settings: _Location
    type: Literal["ANOMALOUS_LOCATION"]


class _DeviceBehavior(_Behavior):
    settings: _History = _History()
    type: Literal["ANOMALOUS_DEVICE"]


class _AddressBehavior(_Behavior):
    settings: _LongHistory = _LongHistory()
    type: Literal["ANOMALOUS_IP", "ANOMALOUS_ASN"]


class _SpeedBehavior(_Behavior):
    settings: _Speed = _Speed()
    type: Literal["VELOCITY"]


_Kinds = _LocationBehavior | _DeviceBehavior | _AddressBehavior | _SpeedBehavior


class _AnyBehavior(RootModel[Annotated[_Kinds, Field(discriminator="type")]]):
    """The settings depend on the type."""


def _complete(call: Call, body: JsonObject, before: Record | None) -> JsonObject:
    if body["settings"].get("granularity") == "LAT_LONG" and body["settings"].get("radiusKilometers") is None:
        raise invalid_field("settings.radiusKilometers", "The field cannot be left blank")
    if before and body["type"] != before.body["type"]:
        raise invalid_field("type", "The type of a behavior detection rule cannot be changed.")
    return {**body, "status": before.body["status"]} if before else body


_EVENTS = "security.behavior.settings."
BEHAVIORS = Collection(
    kind="BehaviorRule",
    path="/api/v1/behaviors",
    item="behavior",
    prefix="bhv",
    model=_AnyBehavior,
    events=Events("BehaviorRule", *(_EVENTS + verb for verb in ("create", "update", "delete", "update", "update"))),
    stamps=Stamps(written=lambda moment: moment.strftime("%Y-%m-%d %H:%M:%S.0")),
    lifecycle=Lifecycle("object"),
    query=lambda behavior, wanted: wanted.lower() in str(behavior.body["name"]).lower(),
    unique=Unique(),
    complete=_complete,
    links=lambda tenant, behavior: standard_links(tenant, behavior, f"/api/v1/behaviors/{behavior.id}"),
)

FAMILY = Family((BEHAVIORS,), scope="okta.behaviors")
