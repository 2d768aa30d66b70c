"""Custom domains: `/api/v1/domains`. They are never verified, as no DNS is asked."""

import hashlib
from typing import Any, Literal

from pydantic import Field

from okta_sandbox.body import Body, absent, read, required_text
from okta_sandbox.collection import NO_STAMPS, Collection, Events, Family, Unique
from okta_sandbox.exchange import NO_CONTENT, Answer, Call, Route
from okta_sandbox.families.brands import BRANDS
from okta_sandbox.json_types import JsonObject
from okta_sandbox.links import link
from okta_sandbox.references import require
from okta_sandbox.store import Record
from okta_sandbox.tenant import Tenant

EVENTS = "system.custom_url_domain."
NAME = r"^[A-Za-z0-9-]+(\.[A-Za-z0-9-]+)+$"


class _Domain(Body):
    domain: str = Field(pattern=NAME)
    certificateSourceType: Literal["MANUAL", "OKTA_MANAGED"]


class _Change(Body):
    brandId: str = required_text()


class _Certificate(Body):
    type: Literal["PEM"]
    certificate: str = required_text(100_000)
    certificateChain: str | None = absent()
    privateKey: str = required_text(100_000)


def verification_value(name: str) -> str:
    """The value of the DNS record that proves the ownership of a domain."""
    return hashlib.md5(name.encode(), usedforsecurity=False).hexdigest()


def _complete(call: Call, body: JsonObject, before: Record | None) -> JsonObject:
    name = str(body["domain"]).lower()
    default = next(brand for brand in call.tenant.store.all(BRANDS.kind) if brand.body["isDefault"])
    records: list[Any] = [
        {"recordType": "TXT", "fqdn": f"_oktaverification.{name}", "values": [verification_value(name)]},
        {"recordType": "CNAME", "fqdn": name, "values": [f"{call.tenant.org['subdomain']}.customdomains.okta.com"]},
    ]
    return {
        "domain": name,
        "certificateSourceType": body["certificateSourceType"],
        "validationStatus": "NOT_STARTED",
        "brandId": default.id,
        "dnsRecords": records,
    }


def _links(tenant: Tenant, domain: Record) -> JsonObject:
    path = f"{DOMAINS.path}/{domain.id}"
    return {
        "self": link(tenant, path, "GET", "DELETE", "PUT"),
        "verify": link(tenant, f"{path}/verify", "POST"),
        "brand": link(tenant, f"{BRANDS.path}/{domain.body['brandId']}", "GET", "PUT", "DELETE"),
    }


DOMAINS = Collection(
    kind="Domain",
    path="/api/v1/domains",
    item="domain",
    prefix="OcD",
    model=_Domain,
    events=Events("Domain", f"{EVENTS}initiate", f"{EVENTS}update", f"{EVENTS}delete"),
    operations=("list", "create", "read", "delete"),
    created_status=201,
    stamps=NO_STAMPS,
    unique=Unique(lambda body: str(body["domain"])),
    title=lambda body: str(body["domain"]),
    complete=_complete,
    links=_links,
    wrapped_in="domains",
)


def _change(call: Call, event: str, **members: Any) -> Answer:
    domain = DOMAINS.named_in(call)
    before, domain = domain, call.tenant.store.change(domain, {**domain.body, **members})
    DOMAINS.log(call, EVENTS + event, domain, before)
    return Answer(200, DOMAINS.view(call.tenant, domain))


def _set_brand(call: Call) -> Answer:
    body = read(_Change, call.json())
    require(call.tenant, BRANDS.kind, [body["brandId"]], "brandId")
    return _change(call, "update", brandId=body["brandId"])


def _upload_certificate(call: Call) -> Answer:
    read(_Certificate, call.json())
    _change(call, "cert_upload")
    return NO_CONTENT


FAMILY = Family(
    (DOMAINS,),
    (
        Route("PUT", DOMAINS.item_path, _set_brand),
        Route("PUT", f"{DOMAINS.item_path}/certificate", _upload_certificate),
        Route(
            "POST",
            f"{DOMAINS.item_path}/verify",
            lambda call: _change(call, "verify", validationStatus="FAILED_TO_VERIFY"),
        ),
    ),
    scope="okta.domains",
)
