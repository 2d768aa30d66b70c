"""Behaviors: what is unusual about a sign-in, such as a new country or an impossible speed."""

from __future__ import annotations

from collections.abc import Callable
from typing import Annotated, Any, Final, Literal

from pydantic import Field

from reconciler.kinds.conditions import is_not, larger
from reconciler.kinds.fields import Api, Codec, Int, Name, Ref, Replaces, Status
from reconciler.kinds.kind import Kind, SystemObject, register
from reconciler.kinds.part import Json, Part, Spec
from reconciler.kinds.provider import Provider
from reconciler.kinds.refusals import Phase, Refusal
from reconciler.kinds.risks import Change, changed, gone
from reconciler.kinds.shapes import Listed
from reconciler.kinds.threats import BEHAVIOR_WEAKENED

BehaviorRef = Annotated[str, Ref("behavior")]

_WITH_HISTORY = ("ANOMALOUS_LOCATION", "ANOMALOUS_DEVICE", "ANOMALOUS_IP")
_TYPES = (*_WITH_HISTORY, "VELOCITY")
_MIN_EVENTS = "settings.minEventsNeededForEvaluation"
_COARSER = ("LAT_LONG", "CITY", "SUBDIVISION", "COUNTRY")
"""The values of `location_granularity_type`, the finest first."""
_MADE_BY_OKTA: Final = {
    "New Geo-Location": ("ANOMALOUS_LOCATION", "a place that is new to the user"),
    "New City": ("ANOMALOUS_LOCATION", "a city that is new to the user"),
    "New State": ("ANOMALOUS_LOCATION", "a state or region that is new to the user"),
    "New Country": ("ANOMALOUS_LOCATION", "a country that is new to the user"),
    "New Device": ("ANOMALOUS_DEVICE", "a device that is new to the user"),
    "New IP": ("ANOMALOUS_IP", "an IP address that is new to the user"),
    "Velocity": ("VELOCITY", "a distance from the last sign-in that nobody travels in that time"),
}
"""Type and meaning of the behaviors that Okta creates in every tenant, by name. Nothing else marks them."""


def _coarser(change: Change) -> bool:
    known = change.expected in _COARSER and change.actual in _COARSER
    return known and _COARSER.index(change.actual) > _COARSER.index(change.expected)


def _is_by_coordinates(behavior: Any) -> bool:
    return bool(behavior.type == "ANOMALOUS_LOCATION" and behavior.location_granularity_type == "LAT_LONG")


_WHOLE = Codec(decode=lambda number: int(number) if isinstance(number, float) and number.is_integer() else number)
"""Okta writes the radius with a decimal point."""


class Behavior(Part):
    """What is unusual about a sign-in (`/api/v1/behaviors`).

    Rules of global session policies name behaviors. Okta creates seven of them in every tenant, which definitions can
    refer to but not change.
    """

    refusals = (
        Refusal(
            "name",
            lambda behavior: behavior.name in _MADE_BY_OKTA,
            "Okta creates this behavior in every tenant: refer to it, or choose another name",
            Phase.VALIDATE,
        ),
        Refusal(
            "velocity",
            lambda behavior: (
                behavior.velocity is not None
                and any(
                    one is not None
                    for one in (
                        behavior.number_of_authentications,
                        behavior.location_granularity_type,
                        behavior.radius_from_location,
                    )
                )
            ),
            "a velocity has no history and no location: leave it out, or the other fields",
            Phase.PREVIEW,
        ),
        Refusal(
            "number_of_authentications",
            lambda behavior: behavior.type in _WITH_HISTORY and not behavior.number_of_authentications,
            "the provider needs it for this type",
        ),
        Refusal(
            "location_granularity_type",
            lambda behavior: behavior.type == "ANOMALOUS_LOCATION" and not behavior.location_granularity_type,
            "the provider needs it for this type",
        ),
        Refusal(
            "radius_from_location",
            lambda behavior: _is_by_coordinates(behavior) and not behavior.radius_from_location,
            "the provider needs it for location_granularity_type: LAT_LONG",
        ),
        Refusal(
            "velocity",
            lambda behavior: behavior.type == "VELOCITY" and not behavior.velocity,
            "the provider needs it for this type",
        ),
        Refusal(
            "velocity",
            lambda behavior: behavior.type != "VELOCITY" and behavior.velocity is not None,
            "only type: VELOCITY has one",
            Phase.VALIDATE,
        ),
        Refusal(
            "location_granularity_type",
            lambda behavior: behavior.type != "ANOMALOUS_LOCATION" and behavior.location_granularity_type is not None,
            "only type: ANOMALOUS_LOCATION has one",
            Phase.VALIDATE,
        ),
        Refusal(
            "radius_from_location",
            lambda behavior: not _is_by_coordinates(behavior) and behavior.radius_from_location is not None,
            "only location_granularity_type: LAT_LONG has one",
            Phase.VALIDATE,
        ),
    )
    risks = (
        changed(BEHAVIOR_WEAKENED, "number_of_authentications", "radius_from_location", "velocity", when=larger),
        changed(BEHAVIOR_WEAKENED, _MIN_EVENTS, when=larger),
        changed(BEHAVIOR_WEAKENED, "location_granularity_type", when=_coarser),
        changed(BEHAVIOR_WEAKENED, "type"),
        changed(BEHAVIOR_WEAKENED, "status", when=is_not("ACTIVE")),
        gone(BEHAVIOR_WEAKENED),
    )

    name: Annotated[Name, Field(max_length=128)]
    """Name of the behavior, unique in the tenant."""
    type: Annotated[Literal["ANOMALOUS_LOCATION", "ANOMALOUS_DEVICE", "ANOMALOUS_IP", "VELOCITY"], Replaces()]
    """What is unusual: the location, the device, the IP address, or the speed between two sign-ins."""
    number_of_authentications: Annotated[
        Int | None, Field(ge=1, le=100), Api("settings.maxEventsUsedForEvaluation")
    ] = None
    """Number of earlier sign-ins to compare with; required for all types except `VELOCITY`."""
    location_granularity_type: Annotated[
        Literal["LAT_LONG", "CITY", "SUBDIVISION", "COUNTRY"] | None, Api("settings.granularity")
    ] = None
    """What counts as the same location: `LAT_LONG` for a circle, or the same city, state or country."""
    radius_from_location: Annotated[Int | None, Field(ge=1), Api("settings.radiusKilometers", _WHOLE)] = None
    """Radius of the circle in kilometers; with `LAT_LONG`."""
    velocity: Annotated[Int | None, Field(ge=1), Api("settings.velocityKph")] = None
    """Speed in kilometers per hour that is too high; with `VELOCITY`."""
    status: Status = "ACTIVE"
    """No sign-in has an `INACTIVE` behavior."""


def _made_by_okta(item: Json) -> bool:
    """Whether it has the name and the type of a behavior that Okta creates."""
    return item.get("type") == _MADE_BY_OKTA.get(str(item.get("name")), ("",))[0]


def _named(name: str) -> Callable[[Json], bool]:
    return lambda item: item.get("name") == name and _made_by_okta(item)


def _write_api(item: Json) -> Json:
    """The provider sets the number of sign-ins that a user must have to 0."""
    if item["type"] not in _WITH_HISTORY:
        return item
    return item | {"settings": {"minEventsNeededForEvaluation": 0, **item.get("settings", {})}}


def _stops(spec: Spec) -> str:
    """What no longer counts."""
    return f"sign-ins no longer count as unusual by {spec['name']}"


BEHAVIOR = register(
    Kind(
        name="behavior",
        resource="okta:index/behaviour:Behaviour",
        fields=Behavior,
        shape=Listed(
            path="/api/v1/behaviors",
            scope="okta.behaviors",
            claims=lambda item: item.get("type") in _TYPES,
            built_in=_made_by_okta,
            others="behavior of another type",
        ),
        provider=Provider(lifecycle=True),
        events=("security.behavior.settings.",),
        fresh={_MIN_EVENTS: (0,)},
        system=tuple(
            SystemObject(name.lower().replace(" ", "-"), _named(name), meaning)
            for name, (_, meaning) in _MADE_BY_OKTA.items()
        ),
        risks_of_others=(changed(BEHAVIOR_WEAKENED, "*"), gone(BEHAVIOR_WEAKENED)),
        stops=_stops,
        write_api=_write_api,
    )
)
