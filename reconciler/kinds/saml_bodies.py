"""SAML apps as the API has them, and as the provider sends them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from reconciler.kinds.part import Json

HOOK = "inlineHook"
"""The member in which `read_api` puts the inline hook, if there is one only."""
INDEXED = "acsEndpointsIndices"
"""The member in which `read_api` puts ACS endpoints whose indices are not their positions."""
_ALWAYS_SENT: Json = {
    "assertionSigned": False,
    "attributeStatements": [],
    "audienceOverride": "",
    "defaultRelayState": "",
    "destinationOverride": "",
    "honorForceAuthn": False,
    "recipientOverride": "",
    "responseSigned": False,
    "samlSignedRequestEnabled": False,
    "slo": {"enabled": False},
    "ssoAcsUrlOverride": "",
}


def index_of(endpoint: Any) -> Any:
    """The index of an endpoint in a definition or in the API."""
    return endpoint.get("index") if isinstance(endpoint, Mapping) else endpoint.index


def in_sequence(endpoints: Sequence[Any]) -> bool:
    """Whether the indices are the positions."""
    return sorted(index_of(one) for one in endpoints) == list(range(len(endpoints)))


def _with_logout_together(sign_on: Json) -> Json:
    logout = sign_on["slo"] or {}
    rest = {name: value for name, value in sign_on.items() if name != "slo"}
    if not logout.get("enabled"):
        return rest | {"slo": {}}
    together = {name: value for name, value in logout.items() if name != "enabled"}
    if rest.get("spIssuer") == logout.get("issuer"):
        rest.pop("spIssuer", None)  # Okta copies it
    certificate = rest.get("spCertificate") or {}
    certificates = certificate.get("x5c") or []
    if len(certificates) == 1:
        rest["spCertificate"] = {name: value for name, value in certificate.items() if name != "x5c"}
        together["certificate"] = "".join(certificates[0].split())
    return rest | {"slo": together}


def read_api(item: Json) -> Json:
    """The item without `name` for a custom app: Okta generates that name.

    `slo` includes the certificate, which is beside it in the API. It is empty if single logout is off. ACS endpoints
    whose indices are not their positions are in a member of their own, and so is the only inline hook.
    """
    settings = item.get("settings") or {}
    sign_on = settings.get("signOn") or {}
    shaped = _with_logout_together(sign_on) if "slo" in sign_on else sign_on
    endpoints = shaped.get("acsEndpoints") or []
    if not in_sequence(endpoints):
        rest = {name: value for name, value in shaped.items() if name != "acsEndpoints"}
        shaped = rest | {INDEXED: sorted(endpoints, key=index_of)}
    if len(hooks := shaped.get("inlineHooks") or []) == 1:
        shaped = {name: value for name, value in shaped.items() if name != "inlineHooks"} | {HOOK: hooks[0]}
    if shaped is not sign_on:
        item = item | {"settings": settings | {"signOn": shaped}}
    custom = sign_on.get("ssoAcsUrl")
    return {name: value for name, value in item.items() if name != "name" or not custom}


def write_api(item: Json) -> Json:
    """The item with the members that the provider always sends."""
    settings = item.get("settings", {})
    sign_on = _ALWAYS_SENT | settings.get("signOn", {})
    if (logout := dict(sign_on["slo"])).get("issuer"):
        sign_on["spCertificate"] = {"x5c": [logout.pop("certificate", "")]}
        sign_on["slo"] = {"enabled": True, **logout}
    else:
        sign_on["slo"] = {"enabled": False}
    if hook := sign_on.pop(HOOK, None):
        sign_on["inlineHooks"] = [hook]
    if indexed := sign_on.pop(INDEXED, None):
        sign_on["acsEndpoints"] = indexed
    sign_on["allowMultipleAcsEndpoints"] = bool(sign_on.get("acsEndpoints"))
    return item | {"settings": {"app": {}, "implicitAssignment": False} | settings | {"signOn": sign_on}}
