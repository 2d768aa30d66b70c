"""What counts as a lost relation, and of whom."""

from __future__ import annotations

from reconciler.definitions.model import Address
from reconciler.definitions.owners import Owners
from reconciler.guard.lost_relations import lost_relations
from reconciler.guard.model import GuardContext
from reconciler.guard.rules.relations_lost import GUARD, RelationsLostLimits
from reconciler.plan import Plan
from tests.guard.worlds import add_rule, bookmark, document, groups, plan_of, without, world_of

STRICT = Address("authentication-policy", "strict")
RULES = Address("authentication-policy-rules", "strict")
WIKI = Address("app-group-assignments", "wiki")
GROUP = Address("group", "group-0")
FILLING = Address("group-rule", "filling")


def lost(plan: Plan) -> list[tuple[str, str, int, list[str]]]:
    return [(one.object, one.what, one.before, list(one.lost)) for one in lost_relations(plan)]


def refused(plan: Plan) -> list[str]:
    context = GuardContext(GUARD.limits, Owners())
    return [f"{one.object}: {one.detail}" for one in GUARD.check(plan, context)]


def rule(name: str, *included: str) -> dict[str, object]:
    return {"name": name, "groups_included": list(included)}


def policy(*rules: dict[str, object]) -> dict[str, object]:
    return document("authentication-policy", "strict", name="Strict", description="For money.", rules=list(rules))


def filling(*names: str) -> dict[str, object]:
    return document("group-rule", "filling", name="Filling", expression='user.department=="X"', groups=list(names))


def scopes(*names: str) -> dict[str, object]:
    listed = [{"name": name, "consent": "IMPLICIT"} for name in names]
    return document(
        "authorization-server", "api", name="API", description="Of tests.", audiences=["api://x"], scopes=listed
    )


def test_rules_of_a_policy_and_the_groups_of_a_rule_that_stays():
    world = world_of([*groups(4), policy(rule("A", "group-0", "group-1", "group-2"), rule("B", "group-3"), rule("C"))])
    a, _, _ = world.desired.declarations[RULES].spec["rules"]
    world.edit(RULES, rules=[{**a, "groups_included": ["group-0"]}])
    assert lost(plan_of(world)) == [
        ("authentication-policy strict", "rules", 3, ["B", "C"]),
        ("authentication-policy strict", "rules.groups_included of A", 3, ["group-1", "group-2"]),
    ]


def test_members_of_a_group_that_is_kept_by_hand():
    """Also if the definition no longer has a list of members."""
    logins = [f"{name}@x.test" for name in "abc"]
    everyone = [f"user:{login}" for login in logins]
    world = world_of([document("group", "group-0", name="Group 0", members=logins)])
    members = Address("group-memberships", "group-0")
    world.edit(members, members=[])
    assert lost(plan_of(world)) == [("group group-0", "members", 3, everyone)]
    assert refused(plan_of(world))
    assert lost(without(world, members)) == [("group group-0", "members", 3, everyone)]


def test_a_list_that_is_no_longer_declared_loses_all():
    world = world_of([*groups(2), bookmark("wiki", groups=[{"group": "group-0"}, {"group": "group-1"}])])
    assert lost(without(world, WIKI)) == [("bookmark-app wiki", "groups", 2, ["group-0", "group-1"])]


def test_an_item_that_was_added_by_hand_and_is_reverted_counts():
    world = world_of([*groups(2), bookmark("wiki", groups=[{"group": "group-0"}])])
    world.show(WIKI, groups=[{"group": world.applied[Address("group", f"group-{n}")].id} for n in range(2)])
    assert lost(plan_of(world)) == [("bookmark-app wiki", "groups", 2, ["group-1"])]


def test_owned_objects_count_against_those_in_the_tenant():
    world = world_of([scopes("a", "b", "c", "d")])
    gone = [Address("authorization-server-scope", f"api/{name}") for name in "abc"]
    plan = without(world, *gone)
    assert lost(plan) == [("authorization-server api", "authorization-server-scope", 4, ["api/a", "api/b", "api/c"])]
    assert refused(plan) == [
        "authorization-server api: 3 of 4 authorization-server-scope would be removed: api/a, api/b, api/c"
    ]


def test_what_goes_with_its_owner_does_not_count():
    world = world_of([*groups(2), scopes("a", "b", "c", "d"), policy(rule("A"), rule("B"), rule("C"))])
    assert lost(without(world, Address("authorization-server", "api"), STRICT)) == []


def test_targets_of_a_rule_that_is_replaced():
    world = world_of([*groups(4), filling("group-0", "group-1", "group-2", "group-3")])
    world.edit(FILLING, groups=["group-0"])
    found = lost(plan_of(world))
    assert ("group-rule filling", "groups", 4, ["group-1", "group-2", "group-3"]) in found
    assert ("group group-1", "rules that fill it", 1, ["group-rule filling"]) in found
    assert not [one for one in found if one[0] == "group group-0"]


def test_a_group_loses_rules_that_fill_it():
    world = world_of([*groups(1), filling("group-0")])
    add_rule(world, "by-hand", GROUP)
    assert lost(without(world, FILLING)) == [("group group-0", "rules that fill it", 2, ["group-rule filling"])]


def test_a_deleted_group_loses_nothing():
    world = world_of([*groups(1), filling("group-0")])
    assert lost(without(world, FILLING, GROUP)) == []


def test_an_app_that_loses_all_groups_has_a_guard_of_its_own():
    world = world_of([*groups(5), bookmark("wiki", groups=[{"group": f"group-{n}"} for n in range(5)])])
    world.edit(WIKI, groups=[])
    assert refused(plan_of(world)) == []


def test_limits_apply():
    world = world_of([*groups(5), bookmark("wiki", groups=[{"group": f"group-{n}"} for n in range(5)])])
    world.edit(WIKI, groups=world.desired.declarations[WIKI].spec["groups"][:3])
    strict = GuardContext(RelationsLostLimits(floor=1), Owners())
    assert refused(plan_of(world)) == []
    assert [one.object for one in GUARD.check(plan_of(world), strict)] == ["bookmark-app wiki"]
