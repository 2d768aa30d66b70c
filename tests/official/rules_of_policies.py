"""The provider's rules for global session and password policies, and their rules."""

from __future__ import annotations

from reconciler.kinds import Spec
from tests.official.provider_rules import (
    FROM_THE_TENANT,
    NOTHING,
    Converges,
    NotDeclarable,
    Refused,
    RefusedByValidate,
    Requests,
    ShownBy,
    Undecidable,
    rule,
)

_SESSION, _PASSWORD = "global-session-policy", "password-policy"
_SESSION_RULE, _PASSWORD_RULE = "global-session-policy-rule", "password-policy-rule"
_INACTIVE: Spec = {"status": "INACTIVE"}
_OTHER_PRIORITY = Undecidable(
    "`up` reports the error and what is allowed",
    "stand_in/test_objects.py::test_other_priority_than_requested_is_an_error",
)
_BY_EMAIL = {"primary_methods": ["email"]}
_LEGACY = {"password_reset_access_control": "LEGACY"}
_QUESTION = {"step_up_methods": ["security_question"]}
_BY_OTP = {
    "primary_methods": ["otp"],
    "method_constraints": [{"method": "otp", "allowed_authenticators": ["google_otp"]}],
}
_PRIORITY_GIVEN = NotDeclarable("policies always have a priority, and rules get it from their position in the list")


TABLE = (
    # Policies
    rule(
        f"{_SESSION} {_PASSWORD}",
        "create update delete",
        'name == "Default Policy"',
        Refused(_SESSION, "name", "exists in every tenant", {"name": "Default Policy"}),
        Refused(_PASSWORD, "name", "exists in every tenant", {"name": "Default Policy"}),
    ),
    rule(
        f"{_SESSION} {_PASSWORD} {_SESSION_RULE} {_PASSWORD_RULE}",
        "create update",
        "priority > 0 and Okta answers with another priority",
        _OTHER_PRIORITY,
    ),
    rule(f"{_SESSION} {_PASSWORD} {_SESSION_RULE} {_PASSWORD_RULE}", "preview", "priority unset or 0", _PRIORITY_GIVEN),
    rule(
        f"{_SESSION} {_PASSWORD}",
        "create update",
        "always",
        *(
            handling
            for kind in (_SESSION, _PASSWORD)
            for handling in (Converges(kind), Converges(kind, _INACTIVE), Converges(kind, before=_INACTIVE))
        ),
    ),
    rule(
        _SESSION,
        "create update",
        "groups_included empty",
        RefusedByValidate(_SESSION, "groups_included", "must not be empty", {"groups_included": []}),
    ),
    # Password policies
    rule(
        _PASSWORD,
        "create update",
        "password_exclude_username unset",
        Converges(
            _PASSWORD,
            before={"password_exclude_username": False},
            sends={"settings.password.complexity.excludeUsername": True},
        ),
    ),
    rule(
        _PASSWORD,
        "create update",
        "password_show_lockout_failures unset",
        Converges(
            _PASSWORD,
            before={"password_show_lockout_failures": True},
            sends={"settings.password.lockout.showLockoutFailures": False},
        ),
    ),
    rule(
        _PASSWORD,
        "create update",
        "not breached_password_logout_enabled and breached_password_delegated_workflow_id unset",
        RefusedByValidate(
            _PASSWORD,
            "breached_password_expire_after_days",
            "leave it out",
            {"breached_password_expire_after_days": 5},
            {"breached_password_expire_after_days": 5, "breached_password_logout_enabled": True},
        ),
        Converges(
            _PASSWORD,
            before={"breached_password_logout_enabled": True, "breached_password_expire_after_days": 5},
            sends={"settings.password.breachedProtection": NOTHING},
        ),
        Converges(
            _PASSWORD,
            {"breached_password_delegated_workflow_id": "1074260", "breached_password_expire_after_days": 5},
            sends={"settings.password.breachedProtection.delegatedWorkflowId": "1074260"},
        ),
    ),
    rule(
        _PASSWORD,
        "read",
        "password_exclude_first_name or password_exclude_last_name switched off at Okta",
        FROM_THE_TENANT,
    ),
    rule(
        _PASSWORD,
        "create update",
        "password_exclude_first_name, password_exclude_last_name",
        Converges(
            _PASSWORD,
            {"password_exclude_first_name": True, "password_exclude_last_name": True},
            sends={"settings.password.complexity.excludeAttributes": ["firstName", "lastName"]},
        ),
        Converges(
            _PASSWORD,
            before={"password_exclude_last_name": True},
            sends={"settings.password.complexity.excludeAttributes": []},
        ),
    ),
    rule(
        _PASSWORD,
        "create update",
        'description == ""',
        Converges(_PASSWORD, before={"description": "For everyone."}, sends={"description": NOTHING}),
    ),
    # Rules of both
    rule(
        f"{_SESSION_RULE} {_PASSWORD_RULE}",
        "create update",
        "policy_id unset",
        ShownBy(
            "every rule belongs to a policy, and the program passes its id",
            "test_program.py::test_owned_objects_are_children_of_their_owners",
        ),
    ),
    rule(
        f"{_SESSION_RULE} {_PASSWORD_RULE}",
        "create update delete",
        'name == "Default Rule"',
        Refused(_SESSION_RULE, "name", "exists in every default policy", {"name": "Default Rule"}),
        Refused(_PASSWORD_RULE, "name", "exists in every default policy", {"name": "Default Rule"}),
    ),
    rule(
        f"{_SESSION_RULE} {_PASSWORD_RULE}",
        "update",
        "any change",
        *(
            handling
            for kind in (_SESSION_RULE, _PASSWORD_RULE)
            for handling in (
                Converges(kind, _INACTIVE),
                Converges(kind, before=_INACTIVE),
                Converges(kind, {"network_connection": "OFF_NETWORK", **_INACTIVE}, before=_INACTIVE),
            )
        ),
    ),
    rule(
        f"{_SESSION_RULE} {_PASSWORD_RULE}",
        "create",
        'status == "INACTIVE"',
        Converges(_SESSION_RULE, _INACTIVE),
        Converges(_PASSWORD_RULE, _INACTIVE),
    ),
    # Rules of password policies
    rule(
        _PASSWORD_RULE,
        "create update",
        "network_includes and network_excludes both given",
        RefusedByValidate(
            _PASSWORD_RULE,
            "",
            "needs either network_includes or",
            {"network_connection": "ZONE", "network_includes": ["office"], "network_excludes": ["office"]},
            {"network_connection": "ZONE", "network_includes": ["office"]},
        ),
    ),
    rule(
        _PASSWORD_RULE,
        "read",
        'network_connection != "ZONE" and network_includes or network_excludes set',
        RefusedByValidate(
            _PASSWORD_RULE,
            "",
            "need network_connection: ZONE",
            {"network_includes": ["office"]},
            {"network_includes": ["office"], "network_connection": "ZONE"},
        ),
        RefusedByValidate(
            _PASSWORD_RULE,
            "",
            "need network_connection: ZONE",
            {"network_excludes": ["office"]},
            {"network_excludes": ["office"], "network_connection": "ZONE"},
        ),
        Converges(_PASSWORD_RULE, before={"network_includes": ["office"], "network_connection": "ZONE"}),
    ),
    rule(
        _PASSWORD_RULE,
        "create update",
        "password_reset_access_control set and password_reset_requirement unset",
        Converges(
            _PASSWORD_RULE,
            {"password_reset_access_control": "AUTH_POLICY"},
            before={"password_reset_access_control": "LEGACY", "password_reset_requirement": _BY_EMAIL},
            sends={
                "actions.selfServicePasswordReset.requirement": {
                    "accessControl": "AUTH_POLICY",
                    "primary": {"methods": []},
                    "stepUp": {"required": False},
                }
            },
        ),
    ),
    rule(
        _PASSWORD_RULE,
        "preview",
        "password_reset_access_control not in LEGACY, AUTH_POLICY",
        Refused(
            _PASSWORD_RULE,
            "password_reset_access_control",
            "cannot be",
            {"password_reset_access_control": "NONE"},
            {"password_reset_access_control": "LEGACY"},
        ),
    ),
    rule(
        _PASSWORD_RULE,
        "preview",
        "len(password_reset_requirement) > 1",
        NotDeclarable("the field holds one requirement"),
    ),
    rule(
        _PASSWORD_RULE,
        "create update",
        "password_reset_access_control unset and password_reset_requirement set",
        RefusedByValidate(
            _PASSWORD_RULE,
            "password_reset_requirement",
            "leave it out",
            {"password_reset_requirement": _BY_EMAIL},
            {"password_reset_requirement": _BY_EMAIL, "password_reset_access_control": "LEGACY"},
        ),
        RefusedByValidate(
            _PASSWORD_RULE,
            "password_reset_requirement.step_up_methods",
            "leave it out",
            {**_LEGACY, "password_reset_requirement": {**_BY_EMAIL, **_QUESTION}},
            {**_LEGACY, "password_reset_requirement": {**_BY_EMAIL, **_QUESTION, "step_up_enabled": True}},
        ),
    ),
    rule(
        _PASSWORD_RULE,
        "create update",
        "password_reset_requirement.method_constraints set and primary_methods empty",
        RefusedByValidate(
            _PASSWORD_RULE,
            "password_reset_requirement.primary_methods",
            "must not be empty",
            {
                "password_reset_requirement": _BY_OTP | {"primary_methods": []},
                "password_reset_access_control": "LEGACY",
            },
            {"password_reset_requirement": _BY_OTP, "password_reset_access_control": "LEGACY"},
        ),
    ),
    rule(
        _PASSWORD_RULE,
        "delete",
        "Okta answers 404",
        Undecidable(
            "`up` gives the error",
            "stand_in/test_objects.py::test_a_rule_of_a_password_policy_that_is_gone_cannot_be_deleted",
        ),
    ),
    # Rules of global session policies
    rule(
        _SESSION_RULE,
        "preview",
        "network_includes given and network_excludes given",
        Refused(
            _SESSION_RULE,
            "network_excludes",
            "set either network_includes or",
            {"network_connection": "ZONE", "network_includes": ["office"], "network_excludes": ["office"]},
            {"network_connection": "ZONE", "network_excludes": ["office"]},
        ),
    ),
    rule(
        _SESSION_RULE,
        "read",
        "network_connection is ANYWHERE, or a list was emptied at Okta",
        FROM_THE_TENANT,
        Converges(_SESSION_RULE, before={"network_connection": "ZONE", "network_excludes": ["office"]}),
    ),
    rule(_SESSION_RULE, "delete", "always", Requests("only reads", "case policies.signon_rule_factors")),
    rule(
        _SESSION_RULE,
        "create update",
        'access == "CHALLENGE" and factor_sequence empty',
        Refused(
            _SESSION_RULE,
            "access",
            "needs factor_sequence",
            {"access": "CHALLENGE"},
            {
                "access": "CHALLENGE",
                "factor_sequence": [{"primary_criteria_factor_type": "password", "primary_criteria_provider": "OKTA"}],
            },
        ),
    ),
    rule(
        _SESSION_RULE,
        "create update",
        'access != "CHALLENGE" and factor_sequence not empty',
        Refused(
            _SESSION_RULE,
            "factor_sequence",
            "needs access: CHALLENGE",
            {"factor_sequence": [{"primary_criteria_factor_type": "password", "primary_criteria_provider": "OKTA"}]},
        ),
        RefusedByValidate(
            _SESSION_RULE,
            "behaviors",
            "Okta denies nobody because of a behavior",
            {"access": "DENY", "behaviors": ["new-ip"]},
            {"behaviors": ["new-ip"]},
        ),
    ),
    rule(
        _SESSION_RULE,
        "create update",
        'mfa_prompt set and mfa_prompt != "DEVICE" and mfa_remember_device',
        Refused(
            _SESSION_RULE,
            "mfa_remember_device",
            "needs mfa_prompt: DEVICE",
            {"mfa_required": True, "mfa_prompt": "ALWAYS", "mfa_remember_device": True},
            {"mfa_required": True, "mfa_prompt": "DEVICE", "mfa_remember_device": True},
        ),
    ),
    rule(
        _SESSION_RULE,
        "create update",
        'mfa_prompt set and identity_provider == "SPECIFIC_IDP" and identity_provider_ids empty',
        Refused(
            _SESSION_RULE,
            "identity_provider",
            "needs identity_providers",
            {"identity_provider": "SPECIFIC_IDP", "mfa_required": True, "mfa_prompt": "ALWAYS"},
            {"identity_provider": "OKTA", "mfa_required": True, "mfa_prompt": "ALWAYS"},
        ),
    ),
    rule(
        _SESSION_RULE,
        "create update",
        "risk_level and risc_level both set",
        NotDeclarable("risk_level takes precedence", ("risc_level",)),
        Converges(_SESSION_RULE, {"risk_level": "HIGH"}, sends={"conditions.riskScore.level": "HIGH"}),
    ),
    rule(
        _SESSION_RULE,
        "read",
        "risk_level and risc_level unset",
        Converges(_SESSION_RULE, before={"risk_level": "HIGH"}),
        FROM_THE_TENANT,
    ),
    rule(
        _SESSION_RULE,
        "delete",
        "the rule is a system rule",
        NotDeclarable("rules that Okta creates cannot be declared"),
    ),
    rule(
        _SESSION_RULE,
        "create update",
        "identity_provider set",
        Converges(_SESSION_RULE, {"identity_provider": "OKTA"}, sends={"conditions.identityProvider.provider": "OKTA"}),
        Converges(
            _SESSION_RULE, before={"identity_provider": "OKTA"}, sends={"conditions.identityProvider.provider": "ANY"}
        ),
    ),
)
