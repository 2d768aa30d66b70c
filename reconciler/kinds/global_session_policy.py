"""Global session policies (OKTA_SIGN_ON): who gets an Okta session, and how."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Annotated, Any, Literal, Self

from pydantic import Field, model_validator

from reconciler.kinds.conditions import became, gained, larger, larger_or_unlimited, more
from reconciler.kinds.fields import (
    Api,
    Argument,
    Bool,
    Codec,
    Int,
    ListOf,
    Name,
    Owns,
    ProviderDefault,
    Replaces,
    ServerFilled,
    Status,
    each,
)
from reconciler.kinds.kind import Kind, Part, Spec, register
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
from reconciler.kinds.refusals import Phase, Refusal
from reconciler.kinds.risks import Change, changed
from reconciler.kinds.threats import (
    ASKED_LESS_OFTEN,
    ASSIGNED_TO_EVERYONE,
    CONDITIONS_CHANGED,
    LASTS_LONGER,
    MFA_WEAKENED,
)


class Factor(Part):
    """A factor that people may use."""

    factor_type: str
    """The kind of factor, such as `push`, `sms` or `token:software:totp`."""
    provider: str
    """Whose it is, such as `OKTA` or `GOOGLE`."""


class FactorSequence(Part):
    """One way to sign in: a first factor and, if any are named, one of several second ones."""

    primary_criteria_factor_type: Annotated[str, Api("factorType")]
    """The kind of the first factor, such as `password`."""
    primary_criteria_provider: Annotated[str, Api("provider")]
    """Whose the first factor is, such as `OKTA`."""
    secondary_criteria: Annotated[ListOf[Factor], Api("next"), Argument("secondary_criterias")] = ()
    """The second factors, one of which is asked for; none for the first alone."""


def _as_step(sequence: dict[str, Any]) -> dict[str, Any]:
    first = {"factorType": sequence["factorType"], "provider": sequence["provider"]}
    following = sequence.get("next")
    return {"criteria": [first]} | ({"next": [{"criteria": following}]} if following else {})


def _as_sequence(step: dict[str, Any]) -> dict[str, Any]:
    following = [one for later in step.get("next") or () for one in later["criteria"]]
    return {**step["criteria"][0], "next": following}


_CHAIN = each(Codec(encode=_as_step, decode=_as_sequence))


_STRICTER = ("ALLOW", "CHALLENGE", "DENY")
"""What a rule can decide, the strictest last."""


def _decides_less_strictly(change: Change) -> bool:
    known = change.expected in _STRICTER and change.actual in _STRICTER
    return known and _STRICTER.index(change.actual) < _STRICTER.index(change.expected)


_PROMPTS = ("ALWAYS", "SESSION", "DEVICE")
"""How often the second factor is asked for, the most often first."""


def _prompts_less_often(change: Change) -> bool:
    known = change.expected in _PROMPTS and change.actual in _PROMPTS
    return known and _PROMPTS.index(change.actual) > _PROMPTS.index(change.expected)


class GlobalSessionRule(FromNetwork, Kind):
    """A rule of a global session policy."""

    kind = "global-session-policy-rule"
    resource = "okta:policy/ruleSignon:RuleSignon"
    collection = rules("SIGN_ON")
    events = ("policy.rule.",)
    parents = ("global-session-policy",)
    parent_arguments = ("policy_id",)
    risks = (
        changed(MFA_WEAKENED, "access", when=_decides_less_strictly),
        changed(MFA_WEAKENED, "mfa_required", when=became(False)),
        changed(MFA_WEAKENED, "factor_sequence", when=more),
        changed(ASKED_LESS_OFTEN, "mfa_prompt", when=_prompts_less_often),
        changed(ASKED_LESS_OFTEN, "mfa_lifetime", when=larger),
        changed(ASKED_LESS_OFTEN, "mfa_remember_device", when=became(True)),
        changed(LASTS_LONGER, "session_idle", when=larger),
        changed(LASTS_LONGER, "session_lifetime", when=larger_or_unlimited),
        changed(LASTS_LONGER, "session_persistent", when=became(True)),
        changed(CONDITIONS_CHANGED, "authtype", "identity_provider", "risk_level"),
        changed(MFA_WEAKENED, "primary_factor", when=became("PASSWORD_IDP_ANY_FACTOR")),
        *DECIDES,
        *OTHER_CONDITIONS,
    )
    refusals = (
        RESERVED_RULE_NAME,
        Refusal(
            "network_excludes",
            lambda rule: rule.network_includes and rule.network_excludes,
            "set either network_includes or network_excludes, not both",
            Phase.PREVIEW,
        ),
        Refusal(
            "access",
            lambda rule: rule.access == "CHALLENGE" and not rule.factor_sequence,
            "access CHALLENGE needs a factor_sequence",
        ),
        Refusal(
            "factor_sequence",
            lambda rule: rule.access != "CHALLENGE" and rule.factor_sequence,
            "only access CHALLENGE takes a factor_sequence",
        ),
        Refusal(
            "mfa_remember_device",
            lambda rule: rule.mfa_prompt not in (None, "DEVICE") and rule.mfa_remember_device,
            "only mfa_prompt DEVICE remembers a device",
        ),
    )

    name: Annotated[RuleName, Replaces()]
    """The name of the rule, unique in its policy."""
    access: Annotated[Literal["ALLOW", "DENY", "CHALLENGE"], Api("actions.signon.access")] = "ALLOW"
    """Whether people get a session."""
    authtype: Annotated[Literal["ANY", "RADIUS", "LDAP_INTERFACE"], Api("conditions.authContext.authType")] = "ANY"
    """By which way they sign in."""
    identity_provider: Annotated[Literal["ANY", "OKTA"], Api("conditions.identityProvider.provider")] = "ANY"
    """Through which identity provider they come."""
    factor_sequence: Annotated[
        ListOf[FactorSequence], Api("actions.signon.challenge.chain", _CHAIN), Argument("factor_sequences")
    ] = ()
    """The factors to sign in with, in order; with `access: CHALLENGE`."""
    risk_level: Annotated[
        Literal["ANY", "LOW", "MEDIUM", "HIGH"], Api("conditions.riskScore.level"), ProviderDefault(None)
    ] = "ANY"
    """How risky Okta finds the sign-in."""
    primary_factor: Annotated[
        Literal["PASSWORD_IDP_ANY_FACTOR", "PASSWORD_IDP"] | None,
        Api("actions.signon.primaryFactor"),
        ServerFilled(),
    ] = "PASSWORD_IDP_ANY_FACTOR"
    """What a sign-in begins with; `null` on a Classic tenant, which does not know it."""
    mfa_required: Annotated[Bool, Api("actions.signon.requireFactor")] = False
    """Whether a second factor is asked for."""
    mfa_prompt: Annotated[Literal["DEVICE", "SESSION", "ALWAYS"] | None, Api("actions.signon.factorPromptMode")] = None
    """How often the second factor is asked for; with `mfa_required`."""
    mfa_remember_device: Annotated[Bool, Api("actions.signon.rememberDeviceByDefault")] = False
    """Whether "remember this device" is ticked beforehand."""
    mfa_lifetime: Annotated[Int | None, Field(ge=0), Api("actions.signon.factorLifetime")] = None
    """Minutes until a remembered second factor is asked for again; with `mfa_prompt: DEVICE`."""
    session_idle: Annotated[Int, Field(ge=1), Api("actions.signon.session.maxSessionIdleMinutes")] = 120
    """Minutes after which an idle session ends."""
    session_lifetime: Annotated[Int, Field(ge=0), Api("actions.signon.session.maxSessionLifetimeMinutes")] = 120
    """Minutes after which any session ends; 0 for never."""
    session_persistent: Annotated[Bool, Api("actions.signon.session.usePersistentCookie")] = False
    """Whether the session outlives the browser."""
    status: Status = "ACTIVE"
    """An `INACTIVE` rule is passed over."""
    priority: Int | None = None
    """Given by the rule's place in the list."""

    @classmethod
    def restricts_by(cls, spec: Spec) -> Iterable[tuple[str, str]]:
        """The zones for which it keeps people out, or asks them for more."""
        return zones_needed(
            spec,
            denies=spec.get("access") == "DENY",
            asks_more=bool(spec.get("mfa_required") or spec.get("factor_sequence")),
        )

    @model_validator(mode="after")
    def _prompt_with_mfa(self) -> Self:
        if self.mfa_required != (self.mfa_prompt is not None):
            raise ValueError("mfa_required: true needs mfa_prompt, and mfa_prompt needs mfa_required: true")
        return self


@register
class GlobalSessionPolicy(Kind):
    """Who gets an Okta session, and how (`/api/v1/policies?type=OKTA_SIGN_ON`)."""

    kind = "global-session-policy"
    resource = "okta:policy/signon:Signon"
    collection = policies("OKTA_SIGN_ON", prioritised=True)
    events = ("policy.lifecycle.",)
    refusals = (RESERVED_POLICY_NAME,)
    risks = (
        changed(ASSIGNED_TO_EVERYONE, "groups_included", when=gained("everyone")),
        changed(CONDITIONS_CHANGED, "groups_included"),
        *DECIDES,
        *OTHER_CONDITIONS,
    )
    system = (default_policy("the session policy for everyone else"),)

    name: Name
    """The name that Okta shows, unique among the policies of the type."""
    priority: Position
    """The place among the policies of the type: 1 is asked first."""
    description: str = ""
    """What the policy is for."""
    groups_included: PeopleIncluded
    """The people to whom the policy applies."""
    status: Status = "ACTIVE"
    """An `INACTIVE` policy is passed over."""
    rules: Annotated[ListOf[GlobalSessionRule], Owns("global-session-policy-rule")] = ()
    """The rules; the first one that fits decides."""


register(GlobalSessionRule)
