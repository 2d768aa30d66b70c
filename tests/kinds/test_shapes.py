"""The questions that every shape answers."""

import pytest

from reconciler.kinds import kinds
from reconciler.kinds.mapping import schema
from reconciler.kinds.shapes import Listed, WholeList

UNORDERED = Listed(path="/api/v1/groups", scope="okta.groups")
ORDERED = Listed(path="/api/v1/policies", scope="okta.policies", ordered=True)
LIST = WholeList(path="rules", scope="okta.policies", key="name")


def test_only_siblings_with_an_order_have_a_rank():
    assert (ORDERED.rank_field, ORDERED.rank({"priority": 3})) == ("priority", 3)
    assert (UNORDERED.rank_field, UNORDERED.rank({"priority": 3})) == ("", 0)


@pytest.mark.parametrize("values", [{}, {"priority": None}, {"priority": "first"}])
def test_an_object_without_a_usable_rank_has_rank_0(values):
    assert ORDERED.rank(values) == 0


@pytest.mark.parametrize("kind", [kind for kind in kinds() if kind.shape.rank_field], ids=lambda kind: kind.name)
def test_the_rank_is_a_field_of_the_kind(kind):
    assert kind.shape.rank_field in {field.name for field in schema(kind.fields)}


def test_objects_or_the_items_of_one_are_in_sequence():
    assert [shape.in_sequence for shape in (UNORDERED, ORDERED, LIST)] == [False, True, True]


def test_only_a_whole_list_is_a_part_of_its_owner():
    assert [shape.part_of_owner for shape in (UNORDERED, ORDERED, LIST)] == [False, False, True]


@pytest.mark.parametrize("kind", list(kinds()), ids=lambda kind: kind.name)
def test_what_cannot_be_created_is_in_every_tenant(kind):
    shape = kind.shape
    assert shape.creatable or shape.some_in_every_tenant
    assert not shape.some_in_every_tenant or not shape.deletable
    assert shape.creatable or shape.name or kind.provider.takes_over_some
