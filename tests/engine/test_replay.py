from __future__ import annotations

from typing import Any

import pytest

from reconciler.engine.replay import Step, replayed
from reconciler.engine.state import STACK

ROOT = {"urn": "root", "type": STACK, "custom": False}
PROVIDER = {"urn": "provider", "type": "pulumi:providers:okta", "custom": True, "id": "p"}


def resource(name: str, identity: str, /, **more: Any) -> dict[str, Any]:
    known = {"urn": name, "id": identity, "type": "group", "custom": True, "parent": "root", "provider": "provider::p"}
    return known | {"inputs": {"name": name}, "outputs": {"name": name}} | more


def state(*resources: dict[str, Any]) -> dict[str, Any]:
    return {"manifest": {}, "resources": [ROOT, PROVIDER, *resources]}


def put(operation: str, after: dict[str, Any], removed: str = "", renamed: str = "") -> Step:
    return Step(operation, after["urn"], removed, renamed, after)


def removes(operation: str, name: str, identity: str) -> Step:
    return Step(operation, name, identity, "", None)


def left(before: dict[str, Any], *steps: Step) -> list[dict[str, Any]]:
    after = replayed(before, steps)
    assert after["manifest"] == {}
    assert after["resources"][:2] == [ROOT, PROVIDER]
    return list(after["resources"][2:])


def test_created_and_imported_resources_are_added():
    made = [resource("a", "1"), resource("b", "2")]
    assert left(state(), put("create", made[0]), put("import", made[1])) == made


def test_a_first_run_adds_the_stack_and_the_provider():
    after = replayed({}, [put("create", ROOT), put("create", PROVIDER), put("create", resource("a", "1"))])
    assert [one["urn"] for one in after["resources"]] == ["root", "provider", "a"]


def test_a_created_resource_depends_on_the_resources_it_refers_to():
    app = resource("app", "2", inputs={"groups": [{"id": "1"}], "label": "app"})
    (_, made) = left(state(resource("a", "1")), put("create", app))
    assert made == app | {"dependencies": ["a"]}


def test_an_update_keeps_what_events_do_not_show():
    before = resource("a", "1", dependencies=["provider"], additionalSecretOutputs=["secret"])
    after = resource("a", "1", inputs={"name": "new"}, outputs={"name": "new"})
    assert left(state(before), put("update", after, "1")) == [before | after]


def test_deleted_resources_and_references_to_them_are_removed():
    before = state(resource("a", "1"), resource("b", "2", dependencies=["a"]))
    assert left(before, removes("delete", "a", "1")) == [resource("b", "2", dependencies=[])]


def test_a_partial_replacement_is_replayed_as_far_as_it_got():
    before, new = state(resource("a", "1")), resource("a", "2")
    gone = removes("delete-replaced", "a", "1")
    assert left(before, gone) == []
    assert left(before, gone, put("create-replacement", new, "1")) == [new]
    assert left(before, put("create-replacement", new, "1")) == [resource("a", "1", delete=True), new]
    assert left(before, put("create-replacement", new, "1"), gone) == [new]


def test_resources_owned_by_a_replaced_one_are_omitted():
    """The engine requires that an owner precedes them."""
    before = state(resource("a", "1"), resource("rule", "3", parent="a"), resource("b", "4"))
    steps = [removes("delete-replaced", "a", "1"), put("create-replacement", resource("a", "2"), "1")]
    assert [one["urn"] for one in left(before, *steps)] == ["b", "a"]


@pytest.mark.parametrize("updated", [True, False])
def test_a_renamed_resource_is_not_duplicated(updated: bool):
    """The engine would delete the one with the earlier name, which is the same object."""
    before = state(
        resource("old", "1"),
        resource("rule", "3", parent="old", dependencies=["old"], propertyDependencies={"x": ["old"]}),
    )
    after = resource("new", "1", inputs={"name": "new"})
    steps = [put("update", after, "1", "old")] if updated else [Step("same", "new", "1", "old", None)]
    (renamed, rule) = left(before, *steps)
    assert renamed == (after if updated else resource("old", "1") | {"urn": "new"})
    assert (rule["parent"], rule["dependencies"], rule["propertyDependencies"]) == ("new", ["new"], {"x": ["new"]})


def test_a_resource_without_its_provider_or_parent_is_omitted():
    assert left(state(), put("create", resource("a", "1", provider="other::q"))) == []
    assert left(state(), put("create", resource("a", "1", parent="lost"))) == []
