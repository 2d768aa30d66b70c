"""Definitions, state and tenant, matched: by id, by earlier name, by import, by name and owner."""

from __future__ import annotations

from dataclasses import replace

import pytest

from reconciler.definitions.model import Address, Mode
from reconciler.engine.state import EMPTY
from reconciler.matching import Ambiguous, Match, NotInTenant, StateMatch, owners, owners_to_plan, recognised
from reconciler.okta.snapshot import Unreadable
from tests.matches import match_of
from tests.settled import World, desired_of, document, settled

PEOPLE = Address("group", "people")
SERVER = Address("authorization-server", "payments")
SCOPE = Address("authorization-server-scope", "payments/read")
WIKI = Address("bookmark-app", "wiki")
ASSIGNMENTS = Address("app-group-assignments", "wiki")
DOCUMENTS = [
    document("group", "people", name="People"),
    document("authorization-server", "payments", name="Payments", audiences=["a"], scopes=[{"name": "read"}]),
    document("bookmark-app", "wiki", label="Wiki", url="https://wiki.example.com", groups=[{"group": "people"}]),
]
ADDRESSES = {PEOPLE, SERVER, SCOPE, WIKI, ASSIGNMENTS}


@pytest.fixture
def world() -> World:
    """Every object is declared, in the state and in the tenant."""
    return settled(desired_of(DOCUMENTS))


def forget(world: World, *addresses: Address) -> None:
    for address in addresses:
        del world.applied[address]


def imports(world: World, ids: dict[Address, str]) -> None:
    world.desired = replace(world.desired, environment=replace(world.desired.environment, imports=ids))


def observe(world: World, *kinds: str) -> None:
    modes: dict[str, Mode] = dict.fromkeys(kinds, "observe")
    world.desired = replace(world.desired, environment=replace(world.desired.environment, modes=modes))


def named(world: World, *names: str) -> None:
    """Add groups with the display name that `people` has, and these ids."""
    for name in names:
        world.add("group", name, type="OKTA_GROUP", profile={"name": "People"})


# Which object belongs to which declaration


def test_the_id_in_the_state_decides_whatever_the_object_is_called(world: World):
    world.tamper(PEOPLE, lambda json: json["profile"].update(name="Renamed"))
    named(world, "other")
    match = world.match
    assert match.ids[PEOPLE] == "group:people"
    assert match.ids.keys() == ADDRESSES
    assert (match.recognised, match.unapplied, match.orphans) == ({}, {}, {})
    assert match.item(PEOPLE) is world.item(PEOPLE)


def test_an_earlier_name_in_the_state_decides(world: World):
    documents = [document("group", "staff", previously=["people"], name="Staff"), *DOCUMENTS[1:2]]
    world.desired = desired_of(documents)
    match = world.match
    assert match.ids[Address("group", "staff")] == "group:people"
    assert match.orphans.keys() == {WIKI, ASSIGNMENTS}


def test_an_import_decides_between_objects_of_one_name(world: World):
    named(world, "second")
    forget(world, PEOPLE)
    imports(world, {PEOPLE: "added-second"})
    assert world.match.unapplied == {PEOPLE: "added-second"}


def test_name_and_owner_decide_without_state(world: World):
    forget(world, SERVER, SCOPE, ASSIGNMENTS)
    match = world.match
    assert match.recognised == {
        SERVER: "authorization-server:payments",
        SCOPE: "authorization-server:payments/authorization-server-scope:payments.read",
        ASSIGNMENTS: "bookmark-app:wiki",
    }
    assert match.unapplied == {
        SERVER: "authorization-server:payments",
        SCOPE: "authorization-server-scope:payments.read",
        ASSIGNMENTS: "bookmark-app:wiki",
    }
    assert match.ids.keys() == {PEOPLE, WIKI}
    assert match.all_ids.keys() == ADDRESSES
    assert match.item(SERVER) is None


def test_an_object_below_an_owner_that_is_not_there_is_not_recognised(world: World):
    match = StateMatch.of(world.desired, EMPTY)
    assert recognised([world.desired.declarations[SCOPE]], match, world.live) == {}


def test_an_empty_whole_list_belongs_to_its_owner_only_if_there_is_no_state_at_all(world: World):
    world.show(ASSIGNMENTS, groups=[])
    forget(world, WIKI, ASSIGNMENTS)
    assert world.match.unapplied.keys() == {WIKI}
    world.applied.clear()
    assert world.match.unapplied.keys() == ADDRESSES


def test_two_objects_of_one_name_are_ambiguous(world: World):
    named(world, "second")
    forget(world, PEOPLE)
    with pytest.raises(Ambiguous, match="2 objects in the tenant are named 'People': group:people, added-second"):
        _ = world.match


def test_a_second_object_of_one_name_is_not_ambiguous_if_one_is_in_the_state(world: World):
    named(world, "second")
    assert ("group", "added-second") not in world.match.known


def test_an_object_made_by_okta_is_never_recognised():
    world = settled(desired_of([document("group", "all", name="Everyone")]))
    world.delete(Address("group", "all"))
    forget(world, Address("group", "all"))
    with pytest.raises(Ambiguous, match="an object made by Okta is already named 'Everyone'"):
        _ = world.match


def test_an_import_of_an_object_of_another_name_in_the_state_is_refused(world: World):
    world.desired = desired_of([document("group", "staff", name="Staff")])
    imports(world, {Address("group", "staff"): "group:people"})
    with pytest.raises(NotInTenant, match="is in the state already, as people"):
        _ = world.match


def test_only_sought_objects_are_looked_for(world: World):
    forget(world, PEOPLE, SERVER, SCOPE)
    imports(world, {SERVER: "was deleted"})
    in_state = StateMatch.of(world.desired, world.state)
    match = Match.of(in_state, world.live, sought=[world.desired.declarations[PEOPLE]])
    assert match.recognised == {PEOPLE: "group:people"}


# Observed objects


def test_observed_objects_have_an_id_without_an_entry_in_the_state(world: World):
    observe(world, "group", "bookmark-app")
    forget(world, PEOPLE, WIKI, ASSIGNMENTS)
    match = world.match
    assert match.ids.keys() == ADDRESSES, "a whole list has that of its owner"
    assert match.ids[ASSIGNMENTS] == "bookmark-app:wiki"
    assert match.unapplied == {}
    assert match.applied.keys() == {SERVER, SCOPE}


# What is known


def test_objects_that_are_declared_or_were_declared_are_known(world: World):
    world.undeclare(WIKI, ASSIGNMENTS)
    named(world, "second")
    forget(world, SERVER)
    kinds = {kind for kind, _ in world.match.known}
    assert kinds == {"group", "authorization-server", "authorization-server-scope", "bookmark-app", ASSIGNMENTS.kind}
    assert ("group", "added-second") not in world.match.known


# Names


def test_references_are_named_as_definitions_name_them(world: World):
    spec = world.item(ASSIGNMENTS).spec
    assert world.match.names.in_definitions(world.item(ASSIGNMENTS).kind, spec)["groups"][0]["group"] == "people"


def test_objects_that_are_not_declared_are_named_as_okta_names_them(world: World):
    named(world, "second")
    names = world.match.names
    assert names.of("group", "added-second") == "People (added-second)"
    assert names.of("group", "group:everyone") == "everyone"
    assert names.of("group", "00g-gone") == "00g-gone"
    assert names.label("group", "group:people") == "People"
    assert names.declared("group", "added-second") is None


@pytest.mark.parametrize(("readable", "nothing", "unnamed"), [(True, True, False), (False, False, True)])
def test_a_reference_without_a_name_leads_to_nothing_unless_its_kind_could_not_be_read(
    world: World, readable: bool, nothing: bool, unnamed: bool
):
    world.show(ASSIGNMENTS, groups=[{"group": "00g-gone"}])
    item = world.item(ASSIGNMENTS)
    if not readable:
        world.unreadable.append(Unreadable(world.item(PEOPLE).kind, None, "403"))
    names = world.match.names
    assert names.refers_to_nothing(item.kind, item.spec) is nothing
    assert names.refers_to_unnamed(item.kind, item.spec) is unnamed


# The same match, continued


def test_objects_to_import_have_an_id(world: World):
    forget(world, PEOPLE)
    match = world.match
    importing = match.importing(match.recognised)
    assert PEOPLE not in match.ids
    assert importing.ids[PEOPLE] == "group:people"
    assert importing.unapplied == {}
    assert match.importing({}) is match


def test_a_state_with_the_same_objects_needs_no_other_match_of_the_tenant(world: World):
    match = world.match
    world.reapply(PEOPLE, description="Applied.")
    again = match.with_state(world.state)
    assert again.recognised is match.recognised
    assert again.applied[PEOPLE].spec["description"] == "Applied."


def test_a_state_with_other_objects_is_matched_again(world: World):
    match = world.match
    forget(world, PEOPLE)
    assert match.with_state(world.state).recognised == {PEOPLE: "group:people"}


def test_more_of_the_tenant_can_be_read_later(world: World):
    match = world.match
    assert match.read_further(match.live) is match
    world.undeclare(SCOPE)
    named(world, "second")
    assert match.read_further(world.live).names.of("group", "added-second") == "People (added-second)"


# What is read


def test_the_children_of_declared_objects_are_read(world: World):
    other = world.add("authorization-server", "other", audiences=["a"])
    forget(world, WIKI)
    kind = world.item(SCOPE).kind
    for asks in (owners, owners_to_plan):
        chosen = asks(StateMatch.of(world.desired, world.state))
        assert chosen(world.item(SERVER), kind)
        assert not chosen(other, kind)


def test_a_plan_also_reads_the_children_of_owners_in_the_state(world: World):
    world.undeclare(SERVER, SCOPE)
    in_state = StateMatch.of(world.desired, world.state)
    server, kind = world.item(SERVER), world.item(SCOPE).kind
    assert not owners(in_state)(server, kind)
    assert owners_to_plan(in_state)(server, kind)


def test_a_match_of_nothing_is_empty():
    match = match_of(desired_of([]), EMPTY, World(desired_of([])).live)
    assert (match.ids, match.unapplied, match.known) == ({}, {}, frozenset())
