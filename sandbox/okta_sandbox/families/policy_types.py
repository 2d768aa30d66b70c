"""Policy types: priorities, id prefixes and system rules. `policy_defaults` has the defaults of each type.

Classic types have contiguous priorities from 1 for policies and rules. In the newer types every policy has priority 1
and a system rule, the Catch-all Rule with priority 99; other rules are numbered from 0 and keep gaps.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TypeAlias

from okta_sandbox.families import policy_defaults
from okta_sandbox.json_types import JsonObject
from okta_sandbox.priorities import CONTIGUOUS, GAPPED, Numbering
from okta_sandbox.tenant import Tenant

Completion: TypeAlias = Callable[[Tenant, JsonObject], JsonObject]
RULES_WITH_GAPS = ("rst", "rul")
CATCH_ALL_ACCESS: JsonObject = {
    "appSignOn": {
        "access": "ALLOW",
        "verificationMethod": {
            "factorMode": "2FA",
            "type": "ASSURANCE",
            "reauthenticateIn": "PT12H",
            "constraints": [{"possession": {"required": True, "deviceBound": "REQUIRED"}}],
        },
        "keepMeSignedIn": {"postAuth": "NOT_ALLOWED"},
    }
}


@dataclass(frozen=True)
class PolicyType:
    """One value of a policy's `type`."""

    name: str
    rule: str  # the `type` of its rules
    prefixes: tuple[str, str] = ("00p", "0pr")  # of policies and of rules
    rule_numbering: Numbering = CONTIGUOUS
    ranked: bool = True  # whether policies are numbered; otherwise each has priority 1
    identity_engine_only: bool = False
    fixed: bool = False  # there is exactly one policy of this type
    fixed_rules: bool = False  # its rules come with the policy; none is added or deleted
    conditions: JsonObject | None = None  # default conditions of a policy
    catch_all: JsonObject | None = None  # actions of the Catch-all Rule of a new policy
    settings: Completion = policy_defaults.unchanged
    rule_conditions: Completion = policy_defaults.unchanged
    actions: Completion = policy_defaults.unchanged
    resource: str = field(default="")  # `_embedded.resourceType`, in lists


POLICY_TYPES = {
    each.name: each
    for each in (
        PolicyType(
            "OKTA_SIGN_ON",
            "SIGN_ON",
            rule_conditions=policy_defaults.sign_on_conditions,
            actions=policy_defaults.sign_on_actions,
        ),
        PolicyType(
            "PASSWORD",
            "PASSWORD",
            conditions={"authProvider": {"provider": "OKTA"}},
            settings=policy_defaults.password_settings,
            rule_conditions=policy_defaults.rule_with_people,
            actions=policy_defaults.password_actions,
        ),
        PolicyType(
            "MFA_ENROLL",
            "MFA_ENROLL",
            settings=policy_defaults.enrolment_settings,
            rule_conditions=policy_defaults.rule_with_people,
            actions=policy_defaults.enrol_actions,
        ),
        PolicyType(
            "IDP_DISCOVERY",
            "IDP_DISCOVERY",
            fixed=True,
            rule_conditions=policy_defaults.discovery_conditions,
            actions=policy_defaults.discovery_actions,
        ),
        PolicyType(
            "ACCESS_POLICY",
            "ACCESS_POLICY",
            RULES_WITH_GAPS,
            GAPPED,
            ranked=False,
            identity_engine_only=True,
            catch_all=CATCH_ALL_ACCESS,
            rule_conditions=policy_defaults.access_conditions,
            actions=policy_defaults.access_actions,
            resource="APP",
        ),
        PolicyType(
            "PROFILE_ENROLLMENT",
            "PROFILE_ENROLLMENT",
            RULES_WITH_GAPS,
            GAPPED,
            ranked=False,
            identity_engine_only=True,
            fixed_rules=True,
            catch_all=policy_defaults.ENROLMENT,
            actions=policy_defaults.enrolment_actions,
        ),
        *(
            PolicyType(
                name,
                name,
                RULES_WITH_GAPS,
                GAPPED,
                ranked=False,
                identity_engine_only=True,
                fixed=True,
                fixed_rules=name in ("POST_AUTH_SESSION", "SESSION_VIOLATION_DETECTION"),
                rule_conditions=conditions,
                actions=actions,
            )
            for name, conditions, actions in (
                ("POST_AUTH_SESSION", policy_defaults.session_conditions, policy_defaults.post_auth_actions),
                ("SESSION_VIOLATION_DETECTION", policy_defaults.violation_conditions, policy_defaults.unchanged),
                ("ENTITY_RISK", policy_defaults.session_conditions, policy_defaults.unchanged),
                ("DEVICE_SIGNAL_COLLECTION", policy_defaults.unchanged, policy_defaults.unchanged),
            )
        ),
    )
}
