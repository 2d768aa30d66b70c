"""The guard about ways in which administrators could be locked out."""

from __future__ import annotations

from typing import Any

import pytest

from reconciler.definitions.model import Address
from reconciler.engine.changes import Changes
from reconciler.guard.administrators import console_policies
from reconciler.guard.rules.last_admin_path import newly_closed
from reconciler.kinds.gates import Gate
from reconciler.plan import Plan
from tests.drift import recorded_tenant
from tests.guard.access import created, edited, group, group_rule, refused_by, session_policy, with_stats, zone
from tests.guard.worlds import without, world_of
from tests.matches import match_of
from tests.plan.plans import plan_of
from tests.settled import World, desired_of, document

GUARD = "last-admin-path"
SUPER = ("SUPER_ADMIN",)
OFFICE = {"network_connection": "ZONE", "network_includes": ["office"]}
ABROAD = {"network_connection": "ZONE", "network_excludes": ["office"]}
DENY = {"access": "DENY"}
RULES = Address("authentication-policy-rules", "console")
ZONE = Address("network-zone", "office")


def found(plan: Plan) -> dict[str, str]:
    return {what: one.detail for what, one in refused_by(plan, GUARD).items()}


def admins(*documents: Any) -> World:
    """A tenant with these documents, in which `admins` have an admin role and `staff` none."""
    world = world_of([group("admins"), group("staff"), *documents])
    return with_stats(with_stats(world, "admins", 2, SUPER), "staff", 50)


# Groups and group rules


@pytest.mark.parametrize("people", [0, 2])
def test_a_group_with_an_admin_role_is_not_deleted(people):
    world = with_stats(admins(), "admins", people, ("USER_ADMIN", *SUPER))
    assert found(without(world, Address("group", "admins"))) == {
        "group admins": "its members have the admin role SUPER_ADMIN and the admin role USER_ADMIN, and it would be "
        "deleted or replaced"
    }


def test_the_rule_that_fills_it_does_not_choose_others():
    rule, other = Address("group-rule", "department"), {"expression": 'user.department == "Y"'}
    filling = group_rule("department", "admins")
    assert found(edited(admins(filling), rule, **other)).keys() == {"group-rule department"}
    assert found(edited(admins(group_rule("department", "staff")), rule, **other)) == {}


def test_administrators_stay_in_their_group_without_the_rule():
    rule = Address("group-rule", "department")
    filling = group_rule("department", "admins")
    assert found(without(admins(filling), rule)) == {}
    for fields in ({"status": "INACTIVE"}, {"groups": ["staff"]}, {"name": "Another"}):
        assert found(edited(admins(filling), rule, **fields)) == {}


# Session policies


def test_a_new_rule_that_denies_everybody_is_refused():
    plan = created(session_policy({**OFFICE}, DENY), there=(zone("office", "192.0.2.0/28"),))
    assert found(plan) == {
        "global-session-policy all": "the rule Rule 1 would deny all sign-ins that reach it, and administrators are "
        "among them"
    }


@pytest.mark.parametrize(
    ("rule", "groups"),
    [
        (DENY | OFFICE, ("everyone",)),
        (DENY | {"risk_level": "HIGH"}, ("everyone",)),
        (DENY | {"status": "INACTIVE"}, ("everyone",)),
        (DENY, ("staff",)),
    ],
    ids=["from a zone", "at high risk", "inactive", "no administrators"],
)
def test_rules_that_deny_only_some_sign_ins_pass(rule, groups):
    world = admins(zone("office", "192.0.2.0/28"))
    documents = [group("admins"), group("staff"), zone("office", "192.0.2.0/28")]
    world.desired = desired_of([*documents, session_policy(rule, groups=groups)])
    assert plan_of(world).planned
    assert found(plan_of(world)) == {}


def test_a_policy_for_a_group_of_administrators_counts():
    world = admins()
    world.desired = desired_of([group("admins"), group("staff"), session_policy(DENY, groups=("admins",))])
    assert found(plan_of(world)).keys() == {"global-session-policy all"}


def guarded(**fields: Any) -> World:
    """Administrators sign in from the office, and from nowhere else."""
    office = zone("office", "192.0.2.0/28", "198.51.100.1", **fields)
    return admins(office, zone("vpn", "203.0.113.0/28"), session_policy(OFFICE, DENY))


def test_the_rule_that_lets_them_in_stays():
    allowing = Address("global-session-policy-rule", "all/Rule 0")
    policy = "global-session-policy all"
    assert found(without(guarded(), allowing)).keys() == {policy}
    assert found(edited(guarded(), allowing, access="DENY")).keys() == {policy}
    assert found(edited(guarded(), allowing, network_includes=["vpn"])).keys() == {policy}
    assert found(edited(guarded(), allowing, network_includes=["office", "vpn"])) == {}
    assert found(edited(guarded(), allowing, session_idle=30)) == {}


def test_a_policy_that_closes_is_not_extended_to_administrators():
    world = admins(session_policy(DENY, groups=("staff",)))
    policy = Address("global-session-policy", "all")
    assert found(edited(world, policy, groups_included=["admins", "staff"])).keys() == {str(policy)}


def test_a_policy_that_closes_is_not_switched_on():
    world = admins(session_policy(DENY) | {})
    policy = Address("global-session-policy", "all")
    world.reapply(policy, status="INACTIVE")
    world.show(policy, status="INACTIVE")
    assert found(plan_of(world)).keys() == {str(policy)}


# Network zones


def test_the_zone_that_lets_them_in_keeps_its_addresses():
    office = "network-zone office"
    assert found(edited(guarded(), ZONE, gateways=["192.0.2.0/28"])).keys() == {office}
    assert found(edited(guarded(), ZONE, status="INACTIVE")).keys() == {office}
    assert found(edited(guarded(), ZONE, gateways=["192.0.2.0/24", "198.51.100.0/24"])) == {}
    assert found(edited(guarded(), Address("network-zone", "vpn"), gateways=["203.0.113.1"])) == {}


def test_a_zone_that_a_closing_rule_excludes_lets_them_in():
    world = admins(zone("office", "192.0.2.0/28"), session_policy(DENY | ABROAD))
    assert found(edited(world, ZONE, gateways=["192.0.2.0/30"])).keys() == {"network-zone office"}


@pytest.mark.parametrize("gateways", [["192.0.2.0/24"], ["198.51.100.0-198.51.100.9"], ["0.0.0.0/1", "128.0.0.0/1"]])
def test_a_blocklist_leaves_out_the_addresses_of_administrators(gateways):
    world = guarded()
    blocklist = zone("blocked", "233.252.0.0/24", usage="BLOCKLIST")
    documents = [
        zone("office", "192.0.2.0/28", "198.51.100.1"),
        zone("vpn", "203.0.113.0/28"),
        session_policy(OFFICE, DENY),
    ]
    world.desired = desired_of([group("admins"), group("staff"), *documents, blocklist])
    assert found(plan_of(world)) == {}
    world.edit(Address("network-zone", "blocked"), gateways=gateways)
    assert found(plan_of(world)).keys() == {"network-zone blocked"}


def test_a_blocklist_with_all_addresses_is_refused_in_any_tenant():
    plan = created(zone("blocked", "0.0.0.0/0", usage="BLOCKLIST"))
    assert found(plan).keys() == {"network-zone blocked"}
    assert found(created(zone("all", "0.0.0.0/0"))) == {}


def test_a_zone_from_which_a_rule_denies_sign_ins_leaves_them_out():
    world = admins(
        zone("office", "192.0.2.0/28"),
        zone("bad", "233.252.0.0/24"),
        session_policy(DENY | {"network_connection": "ZONE", "network_includes": ["bad"]}, OFFICE, DENY),
    )
    assert found(edited(world, Address("network-zone", "bad"), gateways=["192.0.2.1"])).keys() == {"network-zone bad"}


# The Admin Console


def console(*rules: Any, policy: str = "console") -> World:
    """A tenant whose Admin Console uses a declared policy."""
    named = {"description": "Is used by an app of Okta."}
    documents = [
        document("authentication-policy", name, name=name, rules=list(rules), **named) for name in ("console", "other")
    ]
    world = admins(zone("office", "192.0.2.0/28"), *documents)
    href = f"https://acme.okta.com/api/v1/policies/authentication-policy:{policy}"
    world.add(
        "oidc-app",
        "saasure",
        name="saasure",
        label="Okta Admin Console",
        signOnMode="OPENID_CONNECT",
        _links={"accessPolicy": {"href": href}},
    )
    return world


def test_the_policy_of_the_admin_console_is_not_deleted():
    policy = Address("authentication-policy", "console")
    assert found(without(console({"name": "All"}), policy))[str(policy)].startswith("decides about sign-ins to the")
    assert found(without(console({"name": "All"}, policy="other"), policy)) == {}


def test_the_admin_console_of_a_new_tenant_is_known():
    recorded = recorded_tenant.recorded()
    live = recorded.read()
    plan = Plan(match_of(recorded.desired, recorded.state, live), Changes())
    assert [live.by_id[key].label for key in console_policies(plan)] == ["Okta Admin Console"]


def with_rules(world: World, *rules: Any) -> Plan:
    named = document("authentication-policy", "console", name="console", description="Is.", rules=list(rules))
    after = desired_of([zone("office", "192.0.2.0/28"), group("admins"), group("staff"), named])
    return edited(world, RULES, rules=after.declarations[RULES].spec["rules"])


def test_the_rules_of_the_admin_console_do_not_close_it():
    one, deny = {"name": "One", **OFFICE}, {"name": "No", **DENY}
    policy = "authentication-policy console"
    assert found(with_rules(console(one), one, deny)).keys() == {policy}
    assert found(with_rules(console(one, deny), deny, one)).keys() == {policy}
    assert found(with_rules(console(one, deny), one | {"factor_mode": "1FA"}, deny)) == {}
    assert found(with_rules(console(one, deny), one, deny | {"name": "Never"})) == {}
    assert found(with_rules(console(one), one, deny | {"groups_included": ["staff"]})) == {}
    assert found(with_rules(console(one), one, deny | {"groups_included": ["admins"]})).keys() == {policy}
    assert found(with_rules(console(one, policy="other"), one, deny)) == {}


def gate(name: str, denies: bool = False, **conditions: Any) -> Gate:
    found: Any = {key: frozenset(value) for key, value in conditions.items()}
    return Gate(name, denies, **found)


def test_what_closes_newly():
    allow, narrow, closing = gate("a"), gate("n", zones=["office"]), gate("c", denies=True)
    assert newly_closed([], [closing]) == closing
    assert newly_closed([closing], [closing]) is None
    assert newly_closed([closing], [allow, closing]) is None
    assert newly_closed([allow, closing], [closing]) == closing
    assert newly_closed([allow, closing], [narrow, closing]) == closing
    assert newly_closed([narrow, closing], [allow, closing]) is None
    assert newly_closed([gate("d", denies=True, groups=["staff"])], [closing]) == closing
    assert newly_closed([], [gate("d", denies=True, conditions=["risk_level: HIGH"])]) is None
