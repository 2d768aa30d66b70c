"""Properties of the profile that users have in an app that came with the app."""

from __future__ import annotations

from reconciler.kinds import kind_named
from reconciler.okta import snapshot
from reconciler.stand_in.objects import Objects
from tests.of_kinds import OMIT, about, base_properties
from tests.official.applied import OwnTenant
from tests.official.provider_rules import Converges, rule
from tests.settled import document

KIND = "app-user-base-schema-property"
APP = document("bookmark-app", "tested", label="Tested", url="https://tested.example.com")
OTHER = document("bookmark-app", "others", label="Others", url="https://others.example.com")
USUAL = {"index": "userName", "title": "Username", "type": "string", "required": True}
_NO_LOGIN = "the apps of the tests have no attribute that is called login"
_OF_OTHER = {"app": "bookmark-app others"}
about(
    kind=KIND,
    usual={**USUAL, "app": "bookmark-app tested"},
    harmless=base_properties.HARMLESS | {"app"},
    variants={"": {"one": {**USUAL, "pattern": OMIT, "app": "bookmark-app bookmark-app-one"}}},
    surroundings=(APP, OTHER),
    attacks=base_properties.attacks(KIND),
    innocent=base_properties.innocent(KIND),
    unset={"pattern": _NO_LOGIN},
    fixed=base_properties.FIXED | {"app": "the API has no such member", "pattern": _NO_LOGIN},
    rules=(
        *base_properties.rules(KIND),
        rule(KIND, "update", "app_id changed", Converges(KIND, _OF_OTHER), Converges(KIND, before=_OF_OTHER)),
    ),
)


def test_base_and_custom_properties_are_read_from_one_document():
    custom = kind_named("app-user-schema-property")
    with OwnTenant() as tenant:
        objects = Objects(tenant.client)
        (app,) = tenant.run(objects.create(kind_named("bookmark-app"), (), APP["spec"]))
        tenant.run(objects.create(custom, (app,), {"index": "level", "title": "Level", "type": "string", "app": app}))
        tenant.run(objects.create(kind_named(KIND), (), {**USUAL, "required": False, "app": app}))

        live = tenant.run(
            snapshot.read(tenant.client, [KIND, custom.name], owners=lambda owner, owned: owner.id == app)
        )

        assert [item.id for item in live.objects[custom.name]] == [f"{app}/level"]
        assert [(item.id, item.spec["required"]) for item in live.objects[KIND]] == [(f"{app}/userName", False)]
        assert live.requests == 2
