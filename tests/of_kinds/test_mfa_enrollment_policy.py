"""Authenticator enrolment policies and their rules."""

from __future__ import annotations

import pytest
from pydantic import ValidationError

from reconciler.definitions.model import Address
from reconciler.definitions.order import required_by
from reconciler.drift.findings import Verdict
from reconciler.errors import TenantError
from reconciler.kinds.mfa_enrollment_policy import AUTHENTICATORS, MFA_ENROLLMENT_POLICY, MfaEnrollmentPolicy
from tests.drift.ratings import changed, whole
from tests.of_kinds import about
from tests.official.provider_rules import (
    FROM_THE_TENANT,
    Converges,
    NotDeclarable,
    Refused,
    Requests,
    ShownBy,
    Undecidable,
    rule,
)
from tests.settled import desired_of, document
from tests.stand_in.test_objects import Okta, do

_POLICIES, _AUTHENTICATORS = "/api/v1/policies", "/api/v1/authenticators"
POLICY, RULE = "mfa-enrollment-policy", "mfa-enrollment-policy-rule"
_INACTIVE = {"status": "INACTIVE"}
_OTHER_PRIORITY = Undecidable(
    "`up` reports the error and what is allowed",
    "stand_in/test_objects.py::test_other_priority_than_requested_is_an_error",
)
_PRIORITY_GIVEN = NotDeclarable("policies always have a priority, and rules get it from their position in the list")
_CLASSIC = NotDeclarable("the policies are those of Identity Engine", ("okta_otp", "okta_sms", "hotp"))
_ONE_IDP = NotDeclarable("`external_idps` says the same", ("external_idp",))
_OUR_APP = {"custom_apps": [{"authenticator": "our-app", "enroll": "REQUIRED"}]}
_IS_OIE = NotDeclarable("the program always says true", ("is_oie",))
_EVERYWHERE = ("okta_email", "okta_password", "okta_verify", "phone_number", "security_question")
"""What a new tenant has. Nothing else can be enrolled there."""
_ABSENT = {key: "NOT_ALLOWED" for key in sorted(AUTHENTICATORS) if key not in _EVERYWHERE}
_SEVERAL = {
    "custom_apps": [{"authenticator": "authenticator-app", "enroll": "REQUIRED"}],
    "external_idps": [{"authenticator": "authenticator-idp"}],
}
_ACTIVE = [{"key": key, "status": "ACTIVE"} for key in AUTHENTICATORS]
_ZONE = {"network_connection": "ZONE"}

about(
    kind=POLICY,
    usual={"name": "Tested", "priority": 1, "groups_included": ["people"]},
    harmless=frozenset({"name", "description"}),
    surroundings=(
        document("authenticator", "keys", key="webauthn", name="Keys"),
        document("oidc-app", "ours", label="Ours", type="native", redirect_uris=["com.example.ours:/callback"]),
        document(
            "authenticator",
            "our-app",
            key="custom_app",
            name="Our app",
            agree_to_terms=True,
            provider={"type": "PUSH"},
            settings={"app": "ours", "user_verification": "REQUIRED"},
        ),
    ),
    variants={"": {"one": {"priority": 1, **_ABSENT, **_SEVERAL}, "two": {"priority": 2, **_ABSENT, **_SEVERAL}}},
    looked_up={_AUTHENTICATORS: _ACTIVE},
    system={"default": {"system": True, "name": "Default Policy", "type": "MFA_ENROLL"}},
    rules=(
        rule(
            POLICY,
            "create update delete",
            'name == "Default Policy"',
            Refused(POLICY, "name", "exists in every tenant", {"name": "Default Policy"}),
        ),
        rule(f"{POLICY} {RULE}", "create update", "priority > 0 and", _OTHER_PRIORITY),
        rule(f"{POLICY} {RULE}", "preview", "priority unset or 0", _PRIORITY_GIVEN),
        rule(
            POLICY,
            "create update",
            "always",
            Converges(POLICY),
            Converges(POLICY, _INACTIVE),
            Converges(POLICY, before=_INACTIVE),
        ),
        rule(POLICY, "preview", "external_idp given", _ONE_IDP),
        rule(
            POLICY,
            "create update",
            "is_oie and any given",
            Undecidable(
                "whether an authenticator is active depends on the tenant: `up` reports the error",
                "of_kinds/test_mfa_enrollment_policy.py::test_the_provider_refuses_authenticators_that_are_not_active",
            ),
        ),
        rule(
            POLICY,
            "preview",
            "a factor or authenticator",
            Converges(POLICY, {"okta_email": "NOT_ALLOWED"}, {"okta_email": "OPTIONAL"}),
        ),
        rule(POLICY, "create update", "is_oie and a given", NotDeclarable("a field is what can be enrolled")),
        rule(
            POLICY,
            "create update",
            "constraints of an",
            Converges(POLICY, {"webauthn": "OPTIONAL", "webauthn_aaguid_groups": ["Keys", "Phones"]}),
        ),
        rule(POLICY, "create update", "is_oie and consent_type", _CLASSIC),
        rule(POLICY, "create update", "external_idps or custom_app entry", NotDeclarable("an entry has both")),
        rule(POLICY, "read", "Okta answers with settings.type", _IS_OIE),
        rule(POLICY, "create update", "is_oie unset", _IS_OIE),
        rule(POLICY, "read", "hotp configured", _CLASSIC),
        rule(
            POLICY,
            "read",
            "external_idps or custom_app entries",
            FROM_THE_TENANT,
            Converges(POLICY, _OUR_APP),
            Converges(POLICY, before=_OUR_APP),
        ),
    ),
    attacks={
        "enrolment-weakened": (
            changed(POLICY, "okta_verify", "REQUIRED", "OPTIONAL"),
            changed(POLICY, "webauthn", "OPTIONAL", "NOT_ALLOWED"),
            changed(POLICY, "phone_number", "NOT_ALLOWED", "OPTIONAL"),
            changed(POLICY, "security_question", "NOT_ALLOWED", "REQUIRED"),
            changed(POLICY, "webauthn_aaguid_groups", ["Keys"], None),
            changed(POLICY, "authenticators.phone_number.enroll.self", "NOT_ALLOWED", "OPTIONAL", Verdict.BEYOND),
        ),
        "assigned-to-everyone": (changed(POLICY, "groups_included", ["staff"], ["everyone"]),),
        "rule-added": (whole(Verdict.UNMANAGED, POLICY),),
    },
    innocent={
        "enrolment-weakened": (
            changed(POLICY, "okta_verify", "OPTIONAL", "REQUIRED"),
            changed(POLICY, "phone_number", "OPTIONAL", "NOT_ALLOWED"),
        )
    },
)

about(
    kind=RULE,
    usual={"name": "Tested"},
    harmless=frozenset({"name"}),
    variants={
        "": {
            "only-to": {**_ZONE, "network_excludes": []},
            "all-but": {**_ZONE, "network_includes": []},
            "on-network": {"network_connection": "ON_NETWORK", "network_includes": [], "network_excludes": []},
        }
    },
    rules=(
        rule(
            RULE,
            "create update",
            "policy_id unset",
            ShownBy(
                "every rule belongs to a policy, and the program passes its id",
                "test_program.py::test_owned_objects_are_children_of_their_owners",
            ),
        ),
        rule(
            RULE,
            "preview",
            "network_includes given and",
            Refused(
                RULE,
                "network_excludes",
                "set either network_includes or",
                {**_ZONE, "network_includes": ["office"], "network_excludes": ["office"]},
                {**_ZONE, "network_excludes": ["office"]},
            ),
        ),
        rule(
            RULE,
            "create update delete",
            'name == "Default Rule"',
            Refused(RULE, "name", "exists in every default policy", {"name": "Default Rule"}),
        ),
        rule(
            RULE,
            "read",
            "network_connection is ANYWHERE",
            FROM_THE_TENANT,
            Converges(RULE, before={**_ZONE, "network_excludes": ["office"]}),
        ),
        rule(RULE, "create", 'status == "INACTIVE"', Converges(RULE, _INACTIVE)),
        rule(RULE, "update", "any change", Converges(RULE, _INACTIVE), Converges(RULE, before=_INACTIVE)),
        rule(RULE, "delete", "always", Requests("only reads", "stand_in/test_service.py::test_create_then_delete")),
        rule(
            RULE,
            "read",
            "app_include or app_exclude",
            NotDeclarable("only in Classic Engine tenants", ("app_includes", "app_excludes")),
        ),
        rule(RULE, "create update", "enroll", Converges(RULE, {"enroll": "LOGIN"}, {"enroll": "NEVER"})),
    ),
    attacks={
        "enrolment-weakened": (changed(RULE, "enroll", "CHALLENGE", "NEVER"),),
        "rule-switched-off": (changed(RULE, "status", "ACTIVE", "INACTIVE"), whole(Verdict.MISSING, RULE)),
    },
    innocent={"enrolment-weakened": (changed(RULE, "enroll", "NEVER", "CHALLENGE"),)},
)


def test_authenticators_are_read_by_key_and_unknown_ones_stay_in_the_list():
    email = {"key": "okta_email", "enroll": {"self": "REQUIRED"}}
    app = {"key": "custom_app", "id": "aut1", "enroll": {"self": "OPTIONAL"}}
    other = {"key": "unheard_of", "enroll": {"self": "OPTIONAL"}}
    refused = {"key": "custom_app", "id": "aut2", "enroll": {"self": "NOT_ALLOWED"}}
    odd = {"key": "custom_app", "id": "aut3", "enroll": {"self": "NOT_ALLOWED", "more": 1}}
    item = {"name": "A", "settings": {"type": "AUTHENTICATORS", "authenticators": [email, app, other, odd]}}
    settings = {"type": "AUTHENTICATORS", "authenticators": [email, app, other, odd, refused]}

    shaped = MFA_ENROLLMENT_POLICY.read_api({**item, "settings": settings})

    assert shaped["authenticators"] == {
        "okta_email": {"enroll": {"self": "REQUIRED"}},
        "custom_app": [{"id": "aut1", "enroll": {"self": "OPTIONAL"}}],
        "external_idp": [],
    }
    assert shaped["settings"]["authenticators"] == [other, odd]
    assert MFA_ENROLLMENT_POLICY.write_api(shaped) == item


@pytest.mark.parametrize("wrong", ["a,b", " a", ""])
def test_a_group_of_authenticators_has_no_comma(wrong):
    with pytest.raises(ValidationError, match="without a comma"):
        MfaEnrollmentPolicy(name="A", priority=1, groups_included=["people"], webauthn_aaguid_groups=[wrong])


def _written(used: dict[str, str], *, creates: bool) -> Okta:
    """A tenant in which only the e-mail is active, after the provider has written such a policy."""
    policy = {"id": "p1", "name": "A", "type": "MFA_ENROLL", "priority": 1, "status": "ACTIVE"}
    standing = {_AUTHENTICATORS: [{"key": "okta_email", "status": "ACTIVE"}, {"key": "duo", "status": "INACTIVE"}]}
    tenant = Okta({_POLICIES: [] if creates else [policy]}, standing=standing)
    spec = {"name": "A", "priority": 1, "groups_included": ["g1"], **used}
    if creates:
        do(tenant, lambda it: it.create(MFA_ENROLLMENT_POLICY, (), spec))
    else:
        do(tenant, lambda it: it.update(MFA_ENROLLMENT_POLICY, ("p1",), spec))
    return tenant


@pytest.mark.parametrize("creates", [True, False])
@pytest.mark.parametrize("used", [{"duo": "OPTIONAL"}, {"webauthn": "REQUIRED", "okta_email": "OPTIONAL"}])
def test_the_provider_refuses_authenticators_that_are_not_active(used: dict[str, str], creates: bool):
    with pytest.raises(TenantError, match=r"not active in the tenant: (duo|webauthn)\."):
        _written(used, creates=creates)


@pytest.mark.parametrize("creates", [True, False])
def test_the_provider_takes_authenticators_that_are_active_or_not_used(creates: bool):
    assert _written({"duo": "NOT_ALLOWED", "okta_email": "REQUIRED"}, creates=creates).changes


def test_a_policy_comes_after_all_authenticators():
    desired = desired_of(
        [
            document("group", "people", name="People"),
            document(POLICY, "people", name="A", priority=1, groups_included=["people"], duo="OPTIONAL"),
            document("authenticator", "our-duo", key="duo", name="Duo"),
            document("authenticator", "zz-email", key="okta_email", name="E-mail"),
        ]
    )
    assert required_by(desired.declarations) == {
        Address(POLICY, "people"): [Address("authenticator", "our-duo"), Address("authenticator", "zz-email")]
    }
