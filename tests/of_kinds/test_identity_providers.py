"""Identity providers of all protocols."""

from __future__ import annotations

from dataclasses import replace

import pytest
from pydantic import ValidationError

from reconciler.drift.findings import Severity, Verdict
from reconciler.drift.severity import rate
from reconciler.kinds.idp_social import IdpSocial
from tests.drift.ratings import changed, whole
from tests.of_kinds import OMIT, about
from tests.of_kinds.test_idp_saml_key import CERTIFICATES
from tests.official.provider_rules import (
    FROM_THE_TENANT,
    Converges,
    NotDeclarable,
    Refused,
    RefusedByValidate,
    Requests,
    rule,
)
from tests.settled import document

OIDC, SAML, SOCIAL = "idp-oidc", "idp-saml", "idp-social"
_SECRET = "env:TEST_APP_SECRET"
_ATTRIBUTE = {"subject_match_attribute": "employeeNumber"}
_CUSTOM = {"subject_match_type": "CUSTOM_ATTRIBUTE", **_ATTRIBUTE}
_LOGOUT = {"participate_slo": True, "slo_url": "https://idp.example.com/logout"}
_DELETES = "stand_in/test_objects.py::test_delete_deactivates_where_required"
_WRITE_ONLY = NotDeclarable("the secret is a reference", ("client_secret_wo", "client_secret_wo_version"))
_STATUS = NotDeclarable("the provider cannot change the status", ("status",))
_SIGNED = NotDeclarable("the field is REQUEST or NONE")


def common(kind: str):
    """The rules that all three kinds share."""
    return (
        rule(kind, "create update", "status changed", _STATUS),
        rule(kind, "create", "status unset", _STATUS),
        rule(
            kind,
            "create update",
            "max_clock_skew unset",
            Converges(kind, before={"max_clock_skew": 60000}, sends={"policy.maxClockSkew": 0}),
        ),
        rule(kind, "delete", "always", Requests("ACTIVE objects are deactivated first", _DELETES)),
    )


def enterprise(kind: str):
    """The rules that OIDC and SAML share."""
    return (
        *common(kind),
        rule(
            kind,
            "create update",
            "subject_match_attribute set and",
            Refused(kind, "subject_match_attribute", "CUSTOM_ATTRIBUTE", _ATTRIBUTE, _CUSTOM),
            RefusedByValidate(kind, "subject_match_type", "", {"subject_match_type": "CUSTOM_ATTRIBUTE"}),
        ),
        rule(kind, "create update", 'request_signature_scope == ""', _SIGNED),
        rule(
            kind, "create update", "trust_claims unset", Converges(kind), Converges(kind, before={"trust_claims": True})
        ),
    )


_MATCHING: tuple[tuple[str, object, object], ...] = (
    ("subject_match_type", "USERNAME", "EMAIL"),
    ("username_template", "idpuser.email", "idpuser.admin"),
    ("account_link_action", "DISABLED", "AUTO"),
    ("account_link_groups", ["guests"], []),
    ("account_link_groups", ["guests"], ["guests", "staff"]),
)
_WIDENED: tuple[tuple[str, object, object], ...] = (
    ("provisioning_action", "DISABLED", "AUTO"),
    ("deprovisioned_action", "NONE", "REACTIVATE"),
    ("suspended_action", "NONE", "UNSUSPEND"),
    ("profile_master", False, True),
)
_GROUPS: tuple[tuple[str, object, object], ...] = (
    ("groups_action", "NONE", "SYNC"),
    ("groups_assignments", ["guests"], ["guests", "staff"]),
    ("groups_filters", ["guests"], []),
    ("groups_attribute", "groups", "admins"),
)


def attacks(kind: str, **more):
    """Attacks on every identity provider, and more."""
    return {
        "identity-provider-added": (
            whole(Verdict.UNMANAGED, kind),
            changed(kind, "status", "INACTIVE", "ACTIVE", Verdict.BEYOND),
        ),
        "account-matching-changed": tuple(changed(kind, *one) for one in _MATCHING),
        "provisioning-widened": tuple(changed(kind, *one) for one in _WIDENED),
        "provider-groups-widened": tuple(changed(kind, *one) for one in _GROUPS),
        "proof-weakened": (changed(kind, "max_clock_skew", 0, 600000),),
    } | {name.replace("_", "-"): tuple(changed(kind, *one) for one in cases) for name, cases in more.items()}


def innocent(kind: str):
    """Changes that give nobody more."""
    return {
        "identity-provider-added": (changed(kind, "status", "ACTIVE", "INACTIVE", Verdict.BEYOND),),
        "account-matching-changed": (
            changed(kind, "account_link_action", "AUTO", "DISABLED"),
            changed(kind, "account_link_groups", ["guests", "staff"], ["guests"]),
        ),
        "provisioning-widened": (changed(kind, "provisioning_action", "AUTO", "DISABLED"),),
        "provider-groups-widened": (changed(kind, "groups_action", "SYNC", "NONE"),),
    }


about(
    kind=OIDC,
    usual={
        "name": "Tested",
        "issuer_url": "https://idp.example.com",
        "client_id": "okta",
        "client_secret": _SECRET,
        "scopes": ["openid"],
        "authorization_url": "https://idp.example.com/authorize",
        "token_url": "https://idp.example.com/token",
        "jwks_url": "https://idp.example.com/keys",
    },
    harmless=frozenset(
        {"name", "authorization_binding", "token_binding", "jwks_binding", "user_info_binding", "participate_slo"}
    ),
    variants={"": {"one": {**_CUSTOM, "scopes": ["email", "openid"], "groups_action": "ASSIGN"}}},
    rules=(
        *enterprise(OIDC),
        rule(
            OIDC,
            "preview",
            "not exactly one of",
            RefusedByValidate(OIDC, "client_secret", "", {"client_secret": OMIT}),
            _WRITE_ONLY,
        ),
        rule(OIDC, "update", "only client_secret_wo changed", _WRITE_ONLY),
        rule(
            OIDC,
            "create update",
            "slo_url set and not",
            RefusedByValidate(OIDC, "slo_url", "leave it out", {**_LOGOUT, "participate_slo": False}, _LOGOUT),
        ),
        rule(
            OIDC,
            "create update",
            "participate_slo and slo_url unset",
            RefusedByValidate(OIDC, "slo_url", "", {"participate_slo": True}, _LOGOUT),
        ),
        rule(
            OIDC,
            "create update",
            "pkce_required or",
            Converges(OIDC, before={**_LOGOUT, "pkce_required": True}),
            Converges(OIDC, {**_LOGOUT, "pkce_required": True}),
        ),
        rule(OIDC, "read", "status or subject_match_attribute", FROM_THE_TENANT),
        rule(
            OIDC,
            "create update",
            "an endpoint has only one",
            RefusedByValidate(
                OIDC,
                "user_info_binding",
                "",
                {"user_info_url": "https://idp.example.com/me"},
                {"user_info_url": "https://idp.example.com/me", "user_info_binding": "HTTP-POST"},
            ),
        ),
    ),
    attacks=attacks(
        OIDC,
        identity_provider_changed=(
            ("issuer_url", "https://idp.example.com", "https://evil.example"),
            ("jwks_url", "https://idp.example.com/keys", "https://evil.example/keys"),
            ("token_url", "https://idp.example.com/token", "https://evil.example/token"),
            ("user_info_url", None, "https://evil.example/me"),
        ),
        mfa_weakened=(("trust_claims", False, True),),
        audience_changed=(("issuer_mode", "CUSTOM_URL", "ORG_URL"),),
        identity_changed=(("scopes", ["openid"], ["openid", "groups"]),),
    ),
    innocent=innocent(OIDC)
    | {"identity-provider-changed": (changed(OIDC, "user_info_url", "https://idp.example.com/me", None),)},
    changes_along={"participate_slo": "slo_url"},
)

about(
    kind=SAML,
    usual={
        "name": "Tested",
        "issuer": "https://idp.example.com",
        "sso_url": "https://idp.example.com/sso",
        "kid": "key",
    },
    surroundings=(document("idp-saml-key", "key", certificates=[CERTIFICATES[0]]),),
    harmless=frozenset({"name", "sso_binding", "acs_type"}),
    variants={"": {"one": {**_CUSTOM, "groups_action": "ASSIGN"}}},
    rules=(
        *enterprise(SAML),
        rule(f"{OIDC} {SAML}", "read", "always", Requests("the mappings are not managed", "case idps.saml")),
        rule(SAML, "create update", "always", Converges(SAML, {"acs_type": "ORG"})),
    ),
    attacks=attacks(
        SAML,
        identity_provider_changed=(
            ("issuer", "https://idp.example.com", "https://evil.example"),
            ("kid", "ours", "2e5ef50d-1056-3e09-b53b-5a8ff85c83c9"),
            ("sso_destination", None, "https://evil.example"),
        ),
        mfa_weakened=(("trust_claims", False, True),),
    ),
    innocent=innocent(SAML),
)

about(
    kind=SOCIAL,
    usual={"name": "Tested", "type": "GOOGLE", "client_id": "okta", "client_secret": _SECRET, "scopes": ["openid"]},
    harmless=frozenset({"name", "type", "protocol_type"}),
    variants={
        "": {
            "google": {
                **_CUSTOM,
                **{"type": "GOOGLE", "protocol_type": "OIDC", "groups_action": "ASSIGN"},
                **dict.fromkeys(("apple_kid", "apple_team_id", "apple_private_key"), OMIT),
            },
            "apple": {**_CUSTOM, "type": "APPLE", "protocol_type": "OIDC", "client_secret": OMIT},
        }
    },
    rules=(
        *common(SOCIAL),
        rule(SOCIAL, "preview", "client_secret given and", _WRITE_ONLY),
        rule(SOCIAL, "update", "only client_secret_wo changed", _WRITE_ONLY),
        rule(
            SOCIAL,
            "create update",
            'type != "APPLE" and',
            *(
                RefusedByValidate(SOCIAL, field, "leave it out", {field: value})
                for field, value in {"apple_kid": "k", "apple_team_id": "t", "apple_private_key": _SECRET}.items()
            ),
        ),
        rule(
            SOCIAL,
            "create update",
            "subject_match_attribute set and",
            RefusedByValidate(SOCIAL, "subject_match_attribute", "CUSTOM_ATTRIBUTE", _ATTRIBUTE, _CUSTOM),
            RefusedByValidate(SOCIAL, "subject_match_type", "", {"subject_match_type": "CUSTOM_ATTRIBUTE"}),
        ),
        rule(SOCIAL, "read", "status changed", FROM_THE_TENANT),
    ),
    attacks=attacks(
        SOCIAL,
        identity_provider_changed=(
            ("client_id", "okta", "evil"),
            ("apple_team_id", "ours", "theirs"),
        ),
        audience_changed=(("issuer_mode", "CUSTOM_URL", "ORG_URL"),),
        identity_changed=(("scopes", ["openid"], ["openid", "groups"]),),
    ),
    innocent=innocent(SOCIAL),
    fixed={"type": "Okta refuses it", "protocol_type": "it follows from the type"},
)


@pytest.mark.parametrize("before", [None, "Smart cards"])
def test_an_identity_provider_of_another_type_is_critical(before):
    """Smart cards and other types sign people in as well."""
    found = replace(
        whole(Verdict.BEYOND, "identity provider"), expected=before, actual=None if before else "Smart cards"
    )
    assert rate(found).severity is Severity.CRITICAL


def test_a_social_provider_has_the_protocol_of_its_type():
    values = {"name": "A", "client_id": "a", "client_secret": _SECRET, "scopes": ["email"]}
    assert IdpSocial(type="FACEBOOK", **values).protocol_type == "OAUTH2"
    assert IdpSocial(type="GOOGLE", **values).protocol_type == "OIDC"
    with pytest.raises(ValidationError, match="GOOGLE has the protocol OIDC"):
        IdpSocial(type="GOOGLE", protocol_type="OAUTH2", **values)
