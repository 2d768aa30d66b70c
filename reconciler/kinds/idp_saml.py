"""SAML identity providers."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from reconciler.kinds.conditions import became, new_text
from reconciler.kinds.fields import Api, Bool, OnDelete, Purpose, Relates, SetOf, Uri, WriteOnly
from reconciler.kinds.identity_providers import Binding, EnterpriseProvider, identity_provider
from reconciler.kinds.idp_saml_key import SamlKeyRef
from reconciler.kinds.risks import changed
from reconciler.kinds.threats import ACCOUNT_MATCHING_CHANGED, IDENTITY_PROVIDER_CHANGED, PROOF_WEAKENED

_TRUST = "protocol.credentials.trust"
_SSO = "protocol.endpoints.sso"
_AUDIENCE = f"{_TRUST}.audience"
_UNSPECIFIED = "urn:oasis:names:tc:SAML:1.1:nameid-format:unspecified"
_TRANSIENT = "urn:oasis:names:tc:SAML:2.0:nameid-format:transient"
_PERSISTENT = "urn:oasis:names:tc:SAML:2.0:nameid-format:persistent"

NameFormat = Annotated[str, Field(min_length=1, examples=[_TRANSIENT, _PERSISTENT])]


class IdpSaml(EnterpriseProvider):
    """A SAML 2.0 identity provider (`/api/v1/idps` with the type `SAML2`)."""

    risks = (
        changed(IDENTITY_PROVIDER_CHANGED, "issuer", "sso_url", "kid", f"{_TRUST}.additionalKids*", _AUDIENCE),
        changed(IDENTITY_PROVIDER_CHANGED, "sso_destination", when=new_text),
        changed(PROOF_WEAKENED, "response_signature_scope", when=became("ANY")),
        changed(PROOF_WEAKENED, "request_signature_algorithm", "response_signature_algorithm", when=became("SHA-1")),
        changed(PROOF_WEAKENED, f"{_TRUST}.revocation*"),
        changed(ACCOUNT_MATCHING_CHANGED, "name_format", "subject_formats", "honor_persistent_name_id"),
    )

    issuer: Annotated[str, Field(min_length=1, max_length=1024), Api(f"{_TRUST}.issuer")]
    """Issuer (entity id) of the assertions that Okta accepts."""
    kid: Annotated[SamlKeyRef, Relates(Purpose.USE, OnDelete.KEEPS_ONE), Api(f"{_TRUST}.kid")]
    """Key with which Okta checks the signatures of assertions."""
    sso_url: Annotated[Uri, Api(f"{_SSO}.url")]
    """Address where people sign in."""
    sso_binding: Annotated[Binding, Api(f"{_SSO}.binding")] = "HTTP-POST"
    """How Okta sends people there."""
    sso_destination: Annotated[Uri | None, Api(f"{_SSO}.destination")] = None
    """Destination in the requests."""
    acs_type: Annotated[Literal["INSTANCE", "ORG"], Api("protocol.endpoints.acs.type")] = "INSTANCE"
    """Address that receives assertions: one of its own, or one for all identity providers of the tenant."""
    name_format: Annotated[NameFormat, Api("protocol.settings.nameFormat")] = _UNSPECIFIED
    """Format of names that Okta requests."""
    subject_formats: Annotated[SetOf[NameFormat], Api("policy.subject.format")] = frozenset()
    """Formats of names that Okta accepts; empty for all."""
    honor_persistent_name_id: Annotated[Bool, Api("protocol.settings.honorPersistentNameId")] = True
    """Whether a persistent name keeps the link to an account, whatever the user name says later."""
    request_signature_algorithm: Annotated[
        Literal["SHA-256", "SHA-1"], Api("protocol.algorithms.request.signature.algorithm")
    ] = "SHA-256"
    """Algorithm with which Okta signs its requests."""
    response_signature_algorithm: Annotated[
        Literal["SHA-256", "SHA-1"], Api("protocol.algorithms.response.signature.algorithm")
    ] = "SHA-256"
    """The weakest algorithm that Okta accepts."""
    response_signature_scope: Annotated[
        Literal["RESPONSE", "ASSERTION", "ANY"], Api("protocol.algorithms.response.signature.scope")
    ] = "ANY"
    """What must be signed: the response, the assertion, or either."""
    issuer_mode: Annotated[
        Literal["ORG_URL", "CUSTOM_URL", "DYNAMIC"], WriteOnly("Okta does not return it for SAML")
    ] = "ORG_URL"
    """Domain of Okta in the requests."""


IDP_SAML = identity_provider(
    "idp-saml",
    "okta:idp/saml:Saml",
    IdpSaml,
    lambda item: item.get("type") == "SAML2",
    fixed={"type": "SAML2", "protocol.type": "SAML2", "protocol.endpoints.acs.binding": "HTTP-POST"},
    derived=(_AUDIENCE, "protocol.credentials.signing.kid"),
    generated=(_AUDIENCE, "protocol.credentials.signing.kid"),
    keeps=(_AUDIENCE,),
    fresh={f"{_TRUST}.revocationCacheLifetime": (0,)},
)
