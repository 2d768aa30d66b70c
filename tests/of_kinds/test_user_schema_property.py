"""Custom properties of the profile of users."""

from __future__ import annotations

from typing import Any

import pytest

from reconciler.definitions import DefinitionsError
from reconciler.engine.state import parse
from reconciler.kinds import kind_named
from reconciler.okta import snapshot
from reconciler.stand_in.objects import Objects
from tests.drift.ratings import changed
from tests.matches import match_of
from tests.of_kinds import OMIT, about, schema_properties
from tests.official.applied import OwnTenant
from tests.official.provider_rules import Converges, NotDeclarable, Refused, Requests, ShownBy, rule
from tests.settled import desired_of, document, settled

VALIDATED = "official/test_provider_rules.py::test_validate_refuses_it_at_its_location"
KIND = "user-schema-property"
USER_TYPE_SPEC = {"name": "others", "display_name": "Others", "description": "Other users."}
APPS = [
    document("bookmark-app", "payroll", label="Payroll", url="https://payroll.example.com"),
    document("bookmark-app", "staff", label="Staff", url="https://staff.example.com"),
]
_OTHER = {"user_type": "others"}
_FROM_APPS = {"master": "OVERRIDE", "master_override_priorities": ["bookmark-app staff", "bookmark-app payroll"]}
_FROM_SPECIMENS = {"master": "OVERRIDE", "master_override_priorities": ["bookmark-app bookmark-app-one"]}
USER_SCHEMA_PROPERTY = about(
    kind=KIND,
    usual=schema_properties.USUAL,
    harmless=schema_properties.HARMLESS | {"user_type"},
    variants={
        "": {
            name: {
                **one,
                "user_type": "default" if name in ("text", "list") else "user-type-one",
                **(_FROM_SPECIMENS if name == "values" else {"master_override_priorities": OMIT}),
            }
            for name, one in schema_properties.VARIANTS.items()
        }
    },
    surroundings=(
        document("user-type", "others", **USER_TYPE_SPEC),
        *APPS,
    ),
    rules=(
        *schema_properties.rules(KIND),
        rule(
            KIND,
            "create update",
            'master == "OVERRIDE" and master_override_priority unset',
            Refused(
                KIND,
                "master_override_priorities",
                "at least one app",
                {"master": "OVERRIDE"},
                _FROM_APPS,
            ),
        ),
        rule(
            KIND,
            "create update",
            "master_override_priority set",
            Converges(KIND, _FROM_APPS),
            Converges(KIND, before=_FROM_APPS),
        ),
        rule(
            KIND,
            "create update",
            "pattern set",
            NotDeclarable("the provider never sends it", ("pattern",)),
        ),
        rule(
            KIND,
            "create update delete",
            'user_type != "default"',
            Requests("only reads", "of_kinds/test_user_schema_property.py::test_properties_of_several_types"),
        ),
        rule(
            KIND,
            "create update",
            "an enum value cannot be converted to type",
            ShownBy(
                "validate refuses such values",
                "official/test_provider_rules.py::test_validate_refuses_it_at_its_location",
            ),
        ),
        rule(
            KIND,
            "update",
            "user_type changed",
            Converges(KIND, _OTHER),
            Converges(KIND, before=_OTHER),
        ),
        rule(KIND, "create update", "user_type unset", Converges(KIND)),
    ),
    attacks=schema_properties.attacks(KIND)
    | {
        "attribute-source": (
            changed(KIND, "master", "PROFILE_MASTER", "OVERRIDE"),
            changed(KIND, "master_override_priorities", ["saml-app hr"], ["saml-app hr", "saml-app payroll"]),
        )
    },
    innocent=schema_properties.innocent(KIND),
    changes_along={"master": "master_override_priorities"},
    fixed=schema_properties.FIXED | {"user_type": "the API has no such member"},
)


def test_properties_of_several_types():
    """Each user type has a document, which is read once; the default type is known by its word."""
    kind = kind_named(KIND)
    spec = {"index": "level", "title": "Level", "type": "string"}
    with OwnTenant() as tenant:
        objects = Objects(tenant.client)
        (other,) = tenant.run(objects.create(kind_named("user-type"), (), dict(USER_TYPE_SPEC)))
        made = [tenant.run(objects.create(kind, (owner,), spec)) for owner in ("default", other)]
        tenant.run(objects.update(kind, made[1], spec | {"title": "Rank"}))

        live = tenant.run(snapshot.read(tenant.client, [KIND]))

        assert made == [("default", "level"), (other, "level")]
        found = {item.id: (item.spec["title"], item.spec["user_type"]) for item in live.objects[KIND]}
        assert found == {"default/level": ("Level", "default"), f"{other}/level": ("Rank", other)}
        assert {item.import_id for item in live.objects[KIND]} == {"default.level", f"{other}.level"}
        assert live.requests == 3

        tenant.run(objects.delete(kind, made[1]))
        assert tenant.run(objects.read(kind, made[1])) is None
        assert tenant.run(objects.read(kind, made[0])) is not None


def property_of(name: str, owner: str, index: str = "level") -> dict[str, Any]:
    return document(KIND, name, index=index, title="Level", type="string", user_type=owner)


def test_two_user_types_can_have_a_property_of_one_name_each():
    others = document("user-type", "others", **USER_TYPE_SPEC)
    world = settled(desired_of([others, property_of("a", "default"), property_of("b", "others")]))
    ids = {address.name: one.id for address, one in world.applied.items() if address.kind == KIND}
    world.applied = {address: one for address, one in world.applied.items() if address.kind != KIND}

    match = match_of(world.desired, world.state, world.live)

    assert ids == {"a": "default/level", "b": "user-type:others/level"}
    assert {address.name: match.all_ids[address] for address in match.recognised} == ids
    assert set(match.recognised.values()) == {"default.level", "user-type:others.level"}


def test_a_user_type_cannot_have_two_properties_of_one_name():
    with pytest.raises(DefinitionsError) as caught:
        desired_of([property_of("a", "default"), property_of("b", "default")])
    assert "the user-schema-property with the index level of default is declared twice" in str(caught.value)


def test_the_state_knows_a_property_by_its_user_type():
    urn = f"urn:pulumi:test::okta::{kind_named(KIND).resource}::a"
    resource = {"type": kind_named(KIND).resource, "urn": urn, "id": "level", "inputs": {"userType": "oty1"}}
    assert parse({"resources": [resource]}).resources[KIND, "a"].id == "oty1/level"


def test_a_group_rule_comes_after_the_attributes_in_its_expression():
    rule = {"name": "Staff", "expression": 'user.level == "3" AND user.department == "Sales"', "groups": ["people"]}
    documents = [
        document("group", "people", name="People"),
        document("group-rule", "leads", **rule),
        {**property_of("level", "default"), "spec": {**property_of("level", "default")["spec"], **_FROM_APPS}},
        *APPS,
    ]
    names = [address.name for address in desired_of(documents).declarations]
    assert names.index("leads") > names.index("level") > names.index("payroll")
