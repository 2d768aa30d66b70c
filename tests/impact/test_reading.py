"""What is read for the effects of a plan: nothing unless it is needed, and lists only."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from reconciler.definitions.model import Address
from reconciler.impact import NOTHING_READ, WhatWasRead, effects, read, wanted
from reconciler.impact import reading as reading_module
from reconciler.kinds import kind_named
from reconciler.matching import owners
from reconciler.okta.snapshot import Outside
from reconciler.plan import Plan
from tests.impact.tenants import CONTRACTORS, RULE, STAFF, STRICT, count, of, tenant
from tests.okta.tenants import Shelf, client_of
from tests.okta.virtual_time import run
from tests.plan.plans import plan_of
from tests.settled import World, desired_of, document, identity_of, settled, shelves
from tests.sign_on_modes import mode_of_no_kind

ASSIGNED = Address("app-group-assignments", "wiki")
APPS_OF_GROUP = f"/api/v1/groups/{identity_of(*CONTRACTORS)}/apps"


def world_without_contractors(apps: int = 1) -> World:
    world = tenant()
    count(world, CONTRACTORS, 30, appsCount=apps)
    world.undeclare(CONTRACTORS, RULE)
    world.edit(ASSIGNED, groups=[{"group": "staff", "profile": {}}])
    return world


def shelf_of(world: World, **more: list[dict[str, Any]]) -> Shelf:
    lists = shelves(item for item in world.items.values() if item.kind.name != "app-group-assignments")
    return Shelf({**lists, **more})


def reading(shelf: Shelf, plan: Plan) -> WhatWasRead:
    async def work() -> WhatWasRead:
        async with client_of(shelf) as client:
            return await read(client, plan, wanted(plan))

    return run(work())


def test_a_plan_that_removes_nothing_needs_nothing():
    world = tenant()
    world.edit(STAFF, description="New.")
    world.edit(ASSIGNED, groups=[{"group": "staff", "profile": {}}])
    assert not wanted(plan_of(world))
    shelf = shelf_of(world)
    assert reading(shelf, plan_of(world)) == NOTHING_READ
    assert shelf.asked == []


def test_a_removed_object_to_which_nothing_unread_can_refer_needs_nothing():
    assert not wanted(plan_of(world_without_contractors()))


@pytest.mark.parametrize(("apps", "lists"), [(1, 0), (2, 1), (None, 1)])
def test_the_apps_of_a_group_are_listed_unless_its_statistics_say_that_all_are_known(apps, lists):
    assert len(wanted(plan_of(world_without_contractors(apps))).owners) == lists


def test_unmanaged_apps_of_a_group_are_found_by_one_list_call():
    world = world_without_contractors(apps=4)
    world.add("bookmark-app", "payroll", None, label="Payroll", signOnMode="BOOKMARK")
    plan = plan_of(world)
    form = Outside("/api/v1/apps", {"id": "0oa1", "label": "Old form", "signOnMode": mode_of_no_kind()}, False, "app")
    plan = replace(plan, match=plan.match.read_further(replace(plan.live, outside=(form,))))
    known = [{"id": identity} for identity in (identity_of("bookmark-app", "wiki"), "added-payroll", "0oa1", "0oa9")]
    shelf = shelf_of(world, **{APPS_OF_GROUP: known})
    found = reading(shelf, plan)
    assert shelf.asked == [f"GET {APPS_OF_GROUP}?limit=200"]
    lost = [one for one in effects(plan, found) if one.id == "access-lost"]
    assert [one.summary for one in lost] == [
        "Up to 30 people lose 3 apps with the group Contractors: wiki (still assigned to Staff), "
        "Payroll (not managed), Old form (not managed)"
    ]


def test_rules_of_unmanaged_policies_are_read_once_for_each_policy():
    world = world_without_contractors()
    policies = [
        world.add("authentication-policy", name, None, name=name, type="ACCESS_POLICY", status="ACTIVE")
        for name in ("lobby", "shop")
    ]
    plan = plan_of(world)
    assert wanted(plan).children == {"authentication-policy-rules"}
    people = {"people": {"groups": {"include": [identity_of(*CONTRACTORS), identity_of(*STAFF)]}}}
    rule = {"id": "r", "name": "Front desk", "priority": 1, "status": "ACTIVE", "conditions": people}
    rules = {f"{policy.path}/rules": [rule] for policy in policies}
    shelf = shelf_of(world, **rules)
    found = reading(shelf, plan)
    assert sorted(shelf.asked) == sorted(
        ["GET /api/v1/policies?type=ACCESS_POLICY", *(f"GET {path}" for path in rules)]
    )
    assert [one.summary for one in effects(plan, found) if one.id == "conditions-change"] == [
        "The group Contractors is no longer named by the authentication policy rules lobby/Front desk (not managed), "
        "shop/Front desk (not managed)"
    ]


def test_the_rules_of_a_removed_policy_are_read_although_no_definition_has_them():
    world = settled(desired_of([document("authentication-policy", "strict", name="Strict", description="For money.")]))
    policy = world.applied[STRICT].id
    assert not any(one.parent and one.parent.id == policy for one in world.items.values())
    world.undeclare(STRICT)
    plan = plan_of(world)
    assert wanted(plan).policies == {("authentication-policy", policy)}
    rules = f"/api/v1/policies/{policy}/rules"
    shelf = shelf_of(world, **{rules: []})
    found = reading(shelf, plan)
    assert [line for line in shelf.asked if "/rules" in line] == [f"GET {rules}"]
    assert ("authentication-policy-rules", policy) in found.live.by_id

    shelf.failing = {rules: 403}
    assert [gap.owner_id for gap in reading(shelf, plan).gaps] == [policy]


def test_the_members_of_an_imported_group_are_counted_by_one_list_call():
    world = tenant()
    world.tamper(ASSIGNED, lambda json: json["groups"].append({"id": "00gimported", "priority": 9}))
    plan = plan_of(world)
    assert wanted(plan).people == {"group"}
    imported = {"id": "00gimported", "_embedded": {"stats": {"usersCount": 12}}}
    shelf = Shelf({"/api/v1/groups": [imported]})
    found = reading(shelf, plan)
    query = kind_named("group").shape.unlisted
    assert shelf.asked == [f"GET /api/v1/groups?{query}"]
    assert of(world, "access-lost", read=found) == [
        "Up to 12 people lose the app wiki: the group 00gimported is no longer assigned; still assigned: Staff, "
        "Contractors"
    ]


def test_what_cannot_be_read_is_noted_and_the_effects_remain():
    world = world_without_contractors(apps=3)
    world.add("authentication-policy", "lobby", None, name="lobby", type="ACCESS_POLICY", status="ACTIVE")
    plan = plan_of(world)
    shelf = shelf_of(world)
    shelf.failing = {APPS_OF_GROUP: 403, "/api/v1/policies": 403, "/api/v1/groups": 403}
    found = reading(shelf, plan)
    assert [note.partition(":")[0] for note in found.notes] == [
        "unmanaged objects may refer to what is removed, and could not be read",
        "the apps of Contractors could not be read",
    ]
    gaps = {gap.kind.name for gap in found.gaps}
    assert gaps == {"app-group-assignments", *wanted(plan).children}
    assert [one.id for one in effects(plan, found)] == [one.id for one in effects(plan)]


def test_the_number_of_lists_is_bounded(monkeypatch):
    monkeypatch.setattr(reading_module, "MOST_LISTS", 1)
    world = world_without_contractors(apps=3)
    world.undeclare(STAFF, STRICT, Address("authentication-policy-rules", "strict"))
    world.edit(ASSIGNED, groups=[])
    count(world, STAFF, 9, appsCount=3)
    plan = plan_of(world)
    needed = wanted(plan)
    assert (len(needed.owners), needed.left_out) == (1, 1)
    found = reading(Shelf({APPS_OF_GROUP: []}), plan)
    assert found.notes == ("unmanaged owners were read for 1 removed objects, but not for 1 others",)


def test_what_the_snapshot_has_is_not_wanted_again():
    world = world_without_contractors()
    plan = plan_of(world)
    asks = owners(plan.match.in_state)
    policy = plan.live.by_id["authentication-policy", identity_of(*STRICT)]
    assert asks(policy, kind_named("authentication-policy-rules"))
    assert wanted(plan).children == frozenset()
