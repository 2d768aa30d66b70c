"""The apps of a policy whose rules change."""

from __future__ import annotations

from reconciler.definitions.model import Address
from tests.impact.tenants import STRICT, of, tenant

RULES = Address("authentication-policy-rules", "strict")


def edited(**changes):
    world = tenant()
    (rule,) = world.desired.declarations[RULES].spec["rules"]
    world.edit(RULES, rules=[rule | changes])
    return world


def test_a_weaker_rule_names_the_apps_that_use_the_policy_managed_or_not():
    world = edited(factor_mode="1FA")
    href = f"https://acme.okta.com/api/v1/policies/{world.applied[STRICT].id}"
    world.add(
        "saml-app",
        "ledger",
        label="Ledger",
        signOnMode="SAML_2_0",
        _links={"accessPolicy": {"href": href}},
    )
    (summary,) = of(world, "sign-in-changes")
    assert summary == (
        "For 2 apps with the policy Strict, sign-ins will need fewer or weaker factors: wiki, Ledger (not managed)"
    )


def test_a_change_without_a_severity_rule_has_no_such_effect():
    world = edited(keep_me_signed_in={"post_auth": "NOT_ALLOWED", "post_auth_prompt_frequency": "PT5H"})
    assert of(world, "sign-in-changes") == []


def test_a_policy_that_no_app_uses_has_no_such_effect():
    world = edited(factor_mode="1FA")
    world.undeclare(Address("bookmark-app", "wiki"), Address("app-group-assignments", "wiki"))
    world.delete(Address("bookmark-app", "wiki"))
    assert of(world, "sign-in-changes") == []
