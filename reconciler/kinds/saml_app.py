"""SAML 2.0 apps."""

from __future__ import annotations

from typing import Annotated, Literal, Self

from pydantic import Field, model_validator

from reconciler.kinds.apps import AppWithUserNames, apps
from reconciler.kinds.fields import Api, Bool, Codec, ListOf, Name, Uri
from reconciler.kinds.kind import Part, register

_SIGN_ON = "settings.signOn"
_NAME_ID = "urn:oasis:names:tc:SAML:1.1:nameid-format:"


class AttributeStatement(Part):
    """One attribute that the app is told."""

    name: Name
    """The name of the attribute."""
    type: Literal["EXPRESSION", "GROUP"] = "EXPRESSION"
    """Whether `values` or the group filter says it."""
    namespace: str = "urn:oasis:names:tc:SAML:2.0:attrname-format:unspecified"
    """The format of the name."""
    values: ListOf[str] = ()
    """Okta expressions (`EXPRESSION`)."""
    filter_type: Literal["STARTS_WITH", "EQUALS", "CONTAINS", "REGEX"] | None = None
    """How group names are matched (`GROUP`)."""
    filter_value: str | None = None
    """With what (`GROUP`)."""

    @model_validator(mode="after")
    def _values_or_filter(self) -> Self:
        filtered = self.filter_type is not None and self.filter_value is not None
        if self.type == "GROUP" and (self.values or not filtered):
            raise ValueError("an attribute of type GROUP has filter_type and filter_value, and no values")
        if self.type == "EXPRESSION" and (not self.values or self.filter_type or self.filter_value):
            raise ValueError("an attribute of type EXPRESSION has values, and no filter")
        return self


@register
class SamlApp(AppWithUserNames):
    """An app that signs people in with SAML 2.0."""

    kind = "saml-app"
    resource = "okta:app/saml:Saml"
    collection = apps("SAML_2_0")

    sso_url: Annotated[Uri, Api(f"{_SIGN_ON}.ssoAcsUrl")]
    """Where the app takes the assertion."""
    recipient: Annotated[Uri, Api(f"{_SIGN_ON}.recipient"), Field(default_factory=lambda data: data.get("sso_url"))]
    """The assertion's recipient; left out: `sso_url`."""
    destination: Annotated[Uri, Api(f"{_SIGN_ON}.destination"), Field(default_factory=lambda data: data.get("sso_url"))]
    """The response's destination; left out: `sso_url`."""
    audience: Annotated[Name, Api(f"{_SIGN_ON}.audience")]
    """The app's entity id."""
    idp_issuer: Annotated[str, Api(f"{_SIGN_ON}.idpIssuer")] = "http://www.okta.com/${org.externalKey}"
    """Okta's entity id for the app."""
    default_relay_state: Annotated[str | None, Api(f"{_SIGN_ON}.defaultRelayState")] = None
    """Where the app sends people who start at Okta."""
    subject_name_id_template: Annotated[str, Api(f"{_SIGN_ON}.subjectNameIdTemplate")] = "${user.userName}"
    """An Okta expression for the subject."""
    subject_name_id_format: Annotated[
        Literal[
            "urn:oasis:names:tc:SAML:1.1:nameid-format:unspecified",
            "urn:oasis:names:tc:SAML:1.1:nameid-format:emailAddress",
            "urn:oasis:names:tc:SAML:1.1:nameid-format:x509SubjectName",
            "urn:oasis:names:tc:SAML:2.0:nameid-format:persistent",
            "urn:oasis:names:tc:SAML:2.0:nameid-format:transient",
        ],
        Api(f"{_SIGN_ON}.subjectNameIdFormat"),
    ] = "urn:oasis:names:tc:SAML:1.1:nameid-format:unspecified"
    """The format of the subject."""
    response_signed: Annotated[Bool, Api(f"{_SIGN_ON}.responseSigned")] = True
    """Whether the response is signed."""
    assertion_signed: Annotated[Bool, Api(f"{_SIGN_ON}.assertionSigned")] = True
    """Whether the assertion is signed."""
    signature_algorithm: Annotated[Literal["RSA_SHA256", "RSA_SHA1"], Api(f"{_SIGN_ON}.signatureAlgorithm")] = (
        "RSA_SHA256"
    )
    """How they are signed."""
    digest_algorithm: Annotated[Literal["SHA256", "SHA1"], Api(f"{_SIGN_ON}.digestAlgorithm")] = "SHA256"
    """How they are digested."""
    honor_force_authn: Annotated[Bool, Api(f"{_SIGN_ON}.honorForceAuthn")] = True
    """Whether the app may ask for a new sign-in."""
    authn_context_class_ref: Annotated[str, Api(f"{_SIGN_ON}.authnContextClassRef")] = (
        "urn:oasis:names:tc:SAML:2.0:ac:classes:PasswordProtectedTransport"
    )
    """What the app is told about how people signed in."""
    attribute_statements: Annotated[ListOf[AttributeStatement], Api(f"{_SIGN_ON}.attributeStatements")] = ()
    """What else the app is told about people."""
    acs_endpoints: Annotated[
        ListOf[Uri],
        Api(
            f"{_SIGN_ON}.acsEndpoints",
            Codec(
                encode=lambda urls: [{"url": url, "index": index} for index, url in enumerate(urls)],
                decode=lambda items: [item["url"] for item in sorted(items, key=lambda item: item["index"])],
            ),
        ),
    ] = ()
    """Further addresses where the app takes assertions."""
    saml_signed_request_enabled: Annotated[Bool, Api(f"{_SIGN_ON}.samlSignedRequestEnabled")] = False
    """Whether the app's own requests are signed."""
