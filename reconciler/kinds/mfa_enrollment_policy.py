"""Authenticator enrolment policies (MFA_ENROLL): which authenticators people can or must enroll, and when."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import replace
from typing import Annotated, Any, ClassVar, Final, Literal

from pydantic import AfterValidator, Field

from reconciler.kinds.authenticator import AUTHENTICATOR, SEVERAL
from reconciler.kinds.conditions import became, both, gained
from reconciler.kinds.fields import (
    Api,
    Argument,
    Codec,
    Int,
    ListOf,
    Owns,
    Purpose,
    Ref,
    Relates,
    Replaces,
    ServerFilled,
    SetOf,
    Status,
)
from reconciler.kinds.kind import Kind, LastOne, register
from reconciler.kinds.part import Json, Part, Spec
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
    RuleName,
    default_policy,
    default_written,
    only_default,
    policies_besides_default,
    policies_written,
    rules_written,
)
from reconciler.kinds.provider import LookUp
from reconciler.kinds.refusals import Phase, Refusal
from reconciler.kinds.risks import Change, Risk, changed
from reconciler.kinds.shapes import member
from reconciler.kinds.threats import ASSIGNED_TO_EVERYONE, CONDITIONS_CHANGED, ENROLMENT_WEAKENED
from reconciler.kinds.user_conditions import ExceptUsers

_TYPE: Final = "MFA_ENROLL"
_CLASSIC: Final = "only in Classic Engine tenants, which have factors instead of authenticators"
_PHISHABLE: Final = ("phone_number", "security_question")
"""The authenticators without which sign-ins are safer."""
AUTHENTICATORS: Final = (
    "duo",
    "google_otp",
    "okta_email",
    "okta_password",
    "okta_verify",
    "onprem_mfa",
    "phone_number",
    "rsa_token",
    "security_question",
    "smart_card_idp",
    "symantec_vip",
    "webauthn",
    "yubikey_token",
)
"""The keys of the authenticators of which a tenant has at most one."""


_REFUSED: Final = {"id": "", "enroll": {"self": "NOT_ALLOWED"}}
"""The entry, without its id, of one that nobody can enroll."""


def _without_comma(value: str) -> str:
    if "," in value or value != value.strip() or not value:
        raise ValueError("must be the name of a group of authenticators, without a comma")
    return value


def _joined(values: list[str]) -> str:
    return ",".join(values)


def _split(text: str) -> list[str]:
    return [part.strip() for part in text.split(",") if part.strip()]


def _weakens(change: Change) -> bool:
    """Whether another authenticator can be enrolled, or one need not or cannot be enrolled any more."""
    return change.actual != "REQUIRED" or change.expected in (None, "NOT_ALLOWED")


def _allows(change: Change) -> bool:
    """Whether an authenticator can be enrolled that could not."""
    return bool(change.actual != "NOT_ALLOWED")


class MfaEnrollmentRule(FromNetwork, ExceptUsers):
    """A rule of an authenticator enrolment policy: when people are asked to enroll."""

    refusals = (
        RESERVED_RULE_NAME,
        Refusal(
            "network_excludes",
            lambda rule: rule.network_includes and rule.network_excludes,
            "set either network_includes or network_excludes",
            Phase.PREVIEW,
        ),
    )
    risks = (
        changed(ENROLMENT_WEAKENED, "enroll", when=became("NEVER")),
        *DECIDES,
        *OTHER_CONDITIONS,
    )

    name: Annotated[RuleName, Replaces()]
    """Name of the rule, unique in its policy."""
    enroll: Annotated[Literal["CHALLENGE", "LOGIN", "NEVER"], Api("actions.enroll.self")] = "CHALLENGE"
    """When people are asked to enroll: when they need the authenticator, at the first sign-in, or never."""
    status: Status = "ACTIVE"
    """An `INACTIVE` rule is not evaluated."""
    priority: Int | None = None
    """Set by the position of the rule in the list."""


_Enrolment = Literal["REQUIRED", "OPTIONAL", "NOT_ALLOWED"]


class NamedEnrolment(Part):
    """An authenticator of which a tenant can have several, and whether people must enroll it."""

    authenticator: Annotated[str, Ref("authenticator"), Relates(Purpose.USE), Api("id"), Argument("id")]
    """The authenticator."""
    enroll: Annotated[Literal["REQUIRED", "OPTIONAL"], Api("enroll.self")] = "OPTIONAL"
    """Whether people must enroll it, or can."""


class Enrolment(Part):
    """What the enrolment policies of people and the default one share."""

    risks: ClassVar[tuple[Risk, ...]] = (
        changed(ENROLMENT_WEAKENED, *(one for one in AUTHENTICATORS if one not in _PHISHABLE), when=_weakens),
        changed(ENROLMENT_WEAKENED, *_PHISHABLE, when=both(_weakens, _allows)),
        changed(ENROLMENT_WEAKENED, "webauthn_aaguid_groups", "custom_apps", "external_idps"),
        changed(ENROLMENT_WEAKENED, "settings.authenticators*", "settings.factors*", "settings.type"),
    )

    okta_password: Annotated[
        _Enrolment | None,
        Api("authenticators.okta_password.enroll.self"),
        Argument("okta_password.enroll"),
        ServerFilled(),
    ] = None
    """Password."""
    okta_verify: Annotated[
        _Enrolment | None, Api("authenticators.okta_verify.enroll.self"), Argument("okta_verify.enroll"), ServerFilled()
    ] = None
    """Okta Verify."""
    webauthn: Annotated[
        _Enrolment | None, Api("authenticators.webauthn.enroll.self"), Argument("webauthn.enroll"), ServerFilled()
    ] = None
    """Security keys and biometrics (FIDO2)."""
    okta_email: Annotated[
        _Enrolment | None, Api("authenticators.okta_email.enroll.self"), Argument("okta_email.enroll"), ServerFilled()
    ] = None
    """E-mail."""
    phone_number: Annotated[
        _Enrolment | None,
        Api("authenticators.phone_number.enroll.self"),
        Argument("phone_number.enroll"),
        ServerFilled(),
    ] = None
    """Phone: text messages and calls."""
    security_question: Annotated[
        _Enrolment | None,
        Api("authenticators.security_question.enroll.self"),
        Argument("security_question.enroll"),
        ServerFilled(),
    ] = None
    """Security question."""
    google_otp: Annotated[
        _Enrolment | None, Api("authenticators.google_otp.enroll.self"), Argument("google_otp.enroll"), ServerFilled()
    ] = None
    """Google Authenticator."""
    smart_card_idp: Annotated[
        _Enrolment | None,
        Api("authenticators.smart_card_idp.enroll.self"),
        Argument("smart_card_idp.enroll"),
        ServerFilled(),
    ] = None
    """Smart card."""
    yubikey_token: Annotated[
        _Enrolment | None,
        Api("authenticators.yubikey_token.enroll.self"),
        Argument("yubikey_token.enroll"),
        ServerFilled(),
    ] = None
    """YubiKey with one-time passwords."""
    duo: Annotated[_Enrolment | None, Api("authenticators.duo.enroll.self"), Argument("duo.enroll"), ServerFilled()] = (
        None
    )
    """Duo Security."""
    rsa_token: Annotated[
        _Enrolment | None, Api("authenticators.rsa_token.enroll.self"), Argument("rsa_token.enroll"), ServerFilled()
    ] = None
    """RSA SecurID."""
    symantec_vip: Annotated[
        _Enrolment | None,
        Api("authenticators.symantec_vip.enroll.self"),
        Argument("symantec_vip.enroll"),
        ServerFilled(),
    ] = None
    """Symantec VIP."""
    onprem_mfa: Annotated[
        _Enrolment | None, Api("authenticators.onprem_mfa.enroll.self"), Argument("onprem_mfa.enroll"), ServerFilled()
    ] = None
    """On-premises MFA."""
    webauthn_aaguid_groups: Annotated[
        SetOf[Annotated[str, AfterValidator(_without_comma)]] | None,
        Field(min_length=1),
        Api("authenticators.webauthn.constraints.aaguidGroups"),
        Argument("webauthn.constraints", Codec(encode=_joined, decode=_split)),
        ServerFilled(),
    ] = None
    """Groups of authenticators, by their AAGUIDs, that people can enroll as security keys. Left out: not managed."""

    custom_apps: Annotated[SetOf[NamedEnrolment], Api("authenticators.custom_app")] = frozenset()
    """Authenticators that are apps of your own (`custom_app`). Nobody can enroll the others."""
    external_idps: Annotated[SetOf[NamedEnrolment], Api("authenticators.external_idp")] = frozenset()
    """Identity providers that are authenticators (`external_idp`). Nobody can enroll the others."""


class MfaEnrollmentPolicy(Enrolment, ForGroups):
    """The authenticators that people can or must enroll (`/api/v1/policies?type=MFA_ENROLL`).

    An authenticator that is left out keeps what Okta has: declare `NOT_ALLOWED` for those that nobody shall enroll. The
    authenticator must be active in the tenant.
    """

    refusals = (RESERVED_POLICY_NAME,)
    risks = (
        changed(ASSIGNED_TO_EVERYONE, "groups_included", when=gained("everyone"), new=True),
        changed(CONDITIONS_CHANGED, "groups_included"),
        *DECIDES,
        *OTHER_CONDITIONS,
    )

    status: Status = "ACTIVE"
    """An `INACTIVE` policy is not evaluated."""
    rules: Annotated[ListOf[MfaEnrollmentRule], Owns("mfa-enrollment-policy-rule")] = ()
    """Rules in priority order; the first one that matches applies."""


class MfaEnrollmentPolicyDefault(Enrolment):
    """The authenticators of people to whom no other enrolment policy applies. Every tenant has this policy.

    An authenticator that is left out keeps what Okta has. A definition that is removed leaves the policy as it is.
    """

    rules: Annotated[ListOf[MfaEnrollmentRule], Owns("mfa-enrollment-policy-rule")] = ()
    """Rules in priority order, before Okta's own `Default Rule`; the first one that matches applies."""


def _by_key(item: Json) -> Json:
    """The policy with its authenticators by key, without those that can be several and that nobody can enroll."""
    settings = dict(item.get("settings") or {})
    listed = [one for one in settings.pop("authenticators", ()) or () if isinstance(one, Mapping)]
    found: Json = {key: [] for key in SEVERAL}
    rest: list[Json] = []
    for one in listed:
        entry = {name: value for name, value in one.items() if name != "key"}
        if one.get("key") in AUTHENTICATORS:
            found[one["key"]] = entry
        elif one.get("key") in SEVERAL and member(entry, "enroll.self") != "NOT_ALLOWED":
            found[one["key"]].append(entry)
        elif one.get("key") not in SEVERAL or {**entry, "id": ""} != _REFUSED:
            rest.append(dict(one))
    return item | {"settings": settings | ({"authenticators": rest} if rest else {}), "authenticators": found}


def _as_list(body: Json) -> Json:
    """The inverse of `_by_key`."""
    whole = {name: value for name, value in body.items() if name != "authenticators"}
    settings = dict(whole.get("settings") or {})
    entries = dict(body.get("authenticators") or {})
    several = [{"key": key, **one} for key in SEVERAL for one in entries.pop(key, None) or ()]
    known = [{"key": key, **entry} for key, entry in entries.items()]
    return whole | {
        "settings": settings | {"authenticators": [*known, *several, *(settings.get("authenticators") or ())]}
    }


def _used(policy: Spec) -> list[str]:
    """The keys of the authenticators that a policy uses."""
    return [key for key in AUTHENTICATORS if policy.get(key) not in (None, "NOT_ALLOWED")]


def _unusable(policy: Spec, authenticators: Iterable[Json]) -> str:
    """Which authenticators of a policy are not active in the tenant."""
    active = {one["key"] for one in authenticators if one.get("status") == "ACTIVE"}
    missing = sorted(set(_used(policy)) - active)
    return f"not active in the tenant: {', '.join(missing)}. Activate them, or declare NOT_ALLOWED" if missing else ""


_LOOKED_UP: Final = LookUp(
    request=AUTHENTICATOR.shape.path, scope=AUTHENTICATOR.shape.scope, before_create=True, refused=_unusable
)
_WRITTEN = policies_written(_TYPE, ordered=True)
_DEFAULT_WRITTEN = default_written(_TYPE)
_FRESH: Final[Mapping[str, Collection[Any]]] = {
    **{f"authenticators.{key}.enroll.self": ("NOT_ALLOWED",) for key in AUTHENTICATORS},
    "authenticators.okta_email.enroll.self": ("OPTIONAL",),
    "authenticators.okta_password.enroll.self": ("REQUIRED",),
    "authenticators.okta_verify.enroll.self": ("OPTIONAL",),
    "authenticators.phone_number.enroll.self": ("OPTIONAL",),
}
"""What people can enroll by the default policy of a new tenant."""
_NOT_DECLARABLE: Final = {
    "external_idp": "an older spelling of external_idps, for one identity provider",
    **dict.fromkeys(
        ("fido_u2f", "fido_webauthn", "hotp", "okta_call", "okta_otp", "okta_push", "okta_question", "okta_sms"),
        _CLASSIC,
    ),
}

MFA_ENROLLMENT_POLICY = register(
    Kind(
        name="mfa-enrollment-policy",
        resource="okta:policy/mfa:Mfa",
        fields=MfaEnrollmentPolicy,
        shape=policies_besides_default(_TYPE),
        provider=replace(_WRITTEN, fixed={**_WRITTEN.fixed, "settings.type": "AUTHENTICATORS"}, looks_up=(_LOOKED_UP,)),
        follows=("authenticator",),
        fixed_arguments={"is_oie": True},
        identity_engine=True,
        events=("policy.lifecycle.",),
        system=(default_policy("the enrolment policy that applies if no other does"),),
        not_declarable=_NOT_DECLARABLE,
        read_api=_by_key,
        write_api=_as_list,
    )
)

MFA_ENROLLMENT_POLICY_DEFAULT = register(
    Kind(
        name="mfa-enrollment-policy-default",
        resource="okta:index/policyMfaDefault:PolicyMfaDefault",
        fields=MfaEnrollmentPolicyDefault,
        shape=only_default(_TYPE),
        provider=replace(_DEFAULT_WRITTEN, fixed={**_DEFAULT_WRITTEN.fixed, "settings.type": "AUTHENTICATORS"}),
        label_field="",
        follows=("authenticator",),
        fixed_arguments={"is_oie": True},
        identity_engine=True,
        events=("policy.lifecycle.",),
        fresh={**FRESH_DEFAULT, **_FRESH},
        generated=OF_DEFAULT,
        not_declarable=_NOT_DECLARABLE,
        read_api=_by_key,
        write_api=_as_list,
    )
)

MFA_ENROLLMENT_POLICY_RULE = register(
    Kind(
        name="mfa-enrollment-policy-rule",
        resource="okta:policy/ruleMfa:RuleMfa",
        fields=MfaEnrollmentRule,
        shape=RULES,
        provider=rules_written(_TYPE),
        lost_on_replace=("users included by name",),
        events=("policy.rule.",),
        parents=("mfa-enrollment-policy", "mfa-enrollment-policy-default"),
        last_one=LastOne("rule", "the policy asks nobody to enroll, and the next one does"),
        parent_arguments=("policy_id",),
        not_declarable={
            **dict.fromkeys(("app_excludes", "app_includes"), "only in Classic Engine tenants"),
        },
    )
)
