"""A plan is stale as soon as definitions, state, tenant, policy or tool differ from what it was made from."""

from __future__ import annotations

import copy
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from reconciler.definitions.model import Address, Source
from reconciler.kinds.mapping import schema
from reconciler.plan import Effect
from reconciler.plan.compare import PlanDiffers, check_same, differences
from reconciler.plan.documents import EffectDocument, UncomparedSecretDocument
from reconciler.plan.file import SavedPlan
from tests.plan.saved import TOOL, saved
from tests.plan.worlds import APP, CLIENT, GROUP, LIST, OTHER, small_world
from tests.settled import World, all_declared, settled

BEFORE = saved(small_world())


def found(now: SavedPlan, before: SavedPlan = BEFORE) -> list[str]:
    return [f"{one.source}: {one.what}" for one in differences(before, now)]


def test_the_same_world_gives_the_same_plan():
    assert found(saved(small_world())) == []
    check_same(BEFORE, saved(small_world()), small_world().desired)


def test_what_does_not_change_a_plan_is_not_compared():
    world = small_world()
    declaration = world.desired.declarations[GROUP]
    moved = {**world.desired.declarations, GROUP: replace(declaration, source=Source("moved.yaml", 9, 9))}
    world.desired = replace(world.desired, declarations=moved)
    now = saved(world).model_copy(update={"author": "another", "commit": "f00", "run": "https://ci.example.com"})
    assert found(now) == []


def touch(item: dict[str, Any]) -> None:
    item["lastUpdated"] = "2026-05-05T00:00:00.000Z"
    item["lastMembershipUpdated"] = "2026-05-05T00:00:00.000Z"
    item["_links"] = {**item["_links"], "self": {"href": "https://acme.okta.com/elsewhere"}}


def test_times_and_links_of_the_tenant_are_not_compared():
    world = small_world()
    world.tamper(OTHER, touch)
    assert found(saved(world)) == []


MUTATIONS: dict[str, Callable[[World], object]] = {
    "definitions: group others changed": lambda world: world.edit(OTHER, description="another"),
    "definitions: group others is gone": lambda world: world.undeclare(OTHER),
    "state: group others changed": lambda world: world.reapply(OTHER, description="another"),
    "state: bookmark-app wiki is gone": lambda world: world.applied.pop(APP),
    "tenant: group Others (group:others) changed": lambda world: world.show(OTHER, description="another"),
    "tenant: group Others (group:others) is gone": lambda world: world.delete(OTHER),
    "tenant: group New (added-new) is new": lambda world: world.add(
        "group", "new", type="OKTA_GROUP", profile={"name": "New"}
    ),
    "tenant: oidc-app Web (oidc-app:web) changed": lambda world: world.tamper(
        CLIENT, lambda json: json.update(features=["PUSH_NEW_USERS"])
    ),
    "tenant: app-group-assignments Wiki (bookmark-app:wiki) changed": lambda world: world.show(LIST, groups=[]),
}


@pytest.mark.parametrize("expected", MUTATIONS)
def test_a_mutation_is_named(expected: str):
    world = small_world()
    MUTATIONS[expected](world)
    assert any(line.startswith(expected) for line in found(saved(world))), found(saved(world))


def test_the_environment_the_policy_and_the_tool_are_compared():
    world = small_world()
    world.desired = replace(world.desired, environment=replace(world.desired.environment, modes={"group": "additive"}))
    assert "definitions: environment test changed" in found(saved(world))
    assert found(saved(small_world(), policy={"guards.yaml": b"{}"})) == ["policy: guards.yaml is new"]
    tool = TOOL.model_copy(update={"provider": "6.9.0"})
    assert found(saved(small_world(), tool=tool)) == ["tool: provider: 6.8.0 → 6.9.0"]


def test_a_changed_definition_is_named_with_its_place():
    world = small_world()
    world.edit(OTHER, description="another")
    with pytest.raises(PlanDiffers) as raised:
        check_same(BEFORE, saved(world), world.desired)
    lines = [message for message, _ in raised.value.explanations()]
    assert any(line.startswith("definitions: group others changed: ") and "all.yaml" in line for line in lines)
    assert "is stale: nothing was changed" in lines[-1]
    assert raised.value.exit_code == 4


def test_the_plan_of_the_engine_is_compared_if_nothing_else_differs():
    now = BEFORE.model_copy(update={"engine": {"urn:pulumi:test::okta::x:y:Z::x": {"steps": ["delete"], "inputs": {}}}})
    assert found(now) == ["engine: urn:pulumi:test::okta::x:y:Z::x is new"]


def with_unknown_secret(plan: SavedPlan) -> SavedPlan:
    secret = UncomparedSecretDocument(kind=CLIENT.kind, name=CLIENT.name, field="client_secret", reason="not set")
    return plan.model_copy(update={"not_compared": [secret]})


def test_a_secret_that_could_not_be_compared_may_be_updated():
    world = small_world()
    world.edit(CLIENT, client_secret="env:ANOTHER")
    world.desired = replace(world.desired, digest=small_world().desired.digest)
    now = saved(world).model_copy(update={"definitions": BEFORE.definitions})
    assert found(now) == [f"plan: update {CLIENT} is new"]
    assert found(now, with_unknown_secret(BEFORE)) == []


def test_nothing_else_of_its_object_may_change_with_it():
    world = small_world()
    world.edit(CLIENT, client_secret="env:ANOTHER", label="Another")
    now = saved(world).model_copy(update={"definitions": BEFORE.definitions})
    assert found(now, with_unknown_secret(BEFORE)) == [f"plan: update {CLIENT} is new"]
    assert found(now, with_unknown_secret(now)) == []


EVERYTHING = settled(all_declared())
PLAN_OF_EVERYTHING = saved(EVERYTHING)
DECLARED = sorted(EVERYTHING.applied)


@st.composite
def mutations(draw: st.DrawFn) -> Callable[[World], bool]:
    """A change of definitions, state or tenant. It returns whether it changed something."""
    where = draw(st.sampled_from(["definitions", "state", "tenant"]))
    how = draw(st.sampled_from(["change", "remove"]))
    address = draw(st.sampled_from(DECLARED))
    word = draw(st.text("abcdef", min_size=1, max_size=6))

    def mutate(world: World) -> bool:
        if where == "definitions":
            if how == "remove":
                gone = {address}
                for one, it in world.desired.declarations.items():  # owners come before what they own
                    gone |= {one} if it.parent in gone else set()
                world.undeclare(*gone)
                return True
            declaration = world.desired.declarations[address]
            texts = [
                field.name
                for field in schema(address_kind(world, address).fields)
                if isinstance(declaration.spec.get(field.name), str) and not field.secret and not field.ref
            ]
            if not texts:
                return False
            world.edit(address, **{texts[0]: declaration.spec[texts[0]] + word})
            return True
        if where == "state":
            applied = world.applied[address]
            if how == "remove":
                del world.applied[address]
            else:
                world.applied[address] = replace(applied, inputs={**applied.inputs, "mutated": word})
            return True
        if how == "remove":
            world.delete(address)
            return True
        item = world.item(address)
        if item.kind.shape.part_of_owner:
            return False
        world.tamper(address, lambda json: json.update(mutatedMember=word))
        return True

    return mutate


def address_kind(world: World, address: Any) -> Any:
    return world.desired.declarations[address].kind


@settings(max_examples=50)
@given(mutate=mutations())
def test_every_mutation_makes_a_plan_stale(mutate: Callable[[World], bool]):
    world = copy.copy(EVERYTHING)
    world.applied, world.items = dict(EVERYTHING.applied), dict(EVERYTHING.items)
    if mutate(world):
        with pytest.raises(PlanDiffers):
            check_same(PLAN_OF_EVERYTHING, saved(world), world.desired)
    else:
        check_same(PLAN_OF_EVERYTHING, saved(world), world.desired)


def test_the_order_in_which_the_engine_reports_changes_does_not_matter():
    effects = [
        EffectDocument.of(Effect(Address("group", name), "access-ends", "Members lose access.", becomes=becomes))
        for name, becomes in (("people", ""), ("others", ""), ("people", "a policy"))
    ]

    def with_effects(*order: int) -> SavedPlan:
        return BEFORE.model_copy(update={"effects": [effects[number] for number in order]})

    assert found(with_effects(1, 0, 2), with_effects(0, 1, 2)) == []
    assert found(with_effects(0, 2), with_effects(0, 1, 2)) == ["effects: access-ends of group others 1 is gone"]
