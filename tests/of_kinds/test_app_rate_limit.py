"""How much of the rate limits an app may use up."""

from __future__ import annotations

from tests.drift.ratings import changed
from tests.of_kinds import about
from tests.official.provider_rules import NotDeclarable, RefusedByValidate, Requests, Undecidable, rule
from tests.settled import document

KIND = "app-rate-limit"

about(
    kind=KIND,
    usual={"app": "backup", "default_percentage": 30, "default_concurrency_percentage": 60},
    surroundings=(
        document("oidc-app", "backup", label="Backup", type="web", redirect_uris=["https://backup.example.com"]),
    ),
    variants={"": {"one": {"app": "oidc-app-web"}}},
    harmless=frozenset({"app"}),
    fixed={"app": "the limit of another app is another one"},
    besides={"principalType": "OAUTH_CLIENT"},
    rules=(
        rule(KIND, "preview", "principal_type not in", NotDeclarable("it is always OAUTH_CLIENT")),
        rule(
            KIND,
            "create",
            "Okta has no rate limit entry",
            Undecidable(
                "it depends on the tenant",
                "stand_in/test_service.py::test_an_error_of_the_tenant_ends_the_call_with_its_message",
            ),
        ),
        rule(
            KIND,
            "create",
            "default_percentage or default_concurrency_percentage unset",
            RefusedByValidate(KIND, "default_percentage", "", {"default_percentage": -1}),
        ),
        rule(
            KIND,
            "delete",
            "always",
            Requests(
                "`up` does not delete the setting",
                "e2e/test_settings.py::test_a_setting_that_is_no_longer_declared_stays_as_it_is",
            ),
        ),
    ),
    attacks={
        "limits-widened": (
            changed(KIND, "default_percentage", 30, 100),
            changed(KIND, "default_concurrency_percentage", 60, 100),
        )
    },
    innocent={"limits-widened": (changed(KIND, "default_percentage", 50, 30),)},
)
