"""OAuth clients: what apps that get tokens may declare about grants, redirects, keys and networks."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Annotated, Any, Literal, Self

from pydantic import AfterValidator, Field, model_validator

from reconciler.kinds.fields import Api, Checked, Name, Purpose, Ref, Relates, SetOf, Uri, Warns
from reconciler.kinds.part import Part
from reconciler.kinds.refusals import Refusal

GrantType = Literal[
    "authorization_code",
    "implicit",
    "password",
    "refresh_token",
    "client_credentials",
    "urn:ietf:params:oauth:grant-type:saml2-bearer",
    "urn:ietf:params:oauth:grant-type:token-exchange",
    "urn:ietf:params:oauth:grant-type:device_code",
    "interaction_code",
    "urn:openid:params:grant-type:ciba",
    "urn:okta:params:oauth:grant-type:oob",
    "urn:okta:params:oauth:grant-type:otp",
    "http://auth0.com/oauth/grant-type/mfa-oob",
    "http://auth0.com/oauth/grant-type/mfa-otp",
]
ResponseType = Literal["code", "token", "id_token"]


_OF_PEOPLE: frozenset[str] = frozenset({"authorization_code", "refresh_token", "interaction_code"})
_DIRECT: frozenset[str] = frozenset(
    {
        "urn:okta:params:oauth:grant-type:oob",
        "urn:okta:params:oauth:grant-type:otp",
        "http://auth0.com/oauth/grant-type/mfa-oob",
        "http://auth0.com/oauth/grant-type/mfa-otp",
    }
)
"""The grants of direct authentication: the app itself asks people for their factors."""
_BACKCHANNEL = "urn:openid:params:grant-type:ciba"
EXCHANGES: frozenset[str] = _DIRECT | frozenset(
    {
        _BACKCHANNEL,
        "implicit",
        "urn:ietf:params:oauth:grant-type:saml2-bearer",
        "urn:ietf:params:oauth:grant-type:token-exchange",
        "urn:ietf:params:oauth:grant-type:device_code",
    }
)
GRANTS_OF_TYPE: Mapping[str, frozenset[str]] = {
    "web": _OF_PEOPLE | EXCHANGES | {"client_credentials"},
    "browser": _OF_PEOPLE | EXCHANGES - {_BACKCHANNEL},
    "native": _OF_PEOPLE | EXCHANGES - {_BACKCHANNEL} | {"password"},
    "service": EXCHANGES - {_BACKCHANNEL} | {"client_credentials", "interaction_code"},
}
"""The grant types that the provider accepts for each type of app."""
COMPULSORY_GRANT = {"web": "authorization_code", "native": "authorization_code", "service": "client_credentials"}


def _redirect(value: str) -> str:
    """Okta's rules for redirect URIs (API reference: `redirect_uris` and `wildcard_redirect` of an OAuth client)."""
    if "#" in value:
        raise ValueError("must not have a fragment (#...): remove it")
    if "*" in value:
        lowest, *above = _host(value).split(".")
        whole = value.replace(lowest, "", 1) if lowest.count("*") == 1 else value
        if not value.startswith("https://") or "*" in whole or len(above) < 2:
            raise ValueError(
                "only one * is allowed, in the lowest subdomain of an https URI: https://*.example.com/callback"
            )
    return value


def _host(uri: str) -> str:
    return uri.partition("://")[2].partition("/")[0].partition("?")[0].rpartition("@")[2]


def _without_wildcard(value: str) -> str:
    if "*" in value:
        raise ValueError("must not contain *: list each logout redirect URI")
    return value


ClientZoneRef = Annotated[str, Ref("network-zone", words=("ALL_IP_ZONES",))]
RedirectUri = Annotated[Uri, AfterValidator(_redirect)]
LogoutUri = Annotated[Uri, AfterValidator(_without_wildcard)]


class Jwk(Part):
    """A public key of the app, as a JSON Web Key."""

    kid: Annotated[str, Field(min_length=1)]
    """Key ID."""
    kty: Literal["RSA", "EC"]
    """Key type."""
    e: str | None = None
    """Exponent (`RSA`)."""
    n: str | None = None
    """Modulus (`RSA`)."""
    x: str | None = None
    """X coordinate (`EC`)."""
    y: str | None = None
    """Y coordinate (`EC`)."""


class ClientNetwork(Part):
    """Networks from which the app can get tokens."""

    connection: Annotated[Literal["ANYWHERE", "ZONE"], Checked()] = "ANYWHERE"
    """`ZONE` for the zones named below."""
    includes: Annotated[SetOf[ClientZoneRef], Relates(Purpose.ZONE), Api("include")] = frozenset()
    """Network zones that the app can get tokens from (with `ZONE`), or `ALL_IP_ZONES`."""
    excludes: Annotated[SetOf[ClientZoneRef], Relates(Purpose.ZONE), Api("exclude")] = frozenset()
    """Network zones that the app cannot get tokens from (with `ZONE`), or `ALL_IP_ZONES`."""

    @model_validator(mode="after")
    def _zones_only_with_zone(self) -> Self:
        named = bool(self.includes or self.excludes)
        if self.connection == "ZONE" and not named:
            raise ValueError("connection: ZONE needs includes or excludes")
        if self.connection != "ZONE" and named:
            raise ValueError("includes and excludes need connection: ZONE")
        return self


def _needs_api_token(_: Any) -> Iterator[str]:
    yield "the provider sets the claim only if it signs in with an API token, and ignores it otherwise"


class GroupsClaim(Part):
    """The claim with the groups of a user in the ID tokens of the org authorization server."""

    refusals = (
        Refusal("filter_type", lambda claim: claim.type == "EXPRESSION" and claim.filter_type, "needs type: FILTER"),
        Refusal("filter_type", lambda claim: claim.type == "FILTER" and not claim.filter_type, "required with FILTER"),
    )

    name: Annotated[Name, Warns(_needs_api_token)]
    """Name of the claim."""
    type: Literal["FILTER", "EXPRESSION"]
    """`FILTER` for the groups whose names match, `EXPRESSION` for the result of an expression."""
    filter_type: Literal["STARTS_WITH", "EQUALS", "CONTAINS", "REGEX"] | None = None
    """How the filter matches group names (with `FILTER`)."""
    value: Annotated[str, Field(min_length=1)]
    """Text or regular expression to match group names with, or the expression."""
