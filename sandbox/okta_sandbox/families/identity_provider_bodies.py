"""Request body of an identity provider, with the defaults that apply to every protocol."""

from typing import Any, Literal

from pydantic import Field

from okta_sandbox.body import Body, OpenBody, absent, required_text


class _Endpoint(OpenBody):
    url: str | None = absent()
    binding: Literal["HTTP-POST", "HTTP-REDIRECT"] | None = absent()
    destination: str | None = absent()


class _Client(OpenBody):
    client_id: str | None = absent()
    client_secret: str | None = absent()
    pkce_required: bool | None = absent()


class _Trust(Body):
    issuer: str = required_text(1024)
    audience: str | None = absent()
    kid: str = required_text()
    additionalKids: list[str] | None = absent()
    revocation: str | None = None
    revocationCacheLifetime: int = 0


class _Credentials(OpenBody):
    client: _Client | None = absent()
    trust: _Trust | None = absent()
    signing: dict[str, Any] | None = absent()


class _Issuer(OpenBody):
    url: str = required_text(1024)


class _Protocol(OpenBody):
    type: Literal["SAML2", "OIDC", "OAUTH2", "MTLS", "ID_PROOFING"]
    endpoints: dict[str, _Endpoint | None] = Field({})
    algorithms: dict[str, Any] | None = absent()
    settings: dict[str, Any] | None = absent()
    scopes: list[str] | None = absent()
    issuer: _Issuer | None = absent()
    credentials: _Credentials = _Credentials()


class _Deprovisioned(Body):
    action: Literal["NONE", "REACTIVATE"] = "NONE"


class _Suspended(Body):
    action: Literal["NONE", "UNSUSPEND"] = "NONE"


class _Conditions(Body):
    deprovisioned: _Deprovisioned = _Deprovisioned()
    suspended: _Suspended = _Suspended()


class _Groups(Body):
    action: Literal["NONE", "APPEND", "SYNC", "ASSIGN"] = "NONE"
    assignments: list[str] | None = absent()
    filter: list[str] | None = absent()
    sourceAttributeName: str | None = absent()


class _Provisioning(Body):
    action: Literal["AUTO", "CALLOUT", "DISABLED"] = "AUTO"
    profileMaster: bool = False
    groups: _Groups = _Groups()
    conditions: _Conditions = _Conditions()


class _Included(Body):
    include: list[str] = Field([])


class _LinkFilter(OpenBody):
    groups: _Included | None = absent()


class _AccountLink(Body):
    filter: _LinkFilter | None = None
    action: Literal["AUTO", "DISABLED"] = "AUTO"


class _Template(Body):
    template: str = "idpuser.email"


class _Subject(Body):
    userNameTemplate: _Template = _Template()
    filter: str | None = None
    format: list[str] | None = absent()
    matchType: Literal["USERNAME", "EMAIL", "USERNAME_OR_EMAIL", "CUSTOM_ATTRIBUTE"] = "USERNAME"
    matchAttribute: str | None = None


class _Policy(OpenBody):
    provisioning: _Provisioning = _Provisioning()
    accountLink: _AccountLink = _AccountLink()
    subject: _Subject = _Subject()
    maxClockSkew: int = 0
    trustClaims: bool | None = absent()
    transformedUsernameMatchingEnabled: bool = False


class IdentityProvider(Body):
    """The body of an identity provider."""

    issuerMode: Literal["ORG_URL", "CUSTOM_URL", "DYNAMIC"] = "ORG_URL"
    name: str = required_text(100)
    status: Literal["ACTIVE", "INACTIVE"] = "ACTIVE"
    protocol: _Protocol
    policy: _Policy = _Policy()
    type: str = required_text()
    properties: dict[str, Any] | None = absent()
