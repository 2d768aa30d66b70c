from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from functools import partial
from typing import Any

import pytest
from pydantic import SecretStr

from reconciler.definitions.model import Address, Declaration, Desired, Source
from reconciler.definitions.secrets import SecretMissing, secrets_of
from reconciler.kinds import Spec, kind_of_resource, kinds
from reconciler.kinds.addresses import in_tenant
from reconciler.kinds.fields import as_json_text
from reconciler.kinds.mapping import Vocabulary, camel_case, encode, schema, with_references
from reconciler.kinds.people import USER
from reconciler.kinds.secret_fields import is_sealed, with_secrets
from reconciler.kinds.shapes import member
from reconciler.program import Found, declare, inline
from tests.engine_under_mocks import SECRET_SIGNATURE, Registered, Run, run
from tests.people import all_people
from tests.settled import all_declared, around, desired_of, document

STACK = "urn:pulumi:test::okta::pulumi:pulumi:Stack::okta-test"
ALL_KINDS = pytest.mark.parametrize("kind", list(kinds()), ids=lambda kind: kind.name)


def a_secret(reference: str, source: Source) -> SecretStr:
    return SecretStr(f"the secret behind {reference}")


def system(desired: Desired) -> dict[Address, str]:
    """The ids of the objects that every tenant has, and of users."""
    names = [(kind.name, known.name) for kind in kinds() for known in kind.system]
    names += [(USER, login) for login in all_people(desired)]
    return {Address(kind, name): f"id of {name}" for kind, name in names}


def declared(
    desired: Desired,
    imports: dict[Address, str] | None = None,
    secret: Callable[[str, Source], SecretStr] = a_secret,
    **outputs: str,
) -> Run:
    found = Found(system(desired), imports or {}, owners=around(desired))
    return run(partial(inline, desired, found, secret, outputs))


@pytest.fixture(scope="module")
def everything() -> Run:
    return declared(all_declared(), commit="abc")


def registered(everything: Run, address: Address) -> Registered:
    kind = all_declared().declarations[address].kind
    return everything.named(address.name, kind.resource)


def resolved(declaration: Declaration) -> Spec:
    """The spec with the values of secrets."""
    values = {path: a_secret(reference, source) for path, reference, source in secrets_of(declaration)}

    def value_of(path: str, reference: str) -> str:
        return values[path].get_secret_value()

    return with_secrets(declaration.kind.fields, declaration.spec, value_of)


# Every field of every kind


@ALL_KINDS
def test_every_field_is_registered_under_its_input_name(kind: Any, everything: Run):
    for address, declaration in all_declared().declarations.items():
        if declaration.kind is not kind:
            continue
        found = registered(everything, address)
        spec = resolved(declaration)
        expected = encode(
            kind.fields, with_references(kind.fields, spec, lambda _, name: f"id of {name}"), Vocabulary.INPUTS
        )
        expected |= {camel_case(name): value for name, value in kind.fixed_arguments.items()}
        expected = in_tenant(expected, all_declared().environment.url)
        above = declaration.parent
        for argument in () if kind.within else kind.parent_arguments:
            assert above
            expected[camel_case(argument)] = f"id of {above.name}"
            above = all_declared().declarations[above].parent
        if kind.within:
            expected[camel_case(kind.parent_arguments[0])] = f"id of what is around {kind.name}"
        assert normal(found.inputs) == normal(expected)


def test_objects_within_a_system_object_get_its_id(everything: Run):
    within = {address: one.kind for address, one in all_declared().declarations.items() if one.kind.within}
    assert within
    for address, kind in within.items():
        assert kind.within and kind.parent_arguments == ("policy_id",)
        assert registered(everything, address).inputs["policyId"] == f"id of what is around {kind.name}"


def normal(value: Any) -> Any:
    """Lists of references come in the order of their names, not of their ids; numbers are floats on the wire."""
    match value:
        case {"4dabf18193072939515e22adb298388d": _, "value": secret}:
            return normal(secret)
        case bool() | str() | None:
            return value
        case int() | float():
            return float(value)
        case list():
            return sorted((normal(item) for item in value), key=as_json_text)
        case _:
            return {key: normal(item) for key, item in value.items()}


def test_every_declaration_is_one_resource(everything: Run):
    assert [
        (one.type, one.name) for one in sorted(everything.resources, key=lambda one: (one.type, one.name))
    ] == sorted(
        (declaration.kind.resource, address.name) for address, declaration in all_declared().declarations.items()
    )


@ALL_KINDS
def test_owned_objects_are_children_of_their_owners(kind: Any, everything: Run):
    for address, declaration in all_declared().declarations.items():
        if declaration.kind is kind:
            found = registered(everything, address)
            owner = registered(everything, declaration.parent).urn if declaration.parent else STACK
            assert found.parent == owner
            above, types = declaration, kind.resource
            while above.parent:
                above = all_declared().declarations[above.parent]
                types = f"{above.kind.resource}${types}"
            assert found.urn == f"urn:pulumi:test::okta::{types}::{address.name}"


def test_inputs_that_cannot_be_changed_in_place_replace_the_object(everything: Run):
    assert registered(everything, Address("network-zone", "network-zone-ip")).replaced == ["type"]
    scope = next(one for one in everything.resources if one.type.endswith(":ServerScope"))
    assert scope.replaced == ["authServerId"]
    assert registered(everything, Address("group", "group-one")).replaced == []


@pytest.mark.parametrize(("to_deactivate", "active"), [(True, True), (False, False)])
def test_an_object_that_can_only_be_created_active_is_created_active(to_deactivate: bool, active: bool):
    origin = document(
        "trusted-origin", "site", name="Site", origin="https://a.example.com", scopes=["CORS"], status="INACTIVE"
    )
    desired = desired_of([origin])
    found = Found(system(desired), to_deactivate=frozenset(desired.declarations if to_deactivate else ()))
    (one,) = run(partial(inline, desired, found, a_secret, {})).resources
    assert one.inputs["active"] is active


def test_numbers_and_booleans_keep_their_type(everything: Run):
    rule = next(one for one in everything.resources if one.type.endswith(":ServerPolicyRule"))
    assert rule.inputs["priority"] in (1.0, 2.0, 3.0)
    origin = next(one for one in everything.resources if one.type.endswith(":Origin"))
    assert origin.inputs["active"] is False


# Order


def test_only_siblings_that_are_written_in_turn_depend_on_each_other(everything: Run):
    """Siblings with a priority, and items of one document."""
    before: dict[tuple[str, Any], str] = {}
    waits = 0
    for address, declaration in all_declared().declarations.items():
        found = registered(everything, address)
        shape = declaration.kind.shape
        siblings = (shape.path, None) if shape.in_turn else (address.kind, declaration.parent)
        same_kind = {
            registered(everything, other).urn
            for other, one in all_declared().declarations.items()
            if one.kind is declaration.kind or (shape.in_turn and one.kind.shape.path == shape.path)
        }
        if shape.ordered or shape.in_turn:
            expected = {before[siblings]} if siblings in before else set()
            assert found.dependencies & same_kind == expected
            waits += bool(expected)
            before[siblings] = found.urn
        else:
            assert not found.dependencies & same_kind
    assert waits > 5


def test_a_reference_is_a_dependency(everything: Run):
    rule = registered(everything, Address("group-rule", "group-rule-one"))
    groups = {registered(everything, Address("group", name)).urn for name in ("group-one", "group-two")}
    assert groups <= rule.dependencies


# Names, imports, secrets, outputs


def test_renames_are_aliases():
    documents = [
        document("group", "staff", previously=["people", "folks"], name="Staff"),
        document("group", "b", name="B"),
    ]
    found = declared(desired_of(documents))
    assert found.named("staff").aliases == ["people", "folks"]
    assert found.named("b").aliases == []


@ALL_KINDS
def test_an_import_changes_no_field(kind: Any):
    address = next(address for address, one in all_declared().declarations.items() if one.kind is kind)
    found = registered(declared(all_declared(), {address: "an/import/id"}), address)
    label = all_declared().declarations[address].label
    assert found.import_id == kind.shape.import_argument("an/import/id", label)
    assert set(found.ignored) == {
        ".".join(field.places[Vocabulary.INPUTS][0]) for field in schema(kind.fields) if not field.owns
    }
    fixed = {camel_case(name) for name in (*kind.parent_arguments, *kind.fixed_arguments)}
    assert found.inputs.keys() - fixed <= {path.partition(".")[0] for path in found.ignored}


def test_other_resources_ignore_no_changes(everything: Run):
    assert not any(one.import_id or one.ignored for one in everything.resources)


def test_only_secrets_are_marked_as_secret(everything: Run):
    with_secrets = {address.name for address, one in all_declared().declarations.items() if list(secrets_of(one))}
    assert with_secrets
    nested: set[str] = set()
    for one in everything.resources:
        kind = kind_of_resource(one.type)
        fields = schema(kind.fields) if kind else []
        places = {known.places[Vocabulary.INPUTS][0] for known in fields if known.secret or is_sealed(known)}
        assert one.secrets == {name for name, *below in places if not below} & one.inputs.keys()
        for place in places:
            if len(place) > 1 and (inside := member(one.inputs, ".".join(place))) is not None:
                assert SECRET_SIGNATURE in inside
                nested.add(one.type)
        if one.name in with_secrets and one.secrets:
            assert "the secret behind env:TEST_APP_SECRET" in str([one.inputs[name] for name in one.secrets])
    assert nested


def test_each_secret_is_resolved_once_and_with_its_location():
    asked: list[tuple[str, Source]] = []

    def secret(reference: str, source: Source) -> SecretStr:
        asked.append((reference, source))
        return SecretStr("s")

    declared(all_declared(), secret=secret)
    expected = [
        (reference, source) for one in all_declared().declarations.values() for _, reference, source in secrets_of(one)
    ]
    assert asked == expected
    assert len(asked) == len(set(asked)) > 0


def test_a_missing_secret_ends_the_program():
    def secret(reference: str, source: Source) -> SecretStr:
        raise SecretMissing(f"{source}: {reference}", "")

    with pytest.raises(SecretMissing):
        declared(all_declared(), secret=secret)


def test_ids_of_system_objects_are_used():
    rule = document("group-rule", "r", name="R", expression="true", groups=["everyone"])
    assert declared(desired_of([rule])).named("r").inputs["groupAssignments"] == ["id of everyone"]


def test_a_reference_without_an_id_is_an_error():
    rule = document("group-rule", "r", name="R", expression="true", groups=["everyone"])
    with pytest.raises(KeyError):
        run(partial(inline, desired_of([rule]), Found(), a_secret))


def test_an_owner_that_is_not_declared_is_an_error():
    scope = next(one for one in all_declared().declarations.values() if one.kind.name == "authorization-server-scope")
    alone = replace(all_declared(), declarations={scope.address: replace(scope, parent=None)})
    with pytest.raises(ValueError, match="has no owner for its argument auth_server_id"):
        declared(alone)


def test_the_outputs_name_the_definitions(everything: Run):
    assert everything.outputs == {"definitions": all_declared().digest, "commit": "abc"}
    assert declared(desired_of([])).outputs == {"definitions": desired_of([]).digest}


def test_a_plain_program_registers_the_same(everything: Run):
    found = Found(system(all_declared()), owners=around(all_declared()))
    plain = run(lambda: declare(all_declared(), found, a_secret, {"commit": "abc"}) and None)
    key = lambda one: one.urn  # noqa: E731
    assert sorted(plain.resources, key=key) == sorted(everything.resources, key=key)
    assert plain.outputs == everything.outputs
