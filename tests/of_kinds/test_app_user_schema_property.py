"""Custom properties of the profile that users have in an app."""

from __future__ import annotations

from typing import Any

import pytest

from reconciler.definitions import DefinitionsError
from reconciler.definitions.model import Address
from reconciler.drift.findings import Verdict
from reconciler.engine.state import parse
from reconciler.kinds import kind_named
from reconciler.matching import owners
from reconciler.okta import snapshot
from reconciler.okta.snapshot import Unreadable
from reconciler.stand_in.objects import Objects
from tests.of_kinds import OMIT, about, schema_properties
from tests.official.applied import OwnTenant
from tests.official.provider_rules import Converges, Refused, RefusedByValidate, ShownBy, rule
from tests.okta.tenants import Shelf, client_of
from tests.okta.virtual_time import run
from tests.settled import World, desired_of, document, settled

KIND = "app-user-schema-property"
APP = document("bookmark-app", "tested", label="Tested", url="https://tested.example.com")
OTHER = document("bookmark-app", "others", label="Others", url="https://others.example.com")
_ARRAY = {"type": "array", "array_type": "string"}
about(
    kind=KIND,
    usual={**schema_properties.USUAL, "app": "bookmark-app tested"},
    harmless=schema_properties.HARMLESS | {"app", "union"},
    variants={
        "": {
            name: {
                **one,
                "app": "bookmark-app bookmark-app-one",
                **({"scope": "NONE"} if name.startswith("list") else {"union": OMIT}),
            }
            for name, one in schema_properties.VARIANTS.items()
        }
    },
    surroundings=(APP, OTHER),
    attacks=schema_properties.attacks(KIND),
    innocent=schema_properties.innocent(KIND),
    fixed=schema_properties.FIXED | {"app": "the API has no such member"},
    rules=(
        *schema_properties.rules(KIND),
        rule(
            KIND,
            "preview",
            "union given and enum given",
            RefusedByValidate(KIND, "union", "leave it out", {"enums": ["a"], "union": True}, {"enums": ["a"]}),
            Converges(KIND, {"enums": ["a"]}),
        ),
        rule(
            KIND,
            "create update",
            'union and scope == "SELF"',
            Refused(KIND, "union", "scope: SELF", _ARRAY | {"union": True, "scope": "SELF"}, _ARRAY | {"union": True}),
        ),
        rule(
            KIND,
            "create",
            "the app does not exist (404)",
            ShownBy(
                "an app is declared with its properties, or must exist",
                "of_kinds/test_app_user_schema_property.py::test_a_property_needs_a_declared_app",
            ),
        ),
        rule(
            KIND,
            "create update",
            'master == "OVERRIDE"',
            RefusedByValidate(KIND, "master", "cannot be OVERRIDE", {"master": "OVERRIDE"}, {"master": "OKTA"}),
        ),
        rule(
            KIND,
            "update",
            "app_id changed",
            Converges(KIND, {"app": "bookmark-app others"}),
            Converges(KIND, before={"app": "bookmark-app others"}),
        ),
    ),
)


def property_of(name: str, owner: str, index: str = "level") -> dict[str, Any]:
    return document(KIND, name, index=index, title="Level", type="string", app=owner)


def test_a_property_needs_a_declared_app():
    with pytest.raises(DefinitionsError, match="bookmark-app gone"):
        desired_of([APP, property_of("a", "bookmark-app gone")])
    with pytest.raises(DefinitionsError, match="group people"):
        desired_of([APP, document("group", "people", name="People"), property_of("a", "group people")])


def test_properties_of_several_apps():
    """Each app has a document. The official provider knows a property by the app and its name."""
    kind, app = kind_named(KIND), kind_named("bookmark-app")
    spec = {"index": "level", "title": "Level", "type": "string"}
    with OwnTenant() as tenant:
        objects = Objects(tenant.client)
        apps = [tenant.run(objects.create(app, (), one["spec"]))[0] for one in (APP, OTHER)]
        made = [tenant.run(objects.create(kind, (owner,), spec)) for owner in apps]
        tenant.run(objects.update(kind, made[1], spec | {"title": "Rank"}))

        live = tenant.run(snapshot.read(tenant.client, [KIND]))

        assert made == [(owner, "level") for owner in apps]
        found = {item.id: (item.spec["title"], item.spec["app"]) for item in live.objects[KIND]}
        assert found == {f"{apps[0]}/level": ("Level", apps[0]), f"{apps[1]}/level": ("Rank", apps[1])}
        assert {item.import_id for item in live.objects[KIND]} == set(found)

        tenant.run(objects.delete(kind, made[1]))
        assert tenant.run(objects.read(kind, made[1])) is None
        assert tenant.run(objects.read(kind, made[0])) is not None


def asked(world: World) -> set[str]:
    """The apps whose properties are read."""
    chosen = owners(world.match.in_state)
    return {item.id for item in world.live.objects["bookmark-app"] if chosen(item, kind_named(KIND))}


def test_only_apps_with_a_declared_property_are_read():
    world = settled(desired_of([APP, OTHER, property_of("a", "bookmark-app tested")]))
    assert asked(world) == {"bookmark-app:tested"}


def test_an_app_is_read_whose_property_is_no_longer_declared():
    world = settled(desired_of([APP, OTHER, property_of("a", "bookmark-app tested")]))
    world.desired = desired_of([APP, OTHER])
    assert asked(world) == {"bookmark-app:tested"}


def test_a_property_whose_app_could_not_be_read_is_not_missing():
    world = settled(desired_of([APP, property_of("a", "bookmark-app tested")]))
    world.delete(Address(KIND, "a"))
    assert {(one.verdict, one.kind) for one in world.comparison.findings} == {(Verdict.MISSING, KIND)}
    world.delete(Address("bookmark-app", "tested"))
    world.unreadable.append(Unreadable(kind_named("bookmark-app"), None, "not allowed"))
    assert {(one.verdict, one.kind) for one in world.comparison.findings} == {(Verdict.UNREADABLE, "bookmark-app")}


def test_two_apps_can_have_a_property_of_one_name_each():
    desired_of([APP, OTHER, property_of("a", "bookmark-app tested"), property_of("b", "bookmark-app others")])
    with pytest.raises(DefinitionsError, match="the index level of bookmark-app tested is declared twice"):
        desired_of([APP, property_of("a", "bookmark-app tested"), property_of("b", "bookmark-app tested")])


def test_the_state_knows_a_property_by_its_app():
    resource = kind_named(KIND).resource
    urn = f"urn:pulumi:test::okta::{resource}::a"
    known = {"type": resource, "urn": urn, "id": "0oa1/level", "inputs": {"appId": "0oa1"}}
    assert parse({"resources": [known]}).resources[KIND, "a"].id == "0oa1/level"


def test_the_profiles_of_apps_that_okta_created_are_not_read():
    apps = {f"bookmark-{name}": name for name in ("saasure", "bookmark")}
    lists = {
        "/api/v1/apps": [
            {"id": identity, "name": name, "label": name, "signOnMode": "BOOKMARK", "status": "ACTIVE"}
            for identity, name in apps.items()
        ],
        "/api/v1/meta/schemas/apps/bookmark-bookmark/default": {"definitions": {}},
    }
    tenant = Shelf(lists)
    live = run(snapshot.read(client_of(tenant), [KIND]))
    assert [line for line in tenant.asked if "schemas" in line] == [
        "GET /api/v1/meta/schemas/apps/bookmark-bookmark/default"
    ]
    assert live.objects[KIND] == ()
    assert not live.unreadable
