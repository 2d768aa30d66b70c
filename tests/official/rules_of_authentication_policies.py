"""The provider's rules for authentication policies, and their rules."""

from __future__ import annotations

from typing import Any

from reconciler.kinds import Spec
from tests.official.provider_rules import (
    FROM_THE_TENANT,
    MECHANISMS,
    Converges,
    NotDeclarable,
    Refused,
    RefusedByValidate,
    Requests,
    ShownBy,
    Undecidable,
    rule,
)

_POLICY, _RULES = "authentication-policy", "authentication-policy-rules"

_PASSWORD = {"authentication_methods": [{"key": "okta_password", "method": "password"}]}
_EMAIL = {"authentication_methods": [{"key": "okta_email", "method": "email"}]}
_CHAIN = {"steps": [_PASSWORD, _EMAIL]}
_TIMED_CHAIN = {"steps": [_PASSWORD | {"reauthenticate_in": "PT2H"}, _EMAIL]}


def _of_rules(**fields: Any) -> Spec:
    """A list with one rule with these fields."""
    return {"rules": [{"name": "Tested", **fields}]}


def _no_such(field: str, wrong: Any, right: Any) -> Refused:
    """A word that is not allowed in a rule of an authentication policy."""
    *above, last = field.split(".")

    def spec(value: Any) -> Spec:
        inner: Any = {last: value}
        for step in reversed(above):
            inner = {step.removesuffix("[0]"): [{"os_type": "IOS"} | inner] if step.endswith("[0]") else inner}
        return _of_rules(**inner)

    return Refused(_RULES, f"rules[0].{field}", "cannot be", spec(wrong), spec(right))


TABLE = (
    rule(_POLICY, "create", "always", Requests("only reads", "case app_signon.policy_with_app")),
    rule(
        _POLICY,
        "create",
        "catch_all == false",
        ShownBy(
            "the new policy has a Catch-all Rule that denies access",
            "of_kinds/test_authentication_policy.py::test_the_catch_all_rule_of_a_new_policy_denies_access",
        ),
    ),
    rule(
        _POLICY,
        "create update",
        "priority unset",
        NotDeclarable("Okta does not order authentication policies", ("priority",)),
        Converges(_POLICY, {"description": "One factor."}),
    ),
    rule(
        _POLICY,
        "delete",
        "always",
        ShownBy(
            "its apps move to the default policy, as in Okta",
            "sandbox/test_apps.py::test_app_has_default_policy_until_assigned_and_after_delete",
        ),
    ),
    rule(
        _POLICY,
        "create read update delete",
        'org: well-known pipeline == "v1" (Classic)',
        Undecidable(
            "every command reports it", "cli/test_doctor.py::test_a_classic_tenant_is_refused_with_one_sentence"
        ),
    ),
    # Rules of authentication policies
    rule(
        _RULES,
        "preview",
        "policy_id changed",
        ShownBy("so it is here", "stand_in/test_service.py::test_owner_change_replaces"),
    ),
    rule(
        _RULES,
        "preview",
        "two rules with the same name",
        Refused(
            _RULES,
            "rules[1].name",
            "is declared twice",
            {"rules": [{"name": "Tested"}, {"name": "Tested"}]},
            {"rules": [{"name": "Tested"}, {"name": "Other"}]},
            at="rules",
        ),
    ),
    rule(
        _RULES,
        "preview",
        "two rules with the same priority (both set)",
        NotDeclarable("the position in the list is the priority"),
    ),
    rule(
        _RULES,
        "preview",
        'rule.name == "Catch-all Rule" and conditions given',
        RefusedByValidate(
            _RULES, "rules[0].name", "exists in every authentication policy", {"rules": [{"name": "Catch-all Rule"}]}
        ),
    ),
    rule(_RULES, "preview", "rule.status not in ACTIVE, INACTIVE", _no_such("status", "INVALID", "INACTIVE")),
    rule(_RULES, "preview", "rule.network_connection not in", _no_such("network_connection", "OFFICE", "ON_NETWORK")),
    rule(_RULES, "preview", "rule.access not in ALLOW, DENY", _no_such("access", "CHALLENGE", "DENY")),
    rule(_RULES, "preview", "rule.factor_mode not in 1FA, 2FA", _no_such("factor_mode", "3FA", "1FA")),
    rule(_RULES, "preview", "rule.risk_score not in", _no_such("risk_score", "EXTREME", "HIGH")),
    rule(_RULES, "preview", "rule.platform_include.type not in", _no_such("platforms[0].type", "TABLET", "MOBILE")),
    rule(_RULES, "preview", "rule.platform_include.os_type not in", _no_such("platforms[0].os_type", "ANY", "IOS")),
    rule(
        _RULES,
        "preview",
        "len(rule.keep_me_signed_in) > 1 or post_auth not in ALLOWED, NOT_ALLOWED",
        _no_such("keep_me_signed_in.post_auth", "ASK", "ALLOWED"),
    ),
    rule(
        _RULES,
        "create",
        "a rule of that name exists in the policy",
        ShownBy(
            "the preview looks it up and reports it",
            "matching/test_look_up.py::test_an_existing_list_that_cannot_be_imported_is_found",
        ),
        ShownBy(
            "the preview reports it", "e2e/test_imports.py::test_undeclared_rules_that_are_deleted_are_shown_first"
        ),
    ),
    rule(
        _RULES,
        "update",
        "any change",
        Converges(
            _RULES,
            {"rules": [{"name": "New"}, {"name": "Tested", "access": "DENY"}]},
            before={"rules": [{"name": "Tested"}, {"name": "Gone"}]},
        ),
    ),
    rule(
        _RULES,
        "create update",
        "a rule.constraints or rule.chains element is not valid JSON",
        ShownBy(
            "definitions contain structures, which are encoded as JSON text",
            MECHANISMS + "test_json_texts_are_objects",
        ),
        RefusedByValidate(
            _RULES,
            "rules[0].chains[0]",
            "must be a mapping",
            _of_rules(type="AUTH_METHOD_CHAIN", chains=['{"next": ']),
            _of_rules(type="AUTH_METHOD_CHAIN", chains=[_CHAIN]),
        ),
        RefusedByValidate(
            _RULES,
            "rules[0].constraints[0]",
            "must be a mapping",
            _of_rules(constraints=['{"knowledge": ']),
            _of_rules(constraints=[{"knowledge": {"types": ["password"]}}]),
        ),
    ),
    rule(_RULES, "read", "rule.constraints changed at Okta", FROM_THE_TENANT),
    rule(
        _RULES,
        "read",
        "rule.chains text is not compact JSON",
        ShownBy(
            "the text is compact, with sorted keys",
            "of_kinds/test_authentication_policy.py::test_a_chain_is_nested_in_compact_text_with_sorted_keys",
        ),
        Converges(_RULES, _of_rules(type="AUTH_METHOD_CHAIN", chains=[_CHAIN])),
    ),
    rule(
        _RULES,
        "create update",
        "a rule.chains element has reauthenticateIn",
        RefusedByValidate(
            _RULES,
            "rules[0].re_authentication_frequency",
            "leave it out",
            _of_rules(type="AUTH_METHOD_CHAIN", chains=[_TIMED_CHAIN], re_authentication_frequency="PT1H"),
            _of_rules(type="AUTH_METHOD_CHAIN", chains=[_CHAIN], re_authentication_frequency="PT1H"),
        ),
        Converges(_RULES, _of_rules(type="AUTH_METHOD_CHAIN", chains=[_TIMED_CHAIN])),
    ),
    rule(
        _RULES,
        "create update",
        "rule.status differs from the answer",
        Converges(_RULES, _of_rules(status="INACTIVE")),
        Converges(_RULES, _of_rules(), before=_of_rules(status="INACTIVE")),
    ),
    rule(
        _RULES,
        "create update",
        "rule.type unset",
        Converges(
            _RULES,
            _of_rules(factor_mode="1FA"),
            sends={"actions.appSignOn.verificationMethod.type": "ASSURANCE"},
        ),
    ),
    rule(
        _RULES,
        "create update",
        "rule.priority unset",
        Converges(
            _RULES,
            {"rules": [{"name": "Tested"}, {"name": "Other", "access": "DENY"}]},
            before=_of_rules(access="DENY"),
            sends={"priority": 2},
        ),
    ),
    rule(
        _RULES,
        "delete",
        "system rule",
        ShownBy(
            "the catch-all rule stays",
            "stand_in/test_objects.py::test_rules_are_made_with_their_type_and_what_okta_made_stays",
        ),
        RefusedByValidate(
            _RULES,
            "rules[0].platforms[0].os_expression",
            "leave it out",
            _of_rules(platforms=[{"os_type": "IOS", "os_expression": "iPad"}]),
            _of_rules(platforms=[{"os_type": "OTHER", "os_expression": "iPad"}]),
        ),
    ),
)
