"""Global session policies (OKTA_SIGN_ON): the requirements for an Okta session."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Annotated, Any, Literal, Self

from pydantic import Field, model_validator

from reconciler.kinds.behavior import BehaviorRef
from reconciler.kinds.conditions import became, both, gained, is_not, larger, larger_or_unlimited, more
from reconciler.kinds.fields import (
    Api,
    Argument,
    Bool,
    Codec,
    Int,
    Lifetime,
    ListOf,
    Name,
    Only,
    Owns,
    ProviderDefault,
    Purpose,
    Ref,
    Relates,
    Replaces,
    ServerFilled,
    SetOf,
    Status,
    each,
)
from reconciler.kinds.gates import Gate, gates_of
from reconciler.kinds.kind import Kind, LastOne, Protection, register
from reconciler.kinds.part import Part, Spec
from reconciler.kinds.policies import (
    DECIDES,
    OTHER_CONDITIONS,
    RESERVED_POLICY_NAME,
    RESERVED_RULE_NAME,
    RULES,
    FromNetwork,
    PeopleIncluded,
    Position,
    RuleName,
    default_policy,
    policies,
    policies_written,
    rules_written,
    zones_needed,
)
from reconciler.kinds.refusals import Phase, Refusal
from reconciler.kinds.risks import Change, changed, gone, weakened
from reconciler.kinds.threats import (
    ASKED_LESS_OFTEN,
    ASSIGNED_TO_EVERYONE,
    CONDITIONS_CHANGED,
    LASTS_LONGER,
    MFA_WEAKENED,
)
from reconciler.kinds.user_conditions import ExceptUsers

IdentityProviderRef = Annotated[str, Ref("idp-oidc", "idp-saml", "idp-social", plain_id=True)]


class Factor(Part):
    """A second factor."""

    factor_type: str
    """Factor type, such as `push`, `sms` or `token:software:totp`."""
    provider: str
    """Factor provider, such as `OKTA` or `GOOGLE`."""


class FactorSequence(Part):
    """One way to sign in: a first factor, optionally followed by one of several second factors."""

    primary_criteria_factor_type: Annotated[str, Api("factorType")]
    """Type of the first factor, such as `password`."""
    primary_criteria_provider: Annotated[str, Api("provider")]
    """Provider of the first factor, such as `OKTA`."""
    secondary_criteria: Annotated[ListOf[Factor], Api("next"), Argument("secondary_criterias")] = ()
    """Second factors, one of which is required. Empty: no second factor."""


def _as_step(sequence: dict[str, Any]) -> dict[str, Any]:
    first = {"factorType": sequence["factorType"], "provider": sequence["provider"]}
    following = sequence.get("next")
    return {"criteria": [first]} | ({"next": [{"criteria": following}]} if following else {})


def _as_sequence(step: dict[str, Any]) -> dict[str, Any]:
    following = [one for later in step.get("next") or () for one in later["criteria"]]
    return {**step["criteria"][0], "next": following}


_CHAIN = each(Codec(encode=_as_step, decode=_as_sequence))


_STRICTER = ("ALLOW", "CHALLENGE", "DENY")
"""The values of `access`, the strictest last."""


def _decides_less_strictly(change: Change) -> bool:
    known = change.expected in _STRICTER and change.actual in _STRICTER
    return known and _STRICTER.index(change.actual) < _STRICTER.index(change.expected)


_PROMPTS = ("ALWAYS", "SESSION", "DEVICE")
"""The values of `mfa_prompt`, the most frequent first."""


def _prompts_less_often(change: Change) -> bool:
    known = change.expected in _PROMPTS and change.actual in _PROMPTS
    return known and _PROMPTS.index(change.actual) > _PROMPTS.index(change.expected)


def _restricted(change: Change) -> bool:
    """Whether the rule denies sign-ins, or asks for more factors: without it, a later rule or policy decides."""
    rule = change.spec
    return bool(rule.get("access") == "DENY" or rule.get("mfa_required") or rule.get("factor_sequence"))


def _gates(rule: Spec) -> Sequence[Gate]:
    """The rule itself. Its policy names the groups."""
    return gates_of(
        [rule], ("authtype", "identity_provider", "identity_providers", "risk_level", "behaviors"), _requires
    )


def _requires(rule: Mapping[str, Any]) -> int:
    """How often a rule asks for another factor; 0 for never."""
    if rule.get("access") == "CHALLENGE":
        return len(_PROMPTS)
    prompt = rule.get("mfa_prompt")
    return len(_PROMPTS) - _PROMPTS.index(prompt) if rule.get("mfa_required") and prompt in _PROMPTS else 0


def _names_no_provider(rule: Any) -> bool:
    return rule.identity_provider == "SPECIFIC_IDP" and not rule.identity_providers


class GlobalSessionRule(FromNetwork, ExceptUsers):
    """A rule of a global session policy."""

    risks = (
        changed(MFA_WEAKENED, "access", when=_decides_less_strictly),
        changed(MFA_WEAKENED, "mfa_required", when=became(False)),
        changed(MFA_WEAKENED, "factor_sequence", when=more),
        changed(MFA_WEAKENED, "status", when=both(is_not("ACTIVE"), _restricted)),
        gone(MFA_WEAKENED, when=_restricted, replaced=False),
        changed(ASKED_LESS_OFTEN, "mfa_prompt", when=_prompts_less_often),
        changed(ASKED_LESS_OFTEN, "mfa_lifetime", when=larger),
        changed(ASKED_LESS_OFTEN, "mfa_remember_device", when=became(True)),
        changed(LASTS_LONGER, "session_idle", when=larger),
        changed(LASTS_LONGER, "session_lifetime", when=larger_or_unlimited),
        changed(LASTS_LONGER, "session_persistent", when=became(True)),
        changed(CONDITIONS_CHANGED, "authtype", "identity_provider", "identity_providers", "risk_level"),
        changed(CONDITIONS_CHANGED, "behaviors"),
        changed(MFA_WEAKENED, "primary_factor", when=became("PASSWORD_IDP_ANY_FACTOR")),
        *DECIDES,
        *OTHER_CONDITIONS,
    )
    refusals = (
        RESERVED_RULE_NAME,
        Refusal("identity_provider", _names_no_provider, "needs identity_providers", Phase.VALIDATE),
        Refusal(
            "identity_provider",
            lambda rule: rule.mfa_prompt and _names_no_provider(rule),
            "needs identity_providers",
            of_definitions=False,
        ),
        Refusal(
            "network_excludes",
            lambda rule: rule.network_includes and rule.network_excludes,
            "set either network_includes or network_excludes",
            Phase.PREVIEW,
        ),
        Refusal(
            "access",
            lambda rule: rule.access == "CHALLENGE" and not rule.factor_sequence,
            "needs factor_sequence",
        ),
        Refusal(
            "factor_sequence",
            lambda rule: rule.access != "CHALLENGE" and rule.factor_sequence,
            "needs access: CHALLENGE",
        ),
        Refusal(
            "behaviors",
            lambda rule: rule.access == "DENY" and rule.behaviors,
            "Okta denies nobody because of a behavior: ask for another factor",
            Phase.VALIDATE,
        ),
        Refusal(
            "mfa_remember_device",
            lambda rule: rule.mfa_prompt not in (None, "DEVICE") and rule.mfa_remember_device,
            "needs mfa_prompt: DEVICE",
        ),
    )

    name: Annotated[RuleName, Replaces()]
    """Name of the rule, unique in its policy."""
    access: Annotated[Literal["ALLOW", "DENY", "CHALLENGE"], Api("actions.signon.access")] = "ALLOW"
    """Whether the rule allows or denies a session, or challenges with `factor_sequence`."""
    authtype: Annotated[Literal["ANY", "RADIUS", "LDAP_INTERFACE"], Api("conditions.authContext.authType")] = "ANY"
    """Authentication entry point that the rule applies to."""
    identity_provider: Annotated[
        Literal["ANY", "OKTA", "SPECIFIC_IDP"], Api("conditions.identityProvider.provider")
    ] = "ANY"
    """Identity provider that the rule applies to; `SPECIFIC_IDP` for `identity_providers`."""
    identity_providers: Annotated[
        SetOf[IdentityProviderRef],
        Relates(Purpose.OTHER),
        Api("conditions.identityProvider.idpIds"),
        Argument("identity_provider_ids"),
        Only(
            lambda rule: rule.identity_provider == "SPECIFIC_IDP",
            "only identity_provider: SPECIFIC_IDP names identity providers",
        ),
    ] = frozenset()
    """Identity providers that the rule applies to."""
    factor_sequence: Annotated[
        ListOf[FactorSequence], Api("actions.signon.challenge.chain", _CHAIN), Argument("factor_sequences")
    ] = ()
    """Factor sequences to sign in with; only with `access: CHALLENGE`."""
    risk_level: Annotated[
        Literal["ANY", "LOW", "MEDIUM", "HIGH"], Api("conditions.riskScore.level"), ProviderDefault(None)
    ] = "ANY"
    """Risk level of sign-ins that the rule applies to."""
    behaviors: Annotated[SetOf[BehaviorRef], Relates(Purpose.OTHER), Api("conditions.risk.behaviors")] = frozenset()
    """Behaviors, one of which the sign-in must show. Empty: any sign-in."""
    primary_factor: Annotated[
        Literal["PASSWORD_IDP_ANY_FACTOR", "PASSWORD_IDP"] | None,
        Api("actions.signon.primaryFactor"),
        ServerFilled(),
    ] = "PASSWORD_IDP_ANY_FACTOR"
    """Primary factor of the sign-in; `null` on a Classic tenant, which has no such setting."""
    mfa_required: Annotated[Bool, Api("actions.signon.requireFactor")] = False
    """Whether a second factor is required."""
    mfa_prompt: Annotated[Literal["DEVICE", "SESSION", "ALWAYS"] | None, Api("actions.signon.factorPromptMode")] = None
    """How often users are prompted for the second factor; only with `mfa_required`."""
    mfa_remember_device: Annotated[Bool, Api("actions.signon.rememberDeviceByDefault")] = False
    """Whether "remember this device" is selected by default."""
    mfa_lifetime: Annotated[Int | None, Field(ge=0), Api("actions.signon.factorLifetime")] = None
    """Minutes until a remembered device is prompted for the second factor again; with `mfa_prompt: DEVICE`."""
    session_idle: Annotated[Int, Field(ge=1), Api("actions.signon.session.maxSessionIdleMinutes")] = 120
    """Maximum idle time of the session, in minutes."""
    session_lifetime: Annotated[
        Int,
        Field(ge=0),
        Api("actions.signon.session.maxSessionLifetimeMinutes"),
        Lifetime("session", unlimited=0, when=lambda rule: rule.access != "DENY"),
    ] = 120
    """Maximum lifetime of the session, in minutes; 0 for no limit."""
    session_persistent: Annotated[Bool, Api("actions.signon.session.usePersistentCookie")] = False
    """Whether the session cookie persists when the browser is closed."""
    status: Status = "ACTIVE"
    """An `INACTIVE` rule is not evaluated."""
    priority: Int | None = None
    """Set by the position of the rule in the list."""

    @model_validator(mode="after")
    def _prompt_with_mfa(self) -> Self:
        if self.mfa_required != (self.mfa_prompt is not None):
            raise ValueError("mfa_required: true and mfa_prompt need each other: set both or neither")
        return self


class GlobalSessionPolicy(Part):
    """The requirements for an Okta session (`/api/v1/policies?type=OKTA_SIGN_ON`)."""

    refusals = (RESERVED_POLICY_NAME,)
    risks = (
        changed(ASSIGNED_TO_EVERYONE, "groups_included", when=gained("everyone"), new=True),
        changed(CONDITIONS_CHANGED, "groups_included"),
        *DECIDES,
        *OTHER_CONDITIONS,
    )

    name: Name
    """Name of the policy, unique among policies of its type."""
    priority: Position
    """Priority among policies of its type; 1 is evaluated first."""
    description: str = ""
    """Description of the policy."""
    groups_included: PeopleIncluded
    """Groups that the policy applies to."""
    status: Status = "ACTIVE"
    """An `INACTIVE` policy is not evaluated."""
    rules: Annotated[ListOf[GlobalSessionRule], Owns("global-session-policy-rule")] = ()
    """Rules in priority order; the first one that matches applies."""


def _weaker(before: Protection, after: Protection) -> str:
    """Whether the last rule, which applies where no other does, asks for less or allows longer sessions."""
    old, new = ([rule for rule in one.rules if rule["status"] == "ACTIVE"] for one in (before, after))
    if not old or not new:
        return ""
    fields = old[-1].keys() & new[-1].keys()
    rules = weakened(GlobalSessionRule.risks, {name: (old[-1][name], new[-1][name]) for name in fields})
    if MFA_WEAKENED in rules:
        return "which asks for fewer factors"
    if ASKED_LESS_OFTEN in rules:
        return "which asks for factors less often"
    return "whose sessions last longer" if LASTS_LONGER in rules else ""


def _restricts_by(spec: Spec) -> Iterable[tuple[str, str]]:
    """The zones for which the rule denies a session, or requires more factors."""
    return zones_needed(
        spec,
        denies=spec.get("access") == "DENY",
        asks_more=bool(spec.get("mfa_required") or spec.get("factor_sequence")),
    )


GLOBAL_SESSION_POLICY = register(
    Kind(
        name="global-session-policy",
        resource="okta:policy/signon:Signon",
        fields=GlobalSessionPolicy,
        shape=policies("OKTA_SIGN_ON"),
        provider=policies_written("OKTA_SIGN_ON", ordered=True),
        events=("policy.lifecycle.",),
        system=(default_policy("the session policy that applies if no other does"),),
        weaker=_weaker,
    )
)


GLOBAL_SESSION_POLICY_RULE = register(
    Kind(
        name="global-session-policy-rule",
        resource="okta:policy/ruleSignon:RuleSignon",
        fields=GlobalSessionRule,
        shape=RULES,
        provider=rules_written("SIGN_ON"),
        not_declarable={
            "risc_level": "an older spelling of risk_level, which takes precedence over it",
        },
        lost_on_replace=("users included by name",),
        events=("policy.rule.",),
        parents=("global-session-policy",),
        gates=_gates,
        last_one=LastOne("rule", "the policy decides about no session, and the next one does"),
        parent_arguments=("policy_id",),
        restricts_by=_restricts_by,
    )
)
