"""Identity providers: `/api/v1/idps`. OpenID Connect and social ones show their client's secret, as Okta does."""

import functools
import string
from typing import Any

import orjson

from reconciler.sandbox import keys
from reconciler.sandbox.collection import Collection, Events, Family, Lifecycle, Unique
from reconciler.sandbox.errors import invalid_field
from reconciler.sandbox.exchange import Answer, Call, Route
from reconciler.sandbox.families import profile_mappings
from reconciler.sandbox.families.identity_provider_bodies import IdentityProvider
from reconciler.sandbox.families.identity_provider_keys import KEYS
from reconciler.sandbox.json_types import JsonObject
from reconciler.sandbox.links import link, switch
from reconciler.sandbox.paging import Paging
from reconciler.sandbox.product_data import read_data
from reconciler.sandbox.references import require
from reconciler.sandbox.store import Record
from reconciler.sandbox.tenant import Tenant

SIGNING_KEY = "IdpSigningKey"  # the one with which the org signs its requests to all providers
BLANK = "The field cannot be left blank"
BINDINGS = {"token": "HTTP-POST"}  # of an endpoint that is sent without; all others redirect
FLOW = (
    "&client_id={clientId}&response_type={responseType}&response_mode={responseMode}"
    "&scope={scopes}&redirect_uri={redirectUri}&state={state}&nonce={nonce}"
)
METADATA = (
    '<?xml version="1.0" encoding="UTF-8"?>'
    '<md:EntityDescriptor entityID="{audience}" xmlns:md="urn:oasis:names:tc:SAML:2.0:metadata">'
    '<md:SPSSODescriptor AuthnRequestsSigned="true" WantAssertionsSigned="true"'
    ' protocolSupportEnumeration="urn:oasis:names:tc:SAML:2.0:protocol">'
    '<md:KeyDescriptor use="signing"><ds:KeyInfo xmlns:ds="http://www.w3.org/2000/09/xmldsig#"><ds:X509Data>'
    "<ds:X509Certificate>{certificate}</ds:X509Certificate></ds:X509Data></ds:KeyInfo></md:KeyDescriptor>"
    "{formats}"
    '<md:AssertionConsumerService Binding="urn:oasis:names:tc:SAML:2.0:bindings:HTTP-POST"'
    ' Location="{acs}" index="0" isDefault="true"/>'
    "</md:SPSSODescriptor></md:EntityDescriptor>"
)
FORMATS = "".join(
    f"<md:NameIDFormat>urn:oasis:names:tc:SAML:{name}</md:NameIDFormat>"
    for name in (
        "1.1:nameid-format:unspecified",
        "1.1:nameid-format:emailAddress",
        "2.0:nameid-format:persistent",
        "2.0:nameid-format:transient",
    )
)


@functools.cache
def _types() -> dict[str, Any]:
    """The protocol of each type, and of social ones the addresses of their sign-in."""
    types: dict[str, Any] = orjson.loads(read_data("identity_providers.json"))
    return types


def _complete(call: Call, body: JsonObject, before: Record | None) -> JsonObject:
    kind = _types().get(body["type"])
    if kind is None:
        raise invalid_field("type", f"'{body['type']}' is not a type of identity providers.")
    if before and before.body["type"] != body["type"]:
        raise invalid_field("type", "The type of an identity provider cannot be changed.")
    if body["protocol"]["type"] != kind["protocol"]:
        raise invalid_field("protocol.type", f"The protocol of {body['type']} has to be {kind['protocol']}.")
    _require_groups(call.tenant, body["policy"])
    completed = {
        **body,
        "protocol": _complete_protocol(call.tenant, body, before),
        "policy": _complete_policy(body),
        "status": before.body["status"] if before else "ACTIVE",
    }
    if body["type"] == "SAML2":
        del completed["issuerMode"]
    return completed


def _require_groups(tenant: Tenant, policy: JsonObject) -> None:
    assignments = policy["provisioning"]["groups"].get("assignments")
    require(tenant, "UserGroup", assignments, "policy.provisioning.groups.assignments")
    if groups := (policy["accountLink"]["filter"] or {}).get("groups"):
        require(tenant, "UserGroup", groups["include"], "policy.accountLink.filter.groups.include")


def _complete_policy(body: JsonObject) -> JsonObject:
    """Claims are a matter of enterprise providers only."""
    trust = {"trustClaims": False} if body["type"] in ("OIDC", "SAML2") else {}
    return {**trust, **body["policy"]}


def _complete_protocol(tenant: Tenant, body: JsonObject, before: Record | None) -> JsonObject:
    protocol = body["protocol"]
    if protocol["type"] == "SAML2":
        return _complete_saml(tenant, protocol, before)
    if protocol["type"] == "MTLS":
        return dict(protocol)
    return _complete_oauth(body["type"], protocol, before)


def _complete_oauth(kind: str, protocol: JsonObject, before: Record | None) -> JsonObject:
    """Social providers have known addresses; those of an enterprise's own are sent."""
    known, endpoints = _types()[kind], {name: value for name, value in protocol["endpoints"].items() if value}
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
    """A secret that is not sent again stays; the private key for Apple is never shown."""
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
    require(tenant, KEYS.kind, [trust["kid"]], "protocol.credentials.trust.kid")
    held = before.body["protocol"]["credentials"]["trust"]["audience"] if before else None
    label = "sp" + tenant.identifiers.text(18, string.ascii_lowercase)
    audience = held or trust.get("audience") or f"https://www.okta.com/saml2/service-provider/{label}"
    return {
        **protocol,
        "endpoints": {"acs": {"binding": "HTTP-POST", "type": "INSTANCE"}, **protocol["endpoints"]},
        "credentials": {
            "trust": {**trust, "audience": audience},
            "signing": {"kid": _signing_key(tenant)["kid"]},
        },
    }


def _signing_key(tenant: Tenant) -> JsonObject:
    records = tenant.store.all(SIGNING_KEY)
    if records:
        return records[0].body
    key = keys.as_json(keys.new_key(tenant, str(tenant.org["subdomain"])), tenant.now())
    return tenant.store.add(SIGNING_KEY, str(key["kid"]), key).body


def _links(tenant: Tenant, provider: Record) -> JsonObject:
    path = f"{IDENTITY_PROVIDERS.path}/{provider.id}"
    if provider.body["type"] == "SAML2":
        return {
            "metadata": {**link(tenant, f"{path}/metadata.xml", "GET"), "type": "application/xml"},
            "acs": {**link(tenant, f"/sso/saml2/{provider.id}", "POST"), "type": "application/xml"},
            "users": link(tenant, f"{path}/users", "GET"),
            **switch(tenant, path, provider.body["status"], "POST"),
        }
    authorize = link(tenant, f"/oauth2/v1/authorize?idp={provider.id}{FLOW}", "GET")
    return {
        "authorize": {**authorize, "templated": True},
        "clientRedirectUri": link(tenant, "/oauth2/v1/authorize/callback", "POST"),
    }


def _of_type(call: Call, providers: list[Record]) -> list[Record]:
    wanted = call.query.get("type")
    return [provider for provider in providers if wanted in (None, provider.body["type"])]


IDENTITY_PROVIDERS = Collection(
    kind="IdentityProvider",
    path="/api/v1/idps",
    item="provider",
    prefix="0oa",
    model=IdentityProvider,
    events=Events.lifecycle("IdentityProvider", "system.idp.lifecycle."),
    lifecycle=Lifecycle("object"),
    paging=Paging(default=20),
    query=lambda provider, wanted: wanted.lower() in str(provider.body["name"]).lower(),
    unique=Unique(),
    complete=_complete,
    created=profile_mappings.connect,
    removed=profile_mappings.disconnect,
    links=_links,
    select=_of_type,
)


def metadata(call: Call) -> Answer:
    """GET .../metadata.xml: what the provider is given about this org as its service provider."""
    provider = IDENTITY_PROVIDERS.named_in(call)
    if provider.body["type"] != "SAML2":
        raise invalid_field("type", "Only SAML 2.0 identity providers have metadata.")
    document = METADATA.format(
        audience=provider.body["protocol"]["credentials"]["trust"]["audience"],
        certificate=_signing_key(call.tenant)["x5c"][0],
        formats=FORMATS,
        acs=call.tenant.url(f"/sso/saml2/{provider.id}"),
    )
    return Answer(200, document.encode(), content_type="application/xml")


def list_users(call: Call) -> Answer:
    """GET .../users: nobody has ever signed in."""
    IDENTITY_PROVIDERS.named_in(call)
    return Answer(200, [])


FAMILY = Family(
    (IDENTITY_PROVIDERS,),
    (
        Route("GET", f"{IDENTITY_PROVIDERS.item_path}/metadata.xml", metadata),
        Route("GET", f"{IDENTITY_PROVIDERS.item_path}/users", list_users),
    ),
    scope="okta.idps",
)
