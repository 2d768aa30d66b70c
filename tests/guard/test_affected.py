"""Who is affected by the removal of an object: apps of a policy, and unmanaged objects."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from reconciler.definitions.model import Address
from reconciler.engine.changes import Operation
from reconciler.guard import GuardSettings
from reconciler.guard.model import AnyGuard
from reconciler.guard.rules import policy_in_use, unmanaged_affected
from reconciler.impact import effects
from reconciler.okta.snapshot import Outside
from reconciler.plan import AffectedObject, Effect, Plan
from tests.guard.worlds import World, add_rule, bookmark, document, groups, href_of_policy, plan_of, without, world_of
from tests.sign_on_modes import mode_of_no_kind

STRICT = Address("authentication-policy", "strict")
WIKI = Address("bookmark-app", "wiki")
GROUP = Address("group", "group-0")


def details(guard: AnyGuard, plan: Plan) -> Sequence[str]:
    return [f"{one.object}: {one.detail}" for one in guard.check(plan, GuardSettings().context(guard))]


def with_policy(**wiki: object) -> World:
    rules = [{"name": "Any"}]
    policy = document("authentication-policy", "strict", name="Strict", description="For money.", rules=rules)
    return world_of([policy, bookmark("wiki", **wiki)])


def on_policy(world: World, identity: str) -> World:
    """The app uses this policy in the tenant and after the last `up`."""
    world.show(WIKI, authentication_policy=identity)
    world.reapply(WIKI, authentication_policy=identity)
    return world


def as_replaced(plan: Plan, address: Address) -> Plan:
    """The plan, with this object replaced."""
    changed = [replace(one, operation=Operation.REPLACE) if one.address == address else one for one in plan.planned]
    return replace(plan, planned=changed)


def test_a_managed_app_whose_definition_names_no_policy_would_move():
    world = with_policy()
    on_policy(world, world.applied[STRICT].id)
    assert details(policy_in_use.GUARD, without(world, STRICT)) == [
        "authentication-policy strict: an app uses it and would move to authentication-policy default "
        "(Any two factors): bookmark-app wiki"
    ]


def test_an_app_of_no_kind_would_move_too():
    world = with_policy()
    form = {"id": "0oa1", "label": "Form", "signOnMode": mode_of_no_kind(), "_links": href_of_policy(world, STRICT)}
    plan = without(world, STRICT)
    live = replace(plan.live, outside=(Outside("/api/v1/apps", form, False, "app"),))
    plan = replace(plan, match=plan.match.read_further(live))
    (found,) = details(policy_in_use.GUARD, plan)
    assert "app Form (not managed)" in found
    assert details(unmanaged_affected.GUARD, plan) == [], "one message is enough"


def test_an_app_that_is_deleted_with_its_policy_moves_nowhere():
    world = with_policy(authentication_policy="strict")
    assert details(policy_in_use.GUARD, without(world, STRICT, WIKI)) == []


def test_a_replaced_policy_loses_the_apps_that_nobody_manages():
    world = with_policy(authentication_policy="strict")
    world.edit(STRICT, description="Changed.")
    world.add("bookmark-app", "old", label="Old", signOnMode="BOOKMARK", _links=href_of_policy(world, STRICT))
    (found,) = details(policy_in_use.GUARD, as_replaced(plan_of(world), STRICT))
    assert "bookmark-app Old (not managed)" in found
    assert "wiki" not in found, "the program gives a managed app the new policy"


def test_unmanaged_objects_that_refer_are_named_with_the_field():
    world = world_of(groups(3))
    add_rule(world, "by-hand", GROUP)
    world.add("password-policy", "lobby", priority=1, conditions={"people": {"groups": {"include": ["group:group-0"]}}})
    assert details(unmanaged_affected.GUARD, without(world, GROUP)) == [
        "group group-0: 2 objects: group-rule by-hand (in groups), password-policy lobby (in groups_included)"
    ]


def test_unmanaged_objects_go_with_their_owner():
    listed = [{"name": "read", "consent": "IMPLICIT"}]
    api = document(
        "authorization-server", "api", name="API", description="Of tests.", audiences=["api://x"], scopes=listed
    )
    world = world_of([api, *groups(1)])
    address = Address("authorization-server", "api")
    world.add("authorization-server-scope", "write", world.item(address), consent="IMPLICIT")
    assert details(unmanaged_affected.GUARD, without(world, address)) == [
        "authorization-server api: 1 object: authorization-server-scope api/write (deleted with it)"
    ]


def test_a_managed_object_that_refers_is_not_unmanaged():
    filling = document("group-rule", "filling", name="Filling", expression='user.department=="X"', groups=["group-0"])
    world = world_of([*groups(3), filling])
    assert details(unmanaged_affected.GUARD, without(world, GROUP, Address("group-rule", "filling"))) == []


def test_a_released_object_is_left_alone_with_what_it_lost():
    filling = document("group-rule", "filling", name="Filling", expression='user.department=="X"', groups=["group-0"])
    world = world_of([*groups(3), filling])
    environment = replace(world.desired.environment, modes={"group-rule": "additive"})
    world.desired = replace(world.desired, environment=environment)
    (found,) = details(unmanaged_affected.GUARD, without(world, GROUP, Address("group-rule", "filling")))
    assert "group-rule filling (in groups)" in found


def test_objects_that_only_effects_know_count():
    plan = without(world_of(groups(3)), GROUP)
    apps = [AffectedObject("oidc-app", "Payroll", "0oa1", managed=False), AffectedObject("oidc-app", "x", "2", True)]
    plan = plan.with_effects([Effect(GROUP, "access-ends", "Members lose access.", objects=apps)])
    (found,) = details(unmanaged_affected.GUARD, plan)
    assert found.endswith("1 object: oidc-app Payroll")


def test_a_replaced_object_counts_too():
    world = world_of(groups(3))
    world.edit(GROUP, description="Changed.")
    add_rule(world, "by-hand", GROUP)
    assert details(unmanaged_affected.GUARD, plan_of(world)) == []
    assert len(details(unmanaged_affected.GUARD, as_replaced(plan_of(world), GROUP))) == 1


def test_what_the_removed_object_refers_to_loses_nothing():
    world = world_of([*groups(3), bookmark("wiki", groups=[{"group": "everyone"}, {"group": "group-0"}])])
    plan = without(world, WIKI)
    plan = plan.with_effects(effects(plan))
    assert [one for effect in plan.effects for one in effect.objects if not one.managed], "the effects name everyone"
    assert details(unmanaged_affected.GUARD, plan) == []


def test_nothing_refers_to_a_whole_list_although_it_has_the_id_of_its_owner():
    world = world_of([*groups(3), bookmark("wiki", groups=[{"group": "group-0"}])])
    world.add("inline-hook", "for-the-wiki", note=world.applied[WIKI].id)
    assignments = Address("app-group-assignments", "wiki")
    assert details(unmanaged_affected.GUARD, without(world, assignments)) == []
    assert len(details(unmanaged_affected.GUARD, without(world, WIKI, assignments))) == 1
