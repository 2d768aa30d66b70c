"""The company behind a tenant: its name, its address and where its users find help."""

from __future__ import annotations

from typing import Annotated, Any

from pydantic import StringConstraints

from reconciler.kinds.fields import Api, Argument, Name, Uri
from reconciler.kinds.kind import Kind, register
from reconciler.kinds.part import Part, Spec
from reconciler.kinds.risks import changed
from reconciler.kinds.shapes import Singleton
from reconciler.kinds.threats import HELP_REDIRECTED

_Text = Annotated[str, StringConstraints(min_length=1, max_length=255)]
_OF_ITS_OWN = "it is a setting of its own in Okta, which is compared with the baseline"


class OrgConfiguration(Part):
    """The company behind the tenant, and where users find help (`/api/v1/org`).

    Every tenant has this setting once. Declare all that has a value: `up` clears the rest. A definition that is removed
    leaves the setting as it is.
    """

    risks = (changed(HELP_REDIRECTED, "end_user_support_help_url", "support_phone_number"),)

    company_name: Name
    """Name of the company, which users see."""
    website: Uri | None = None
    """URL of the company."""
    phone_number: _Text | None = None
    """Telephone number of the company."""
    end_user_support_help_url: Annotated[Uri | None, Api("endUserSupportHelpURL")] = None
    """URL of the help desk, which sign-in pages show."""
    support_phone_number: _Text | None = None
    """Telephone number of the help desk, which users see."""
    address_1: Annotated[_Text | None, Api("address1"), Argument("address1")] = None
    """First line of the address."""
    address_2: Annotated[_Text | None, Api("address2"), Argument("address2")] = None
    """Second line of the address."""
    city: _Text | None = None
    """City of the address."""
    state: _Text | None = None
    """State or region of the address."""
    country: _Text | None = None
    """Country of the address."""
    postal_code: _Text | None = None
    """Postal code of the address."""


def _untouched(spec: Spec) -> bool:
    """Whether the tenant has only a name, which whoever orders a tenant gives it."""
    values: dict[str, Any] = {name: value for name, value in spec.items() if name != "company_name"}
    return not any(values.values())


ORG_CONFIGURATION = register(
    Kind(
        name="org-configuration",
        resource="okta:index/orgConfiguration:OrgConfiguration",
        fields=OrgConfiguration,
        shape=Singleton(path="/api/v1/org", scope="okta.orgs", name="org_configuration"),
        label_field="",
        fresh={"status": ("ACTIVE",)},
        generated=("subdomain", "expiresAt"),
        untouched=_untouched,
        events=("system.org.",),
        not_declarable={
            "logo": "Okta does not return it, and the provider uploads it again with every other change",
            "billing_contact_user": _OF_ITS_OWN,
            "technical_contact_user": _OF_ITS_OWN,
            "opt_out_communication_emails": f"{_OF_ITS_OWN}; the provider could not switch the e-mails on again",
        },
    )
)
