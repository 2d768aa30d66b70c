"""Logins become ids in the match; a login that no user has is an error for the objects that a run changes."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from reconciler.definitions.model import Address
from reconciler.errors import ReconcilerError
from reconciler.kinds.people import USER
from reconciler.matching import Match, StateMatch
from reconciler.matching.look_up import look_up_in
from reconciler.matching.people import NoSuchUser, ids_of_people
from reconciler.okta.people import People
from tests.settled import World, desired_of, settled

ADA, GRACE = "ada.lovelace@example.com", "grace.hopper@example.com"
RULE, OTHER = Address("group-rule", "engineers"), Address("group-rule", "others")


def rule(name: str, *users: str) -> dict[str, Any]:
    spec = {"name": name, "expression": "true", "groups": ["everyone"], "users_excluded": list(users)}
    return {"kind": "group-rule", "name": name, "owner": "tests", "purpose": "Fill it.", "spec": spec}


@pytest.fixture
def world() -> World:
    return settled(desired_of([rule("engineers", ADA, GRACE), rule("others", ADA)]))


def match(world: World, people: People) -> Match:
    return Match.of(StateMatch.of(world.desired, world.state), replace(world.live, people=people))


def test_the_program_gets_the_ids_of_users(world: World):
    found = look_up_in(world.match).ids
    assert {name: found[Address(USER, name)] for name in (ADA, GRACE)} == {ADA: f"user:{ADA}", GRACE: f"user:{GRACE}"}


def test_every_unknown_login_is_reported_at_its_location(world: World):
    with pytest.raises(NoSuchUser) as caught:
        look_up_in(match(world, People()))
    said = [message for message, _ in caught.value.explanations()]
    assert [message.partition(": ")[2] for message in said] == [
        f"no user has the login {ADA}",
        f"no user has the login {GRACE}",
    ]
    assert all(".yaml:" in message for message in said)


def test_logins_of_other_objects_stand_for_themselves(world: World):
    known = match(world, People({ADA: "00u1"}, {"00u1": ADA}))
    assert ids_of_people(known, [OTHER]) == {Address(USER, ADA): "00u1", Address(USER, GRACE): GRACE}
    with pytest.raises(NoSuchUser, match=GRACE):
        ids_of_people(known, [RULE])


def test_users_that_could_not_be_looked_up_are_not_called_unknown(world: World):
    with pytest.raises(ReconcilerError, match=f"cannot look up the user {ADA}: no answer"):
        look_up_in(match(world, People(unreadable="no answer")))


def test_names_of_users_are_their_logins(world: World):
    known = match(world, People({ADA: f"user:{ADA}"}, {f"user:{ADA}": ADA}))
    item = world.item(RULE)
    assert known.names.in_definitions(item.kind, item.spec)["users_excluded"] == sorted([ADA, f"user:{GRACE}"])
    assert known.names.deleted_users(item.kind, item.spec) == [f"user:{GRACE}"]
    assert known.names.unknown_logins(item.kind, world.desired.declarations[RULE].spec) == [GRACE]
