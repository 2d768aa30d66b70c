"""The references of an object, with their purposes."""

from __future__ import annotations

import pytest

from reconciler.kinds import kind_named, kinds
from reconciler.kinds.fields import OnDelete, Purpose
from reconciler.kinds.mapping import references_in
from reconciler.kinds.relations import reference_fields, references
from tests.settled import all_declared


@pytest.mark.parametrize("kind", list(kinds()), ids=lambda kind: kind.name)
def test_every_reference_has_a_purpose(kind):
    assert [field.name for field in reference_fields(kind.fields) if field.relates is None] == []


@pytest.mark.parametrize("declaration", list(all_declared().declarations.values()), ids=lambda one: str(one.address))
def test_the_references_are_those_of_the_mapping(declaration):
    found = {(one.kind, one.token) for one in references(declaration.kind.fields, declaration.spec)}
    assert found == references_in(declaration.kind.fields, declaration.spec)


def test_a_reference_inside_a_rule_names_the_rule():
    rules = kind_named("authentication-policy-rules")
    spec = {"rules": [{"name": "Finance", "groups_included": ["a", "b"], "network_excludes": ["office"]}]}
    assert [
        (one.token, one.field, one.within, one.others, one.relates.purpose) for one in references(rules.fields, spec)
    ] == [
        ("office", "rules.network_excludes", "Finance", (), Purpose.ZONE),
        ("a", "rules.groups_included", "Finance", ("b",), Purpose.PEOPLE),
        ("b", "rules.groups_included", "Finance", ("a",), Purpose.PEOPLE),
    ]


def test_the_items_of_a_list_of_references_are_the_others():
    spec = {"groups": [{"group": "a", "profile": {}}, {"group": "b", "profile": {}}]}
    found = list(references(kind_named("app-group-assignments").fields, spec))
    assert [(one.token, one.field, one.others) for one in found] == [
        ("a", "groups.group", ("b",)),
        ("b", "groups.group", ("a",)),
    ]


def test_a_word_is_no_reference_but_still_names_something():
    (only,) = references(kind_named("access-policy").fields, {"clients": ["ALL_CLIENTS", "portal"]})
    assert (only.token, only.others) == ("portal", ("ALL_CLIENTS",))


def test_a_deleted_policy_is_replaced_by_the_default_one():
    (only,) = references(kind_named("bookmark-app").fields, {"authentication_policy": "strict"})
    assert only.relates.on_delete is OnDelete.DEFAULT
