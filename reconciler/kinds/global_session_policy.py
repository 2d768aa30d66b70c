"""Global session policies (OKTA_SIGN_ON): who gets an Okta session, and how."""

from __future__ import annotations

from typing import Annotated, Literal, Self

from pydantic import Field, model_validator

from reconciler.kinds.fields import Api, Bool, Int, ListOf, Name, Owns, Replaces, Status
from reconciler.kinds.kind import Kind, register
from reconciler.kinds.policies import (
    FromNetwork,
    PeopleIncluded,
    Position,
    default_policy,
    policies,
    rules,
)


class GlobalSessionRule(FromNetwork, Kind):
    """A rule of a global session policy."""

    kind = "global-session-policy-rule"
    resource = "okta:policy/ruleSignon:RuleSignon"
    collection = rules("SIGN_ON")
    events = ("policy.rule.",)
    parents = ("global-session-policy",)
    parent_arguments = ("policy_id",)

    name: Annotated[Name, Replaces()]
    """The name of the rule, unique in its policy."""
    access: Annotated[Literal["ALLOW", "DENY", "CHALLENGE"], Api("actions.signon.access")] = "ALLOW"
    """Whether people get a session."""
    authtype: Annotated[Literal["ANY", "RADIUS", "LDAP_INTERFACE"], Api("conditions.authContext.authType")] = "ANY"
    """By which way they sign in."""
    risk_level: Annotated[Literal["ANY", "LOW", "MEDIUM", "HIGH"], Api("conditions.riskScore.level")] = "ANY"
    """How risky Okta finds the sign-in."""
    primary_factor: Annotated[
        Literal["PASSWORD_IDP_ANY_FACTOR", "PASSWORD_IDP"] | None, Api("actions.signon.primaryFactor")
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
