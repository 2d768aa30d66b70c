"""Every object consists of entries: the items of a whole list; every other object is its own single entry."""

import pytest

from reconciler.kinds import kind_named, kinds
from reconciler.kinds.entries import (
    check_key,
    entries,
    entry_key,
    entry_keys,
    entry_model,
    gathered,
    inside_entry,
    is_entry,
    key_field,
    key_path,
    list_field,
    live_entries,
    models,
)

ASSIGNMENTS, RULES = kind_named("app-group-assignments"), kind_named("authentication-policy-rules")
PARTS = [kind for kind in kinds() if list_field(kind)]
WHOLE = [kind for kind in kinds() if not list_field(kind)]


@pytest.mark.parametrize("kind", WHOLE, ids=lambda kind: kind.name)
def test_an_object_is_its_own_entry(kind):
    spec = {"name": "a"}
    assert entries(kind, spec) == [spec]
    assert (entry_key(kind, spec), entry_keys(kind, spec), key_field(kind), key_path(kind)) == ("", [], None, "")
    assert models(kind) == (entry_model(kind),) == (kind.fields,)
    assert not is_entry(kind, "conditions[a]")
    assert inside_entry(kind, "conditions[a].include") == ("", "conditions[a].include")


@pytest.mark.parametrize("kind", PARTS, ids=lambda kind: kind.name)
def test_the_items_of_a_whole_list_are_entries(kind):
    field, key = list_field(kind), key_field(kind)
    assert key
    items = [{key.name: "b"}, {key.name: "a"}]
    assert entries(kind, {field: items}) == items
    assert entry_keys(kind, {field: items}) == ["b", "a"]
    assert key_path(kind) == f"{field}.{key.name}"
    assert models(kind) == (kind.fields, entry_model(kind))
    assert [entries(kind, {}), entries(kind, {field: None}), entry_keys(kind, None)] == [[], [], []]


def test_paths_lead_through_entries():
    assert is_entry(RULES, "rules[Contractors]")
    assert not is_entry(RULES, "rules[Contractors].conditions")
    assert inside_entry(RULES, "rules[Contractors].conditions.people") == ("rules[Contractors]", "conditions.people")
    assert inside_entry(RULES, "rules[Contractors]") == ("rules[Contractors]", "")


def test_items_made_by_okta_are_entries_that_come_last():
    made, own = {"name": "Catch-all Rule", "system": True}, {"name": "Staff", "system": False}
    found = list(live_entries(RULES, gathered(RULES, [made, own])))
    assert [(one.path, one.json, one.made_by_okta) for one in found] == [
        ("rules[Staff]", own, False),
        ("rules[Catch-all Rule]", made, True),
    ]


def test_an_item_without_a_key_is_refused():
    check_key(RULES, {"name": "Staff"})
    with pytest.raises(ValueError, match="its name is 7"):
        check_key(RULES, {"name": 7})
    with pytest.raises(ValueError, match="its id is None"):
        check_key(ASSIGNMENTS, {"priority": 1})
