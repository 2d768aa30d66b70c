"""Org settings and contacts: `/api/v1/org`, `/api/v1/org/contacts`."""

from typing import TypeAlias

from okta_sandbox.body import Body, read, required_text
from okta_sandbox.collection import Family
from okta_sandbox.errors import invalid_field, not_found
from okta_sandbox.exchange import Answer, Call, Route
from okta_sandbox.json_types import JsonObject
from okta_sandbox.links import link
from okta_sandbox.setting import Setting
from okta_sandbox.tenant import Tenant

ORG = "/api/v1/org"
CONTACT = "OrgContact"
CONTACTS = ("BILLING", "TECHNICAL")
Text: TypeAlias = str | None


class _Company(Body):
    companyName: Text = None
    website: Text = None
    phoneNumber: Text = None
    endUserSupportHelpURL: Text = None
    supportPhoneNumber: Text = None
    address1: Text = None
    address2: Text = None
    city: Text = None
    state: Text = None
    country: Text = None
    postalCode: Text = None


def _initial_company(tenant: Tenant) -> JsonObject:
    created = tenant.administrator.body["created"]
    return {
        "id": tenant.org["id"],
        "subdomain": tenant.org["subdomain"],
        "status": "ACTIVE",
        **_Company(companyName="Sandbox").model_dump(),
        "created": created,
        "lastUpdated": created,
        "expiresAt": None,
    }


def _company_links(tenant: Tenant, body: JsonObject) -> JsonObject:
    return {
        "preferences": link(tenant, f"{ORG}/preferences"),
        "uploadLogo": link(tenant, f"{ORG}/logo", "POST"),
        "oktaCommunication": link(tenant, f"{ORG}/privacy/oktaCommunication"),
        "logo": None,
        "oktaSupport": link(tenant, f"{ORG}/privacy/oktaSupport"),
        "contacts": link(tenant, f"{ORG}/contacts"),
    }


COMPANY_SETTING = Setting(
    kind="OrgSetting",
    path=ORG,
    model=_Company,
    initial=_initial_company,
    complete=lambda call, body, before: {**before, **body, "lastUpdated": call.tenant.now()},
    links=_company_links,
)


def update_company(call: Call) -> Answer:
    """POST: omitted fields stay."""
    value, before = call.json(), COMPANY_SETTING.value(call.tenant)
    sent = {name: text for name, text in read(_Company, value).items() if name in value}
    COMPANY_SETTING.store(call, {**before, **sent, "lastUpdated": call.tenant.now()})
    return COMPANY_SETTING.show(call)


def upload_logo(call: Call) -> Answer:
    """POST of a form with the image, which is not checked."""
    if not call.content:
        raise invalid_field("file", "The field cannot be left blank")
    return Answer(201, headers={"Location": call.tenant.url(f"/fs/bco/1/{call.tenant.identifiers.new('fs0')}")})


# Contacts


class _Contact(Body):
    userId: str = required_text()


def _contact_kind(call: Call) -> str:
    kind = call.params["contact"].upper()
    if kind not in CONTACTS:
        raise not_found(kind, CONTACT)
    return kind


def _show_contact(call: Call, kind: str) -> JsonObject:
    tenant = call.tenant
    record = tenant.store.get(CONTACT, kind)
    user = record.body["userId"] if record else tenant.administrator.id
    return {"userId": user, "_links": {"user": link(tenant, f"/api/v1/users/{user}")}}


def list_contacts(call: Call) -> Answer:
    """GET of the contact types."""
    kinds = (
        {"contactType": kind, "_links": {kind.lower(): link(call.tenant, f"{ORG}/contacts/{kind}")}}
        for kind in CONTACTS
    )
    return Answer(200, list(kinds))


def change_contact(call: Call) -> Answer:
    """PUT of the user for a contact type."""
    kind, store = _contact_kind(call), call.tenant.store
    body = read(_Contact, call.json())
    if store.get("User", body["userId"]) is None:
        raise not_found(body["userId"], "User")
    if record := store.get(CONTACT, kind):
        store.change(record, body)
    else:
        store.add(CONTACT, kind, body)
    return Answer(200, _show_contact(call, kind))


FAMILY = Family(
    endpoints=(
        *COMPANY_SETTING.routes(),
        Route("POST", ORG, update_company),
        Route("POST", f"{ORG}/logo", upload_logo),
        Route("GET", f"{ORG}/contacts", list_contacts),
        Route("GET", f"{ORG}/contacts/{{contact}}", lambda call: Answer(200, _show_contact(call, _contact_kind(call)))),
        Route("PUT", f"{ORG}/contacts/{{contact}}", change_contact),
    ),
    scope="okta.orgs",
)
