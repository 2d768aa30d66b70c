"""The authorization server that every tenant has, and the claims that every server has."""

from __future__ import annotations

import pytest
from pydantic import ValidationError

from reconciler.kinds.authorization_server_fields import DefaultClaim
from tests.drift.ratings import changed
from tests.of_kinds import OMIT, about
from tests.official.provider_rules import (
    Converges,
    NotDeclarable,
    Refused,
    RefusedByValidate,
    Requests,
    ShownBy,
    rule,
)

SERVER, CLAIM = "authorization-server-default", "authorization-server-claim-default"
_SUB = {"name": "sub", "value": "(appuser != null) ? user.login : app.clientId", "always_include_in_token": OMIT}
_OTHER = {"value": OMIT}
_IMPORTED = Requests("`up` imports it", "e2e/test_defaults.py::test_the_default_server_is_imported_and_changed")

about(
    kind=SERVER,
    usual={"description": "Tested."},
    harmless=frozenset({"description"}),
    variants={"": {"one": {"audiences": ["https://default.example.com"]}}},
    rules=(
        rule(SERVER, "create", "GET authorizationServers/{name} finds nothing", NotDeclarable("its name is `default`")),
        rule(
            SERVER,
            "create update",
            "any optional argument unset",
            Converges(SERVER, before={"credentials_rotation_mode": "AUTO", "audiences": ["api://tested"]}),
        ),
        rule(SERVER, "create update", "issuer_mode unset", Converges(SERVER, before={"issuer_mode": "ORG_URL"})),
        rule(
            SERVER,
            "update",
            "status changed",
            Converges(SERVER, {"status": "INACTIVE"}),
            Converges(SERVER, before={"status": "INACTIVE"}),
        ),
    ),
    attacks={
        "audience-changed": (changed(SERVER, "audiences", ["api://default"], ["api://other"]),),
        "server-switched-off": (changed(SERVER, "status", "ACTIVE", "INACTIVE"),),
        "proof-weakened": (changed(SERVER, "credentials_rotation_mode", "AUTO", "MANUAL"),),
    },
)

about(
    kind=CLAIM,
    usual={"name": "email", "always_include_in_token": True},
    harmless=frozenset({"name"}),
    variants={"": {"subject": _SUB, "email": {"name": "email", **_OTHER}, "locale": {"name": "locale", **_OTHER}}},
    rules=(
        rule(
            CLAIM,
            "create",
            "no claim of that name",
            ShownBy(
                "the names are those that every server has",
                "of_kinds/test_authorization_server_default.py::test_only_claims_of_okta_are_default_claims",
            ),
        ),
        rule(
            CLAIM,
            "create update",
            'name != "sub" and always_include_in_token unset',
            Converges(CLAIM, {"always_include_in_token": OMIT}),
        ),
        rule(CLAIM, "update", 'name == "sub" and only', NotDeclarable("for sub, the field can only be left out")),
        rule(
            CLAIM,
            "create update",
            'name == "sub" and value unset',
            Refused(CLAIM, "value", "needs a value", {"name": "sub", "always_include_in_token": OMIT}, _SUB),
        ),
        rule(
            CLAIM,
            "create update",
            'name == "sub" and not always_include',
            Refused(
                CLAIM,
                "always_include_in_token",
                "tokens always include the claim sub",
                _SUB | {"always_include_in_token": False},
                _SUB,
            ),
            RefusedByValidate(
                CLAIM,
                "always_include_in_token",
                "tokens always include the claim sub",
                _SUB | {"always_include_in_token": True},
                _SUB,
            ),
        ),
        rule(
            CLAIM,
            "preview",
            'name != "sub" and value given',
            ShownBy(
                "only sub can have a value",
                "of_kinds/test_authorization_server_default.py::test_only_the_subject_has_a_value",
            ),
        ),
        rule(CLAIM, "create", "always", _IMPORTED),
    ),
    attacks={
        "identity-changed": (
            changed(CLAIM, "value", "user.login", "user.email"),
            changed(CLAIM, "always_include_in_token", False, True),
        ),
    },
    fixed={"name": "every server has the same claims of Okta"},
    besides={"system": True, "claimType": "IDENTITY", "valueType": "SYSTEM"},
    innocent={"identity-changed": (changed(CLAIM, "always_include_in_token", True, False),)},
)


def test_only_claims_of_okta_are_default_claims():
    with pytest.raises(ValidationError, match="Input should be 'sub'"):
        DefaultClaim(name="merchant_id")


def test_only_the_subject_has_a_value():
    with pytest.raises(ValidationError, match="only the claim `sub` has a value"):
        DefaultClaim(name="email", value="user.email")
