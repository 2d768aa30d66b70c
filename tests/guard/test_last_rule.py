"""The guard about the last active rule of a policy, and the last active policy of a server."""

from __future__ import annotations

from reconciler.definitions.model import Address
from tests.guard.access import edited, group, refused_by, server, session_policy
from tests.guard.worlds import without, world_of
from tests.plan.plans import plan_of
from tests.settled import document

GUARD = "last-rule"
SESSION_RULE = Address("global-session-policy-rule", "all/Rule 0")
POLICY, RULE = Address("access-policy", "api/Policy"), Address("access-policy-rule", "api/Policy/Rule 0")


def signing_on(*rules):
    policy = document("authentication-policy", "strict", name="Strict", description="Is strict.", rules=list(rules))
    return world_of([policy])


def test_the_refusal_names_the_policy_the_rule_and_what_happens():
    (result,) = refused_by(without(world_of([session_policy({})]), SESSION_RULE), GUARD).values()
    assert result.object == "global-session-policy all"
    assert result.detail == (
        "would lose its last active rule (all/Rule 0): the policy decides about no session, and the next one does"
    )


def test_a_rule_that_is_switched_off_is_gone_too():
    assert refused_by(edited(world_of([session_policy({})]), SESSION_RULE, status="INACTIVE"), GUARD)


def test_a_policy_may_go_with_its_rules():
    plan = without(world_of([session_policy({})]), Address("global-session-policy", "all"))
    assert len(plan.planned) == 2
    assert refused_by(plan, GUARD) == {}


def test_a_policy_that_is_switched_off_needs_no_rule():
    world = world_of([session_policy({})])
    world.edit(Address("global-session-policy", "all"), status="INACTIVE")
    assert refused_by(without(world, SESSION_RULE), GUARD) == {}


def test_a_rule_that_is_replaced_by_a_new_one_is_not_the_last():
    world = world_of([session_policy({})])
    after = world_of([session_policy({"name": "Another"})])
    world.desired = after.desired
    plan = plan_of(world)
    assert len(plan.planned) == 2
    assert refused_by(plan, GUARD) == {}


def test_unmanaged_rules_count():
    world = world_of([session_policy({})])
    owner = world.item(Address("global-session-policy", "all"))
    world.add("global-session-policy-rule", "By hand", owner, conditions={}, actions={"signon": {"access": "ALLOW"}})
    assert refused_by(without(world, SESSION_RULE), GUARD) == {}


def test_the_rules_of_an_authorization_server_and_its_policies():
    world = world_of([group("staff"), server({})])
    (result,) = refused_by(without(world, RULE), GUARD).values()
    assert (result.object, "no client of the policy gets tokens" in result.detail) == ("access-policy api/Policy", True)
    world = world_of([group("staff"), server({})])
    (result,) = refused_by(without(world, POLICY), GUARD).values()
    assert (result.object, "no client gets tokens" in result.detail) == ("authorization-server api", True)


def test_a_whole_list_of_rules():
    rules = Address("authentication-policy-rules", "strict")
    off = {"name": "Two", "status": "INACTIVE"}
    world = signing_on({"name": "One"}, off)
    kept = [one for one in world.desired.declarations[rules].spec["rules"] if one["name"] == "Two"]
    (result,) = refused_by(edited(world, rules, rules=kept), GUARD).values()
    assert result.object == "authentication-policy strict"
    assert "(One): only Okta's Catch-all Rule decides" in result.detail
    assert refused_by(without(signing_on({"name": "One"}), rules), GUARD)
    assert refused_by(without(signing_on(off), rules), GUARD) == {}
