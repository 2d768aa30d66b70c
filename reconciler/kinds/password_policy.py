"""Password policies: what a password has to be, and how to get back in without it."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from reconciler.kinds.fields import Api, Bool, Int, ListOf, Name, Owns, Replaces, SetOf, Status
from reconciler.kinds.kind import Kind, register
from reconciler.kinds.policies import (
    FromNetwork,
    PeopleIncluded,
    Position,
    default_policy,
    policies,
    rules,
)

_PASSWORD = "settings.password"
_FACTORS = "settings.recovery.factors"
Count = Annotated[Int, Field(ge=0)]
Choice = Literal["ALLOW", "DENY"]


class PasswordRule(FromNetwork, Kind):
    """A rule of a password policy: what people may do about their password, and from where."""

    kind = "password-policy-rule"
    resource = "okta:policy/rulePassword:RulePassword"
    collection = rules("PASSWORD")
    events = ("policy.rule.",)
    parents = ("password-policy",)
    parent_arguments = ("policy_id",)

    name: Annotated[Name, Replaces()]
    """The name of the rule, unique in its policy."""
    password_change: Annotated[Choice, Api("actions.passwordChange.access")] = "ALLOW"
    """Whether people may change their password."""
    password_reset: Annotated[Choice, Api("actions.selfServicePasswordReset.access")] = "ALLOW"
    """Whether people who forgot it may set a new one."""
    password_unlock: Annotated[Choice, Api("actions.selfServiceUnlock.access")] = "DENY"
    """Whether people may unlock their account."""
    status: Status = "ACTIVE"
    """An `INACTIVE` rule is passed over."""
    priority: Int | None = None
    """Given by the rule's place in the list."""


@register
class PasswordPolicy(Kind):
    """What a password has to be, and how to get back in without it (`/api/v1/policies?type=PASSWORD`)."""

    kind = "password-policy"
    resource = "okta:policy/password:Password"
    collection = policies("PASSWORD", prioritised=True)
    events = ("policy.lifecycle.",)
    system = (default_policy("the password policy for everyone else"),)

    name: Name
    """The name that Okta shows, unique among the policies of the type."""
    priority: Position
    """The place among the policies of the type: 1 is asked first."""
    description: str = ""
    """What the policy is for."""
    groups_included: PeopleIncluded
    """The people to whom the policy applies."""
    auth_provider: Annotated[Literal["OKTA", "ACTIVE_DIRECTORY", "LDAP"], Api("conditions.authProvider.provider")] = (
        "OKTA"
    )
    """Where the passwords are kept."""
    password_min_length: Annotated[Int, Field(ge=4, le=30), Api(f"{_PASSWORD}.complexity.minLength")] = 8
    """Characters, at least."""
    password_min_lowercase: Annotated[Count, Api(f"{_PASSWORD}.complexity.minLowerCase")] = 1
    """Lower-case letters, at least."""
    password_min_uppercase: Annotated[Count, Api(f"{_PASSWORD}.complexity.minUpperCase")] = 1
    """Upper-case letters, at least."""
    password_min_number: Annotated[Count, Api(f"{_PASSWORD}.complexity.minNumber")] = 1
    """Digits, at least."""
    password_min_symbol: Annotated[Count, Api(f"{_PASSWORD}.complexity.minSymbol")] = 0
    """Symbols, at least."""
    password_exclude_username: Annotated[Bool, Api(f"{_PASSWORD}.complexity.excludeUsername")] = True
    """Whether the password must not hold the user name."""
    password_dictionary_lookup: Annotated[Bool, Api(f"{_PASSWORD}.complexity.dictionary.common.exclude")] = False
    """Whether common passwords are refused."""
    password_max_age_days: Annotated[Count, Api(f"{_PASSWORD}.age.maxAgeDays")] = 0
    """Days until a password must be changed; 0 for never."""
    password_expire_warn_days: Annotated[Count, Api(f"{_PASSWORD}.age.expireWarnDays")] = 0
    """Days before that on which people are told."""
    password_min_age_minutes: Annotated[Count, Api(f"{_PASSWORD}.age.minAgeMinutes")] = 0
    """Minutes until a new password may be changed again."""
    password_history_count: Annotated[Count, Api(f"{_PASSWORD}.age.historyCount")] = 0
    """How many earlier passwords may not come back."""
    password_max_lockout_attempts: Annotated[Count, Api(f"{_PASSWORD}.lockout.maxAttempts")] = 10
    """Failed attempts until the account is locked; 0 for never."""
    password_auto_unlock_minutes: Annotated[Count, Api(f"{_PASSWORD}.lockout.autoUnlockMinutes")] = 0
    """Minutes until it is unlocked by itself; 0 for never."""
    password_show_lockout_failures: Annotated[Bool, Api(f"{_PASSWORD}.lockout.showLockoutFailures")] = False
    """Whether people are told that the account is locked."""
    password_lockout_notification_channels: Annotated[
        SetOf[Literal["EMAIL"]], Api(f"{_PASSWORD}.lockout.userLockoutNotificationChannels")
    ] = frozenset()
    """How they are told."""
    email_recovery: Annotated[Status, Api(f"{_FACTORS}.okta_email.status")] = "ACTIVE"
    """Whether an e-mail helps to get back in."""
    recovery_email_token: Annotated[
        Int, Field(ge=1), Api(f"{_FACTORS}.okta_email.properties.recoveryToken.tokenLifetimeMinutes")
    ] = 60
    """Minutes for which the link in that e-mail works."""
    sms_recovery: Annotated[Status, Api(f"{_FACTORS}.okta_sms.status")] = "INACTIVE"
    """Whether a text message helps to get back in."""
    call_recovery: Annotated[Status, Api(f"{_FACTORS}.okta_call.status")] = "INACTIVE"
    """Whether a phone call helps to get back in."""
    question_recovery: Annotated[Status, Api(f"{_FACTORS}.recovery_question.status")] = "ACTIVE"
    """Whether a security question helps to get back in."""
    question_min_length: Annotated[
        Int, Field(ge=1), Api(f"{_FACTORS}.recovery_question.properties.complexity.minLength")
    ] = 4
    """Characters of its answer, at least."""
    skip_unlock: Annotated[Bool, Api("settings.delegation.options.skipUnlock")] = False
    """Whether an account of Active Directory can be unlocked here without unlocking it there."""
    status: Status = "ACTIVE"
    """An `INACTIVE` policy is passed over."""
    rules: Annotated[ListOf[PasswordRule], Owns("password-policy-rule")] = ()
    """The rules; the first one that fits decides."""


register(PasswordRule)
