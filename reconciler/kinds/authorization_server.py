"""Custom authorization servers, and the one that every tenant has, with the kinds of what they own."""

from __future__ import annotations

from typing import Annotated, Literal
from urllib.parse import urlsplit

from pydantic import Field

from reconciler.kinds.authorization_server_fields import (
    CLAIMS_OF_USERS,
    AccessPolicy,
    AccessRule,
    Claim,
    DefaultClaim,
    Scope,
    ServerRef,
    TrustedServers,
)
from reconciler.kinds.conditions import became
from reconciler.kinds.fields import Api, ListOf, Name, Owns, ServerFilled, SetOf, Status
from reconciler.kinds.kind import Kind, LastOne, SystemObject, register
from reconciler.kinds.part import Json, Part, Spec
from reconciler.kinds.provider import Provider
from reconciler.kinds.risks import changed
from reconciler.kinds.shapes import Adopted, DefaultItem, Listed, WholeSet
from reconciler.kinds.signing_keys import rotated_by_okta
from reconciler.kinds.threats import AUDIENCE_CHANGED, PROOF_WEAKENED, SECRET_ROTATED, SERVER_SWITCHED_OFF

SCOPE = "okta.authorizationServers"
_PATH = "/api/v1/authorizationServers"
_QUERY = "limit=200"
_SERVERS = ("authorization-server", "authorization-server-default")
Audiences = Annotated[SetOf[Name], Field(min_length=1, max_length=1)]


def _is_default(item: Json) -> bool:
    return bool(item["name"] == "default")


def _is_custom(item: Json) -> bool:
    return not _is_default(item)


def _is_system(item: Json) -> bool:
    return item.get("system") is True


def _is_own(item: Json) -> bool:
    return not _is_system(item)


_RISKS = (
    changed(SECRET_ROTATED, "*.*secret*", "*.signing.kid*", "*.x5c*"),
    changed(SERVER_SWITCHED_OFF, "status", when=became("INACTIVE")),
    changed(AUDIENCE_CHANGED, "audiences", "issuer_mode"),
    changed(PROOF_WEAKENED, "credentials_rotation_mode", when=became("MANUAL")),
)


class AuthorizationServer(Part):
    """A custom authorization server, which issues access tokens for your APIs (`/api/v1/authorizationServers`)."""

    risks = _RISKS

    name: Name
    """Name of the authorization server, unique in the tenant."""
    description: str = ""
    """Description of the authorization server."""
    audiences: Audiences
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
    default_claims: Annotated[ListOf[DefaultClaim], Owns("authorization-server-claim-default")] = ()
    """Okta's own claims that differ from what Okta chose. Those that are left out are not managed."""
    policies: Annotated[ListOf[AccessPolicy], Owns("access-policy")] = ()
    """Access policies in priority order; the first one that matches applies."""
    trusted_servers: Annotated[SetOf[ServerRef] | None, Owns("trusted-servers", whole=True)] = None
    """Authorization servers whose tokens clients can exchange for tokens of this one. Left out: not managed."""


class AuthorizationServerDefault(Part):
    """The authorization server `default`, which every tenant has (`/api/v1/authorizationServers/default`).

    Its policies are those besides Okta's own `Default Policy`. A definition that is removed leaves the server as it is.
    """

    risks = _RISKS

    description: str = "Default Authorization Server for your Applications"
    """Description of the authorization server."""
    audiences: Audiences = frozenset({"api://default"})
    """Audience of the tokens: the `aud` claim. Okta accepts exactly one."""
    issuer_mode: Annotated[Literal["ORG_URL", "CUSTOM_URL", "DYNAMIC"] | None, ServerFilled()] = None
    """Issuer in the `iss` claim: the Okta URL, the custom URL, or the URL of the request (`DYNAMIC`)."""
    credentials_rotation_mode: Annotated[Literal["AUTO", "MANUAL"], Api("credentials.signing.rotationMode")] = "MANUAL"
    """Whether Okta rotates the signing key automatically."""
    status: Status = "ACTIVE"
    """An `INACTIVE` authorization server issues no tokens."""
    scopes: Annotated[ListOf[Scope], Owns("authorization-server-scope")] = ()
    """Scopes of the authorization server, besides Okta's own."""
    claims: Annotated[ListOf[Claim], Owns("authorization-server-claim")] = ()
    """Claims of the authorization server, besides Okta's own."""
    default_claims: Annotated[ListOf[DefaultClaim], Owns("authorization-server-claim-default")] = ()
    """Okta's own claims that differ from what Okta chose. Those that are left out are not managed."""
    policies: Annotated[ListOf[AccessPolicy], Owns("access-policy")] = ()
    """Access policies in priority order; the first one that matches applies."""
    trusted_servers: Annotated[SetOf[ServerRef] | None, Owns("trusted-servers", whole=True)] = None
    """Authorization servers whose tokens clients can exchange for tokens of this one. Left out: not managed."""


def _stops(spec: Spec) -> str:
    """Tokens of the server."""
    audiences = ", ".join(spec["audiences"])
    return f"no client gets tokens for {audiences} from the authorization server {spec.get('name', 'default')} any more"


def _read_api(item: Json) -> Json:
    """The address of the tenant, with which the issuer begins, says nothing of the server."""
    issuer = item.get("issuer")
    return item | {"issuer": urlsplit(issuer).path} if isinstance(issuer, str) else item


def _without_usual_of_subject(claim: Json) -> Json:
    """The claim without what is always so for the subject of tokens."""
    usual = claim.get("name") == "sub" and claim.get("alwaysIncludeInToken") is True
    return {name: value for name, value in claim.items() if not (usual and name == "alwaysIncludeInToken")}


def _with_default_of_provider(claim: Json) -> Json:
    """A claim as the provider writes it, with what it knows of the claim in Okta, before it knows whether tokens always
    include it.
    """
    return {"alwaysIncludeInToken": claim["name"] == "sub", **claim} if "claimType" in claim else claim


AUTHORIZATION_SERVER = register(
    Kind(
        name="authorization-server",
        resource="okta:auth/server:Server",
        fields=AuthorizationServer,
        shape=Listed(
            path=_PATH,
            scope=SCOPE,
            query=_QUERY,
            claims=_is_custom,
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
        system=(SystemObject("default", _is_default, "Okta's default authorization server"),),
        stops=_stops,
        read_api=_read_api,
    )
)


AUTHORIZATION_SERVER_DEFAULT = register(
    Kind(
        name="authorization-server-default",
        resource="okta:index/authServerDefault:AuthServerDefault",
        fields=AuthorizationServerDefault,
        shape=DefaultItem(path=_PATH, scope=SCOPE, query=_QUERY, claims=_is_default, imported_by="default"),
        provider=Provider(
            fixed={"name": "default"},
            keeps=("issuerMode",),
            lifecycle=True,
            deletes_nothing=True,
            takes_over=lambda server, item: True,
        ),
        label_field="",
        fixed_arguments={"name": "default"},
        not_read=("signing keys",),
        events=("oauth2.as.",),
        volatile=rotated_by_okta,
        side_effects={"credentials_rotation_mode": ("credentials.signing.kid",)},
        fresh={
            "default": (True,),
            "issuer": ("/oauth2/default",),
            "description": ("Default Authorization Server for your Applications",),
            "audiences": (["api://default"],),
            "issuerMode": ("ORG_URL", "DYNAMIC"),
            "credentials.signing.rotationMode": ("AUTO", "MANUAL"),
            "status": ("ACTIVE",),
        },
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
            built_in=lambda item: _is_system(item) or item["name"].startswith("okta."),  # such as okta.myAccount.read
        ),
        events=("oauth2.scope.",),
        parents=_SERVERS,
        parent_arguments=("auth_server_id",),
    )
)


AUTHORIZATION_SERVER_CLAIM = register(
    Kind(
        name="authorization-server-claim",
        resource="okta:auth/serverClaim:ServerClaim",
        fields=Claim,
        shape=Listed(path="claims", scope=SCOPE, claims=_is_own),
        events=("oauth2.claim.",),
        distinguished_by="claim_type",
        parents=_SERVERS,
        parent_arguments=("auth_server_id",),
    )
)


AUTHORIZATION_SERVER_CLAIM_DEFAULT = register(
    Kind(
        name="authorization-server-claim-default",
        resource="okta:index/authServerClaimDefault:AuthServerClaimDefault",
        fields=DefaultClaim,
        shape=Adopted(path="claims", scope=SCOPE, claims=_is_system, imported_by="{owner}/{label}"),
        provider=Provider(
            keeps=("claimType", "valueType", "value", "conditions", "status"),
            deletes_nothing=True,
            takes_over=lambda claim, item: bool(item["name"] == claim["name"]),
        ),
        fresh={
            "alwaysIncludeInToken": (False,),
            "claimType": ("RESOURCE", "IDENTITY"),
            "conditions.scopes": ([], ["address"], ["email"], ["phone"], ["profile"]),
            "status": ("ACTIVE",),
            "system": (True,),
            "value": ("(appuser != null) ? appuser.userName : app.clientId", *CLAIMS_OF_USERS),
            "valueType": ("EXPRESSION", "SYSTEM"),
        },
        events=("oauth2.claim.",),
        parents=_SERVERS,
        parent_arguments=("auth_server_id",),
        read_api=_without_usual_of_subject,
        write_api=_with_default_of_provider,
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
            built_in=lambda item: _is_system(item) or item["name"] == "Default Policy",
            ordered=True,
        ),
        provider=Provider(fixed={"type": "OAUTH_AUTHORIZATION_POLICY"}, lifecycle=True, created_active=True),
        events=("policy.lifecycle.",),
        parents=_SERVERS,
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
            built_in=lambda item: _is_system(item) or item["name"] == "Default Policy Rule",
            ordered=True,
        ),
        provider=Provider(fixed={"type": "RESOURCE_ACCESS"}, lifecycle=True),
        events=("policy.rule.",),
        parents=("access-policy",),
        last_one=LastOne("rule", "no client of the policy gets tokens"),
        parent_arguments=("policy_id", "auth_server_id"),
        not_declarable={
            "type": "Okta has one type of these rules, which is the provider's default",
        },
    )
)


TRUSTED_SERVERS = register(
    Kind(
        name="trusted-servers",
        resource="okta:index/trustedServer:TrustedServer",
        fields=TrustedServers,
        shape=WholeSet(
            path="associatedServers",
            scope=SCOPE,
            query="trusted=true&limit=200",
            value="id",
            added_as="trusted",
        ),
        provider=Provider(importable=False),
        events=("app.oauth2.trusted_server.",),
        label_field="trusted_servers",
        parents=_SERVERS,
        parent_arguments=("auth_server_id",),
    )
)
