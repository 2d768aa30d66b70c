"""Properties of the profile of users that Okta created."""

from __future__ import annotations

import pytest

from reconciler.drift.every_tenant import came_and_went
from reconciler.drift.findings import ADDED, REMOVED
from reconciler.engine.state import State
from reconciler.kinds import kind_named
from reconciler.okta import snapshot
from reconciler.okta.snapshot import LiveObject, Snapshot
from reconciler.stand_in.objects import Objects
from tests.matches import match_of
from tests.of_kinds import OMIT, about, base_properties
from tests.official.applied import OwnTenant
from tests.official.provider_rules import Converges, Requests, rule
from tests.settled import desired_of, document

KIND = "user-base-schema-property"
USUAL = {"index": "nickName", "title": "Nickname", "type": "string"}
USER_TYPE_SPEC = {"name": "others", "display_name": "Others", "description": "Other users."}
_OTHER = {"user_type": "others"}
_API = {"title": "Nickname", "type": "string", "userType": "default"}
about(
    kind=KIND,
    usual=USUAL,
    harmless=base_properties.HARMLESS | {"user_type"},
    variants={
        "": {
            "login": {**base_properties.LOGIN, "type": "string", "pattern": "[a-z.]+", "user_type": "user-type-one"},
            "nick": {**USUAL, "required": False, "pattern": OMIT, "user_type": "default"},
        }
    },
    surroundings=(document("user-type", "others", **USER_TYPE_SPEC),),
    attacks=base_properties.attacks(KIND),
    innocent=base_properties.innocent(KIND),
    fixed=base_properties.FIXED
    | {
        "required": "a user name is always required, and the users of the tests lack what else could be",
        "user_type": "the API has no such member",
    },
    rules=(
        *base_properties.rules(KIND),
        rule(
            KIND,
            "create update",
            'index == "login" and pattern unset',
            Converges(KIND, base_properties.LOGIN),
            Converges(KIND, base_properties.LOGIN, base_properties.LOGIN | {"pattern": "[a-z.]+"}),
        ),
        rule(
            KIND,
            "create update",
            "always",
            Requests("the provider only makes sure that it reads what it wrote", "stand_in/test_keyed.py::test_life"),
        ),
        rule(
            KIND,
            "create update read",
            'user_type != "default"',
            Requests("only reads", "of_kinds/test_user_base_schema_property.py::test_properties_of_several_types"),
        ),
        rule(KIND, "update", "user_type changed", Converges(KIND, _OTHER), Converges(KIND, before=_OTHER)),
    ),
)


def test_properties_of_several_types():
    """A property of a new user type is changed, not created. The custom properties share its document."""
    kind = kind_named(KIND)
    with OwnTenant() as tenant:
        objects = Objects(tenant.client)
        (other,) = tenant.run(objects.create(kind_named("user-type"), (), dict(USER_TYPE_SPEC)))
        made = [tenant.run(objects.create(kind, (), {**USUAL, **of})) for of in ({}, {"user_type": other})]
        tenant.run(objects.update(kind, made[1], USUAL | {"permissions": "HIDE"}))

        live = tenant.run(snapshot.read(tenant.client, [KIND, "user-schema-property"]))

        assert made == [("default", "nickName"), (other, "nickName")]
        found = {item.id: item for item in live.objects[KIND]}
        assert found["default/nickName"].untouched
        assert not found[f"{other}/nickName"].untouched
        assert found[f"{other}/nickName"].import_id == f"{other}.nickName"
        assert live.requests == 3


def test_only_what_an_administrator_changed_is_adopted():
    with OwnTenant() as tenant:
        live = tenant.run(snapshot.read(tenant.client, [KIND]))
        assert [item.label for item in live.objects[KIND] if not item.untouched] == []


@pytest.mark.parametrize(
    ("field", "value"), [("permissions", "READ_WRITE"), ("required", False), ("master", "OKTA"), ("pattern", "[a-z]+")]
)
def test_a_changed_property_is_adopted(field: str, value: object):
    usual = {**USUAL, **base_properties.LOGIN, "permissions": "READ_ONLY", "master": "PROFILE_MASTER", "pattern": None}
    untouched = kind_named(KIND).untouched
    assert untouched(usual)
    assert not untouched({**usual, field: value})


def came_and_went_since(before: set[str], now: set[str]) -> set[tuple[str, str]]:
    """Id and explanation of each finding about undeclared properties, which are known by these ids."""
    kind = kind_named(KIND)
    items = [LiveObject(kind, one, {"id": one.split("/")[1], **_API}) for one in sorted(now)]
    live = Snapshot({KIND: items})
    names = match_of(desired_of([]), State({}, {}, False), live).names
    kept = {f"{KIND}*": {one: {"title": "Nickname"} for one in before}}
    return {(one.okta_id, one.detail.split("; ")[1]) for one in came_and_went(KIND, items, kept, live, names)}


def test_the_properties_of_a_new_or_removed_user_type_are_no_findings():
    default = {"default/login", "default/email"}
    assert came_and_went_since(default, default | {"oty1/login"}) == set()
    assert came_and_went_since(default | {"oty1/login"}, default) == set()


def test_a_property_that_came_or_went_is_a_finding():
    default = {"default/login", "default/email"}
    assert came_and_went_since({"default/login"}, default) == {("default/email", ADDED)}
    assert came_and_went_since(default, {"default/login"}) == {("default/email", REMOVED)}
