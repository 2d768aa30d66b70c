"""Identity providers of social networks and public services, such as Google or Apple."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any, Final, Literal, Self

from pydantic import Field, model_validator

from reconciler.kinds.conditions import more
from reconciler.kinds.fields import Api, Only, ProviderDefault, Replaces, SecretRef, SetOf
from reconciler.kinds.identity_providers import (
    WRITE_ONLY_SECRET,
    IdentityProvider,
    attribute_without_type,
    identity_provider,
)
from reconciler.kinds.refusals import Phase
from reconciler.kinds.risks import changed
from reconciler.kinds.threats import AUDIENCE_CHANGED, IDENTITY_CHANGED, IDENTITY_PROVIDER_CHANGED

_CLIENT: Final = "protocol.credentials.client"
_SIGNING: Final = "protocol.credentials.signing"
_OF_TYPE: Final[Mapping[str, str]] = {
    "AMAZON": "OIDC",
    "APPLE": "OIDC",
    "BITBUCKET": "OAUTH2",
    "DISCORD": "OAUTH2",
    "FACEBOOK": "OAUTH2",
    "GITHUB": "OAUTH2",
    "GITLAB": "OIDC",
    "GOOGLE": "OIDC",
    "LINKEDIN": "OAUTH2",
    "LOGINGOV": "OIDC",
    "LOGINGOV_SANDBOX": "OIDC",
    "MICROSOFT": "OIDC",
    "PAYPAL": "OIDC",
    "PAYPAL_SANDBOX": "OIDC",
    "SALESFORCE": "OIDC",
    "SPOTIFY": "OAUTH2",
    "XERO": "OIDC",
    "YAHOO": "OIDC",
    "YAHOOJP": "OIDC",
}
"""The protocol of each service (API reference: Identity Providers)."""


_ENDPOINTS: Final = tuple(
    f"protocol.endpoints.{name}.{member}" for name in ("authorization", "token") for member in ("url", "binding")
)
"""Members that follow from the service."""


def _is_apple(provider: Any) -> bool:
    return bool(provider.type == "APPLE")


_APPLE: Final = Only(_is_apple, "only Apple has it")


class IdpSocial(IdentityProvider):
    """An identity provider of a social network or public service (`/api/v1/idps` with a type such as `GOOGLE`).

    Changing `type` replaces the identity provider.
    """

    refusals = (attribute_without_type(Phase.VALIDATE), *IdentityProvider.refusals[1:])
    risks = (
        changed(IDENTITY_PROVIDER_CHANGED, "client_id", "apple_kid", "apple_team_id", "protocol.endpoints.*"),
        changed(IDENTITY_CHANGED, "scopes", when=more),
        changed(AUDIENCE_CHANGED, "issuer_mode"),
    )

    type: Annotated[
        Literal[
            "AMAZON",
            "APPLE",
            "BITBUCKET",
            "DISCORD",
            "FACEBOOK",
            "GITHUB",
            "GITLAB",
            "GOOGLE",
            "LINKEDIN",
            "LOGINGOV",
            "LOGINGOV_SANDBOX",
            "MICROSOFT",
            "PAYPAL",
            "PAYPAL_SANDBOX",
            "SALESFORCE",
            "SPOTIFY",
            "XERO",
            "YAHOO",
            "YAHOOJP",
        ],
        Replaces(by_provider=False),
    ]
    """The service."""
    protocol_type: Annotated[
        Literal["OAUTH2", "OIDC"],
        Field(default_factory=lambda data: _OF_TYPE.get(data.get("type", ""), "OAUTH2")),
        Api("protocol.type"),
        ProviderDefault("OAUTH2"),
    ]
    """Protocol of the service. Left out: the one that it has."""
    client_id: Annotated[str, Field(min_length=1), Api(f"{_CLIENT}.client_id")]
    """Client id of Okta at the service."""
    client_secret: Annotated[SecretRef | None, Api(f"{_CLIENT}.client_secret")] = None
    """Client secret of Okta at the service. Apple has `apple_private_key` instead."""
    scopes: Annotated[SetOf[str], Field(min_length=1), Api("protocol.scopes")]
    """Scopes that Okta requests."""
    apple_kid: Annotated[str | None, Api(f"{_SIGNING}.kid"), _APPLE] = None
    """Id of the private key from Apple."""
    apple_team_id: Annotated[str | None, Api(f"{_SIGNING}.teamId"), _APPLE] = None
    """Id of your team at Apple."""
    apple_private_key: Annotated[SecretRef | None, Api(f"{_SIGNING}.privateKey"), _APPLE] = None
    """Private key from Apple, with which Okta proves who it is."""
    issuer_mode: Literal["ORG_URL", "CUSTOM_URL", "DYNAMIC"] = "ORG_URL"
    """Domain in the redirect URI: that of Okta, the custom domain, or that of the request (`DYNAMIC`)."""

    @model_validator(mode="after")
    def _protocol_of_the_type(self) -> Self:
        if self.protocol_type != _OF_TYPE[self.type]:
            error = self.error_at("protocol_type", f"{self.type} has the protocol {_OF_TYPE[self.type]}: leave it out")
            return self.without_errors([error])
        return self


IDP_SOCIAL = identity_provider(
    "idp-social",
    "okta:idp/social:Social",
    IdpSocial,
    lambda item: item.get("type") in _OF_TYPE,
    derived=_ENDPOINTS,
    generated=_ENDPOINTS,
    not_declarable={"client_secret_wo": WRITE_ONLY_SECRET, "client_secret_wo_version": WRITE_ONLY_SECRET},
)
