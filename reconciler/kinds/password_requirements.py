"""What password policies require of passwords, and how they let people back into their accounts."""

from __future__ import annotations

from typing import Annotated, ClassVar, Literal

from pydantic import Field

from reconciler.kinds.conditions import became, fewer, larger, larger_or_unlimited, smaller
from reconciler.kinds.fields import Api, Bool, Int, Lifetime, Only, ProviderDefault, SetOf, Status
from reconciler.kinds.kind import Protection
from reconciler.kinds.part import Json, Part
from reconciler.kinds.paths import put, within
from reconciler.kinds.risks import Change, Risk, changed, weakened
from reconciler.kinds.threats import NOTIFIED_LESS, PASSWORD_WEAKENED, RECOVERY_WIDENED

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
    """Whether a locked account is unlocked automatically sooner; 0 for never."""
    return change.actual != 0 and (change.expected == 0 or smaller(change))


FRESH = {
    f"{_PASSWORD}.complexity.minLength": (8,),
    f"{_PASSWORD}.complexity.minLowerCase": (1,),
    f"{_PASSWORD}.complexity.minUpperCase": (1,),
    f"{_PASSWORD}.complexity.minNumber": (1,),
    f"{_PASSWORD}.complexity.minSymbol": (0,),
    f"{_PASSWORD}.complexity.excludeUsername": (True,),
    f"{_PASSWORD}.complexity.excludeFirstName": (False,),
    f"{_PASSWORD}.complexity.excludeLastName": (False,),
    f"{_PASSWORD}.complexity.dictionary.common.exclude": (False,),
    f"{_PASSWORD}.breachedProtection.logoutEnabled": (False,),
    f"{_PASSWORD}.breachedProtection.expireAfterDays": (0,),
    f"{_PASSWORD}.age.maxAgeDays": (0,),
    f"{_PASSWORD}.age.expireWarnDays": (0,),
    f"{_PASSWORD}.age.minAgeMinutes": (0,),
    f"{_PASSWORD}.age.historyCount": (4,),
    f"{_PASSWORD}.lockout.maxAttempts": (10,),
    f"{_PASSWORD}.lockout.autoUnlockMinutes": (0,),
    f"{_PASSWORD}.lockout.showLockoutFailures": (False,),
    f"{_FACTORS}.okta_email.status": ("ACTIVE",),
    f"{_FACTORS}.okta_email.properties.recoveryToken.tokenLifetimeMinutes": (60,),
    f"{_FACTORS}.okta_sms.status": ("INACTIVE",),
    f"{_FACTORS}.okta_call.status": ("INACTIVE",),
    f"{_FACTORS}.recovery_question.status": ("ACTIVE",),
    f"{_FACTORS}.recovery_question.properties.complexity.minLength": (4,),
    "settings.delegation.options.skipUnlock": (False,),
}
"""The values in the default policy of a new tenant, by member."""
Count = Annotated[Int, Field(ge=0)]


class PasswordRequirements(Part):
    """What the password policies of people and the default one share."""

    risks: ClassVar[tuple[Risk, ...]] = (
        changed(PASSWORD_WEAKENED, *_MORE_IS_STRONGER, when=smaller, new=True),
        changed(PASSWORD_WEAKENED, *_LESS_IS_STRONGER, when=larger_or_unlimited, new=True),
        changed(PASSWORD_WEAKENED, *_TRUE_IS_STRONGER, when=became(False), new=True),
        changed(PASSWORD_WEAKENED, "breached_password_expire_after_days", when=larger, new=True),
        changed(PASSWORD_WEAKENED, "breached_password_delegated_workflow_id"),
        changed(PASSWORD_WEAKENED, "password_auto_unlock_minutes", when=_unlocks_sooner, new=True),
        changed(RECOVERY_WIDENED, *_WAYS_BACK, when=became("ACTIVE")),
        changed(RECOVERY_WIDENED, "settings.recovery.*", when=became("ACTIVE")),
        changed(RECOVERY_WIDENED, "recovery_email_token", when=larger),
        changed(RECOVERY_WIDENED, "skip_unlock", when=became(True)),
        changed(NOTIFIED_LESS, "password_lockout_notification_channels", when=fewer),
    )

    password_min_length: Annotated[Int, Field(ge=4, le=30), Api(f"{_PASSWORD}.complexity.minLength")] = 8
    """Minimum length of a password."""
    password_min_lowercase: Annotated[Count, Api(f"{_PASSWORD}.complexity.minLowerCase")] = 1
    """Minimum number of lowercase letters."""
    password_min_uppercase: Annotated[Count, Api(f"{_PASSWORD}.complexity.minUpperCase")] = 1
    """Minimum number of uppercase letters."""
    password_min_number: Annotated[Count, Api(f"{_PASSWORD}.complexity.minNumber")] = 1
    """Minimum number of digits."""
    password_min_symbol: Annotated[Count, Api(f"{_PASSWORD}.complexity.minSymbol")] = 0
    """Minimum number of symbols."""
    password_exclude_username: Annotated[
        Bool, Api(f"{_PASSWORD}.complexity.excludeUsername"), ProviderDefault(False)
    ] = True
    """Whether the user name is not allowed in the password."""
    password_exclude_first_name: Annotated[Bool, Api(f"{_PASSWORD}.complexity.excludeFirstName")] = False
    """Whether the first name is not allowed in the password."""
    password_exclude_last_name: Annotated[Bool, Api(f"{_PASSWORD}.complexity.excludeLastName")] = False
    """Whether the last name is not allowed in the password."""
    breached_password_logout_enabled: Annotated[Bool, Api(f"{_PASSWORD}.breachedProtection.logoutEnabled")] = False
    """Whether to end all sessions of a user whose password is found in a breach."""
    breached_password_delegated_workflow_id: Annotated[
        str | None, Api(f"{_PASSWORD}.breachedProtection.delegatedWorkflowId")
    ] = None
    """Id of the workflow that runs when a password is found in a breach."""
    breached_password_expire_after_days: Annotated[
        Count,
        Api(f"{_PASSWORD}.breachedProtection.expireAfterDays"),
        Only(
            lambda policy: policy.breached_password_logout_enabled or policy.breached_password_delegated_workflow_id,
            "the provider sends it only with breached_password_logout_enabled or a workflow",
        ),
    ] = 0
    """Days until a breached password expires; 0 for immediately."""
    password_dictionary_lookup: Annotated[Bool, Api(f"{_PASSWORD}.complexity.dictionary.common.exclude")] = False
    """Whether to reject common passwords."""
    password_max_age_days: Annotated[Count, Api(f"{_PASSWORD}.age.maxAgeDays")] = 0
    """Days until a password expires; 0 for never."""
    password_expire_warn_days: Annotated[Count, Api(f"{_PASSWORD}.age.expireWarnDays")] = 0
    """Days before expiration on which users are warned."""
    password_min_age_minutes: Annotated[Count, Api(f"{_PASSWORD}.age.minAgeMinutes")] = 0
    """Minimum minutes between password changes."""
    password_history_count: Annotated[Count, Api(f"{_PASSWORD}.age.historyCount")] = 0
    """Number of previous passwords that cannot be reused."""
    password_max_lockout_attempts: Annotated[Count, Api(f"{_PASSWORD}.lockout.maxAttempts")] = 10
    """Failed sign-in attempts before the account is locked; 0 for no limit."""
    password_auto_unlock_minutes: Annotated[Count, Api(f"{_PASSWORD}.lockout.autoUnlockMinutes")] = 0
    """Minutes until a locked account is unlocked automatically; 0 for never."""
    password_show_lockout_failures: Annotated[Bool, Api(f"{_PASSWORD}.lockout.showLockoutFailures")] = False
    """Whether to show users that their account is locked."""
    password_lockout_notification_channels: Annotated[
        SetOf[Literal["EMAIL"]], Api(f"{_PASSWORD}.lockout.userLockoutNotificationChannels")
    ] = frozenset()
    """Channels by which users are notified that their account is locked."""
    email_recovery: Annotated[Status, Api(f"{_FACTORS}.okta_email.status")] = "ACTIVE"
    """Whether users can recover their account by email."""
    recovery_email_token: Annotated[
        Int,
        Field(ge=1),
        Api(f"{_FACTORS}.okta_email.properties.recoveryToken.tokenLifetimeMinutes"),
        Lifetime("recovery_token", when=lambda policy: policy.email_recovery == "ACTIVE"),
    ] = 60
    """Lifetime of the recovery email token, in minutes."""
    sms_recovery: Annotated[Status, Api(f"{_FACTORS}.okta_sms.status")] = "INACTIVE"
    """Whether users can recover their account by SMS."""
    call_recovery: Annotated[Status, Api(f"{_FACTORS}.okta_call.status")] = "INACTIVE"
    """Whether users can recover their account by voice call."""
    question_recovery: Annotated[Status, Api(f"{_FACTORS}.recovery_question.status")] = "ACTIVE"
    """Whether users can recover their account with a security question."""
    question_min_length: Annotated[
        Int, Field(ge=1), Api(f"{_FACTORS}.recovery_question.properties.complexity.minLength")
    ] = 4
    """Minimum length of the answer to the security question."""
    skip_unlock: Annotated[Bool, Api("settings.delegation.options.skipUnlock")] = False
    """Whether users can unlock an Active Directory account in Okta without unlocking it in the directory."""


def weaker(before: Protection, after: Protection) -> str:
    """Whether passwords may be weaker, or accounts can be recovered in more ways."""
    fields = before.spec.keys() & after.spec.keys()
    rules = weakened(PasswordRequirements.risks, {name: (before.spec[name], after.spec[name]) for name in fields})
    if PASSWORD_WEAKENED in rules:
        return "with which passwords may be weaker"
    return "with which there are more ways to recover an account" if RECOVERY_WIDENED in rules else ""


def read_policy(item: Json) -> Json:
    """The item with one member for each excluded attribute, which Okta has as a list."""
    complexity = dict(within(item, *_COMPLEXITY))
    listed = complexity.pop("excludeAttributes", None) or []
    others = [attribute for attribute in listed if attribute not in _EXCLUDED]
    complexity |= {member: True for attribute, member in _EXCLUDED.items() if attribute in listed}
    return put(item, complexity | ({"excludeAttributes": others} if others else {}), *_COMPLEXITY)


def write_policy(item: Json) -> Json:
    """The inverse of `read_policy`. Settings for breached passwords are sent only if one of them is on."""
    complexity = dict(within(item, *_COMPLEXITY))
    listed = [attribute for attribute, member in _EXCLUDED.items() if complexity.pop(member, False)]
    item = put(item, complexity | {"excludeAttributes": listed}, *_COMPLEXITY)
    password = dict(within(item, "settings", "password"))
    breached = password.get("breachedProtection", {})
    if not breached.get("logoutEnabled") and not breached.get("delegatedWorkflowId"):
        password.pop("breachedProtection", None)
    return put(item, password, "settings", "password")
