"""The `protocol` of an identity provider: required fields and defaults by protocol."""

import functools
import string
from typing import Any

import orjson

from okta_sandbox import keys
from okta_sandbox.body import fill
from okta_sandbox.errors import invalid_field
from okta_sandbox.families.identity_provider_keys import KEYS
from okta_sandbox.json_types import JsonObject
from okta_sandbox.product_data import read_data
from okta_sandbox.references import require
from okta_sandbox.store import Record
from okta_sandbox.tenant import Tenant

SIGNING_KEY = "IdpSigningKey"  # the key that signs the requests of the org to all providers
BLANK = "The field cannot be left blank"
WITHOUT_SIGN_IN = ("MTLS", "ID_PROOFING")  # no defaults for these protocols
SAML_DEFAULTS: JsonObject = {
    "algorithms": {
        "request": {"signature": {"algorithm": "SHA-256", "scope": "REQUEST"}},
        "response": {"signature": {"algorithm": "SHA-256", "scope": "ANY"}},
    },
    "settings": {
        "nameFormat": "urn:oasis:names:tc:SAML:1.1:nameid-format:unspecified",
        "honorPersistentNameId": True,
    },
}
BINDINGS = {"token": "HTTP-POST"}  # default bindings; all other endpoints have HTTP-REDIRECT


@functools.cache
def provider_types() -> dict[str, Any]:
    """The protocol of each provider type, with the endpoints of social providers."""
    types: dict[str, Any] = orjson.loads(read_data("identity_providers.json"))
    return types


def complete_protocol(tenant: Tenant, body: JsonObject, before: Record | None) -> JsonObject:
    """The completed protocol. Raises OktaError E0000001 for missing fields."""
    protocol = body["protocol"]
    if protocol["type"] == "SAML2":
        return _complete_saml(tenant, protocol, before)
    if protocol["type"] in WITHOUT_SIGN_IN:
        return dict(protocol)
    return _complete_oauth(body["type"], protocol, before)


def _complete_oauth(kind: str, protocol: JsonObject, before: Record | None) -> JsonObject:
    """Complete OAuth 2.0 and OIDC. Social providers have known endpoints; others must send theirs."""
    known, endpoints = provider_types()[kind], {name: value for name, value in protocol["endpoints"].items() if value}
    for name in ("authorization", "token"):
        if known.get(name):
            endpoints[name] = {"url": known[name]}
        elif not (endpoints.get(name) or {}).get("url"):
            raise invalid_field(f"protocol.endpoints.{name}.url", BLANK)
    completed = {
        **protocol,
        "endpoints": {
            name: {"binding": BINDINGS.get(name, "HTTP-REDIRECT"), **endpoint} for name, endpoint in endpoints.items()
        },
        "credentials": _complete_credentials(kind, protocol["credentials"], before),
    }
    if kind == "OIDC":
        if not protocol.get("issuer"):
            raise invalid_field("protocol.issuer.url", BLANK)
        if "openid" not in (protocol.get("scopes") or ()):
            raise invalid_field("protocol.scopes", "The scope 'openid' is required.")
        settings = {name: value for name, value in (protocol.get("settings") or {}).items() if value}
        settings.pop("honorPersistentNameId", None)
        completed["settings"] = {"nameFormat": None, **settings}
    return completed


def _complete_credentials(kind: str, credentials: JsonObject, before: Record | None) -> JsonObject:
    """Complete the credentials. An omitted secret stays; the private key for Apple is never shown."""
    held = before.body["protocol"]["credentials"].get("client", {}) if before else {}
    kept = {name: held[name] for name in ("client_secret",) if name in held}
    client = {**kept, **(credentials.get("client") or {})}
    if not client.get("client_id"):
        raise invalid_field("protocol.credentials.client.client_id", BLANK)
    completed = {**credentials, "client": client}
    if signing := credentials.get("signing"):
        completed["signing"] = {name: value for name, value in signing.items() if name != "privateKey"}
    return completed


def _complete_saml(tenant: Tenant, protocol: JsonObject, before: Record | None) -> JsonObject:
    trust, sign_on = protocol["credentials"].get("trust"), protocol["endpoints"].get("sso") or {}
    if not trust:
        raise invalid_field("protocol.credentials.trust", BLANK)
    if not sign_on.get("url"):
        raise invalid_field("protocol.endpoints.sso.url", BLANK)
    named = [trust["kid"], *(trust.get("additionalKids") or ())]
    require(tenant, KEYS.kind, named, "protocol.credentials.trust.kid")
    held = before.body["protocol"]["credentials"]["trust"]["audience"] if before else None
    label = "sp" + tenant.identifiers.text(18, string.ascii_lowercase)
    audience = held or trust.get("audience") or f"https://www.okta.com/saml2/service-provider/{label}"
    return {
        **fill(SAML_DEFAULTS, protocol),
        "endpoints": {"acs": {"binding": "HTTP-POST", "type": "INSTANCE"}, **protocol["endpoints"]},
        "credentials": {
            "trust": {**trust, "audience": audience},
            "signing": {"kid": signing_key(tenant)["kid"]},
        },
    }


def signing_key(tenant: Tenant) -> JsonObject:
    """The key that signs the requests of the org to all providers, generated on first use."""
    records = tenant.store.all(SIGNING_KEY)
    if records:
        return records[0].body
    key = keys.as_json(keys.new_key(tenant, str(tenant.org["subdomain"])), tenant.now())
    return tenant.store.add(SIGNING_KEY, str(key["kid"]), key).body
