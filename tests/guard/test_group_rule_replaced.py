"""The guard about group rules that stop to fill groups with people."""

from __future__ import annotations

from reconciler.definitions.model import Address
from reconciler.guard import GuardSettings
from reconciler.guard.rules.group_rule_replaced import GroupRuleReplacedLimits
from tests.guard.access import edited, group, group_rule, refused_by, with_stats
from tests.guard.cases.group_rule_replaced import RULE
from tests.guard.worlds import without, world_of
from tests.settled import World

GUARD = "group-rule-replaced"


def world(people: int | None = 3, **fields) -> World:
    made = world_of([group("staff"), group("more"), group_rule("department", "staff", **fields)])
    return made if people is None else with_stats(made, "staff", people)


def test_the_refusal_says_how_many_people_the_groups_have():
    (result,) = refused_by(edited(world(), RULE, groups=["more"]), GUARD).values()
    assert result.object == "group-rule department"
    assert result.detail == (
        "would be deleted and created again, and it fills staff (3 members): its members stay when they no longer "
        "match, and so do members of groups that it no longer fills"
    )


def test_a_deleted_rule_and_one_that_is_switched_off_are_refused():
    assert refused_by(without(world(), RULE), GUARD)
    assert refused_by(edited(world(), RULE, status="INACTIVE"), GUARD)


def test_an_unknown_number_of_members_is_refused():
    (result,) = refused_by(without(world(None), RULE), GUARD).values()
    assert "an unknown number of members" in result.detail


def test_a_rule_that_is_off_assigns_nobody_and_may_go():
    assert refused_by(without(world(status="INACTIVE"), RULE), GUARD) == {}


def test_another_expression_is_not_a_replacement():
    assert refused_by(edited(world(), RULE, expression='user.department == "Y"'), GUARD) == {}


def test_a_rule_may_go_together_with_its_group():
    plan = without(world(), RULE, Address("group", "staff"))
    assert refused_by(plan, GUARD) == {}


def test_the_limit_is_a_number_of_people():
    settings = GuardSettings(limits={GUARD: GroupRuleReplacedLimits(people=3)})
    assert refused_by(without(world(3), RULE), GUARD, settings) == {}
    assert refused_by(without(world(4), RULE), GUARD, settings)
