"""Profile enrolment policies (PROFILE_ENROLLMENT): whether people can register themselves, and what they are asked."""

from __future__ import annotations

from typing import Annotated, Final, Literal

from pydantic import Field

from reconciler.kinds.conditions import became, more
from reconciler.kinds.fields import (
    Api,
    Argument,
    Bool,
    ListOf,
    Name,
    OnDelete,
    Owns,
    Purpose,
    Ref,
    Relates,
    Replaces,
    ServerFilled,
    SetOf,
    Status,
)
from reconciler.kinds.group import GroupRef
from reconciler.kinds.kind import Kind, register
from reconciler.kinds.part import Json, Part
from reconciler.kinds.policies import SCOPE, SWITCHED_OFF, default_policy, policies, policies_written
from reconciler.kinds.provider import Provider
from reconciler.kinds.refusals import Phase, Refusal
from reconciler.kinds.risks import appeared, changed
from reconciler.kinds.shapes import BelowNamedOwner, WholeSet, always, in_address
from reconciler.kinds.threats import (
    ATTRIBUTE_OPENED,
    ENROLMENT_WEAKENED,
    HOOK_SILENCED,
    REGISTRATION_OPENED,
    RULE_ADDED,
)

_TYPE: Final = "PROFILE_ENROLLMENT"
_ACTION: Final = "actions.profileEnrollment"
_App = Annotated[str, Ref("app", plain_id=True)]


class ProfileEnrollmentPolicy(Part):
    """A policy about people who register themselves (`/api/v1/policies?type=PROFILE_ENROLLMENT`).

    What it allows is in its rule, a `profile-enrollment-rule`. Apps that no policy has use the default policy.
    """

    refusals = (
        Refusal(
            "name",
            lambda policy: policy.name == "Default Policy",
            "this policy exists in every tenant: refer to it as `default`, or choose another name",
            Phase.DELETE,
        ),
    )
    risks = (*SWITCHED_OFF, appeared(RULE_ADDED))

    name: Name
    """Name of the policy."""
    status: Status = "ACTIVE"
    """An `INACTIVE` policy is not evaluated."""
    apps: Annotated[SetOf[_App] | None, Owns("profile-enrollment-apps", whole=True)] = None
    """Apps that use the policy, each as `KIND NAME`. Left out: not managed."""


class ProfileEnrollmentApps(Part):
    """All apps that use a profile enrolment policy (`/api/v1/policies/{id}/mappings`).

    An app uses exactly one: without another, the default policy. The provider gives an app that one policy loses to the
    default policy, even if another policy just got it: an app that moves may need a second `up`.
    """

    risks = (changed(REGISTRATION_OPENED, "apps", new=True),)

    apps: Annotated[SetOf[_App], Relates(Purpose.OTHER)]
    """The apps. All others go back to the default policy."""


class ProfileAttribute(Part):
    """An attribute that people are asked for."""

    name: Name
    """Name of the attribute in the profile of users."""
    label: Annotated[str, Field(min_length=1)]
    """What people see."""
    required: Bool = False
    """Whether people must fill it in."""


_ASKED_AT_FIRST: Final = [
    {"name": "email", "label": "Email", "required": True},
    {"name": "firstName", "label": "First name", "required": True},
    {"name": "lastName", "label": "Last name", "required": True},
]
"""What the rule of a new policy asks people for."""
_HOOKS: Final = "preRegistrationInlineHooks"
_GROUPS: Final = "targetGroupIds"
_HOOK: Final = "inlineHookId"
_GROUP: Final = "targetGroupId"
_DETAILS: Final = "inlineHook"
"""The member with what else the first hook contains."""


def _read_rule(item: Json) -> Json:
    """The rule with the first hook and the first group in members of their own. The provider knows no others."""
    action = dict((item.get("actions") or {}).get("profileEnrollment") or {})
    if hooks := action.pop(_HOOKS, None):
        first = dict(hooks[0])
        action |= {_HOOK: first.pop(_HOOK, None)}
        action |= ({_DETAILS: first} if first else {}) | ({_HOOKS: hooks[1:]} if hooks[1:] else {})
    if groups := action.pop(_GROUPS, None):
        action |= {_GROUP: groups[0]} | ({_GROUPS: groups[1:]} if groups[1:] else {})
    return item | {"actions": (item.get("actions") or {}) | {"profileEnrollment": action}}


def _write_rule(body: Json) -> Json:
    """The inverse of `_read_rule`."""
    action = dict((body.get("actions") or {}).get("profileEnrollment") or {})
    more, details = list(action.pop(_HOOKS, None) or ()), action.pop(_DETAILS, {})
    if hook := action.pop(_HOOK, None):
        more.insert(0, {_HOOK: hook, **details})
    groups = [*filter(None, [action.pop(_GROUP, None)]), *(action.pop(_GROUPS, None) or ())]
    action |= ({_HOOKS: more} if more else {}) | ({_GROUPS: groups} if groups else {})
    return body | {"actions": (body.get("actions") or {}) | {"profileEnrollment": action}}


class ProfileEnrollmentRule(Part):
    """The rule of a profile enrolment policy. Each policy has exactly one, which Okta creates together with it."""

    risks = (
        changed(REGISTRATION_OPENED, "unknown_user_action", when=became("REGISTER"), new=True),
        changed(REGISTRATION_OPENED, "access", when=became("ALLOW")),
        changed(REGISTRATION_OPENED, "email_verification", when=became(False), new=True),
        changed(REGISTRATION_OPENED, "target_group", f"{_ACTION}.{_GROUPS}*"),
        changed(HOOK_SILENCED, "inline_hook", f"{_ACTION}.{_HOOKS}*"),
        changed(ENROLMENT_WEAKENED, "enroll_authenticator_types"),
        changed(ATTRIBUTE_OPENED, "profile_attributes", when=more),
    )

    policy: Annotated[str, Ref("profile-enrollment-policy"), Relates(Purpose.OTHER), Argument("policy_id"), Replaces()]
    """The policy that the rule belongs to; `default` for the one that every tenant has."""
    unknown_user_action: Annotated[Literal["DENY", "REGISTER"], Api(f"{_ACTION}.unknownUserAction")]
    """Whether people without an account are turned away, or can register."""
    access: Annotated[Literal["ALLOW", "DENY"], Api(f"{_ACTION}.access")] = "ALLOW"
    """Whether people get in at all."""
    email_verification: Annotated[Bool, Api(f"{_ACTION}.activationRequirements.emailVerification")] = True
    """Whether people must verify their e-mail address before they get in."""
    enroll_authenticator_types: Annotated[
        SetOf[str], Field(examples=["password", "email"]), Api(f"{_ACTION}.enrollAuthenticatorTypes")
    ] = frozenset()
    """Types of authenticators that people set up when they register, such as `password`."""
    inline_hook: Annotated[
        Annotated[str, Ref("inline-hook")] | None,
        Relates(Purpose.USE, OnDelete.REFUSED),
        Api(f"{_ACTION}.{_HOOK}"),
        Argument("inline_hook_id"),
        ServerFilled(),
    ] = None
    """Inline hook that decides about each registration. Left out: as it is, for the provider cannot remove it."""
    target_group: Annotated[
        GroupRef | None,
        Relates(Purpose.MEMBERSHIP),
        Api(f"{_ACTION}.{_GROUP}"),
        Argument("target_group_id"),
        ServerFilled(),
    ] = None
    """Group that people join when they register. Left out: as it is, for the provider cannot remove it."""
    profile_attributes: Annotated[
        ListOf[ProfileAttribute], Field(min_length=1, max_length=10), Api(f"{_ACTION}.profileAttributes")
    ]
    """Attributes that people are asked for, in this order."""
    progressive_profiling_action: Annotated[
        Literal["ENABLED", "DISABLED"], Api(f"{_ACTION}.progressiveProfilingAction")
    ] = "DISABLED"
    """Whether people with an account are asked at sign-in for attributes that are missing."""


PROFILE_ENROLLMENT_POLICY = register(
    Kind(
        name="profile-enrollment-policy",
        resource="okta:index/policyProfileEnrollment:PolicyProfileEnrollment",
        fields=ProfileEnrollmentPolicy,
        shape=policies(_TYPE, ordered=False),
        provider=policies_written(_TYPE),
        identity_engine=True,
        events=("policy.lifecycle.",),
        system=(default_policy("the profile enrolment policy of apps that have no other"),),
    )
)

PROFILE_ENROLLMENT_APPS = register(
    Kind(
        name="profile-enrollment-apps",
        resource="okta:index/policyProfileEnrollmentApps:PolicyProfileEnrollmentApps",
        fields=ProfileEnrollmentApps,
        shape=WholeSet(
            path="mappings",
            scope=SCOPE,
            query="limit=200",
            value=in_address("_links.application.href"),
            assigned_at="/api/v1/apps/{value}/policies/{owner}",
        ),
        additional_scopes=("okta.apps",),
        identity_engine=True,
        events=("policy.mapping.create",),
        label_field="apps",
        parents=("profile-enrollment-policy",),
        parent_arguments=("policy_id",),
        of_owners=lambda policy: policy.get("system") is not True,
        writes_elsewhere={"apps": ("_links.profileEnrollment.href",)},
    )
)

PROFILE_ENROLLMENT_RULE = register(
    Kind(
        name="profile-enrollment-rule",
        resource="okta:index/policyRuleProfileEnrollment:PolicyRuleProfileEnrollment",
        fields=ProfileEnrollmentRule,
        label_field="policy",
        owned_by="policy",
        shape=BelowNamedOwner(path="/api/v1/policies/{id}/rules", scope=SCOPE),
        provider=Provider(
            fixed={"type": _TYPE},
            keeps=("name", "priority", "status", "system", f"{_ACTION}.uiSchemaId"),
            takes_over=lambda spec, rule: always(rule),
            deletes_nothing=True,
        ),
        identity_engine=True,
        not_declarable={"ui_schema_id": "Okta generates it, and the provider sends back what it reads"},
        events=("policy.rule.",),
        fresh={
            f"{_ACTION}.unknownUserAction": ("DENY",),
            f"{_ACTION}.access": ("ALLOW",),
            f"{_ACTION}.activationRequirements.emailVerification": (True,),
            f"{_ACTION}.profileAttributes": (_ASKED_AT_FIRST,),
            f"{_ACTION}.progressiveProfilingAction": ("DISABLED",),
        },
        generated=("system", "name"),
        read_api=_read_rule,
        write_api=_write_rule,
    )
)
