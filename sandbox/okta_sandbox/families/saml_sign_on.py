"""`settings.signOn` of SAML apps.

A custom app has all fields. An app from the catalogue has only the fields that override its integration; fields of
the integration itself are not shown.
"""

from okta_sandbox import keys
from okta_sandbox.body import fill
from okta_sandbox.errors import invalid_field
from okta_sandbox.exchange import Call
from okta_sandbox.families.app_catalogue import Integration
from okta_sandbox.json_types import Json, JsonObject
from okta_sandbox.links import link
from okta_sandbox.references import require
from okta_sandbox.store import Record
from okta_sandbox.tenant import Tenant

INLINE_HOOK = "InlineHook"
CUSTOM: JsonObject = {
    "defaultRelayState": None,
    "ssoAcsUrl": None,
    "idpIssuer": "http://www.okta.com/${org.externalKey}",
    "audience": None,
    "recipient": None,
    "destination": None,
    "subjectNameIdTemplate": "${user.userName}",
    "subjectNameIdFormat": "urn:oasis:names:tc:SAML:1.1:nameid-format:unspecified",
    "responseSigned": True,
    "assertionSigned": True,
    "signatureAlgorithm": "RSA_SHA256",
    "digestAlgorithm": "SHA256",
    "honorForceAuthn": True,
    "authnContextClassRef": "urn:oasis:names:tc:SAML:2.0:ac:classes:PasswordProtectedTransport",
    "spIssuer": None,
    "requestCompressed": False,
    "attributeStatements": [],
    "inlineHooks": [],
    "assertionEncryption": {"enabled": False},
    "allowMultipleAcsEndpoints": False,
    "acsEndpoints": [],
    "samlSignedRequestEnabled": False,
    "slo": {"enabled": False},
}
OVERRIDES = ("ssoAcsUrlOverride", "audienceOverride", "recipientOverride", "destinationOverride")
# SAML 1.1 has no override of the destination, and no attribute statements.
FROM_CATALOGUE: dict[Json, JsonObject] = {
    "SAML_2_0": {"defaultRelayState": None, **dict.fromkeys(OVERRIDES), "attributeStatements": []},
    "SAML_1_1": {"defaultRelayState": None, **dict.fromkeys(OVERRIDES[:3])},
}
OPTIONAL = ("honorForceAuthn", "configuredAttributeStatements", "samlAssertionLifetimeSeconds")
STATEMENT: JsonObject = {
    "type": "EXPRESSION",
    "namespace": "urn:oasis:names:tc:SAML:2.0:attrname-format:unspecified",
}
MAX_ACS_ENDPOINTS = 100
CERTIFICATE_LINE = 76


def complete(call: Call, made_from: Integration, app: JsonObject, before: Record | None) -> JsonObject:
    """The completed sign-on settings of an app."""
    sent = app["settings"].get("signOn") or {}
    if made_from.custom:
        return _custom(call, sent, before)
    usual = {**FROM_CATALOGUE[app["signOnMode"]], **made_from.sign_on}
    given = {name: value for name, value in sent.items() if name in usual or name in OPTIONAL}
    return _without_empty_text({**usual, **given})


def _custom(call: Call, sent: JsonObject, before: Record | None) -> JsonObject:
    sign_on = fill(CUSTOM, {**_kept(before), **sent})
    if not sign_on["ssoAcsUrl"]:
        raise invalid_field("settings.signOn.ssoAcsUrl", "The field cannot be left blank")
    for name in OVERRIDES:
        sign_on.pop(name, None)
    if "issuer" in sign_on["slo"]:
        sign_on["spIssuer"] = sign_on["slo"]["issuer"]
    if certificate := sign_on.get("spCertificate"):
        sign_on["spCertificate"] = {"x5c": [in_lines(each) for each in certificate["x5c"]]}
    sign_on["attributeStatements"] = [{**STATEMENT, **each} for each in sign_on["attributeStatements"] or []]
    sign_on["acsEndpoints"] = _endpoints(sign_on["acsEndpoints"] or [])
    hooks = [{"id": each.get("id")} for each in sign_on["inlineHooks"] or []]
    require(call.tenant, INLINE_HOOK, [each["id"] for each in hooks], "settings.signOn.inlineHooks")
    return _without_empty_text({**sign_on, "inlineHooks": hooks})


def _kept(before: Record | None) -> JsonObject:
    """The single logout fields, which stay when omitted."""
    known = before.body["settings"].get("signOn", {}) if before else {}
    return {name: known[name] for name in ("slo", "spCertificate") if name in known}


def _endpoints(endpoints: list[JsonObject]) -> list[JsonObject]:
    indices = [each.get("index") for each in endpoints]
    if len(set(indices)) < len(indices):
        raise invalid_field("settings.signOn.acsEndpoints", "The index of each ACS endpoint has to be unique.")
    if len(endpoints) > MAX_ACS_ENDPOINTS:
        raise invalid_field("settings.signOn.acsEndpoints", f"There can be {MAX_ACS_ENDPOINTS} ACS endpoints at most.")
    return endpoints


def _without_empty_text(sign_on: JsonObject) -> JsonObject:
    return {name: None if value == "" else value for name, value in sign_on.items()}


def shown(tenant: Tenant, settings: JsonObject) -> JsonObject:
    """The settings of an app as the API shows them, with links of inline hooks."""
    hooks = settings.get("signOn", {}).get("inlineHooks")
    if not hooks:
        return settings
    linked = [
        {**hook, "_links": {"self": link(tenant, f"/api/v1/inlineHooks/{hook['id']}", "GET", "PUT", "DELETE")}}
        for hook in hooks
    ]
    return {**settings, "signOn": {**settings["signOn"], "inlineHooks": linked}}


def in_lines(certificate: str) -> str:
    """Okta shows a certificate in lines of 76 characters, as MIME does."""
    text = "".join(certificate.split())
    lines = [text[start : start + CERTIFICATE_LINE] for start in range(0, len(text), CERTIFICATE_LINE)]
    return "".join(line + "\r\n" for line in lines)


def signing(call: Call, app: JsonObject, before: Record | None) -> JsonObject:
    """The signing key of the app: generated with it, until a change names another of its keys."""
    private = app["_private"]
    if "newKey" not in private:
        key = keys.new_key(call.tenant, str(call.tenant.org["subdomain"]))
        private["newKey"] = keys.as_json(key, call.tenant.now())
    current = before.body["credentials"]["signing"].get("kid") if before else None
    current = current or private["newKey"]["kid"]
    wanted = (app["credentials"].get("signing") or {}).get("kid") if before else None
    if wanted and wanted not in (private["newKey"]["kid"], *(key["kid"] for key in private.get("keys", []))):
        raise invalid_field("credentials.signing.kid", f"'{wanted}' is not a key of this app.")
    return {"kid": wanted or current}
