"""Documents that were renamed without `previously`."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from reconciler.definitions.model import Address
from reconciler.engine.changes import Operation
from reconciler.plan import Plan
from tests.plan.plans import plan_of
from tests.settled import desired_of, document, settled

STAFF = document("group", "staff", name="Staff")
PEOPLE = document("group", "people", name="Staff")


def renamed(before: list[dict[str, Any]], after: list[dict[str, Any]]) -> Plan:
    world = settled(desired_of(before))
    world.desired = desired_of(after)
    return plan_of(world)


def names(plan: Plan) -> list[tuple[str, str]]:
    return [(one.old.address.name, one.new.address.name) for one in plan.renames]


def test_a_document_with_another_name_and_the_same_label_is_a_rename():
    plan = renamed([STAFF], [PEOPLE])
    (rename,) = plan.renames
    assert (rename.old.operation, rename.new.operation) == (Operation.DELETE, Operation.CREATE)
    assert rename.summary == "group people looks like a rename of staff"
    assert "add `previously: [staff]` to group people at " in rename.remedy
    assert rename.remedy.count("all.yaml:1:1") == 1
    assert (
        "deletes the first one, with: assignments to apps that are not managed, admin roles, members"
        in rename.consequence
    )


def test_following_the_remedy_keeps_the_object():
    plan = renamed([STAFF], [document("group", "people", previously=["staff"], name="Staff")])
    assert plan.planned == []
    assert names(plan) == []


@pytest.mark.parametrize(
    "after",
    [
        [document("group", "people", name="People")],
        [document("network-zone", "staff", name="Staff", type="IP", gateways=["192.0.2.0/24"])],
        [STAFF, document("group", "people", name="People")],
        [],
    ],
)
def test_other_deletions_and_creations_are_none(after):
    assert names(renamed([STAFF], after)) == []


def app(name: str, label: str) -> dict[str, Any]:
    return document("bookmark-app", name, label=label, url="https://wiki.example")


def test_objects_that_share_a_label_are_not_guessed():
    """Okta lets apps share a label."""
    world = settled(desired_of([app("one", "Wiki"), app("two", "Other")]))
    world.show(Address("bookmark-app", "two"), label="Wiki")
    world.desired = desired_of([app("three", "Wiki")])
    assert names(plan_of(world)) == []


def server(name: str, scope: str) -> dict[str, Any]:
    return document(
        "authorization-server",
        name,
        name="Payments",
        audiences=["api://payments"],
        scopes=[{"name": scope}],
        claims=[{"name": "team", "claim_type": "RESOURCE", "value": "user.team"}],
    )


def test_only_the_owner_is_named_not_what_it_owns():
    assert names(renamed([server("payments", "read")], [server("billing", "read")])) == [("payments", "billing")]


def test_an_object_that_is_created_again_was_not_renamed():
    world = settled(desired_of([STAFF]))
    world.delete(Address("group", "staff"))
    assert names(plan_of(world)) == []


def test_a_released_object_stays_and_nobody_manages_it():
    world = settled(desired_of([STAFF]))
    desired = desired_of([PEOPLE])
    world.desired = replace(desired, environment=replace(desired.environment, modes={"group": "additive"}))
    (rename,) = plan_of(world).renames
    assert rename.old.operation is Operation.RELEASE
    assert "the first one is no longer managed" in rename.consequence
