"""Authentication policies (ACCESS_POLICY): the requirements for signing in to an app."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from typing import Annotated, Any, Literal, Self

from pydantic import AfterValidator, Field, StringConstraints, model_validator

from reconciler.kinds.conditions import became, fewer, more
from reconciler.kinds.device_assurance import DeviceAssuranceRef
from reconciler.kinds.durations import longer
from reconciler.kinds.fields import (
    JSON_TEXT,
    Api,
    Argument,
    Bool,
    Checked,
    ListOf,
    Name,
    OnDelete,
    Only,
    Owns,
    Prioritised,
    ProviderDefault,
    ProviderOnly,
    Purpose,
    Ref,
    Relates,
    ServerFilled,
    SetOf,
    Status,
    each,
)
from reconciler.kinds.gates import Gate, gates_of
from reconciler.kinds.kind import Kind, LastOne, Protection, register
from reconciler.kinds.part import Json, Part, Spec
from reconciler.kinds.policies import (
    OTHER_CONDITIONS,
    SCOPE,
    FromNetwork,
    GroupsExcluded,
    GroupsIncluded,
    RuleName,
    default_policy,
    is_system,
    policies,
    policies_written,
    zones_needed,
)
from reconciler.kinds.provider import Provider
from reconciler.kinds.refusals import Phase, Refusal
from reconciler.kinds.risks import Change, changed
from reconciler.kinds.shapes import WholeList
from reconciler.kinds.sign_in_strength import (
    admits_more,
    asked_less_often,
    asks_for_less,
    chains_admit_more,
    demands,
    factors,
    pairs,
    undeclared,
    weaker,
)
from reconciler.kinds.threats import (
    ASKED_LESS_OFTEN,
    CONDITIONS_CHANGED,
    MFA_WEAKENED,
    PEOPLE_EXEMPTED,
    RULE_ADDED,
    RULE_SWITCHED_OFF,
)
from reconciler.kinds.user_conditions import ForUsers, rules_name_other_users
from reconciler.kinds.verification_methods import (
    CHAIN_TEXTS,
    CHAINS,
    Constraint,
    Duration,
    MethodChain,
    has_step_intervals,
)

UserTypeRef = Annotated[str, Ref("user-type")]
AuthenticationPolicyRef = Annotated[str, Ref("authentication-policy")]

_VERIFICATION = "actions.appSignOn.verificationMethod"


class Platform(Part):
    """A device platform."""

    type: Annotated[Literal["ANY", "DESKTOP", "MOBILE"], Checked()] = "ANY"
    """Type of the platform."""
    os_type: Annotated[
        Literal["ANDROID", "CHROMEOS", "IOS", "LINUX", "MACOS", "OTHER", "WINDOWS"], Api("os.type"), Checked()
    ]
    """Operating system. List each one: the provider refuses `ANY`."""
    os_expression: Annotated[
        str,
        Api("os.expression"),
        Only(lambda platform: platform.os_type == "OTHER", "only os_type: OTHER has an expression"),
    ] = ""
    """Expression that matches the operating system; only with `OTHER`."""


class KeepMeSignedIn(Part):
    """Keep Me Signed In: whether users can stay signed in."""

    post_auth: Annotated[Literal["ALLOWED", "NOT_ALLOWED"], Checked()] = "NOT_ALLOWED"
    """Whether users are prompted to stay signed in after they authenticate."""
    post_auth_prompt_frequency: Duration | None = None
    """Interval between prompts."""


def _not_the_catch_all_rule(name: str) -> str:
    if name == "Catch-all Rule":
        raise ValueError("this rule exists in every authentication policy: choose another name")
    return name


def _demand_less(change: Change) -> bool:
    before, now = change.expected or (), change.actual or ()
    return demands(now) < demands(before) or admits_more(before, now)


def _chains_admit_more(change: Change) -> bool:
    return chains_admit_more(change.expected or (), change.actual or ())


def _last_longer(change: Change) -> bool:
    return longer(change.expected, change.actual)


def _stay_signed_in(change: Change) -> bool:
    return isinstance(change.actual, dict) and change.actual.get("post_auth") == "ALLOWED"


def _weaker_rules(change: Change) -> bool:
    return weaker(change.expected or (), change.actual or ())


def _rules_ask_less_often(change: Change) -> bool:
    return any(asked_less_often(before, now) for before, now in pairs(change.expected or (), change.actual or ()))


def _rules_added(change: Change) -> bool:
    """Whether an active rule is not declared, under this name or another."""
    return bool(undeclared(change.expected or (), change.actual or ()))


def _expression_changed(change: Change) -> bool:
    """Whether an expression changed: which sign-ins its rule matches now is unknown."""
    both = pairs(change.expected or (), change.actual or ())
    return any(before.get(_EXPRESSION) != now.get(_EXPRESSION) for before, now in both)


_OF_ASSURANCE = Only(lambda rule: rule.type != "AUTH_METHOD_CHAIN", "a chain says which methods users verify with")
_EXPRESSION = "custom_expression"
_CONDITIONS = (
    "groups_included",
    "groups_excluded",
    "user_types_included",
    "user_types_excluded",
    "device_is_registered",
    "device_is_managed",
    "device_assurances_included",
    "platforms",
    "risk_score",
    _EXPRESSION,
)


def _have_a_name_in_common(policy: Any) -> bool:
    names = [_name(rule) for rule in policy.rules or ()]
    return len(names) > len(set(names))


def _name(rule: Any) -> str:
    return str(rule["name"] if isinstance(rule, dict) else rule.name)


class AuthenticationRule(FromNetwork, ForUsers):
    """A rule of an authentication policy."""

    risks = (
        changed(MFA_WEAKENED, "factor_mode", when=became("1FA")),
        changed(MFA_WEAKENED, "access", when=became("ALLOW")),
        changed(MFA_WEAKENED, "constraints", when=_demand_less),
        changed(MFA_WEAKENED, "type"),
        changed(MFA_WEAKENED, "chains", when=_chains_admit_more),
        changed(ASKED_LESS_OFTEN, "re_authentication_frequency", "inactivity_period", when=_last_longer),
        changed(ASKED_LESS_OFTEN, "keep_me_signed_in", when=_stay_signed_in),
        changed(CONDITIONS_CHANGED, *_CONDITIONS),
    )

    name: Annotated[RuleName, AfterValidator(_not_the_catch_all_rule)]
    """Name of the rule, unique in its policy."""
    access: Annotated[Literal["ALLOW", "DENY"], Api("actions.appSignOn.access"), Checked()] = "ALLOW"
    """Whether the rule allows or denies access."""
    type: Annotated[Literal["ASSURANCE", "AUTH_METHOD_CHAIN"], Api(f"{_VERIFICATION}.type")] = "ASSURANCE"
    """Type of the verification method: a number of factors, or chains of authentication methods."""
    factor_mode: Annotated[Literal["1FA", "2FA"], Api(f"{_VERIFICATION}.factorMode"), Checked(), _OF_ASSURANCE] = "2FA"
    """Number of factors required."""
    constraints: Annotated[
        ListOf[Constraint],
        Api(f"{_VERIFICATION}.constraints"),
        Argument("constraints", each(JSON_TEXT), as_api=True),
        _OF_ASSURANCE,
    ] = ()
    """Combinations of factors, one of which is required. Empty: any factors."""
    chains: Annotated[
        ListOf[MethodChain],
        Field(max_length=5),
        Api(f"{_VERIFICATION}.chains", CHAINS),
        Argument("chains", CHAIN_TEXTS, as_api=True),
        Only(lambda rule: rule.type == "AUTH_METHOD_CHAIN", "only type: AUTH_METHOD_CHAIN has chains"),
    ] = ()
    """Chains of authentication methods, one of which is required; at most 5."""
    re_authentication_frequency: Annotated[
        Duration,
        Api(f"{_VERIFICATION}.reauthenticateIn"),
        ServerFilled(),
        Only(lambda rule: not has_step_intervals(rule), "the steps of the chains have reauthenticate_in"),
    ] = "PT2H"
    """Duration after which users must authenticate again; `PT0S` for every sign-in."""
    inactivity_period: Annotated[Duration | None, Api(f"{_VERIFICATION}.inactivityPeriod"), _OF_ASSURANCE] = None
    """Duration of inactivity after which users must authenticate again."""
    groups_included: GroupsIncluded = frozenset()
    """Groups that the rule applies to."""
    groups_excluded: GroupsExcluded = frozenset()
    """Groups that the rule does not apply to."""
    user_types_included: Annotated[
        SetOf[UserTypeRef],
        Relates(Purpose.OTHER, OnDelete.REFUSED),
        Api("conditions.userType.include"),
        Argument("user_types_includeds"),
    ] = frozenset()
    """Types of users that the rule applies to; empty for all."""
    user_types_excluded: Annotated[
        SetOf[UserTypeRef],
        Relates(Purpose.OTHER, OnDelete.REFUSED),
        Api("conditions.userType.exclude"),
        Argument("user_types_excludeds"),
    ] = frozenset()
    """Types of users that the rule does not apply to."""
    device_is_registered: Annotated[Bool | None, Api("conditions.device.registered")] = None
    """Whether the device must be registered with Okta Verify."""
    device_is_managed: Annotated[Bool | None, Api("conditions.device.managed")] = None
    """Whether the device must be managed; needs `device_is_registered: true`."""
    device_assurances_included: Annotated[
        SetOf[DeviceAssuranceRef],
        Relates(Purpose.OTHER, OnDelete.REFUSED),
        Api("conditions.device.assurance.include"),
        Argument("device_assurances_includeds"),
    ] = frozenset()
    """Device assurances, one of which the device must meet, such as `device-assurance-macos managed`. Empty: none."""
    platforms: Annotated[SetOf[Platform], Api("conditions.platform.include"), Argument("platform_includes")] = (
        frozenset()
    )
    """Device platforms that the rule applies to."""
    risk_score: Annotated[
        Literal["ANY", "LOW", "MEDIUM", "HIGH"], Api("conditions.riskScore.level"), Checked(), ServerFilled()
    ] = "ANY"
    """Risk level of sign-ins that the rule applies to."""
    custom_expression: Annotated[str | None, Api("conditions.elCondition.condition")] = None
    """Okta Expression Language expression that must be true."""
    keep_me_signed_in: Annotated[KeepMeSignedIn, Api("actions.appSignOn.keepMeSignedIn")] = KeepMeSignedIn()
    """Keep Me Signed In settings."""
    status: Annotated[Status, Checked()] = "ACTIVE"
    """An `INACTIVE` rule is not evaluated."""

    @model_validator(mode="after")
    def _chain_needs_chains(self) -> Self:
        if self.type == "AUTH_METHOD_CHAIN" and not self.chains:
            raise ValueError("type: AUTH_METHOD_CHAIN needs chains")
        return self


def _gates(policy: Spec) -> Sequence[Gate]:
    """The rules. Okta's Catch-all Rule is not one of them."""
    others = (
        "user_types_included",
        "user_types_excluded",
        "risk_score",
        "device_is_registered",
        "device_is_managed",
        "device_assurances_included",
        "platforms",
        "users_included",
        _EXPRESSION,
    )
    return gates_of(policy.get("rules") or (), others)


class AuthenticationRules(Part):
    """All rules of one authentication policy except Okta's Catch-all Rule.

    The whole list is one resource, because the provider's resource for a single rule cannot keep an order.
    """

    risks = (
        changed(MFA_WEAKENED, "rules", when=_weaker_rules),
        changed(MFA_WEAKENED, "*verificationMethod.chains*"),
        changed(RULE_ADDED, "rules", when=_rules_added),
        changed(RULE_ADDED, "rules[]", when=more),
        changed(RULE_SWITCHED_OFF, "rules[]", when=fewer),
        changed(ASKED_LESS_OFTEN, "rules", when=_rules_ask_less_often),
        changed(CONDITIONS_CHANGED, "rules", when=_expression_changed),
        changed(PEOPLE_EXEMPTED, "rules", when=rules_name_other_users),
        *OTHER_CONDITIONS,
    )
    refusals = (Refusal("rules", _have_a_name_in_common, "the name of each rule must be unique", Phase.PREVIEW),)

    rules: Annotated[ListOf[AuthenticationRule], Prioritised()]
    """Rules in priority order; the first one that matches applies."""


class AuthenticationPolicy(Part):
    """The requirements for signing in to an app (`/api/v1/policies?type=ACCESS_POLICY`).

    Apps name the policy that they use. If a policy is deleted, its apps get the default policy.
    """

    name: Name
    """Name of the policy, unique among policies of its type."""
    description: Annotated[str, StringConstraints(min_length=1, max_length=255)]
    """Description of the policy. The provider requires it."""
    catch_all: Annotated[
        Bool | None,
        ProviderDefault(True),
        ProviderOnly("the provider applies it only when it creates the policy; reports compare the rule itself"),
    ] = None
    """`false`: Okta's Catch-all Rule of a new policy denies access. Otherwise it allows access. If definitions change
    it later, the rule stays as it is."""
    rules: Annotated[
        ListOf[AuthenticationRule] | None,
        Field(min_length=1),
        Owns("authentication-policy-rules", whole=True),
    ] = None
    """Rules in priority order; the first one that matches applies. Okta's Catch-all Rule comes last."""


def _on_creation(policy: Spec) -> tuple[str, Json] | None:
    """The Catch-all Rule denies access."""
    return ("rules", {"actions": {"appSignOn": {"access": "DENY"}}}) if policy.get("catch_all") is False else None


def _weaker(before: Protection, after: Protection) -> str:
    """Whether some sign-ins need fewer or weaker factors."""
    return "which asks for fewer or weaker factors" if asks_for_less(before.rules, after.rules) else ""


def _restricts_by(spec: Spec) -> Iterable[tuple[str, str]]:
    """The zones for which rules deny access, or require two factors."""
    for rule in spec.get("rules") or ():
        yield from zones_needed(rule, denies=rule["access"] == "DENY", asks_more=factors(rule) > 1)


AUTHENTICATION_POLICY = register(
    Kind(
        name="authentication-policy",
        resource="okta:index/appSignonPolicy:AppSignonPolicy",
        fields=AuthenticationPolicy,
        shape=policies("ACCESS_POLICY", ordered=False),
        provider=replace(policies_written("ACCESS_POLICY"), on_creation=_on_creation),
        not_declarable={"priority": "Okta does not order authentication policies: each app names its own"},
        lost_on_replace=("apps that use it and are not managed",),
        events=("policy.lifecycle.", "application.policy.sign_on."),
        system=(default_policy("the policy of apps that name none"),),
        additional_scopes=("okta.apps",),
        identity_engine=True,
        weaker=_weaker,
    )
)


AUTHENTICATION_POLICY_RULES = register(
    Kind(
        name="authentication-policy-rules",
        resource="okta:app/signonPolicyRules:SignonPolicyRules",
        fields=AuthenticationRules,
        shape=WholeList(path="rules", scope=SCOPE, built_in=is_system, key="name"),
        provider=Provider(fixed={"type": "ACCESS_POLICY"}, importable=False),
        events=("policy.rule.", "application.policy.sign_on."),
        label_field="rules",
        identity_engine=True,
        parents=("authentication-policy",),
        gates=_gates,
        last_one=LastOne("rule", "only Okta's Catch-all Rule decides about sign-ins"),
        parent_arguments=("policy_id",),
        restricts_by=_restricts_by,
    )
)
