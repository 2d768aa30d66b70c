"""Password policies: what a password has to be, and how to get back in without it."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Annotated, Literal

from pydantic import Field

from reconciler.kinds.conditions import became, fewer, gained, larger, larger_or_unlimited, smaller
from reconciler.kinds.fields import (
    Api,
    Argument,
    Bool,
    Int,
    ListOf,
    Name,
    Only,
    Owns,
    ProviderDefault,
    Replaces,
    SetOf,
    Status,
)
from reconciler.kinds.group import GroupRef
from reconciler.kinds.kind import Json, Kind, Spec, register
from reconciler.kinds.policies import (
    DECIDES,
    OTHER_CONDITIONS,
    RESERVED_POLICY_NAME,
    RESERVED_RULE_NAME,
    FromNetwork,
    PeopleIncluded,
    Position,
    RuleName,
    default_policy,
    policies,
    rules,
    zones_needed,
)
from reconciler.kinds.risks import Change, changed
from reconciler.kinds.threats import (
    ASSIGNED_TO_EVERYONE,
    CONDITIONS_CHANGED,
    NOTIFIED_LESS,
    PASSWORD_WEAKENED,
    RECOVERY_WIDENED,
)

_PASSWORD = "settings.password"
_FACTORS = "settings.recovery.factors"
_COMPLEXITY = ("settings", "password", "complexity")
_EXCLUDED = {"firstName": "excludeFirstName", "lastName": "excludeLastName"}
_MORE_IS_STRONGER = (
    "password_min_length",
    "password_min_lowercase",
    "password_min_uppercase",
    "password_min_number",
    "password_min_symbol",
    "password_min_age_minutes",
    "password_history_count",
    "question_min_length",
)
_LESS_IS_STRONGER = ("password_max_age_days", "password_max_lockout_attempts")
_TRUE_IS_STRONGER = (
    "password_exclude_username",
    "password_exclude_first_name",
    "password_exclude_last_name",
    "password_dictionary_lookup",
    "breached_password_logout_enabled",
)
_WAYS_BACK = ("email_recovery", "sms_recovery", "call_recovery", "question_recovery")


def _unlocks_sooner(change: Change) -> bool:
    """Whether a locked account is unlocked by itself sooner; 0 is for never."""
    return change.actual != 0 and (change.expected == 0 or smaller(change))


Count = Annotated[Int, Field(ge=0)]
Choice = Literal["ALLOW", "DENY"]


class PasswordRule(FromNetwork, Kind):
    """A rule of a password policy: what people may do about their password, and from where."""

    kind = "password-policy-rule"
    resource = "okta:policy/rulePassword:RulePassword"
    collection = rules("PASSWORD", delete_fails_if_missing=True)
    events = ("policy.rule.",)
    parents = ("password-policy",)
    parent_arguments = ("policy_id",)
    refusals = (RESERVED_RULE_NAME,)
    risks = (
        changed(ASSIGNED_TO_EVERYONE, "groups_included", when=gained("everyone")),
        changed(RECOVERY_WIDENED, "password_change", "password_reset", "password_unlock", when=became("ALLOW")),
        changed(RECOVERY_WIDENED, "actions.selfServicePasswordReset.requirement*"),
        changed(CONDITIONS_CHANGED, "groups_included", "groups_excluded"),
        *DECIDES,
        *OTHER_CONDITIONS,
    )

    name: Annotated[RuleName, Replaces()]
    """The name of the rule, unique in its policy."""
    groups_included: Annotated[
        SetOf[GroupRef], Api("conditions.people.groups.include"), Argument("groups_includeds")
    ] = frozenset()
    """Only for these people of the policy; empty for all."""
    groups_excluded: Annotated[
        SetOf[GroupRef], Api("conditions.people.groups.exclude"), Argument("groups_excludeds")
    ] = frozenset()
    """Not for these people."""
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

    @classmethod
    def restricts_by(cls, spec: Spec) -> Iterable[tuple[str, str]]:
        """The zones from which people may not get back in by themselves."""
        return zones_needed(spec, denies=spec.get("password_reset") == "DENY")


@register
class PasswordPolicy(Kind):
    """What a password has to be, and how to get back in without it (`/api/v1/policies?type=PASSWORD`)."""

    kind = "password-policy"
    resource = "okta:policy/password:Password"
    collection = policies("PASSWORD", prioritised=True)
    events = ("policy.lifecycle.",)
    refusals = (RESERVED_POLICY_NAME,)
    risks = (
        changed(PASSWORD_WEAKENED, *_MORE_IS_STRONGER, when=smaller),
        changed(PASSWORD_WEAKENED, *_LESS_IS_STRONGER, when=larger_or_unlimited),
        changed(PASSWORD_WEAKENED, *_TRUE_IS_STRONGER, when=became(False)),
        changed(PASSWORD_WEAKENED, "breached_password_expire_after_days", when=larger),
        changed(PASSWORD_WEAKENED, "password_auto_unlock_minutes", when=_unlocks_sooner),
        changed(RECOVERY_WIDENED, *_WAYS_BACK, when=became("ACTIVE")),
        changed(RECOVERY_WIDENED, "settings.recovery.*", when=became("ACTIVE")),
        changed(RECOVERY_WIDENED, "recovery_email_token", when=larger),
        changed(RECOVERY_WIDENED, "skip_unlock", when=became(True)),
        changed(NOTIFIED_LESS, "password_lockout_notification_channels", when=fewer),
        changed(ASSIGNED_TO_EVERYONE, "groups_included", when=gained("everyone")),
        changed(CONDITIONS_CHANGED, "groups_included", "auth_provider"),
        *DECIDES,
        *OTHER_CONDITIONS,
    )
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
    password_exclude_username: Annotated[
        Bool, Api(f"{_PASSWORD}.complexity.excludeUsername"), ProviderDefault(False)
    ] = True
    """Whether the password must not hold the user name."""
    password_exclude_first_name: Annotated[Bool, Api(f"{_PASSWORD}.complexity.excludeFirstName")] = False
    """Whether the password must not hold the first name."""
    password_exclude_last_name: Annotated[Bool, Api(f"{_PASSWORD}.complexity.excludeLastName")] = False
    """Whether the password must not hold the last name."""
    breached_password_logout_enabled: Annotated[Bool, Api(f"{_PASSWORD}.breachedProtection.logoutEnabled")] = False
    """Whether people whose password is known to be stolen are signed out everywhere."""
    breached_password_expire_after_days: Annotated[
        Count,
        Api(f"{_PASSWORD}.breachedProtection.expireAfterDays"),
        Only(
            lambda policy: policy.breached_password_logout_enabled,
            "the provider only sends it with breached_password_logout_enabled",
        ),
    ] = 0
    """Days until such a password has to be changed; 0 for at once."""
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

    @classmethod
    def read_api(cls, item: Json) -> Json:
        """Okta lists the attributes that a password must not hold; here each is a member of its own."""
        complexity = dict(_within(item, *_COMPLEXITY))
        listed = complexity.pop("excludeAttributes", None) or []
        others = [attribute for attribute in listed if attribute not in _EXCLUDED]
        complexity |= {member: True for attribute, member in _EXCLUDED.items() if attribute in listed}
        return _put(item, complexity | ({"excludeAttributes": others} if others else {}), *_COMPLEXITY)

    @classmethod
    def write_api(cls, item: Json) -> Json:
        """See `read_api`; settings for stolen passwords are only sent if people are signed out."""
        complexity = dict(_within(item, *_COMPLEXITY))
        listed = [attribute for attribute, member in _EXCLUDED.items() if complexity.pop(member, False)]
        item = _put(item, complexity | {"excludeAttributes": listed}, *_COMPLEXITY)
        password = dict(_within(item, "settings", "password"))
        if not password.get("breachedProtection", {}).get("logoutEnabled"):
            password.pop("breachedProtection", None)
        return _put(item, password, "settings", "password")


def _within(item: Json, *path: str) -> Json:
    for key in path:
        item = item.get(key) or {}
    return item


def _put(item: Json, value: Json, *path: str) -> Json:
    """The item with another value at a path."""
    if not path:
        return value
    return item | {path[0]: _put(item.get(path[0]) or {}, value, *path[1:])}


register(PasswordRule)
