"""Behaviors, and those that Okta creates."""

from __future__ import annotations

import pytest
from pydantic import ValidationError

from reconciler.drift.findings import Verdict
from reconciler.kinds.behavior import BEHAVIOR, Behavior
from reconciler.kinds.global_session_policy import GlobalSessionRule
from reconciler.kinds.mapping import Vocabulary, decode
from tests.drift.ratings import beyond_of, changed, whole
from tests.of_kinds import OMIT, about
from tests.official.provider_rules import Converges, NotDeclarable, Refused, RefusedByValidate, rule

KIND = "behavior"
_PLACE = {"type": "ANOMALOUS_LOCATION", "number_of_authentications": 20, "velocity": OMIT}
_CIRCLE = {**_PLACE, "location_granularity_type": "LAT_LONG", "radius_from_location": 20}
_CITY = {**_PLACE, "location_granularity_type": "CITY", "radius_from_location": OMIT}
_ADDRESS = {"type": "ANOMALOUS_IP", "number_of_authentications": 50, "velocity": OMIT}
_NEEDED = "the provider needs it"
_ELSEWHERE = dict.fromkeys(("location_granularity_type", "radius_from_location"), OMIT)

about(
    kind=KIND,
    usual={"name": "Tested", "type": "VELOCITY", "velocity": 500},
    harmless=frozenset({"name"}),
    fixed={
        "type": "Okta refuses to change it",
        "location_granularity_type": "LAT_LONG needs a radius, which no other value has",
    },
    variants={
        "": {
            "velocity": {"type": "VELOCITY", "number_of_authentications": OMIT, **_ELSEWHERE},
            "circle": {"type": "ANOMALOUS_LOCATION", "location_granularity_type": "LAT_LONG", "velocity": OMIT},
            "city": {
                "type": "ANOMALOUS_LOCATION",
                "location_granularity_type": "CITY",
                "radius_from_location": OMIT,
                "velocity": OMIT,
            },
            "device": {"type": "ANOMALOUS_DEVICE", "velocity": OMIT, **_ELSEWHERE},
        }
    },
    needed={
        "velocity": ("velocity",),
        "circle": ("number_of_authentications", "radius_from_location"),
        "city": ("number_of_authentications",),
        "device": ("number_of_authentications",),
    },
    system={
        one.name: {"name": name, "type": kind}
        for one, (name, kind) in zip(
            BEHAVIOR.system,
            (
                ("New Geo-Location", "ANOMALOUS_LOCATION"),
                ("New City", "ANOMALOUS_LOCATION"),
                ("New State", "ANOMALOUS_LOCATION"),
                ("New Country", "ANOMALOUS_LOCATION"),
                ("New Device", "ANOMALOUS_DEVICE"),
                ("New IP", "ANOMALOUS_IP"),
                ("Velocity", "VELOCITY"),
            ),
            strict=True,
        )
    },
    rules=(
        rule(
            KIND,
            "preview",
            "velocity given and any of",
            Refused(KIND, "velocity", "leave it out", {"number_of_authentications": 20}),
        ),
        rule(
            KIND,
            "create update",
            "type in ANOMALOUS_LOCATION, ANOMALOUS_DEVICE, ANOMALOUS_IP and",
            Refused(
                KIND, "number_of_authentications", _NEEDED, {**_ADDRESS, "number_of_authentications": OMIT}, _ADDRESS
            ),
            Converges(KIND, _ADDRESS, sends={"settings.maxEventsUsedForEvaluation": 50}),
        ),
        rule(
            KIND,
            "create update",
            'type == "ANOMALOUS_LOCATION" and location_granularity_type unset',
            Refused(KIND, "location_granularity_type", _NEEDED, _PLACE, _CITY),
            RefusedByValidate(
                KIND,
                "location_granularity_type",
                "only type: ANOMALOUS_LOCATION",
                {**_ADDRESS, "location_granularity_type": "CITY"},
                _ADDRESS,
            ),
        ),
        rule(
            KIND,
            "create update",
            'type == "ANOMALOUS_LOCATION" and location_granularity_type == "LAT_LONG"',
            Refused(KIND, "radius_from_location", _NEEDED, {**_CIRCLE, "radius_from_location": OMIT}, _CIRCLE),
            RefusedByValidate(
                KIND,
                "radius_from_location",
                "only location_granularity_type",
                {**_CITY, "radius_from_location": 5},
                _CITY,
            ),
        ),
        rule(
            KIND,
            "create update",
            'type == "VELOCITY" and',
            Refused(KIND, "velocity", _NEEDED, {"velocity": OMIT}),
            RefusedByValidate(KIND, "velocity", "only type: VELOCITY", {**_ADDRESS, "velocity": 5}, _ADDRESS),
        ),
        rule(
            KIND,
            "create update",
            "always",
            Converges(
                KIND,
                {**_CIRCLE, "radius_from_location": 5},
                before=_CIRCLE,
                sends={"settings.radiusKilometers": 5, "settings.minEventsNeededForEvaluation": 0},
            ),
            RefusedByValidate(KIND, "name", "Okta creates this behavior", {"name": "New City"}),
        ),
        rule(KIND, "create update", "type is none of the four", NotDeclarable("the field has four values")),
        rule(KIND, "create", 'status == "INACTIVE"', Converges(KIND, {"status": "INACTIVE"})),
        rule(
            KIND,
            "update",
            "status changed",
            Converges(KIND, {"status": "INACTIVE"}, before={"status": "ACTIVE"}),
            Converges(KIND, {"status": "ACTIVE"}, before={"status": "INACTIVE"}),
        ),
    ),
    attacks={
        "behavior-weakened": (
            changed(KIND, "velocity", 500, 5000),
            changed(KIND, "radius_from_location", 20, 500),
            changed(KIND, "number_of_authentications", 20, 100),
            changed(KIND, "location_granularity_type", "CITY", "COUNTRY"),
            changed(KIND, "type", "ANOMALOUS_IP", "ANOMALOUS_DEVICE"),
            changed(KIND, "status", "ACTIVE", "INACTIVE"),
            changed(KIND, "settings.minEventsNeededForEvaluation", 0, 10, Verdict.BEYOND),
            whole(Verdict.MISSING, KIND),
            beyond_of(KIND, "settings.velocityKph", 805, 9000),
            beyond_of(KIND, "status", "ACTIVE", "INACTIVE"),
        ),
    },
    innocent={
        "behavior-weakened": (
            changed(KIND, "velocity", 500, 400),
            changed(KIND, "location_granularity_type", "COUNTRY", "CITY"),
            changed(KIND, "status", "INACTIVE", "ACTIVE"),
            beyond_of(KIND, "settings.velocityKph", 805, 400),
        ),
    },
)


@pytest.mark.parametrize("name", ["New City", "Velocity"])
def test_a_behavior_of_okta_is_referred_to_and_not_declared(name):
    with pytest.raises(ValidationError, match="Okta creates this behavior"):
        Behavior(name=name, type="VELOCITY", velocity=5)


def test_only_the_name_and_the_type_together_tell_a_behavior_of_okta():
    city = {"name": "New City", "type": "ANOMALOUS_LOCATION"}
    assert BEHAVIOR.shape.built_in(city)
    assert not BEHAVIOR.shape.built_in(city | {"type": "VELOCITY"})
    assert not BEHAVIOR.shape.built_in(city | {"name": "New Town"})


def test_a_radius_is_read_as_a_whole_number():
    found = {"name": "A", "type": "ANOMALOUS_LOCATION", "settings": {"radiusKilometers": 20.0}}
    assert repr(decode(Behavior, found, Vocabulary.API)["radius_from_location"]) == "20"


def test_a_rule_cannot_deny_because_of_a_behavior():
    with pytest.raises(ValidationError, match="Okta denies nobody because of a behavior"):
        GlobalSessionRule.model_validate({"name": "R", "access": "DENY", "behaviors": ["new-ip"]})
