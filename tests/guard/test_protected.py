"""`protect: true`: refused without the document, too; lifting takes two steps."""

from __future__ import annotations

from dataclasses import replace

import pytest

from reconciler.definitions import load
from reconciler.definitions.model import Address
from reconciler.engine.changes import Operation
from reconciler.guard import GuardSettings
from reconciler.guard.rules import protected
from reconciler.plan import Plan
from reconciler.plan.protection import protection_outputs
from tests.definitions.folder import Folder, group
from tests.guard.worlds import World, document, groups, plan_of, without, world_of
from tests.matches import with_outputs
from tests.settled import desired_of

GROUP = Address("group", "group-0")
SAFE = {**document("group", "group-0", name="Group 0"), "protect": True}


def refused(plan: Plan) -> list[tuple[str, str]]:
    context = GuardSettings().context(protected.GUARD)
    return [(one.object, one.detail) for one in protected.GUARD.check(plan, context)]


def applied(world: World, plan: Plan) -> Plan:
    """The plan, with the outputs of the last `up` with the definitions of this world."""
    return with_outputs(plan, protection_outputs(world.desired, world.state))


def test_the_document_says_it_and_the_objects_that_it_owns_are_free(tmp_path):
    folder = Folder(tmp_path)
    folder.write(group("safe", rest="protect: true\n") + group("free"))
    found = {str(address): one.protected for address, one in folder.load().declarations.items()}
    assert found == {"group safe": True, "group free": False}


def test_it_must_be_true_or_false(tmp_path):
    folder = Folder(tmp_path)
    folder.write(group("safe", rest="protect: please\n"))
    assert folder.problems() == ["a.yaml:7:10: protect must be true or false, not please | "]


def test_the_digest_of_definitions_changes_with_it(tmp_path):
    folder = Folder(tmp_path)
    folder.write(group("safe"))
    before = load(folder.path, "staging").digest
    folder.write(group("safe", rest="protect: true\n"))
    assert load(folder.path, "staging").digest != before


@pytest.mark.parametrize(
    ("operation", "detail"),
    [
        (Operation.DELETE, "it would be deleted"),
        (Operation.REPLACE, "it would be replaced, so that it gets a new id"),
        (Operation.RELEASE, "it would be released: it would stay in Okta, no longer managed"),
    ],
)
def test_every_end_is_refused_after_the_document_was_removed(operation: Operation, detail: str):
    world = world_of([SAFE, *groups(3)[1:]])
    recorded = protection_outputs(world.desired, world.state)
    plan = without(world, GROUP)
    (change,) = plan.planned
    plan = replace(plan, planned=[replace(change, operation=operation)])
    assert refused(plan) == []
    assert refused(with_outputs(plan, recorded)) == [("group group-0", detail)]


def test_an_update_is_not_refused():
    world = world_of([SAFE])
    world.edit(GROUP, description="New.")
    assert refused(applied(world, plan_of(world))) == []


def test_a_new_protection_applies_at_once():
    world = world_of([SAFE])
    world.edit(GROUP, description="New.")
    (change,) = plan_of(world).planned
    plan = replace(plan_of(world), planned=[replace(change, operation=Operation.REPLACE)])
    assert [name for name, _ in refused(plan)] == ["group group-0"]


def test_saying_false_lifts_it_only_once_it_is_applied():
    world = world_of([SAFE])
    recorded = protection_outputs(world.desired, world.state)
    world.desired = desired_of([document("group", "group-0", name="Group 0", description="New.")])
    (change,) = plan_of(world).planned
    plan = replace(plan_of(world), planned=[replace(change, operation=Operation.REPLACE)])
    assert refused(with_outputs(plan, recorded))
    assert protection_outputs(world.desired, replace(world.state, outputs=recorded)) == {}


def test_a_renamed_object_keeps_it():
    world = world_of([SAFE])
    recorded = protection_outputs(world.desired, world.state)
    world.desired = desired_of([document("group", "renamed", previously=["group-0"], name="Group 0", description="N")])
    (change,) = plan_of(world).planned
    plan = replace(plan_of(world), planned=[replace(change, operation=Operation.REPLACE)])
    assert refused(with_outputs(plan, recorded)) == [
        ("group renamed", "it would be replaced, so that it gets a new id")
    ]


def test_it_is_recorded_until_the_object_is_gone():
    world = world_of([SAFE])
    recorded = protection_outputs(world.desired, world.state)
    assert recorded == {"protected": ["group group-0"]}
    world.undeclare(GROUP)
    assert protection_outputs(world.desired, replace(world.state, outputs=recorded)) == recorded
    world.applied.clear()
    assert protection_outputs(world.desired, replace(world.state, outputs=recorded)) == {}
