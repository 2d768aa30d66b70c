"""What cannot be read cannot be checked: no removal passes because nothing was seen."""

from __future__ import annotations

from dataclasses import replace

import pytest

from reconciler.definitions.model import Address
from reconciler.guard import GuardSettings
from reconciler.guard.rules.removal_not_checked import GUARD
from reconciler.kinds import kind_named
from reconciler.okta.snapshot import Unreadable
from reconciler.plan import Plan
from tests.guard.cases.removal_not_checked import STRICT, world_without
from tests.guard.worlds import World, bookmark, document, plan_of, without, world_of

RULE = Address("group-rule", "by-department")
OFFICE = Address("network-zone", "office")


def refused(plan: Plan) -> list[str]:
    return [str(one.object) for one in GUARD.check(plan, GuardSettings().context(GUARD))]


def world(*gaps: str) -> World:
    made = world_of(
        [
            document("group", "staff", name="Staff"),
            document("group-rule", "by-department", name="By department", expression="true", groups=["staff"]),
            document("network-zone", "office", name="Office", type="IP", gateways=["192.0.2.0/24", "198.51.100.0/24"]),
            bookmark("wiki"),
        ]
    )
    made.unreadable += [Unreadable(kind_named(kind), None, "403: no access") for kind in gaps]
    return made


@pytest.mark.parametrize("kind", ["bookmark-app", "authentication-policy", "authentication-policy-rules"])
def test_a_removed_policy_needs_apps_and_the_rules_of_the_policy_that_replaces_it(kind):
    assert refused(without(world_without(kind), STRICT)) == ["authentication-policy strict"]


def test_what_a_removed_object_refers_to_has_to_be_known():
    assert refused(without(world("group"), RULE)) == ["group-rule by-department"]


def test_a_rule_that_is_switched_off_is_checked_as_if_it_was_removed():
    made = world("group")
    made.edit(RULE, status="INACTIVE")
    assert refused(plan_of(made)) == ["group-rule by-department"]


def test_a_zone_that_matches_less_needs_the_rules_that_name_it():
    made = world("global-session-policy-rule")
    made.edit(OFFICE, gateways=["192.0.2.0/24"])
    assert refused(plan_of(made)) == ["network-zone office"]


def test_a_change_that_takes_nothing_away_needs_nothing():
    made = world("group", "authentication-policy", "group-rule")
    made.edit(Address("bookmark-app", "wiki"), url="https://other.example")
    assert refused(plan_of(made)) == []


def test_a_feature_that_the_tenant_does_not_have_has_no_objects():
    made = world()
    made.unreadable.append(Unreadable(kind_named("authorization-server"), None, "401", not_licensed=True))
    assert refused(without(made, Address("group", "staff"), RULE)) == []


def test_what_effects_could_not_read_counts():
    plan = without(world(), Address("group", "staff"), RULE)
    gap = Unreadable(kind_named("app-group-assignments"), None, "403: no access")
    assert refused(replace(plan, gaps=[gap])) == ["group staff"]
