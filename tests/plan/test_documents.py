"""The values of a plan as documents."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta, timezone

from jsonschema import Draft202012Validator  # type: ignore[import-untyped]

from reconciler.definitions.model import Address, Source
from reconciler.plan import AffectedObject, Effect, GuardResult, Override
from reconciler.plan.documents import ChangeDocument, EffectDocument, GuardResultDocument, OverrideDocument
from tests.plan.plans import plan_of
from tests.settled import desired_of, document, settled

STAFF = Address("group", "staff")
OVERRIDE = Override("deletions", "*", "The branch office closed.", "kim", datetime(2026, 3, 1, 12, tzinfo=UTC))


def test_a_change_is_documented_with_its_values():
    world = settled(desired_of([document("group", "staff", name="Staff", description="old")]))
    world.edit(STAFF, description="new")
    world.tamper(STAFF, lambda json: json["profile"].update(name="Renamed"))
    (change,) = plan_of(world).planned
    written = ChangeDocument.of(change)
    assert (written.fields, written.drifted) == (["description"], ["name"])
    assert [(one.field, one.old, one.new, one.drifted) for one in written.values] == [
        ("name", "Renamed", "Staff", True),
        ("description", "old", "new", False),
    ]
    assert written.source is not None
    assert written.source.file.endswith("all.yaml")
    Draft202012Validator(ChangeDocument.model_json_schema(mode="serialization")).validate(
        json.loads(written.model_dump_json())
    )


def test_a_created_object_has_values_and_no_differing_fields():
    world = settled(desired_of([]))
    world.desired = desired_of([document("group", "staff", name="Staff")])
    (change,) = plan_of(world).planned
    written = ChangeDocument.of(change)
    assert (written.fields, written.drifted, written.lost) == ([], [], [])
    assert [(one.field, one.old, one.new) for one in written.values] == [("name", None, "Staff")]


def test_a_replacement_says_what_is_lost():
    world = settled(
        desired_of([document("oidc-app", "wiki", label="Wiki", type="web", redirect_uris=["https://wiki.example/cb"])])
    )
    world.edit(Address("oidc-app", "wiki"), type="native")
    (change,) = plan_of(world).planned
    assert {"client ID", "client secret", "users assigned directly"} <= set(ChangeDocument.of(change).lost)


def test_guard_results_and_effects_are_documented():
    source = Source("definitions/all.yaml", 3, 1)
    refused = GuardResult("deletions", "*", "Many deletions", "12 of 45 objects", "Check the folder.", source)
    written = GuardResultDocument.of(refused)
    assert (written.refuses, written.override) == (True, None)
    wiki = AffectedObject("oidc-app", "Wiki", "0oa1", False)
    effect = Effect(STAFF, "members-leave", "30 people leave.", 30, objects=(wiki,))
    assert EffectDocument.of(effect).objects[0].managed is False


def test_an_override_survives_a_round_trip_in_utc():
    late = Override(OVERRIDE.rule, "*", "r", "kim", OVERRIDE.at.astimezone(timezone(timedelta(hours=9))))
    for override in (OVERRIDE, late):
        text = OverrideDocument.of(override).model_dump_json()
        assert "2026-03-01T12:00:00Z" in text
        assert OverrideDocument.model_validate_json(text).override == override
