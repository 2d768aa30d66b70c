"""Org factors of the Classic Engine: `/api/v1/org/factors`. Identity Engine has authenticators instead."""

from typing import Literal

from okta_sandbox import system_log
from okta_sandbox.collection import Family
from okta_sandbox.errors import not_found
from okta_sandbox.exchange import Answer, Call, Route
from okta_sandbox.json_types import JsonObject
from okta_sandbox.links import lifecycle_link, link

PATH = "/api/v1/org/factors"
ITEM = PATH + "/{factor}"
FACTOR = "OrgFactor"
# Type and provider of each factor. All are inactive in a fresh org.
FACTORS = {
    "duo": ("web", "DUO"),
    "fido_u2f": ("u2f", "FIDO"),
    "fido_webauthn": ("webauthn", "FIDO"),
    "google_otp": ("token:software:totp", "GOOGLE"),
    "hotp": ("token:hotp", "CUSTOM"),
    "okta_call": ("call", "OKTA"),
    "okta_email": ("email", "OKTA"),
    "okta_otp": ("token:software:totp", "OKTA"),
    "okta_push": ("push", "OKTA"),
    "okta_question": ("question", "OKTA"),
    "okta_sms": ("sms", "OKTA"),
    "rsa_token": ("token", "RSA"),
    "symantec_vip": ("token", "SYMANTEC"),
    "yubikey_token": ("token:hardware", "YUBICO"),
}


def _show(call: Call, identifier: str) -> JsonObject:
    if identifier not in FACTORS:
        raise not_found(identifier, FACTOR)
    record = call.tenant.store.get(FACTOR, identifier)
    status = str(record.body["status"]) if record else "INACTIVE"
    kind, provider = FACTORS[identifier]
    path = f"{PATH}/{identifier}"
    return {
        "id": identifier,
        "factorType": kind,
        "provider": provider,
        "vendorName": provider,
        "status": status,
        "_links": {"self": link(call.tenant, path, "GET"), **lifecycle_link(call.tenant, path, status, "POST")},
    }


def _set_status(call: Call, status: Literal["ACTIVE", "INACTIVE"]) -> Answer:
    identifier, store = call.params["factor"], call.tenant.store
    if _show(call, identifier)["status"] != status:
        record = store.get(FACTOR, identifier) or store.add(FACTOR, identifier, {})
        store.change(record, {"status": status})
        verb = "activate" if status == "ACTIVE" else "deactivate"
        system_log.record(call, f"system.mfa.factor.{verb}", system_log.target(identifier, FACTOR, identifier))
    return Answer(200, _show(call, identifier))


FAMILY = Family(
    endpoints=(
        Route("GET", PATH, lambda call: Answer(200, [_show(call, each) for each in FACTORS])),
        Route("GET", ITEM, lambda call: Answer(200, _show(call, call.params["factor"]))),
        Route("POST", f"{ITEM}/lifecycle/activate", lambda call: _set_status(call, "ACTIVE")),
        Route("POST", f"{ITEM}/lifecycle/deactivate", lambda call: _set_status(call, "INACTIVE")),
    ),
    scope="okta.factors",
)
