"""The guard about sign-ins that become weaker because a weaker rule comes first."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import pytest

from reconciler.definitions.model import Address
from reconciler.plan import Plan
from tests.guard.access import group, refused_by, session_policy, zone
from tests.guard.worlds import world_of
from tests.plan.plans import plan_of
from tests.settled import World, desired_of

ALWAYS = {"mfa_required": True, "mfa_prompt": "ALWAYS"}
DEVICE = {"mfa_required": True, "mfa_prompt": "DEVICE"}
DENY = {"access": "DENY"}
TOR = {"network_connection": "ZONE", "network_includes": ["tor"]}
NOT_TOR = {"network_connection": "ZONE", "network_excludes": ["tor"]}
OFFICE = {"network_connection": "ZONE", "network_includes": ["office"]}
Rules = dict[str, dict[str, Any]]
BASE = [group("staff"), group("guests"), zone("tor", "192.0.2.0/24"), zone("office", "198.51.100.0/24")]


def policy(rules: Rules, name: str = "all", priority: int = 1, groups: tuple[str, ...] = ("everyone",)) -> Any:
    made = session_policy(*({"name": one, **fields} for one, fields in rules.items()), name=name, groups=groups)
    made["spec"]["priority"] = priority
    return made


def planned(before: Iterable[Any], after: Iterable[Any]) -> tuple[World, Plan]:
    world = world_of([*BASE, *before])
    world.desired = desired_of([*BASE, *after])
    return world, plan_of(world)


def first(before: Rules, after: Rules) -> list[str]:
    """The rules that are refused because they come first."""
    _, plan = planned([policy(before)], [policy(after)])
    assert plan.planned
    return [what.rpartition("/")[2] for what in refused_by(plan, "sign-in-weakened")]


def test_the_refusal_names_both_rules():
    _, plan = planned([policy({"A": ALWAYS})], [policy({"New": {}, "A": ALWAYS})])
    (result,) = refused_by(plan, "sign-in-weakened").values()
    assert result.object == "global-session-policy-rule all/New"
    assert result.detail == "would decide before all/A, which requires more or denies the sign-in"
    assert result.source is not None


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ({"A": ALWAYS}, {"New": DEVICE, "A": ALWAYS}),
        ({"A": ALWAYS}, {"New": OFFICE, "A": ALWAYS}),
        ({"No": DENY | TOR}, {"New": ALWAYS, "No": DENY | TOR}),
        ({"A": ALWAYS, "New": {}}, {"New": {}, "A": ALWAYS}),
        ({"New": OFFICE, "A": ALWAYS}, {"New": {}, "A": ALWAYS}),
        ({"New": {"status": "INACTIVE"}, "A": ALWAYS}, {"New": {}, "A": ALWAYS}),
    ],
    ids=["asks less often", "in one zone", "before a denial", "moved", "for more places", "switched on"],
)
def test_a_weaker_rule_that_comes_first_is_refused(before: Rules, after: Rules):
    assert first(before, after) == ["New"]


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ({"A": ALWAYS}, {"A": ALWAYS, "New": {}}),
        ({"A": DEVICE}, {"New": ALWAYS, "A": DEVICE}),
        ({"A": DEVICE}, {"New": DEVICE | OFFICE, "A": DEVICE}),
        ({"No": DENY | TOR}, {"New": ALWAYS | OFFICE, "No": DENY | TOR}),
        ({"No": DENY | TOR}, {"New": ALWAYS | NOT_TOR, "No": DENY | TOR}),
        ({"Old": {}, "A": ALWAYS}, {"Old": {}, "New": OFFICE, "A": ALWAYS}),
        ({"A": DEVICE}, {"New": DEVICE, "A": ALWAYS}),
    ],
    ids=["last", "stricter", "equal", "elsewhere", "not there", "after one that is as weak", "the other gets stricter"],
)
def test_other_rules_pass(before: Rules, after: Rules):
    assert first(before, after) == []


def test_a_policy_that_is_evaluated_first_counts():
    strict: Rules = {"No": DENY | TOR, "A": ALWAYS}
    everyone = policy(strict, priority=2)

    def found(rules: Rules, *groups: str, priority: int = 1) -> list[str]:
        _, plan = planned([everyone], [everyone, policy(rules, "own", priority, groups)])
        return list(refused_by(plan, "sign-in-weakened"))

    assert found({"B": DEVICE}, "guests") == ["global-session-policy-rule own/B"]
    assert found({"B": ALWAYS}, "guests") == ["global-session-policy-rule own/B"], "it lets them in from Tor"
    assert found({"No": DENY | TOR, "B": ALWAYS}, "guests") == []
    assert found({"B": {}}, "guests", priority=3) == []


def test_policies_of_other_groups_do_not_meet():
    staff = policy({"A": ALWAYS}, "staff", 2, ("staff",))
    _, plan = planned([staff], [staff, policy({"B": {}}, "guests", 1, ("guests",))])
    assert plan.planned
    assert refused_by(plan, "sign-in-weakened") == {}


def test_an_order_that_is_restored_passes():
    world = world_of([*BASE, policy({"A": {}, "B": ALWAYS})])
    world.show(Address("global-session-policy-rule", "all/A"), priority=2)
    world.show(Address("global-session-policy-rule", "all/B"), priority=1)
    plan = plan_of(world)
    assert len(plan.planned) == 2
    assert refused_by(plan, "sign-in-weakened") == {}
