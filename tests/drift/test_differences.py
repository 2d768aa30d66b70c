from __future__ import annotations

import copy
from collections.abc import Iterator
from typing import Any

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from reconciler.drift.differences import common_path, differences
from reconciler.kinds import Kind, kind_named, kinds
from reconciler.kinds.mapping import Field, schema
from tests.settled import all_declared, of_kind


def field_of(kind: str, name: str) -> Field:
    return next(field for field in schema(kind_named(kind).fields) if field.name == name)


RULES = field_of("authentication-policy-rules", "rules")
GROUPS = field_of("app-group-assignments", "groups")
URIS = field_of("oidc-app", "redirect_uris")
GATEWAYS = field_of("network-zone", "gateways")
KEYS = field_of("oidc-app", "jwks")
LABEL = field_of("oidc-app", "label")


def places(field: Field, expected: Any, actual: Any) -> list[tuple[str, Any, Any]]:
    return [(one.path, one.expected, one.actual) for one in differences(field, expected, actual)]


def rule(name: str, **members: Any) -> dict[str, Any]:
    return {"name": name, "access": "ALLOW", "constraints": [], "keep_me_signed_in": None, **members}


@pytest.mark.parametrize(
    ("field", "expected", "actual", "found"),
    [
        pytest.param(LABEL, "A", "B", [("label", "A", "B")], id="value"),
        pytest.param(LABEL, "A", None, [("label", "A", None)], id="value-gone"),
        pytest.param(URIS, ["a", "b"], ["a"], [("redirect_uris[b]", "b", None)], id="member-gone"),
        pytest.param(URIS, ["a"], ["a", "b"], [("redirect_uris[b]", None, "b")], id="member-added"),
        pytest.param(URIS, ["a", "b"], ["b", "a"], [("redirect_uris (order)", ["a", "b"], ["b", "a"])], id="order"),
        pytest.param(URIS, [], ["a"], [("redirect_uris[a]", None, "a")], id="all-added"),
        pytest.param(URIS, ["a"], [], [("redirect_uris[a]", "a", None)], id="all-gone"),
        pytest.param(
            GATEWAYS, ["1", "3"], ["2", "3"], [("gateways[1]", "1", None), ("gateways[2]", None, "2")], id="set"
        ),
        pytest.param(
            RULES,
            [rule("A"), rule("B")],
            [rule("A"), rule("B", access="DENY")],
            [("rules[B].access", "ALLOW", "DENY")],
            id="member-of-an-item",
        ),
        pytest.param(
            RULES,
            [rule("A"), rule("B")],
            [rule("A")],
            [("rules[B]", {"name": "B", "access": "ALLOW"}, None)],
            id="item-gone",
        ),
        pytest.param(
            RULES,
            [rule("A"), rule("B")],
            [rule("B"), rule("A", access="DENY")],
            [("rules (order)", ["A", "B"], ["B", "A"]), ("rules[A].access", "ALLOW", "DENY")],
            id="order-and-member",
        ),
        pytest.param(
            RULES,
            [rule("A", constraints=[{"knowledge": {"types": ["password"]}}])],
            [rule("A", constraints=[{"knowledge": {"types": ["email"]}}])],
            [
                ("rules[A].constraints[0].knowledge.types[0]", "password", "email"),
            ],
            id="deep",
        ),
        pytest.param(
            GROUPS,
            [{"group": "staff", "profile": {"role": "a"}}],
            [{"group": "staff", "profile": {"role": "b", "more": 1}}],
            [("groups[staff].profile.more", None, 1), ("groups[staff].profile.role", "a", "b")],
            id="free-form",
        ),
        pytest.param(
            KEYS,
            [{"kid": "k", "n": "1"}, {"kid": "k", "n": "2"}],
            [{"kid": "k", "n": "1"}, {"kid": "k", "n": "3"}],
            [("jwks[1].n", "2", "3")],
            id="one-name-twice",
        ),
    ],
)
def test_where_values_differ(field: Field, expected: Any, actual: Any, found: list[Any]):
    assert [path for path, _, _ in places(field, expected, actual)] == [path for path, _, _ in found]
    assert places(field, expected, actual) == found


def test_empty_members_are_not_shown():
    ((_, _, shown),) = places(RULES, [], [rule("A", constraints=[{"knowledge": None, "possession": {}}])])
    assert shown == {"name": "A", "access": "ALLOW", "constraints": [{}]}


@given(*[st.lists(st.sampled_from("abcde"), max_size=5)] * 2)
def test_unequal_lists_always_differ_somewhere(expected: list[str], actual: list[str]):
    assume(expected != actual)
    found = differences(URIS, expected, actual)
    assert found
    assert [one.path for one in found] == sorted(one.path for one in found)
    assert differences(URIS, expected, actual) == found


@given(names=st.lists(st.sampled_from("abcd"), unique=True, min_size=1), data=st.data())
def test_unequal_structures_always_differ_somewhere(names: list[str], data: st.DataObject):
    expected = [rule(name) for name in names]
    actual = data.draw(st.permutations(copy.deepcopy(expected)))
    if data.draw(st.booleans()):
        actual[0]["access"] = "DENY"
    assume(expected != actual)
    assert differences(RULES, expected, actual)


# Common paths


def where(field: Field, expected: Any, actual: Any) -> str:
    return common_path(field, expected, differences(field, expected, actual))


@pytest.mark.parametrize(
    ("actual", "path"),
    [
        pytest.param([rule("A"), rule("B", access="DENY")], "rules.1.access", id="one-member-of-one-item"),
        pytest.param(
            [rule("A"), rule("B", constraints=[{"knowledge": {"types": ["x"]}}])],
            "rules.1.constraints",
            id="deep-in-it",
        ),
        pytest.param([rule("A"), rule("B", access="DENY", keep_me_signed_in={"a": 1})], "rules.1", id="two-members"),
        pytest.param([rule("A", access="DENY"), rule("B", access="DENY")], "rules", id="two-items"),
        pytest.param([rule("A")], "rules.1", id="item-gone"),
        pytest.param([rule("A"), rule("B"), rule("C")], "rules", id="item-added"),
        pytest.param([rule("B"), rule("A")], "rules", id="order"),
    ],
)
def test_the_common_path_contains_all_differences(actual: Any, path: str):
    assert where(RULES, [rule("A"), rule("B")], actual) == path


def test_a_field_without_named_items_is_its_own_common_path():
    assert where(LABEL, "A", "B") == "label"
    assert where(URIS, ["a"], ["b"]) == "redirect_uris"


def with_structures() -> Iterator[tuple[Kind, Field]]:
    for kind in kinds():
        yield from (
            (kind, field) for field in schema(kind.fields) if field.part and field.shape == "list" and not field.owns
        )


@pytest.mark.parametrize(("kind", "field"), list(with_structures()), ids=lambda it: it.name)
def test_every_common_path_can_be_located_in_the_yaml(kind: Kind, field: Field):
    for address in of_kind(kind, all_declared()):
        declaration = all_declared().declarations[address]
        for index, item in enumerate(declaration.spec[field.name] or ()):
            for member in item:
                actual = copy.deepcopy(declaration.spec[field.name])
                actual[index][member] = "something else"
                assert differences(field, declaration.spec[field.name], actual)
                found = declaration.where(where(field, declaration.spec[field.name], actual))
                assert declaration.source.line <= found.line
