"""What tells the types of policies apart: numbering, ids, what a policy is born with; `policy_completions` fills in.

v1 types number their policies and rules from 1 without gaps. The newer types give every policy priority 1,
number rules from 0 with gaps, and every policy is born with a system rule, the Catch-all Rule, at 99.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TypeAlias

from reconciler.sandbox.families import policy_completions as completions
from reconciler.sandbox.json_types import JsonObject
from reconciler.sandbox.priorities import CONTIGUOUS, GAPPED, Numbering
from reconciler.sandbox.tenant import Tenant

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
    ranked: bool = True  # policies are numbered; if not, each has priority 1
    identity_engine_only: bool = False
    fixed: bool = False  # there is one policy of this type, and no other can be made
    conditions: JsonObject | None = None  # of a policy that is sent without
    catch_all: JsonObject | None = None  # actions of the system rule that a policy is born with
    settings: Completion = completions.unchanged
    rule_conditions: Completion = completions.unchanged
    actions: Completion = completions.unchanged
    resource: str = field(default="")  # `_embedded.resourceType`, in lists


POLICY_TYPES = {
    each.name: each
    for each in (
        PolicyType(
            "OKTA_SIGN_ON",
            "SIGN_ON",
            rule_conditions=completions.sign_on_conditions,
            actions=completions.sign_on_actions,
        ),
        PolicyType(
            "PASSWORD",
            "PASSWORD",
            conditions={"authProvider": {"provider": "OKTA"}},
            settings=completions.password_settings,
            rule_conditions=completions.rule_with_people,
            actions=completions.password_actions,
        ),
        PolicyType(
            "MFA_ENROLL",
            "MFA_ENROLL",
            settings=completions.enrolment_settings,
            rule_conditions=completions.rule_with_people,
            actions=completions.enrol_actions,
        ),
        PolicyType(
            "IDP_DISCOVERY",
            "IDP_DISCOVERY",
            fixed=True,
            rule_conditions=completions.discovery_conditions,
            actions=completions.discovery_actions,
        ),
        PolicyType(
            "ACCESS_POLICY",
            "ACCESS_POLICY",
            RULES_WITH_GAPS,
            GAPPED,
            ranked=False,
            identity_engine_only=True,
            catch_all=CATCH_ALL_ACCESS,
            rule_conditions=completions.access_conditions,
            actions=completions.access_actions,
            resource="APP",
        ),
        PolicyType(
            "PROFILE_ENROLLMENT",
            "PROFILE_ENROLLMENT",
            RULES_WITH_GAPS,
            GAPPED,
            ranked=False,
            identity_engine_only=True,
            catch_all=completions.ENROLMENT,
            actions=completions.enrolment_actions,
        ),
        *(
            PolicyType(
                name, name, RULES_WITH_GAPS, GAPPED, False, True, True, rule_conditions=conditions, actions=actions
            )
            for name, conditions, actions in (
                ("POST_AUTH_SESSION", completions.session_conditions, completions.post_auth_actions),
                ("SESSION_VIOLATION_DETECTION", completions.violation_conditions, completions.unchanged),
                ("ENTITY_RISK", completions.session_conditions, completions.unchanged),
                ("DEVICE_SIGNAL_COLLECTION", completions.unchanged, completions.unchanged),
            )
        ),
    )
}
