"""What of the tenant's drift an up undoes: by the findings, and by what is covered or not managed."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from reconciler.definitions.model import Address, Ignore, Source
from reconciler.engine.changes import Change, Changes, Operation
from reconciler.refresh import Undone
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


def undone(world: World) -> Undone:
    return Undone.of(world.desired, world.state, world.live)


def with_modes(world: World, **modes: str) -> None:
    environment = replace(world.desired.environment, modes=modes)  # type: ignore[arg-type]
    world.desired = replace(world.desired, environment=environment)


def test_a_quiet_tenant_leaves_nothing_to_undo(world: World):
    assert not undone(world)


def test_what_the_definitions_changed_is_not_drift(world: World):
    world.edit(GROUP, description="new")
    assert not undone(world)


def test_a_changed_field_is_undone_and_a_conflict_is_the_definitions_own(world: World):
    world.show(GROUP, description="by hand")
    found = undone(world)
    assert (set(found.refreshed), found.drifted[GROUP], found.fields[GROUP]) == (
        {GROUP},
        {"description"},
        {"description"},
    )
    world.edit(GROUP, description="new")
    found = undone(world)
    assert (set(found.refreshed), found.drifted[GROUP], found.fields[GROUP]) == ({GROUP}, set(), {"description"})


def test_what_was_deleted_is_gone_with_what_it_owned(world: World):
    world.delete(APP)
    assert set(undone(world).gone) == {APP, LIST}


def test_items_of_a_list_that_nobody_declared_are_lost(world: World):
    stray = world.add("group", "stray", type="OKTA_GROUP", profile={"name": "Stray"})
    people = world.item(GROUP)
    world.show(LIST, groups=[{"group": people.id, "priority": 0}, {"group": stray.id, "priority": 1}])
    assert undone(world).lost == {LIST: (f"Stray ({stray.id})",)}


def test_what_is_ignored_or_only_observed_or_not_applied_stays(world: World):
    world.show(GROUP, description="by hand")
    source = Source("ignore.yaml", 1, 1)
    entry = Ignore("group", "people", None, "description", "HR", "tests", date.max, source)
    environment = world.desired.environment
    world.desired = replace(world.desired, environment=replace(environment, ignores=(entry,)))
    assert not undone(world)
    world.show(GROUP, description="by hand", name="Persons")
    found = undone(world)
    assert (found.drifted[GROUP], found.skipped[GROUP]) == ({"name"}, {"description"})
    world.desired = replace(world.desired, environment=environment)
    with_modes(world, group="observe")
    assert not undone(world)
    with_modes(world)
    world.applied.clear()
    assert not undone(world)


def test_the_account_says_what_was_undone(world: World):
    world.show(GROUP, description="by hand")
    world.delete(APP)
    changes = Changes(
        {
            "group": Change(Operation.UPDATE, "group", "people", ("description", "name")),
            "app": Change(Operation.CREATE, "bookmark-app", "wiki"),
        }
    )
    undone(world).mark(changes, {GROUP: "group", APP: "app", LIST: "list"})
    assert changes.changes["group"] == Change(Operation.UPDATE, "group", "people", ("name",), ("description",))
    assert changes.changes["app"].deleted
