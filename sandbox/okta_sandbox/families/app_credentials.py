"""Keys, SAML metadata and ID token settings of an app: `/api/v1/apps/{id}/credentials/keys` and others.

The ID token settings are an endpoint of Okta's console that the official provider calls for every OIDC app.
"""

import textwrap

from okta_sandbox import keys
from okta_sandbox.body import fill
from okta_sandbox.collection import Family
from okta_sandbox.errors import invalid, not_found
from okta_sandbox.exchange import Answer, Call, Route
from okta_sandbox.families.apps import APPS, oidc_app
from okta_sandbox.json_types import JsonObject
from okta_sandbox.store import Record

KEYS = "JsonWebKey"
VALIDITY_YEARS = [str(years) for years in range(2, 11)]
METADATA = (
    '<?xml version="1.0" encoding="UTF-8"?>'
    '<md:EntityDescriptor entityID="http://www.okta.com/{entity}"'
    ' xmlns:md="urn:oasis:names:tc:SAML:2.0:metadata">'
    '<md:IDPSSODescriptor WantAuthnRequestsSigned="false"'
    ' protocolSupportEnumeration="urn:oasis:names:tc:SAML:2.0:protocol">'
    '<md:KeyDescriptor use="signing"><ds:KeyInfo xmlns:ds="http://www.w3.org/2000/09/xmldsig#"><ds:X509Data>'
    "<ds:X509Certificate>{certificate}</ds:X509Certificate></ds:X509Data></ds:KeyInfo></md:KeyDescriptor>"
    "{logout}{formats}{login}"
    "</md:IDPSSODescriptor></md:EntityDescriptor>"
)
SERVICE = '<md:{service} Binding="urn:oasis:names:tc:SAML:2.0:bindings:{binding}" Location="{location}"/>'
NAME_FORMAT = "<md:NameIDFormat>{name}</md:NameIDFormat>"
UNSPECIFIED = "urn:oasis:names:tc:SAML:1.1:nameid-format:unspecified"
EMAIL = "urn:oasis:names:tc:SAML:1.1:nameid-format:emailAddress"
UNSET_TOKEN: JsonObject = {"issuer": None, "orgUrl": None, "customUrl": None, "audience": None}


def _keys_of(app: Record) -> list[JsonObject]:
    return [*app.private.get("keys", []), *([app.private["newKey"]] if "newKey" in app.private else [])]


def _list_keys(call: Call) -> Answer:
    return Answer(200, _keys_of(APPS.named_in(call)))


def _named_key(call: Call, app: Record, key_id: str) -> JsonObject:
    for key in _keys_of(app):
        if key["kid"] == key_id:
            return key
    raise not_found(key_id, KEYS)


def _read_key(call: Call) -> Answer:
    return Answer(200, _named_key(call, APPS.named_in(call), call.params["key"]))


def generate_key(call: Call) -> Answer:
    """POST .../credentials/keys/generate?validityYears=N: generate a key that is not yet in use."""
    app = APPS.named_in(call)
    years = call.query.get("validityYears", "2")
    if years not in VALIDITY_YEARS:
        raise invalid("generateKey", "Validity years out of range. It should be 2 - 10 years")
    key = keys.new_key(call.tenant, str(call.tenant.org["subdomain"]), int(years))
    shown = keys.as_json(key, call.tenant.now())
    app = call.tenant.store.change(app, private={**app.private, "keys": [*app.private.get("keys", []), shown]})
    APPS.log(call, APPS.events.update, app)
    return Answer(201, shown)


def metadata(call: Call) -> Answer:
    """GET .../sso/saml/metadata?kid=: SAML metadata for the service provider."""
    app = APPS.named_in(call)
    signing = app.body["credentials"]["signing"]
    if "kid" not in signing:
        raise not_found(app.id, APPS.kind)
    key = _named_key(call, app, call.query.get("kid", signing["kid"]))
    entity, sign_on = "exk" + app.id[3:], app.body["settings"].get("signOn", {})
    location = call.tenant.url(f"/app/{app.body['name']}/{entity}")
    format_name = sign_on.get("subjectNameIdFormat", UNSPECIFIED)
    formats = [format_name, EMAIL] if format_name == UNSPECIFIED else [EMAIL, format_name]
    logs_out = sign_on.get("slo", {}).get("enabled")
    document = METADATA.format(
        entity=entity,
        certificate="\n".join(textwrap.wrap(key["x5c"][0], 76)),
        formats="".join(NAME_FORMAT.format(name=name) for name in dict.fromkeys(formats)),
        logout=services("SingleLogoutService", f"{location}/slo/saml") if logs_out else "",
        login=services("SingleSignOnService", f"{location}/sso/saml"),
    )
    return Answer(200, document.encode(), content_type="application/xml;charset=ISO-8859-1")


def services(service: str, location: str) -> str:
    """A service element for each of the two bindings."""
    return "".join(
        SERVICE.format(service=service, binding=binding, location=location)
        for binding in ("HTTP-POST", "HTTP-Redirect")
    )


def _set_id_token(call: Call) -> Answer:
    app, settings = oidc_app(call), call.json()
    app = call.tenant.store.change(app, private={**app.private, "idToken": settings})
    APPS.log(call, APPS.events.update, app)
    return Answer(200, {**UNSET_TOKEN, **settings})


def _read_id_token(call: Call) -> Answer:
    app = oidc_app(call)
    settings = fill({"issuerMode": "ORG_URL"}, app.private.get("idToken", {}))
    client = app.body["credentials"]["oauthClient"]["client_id"]
    return Answer(200, {**UNSET_TOKEN, "issuer": call.tenant.base_url, "audience": client, **settings})


ID_TOKEN = "/api/v1/internal/apps/{app}/settings/oauth/idToken"
FAMILY = Family(
    endpoints=(
        Route("GET", "/api/v1/apps/{app}/credentials/keys", _list_keys),
        Route("POST", "/api/v1/apps/{app}/credentials/keys/generate", generate_key),
        Route("GET", "/api/v1/apps/{app}/credentials/keys/{key}", _read_key),
        Route("GET", "/api/v1/apps/{app}/sso/saml/metadata", metadata),
        Route("GET", ID_TOKEN, _read_id_token),
        Route("POST", ID_TOKEN, _set_id_token),
    ),
    scope="okta.apps",
)
