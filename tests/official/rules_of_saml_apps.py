"""The provider's rules for apps that sign users in with SAML."""

from __future__ import annotations

from reconciler.kinds import Spec
from tests.of_kinds import OMIT
from tests.official.provider_rules import (
    MECHANISMS,
    NOTHING,
    Converges,
    NotDeclarable,
    Refused,
    RefusedByValidate,
    ShownBy,
    Undecidable,
    WorkedAround,
    rule,
)

_SAML = "saml-app"
_LOGOUT: Spec = {
    "single_logout_issuer": "https://app.example.com",
    "single_logout_url": "https://app.example.com/logout",
    "single_logout_certificate": "Zmlyc3Q=",
}
_NO_KEY = NotDeclarable("there is no field for a key", ("key_name", "key_years_valid"))
_INDEXED: Spec = {"acs_endpoints_indices": [{"url": "https://five.example.com", "index": 5}]}
_GROUP_FILTER: Spec = {"name": "groups", "type": "GROUP", "filter_type": "REGEX", "filter_value": ".*"}
_CATALOGUE: Spec = {"sso_url": OMIT, "audience": OMIT, "preconfigured_app": "okta_org2org"}
_UNSPECIFIED = "urn:oasis:names:tc:SAML:2.0:attrname-format:unspecified"
_SETTINGS: Spec = {"baseUrl": "https://example.okta.com", "acsUrl": "https://example.okta.com/sso"}


def _from_catalog(**fields: object) -> tuple[RefusedByValidate, ...]:
    return tuple(
        RefusedByValidate(_SAML, name, "leave it out", _CATALOGUE | {name: value}, _CATALOGUE)
        for name, value in fields.items()
    )


TABLE = (
    rule(
        _SAML,
        "create",
        "preconfigured_app unset and any of sso_url",
        *(Refused(_SAML, field, "required for a custom app", {field: OMIT}) for field in ("sso_url", "audience")),
        *(
            Refused(_SAML, field, "required for a custom app", {field: ""})
            for field in ("subject_name_id_template", "authn_context_class_ref")
        ),
        *(
            WorkedAround(_SAML, field, {field: OMIT})
            for field in (
                "recipient",
                "destination",
                "subject_name_id_template",
                "subject_name_id_format",
                "signature_algorithm",
                "digest_algorithm",
                "authn_context_class_ref",
            )
        ),
    ),
    rule(
        _SAML,
        "create",
        "preconfigured_app unset and not response_signed and not assertion_signed",
        Refused(
            _SAML,
            "assertion_signed",
            "set response_signed or assertion_signed: true",
            {"response_signed": False, "assertion_signed": False},
            {"response_signed": False, "assertion_signed": True},
        ),
    ),
    rule(
        _SAML,
        "create update",
        "any attribute_statements with (filter_type or filter_value)",
        Refused(
            _SAML,
            "attribute_statements[0].filter_type",
            "needs type: GROUP",
            {"attribute_statements": [{"name": "mail", "values": ["user.email"], "filter_type": "REGEX"}]},
            {"attribute_statements": [_GROUP_FILTER]},
        ),
        Refused(
            _SAML,
            "attribute_statements[0].filter_type",
            "needs type: GROUP",
            {"attribute_statements": [{"name": "mail", "values": ["user.email"], "filter_value": ".*"}]},
            {"attribute_statements": [{"name": "mail", "values": ["user.email"]}]},
        ),
    ),
    rule(
        _SAML,
        "create update",
        'any attribute_statements with type == "GROUP" and values not empty',
        Refused(
            _SAML,
            "attribute_statements[0].values",
            "filter_value instead",
            {"attribute_statements": [_GROUP_FILTER | {"values": ["user.email"]}]},
            {"attribute_statements": [_GROUP_FILTER]},
        ),
    ),
    rule(_SAML, "preview", "key_name set and key_years_valid unset", _NO_KEY),
    rule(_SAML, "create", "key_name set", _NO_KEY),
    rule(_SAML, "update", "key_name changed", _NO_KEY),
    rule(
        _SAML,
        "preview",
        "only one of single_logout_issuer, single_logout_url set",
        Refused(_SAML, "single_logout_url", "needs single_logout_url", _LOGOUT | {"single_logout_url": OMIT}, _LOGOUT),
        Refused(
            _SAML,
            "single_logout_issuer",
            "needs single_logout_issuer",
            _LOGOUT | {"single_logout_issuer": OMIT},
            _LOGOUT,
        ),
    ),
    rule(
        _SAML,
        "create update",
        "single_logout_issuer set and single_logout_certificate unset",
        RefusedByValidate(
            _SAML,
            "single_logout_certificate",
            "needs the certificate",
            _LOGOUT | {"single_logout_certificate": OMIT},
            _LOGOUT,
        ),
        *_from_catalog(**_LOGOUT),
    ),
    rule(
        _SAML,
        "create update",
        "single_logout_issuer unset",
        Converges(_SAML, {"label": "Renamed"}, sends={"settings.signOn.slo": {"enabled": False}}),
        Converges(_SAML, before=_LOGOUT, sends={"settings.signOn.slo": {"enabled": False}}),
        Converges(
            _SAML,
            _LOGOUT,
            sends={"settings.signOn.slo.enabled": True, "settings.signOn.spCertificate": {"x5c": ["Zmlyc3Q="]}},
        ),
        RefusedByValidate(
            _SAML, "single_logout_certificate", "only", {"single_logout_certificate": "Zmlyc3Q="}, _LOGOUT
        ),
    ),
    rule(
        _SAML,
        "preview",
        "single_logout_certificate same certificate in other spelling",
        Converges(_SAML, _LOGOUT | {"single_logout_certificate": "Zmly\nc3Q="}, before=_LOGOUT, no_change=True),
    ),
    rule(
        _SAML,
        "preview",
        "acs_endpoints given and acs_endpoints_indices given",
        Refused(
            _SAML,
            "acs_endpoints_indices",
            "set either acs_endpoints or",
            _INDEXED | {"acs_endpoints": ["https://two.example.com"]},
            _INDEXED,
        ),
    ),
    rule(
        _SAML,
        "create update",
        "acs_endpoints set",
        Converges(
            _SAML,
            {"acs_endpoints": ["https://two.example.com", "https://one.example.com"]},
            sends={
                "settings.signOn.acsEndpoints.1": {"url": "https://one.example.com", "index": 1},
                "settings.signOn.allowMultipleAcsEndpoints": True,
            },
        ),
        Converges(
            _SAML,
            before={"acs_endpoints": ["https://two.example.com"]},
            sends={"settings.signOn.allowMultipleAcsEndpoints": False},
        ),
        Converges(
            _SAML,
            _INDEXED,
            before={"acs_endpoints": ["https://two.example.com"]},
            sends={
                "settings.signOn.acsEndpoints": [{"url": "https://five.example.com", "index": 5}],
                "settings.signOn.allowMultipleAcsEndpoints": True,
            },
        ),
        *_from_catalog(acs_endpoints=["https://two.example.com"], **_INDEXED),
    ),
    rule(
        _SAML,
        "read",
        "acs_endpoints_indices are exactly 0..n-1",
        RefusedByValidate(
            _SAML,
            "acs_endpoints_indices",
            "list the URLs in acs_endpoints",
            {"acs_endpoints_indices": [{"url": "https://two.example.com", "index": 0}]},
            _INDEXED,
        ),
        RefusedByValidate(
            _SAML,
            "acs_endpoints_indices",
            "in the order of their indices",
            {
                "acs_endpoints_indices": [
                    {"url": "https://two.example.com", "index": 7},
                    {"url": "https://five.example.com", "index": 5},
                ]
            },
            _INDEXED,
        ),
    ),
    rule(
        _SAML,
        "create update",
        "sp_issuer or request_compressed set",
        NotDeclarable("the provider takes and never sends them", ("sp_issuer", "request_compressed")),
    ),
    rule(
        _SAML,
        "create update",
        'saml_version not in "1.1", "2.0"',
        RefusedByValidate(_SAML, "saml_version", "cannot be", {"saml_version": "3.0"}, {"saml_version": "1.1"}),
    ),
    rule(
        _SAML,
        "preview",
        'idp_issuer unset and old.idp_issuer == "http://www.okta.com/${org.externalKey}"',
        Converges(_SAML, before={"idp_issuer": "http://www.okta.com/${org.externalKey}"}),
        Converges(_SAML, before={"idp_issuer": "https://sso.example.com"}),
        *_from_catalog(idp_issuer="https://sso.example.com"),
    ),
    rule(
        _SAML,
        "preview",
        "old.preconfigured_app set and preconfigured_app unset",
        Undecidable(
            "drift detection finds a catalog app where a custom app is declared",
            MECHANISMS + "test_catalog_app_differs_from_a_custom_app",
        ),
    ),
    rule(
        _SAML,
        "create",
        "preconfigured_app in office365, radius",
        *(
            RefusedByValidate(
                _SAML,
                "authentication_policy",
                "leave it out",
                _CATALOGUE | {"preconfigured_app": name, "authentication_policy": "strict"},
                _CATALOGUE | {"preconfigured_app": name},
            )
            for name in ("office365", "radius")
        ),
    ),
    rule(
        _SAML,
        "create update",
        "attribute_statements.namespace unset or attribute_statements.type unset",
        Converges(
            _SAML,
            {"attribute_statements": [{"name": "mail", "values": ["user.email"]}]},
            sends={
                "settings.signOn.attributeStatements.0.type": "EXPRESSION",
                "settings.signOn.attributeStatements.0.namespace": _UNSPECIFIED,
            },
        ),
    ),
    rule(
        _SAML,
        "create update",
        "attribute_statements empty",
        Converges(
            _SAML,
            before={"attribute_statements": [{"name": "mail", "values": ["user.email"]}]},
            sends={"settings.signOn.attributeStatements": []},
        ),
        Converges(_SAML, _CATALOGUE | {"app_settings": _SETTINGS}, sends={"settings.signOn.attributeStatements": []}),
    ),
    rule(
        _SAML,
        "update",
        "old.inline_hook_id set and inline_hook_id unset",
        Converges(_SAML, before={"inline_hook": "transform"}, sends={"settings.signOn.inlineHooks": NOTHING}),
        *_from_catalog(inline_hook="transform"),
    ),
    rule(
        _SAML, "read", "Okta answers without implicitAssignment", Converges(_SAML, before={"implicit_assignment": True})
    ),
    rule(
        _SAML,
        "preview",
        "app_settings_json set and not JSON",
        ShownBy(
            "definitions contain structures, which are encoded as JSON text",
            MECHANISMS + "test_json_texts_are_objects",
        ),
        RefusedByValidate(
            _SAML,
            "app_settings",
            "must be a mapping",
            _CATALOGUE | {"app_settings": "aws"},
            _CATALOGUE | {"app_settings": _SETTINGS},
        ),
        RefusedByValidate(_SAML, "app_settings", "leave it out", {"app_settings": _SETTINGS}),
    ),
    rule(
        _SAML,
        "read",
        "app_settings_json",
        RefusedByValidate(
            _SAML,
            "app_settings",
            "empty text",
            _CATALOGUE | {"app_settings": _SETTINGS | {"audRestriction": ""}},
            _CATALOGUE | {"app_settings": _SETTINGS},
        ),
        *_from_catalog(
            sso_url="https://app.example.com",
            recipient="https://app.example.com",
            destination="https://app.example.com",
            audience="https://app.example.com",
            subject_name_id_template="${user.login}",
            subject_name_id_format="urn:oasis:names:tc:SAML:2.0:nameid-format:transient",
            response_signed=False,
            assertion_signed=False,
            signature_algorithm="RSA_SHA1",
            digest_algorithm="SHA1",
            honor_force_authn=False,
            authn_context_class_ref="urn:oasis:names:tc:SAML:2.0:ac:classes:X509",
            saml_signed_request_enabled=True,
        ),
    ),
)
