"""The guard about sign-ins that become weaker."""

from __future__ import annotations

from typing import Any

import pytest

from reconciler.definitions.model import Address
from reconciler.impact import effects
from reconciler.plan import Plan
from tests.guard.access import app, created, edited, refused_by, session_policy
from tests.guard.cases.sign_in_weakened import RULE, STRICT
from tests.guard.worlds import without, world_of
from tests.plan.plans import plan_of
from tests.settled import document

RULES = Address("authentication-policy-rules", "strict")
PASSWORDS = Address("password-policy", "all")


def found(plan: Plan) -> dict[str, str]:
    return {what: one.detail for what, one in refused_by(plan, "sign-in-weakened").items()}


def policy(name: str, **rule: Any) -> dict[str, Any]:
    return document("authentication-policy", name, name=name, description="d", rules=[{"name": "All", **rule}])


def passwords(**fields: Any) -> dict[str, Any]:
    return document("password-policy", "all", name="All", priority=1, groups_included=["everyone"], **fields)


def test_the_refusal_names_the_fields_and_the_rules():
    plan = edited(world_of([session_policy(STRICT)]), RULE, mfa_required=False, mfa_prompt=None)
    assert found(plan) == {
        "global-session-policy-rule all/Rule 0": "mfa_required, mfa_prompt would change: sign-ins will need fewer or "
        "weaker factors (mfa-weakened)"
    }


def test_an_app_that_moves_to_a_weaker_policy_is_refused():
    world = world_of([policy("strict"), policy("weak", factor_mode="1FA"), app(authentication_policy="strict")])
    assert found(edited(world, Address("oidc-app", "portal"), authentication_policy="weak")).keys() == {
        "oidc-app portal"
    }


@pytest.mark.parametrize(
    ("fields", "rule"),
    [
        ({"password_min_length": 8}, "password-weakened"),
        ({"sms_recovery": "ACTIVE"}, "recovery-widened"),
    ],
)
def test_weaker_passwords_and_more_recovery_are_refused(fields, rule):
    plan = edited(world_of([passwords(password_min_length=12)]), PASSWORDS, **fields)
    assert rule in found(plan)["password-policy all"]


def test_a_removed_rule_that_asked_for_more_is_refused():
    world = world_of([policy("strict")])
    assert found(without(world_of([session_policy(STRICT, {})]), RULE)).keys() == {str(RULE)}
    assert found(without(world_of([session_policy({}, {})]), RULE)) == {}
    rules = world_of([policy("strict", factor_mode="1FA")]).desired.declarations[RULES].spec["rules"]
    assert found(edited(world, RULES, rules=rules)).keys() == {str(RULES)}


def test_a_new_object_and_a_renamed_one_weaken_nothing():
    assert found(created(app(pkce_required=False), passwords(sms_recovery="ACTIVE"))) == {}
    world = world_of([session_policy(STRICT)])
    plan = edited(world, RULE, name="Another")
    assert plan.by_address[RULE].removes
    assert found(plan) == {}
    assert found(edited(world, RULE, name="Another", mfa_required=False, mfa_prompt=None)).keys() == {str(RULE)}


def test_people_that_fall_to_a_weaker_policy_are_protected():
    weak, strong = passwords(password_min_length=8), passwords(password_min_length=12)
    weak["spec"]["priority"] = 2
    strong |= {"name": "strong", "spec": {**strong["spec"], "name": "Strong"}}
    gone = Address("password-policy", "strong")
    plan = without(world_of([weak, strong]), gone)

    (detail,) = found(plan.with_effects(effects(plan))).values()

    assert detail.endswith("to All, with which passwords may be weaker")
    assert found(plan) == {}, "without effects, nothing is known of the next policy"
    other = without(world_of([weak, strong]), PASSWORDS)
    assert found(other.with_effects(effects(other))) == {}


def test_a_stronger_sign_in_and_restored_drift_pass():
    world = world_of([session_policy({})])
    assert found(edited(world, RULE, **STRICT)) == {}
    world = world_of([session_policy({})])
    world.show(RULE, **STRICT)
    plan = plan_of(world)
    assert plan.planned
    assert found(plan) == {}
