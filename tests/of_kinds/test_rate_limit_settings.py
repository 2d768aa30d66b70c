"""Rate limits, settings that every tenant has once."""

from __future__ import annotations

from tests.drift.ratings import changed
from tests.of_kinds import about
from tests.official.provider_rules import FROM_THE_TENANT, Converges, Refused, Requests, Undecidable, rule

NOTIFICATIONS, THRESHOLD, CLIENTS = "rate-limit-notifications", "rate-limit-warning-threshold", "rate-limits-per-client"
_FAILED = Undecidable(
    "it depends on the tenant", "stand_in/test_service.py::test_an_error_of_the_tenant_ends_the_call_with_its_message"
)

about(
    kind=NOTIFICATIONS,
    usual={"notifications_enabled": False},
    variants={"": {"one": {"notifications_enabled": False}}},
    rules=(rule(NOTIFICATIONS, "create", "Okta refuses", _FAILED),),
    attacks={"administrators-told-less": (changed(NOTIFICATIONS, "notifications_enabled", True, False),)},
    innocent={"administrators-told-less": (changed(NOTIFICATIONS, "notifications_enabled", False, True),)},
)
about(
    kind=THRESHOLD,
    usual={"warning_threshold": 60},
    rules=(rule(THRESHOLD, "update", "Okta refuses", FROM_THE_TENANT),),
    attacks={"administrators-told-less": (changed(THRESHOLD, "warning_threshold", 60, 90),)},
    innocent={"administrators-told-less": (changed(THRESHOLD, "warning_threshold", 90, 60),)},
)
about(
    kind=CLIENTS,
    usual={"default_mode": "PREVIEW"},
    rules=(
        rule(
            CLIENTS,
            "preview",
            "default_mode or",
            Refused(CLIENTS, "default_mode", "", {"default_mode": "OFF"}),
            Refused(CLIENTS, "login_page", "", {"login_page": "OFF"}),
        ),
        rule(CLIENTS, "create", "Okta refuses", _FAILED),
        rule(CLIENTS, "read update", "Okta refuses", FROM_THE_TENANT),
        rule(CLIENTS, "read", "use_case_mode_overrides unset", FROM_THE_TENANT, Converges(CLIENTS)),
        rule(
            CLIENTS,
            "delete",
            "always",
            Requests(
                "`up` does not delete the setting",
                "e2e/test_settings.py::test_a_setting_that_is_no_longer_declared_stays_as_it_is",
            ),
        ),
    ),
    attacks={
        "clients-unlimited": (
            changed(CLIENTS, "default_mode", "ENFORCE", "PREVIEW"),
            changed(CLIENTS, "login_page", None, "DISABLE"),
            changed(CLIENTS, "oauth2_authorize", "ENFORCE", "DISABLE"),
            changed(CLIENTS, "oie_app_intent", "ENFORCE", "PREVIEW"),
        )
    },
    innocent={
        "clients-unlimited": (
            changed(CLIENTS, "default_mode", "PREVIEW", "ENFORCE"),
            changed(CLIENTS, "login_page", "ENFORCE", None),
        )
    },
)
