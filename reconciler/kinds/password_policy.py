"""Password policies: password requirements and account recovery."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Annotated, Literal

from reconciler.kinds.conditions import became, gained
from reconciler.kinds.fields import (
    Api,
    Bool,
    Checked,
    Int,
    ListOf,
    Only,
    Owns,
    Replaces,
    Status,
)
from reconciler.kinds.kind import Kind, LastOne, register
from reconciler.kinds.part import Spec
from reconciler.kinds.password_requirements import (
    FRESH,
    Count,
    PasswordRequirements,
    read_policy,
    weaker,
    write_policy,
)
from reconciler.kinds.password_reset import RESET, ResetRequirement, read_rule, write_rule
from reconciler.kinds.policies import (
    DECIDES,
    FRESH_DEFAULT,
    OF_DEFAULT,
    OTHER_CONDITIONS,
    RESERVED_POLICY_NAME,
    RESERVED_RULE_NAME,
    RULES,
    ForGroups,
    FromNetwork,
    GroupsExcluded,
    GroupsIncluded,
    RuleName,
    default_policy,
    default_written,
    only_default,
    policies_besides_default,
    policies_written,
    rules_written,
    zones_needed,
)
from reconciler.kinds.risks import changed
from reconciler.kinds.threats import (
    ASSIGNED_TO_EVERYONE,
    CONDITIONS_CHANGED,
    RECOVERY_WIDENED,
)
from reconciler.kinds.user_conditions import ForUsers

Choice = Literal["ALLOW", "DENY"]


class PasswordRule(FromNetwork, ForUsers):
    """A rule of a password policy: self-service for passwords and locked accounts."""

    refusals = (RESERVED_RULE_NAME,)
    risks = (
        changed(ASSIGNED_TO_EVERYONE, "groups_included", when=gained("everyone"), new=True),
        changed(RECOVERY_WIDENED, "password_change", "password_reset", "password_unlock", when=became("ALLOW")),
        changed(RECOVERY_WIDENED, "password_reset_access_control", "password_reset_requirement"),
        changed(RECOVERY_WIDENED, "actions.selfServicePasswordReset.requirement*"),
        changed(CONDITIONS_CHANGED, "groups_included", "groups_excluded"),
        *DECIDES,
        *OTHER_CONDITIONS,
    )

    name: Annotated[RuleName, Replaces()]
    """Name of the rule, unique in its policy."""
    groups_included: GroupsIncluded = frozenset()
    """Groups that the rule applies to; empty for all users of the policy."""
    groups_excluded: GroupsExcluded = frozenset()
    """Groups that the rule does not apply to."""
    password_change: Annotated[Choice, Api("actions.passwordChange.access")] = "ALLOW"
    """Whether users can change their password."""
    password_reset: Annotated[Choice, Api("actions.selfServicePasswordReset.access")] = "ALLOW"
    """Whether users can reset a forgotten password."""
    password_reset_access_control: Annotated[
        Literal["LEGACY", "AUTH_POLICY"] | None, Api(f"{RESET}.accessControl"), Checked()
    ] = None
    """What decides how users prove who they are before a reset: the requirement of the rule (`LEGACY`) or an
    authentication policy (`AUTH_POLICY`); `null` on a Classic tenant."""
    password_reset_requirement: Annotated[
        ResetRequirement | None,
        Api(f"{RESET}.requirement"),
        Only(
            lambda rule: rule.password_reset_access_control == "LEGACY",
            "only password_reset_access_control: LEGACY has a requirement",
        ),
    ] = None
    """What users verify with before a reset."""
    password_unlock: Annotated[Choice, Api("actions.selfServiceUnlock.access")] = "DENY"
    """Whether users can unlock their account."""
    status: Status = "ACTIVE"
    """An `INACTIVE` rule is not evaluated."""
    priority: Int | None = None
    """Set by the position of the rule in the list."""


class PasswordPolicy(PasswordRequirements, ForGroups):
    """Password requirements, lockout and account recovery (`/api/v1/policies?type=PASSWORD`)."""

    refusals = (RESERVED_POLICY_NAME,)
    risks = (
        changed(ASSIGNED_TO_EVERYONE, "groups_included", when=gained("everyone"), new=True),
        changed(CONDITIONS_CHANGED, "groups_included", "auth_provider"),
        *DECIDES,
        *OTHER_CONDITIONS,
    )

    auth_provider: Annotated[Literal["OKTA", "ACTIVE_DIRECTORY", "LDAP"], Api("conditions.authProvider.provider")] = (
        "OKTA"
    )
    """Authentication provider that holds the passwords."""
    status: Status = "ACTIVE"
    """An `INACTIVE` policy is not evaluated."""
    rules: Annotated[ListOf[PasswordRule], Owns("password-policy-rule")] = ()
    """Rules in priority order; the first one that matches applies."""


class PasswordPolicyDefault(PasswordRequirements):
    """The password policy of people to whom no other applies, which every tenant has.

    Requirements that are left out get the defaults of the provider, not those of the tenant. A definition that is
    removed leaves the policy as it is.
    """

    password_exclude_username: Annotated[Bool, Api("settings.password.complexity.excludeUsername")] = True
    """Whether the user name is not allowed in the password."""
    password_history_count: Annotated[Count, Api("settings.password.age.historyCount")] = 4
    """Number of previous passwords that cannot be reused."""
    rules: Annotated[ListOf[PasswordRule], Owns("password-policy-rule")] = ()
    """Rules in priority order, before Okta's own `Default Rule`; the first one that matches applies."""


def _restricts_by(spec: Spec) -> Iterable[tuple[str, str]]:
    """The zones from which self-service password reset is denied."""
    return zones_needed(spec, denies=spec.get("password_reset") == "DENY")


PASSWORD_POLICY = register(
    Kind(
        name="password-policy",
        resource="okta:policy/password:Password",
        fields=PasswordPolicy,
        shape=policies_besides_default("PASSWORD"),
        provider=policies_written("PASSWORD", ordered=True),
        events=("policy.lifecycle.",),
        system=(default_policy("the password policy that applies if no other does"),),
        weaker=weaker,
        read_api=read_policy,
        write_api=write_policy,
    )
)


PASSWORD_POLICY_DEFAULT = register(
    Kind(
        name="password-policy-default",
        resource="okta:index/policyPasswordDefault:PolicyPasswordDefault",
        fields=PasswordPolicyDefault,
        shape=only_default("PASSWORD"),
        provider=default_written("PASSWORD"),
        label_field="",
        events=("policy.lifecycle.",),
        fresh={**FRESH_DEFAULT, **FRESH, "conditions.authProvider.provider": ("OKTA",)},
        generated=OF_DEFAULT,
        weaker=weaker,
        read_api=read_policy,
        write_api=write_policy,
    )
)


PASSWORD_POLICY_RULE = register(
    Kind(
        name="password-policy-rule",
        resource="okta:policy/rulePassword:RulePassword",
        fields=PasswordRule,
        shape=RULES,
        provider=rules_written("PASSWORD", delete_fails_if_missing=True),
        read_api=read_rule,
        write_api=write_rule,
        events=("policy.rule.",),
        parents=("password-policy", "password-policy-default"),
        last_one=LastOne("rule", "the policy applies to nobody, and the next one does"),
        parent_arguments=("policy_id",),
        restricts_by=_restricts_by,
    )
)
