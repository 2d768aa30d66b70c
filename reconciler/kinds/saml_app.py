"""SAML apps: our own, and those of Okta's catalogue."""

from __future__ import annotations

from collections.abc import Callable
from typing import Annotated, Any, Literal, Self

from pydantic import AfterValidator, Field, model_validator

from reconciler.kinds.apps import AppWithUserNames, PolicyOfApp, apps
from reconciler.kinds.conditions import became, more, new_text, with_wildcard
from reconciler.kinds.fields import (
    JSON_TEXT,
    Api,
    Argument,
    Bool,
    Codec,
    ListOf,
    Name,
    Only,
    ProviderDefault,
    Replaces,
    ServerFilled,
    Sparse,
    Uri,
)
from reconciler.kinds.kind import Json, Part, register
from reconciler.kinds.refusals import Phase, Refusal
from reconciler.kinds.risks import changed
from reconciler.kinds.threats import (
    AUDIENCE_CHANGED,
    IDENTITY_CHANGED,
    PROOF_WEAKENED,
    REDIRECTS_WIDENED,
    WILDCARD_URI,
)

_SIGN_ON = "settings.signOn"
_CUSTOM = Only(lambda app: not app.preconfigured_app, "an app of Okta's catalogue brings this with it")
_SENT_TO = ("sso_url", "recipient", "destination", "acs_endpoints", "default_relay_state")
"""The addresses that people and their assertions are sent to."""
_OVERRIDES = ("*.ssoAcsUrlOverride", "*.recipientOverride", "*.destinationOverride")
"""What counts instead of them, and no definition can state."""
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
_WITHOUT_EMPTY_TEXT = Codec(decode=lambda settings: {name: value for name, value in settings.items() if value != ""})
_ALWAYS_SENT: Json = {
    "assertionSigned": False,
    "attributeStatements": [],
    "audienceOverride": "",
    "defaultRelayState": "",
    "destinationOverride": "",
    "honorForceAuthn": False,
    "recipientOverride": "",
    "responseSigned": False,
    "samlSignedRequestEnabled": False,
    "slo": {"enabled": False},
    "ssoAcsUrlOverride": "",
}


def _without_empty_text(settings: dict[str, Any] | None) -> dict[str, Any] | None:
    """The provider drops such settings when it reads an app, and would send them again and again."""
    empty = sorted(name for name, value in (settings or {}).items() if value == "")
    if empty:
        raise ValueError(f"the provider does not keep empty text: leave out {', '.join(empty)}")
    return settings


def _lacks(name: str) -> Callable[[Any], bool]:
    """Whether an app of our own lacks a value, and not just because it lacks `sso_url`, from which others follow."""
    follows = name in ("recipient", "destination")
    return lambda app: not app.preconfigured_app and not getattr(app, name) and (bool(app.sso_url) or not follows)


class AttributeStatement(Part):
    """One attribute that the app is told."""

    refusals = (
        Refusal(
            "filter_type",
            lambda statement: (statement.filter_type or statement.filter_value) and statement.type != "GROUP",
            "only an attribute of type GROUP takes filter_type and filter_value",
        ),
        Refusal(
            "values",
            lambda statement: statement.type == "GROUP" and statement.values,
            "an attribute of type GROUP takes filter_type and filter_value, and no values",
        ),
    )

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
        if self.type == "GROUP" and not filtered:
            raise ValueError("an attribute of type GROUP needs filter_type and filter_value")
        if self.type == "EXPRESSION" and not self.values:
            raise ValueError("an attribute of type EXPRESSION needs values")
        return self


@register
class SamlApp(AppWithUserNames):
    """An app that signs people in with SAML: one of our own, or one of Okta's catalogue."""

    kind = "saml-app"
    resource = "okta:app/saml:Saml"
    collection = apps(
        "SAML_2_0", "SAML_1_1", keeps=("credentials.signing",), derived=(f"{_SIGN_ON}.allowMultipleAcsEndpoints",)
    )
    risks = (
        changed(REDIRECTS_WIDENED, *_SENT_TO, when=new_text),
        changed(WILDCARD_URI, *_SENT_TO, when=with_wildcard),
        changed(REDIRECTS_WIDENED, *_OVERRIDES, when=new_text),
        changed(PROOF_WEAKENED, "response_signed", "assertion_signed", when=became(False)),
        changed(PROOF_WEAKENED, "signature_algorithm", "digest_algorithm", when=became("RSA_SHA1", "SHA1")),
        changed(PROOF_WEAKENED, "saml_signed_request_enabled", "honor_force_authn", when=became(False)),
        changed(PROOF_WEAKENED, "saml_version", when=became("1.1")),
        changed(IDENTITY_CHANGED, "attribute_statements", "*.configuredAttributeStatements", when=more),
        changed(IDENTITY_CHANGED, "*.inlineHooks*"),
        changed(IDENTITY_CHANGED, "subject_name_id_template", "subject_name_id_format", "authn_context_class_ref"),
        changed(AUDIENCE_CHANGED, "audience", "idp_issuer", "app_settings", "*.audienceOverride", "*.spIssuer"),
    )
    refusals = (
        *(
            Refusal(
                name,
                _lacks(name),
                f"an app that is not in Okta's catalogue needs {name}",
                Phase.CREATE,
            )
            for name in _NEEDED
        ),
        Refusal(
            "assertion_signed",
            lambda app: not app.preconfigured_app and not app.response_signed and not app.assertion_signed,
            "sign the response, the assertion, or both",
            Phase.CREATE,
        ),
    )

    preconfigured_app: Annotated[Name | None, Api("name"), Replaces()] = None
    """The app's name in Okta's catalogue, such as `amazon_aws`; left out for an app of our own."""
    authentication_policy: Annotated[
        PolicyOfApp,
        Only(
            lambda app: app.preconfigured_app not in _WITHOUT_POLICY,
            "the provider assigns no policy to this app when it makes it",
        ),
    ] = "default"
    """What the app asks for before it lets people in; not for `office365` and `radius`."""
    saml_version: Annotated[Literal["2.0", "1.1"], Api("signOnMode", _VERSION), Replaces(by_provider=False)] = "2.0"
    """The version of SAML."""
    app_settings: Annotated[
        dict[str, Any] | None,
        AfterValidator(_without_empty_text),
        Api("settings.app", _WITHOUT_EMPTY_TEXT),
        Argument("app_settings_json", JSON_TEXT),
        Sparse(usual=lambda settings: not settings),
        ServerFilled(),
        Only(lambda app: app.preconfigured_app, "only an app of Okta's catalogue has such settings"),
    ] = None
    """Settings of a catalogue app, as its catalogue entry names them: all that are not false or empty. Left out: not
    managed."""

    sso_url: Annotated[Uri | None, Api(f"{_SIGN_ON}.ssoAcsUrl"), _CUSTOM] = None
    """Where the app takes the assertion; needed unless the app is in Okta's catalogue."""
    recipient: Annotated[
        Uri | None, Api(f"{_SIGN_ON}.recipient"), Field(default_factory=lambda data: data.get("sso_url")), _CUSTOM
    ]
    """The assertion's recipient; left out: `sso_url`."""
    destination: Annotated[
        Uri | None, Api(f"{_SIGN_ON}.destination"), Field(default_factory=lambda data: data.get("sso_url")), _CUSTOM
    ]
    """The response's destination; left out: `sso_url`."""
    audience: Annotated[Name | None, Api(f"{_SIGN_ON}.audience"), _CUSTOM] = None
    """The app's entity id; needed unless the app is in Okta's catalogue."""
    idp_issuer: Annotated[str, Api(f"{_SIGN_ON}.idpIssuer"), _CUSTOM, ProviderDefault(None)] = (
        "http://www.okta.com/${org.externalKey}"
    )
    """Okta's entity id for the app."""
    default_relay_state: Annotated[str | None, Api(f"{_SIGN_ON}.defaultRelayState")] = None
    """Where the app sends people who start at Okta."""
    subject_name_id_template: Annotated[
        str, Api(f"{_SIGN_ON}.subjectNameIdTemplate"), _CUSTOM, ProviderDefault(None)
    ] = "${user.userName}"
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
        _CUSTOM,
        ProviderDefault(None),
    ] = "urn:oasis:names:tc:SAML:1.1:nameid-format:unspecified"
    """The format of the subject."""
    response_signed: Annotated[Bool, Api(f"{_SIGN_ON}.responseSigned"), _CUSTOM, ProviderDefault(None)] = True
    """Whether the response is signed."""
    assertion_signed: Annotated[Bool, Api(f"{_SIGN_ON}.assertionSigned"), _CUSTOM, ProviderDefault(None)] = True
    """Whether the assertion is signed."""
    signature_algorithm: Annotated[
        Literal["RSA_SHA256", "RSA_SHA1"], Api(f"{_SIGN_ON}.signatureAlgorithm"), _CUSTOM, ProviderDefault(None)
    ] = "RSA_SHA256"
    """How they are signed."""
    digest_algorithm: Annotated[
        Literal["SHA256", "SHA1"], Api(f"{_SIGN_ON}.digestAlgorithm"), _CUSTOM, ProviderDefault(None)
    ] = "SHA256"
    """How they are digested."""
    honor_force_authn: Annotated[Bool, Api(f"{_SIGN_ON}.honorForceAuthn"), _CUSTOM, ProviderDefault(False)] = True
    """Whether the app may ask for a new sign-in."""
    authn_context_class_ref: Annotated[str, Api(f"{_SIGN_ON}.authnContextClassRef"), _CUSTOM, ProviderDefault(None)] = (
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
        _CUSTOM,
    ] = ()
    """Further addresses where the app takes assertions."""
    saml_signed_request_enabled: Annotated[Bool, Api(f"{_SIGN_ON}.samlSignedRequestEnabled"), _CUSTOM] = False
    """Whether the app's own requests are signed."""

    @classmethod
    def read_api(cls, item: Json) -> Json:
        """The name that Okta makes up for an app of our own is nobody's choice."""
        custom = item.get("settings", {}).get("signOn", {}).get("ssoAcsUrl")
        return {name: value for name, value in item.items() if name != "name" or not custom}

    @classmethod
    def write_api(cls, item: Json) -> Json:
        """What the provider always sends, whatever was left out."""
        settings = item.get("settings", {})
        sign_on = _ALWAYS_SENT | settings.get("signOn", {})
        sign_on["allowMultipleAcsEndpoints"] = bool(sign_on.get("acsEndpoints"))
        return item | {"settings": {"app": {}, "implicitAssignment": False} | settings | {"signOn": sign_on}}
