"""E-mail domains: `/api/v1/email-domains`. They are never verified, as no DNS is asked."""

from typing import Any

from pydantic import Field

from okta_sandbox.body import Body, read, required_text
from okta_sandbox.collection import NO_STAMPS, Collection, Events, Family, Unique
from okta_sandbox.exchange import Answer, Call, Route
from okta_sandbox.families.brands import BRANDS
from okta_sandbox.families.domains import NAME, verification_value
from okta_sandbox.json_types import JsonObject
from okta_sandbox.references import require
from okta_sandbox.store import Record

EVENTS = "system.email_domain."


class _Sender(Body):
    displayName: str = required_text()
    userName: str = required_text()


class _EmailDomain(_Sender):
    brandId: str = required_text()
    domain: str = Field(pattern=NAME)
    validationSubdomain: str = "mail"


def _complete(call: Call, body: JsonObject, before: Record | None) -> JsonObject:
    require(call.tenant, BRANDS.kind, [body["brandId"]], "brandId")
    name, subdomain = body["domain"], body["validationSubdomain"]
    records: list[Any] = [
        {"recordType": "TXT", "fqdn": f"_oktaverification.{name}", "verificationValue": verification_value(name)},
        {
            "recordType": "cname",
            "fqdn": f"{subdomain}.{name}".lower(),
            "verificationValue": f"u{int(verification_value(name)[:6], 16)}.wl.sendgrid.net",
        },
    ]
    return {
        "validationStatus": "NOT_STARTED",
        "displayName": body["displayName"],
        "userName": body["userName"],
        "domain": name,
        "validationSubdomain": subdomain,
        "dnsValidationRecords": records,
        "_private": {"brandId": body["brandId"]},
    }


EMAIL_DOMAINS = Collection(
    kind="EmailDomain",
    path="/api/v1/email-domains",
    item="domain",
    prefix="OeD",
    model=_EmailDomain,
    events=Events("EmailDomain", f"{EVENTS}create", f"{EVENTS}update", f"{EVENTS}delete"),
    operations=("list", "create", "read", "delete"),
    created_status=201,
    stamps=NO_STAMPS,
    unique=Unique(lambda body: str(body["domain"])),
    title=lambda body: str(body["domain"]),
    complete=_complete,
)


def _change(call: Call, event: str, members: JsonObject) -> Answer:
    domain = EMAIL_DOMAINS.named_in(call)
    before, domain = domain, call.tenant.store.change(domain, {**domain.body, **members})
    EMAIL_DOMAINS.log(call, EVENTS + event, domain, before)
    return Answer(200, EMAIL_DOMAINS.view(call.tenant, domain))


FAMILY = Family(
    (EMAIL_DOMAINS,),
    (
        Route("PUT", EMAIL_DOMAINS.item_path, lambda call: _change(call, "update", read(_Sender, call.json()))),
        Route("POST", f"{EMAIL_DOMAINS.item_path}/verify", lambda call: _change(call, "verify", {})),
    ),
    scope="okta.emailDomains",
)
