"""Secrets inside structures: resolved, encrypted, never compared and never shown, like those of the object itself.

No kind has such a field yet, so a hook of the tests' own has: in a structure, in a list, and in an argument that is one
text.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import replace
from functools import partial
from typing import Annotated, Any

import pytest
from pydantic import SecretStr

from reconciler.accept.yaml_values import YamlValues
from reconciler.adopt.draft import Draft
from reconciler.adopt.specs import spec_of, without_defaults
from reconciler.adopt.text import documents_text
from reconciler.blind_preview import Comparison, Placeholder
from reconciler.definitions.model import Address, Desired, Source
from reconciler.definitions.secrets import secrets_of
from reconciler.drift.compare import compare, overwritten
from reconciler.drift.findings import Verdict
from reconciler.engine.blind import blinded
from reconciler.engine.state import STACK, Deployment
from reconciler.kinds import kind as registry
from reconciler.kinds.fields import JSON_TEXT, Api, Argument, ListOf, Name, SecretRef
from reconciler.kinds.kind import Kind, register
from reconciler.kinds.mapping import Vocabulary, encode, schema
from reconciler.kinds.part import Part
from reconciler.kinds.shapes import Listed
from reconciler.plan.model import UncomparedSecret
from reconciler.program import Found, inline
from reconciler.repair.scope import Scope
from reconciler.report.redaction import Redactor
from reconciler.secret_digests import OUTPUT, SecretDigests, SecretRecord
from reconciler.stand_in.inputs import as_inputs, changed, given
from tests.engine_under_mocks import SECRET_SIGNATURE, run
from tests.settled import World, desired_of, document, settled

ADDRESS = Address("test-hook", "audit")
PLACES = ["auth.password", "headers.0.value", "headers.1.value", "settings.key"]


class Header(Part):
    name: str
    value: SecretRef


class Auth(Part):
    user: str
    password: SecretRef


class Settings(Part):
    method: str = "POST"
    key: SecretRef | None = None


class Hook(Part):
    """Calls an address."""

    name: Name
    auth: Annotated[Auth | None, Api("channel.auth")] = None
    headers: Annotated[ListOf[Header], Api("channel.headers")] = ()
    settings: Annotated[Settings | None, Api("channel.settings"), Argument("channel_json", JSON_TEXT, as_api=True)]


@pytest.fixture(autouse=True)
def hook() -> Iterator[Kind]:
    """A kind that only these tests know."""
    before = dict(registry._registry)
    registry._registry.pop("inline-hook")  # its Pulumi type is used here

    yield register(
        Kind(
            name="test-hook",
            resource="okta:inline/hook:Hook",
            fields=Hook,
            shape=Listed(path="/api/v1/testHooks", scope="okta.inlineHooks"),
            fixed_arguments={"type": "com.okta.saml.tokens.transform", "version": "1.0.0"},
        )
    )
    registry._registry.clear()
    registry._registry.update(before)


@pytest.fixture
def desired() -> Desired:
    spec: dict[str, Any] = {
        "name": "Audit",
        "auth": {"user": "okta", "password": "env:PASSWORD"},
        "headers": [{"name": "a", "value": "env:HEADER_A"}, {"name": "b", "value": "env:HEADER_B"}],
        "settings": {"method": "PUT", "key": "env:KEY"},
    }
    return desired_of([document("test-hook", "audit", **spec)])


@pytest.fixture
def world(desired: Desired) -> World:
    return settled(desired)


def shown(json: dict[str, Any], **members: Any) -> None:
    """Let the tenant show no secret, as Okta does, and other values of these members."""
    del json["channel"]["auth"]["password"], json["channel"]["settings"]["key"]
    for header in json["channel"]["headers"]:
        del header["value"]
    json.update(members)


def test_each_secret_is_found_with_its_location(desired: Desired):
    found = list(secrets_of(desired.declarations[ADDRESS]))
    assert [path for path, _, _ in found] == PLACES
    assert [reference for _, reference, _ in found] == ["env:PASSWORD", "env:HEADER_A", "env:HEADER_B", "env:KEY"]
    assert len({source for _, _, source in found}) == 4


def test_the_program_resolves_and_encrypts_nested_secrets(desired: Desired):
    def resolve(reference: str, source: Source) -> SecretStr:
        return SecretStr(f"what {reference} holds")

    inputs = run(partial(inline, desired, Found(), resolve)).named("audit").inputs

    assert inputs["auth"]["user"] == "okta"
    assert inputs["auth"]["password"] == {SECRET_SIGNATURE: inputs["auth"]["password"][SECRET_SIGNATURE]} | {
        "value": "what env:PASSWORD holds"
    }
    assert [header["value"]["value"] for header in inputs["headers"]] == [
        "what env:HEADER_A holds",
        "what env:HEADER_B holds",
    ]
    assert json.loads(inputs["channelJson"]) == {"key": "what env:KEY holds", "method": "PUT"}


def test_an_argument_that_is_one_string_is_secret_as_a_whole(desired: Desired):
    found = run(partial(inline, desired, Found(), lambda *_: SecretStr("hunter2"))).named("audit")
    assert found.secrets == {"channelJson"}


def test_nested_secrets_are_never_compared(world: World):
    world.tamper(ADDRESS, shown)
    assert compare(world.match) == []


def test_fields_beside_nested_secrets_are_compared(world: World):
    world.tamper(ADDRESS, shown)
    world.tamper(ADDRESS, lambda json: json["channel"]["auth"].update(user="mallory"))
    (finding,) = compare(world.match)
    assert (finding.field, finding.verdict) == ("auth", Verdict.CHANGED)
    assert [place.path for place in finding.differences] == ["auth[user]"]
    assert "env:" not in repr(finding)


def test_a_list_that_the_engine_encrypted_as_a_whole_counts_as_applied(world: World):
    applied = world.applied[ADDRESS]
    sealed = {SECRET_SIGNATURE: "1b47061264138c4ac30d75fd1eb44270", "ciphertext": "v1:..."}
    world.applied[ADDRESS] = replace(applied, inputs={**applied.inputs, "headers": sealed, "channelJson": sealed})
    assert world.applied[ADDRESS].encrypted == {"headers", "settings"}

    world.tamper(ADDRESS, shown)
    assert compare(world.match) == []
    world.tamper(ADDRESS, lambda json: json["channel"]["headers"].pop())
    (finding,) = compare(world.match)
    assert (finding.field, finding.verdict) == ("headers", Verdict.CHANGED)


def test_an_import_writes_nested_secrets(world: World):
    world.tamper(ADDRESS, shown)
    found = overwritten(world.match, [ADDRESS])[ADDRESS]
    assert found.fields == {"auth", "headers", "settings"}


def test_a_repair_skips_nested_secrets(world: World):
    world.tamper(ADDRESS, partial(shown, name="Renamed"))
    comparison = world.comparison
    scope = Scope.of(comparison, comparison.findings)
    assert set(scope.skipped[ADDRESS]) == {"auth", "headers", "settings"}


def test_a_new_secret_is_a_change_for_the_provider(hook: Kind, desired: Desired):
    before = encode(hook.fields, desired.declarations[ADDRESS].spec, Vocabulary.INPUTS)
    for name, value in (
        ("auth", before["auth"] | {"password": "other"}),
        ("channelJson", '{"key":"other","method":"PUT"}'),
    ):
        assert list(changed(hook, before, before | {name: value})) == [name]
    assert changed(hook, before, before) == {}


def test_the_stand_in_sends_nested_secrets(hook: Kind, desired: Desired):
    spec = desired.declarations[ADDRESS].spec
    assert given(hook, encode(hook.fields, spec, Vocabulary.INPUTS)) == spec


def test_a_refresh_keeps_nested_secrets(hook: Kind, desired: Desired, world: World):
    world.tamper(ADDRESS, shown)
    known = dict(world.applied[ADDRESS].inputs)
    assert as_inputs(hook, ("id",), world.item(ADDRESS).spec, known) == known


def sealed(value: Any) -> dict[str, Any]:
    return {SECRET_SIGNATURE: "1b47061264138c4ac30d75fd1eb44270", "ciphertext": f"of {value}"}


def test_a_blind_copy_of_the_state_has_the_structures_that_the_program_has(world: World):
    """The engine encrypts a list and a text as a whole: placeholders for these are whole structures."""
    secrets = {f"env:{name}": f"what {name} holds" for name in ("PASSWORD", "HEADER_A", "HEADER_B", "KEY")}

    def resolve(reference: str, source: Source) -> SecretStr:
        return SecretStr(secrets[reference])

    record = SecretDigests(SecretRecord(), resolve).updated(world.desired, [ADDRESS], whole=True)
    applied = world.applied[ADDRESS]
    auth = dict(applied.inputs["auth"]) | {"password": sealed("password")}
    inputs = {**applied.inputs, "auth": auth, "headers": sealed("headers"), "channelJson": sealed("channelJson")}
    resource = {"urn": applied.urn, "type": applied.kind.resource, "id": applied.id, "inputs": inputs}
    stack = {"urn": "urn", "type": STACK, "outputs": {OUTPUT: record.output}}
    deployment: Deployment = {"resources": [stack, resource]}

    def opened() -> Any:
        placeholder = Placeholder()
        seen: list[UncomparedSecret] = []
        placeholders = Comparison(world.desired, resolve, deployment, placeholder, seen).of
        copy = blinded(deployment, lambda text: text, placeholders)["resources"][1]["inputs"]
        found = run(partial(inline, world.desired, Found(), placeholder)).named("audit").inputs
        now = copy["auth"]["password"], copy["headers"], copy["channelJson"]
        then = found["auth"]["password"]["value"], _plain(found["headers"]), found["channelJson"]
        return [json.loads(one["ciphertext"]) for one in now], list(then), seen

    now, then, seen = opened()
    assert now == then and seen == []

    secrets["env:HEADER_B"] = "another"
    now, then, _ = opened()
    assert [one == other for one, other in zip(now, then, strict=True)] == [True, False, True]
    assert [header["name"] for header in now[1]] == ["a", "b"]


def _plain(headers: Any) -> Any:
    return [header | {"value": header["value"]["value"]} for header in headers]


def test_adoption_says_where_nested_secrets_could_be(hook: Kind, world: World):
    world.tamper(ADDRESS, shown)
    item = world.item(ADDRESS)
    written = without_defaults(hook.fields, spec_of(item, lambda _, identity: identity))
    assert written == {
        "name": "Audit",
        "auth": {"user": "okta", "password": "env:AUDIT_AUTH_PASSWORD"},
        "headers": [
            {"name": "a", "value": "env:AUDIT_HEADERS_0_VALUE"},
            {"name": "b", "value": "env:AUDIT_HEADERS_1_VALUE"},
        ],
        "settings": {"method": "PUT"},
    }
    text = documents_text([Draft(item, "audit", "Is there.", written, {}, (item,))])
    assert text.count("# Okta never returns the secrets in this field: set the variables it names.\n") == 2


def test_accepting_other_fields_keeps_nested_secrets(hook: Kind, desired: Desired):
    spec = desired.declarations[ADDRESS].spec
    for name, new, expected in (
        ("auth", {"user": "mallory", "password": None}, {"user": "mallory", "password": "env:PASSWORD"}),
        ("headers", [{"name": "b", "value": None}], [{"name": "b", "value": "env:HEADER_B"}]),
    ):
        field = next(one for one in schema(hook.fields) if one.name == name)
        assert YamlValues().of_field(field, spec[name], spec[name], new) == expected


def test_a_report_masks_nested_secrets(world: World):
    world.tamper(ADDRESS, lambda json: json["channel"]["auth"].update(user="mallory"))
    (finding,) = compare(world.match)
    leaked = replace(finding, actual={"user": "mallory", "password": "hunter2"})
    assert "hunter2" not in repr(Redactor().redact(leaked))
