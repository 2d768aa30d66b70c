"""What authorization servers have: scopes, claims, access policies and their rules."""

from __future__ import annotations

from typing import Annotated, Any, Literal, Self, get_args

from pydantic import Field, StringConstraints, model_validator

from reconciler.kinds.conditions import became, fewer, gained, larger, larger_or_unlimited, more
from reconciler.kinds.fields import (
    Api,
    Argument,
    Bool,
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
    SentEmpty,
    ServerFilled,
    SetOf,
    Status,
)
from reconciler.kinds.group import GroupRef
from reconciler.kinds.part import Part
from reconciler.kinds.people import People
from reconciler.kinds.policies import OTHER_CONDITIONS, SWITCHED_OFF
from reconciler.kinds.refusals import CREATED_ACTIVE, Phase, Refusal
from reconciler.kinds.risks import Change, appeared, changed
from reconciler.kinds.threats import (
    ASSIGNED_TO_EVERYONE,
    CONSENT_WAIVED,
    GRANTS_WIDENED,
    IDENTITY_CHANGED,
    IMPLICIT_FLOW,
    LASTS_LONGER,
    ORDER_CHANGED,
    PEOPLE_EXEMPTED,
    TOKENS_WIDENED,
)
from reconciler.kinds.user_conditions import EXCLUDED, INCLUDED

ClientRef = Annotated[str, Ref("oidc-app", words=("ALL_CLIENTS",))]
ServerRef = Annotated[str, Ref("authorization-server")]


_CONSENTS = ("IMPLICIT", "FLEXIBLE", "REQUIRED")
"""The values of `consent`, the most frequent prompt last."""
_GIVES_TOKENS = (*SWITCHED_OFF, changed(ORDER_CHANGED, "priority"), appeared(TOKENS_WIDENED))
"""The risks of access policies and their rules."""


def _asks_less(change: Change) -> bool:
    known = change.expected in _CONSENTS and change.actual in _CONSENTS
    return known and _CONSENTS.index(change.actual) < _CONSENTS.index(change.expected)


class Scope(Part):
    """A scope that clients can request (`/api/v1/authorizationServers/{id}/scopes`)."""

    risks = (
        changed(CONSENT_WAIVED, "consent", when=_asks_less),
        changed(TOKENS_WIDENED, "default", when=became(True)),
        changed(TOKENS_WIDENED, "metadata_publish", when=became("ALL_CLIENTS")),
        appeared(TOKENS_WIDENED),
    )

    name: Name
    """Name of the scope, such as `payments:read`."""
    description: Annotated[str, SentEmpty()] = ""
    """Description of the scope, shown in the consent dialog."""
    display_name: Annotated[str, SentEmpty()] = ""
    """Display name of the scope in the consent dialog."""
    consent: Literal["IMPLICIT", "REQUIRED", "FLEXIBLE"] = "IMPLICIT"
    """Whether users must consent before a client gets the scope."""
    default: Bool = False
    """Whether clients that request no scope get this one."""
    metadata_publish: Literal["ALL_CLIENTS", "NO_CLIENTS"] = "ALL_CLIENTS"
    """Whether the public metadata of the server includes the scope."""
    optional: Bool = False
    """Whether users can decline this scope and consent to the others."""


class Claim(Part):
    """A claim in tokens (`/api/v1/authorizationServers/{id}/claims`)."""

    risks = (
        changed(IDENTITY_CHANGED, "name", "value", "value_type", "claim_type", "group_filter_type", "scopes"),
        changed(IDENTITY_CHANGED, "always_include_in_token", when=became(True)),
        changed(IDENTITY_CHANGED, "status", when=became("ACTIVE")),
        appeared(IDENTITY_CHANGED),
    )
    refusals = (
        Refusal(
            "value_type",
            lambda claim: claim.value_type == "SYSTEM" and claim.always_include_in_token,
            "the provider cannot delete a SYSTEM claim with always_include_in_token: true: set it to false",
            Phase.VALIDATE,
        ),
    )

    name: Name
    """Name of the claim in the token."""
    claim_type: Literal["RESOURCE", "IDENTITY"]
    """`RESOURCE` for access tokens, `IDENTITY` for ID tokens."""
    value: str
    """Okta expression, or the filter for group names if `value_type` is `GROUPS`."""
    value_type: Literal["EXPRESSION", "GROUPS", "SYSTEM"] = "EXPRESSION"
    """Type of `value`: an expression or a group filter."""
    group_filter_type: Annotated[
        Literal["STARTS_WITH", "EQUALS", "CONTAINS", "REGEX"] | None, Api("group_filter_type")
    ] = None
    """How the filter matches group names; only with `value_type: GROUPS`."""
    always_include_in_token: Bool = True
    """Whether to always include the claim in ID tokens, not only in responses of the userinfo endpoint."""
    scopes: Annotated[SetOf[str], Api("conditions.scopes")] = frozenset()
    """Scopes whose tokens include the claim; empty for all tokens."""
    status: Status = "ACTIVE"
    """Tokens do not include an `INACTIVE` claim."""

    @model_validator(mode="after")
    def _filter_only_for_groups(self) -> Self:
        if (self.value_type == "GROUPS") != (self.group_filter_type is not None):
            raise ValueError("value_type: GROUPS and group_filter_type need each other: set both or neither")
        return self


OfUser = Literal[
    "address",
    "birthdate",
    "email",
    "email_verified",
    "family_name",
    "gender",
    "given_name",
    "locale",
    "middle_name",
    "name",
    "nickname",
    "phone_number",
    "picture",
    "preferred_username",
    "profile",
    "updated_at",
    "website",
    "zoneinfo",
]
"""The claims about the user that Okta gives each authorization server. The value of each is its name."""
CLAIMS_OF_USERS: tuple[str, ...] = get_args(OfUser)


class DefaultClaim(Part):
    """A claim that Okta gives each authorization server (`/api/v1/authorizationServers/{id}/claims`).

    A definition that is removed leaves the claim as it is.
    """

    risks = (
        changed(IDENTITY_CHANGED, "value"),
        changed(IDENTITY_CHANGED, "always_include_in_token", when=became(True)),
    )
    refusals = (
        Refusal(
            "value",
            lambda claim: claim.name == "sub" and not claim.value,
            "the claim sub needs a value",
            Phase.WRITE | Phase.VALIDATE,
        ),
        Refusal(
            "always_include_in_token",
            lambda claim: claim.name == "sub" and claim.always_include_in_token is False,
            "tokens always include the claim sub: leave it out",
            Phase.WRITE | Phase.VALIDATE,
        ),
        Refusal(
            "always_include_in_token",
            lambda claim: claim.name == "sub" and claim.always_include_in_token,
            "tokens always include the claim sub: leave it out",
            Phase.VALIDATE,
        ),
    )

    name: Annotated[Literal["sub", OfUser], Replaces()]
    """Name of the claim."""
    value: Annotated[str | None, Only(lambda claim: claim.name == "sub", "only the claim `sub` has a value")] = None
    """Okta expression for the subject of access tokens."""
    always_include_in_token: Annotated[Bool | None, ServerFilled()] = None
    """Whether to always include the claim in ID tokens, not only in responses of the userinfo endpoint. Tokens always
    include `sub`."""


def _issues_refresh_tokens(rule: Any) -> bool:
    """Whether the rule issues refresh tokens: clients get them for people, with the scope `offline_access`."""
    of_people = set(rule.grant_types or ()) - {"client_credentials", "implicit"}
    return bool(of_people) and not {"*", "offline_access"}.isdisjoint(rule.scopes or ())


class AccessRule(Part):
    """A rule of an access policy: grant types, users, scopes and token lifetimes (`.../policies/{id}/rules`)."""

    risks = (
        changed(ASSIGNED_TO_EVERYONE, "groups", when=gained("everyone"), new=True),
        changed(TOKENS_WIDENED, "grant_types", "groups", "users", "scopes", when=more),
        changed(TOKENS_WIDENED, "groups_excluded", "users_excluded", when=fewer),
        changed(PEOPLE_EXEMPTED, "users", "users_excluded"),
        changed(GRANTS_WIDENED, "grant_types", when=gained("implicit", "password"), new=True),
        changed(IMPLICIT_FLOW, "grant_types", when=gained("implicit", "password"), new=True),
        changed(LASTS_LONGER, "access_token_lifetime_minutes", "refresh_token_window_minutes", when=larger),
        changed(LASTS_LONGER, "refresh_token_lifetime_minutes", when=larger_or_unlimited),
        changed(IDENTITY_CHANGED, "inline_hook", "actions.token.inlineHook*"),
        *_GIVES_TOKENS,
        *OTHER_CONDITIONS,
    )
    refusals = (
        Refusal(
            "grant_types",
            lambda rule: "implicit" in (rule.grant_types or ()) and not (rule.groups or rule.users),
            "implicit needs groups or users",
        ),
        Refusal(
            "refresh_token_lifetime_minutes",
            lambda rule: 0 < (rule.refresh_token_lifetime_minutes or 0) < (rule.access_token_lifetime_minutes or 0),
            "must be at least access_token_lifetime_minutes, or 0 for no limit",
        ),
        Refusal(
            "refresh_token_window_minutes",
            lambda rule: (
                (longest := rule.refresh_token_lifetime_minutes or 0) > 0
                and not (rule.access_token_lifetime_minutes or 0) <= (rule.refresh_token_window_minutes or 0) <= longest
            ),
            "must be between access_token_lifetime_minutes and refresh_token_lifetime_minutes (default: 10080)",
        ),
    )

    name: Name
    """Name of the rule, unique in its policy."""
    grant_types: Annotated[
        SetOf[
            Literal[
                "authorization_code",
                "implicit",
                "password",
                "client_credentials",
                "urn:ietf:params:oauth:grant-type:saml2-bearer",
                "urn:ietf:params:oauth:grant-type:token-exchange",
                "urn:ietf:params:oauth:grant-type:device_code",
                "interaction_code",
            ]
        ],
        Field(min_length=1),
        Api("conditions.grantTypes.include"),
        Argument("grant_type_whitelists"),
    ]
    """Grant types that clients can use."""
    groups: Annotated[
        SetOf[GroupRef],
        Relates(Purpose.PEOPLE),
        Api("conditions.people.groups.include"),
        Argument("group_whitelists"),
    ] = frozenset()
    """Groups that the rule applies to; `everyone` for all users. Needed unless there are `users`."""
    groups_excluded: Annotated[
        SetOf[GroupRef],
        Relates(Purpose.EXCEPTION),
        Api("conditions.people.groups.exclude"),
        Argument("group_blacklists"),
    ] = frozenset()
    """Groups that the rule does not apply to."""
    users: Annotated[People, Api(INCLUDED), Argument("user_whitelists")] = frozenset()
    """Logins of users that the rule applies to, besides the members of its groups."""
    users_excluded: Annotated[People, Api(EXCLUDED), Argument("user_blacklists")] = frozenset()
    """Logins of users that the rule does not apply to."""
    scopes: Annotated[
        SetOf[str],
        Field(min_length=1),
        Api("conditions.scopes.include"),
        Argument("scope_whitelists"),
        ProviderDefault(None),
    ] = frozenset({"*"})
    """Scopes that clients can request; `*` for all."""
    access_token_lifetime_minutes: Annotated[
        Int, Field(ge=5, le=1440), Api("actions.token.accessTokenLifetimeMinutes"), Lifetime("access_token")
    ] = 60
    """Lifetime of access tokens, in minutes: 5 minutes to 1 day."""
    refresh_token_lifetime_minutes: Annotated[
        Int,
        Field(ge=0),
        Api("actions.token.refreshTokenLifetimeMinutes"),
        Lifetime("refresh_token", unlimited=0, when=_issues_refresh_tokens),
    ] = 0
    """Lifetime of refresh tokens, in minutes; 0 for no limit while they are used within the window."""
    refresh_token_window_minutes: Annotated[
        Int, Field(ge=10, le=2628000), Api("actions.token.refreshTokenWindowMinutes")
    ] = 10080
    """Minutes after which an unused refresh token expires: 10 minutes to 5 years."""
    inline_hook: Annotated[
        str | None,
        Ref("inline-hook"),
        Relates(Purpose.USE),
        Api("actions.token.inlineHook.id"),
        Argument("inline_hook_id"),
    ] = None
    """Inline hook that can change the tokens; of type `com.okta.oauth2.tokens.transform`."""
    status: Status = "ACTIVE"
    """An `INACTIVE` rule is not evaluated."""
    priority: Int | None = None
    """Set by the position of the rule in the list."""

    @model_validator(mode="after")
    def _applies_to_somebody(self) -> Self:
        if not (self.groups or self.users or "implicit" in self.grant_types):  # a refusal is about implicit
            raise ValueError("needs groups or users; groups: [everyone] for all users")
        return self


class AccessPolicy(Part):
    """An access policy: which clients can get tokens (`/api/v1/authorizationServers/{id}/policies`)."""

    refusals = (CREATED_ACTIVE,)
    risks = (changed(TOKENS_WIDENED, "clients", when=more), *_GIVES_TOKENS)

    name: Name
    """Name of the policy, unique in its authorization server."""
    description: Annotated[str, StringConstraints(min_length=1)]
    """Description of the policy. Okta requires it."""
    clients: Annotated[
        SetOf[ClientRef],
        Relates(Purpose.CLIENT),
        Field(min_length=1),
        Api("conditions.clients.include"),
        Argument("client_whitelists"),
    ]
    """OIDC apps that the policy applies to; `ALL_CLIENTS` for all."""
    status: Status = "ACTIVE"
    """An `INACTIVE` policy is not evaluated."""
    rules: Annotated[ListOf[AccessRule], Owns("access-policy-rule")] = ()
    """Rules in priority order; the first one that matches applies."""
    priority: Int | None = None
    """Set by the position of the policy in the list."""


class TrustedServers(Part):
    """All authorization servers whose tokens an authorization server exchanges for its own
    (`/api/v1/authorizationServers/{id}/associatedServers`).

    The provider never reads them: a server that somebody added in Okta has to be removed there.
    """

    risks = (changed(TOKENS_WIDENED, "trusted_servers", "trustedServers", when=more, new=True),)

    trusted_servers: Annotated[SetOf[ServerRef], Relates(Purpose.USE), Argument("trusteds")]
    """The servers."""
