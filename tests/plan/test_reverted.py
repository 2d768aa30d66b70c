"""The drift that an up reverts, without what is ignored or not managed."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from reconciler.definitions.model import Address, Ignore, Source
from reconciler.engine.changes import Change, Changes, Operation
from reconciler.plan.reverted import RevertedDrift
from tests.settled import World, desired_of, document, settled

GROUP, APP, LIST = Address("group", "people"), Address("bookmark-app", "wiki"), Address("app-group-assignments", "wiki")
DOCUMENTS = [
    document("group", "people", name="People", description="old"),
    document("group", "others", name="Others"),
    document("bookmark-app", "wiki", label="Wiki", url="https://wiki.example.com", groups=[{"group": "people"}]),
]


@pytest.fixture
def world() -> World:
    return settled(desired_of(DOCUMENTS))


def reverted(world: World) -> RevertedDrift:
    return RevertedDrift.of(world.comparison)


def with_modes(world: World, **modes: str) -> None:
    environment = replace(world.desired.environment, modes=modes)  # type: ignore[arg-type]
    world.desired = replace(world.desired, environment=environment)


def test_a_tenant_without_drift_leaves_nothing_to_revert(world: World):
    assert not reverted(world)


def test_a_changed_definition_is_not_drift(world: World):
    world.edit(GROUP, description="new")
    assert not reverted(world)


def test_a_changed_field_is_reverted_and_a_conflict_is_not_counted_as_drift(world: World):
    world.show(GROUP, description="by hand")
    found = reverted(world)
    assert (set(found.refreshed), found.drifted[GROUP], found.fields[GROUP]) == (
        {GROUP},
        {"description"},
        {"description"},
    )
    world.edit(GROUP, description="new")
    found = reverted(world)
    assert (set(found.refreshed), found.drifted[GROUP], found.fields[GROUP]) == ({GROUP}, set(), {"description"})


def test_a_deleted_object_is_found_with_the_objects_it_owned(world: World):
    world.delete(APP)
    assert set(reverted(world).deleted) == {APP, LIST}


def test_undeclared_items_of_a_list_are_found(world: World):
    stray = world.add("group", "stray", type="OKTA_GROUP", profile={"name": "Stray"})
    people = world.item(GROUP)
    world.show(LIST, groups=[{"group": people.id, "priority": 0}, {"group": stray.id, "priority": 1}])
    assert reverted(world).undeclared_items == {LIST: (f"Stray ({stray.id})",)}


def test_ignored_observed_and_unapplied_objects_are_skipped(world: World):
    world.show(GROUP, description="by hand")
    source = Source("ignore.yaml", 1, 1)
    entry = Ignore("group", "people", None, "description", "HR", "tests", date.max, source)
    environment = world.desired.environment
    world.desired = replace(world.desired, environment=replace(environment, ignores=(entry,)))
    assert not reverted(world)
    world.show(GROUP, description="by hand", name="Persons")
    found = reverted(world)
    assert (found.drifted[GROUP], found.skipped[GROUP]) == ({"name"}, {"description"})
    world.desired = replace(world.desired, environment=environment)
    with_modes(world, group="observe")
    assert not reverted(world)
    with_modes(world)
    world.applied.clear()
    assert not reverted(world)


def test_changes_that_revert_drift_are_marked(world: World):
    world.show(GROUP, description="by hand")
    world.delete(APP)
    changes = Changes(
        {
            "group": Change(Operation.UPDATE, "group", "people", ("description", "name")),
            "app": Change(Operation.CREATE, "bookmark-app", "wiki"),
        }
    )
    reverted(world).mark(changes, {GROUP: "group", APP: "app", LIST: "list"})
    assert changes.changes["group"] == Change(Operation.UPDATE, "group", "people", ("name",), ("description",))
    assert changes.changes["app"].deleted
