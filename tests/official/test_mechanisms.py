"""Behaviour of the provider for every kind, and how the program and the stand-in handle it."""

from __future__ import annotations

import json
from collections.abc import Iterator
from functools import partial
from typing import Any

import pytest
from pydantic import SecretStr

from reconciler.definitions.model import Address
from reconciler.drift.compare import compare
from reconciler.kinds import Kind, kind_named, kinds
from reconciler.kinds.fields import JSON_TEXT
from reconciler.kinds.mapping import Field, Vocabulary, camel_case, encode, schema
from reconciler.kinds.people import USER
from reconciler.kinds.refusals import Phase
from reconciler.program import Found, inline
from reconciler.stand_in.inputs import changed, refusals, with_defaults
from reconciler.stand_in.objects import Objects
from tests.engine_under_mocks import Run, run
from tests.official.applied import Applied, OwnTenant
from tests.official.provider_rules import RULES
from tests.official.usual import USUAL, declaration_of, documents, parts, usual
from tests.people import all_people
from tests.settled import all_declared, around, desired_of, settled

FACTS = RULES.with_name("kinds.json")
NO_DEFAULT = {
    "password_exclude_username",
    "password_show_lockout_failures",
    "risk_level",
    "authorization-server-default.issuer_mode",
}
"""Defaults in the facts that the provider does not have: PROVIDER-RULES.md, section 4."""
PLAIN_JSON = {("oidc-app", "profile")}
"""Texts that the provider compares as plain JSON (PROVIDER-RULES.md, section 1, rule 9): leaving one out clears it."""
ALL_KINDS = pytest.mark.parametrize("kind", list(kinds()), ids=lambda kind: kind.name)


def fields_of(kind: Kind) -> Iterator[Field]:
    return (field for model in parts(kind) for field in schema(model))


def written_as_text(field: Field) -> bool:
    place = field.places.get(Vocabulary.ARGUMENTS)
    return place is not None and (place[1] is JSON_TEXT or field.as_api)


@ALL_KINDS
def test_names_are_required(kind: Kind):
    """Otherwise the plugin generates a name."""
    for field in schema(kind.fields):
        if field.places.get(Vocabulary.ARGUMENTS, ((), None))[0] == ("name",):
            assert field.info.is_required()


@pytest.mark.skipif(not FACTS.is_file(), reason="no facts: ../shared is not there")
@ALL_KINDS
def test_the_stand_in_fills_in_the_provider_s_defaults(kind: Kind):
    (facts,) = (one for one in json.loads(FACTS.read_text())["kinds"] if one["token"] == kind.resource)
    filled = with_defaults(kind, {})
    names = {
        field.argument: field.input
        for field in schema(kind.fields)
        if Vocabulary.ARGUMENTS in field.places and not field.only and not field.info.is_required()
    }
    for argument, default in facts.get("defaulted", {}).items():
        if argument in names and default != "server" and not NO_DEFAULT & {argument, f"{kind.name}.{argument}"}:
            value = filled.get(names[argument])
            shown = value if isinstance(value, str) else json.dumps(value)
            assert shown == default or (value is None and default in ("0", "false", "")), argument


def test_json_texts_are_objects():
    """The provider returns objects with sorted keys, and changes any other text."""
    found = 0
    for declaration in all_declared().declarations.values():
        kind = declaration.kind
        inputs = encode(kind.fields, declaration.spec, Vocabulary.INPUTS)
        texts = list(_texts(schema(kind.fields), inputs))
        found += len(texts)
        for text in texts:
            value = json.loads(text)
            assert isinstance(value, dict)
            assert text == json.dumps(value, sort_keys=True, separators=(",", ":"))
    assert found


def _texts(fields: tuple[Field, ...], inputs: Any) -> Iterator[str]:
    for field in fields:
        place = field.places.get(Vocabulary.INPUTS)
        value = inputs.get(place[0][0]) if place else None
        if value is None:
            continue
        if written_as_text(field):
            yield from [value] if isinstance(value, str) else value
        elif field.part:
            for item in [value] if field.shape == "one" else value:
                yield from _texts(schema(field.part), item)


@pytest.mark.parametrize(
    ("kind", "inputs"),
    [
        ("bookmark-app", {"appLinksJson": "{"}),
        ("saml-app", {"appSettingsJson": "{"}),
        ("app-group-assignments", {"groups": [{"id": "x", "profile": "{"}]}),
    ],
)
def test_text_that_is_not_json_is_refused(kind: str, inputs: dict[str, Any]):
    (told,) = refusals(kind_named(kind), inputs, Phase.PREVIEW)
    assert "not valid JSON" in told[1]


def test_optional_json_text_left_out_is_not_managed():
    """Leaving the text out does not clear it."""
    for kind in kinds():
        for field in fields_of(kind):
            place = field.places.get(Vocabulary.ARGUMENTS)
            if place and place[1] is JSON_TEXT and field.optional and (kind.name, field.name) not in PLAIN_JSON:
                assert field.compared(None, {"anything": True}) is None, f"{kind.name}: {field.name}"
                name = field.input
                assert changed(kind, {name: '{"a":true}'}, {}) == {}


@pytest.mark.parametrize(("word", "name"), sorted(PLAIN_JSON))
def test_plain_json_text_left_out_is_cleared(word: str, name: str):
    kind = kind_named(word)
    (field,) = (one for one in schema(kind.fields) if one.name == name)
    assert field.compared(None, {"anything": True}) == {"anything": True}
    assert changed(kind, {field.input: '{"a":true}'}, {}) == {field.input: False}


def test_false_counts_as_left_out():
    word = "app-group-assignments"
    before, unseen, seen = (
        desired_of(documents(word, {"groups": [{"group": "people", "profile": profile}]})[0])
        for profile in ({"admin": True}, {"admin": True, "owner": False}, {"admin": False, "owner": False})
    )
    with OwnTenant() as tenant:
        applied = Applied(tenant)
        applied.up(before)
        start = len(tenant.sent)
        applied.up(unseen)
        assert tenant.sent[start:] == []
        assert applied.differences(declaration_of(word, unseen), unseen) == {}
        applied.up(seen)
        assert applied.differences(declaration_of(word, seen), seen) == {}


def test_catalog_app_differs_from_a_custom_app():
    """The provider sees no difference if `preconfigured_app` is left out."""
    desired = desired_of(documents("saml-app", usual("saml-app", {}))[0])
    declaration = declaration_of("saml-app", desired)
    world = settled(desired)
    world.tamper(declaration.address, lambda json: _as_from_catalog(json))
    findings = compare(world.match)
    assert {one.field for one in findings} >= {"preconfigured_app", "sso_url"}


def _as_from_catalog(app: dict[str, Any]) -> None:
    app["name"] = "amazon_aws"
    for member in ("ssoAcsUrl", "recipient", "destination", "audience"):
        app["settings"]["signOn"].pop(member)


@pytest.mark.parametrize("rotation", ["AUTO", "MANUAL"])
def test_server_with_automatic_key_rotation_is_created_active(rotation: str):
    """With manual rotation it is created INACTIVE. The program takes two steps in both cases."""
    desired = desired_of(
        documents("authorization-server", usual("authorization-server", {"credentials_rotation_mode": rotation}))[0]
    )
    spec = {**declaration_of("authorization-server", desired).spec, "status": "INACTIVE"}
    kind = kind_named("authorization-server")
    with OwnTenant() as tenant:
        objects = Objects(tenant.client)
        ids = tenant.run(objects.create(kind, (), spec))
        made = tenant.run(objects.read(kind, ids))
    assert made is not None
    assert made["status"] == ("ACTIVE" if rotation == "AUTO" else "INACTIVE")


@pytest.fixture(scope="module")
def everything() -> Run:
    desired = all_declared()
    system = {Address(kind.name, known.name): known.name for kind in kinds() for known in kind.system}
    system |= {Address(USER, login): login for login in all_people(desired)}
    return run(
        partial(
            inline, desired, Found(system, owners=around(desired)), lambda reference, source: SecretStr(reference), {}
        )
    )


@ALL_KINDS
def test_program_replaces_what_the_provider_cannot_update(kind: Kind, everything: Run):
    """The provider would fail to update the server of a claim or the type of a zone."""
    names = {".".join(field.places[Vocabulary.INPUTS][0]) for field in schema(kind.fields) if field.replaces}
    owners = set(map(camel_case, kind.parent_arguments))
    asked = [set(one.replaced) for one in everything.resources if one.type == kind.resource]
    assert asked
    assert all(each == names | owners for each in asked)


def test_every_app_that_can_have_a_policy_names_one():
    for word in ("bookmark-app", "oidc-app", "saml-app"):
        desired = desired_of(documents(word, USUAL[word])[0])
        inputs = encode(kind_named(word).fields, declaration_of(word, desired).spec, Vocabulary.INPUTS)
        assert inputs["authenticationPolicy"] == "default"


def test_every_program_keeps_generated_secrets_out_of_the_state():
    assert kind_named("oidc-app").fixed_arguments["omit_secret"] is True
