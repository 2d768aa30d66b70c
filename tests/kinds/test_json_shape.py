"""Objects with members of other types than their kind declares."""

from __future__ import annotations

from typing import Any

import pytest

from reconciler.kinds import kind_named, kinds
from reconciler.kinds.json_shape import check_shape
from reconciler.kinds.mapping import Vocabulary, decode
from tests.settled import all_declared, settled


def insist(kind: str, wire: dict[str, Any]) -> None:
    model = kind_named(kind)
    check_shape(model.fields, wire, decode(model.fields, wire, Vocabulary.API))


@pytest.mark.parametrize("kind", [kind.name for kind in kinds()])
def test_declared_objects_have_the_shape_of_their_kind(kind: str):
    found = [item for item in settled(all_declared()).items.values() if item.kind.name == kind and not item.built_in]
    assert found
    for item in found:
        check_shape(item.kind.fields, item.kind.read_api(dict(item.json)), item.spec)


@pytest.mark.parametrize(
    ("wire", "said"),
    [
        ({"profile": ["x"]}, "profile must be an object, got list"),
        ({"profile": "x"}, "profile must be an object, got str"),
        ({"profile": {"name": {}}}, "name has a value of type dict"),
        ({"profile": {"name": "x", "description": ["x"]}}, "description has a value of type list"),
    ],
)
def test_error_names_the_member_of_another_type(wire: dict[str, Any], said: str):
    with pytest.raises(TypeError, match=said):
        insist("group", wire)


@pytest.mark.parametrize("uris", [[None], [["x"]], ["https://a.example", {}]])
def test_an_item_of_a_list_of_texts_is_a_text(uris: list[Any]):
    with pytest.raises(TypeError, match="redirect_uris has a value of type"):
        insist("oidc-app", {"label": "x", "settings": {"oauthClient": {"redirect_uris": uris}}})


@pytest.mark.parametrize("wire", [{}, {"profile": None}, {"profile": {"name": None}}, {"profile": {"more": [1]}}])
def test_absent_and_unknown_members_are_accepted(wire: dict[str, Any]):
    insist("group", wire)


@pytest.mark.parametrize(("priority", "fine"), [(1, True), (1.0, True), (None, True), ("x", False), ([1], False)])
def test_number_must_be_a_number(priority: Any, fine: bool):
    wire = {"name": "x", "description": "x", "priority": priority}
    if fine:
        insist("access-policy", wire)
    else:
        with pytest.raises(TypeError, match="priority has a value of type"):
            insist("access-policy", wire)
