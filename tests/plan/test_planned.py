"""The values of planned changes."""

from __future__ import annotations

from dataclasses import replace

from reconciler.definitions.model import Address
from reconciler.engine.changes import Operation
from reconciler.kinds.mapping import whole_list_of
from reconciler.plan import FieldChange
from tests.plan.plans import plan_of
from tests.settled import all_declared, desired_of, document, identity_of, settled


def test_an_unchanged_world_has_an_empty_plan():
    plan = plan_of(settled(all_declared()))
    assert [(one.operation, one.address) for one in plan.planned] == []


def test_an_update_has_the_value_in_the_tenant_and_the_declared_one():
    world = settled(desired_of([document("group", "staff", name="Staff", description="old")]))
    staff = Address("group", "staff")
    world.edit(staff, description="new")
    world.tamper(staff, lambda json: json["profile"].update(name="Renamed"))
    (change,) = plan_of(world).planned
    assert change.operation is Operation.UPDATE
    assert change.fields == (
        FieldChange("name", "Renamed", "Staff", drifted=True),
        FieldChange("description", "old", "new"),
    )
    assert change.okta_id == world.applied[staff].id
    assert change.item is world.item(staff)


def test_a_created_object_has_the_fields_that_its_definition_states():
    world = settled(desired_of([]))
    world.desired = replace(desired_of([document("group", "staff", name="Staff")]))
    (change,) = plan_of(world).planned
    assert (change.operation, change.before, change.okta_id) == (Operation.CREATE, None, "")
    assert change.fields == (FieldChange("name", None, "Staff"),)


def test_a_deleted_object_is_known_by_its_name_also_in_references_of_others():
    staff, rule = Address("group", "staff"), Address("group-rule", "all")
    documents = [
        document("group", "staff", name="Staff"),
        document("group-rule", "all", name="All", expression='user.department=="X"', groups=["staff"]),
    ]
    world = settled(desired_of(documents))
    world.undeclare(staff, rule)
    planned = plan_of(world).by_address
    assert planned[staff].label == "Staff"
    assert planned[staff].after is None
    before = planned[rule].before
    assert before is not None
    assert before["groups"] == ["staff"]


def test_no_value_is_a_secret():
    world = settled(all_declared())
    for address in world.desired.declarations:
        world.reapply(address)
    world.applied.clear()
    for change in plan_of(world).planned:
        assert "env:" not in repr((change.before, change.after, change.fields))


def test_an_undeclared_item_of_a_whole_list_is_no_object_of_its_own():
    world = settled(all_declared())
    (address, *_) = [one for one in world.desired.declarations if one.kind == "app-group-assignments"]
    member = whole_list_of(world.desired.declarations[address].kind).member
    world.tamper(address, lambda json: json[member].append({"id": identity_of("group", "everyone")}))
    plan = plan_of(world)
    (item,) = [one for one in plan.planned if one.list_of]
    assert item.list_of == address
    assert address in plan.by_address
