"""Objects that a revert creates again."""

from __future__ import annotations

from dataclasses import replace

import pytest

from reconciler.definitions.model import Address
from reconciler.engine.changes import Change, Changes, Operation
from reconciler.engine.state import State
from reconciler.matching import StateMatch
from reconciler.plan.deleted import MOST, OUTPUT, deleted_in, deletion_outputs, recreation_notes
from tests.settled import World, desired_of, document, settled

STAFF, PEOPLE = Address("group", "staff"), Address("group", "people")


def world() -> World:
    return settled(desired_of([document("group", one.name, name=one.name.title()) for one in (STAFF, PEOPLE)]))


def test_a_deleted_object_is_remembered_until_it_is_declared_again():
    before = world()
    state, identity = before.state, before.applied[STAFF].id
    assert deletion_outputs(StateMatch.of(before.desired, state)) == {}
    reduced = desired_of([document("group", "people", name="People")])
    outputs = deletion_outputs(StateMatch.of(reduced, state))
    assert outputs == {OUTPUT: [["group", "staff", identity]]}

    gone = replace(state, resources={key: one for key, one in state.resources.items() if key != STAFF}, outputs=outputs)
    assert deletion_outputs(StateMatch.of(reduced, gone)) == outputs, "later runs keep it"
    created = Changes({"urn": Change(Operation.CREATE, "group", "staff")})
    (note,) = recreation_notes(gone, created)
    assert note.startswith(f"group staff existed before with the id {identity}: it is created again, with another id")
    assert "not restored: assignments to apps that are not managed, admin roles, members" in note
    assert deletion_outputs(StateMatch.of(before.desired, gone)) == {}


def test_an_object_whose_deletion_failed_is_not_created_again():
    state = replace(world().state, outputs={OUTPUT: [["group", "staff", "00g1"]]})
    assert deleted_in(state) == {}


@pytest.mark.parametrize("operation", [Operation.UPDATE, Operation.IMPORT, Operation.DELETE])
def test_other_changes_need_no_note(operation: Operation):
    state = State({}, {OUTPUT: [["group", "staff", "00g1"]]}, False)
    assert recreation_notes(state, Changes({"urn": Change(operation, "group", "staff")})) == []
    assert recreation_notes(state, Changes({"urn": Change(Operation.CREATE, "group", "people")})) == []


@pytest.mark.parametrize("listed", [None, "x", [1, ["group"], ["group", "staff", 1]], {}])
def test_outputs_of_others_are_ignored(listed: object):
    assert deleted_in(State({}, {OUTPUT: listed}, False)) == {}


def test_the_list_does_not_grow_for_ever():
    many = [["group", f"g{number}", f"00g{number}"] for number in range(MOST + 10)]
    kept = deletion_outputs(StateMatch.of(desired_of([]), State({}, {OUTPUT: many}, False)))[OUTPUT]
    assert kept == many[10:]
