"""The enrolment policy that every tenant has."""

from __future__ import annotations

from reconciler.drift.findings import Verdict
from tests.drift.ratings import changed
from tests.of_kinds import about
from tests.official.provider_rules import Converges, NotDeclarable, Requests, rule

KIND = "mfa-enrollment-policy-default"

about(
    kind=KIND,
    usual={"okta_email": "OPTIONAL"},
    rules=(
        rule(KIND, "preview", "a factor or authenticator", Converges(KIND, before={"okta_verify": "REQUIRED"})),
        rule(
            KIND,
            "preview",
            "external_idp given",
            NotDeclarable("`external_idps` says the same", ("external_idp",)),
        ),
        rule(
            KIND,
            "create update",
            "always",
            Requests(
                "it finds the policy and the group of all people",
                "e2e/test_default_policies.py::test_default_policies_are_imported_and_changed",
            ),
        ),
    ),
    attacks={
        "enrolment-weakened": (
            changed(KIND, "okta_verify", "REQUIRED", "OPTIONAL"),
            changed(KIND, "phone_number", "NOT_ALLOWED", "OPTIONAL"),
            changed(KIND, "authenticators.phone_number.enroll.self", "NOT_ALLOWED", "OPTIONAL", Verdict.BEYOND),
        )
    },
    besides={"name": "Default Policy", "system": True},
    innocent={"enrolment-weakened": (changed(KIND, "okta_verify", "OPTIONAL", "REQUIRED"),)},
)
