"""OpenID Connect identity providers."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import AfterValidator, Field

from reconciler.kinds.conditions import became, more, new_text
from reconciler.kinds.fields import Api, Argument, Bool, Only, ProviderDefault, SecretRef, SetOf, Uri
from reconciler.kinds.identity_providers import WRITE_ONLY_SECRET, Binding, EnterpriseProvider, identity_provider
from reconciler.kinds.refusals import Phase, Refusal
from reconciler.kinds.risks import changed
from reconciler.kinds.threats import AUDIENCE_CHANGED, IDENTITY_CHANGED, IDENTITY_PROVIDER_CHANGED, PROOF_WEAKENED

_CLIENT = "protocol.credentials.client"
_ENDPOINTS = "protocol.endpoints"
_LOGOUT_BINDING = f"{_ENDPOINTS}.slo.binding"


def _with_openid(scopes: frozenset[str]) -> frozenset[str]:
    if "openid" not in scopes:
        raise ValueError("must contain openid")
    return scopes


class IdpOidc(EnterpriseProvider):
    """An OpenID Connect identity provider (`/api/v1/idps` with the type `OIDC`)."""

    refusals = (
        *EnterpriseProvider.refusals,
        Refusal(
            "slo_url",
            lambda provider: provider.participate_slo and not provider.slo_url,
            "participate_slo: true needs the address that Okta sends the logout to",
            Phase.VALIDATE,
        ),
        Refusal(
            "user_info_binding",
            lambda provider: bool(provider.user_info_url) != bool(provider.user_info_binding),
            "the provider sends user_info_url and user_info_binding together: set both or neither",
            Phase.VALIDATE,
        ),
    )
    risks = (
        changed(IDENTITY_PROVIDER_CHANGED, "issuer_url", "authorization_url", "token_url", "jwks_url", "client_id"),
        changed(IDENTITY_PROVIDER_CHANGED, "user_info_url", "slo_url", when=new_text),
        changed(IDENTITY_CHANGED, "scopes", when=more),
        changed(PROOF_WEAKENED, "pkce_required", when=became(False)),
        changed(PROOF_WEAKENED, "request_signature_algorithm"),
        changed(AUDIENCE_CHANGED, "issuer_mode"),
    )

    subject_filter: Annotated[str, Api("policy.subject.filter"), Argument("filter")] = ""
    """Regular expression that user names must match; empty for all. Without it, the identity provider can sign in
    anybody, administrators too."""
    issuer_url: Annotated[Uri, Api("protocol.issuer.url")]
    """Issuer of the ID tokens that Okta accepts."""
    client_id: Annotated[str, Field(min_length=1), Api(f"{_CLIENT}.client_id")]
    """Client id of Okta at the identity provider."""
    client_secret: Annotated[SecretRef, Api(f"{_CLIENT}.client_secret")]
    """Client secret of Okta at the identity provider."""
    scopes: Annotated[
        SetOf[str], AfterValidator(_with_openid), Field(examples=["openid", "email"]), Api("protocol.scopes")
    ]
    """Scopes that Okta requests; `openid` among them."""
    authorization_url: Annotated[Uri, Api(f"{_ENDPOINTS}.authorization.url")]
    """Address where people sign in."""
    authorization_binding: Annotated[Binding, Api(f"{_ENDPOINTS}.authorization.binding"), ProviderDefault(None)] = (
        "HTTP-REDIRECT"
    )
    """How Okta sends people there."""
    token_url: Annotated[Uri, Api(f"{_ENDPOINTS}.token.url")]
    """Address where Okta gets tokens."""
    token_binding: Annotated[Binding, Api(f"{_ENDPOINTS}.token.binding"), ProviderDefault(None)] = "HTTP-POST"
    """How Okta asks for tokens."""
    jwks_url: Annotated[Uri, Api(f"{_ENDPOINTS}.jwks.url")]
    """Address of the keys with which Okta checks tokens."""
    jwks_binding: Annotated[Binding, Api(f"{_ENDPOINTS}.jwks.binding"), ProviderDefault(None)] = "HTTP-REDIRECT"
    """How Okta asks for the keys."""
    user_info_url: Annotated[Uri | None, Api(f"{_ENDPOINTS}.userInfo.url")] = None
    """Address of the profile of the person who signs in."""
    user_info_binding: Annotated[Binding | None, Api(f"{_ENDPOINTS}.userInfo.binding")] = None
    """How Okta asks for the profile."""
    pkce_required: Annotated[Bool, Api(f"{_CLIENT}.pkce_required")] = False
    """Whether Okta proves with PKCE that it started the sign-in."""
    participate_slo: Annotated[Bool, Api("protocol.settings.participateSlo")] = False
    """Whether Okta signs people out at the identity provider when they sign out of Okta."""
    slo_url: Annotated[
        Uri | None,
        Api(f"{_ENDPOINTS}.slo.url"),
        Only(lambda provider: provider.participate_slo, "the provider sends it only with participate_slo: true"),
    ] = None
    """Address that Okta sends the logout to."""
    request_signature_algorithm: Annotated[
        Literal["HS256", "HS384", "HS512", "RS256", "RS384", "RS512", "SHA-256"],
        Api("protocol.algorithms.request.signature.algorithm"),
    ] = "HS256"
    """Algorithm with which Okta signs its requests."""
    issuer_mode: Literal["ORG_URL", "CUSTOM_URL", "DYNAMIC"] = "ORG_URL"
    """Domain in the redirect URI: that of Okta, the custom domain, or that of the request (`DYNAMIC`)."""


IDP_OIDC = identity_provider(
    "idp-oidc",
    "okta:idp/oidc:Oidc",
    IdpOidc,
    lambda item: item.get("type") == "OIDC",
    fixed={"type": "OIDC", "protocol.type": "OIDC"},
    fresh={_LOGOUT_BINDING: ("HTTP-REDIRECT",)},
    side_effects={"slo_url": (_LOGOUT_BINDING,), "participate_slo": (_LOGOUT_BINDING,)},
    not_declarable={
        "client_secret_wo": WRITE_ONLY_SECRET,
        "client_secret_wo_version": WRITE_ONLY_SECRET,
        "protocol_type": "Okta accepts only `OIDC`, which is the provider's default",
    },
)
