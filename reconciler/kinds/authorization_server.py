"""Custom authorization servers with their scopes, claims, access policies and rules."""

from __future__ import annotations

from typing import Annotated, Any, Literal, Self
from urllib.parse import urlsplit

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
    Owns,
    ProviderDefault,
    Purpose,
    Ref,
    Relates,
    SentEmpty,
    SetOf,
    Status,
)
from reconciler.kinds.group import GroupRef
from reconciler.kinds.kind import NAMES_PEOPLE, Kind, LastOne, SystemObject, register
from reconciler.kinds.part import Json, Part, Spec
from reconciler.kinds.policies import OTHER_CONDITIONS, SWITCHED_OFF
from reconciler.kinds.provider import Provider
from reconciler.kinds.refusals import CREATED_ACTIVE, Phase, Refusal
from reconciler.kinds.risks import Change, appeared, changed
from reconciler.kinds.shapes import Listed
from reconciler.kinds.signing_keys import rotated_by_okta
from reconciler.kinds.threats import (
    ASSIGNED_TO_EVERYONE,
    AUDIENCE_CHANGED,
    CONSENT_WAIVED,
    GRANTS_WIDENED,
    IDENTITY_CHANGED,
    IMPLICIT_FLOW,
    LASTS_LONGER,
    ORDER_CHANGED,
    PROOF_WEAKENED,
    SECRET_ROTATED,
    SERVER_SWITCHED_OFF,
    TOKENS_WIDENED,
)

SCOPE = "okta.authorizationServers"
ClientRef = Annotated[str, Ref("oidc-app", words=("ALL_CLIENTS",))]


_CONSENTS = ("IMPLICIT", "FLEXIBLE", "REQUIRED")
"""The values of `consent`, the most frequent prompt last."""
_GIVES_TOKENS = (*SWITCHED_OFF, changed(ORDER_CHANGED, "priority"), appeared(TOKENS_WIDENED))
"""The risks of access policies and their rules."""


def _asks_less(change: Change) -> bool:
    known = change.expected in _CONSENTS and change.actual in _CONSENTS
    return known and _CONSENTS.index(change.actual) < _CONSENTS.index(change.expected)


def _system(item: dict[str, object]) -> bool:
    return item.get("system") is True


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


def _issues_refresh_tokens(rule: Any) -> bool:
    """Whether the rule issues refresh tokens: clients get them for people, with the scope `offline_access`."""
    of_people = set(rule.grant_types or ()) - {"client_credentials", "implicit"}
    return bool(of_people) and not {"*", "offline_access"}.isdisjoint(rule.scopes or ())


class AccessRule(Part):
    """A rule of an access policy: grant types, users, scopes and token lifetimes (`.../policies/{id}/rules`)."""

    risks = (
        changed(ASSIGNED_TO_EVERYONE, "groups", when=gained("everyone"), new=True),
        changed(TOKENS_WIDENED, "grant_types", "groups", "scopes", when=more),
        changed(TOKENS_WIDENED, "groups_excluded", when=fewer),
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
            lambda rule: "implicit" in (rule.grant_types or ()) and not rule.groups,
            "implicit needs groups",
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
        Field(min_length=1),
        Api("conditions.people.groups.include"),
        Argument("group_whitelists"),
    ]
    """Groups that the rule applies to; `everyone` for all users."""
    groups_excluded: Annotated[
        SetOf[GroupRef],
        Relates(Purpose.EXCEPTION),
        Api("conditions.people.groups.exclude"),
        Argument("group_blacklists"),
    ] = frozenset()
    """Groups that the rule does not apply to."""
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


class AuthorizationServer(Part):
    """A custom authorization server, which issues access tokens for your APIs (`/api/v1/authorizationServers`)."""

    risks = (
        changed(SECRET_ROTATED, "*.*secret*", "*.signing.kid*", "*.x5c*"),
        changed(SERVER_SWITCHED_OFF, "status", when=became("INACTIVE")),
        changed(AUDIENCE_CHANGED, "audiences", "issuer_mode"),
        changed(PROOF_WEAKENED, "credentials_rotation_mode", when=became("MANUAL")),
    )

    name: Name
    """Name of the authorization server, unique in the tenant."""
    description: str = ""
    """Description of the authorization server."""
    audiences: Annotated[SetOf[Name], Field(min_length=1, max_length=1)]
    """Audience of the tokens: the `aud` claim. Okta accepts exactly one."""
    issuer_mode: Literal["ORG_URL", "CUSTOM_URL", "DYNAMIC"] = "ORG_URL"
    """Issuer in the `iss` claim: the Okta URL, the custom URL, or the URL of the request (`DYNAMIC`)."""
    credentials_rotation_mode: Annotated[Literal["AUTO", "MANUAL"], Api("credentials.signing.rotationMode")] = "AUTO"
    """Whether Okta rotates the signing key automatically."""
    status: Status = "ACTIVE"
    """An `INACTIVE` authorization server issues no tokens."""
    scopes: Annotated[ListOf[Scope], Owns("authorization-server-scope")] = ()
    """Scopes of the authorization server, besides Okta's own."""
    claims: Annotated[ListOf[Claim], Owns("authorization-server-claim")] = ()
    """Claims of the authorization server, besides Okta's own."""
    policies: Annotated[ListOf[AccessPolicy], Owns("access-policy")] = ()
    """Access policies in priority order; the first one that matches applies."""


def _stops(spec: Spec) -> str:
    """Tokens of the server."""
    audiences = ", ".join(spec["audiences"])
    return f"no client gets tokens for {audiences} from the authorization server {spec['name']} any more"


def _read_api(item: Json) -> Json:
    """The address of the tenant, with which the issuer begins, says nothing of the server."""
    issuer = item.get("issuer")
    return item | {"issuer": urlsplit(issuer).path} if isinstance(issuer, str) else item


AUTHORIZATION_SERVER = register(
    Kind(
        name="authorization-server",
        resource="okta:auth/server:Server",
        fields=AuthorizationServer,
        shape=Listed(
            path="/api/v1/authorizationServers",
            scope=SCOPE,
            query="limit=200",
            built_in=lambda item: item["name"] == "default",
        ),
        provider=Provider(
            lifecycle=True,
            created_active=True,
            ignores_status=lambda server: server.get("credentials_rotation_mode") != "MANUAL",
            inactive_to_delete=True,
        ),
        not_read=("signing keys",),
        lost_on_replace=("issuer URL",),
        events=("oauth2.as.",),
        volatile=rotated_by_okta,
        side_effects={"credentials_rotation_mode": ("credentials.signing.kid",)},
        system=(
            SystemObject("default", lambda item: item["name"] == "default", "Okta's default authorization server"),
        ),
        stops=_stops,
        read_api=_read_api,
    )
)


AUTHORIZATION_SERVER_SCOPE = register(
    Kind(
        name="authorization-server-scope",
        resource="okta:auth/serverScope:ServerScope",
        fields=Scope,
        shape=Listed(
            path="scopes",
            scope=SCOPE,
            query="limit=200",
            built_in=lambda item: _system(item) or item["name"].startswith("okta."),  # such as okta.myAccount.read
        ),
        events=("oauth2.scope.",),
        parents=("authorization-server",),
        parent_arguments=("auth_server_id",),
    )
)


AUTHORIZATION_SERVER_CLAIM = register(
    Kind(
        name="authorization-server-claim",
        resource="okta:auth/serverClaim:ServerClaim",
        fields=Claim,
        shape=Listed(path="claims", scope=SCOPE, built_in=_system),
        events=("oauth2.claim.",),
        distinguished_by="claim_type",
        parents=("authorization-server",),
        parent_arguments=("auth_server_id",),
    )
)


ACCESS_POLICY = register(
    Kind(
        name="access-policy",
        resource="okta:auth/serverPolicy:ServerPolicy",
        fields=AccessPolicy,
        shape=Listed(
            path="policies",
            scope=SCOPE,
            built_in=lambda item: _system(item) or item["name"] == "Default Policy",
            ordered=True,
        ),
        provider=Provider(fixed={"type": "OAUTH_AUTHORIZATION_POLICY"}, lifecycle=True, created_active=True),
        events=("policy.lifecycle.",),
        parents=("authorization-server",),
        last_one=LastOne("policy", "no client gets tokens from the authorization server"),
        parent_arguments=("auth_server_id",),
    )
)


ACCESS_POLICY_RULE = register(
    Kind(
        name="access-policy-rule",
        resource="okta:auth/serverPolicyRule:ServerPolicyRule",
        fields=AccessRule,
        shape=Listed(
            path="rules",
            scope=SCOPE,
            built_in=lambda item: _system(item) or item["name"] == "Default Policy Rule",
            ordered=True,
        ),
        provider=Provider(fixed={"type": "RESOURCE_ACCESS"}, lifecycle=True),
        events=("policy.rule.",),
        parents=("access-policy",),
        last_one=LastOne("rule", "no client of the policy gets tokens"),
        parent_arguments=("policy_id", "auth_server_id"),
        not_declarable={
            "type": "Okta has one type of these rules, which is the provider's default",
            "user_blacklists": NAMES_PEOPLE,
            "user_whitelists": NAMES_PEOPLE,
        },
    )
)
