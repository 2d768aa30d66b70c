"""The company behind a tenant, a setting that every tenant has once."""

from __future__ import annotations

import pytest

from reconciler.kinds.org_configuration import ORG_CONFIGURATION
from tests.drift.ratings import changed
from tests.of_kinds import about
from tests.official.provider_rules import Converges, NotDeclarable, Requests, rule

KIND = "org-configuration"
_HELP = {"end_user_support_help_url": "https://help.example.com"}
_CONTACTS = ("billing_contact_user", "technical_contact_user")
_EMAILS = NotDeclarable("it is a setting of its own", ("opt_out_communication_emails",))

about(
    kind=KIND,
    usual={"company_name": "Tested"},
    harmless=frozenset(
        {
            "company_name",
            "website",
            "phone_number",
            "address_1",
            "address_2",
            "city",
            "state",
            "country",
            "postal_code",
        }
    ),
    rules=(
        rule(KIND, "preview", "logo set", NotDeclarable("Okta does not return it", ("logo",))),
        rule(
            KIND,
            "preview",
            "logo, a contact or opt_out",
            NotDeclarable("they are settings of their own", ("logo", *_CONTACTS, "opt_out_communication_emails")),
        ),
        rule(
            KIND,
            "create",
            "always",
            Requests(
                "`up` imports the setting",
                "e2e/test_settings.py::test_a_setting_that_is_no_longer_declared_stays_as_it_is",
            ),
        ),
        rule(KIND, "create update", "opt_out_communication_emails == false", _EMAILS),
        rule(KIND, "update", "any change", Converges(KIND, _HELP), Converges(KIND, before=_HELP)),
    ),
    attacks={
        "help-redirected": (
            changed(KIND, "end_user_support_help_url", "https://help.example.com", "https://help.attacker.example"),
            changed(KIND, "support_phone_number", "+1 555 0100", "+1 555 0199"),
        )
    },
    innocent={"help-redirected": (changed(KIND, "city", "Berlin", "Paris"),)},
)


@pytest.mark.parametrize(("more", "expected"), [({}, True), ({"city": "Berlin"}, False)])
def test_adoption_skips_a_tenant_with_nothing_but_a_name(more: dict[str, str], expected: bool):
    assert ORG_CONFIGURATION.untouched({"company_name": "Sandbox", "website": None, **more}) is expected
