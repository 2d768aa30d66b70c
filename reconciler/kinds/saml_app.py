"""SAML apps: custom apps, and apps from Okta's catalog."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from typing import Annotated, Any, Literal, Self

from pydantic import AfterValidator, Field, model_validator

from reconciler.kinds.apps import (
    LOST_ON_REPLACE,
    NO_LOGO,
    NO_SKIPPED_POLICY,
    NO_SUFFIX,
    FederatedApp,
    PolicyOfApp,
    ProvisionedApp,
    app_kind,
    apps,
    apps_written,
)
from reconciler.kinds.catalog import WITHOUT_EMPTY_TEXT, CatalogSettings
from reconciler.kinds.conditions import became, more, new_text, with_wildcard, without_tls
from reconciler.kinds.fields import (
    Api,
    Argument,
    Bool,
    Codec,
    Int,
    ListOf,
    Name,
    Only,
    ProviderDefault,
    Purpose,
    Relates,
    Replaces,
    Uri,
)
from reconciler.kinds.inline_hook import InlineHookRef
from reconciler.kinds.part import Part
from reconciler.kinds.refusals import Phase, Refusal
from reconciler.kinds.risks import changed
from reconciler.kinds.saml_bodies import HOOK, INDEXED, in_sequence, index_of, read_api, write_api
from reconciler.kinds.threats import (
    AUDIENCE_CHANGED,
    IDENTITY_CHANGED,
    LASTS_LONGER,
    PLAIN_HTTP,
    PROOF_WEAKENED,
    REDIRECTS_WIDENED,
    SECRET_ROTATED,
    WILDCARD_URI,
)

_SIGN_ON = "settings.signOn"
_LOGOUT = f"{_SIGN_ON}.slo"
_BASE64 = re.compile(r"(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?")
_CUSTOM = Only(lambda app: not app.preconfigured_app, "Okta's catalog sets it for this app")
_SENT_TO = (
    "sso_url",
    "recipient",
    "destination",
    "acs_endpoints",
    "acs_endpoints_indices",
    "default_relay_state",
    "single_logout_url",
)
"""The addresses that users and their assertions are sent to."""
_OVERRIDES = ("*.ssoAcsUrlOverride", "*.recipientOverride", "*.destinationOverride")
"""Members that override these addresses. Definitions cannot state them."""
_WITHOUT_POLICY = ("office365", "radius")
_NEEDED = (
    "sso_url",
    "recipient",
    "destination",
    "audience",
    "subject_name_id_template",
    "subject_name_id_format",
    "signature_algorithm",
    "digest_algorithm",
    "authn_context_class_ref",
)
_VERSION = Codec(
    encode=lambda version: f"SAML_{version.replace('.', '_')}",
    decode=lambda mode: mode.removeprefix("SAML_").replace("_", "."),
)


def _certificate(text: str | None) -> str | None:
    """A certificate in one line: Okta shows it in lines, and the provider compares certificates, not texts."""
    joined = "".join((text or "").split())
    if text is not None and not _BASE64.fullmatch(joined):
        raise ValueError("must be a certificate in base64, without its first and last line")
    return joined or None


def _ascending(endpoints: Sequence[Any]) -> bool:
    indices = [index_of(one) for one in endpoints]
    return indices == sorted(set(indices))


def _lacks(name: str) -> Callable[[Any], bool]:
    """Whether a custom app lacks a value, other than one that defaults to a missing `sso_url`."""
    follows = name in ("recipient", "destination")
    return lambda app: not app.preconfigured_app and not getattr(app, name) and (bool(app.sso_url) or not follows)


class AttributeStatement(Part):
    """One attribute statement."""

    refusals = (
        Refusal(
            "filter_type",
            lambda statement: (statement.filter_type or statement.filter_value) and statement.type != "GROUP",
            "needs type: GROUP",
        ),
        Refusal(
            "values",
            lambda statement: statement.type == "GROUP" and statement.values,
            "type: GROUP takes filter_type and filter_value instead",
        ),
    )

    name: Name
    """Name of the attribute."""
    type: Literal["EXPRESSION", "GROUP"] = "EXPRESSION"
    """`EXPRESSION` for `values`, `GROUP` for group names that match the filter."""
    namespace: str = "urn:oasis:names:tc:SAML:2.0:attrname-format:unspecified"
    """Name format of the attribute."""
    values: ListOf[str] = ()
    """Okta expressions for the values (`EXPRESSION`)."""
    filter_type: Literal["STARTS_WITH", "EQUALS", "CONTAINS", "REGEX"] | None = None
    """How the filter matches group names (`GROUP`)."""
    filter_value: str | None = None
    """Text or regular expression to match group names with (`GROUP`)."""

    @model_validator(mode="after")
    def _values_or_filter(self) -> Self:
        filtered = self.filter_type is not None and self.filter_value is not None
        if self.type == "GROUP" and not filtered:
            raise ValueError("type: GROUP needs filter_type and filter_value")
        if self.type == "EXPRESSION" and not self.values:
            raise ValueError("type: EXPRESSION needs values")
        return self


class AcsEndpoint(Part):
    """A requestable SSO URL."""

    url: Uri
    """URL of the endpoint."""
    index: Annotated[Int, Field(ge=0, le=65535)]
    """Index with which the app requests it."""


class SamlApp(FederatedApp, ProvisionedApp):
    """An app that signs users in with SAML: a custom app, or an app from Okta's catalog."""

    risks = (
        changed(REDIRECTS_WIDENED, *_SENT_TO, when=new_text),
        changed(WILDCARD_URI, *_SENT_TO, when=with_wildcard, new=True),
        changed(PLAIN_HTTP, *_SENT_TO, when=without_tls, new=True),
        changed(REDIRECTS_WIDENED, *_OVERRIDES, when=new_text),
        changed(PROOF_WEAKENED, "response_signed", "assertion_signed", when=became(False), new=True),
        changed(PROOF_WEAKENED, "signature_algorithm", "digest_algorithm", when=became("RSA_SHA1", "SHA1"), new=True),
        changed(PROOF_WEAKENED, "saml_signed_request_enabled", "honor_force_authn", when=became(False)),
        changed(PROOF_WEAKENED, "saml_version", when=became("1.1")),
        changed(IDENTITY_CHANGED, "attribute_statements", "*.configuredAttributeStatements", when=more),
        changed(IDENTITY_CHANGED, "inline_hook", "*.inlineHooks*"),
        changed(LASTS_LONGER, "single_logout_issuer", when=became(None)),
        changed(SECRET_ROTATED, "single_logout_certificate", "*.spCertificate*"),
        changed(AUDIENCE_CHANGED, "single_logout_issuer"),
        changed(IDENTITY_CHANGED, "subject_name_id_template", "subject_name_id_format", "authn_context_class_ref"),
        changed(AUDIENCE_CHANGED, "audience", "idp_issuer", "app_settings", "*.audienceOverride", "*.spIssuer"),
    )
    refusals = (
        *(
            Refusal(
                name,
                _lacks(name),
                "required for a custom app (without preconfigured_app)",
                Phase.CREATE,
            )
            for name in _NEEDED
        ),
        Refusal(
            "assertion_signed",
            lambda app: not app.preconfigured_app and not app.response_signed and not app.assertion_signed,
            "set response_signed or assertion_signed: true",
            Phase.CREATE,
        ),
        Refusal(
            "single_logout_url",
            lambda app: app.single_logout_issuer and not app.single_logout_url,
            "single_logout_issuer needs single_logout_url",
            Phase.PREVIEW,
        ),
        Refusal(
            "single_logout_issuer",
            lambda app: app.single_logout_url and not app.single_logout_issuer,
            "single_logout_url needs single_logout_issuer",
            Phase.PREVIEW,
        ),
        Refusal(
            "single_logout_certificate",
            lambda app: app.single_logout_issuer and not app.single_logout_certificate,
            "single logout needs the certificate with which the app signs its requests",
            Phase.VALIDATE,
        ),
        Refusal(
            "single_logout_certificate",
            lambda app: app.single_logout_certificate and not app.single_logout_issuer,
            "the provider sends the certificate with single_logout_issuer only",
            Phase.VALIDATE,
        ),
        Refusal(
            "acs_endpoints_indices",
            lambda app: app.acs_endpoints and app.acs_endpoints_indices,
            "set either acs_endpoints or acs_endpoints_indices",
            Phase.PREVIEW,
        ),
        Refusal(
            "acs_endpoints_indices",
            lambda app: app.acs_endpoints_indices and in_sequence(app.acs_endpoints_indices),
            "the indices are the positions: list the URLs in acs_endpoints",
            Phase.VALIDATE,
        ),
        Refusal(
            "acs_endpoints_indices",
            lambda app: not _ascending(app.acs_endpoints_indices or ()),
            "list the endpoints in the order of their indices, each index once",
            Phase.VALIDATE,
        ),
    )

    preconfigured_app: Annotated[Name | None, Api("name"), Replaces()] = None
    """Name of the app in Okta's catalog, such as `amazon_aws`. Left out: a custom app."""
    authentication_policy: Annotated[
        PolicyOfApp,
        Only(
            lambda app: app.preconfigured_app not in _WITHOUT_POLICY,
            "the provider assigns no policy to this app when it creates it",
        ),
    ] = "default"
    """Authentication policy of the app; not for `office365` and `radius`."""
    saml_version: Annotated[Literal["2.0", "1.1"], Api("signOnMode", _VERSION), Replaces(by_provider=False)] = "2.0"
    """SAML version."""
    app_settings: Annotated[
        CatalogSettings,
        Api("settings.app", WITHOUT_EMPTY_TEXT),
        Only(lambda app: app.preconfigured_app, "only an app from Okta's catalog has app_settings"),
    ] = None
    """Settings of a catalog app, by their names in the catalog. List all that are not false or empty. Left out: not
    managed."""

    sso_url: Annotated[Uri | None, Api(f"{_SIGN_ON}.ssoAcsUrl"), _CUSTOM] = None
    """Single sign-on URL (ACS URL), which receives the assertion. A custom app needs it."""
    recipient: Annotated[
        Uri | None, Api(f"{_SIGN_ON}.recipient"), Field(default_factory=lambda data: data.get("sso_url")), _CUSTOM
    ]
    """Recipient URL of the assertion. Left out: `sso_url`."""
    destination: Annotated[
        Uri | None, Api(f"{_SIGN_ON}.destination"), Field(default_factory=lambda data: data.get("sso_url")), _CUSTOM
    ]
    """Destination URL of the response. Left out: `sso_url`."""
    audience: Annotated[Name | None, Api(f"{_SIGN_ON}.audience"), _CUSTOM] = None
    """Audience URI (SP entity ID). A custom app needs it."""
    idp_issuer: Annotated[str, Api(f"{_SIGN_ON}.idpIssuer"), _CUSTOM, ProviderDefault(None)] = (
        "http://www.okta.com/${org.externalKey}"
    )
    """IdP entity ID (issuer) of Okta for the app."""
    default_relay_state: Annotated[str | None, Api(f"{_SIGN_ON}.defaultRelayState")] = None
    """Relay state of sign-ins started from Okta: the page that users land on."""
    subject_name_id_template: Annotated[
        str, Api(f"{_SIGN_ON}.subjectNameIdTemplate"), _CUSTOM, ProviderDefault(None)
    ] = "${user.userName}"
    """Okta expression for the name ID (subject)."""
    subject_name_id_format: Annotated[
        Literal[
            "urn:oasis:names:tc:SAML:1.1:nameid-format:unspecified",
            "urn:oasis:names:tc:SAML:1.1:nameid-format:emailAddress",
            "urn:oasis:names:tc:SAML:1.1:nameid-format:x509SubjectName",
            "urn:oasis:names:tc:SAML:2.0:nameid-format:persistent",
            "urn:oasis:names:tc:SAML:2.0:nameid-format:transient",
        ],
        Api(f"{_SIGN_ON}.subjectNameIdFormat"),
        _CUSTOM,
        ProviderDefault(None),
    ] = "urn:oasis:names:tc:SAML:1.1:nameid-format:unspecified"
    """Format of the name ID (subject)."""
    response_signed: Annotated[Bool, Api(f"{_SIGN_ON}.responseSigned"), _CUSTOM, ProviderDefault(None)] = True
    """Whether to sign the response."""
    assertion_signed: Annotated[Bool, Api(f"{_SIGN_ON}.assertionSigned"), _CUSTOM, ProviderDefault(None)] = True
    """Whether to sign the assertion."""
    signature_algorithm: Annotated[
        Literal["RSA_SHA256", "RSA_SHA1"], Api(f"{_SIGN_ON}.signatureAlgorithm"), _CUSTOM, ProviderDefault(None)
    ] = "RSA_SHA256"
    """Algorithm of the signatures."""
    digest_algorithm: Annotated[
        Literal["SHA256", "SHA1"], Api(f"{_SIGN_ON}.digestAlgorithm"), _CUSTOM, ProviderDefault(None)
    ] = "SHA256"
    """Algorithm of the digests."""
    honor_force_authn: Annotated[Bool, Api(f"{_SIGN_ON}.honorForceAuthn"), _CUSTOM, ProviderDefault(False)] = True
    """Whether to honor `ForceAuthn`: the app can require users to sign in again."""
    authn_context_class_ref: Annotated[str, Api(f"{_SIGN_ON}.authnContextClassRef"), _CUSTOM, ProviderDefault(None)] = (
        "urn:oasis:names:tc:SAML:2.0:ac:classes:PasswordProtectedTransport"
    )
    """Authentication context class of the assertion."""
    attribute_statements: Annotated[ListOf[AttributeStatement], Api(f"{_SIGN_ON}.attributeStatements")] = ()
    """Attribute statements of the assertion."""
    acs_endpoints: Annotated[
        ListOf[Uri],
        Api(
            f"{_SIGN_ON}.acsEndpoints",
            Codec(
                encode=lambda urls: [{"url": url, "index": index} for index, url in enumerate(urls)],
                decode=lambda items: [item["url"] for item in sorted(items, key=lambda item: item["index"])],
            ),
        ),
        _CUSTOM,
    ] = ()
    """Other requestable SSO URLs (ACS endpoints). Their positions, from 0, are their indices."""
    acs_endpoints_indices: Annotated[ListOf[AcsEndpoint], Api(f"{_SIGN_ON}.{INDEXED}"), _CUSTOM] = ()
    """Other requestable SSO URLs with indices of their own, instead of `acs_endpoints`; ordered by index."""
    inline_hook: Annotated[
        InlineHookRef | None,
        Relates(Purpose.USE),
        Api(f"{_SIGN_ON}.{HOOK}.id"),
        Argument("inline_hook_id"),
        _CUSTOM,
    ] = None
    """Inline hook of type `com.okta.saml.tokens.transform`, which can change each assertion."""
    saml_signed_request_enabled: Annotated[Bool, Api(f"{_SIGN_ON}.samlSignedRequestEnabled"), _CUSTOM] = False
    """Whether requests from the app must be signed."""
    single_logout_issuer: Annotated[Name | None, Api(f"{_LOGOUT}.issuer"), _CUSTOM] = None
    """Entity ID of the app in its logout requests. Left out: no single logout."""
    single_logout_url: Annotated[Uri | None, Api(f"{_LOGOUT}.logoutUrl"), _CUSTOM] = None
    """URL to which Okta sends logout responses. Needed with `single_logout_issuer`."""
    single_logout_certificate: Annotated[
        str | None, AfterValidator(_certificate), Api(f"{_LOGOUT}.certificate"), _CUSTOM
    ] = None
    """Certificate with which the app signs its logout requests: base64, without the BEGIN and END lines. Line breaks
    are ignored. Needed with `single_logout_issuer`."""


SAML_APP = app_kind(
    "saml-app",
    "okta:app/saml:Saml",
    SamlApp,
    apps("SAML_2_0", "SAML_1_1"),
    apps_written(
        "SAML_2_0", "SAML_1_1", keeps=("credentials.signing",), derived=(f"{_SIGN_ON}.allowMultipleAcsEndpoints",)
    ),
    not_declarable=NO_LOGO
    | NO_SKIPPED_POLICY
    | NO_SUFFIX
    | {
        "key_name": "it makes Okta generate a new key: an action, not a state",
        "key_years_valid": "it makes Okta generate a new key: an action, not a state",
        "request_compressed": "the provider never sends it",
        "sp_issuer": "the provider never sends it",
    },
    lost_on_replace=("SAML metadata and sign-on URLs", *LOST_ON_REPLACE),
    side_effects={
        "single_logout_issuer": (f"{_SIGN_ON}.spCertificate",),
        "single_logout_certificate": (f"{_SIGN_ON}.spCertificate",),
    },
    read_api=read_api,
    write_api=write_api,
)
