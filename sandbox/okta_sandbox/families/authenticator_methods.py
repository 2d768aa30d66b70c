"""Authenticator methods and custom AAGUIDs: `/api/v1/authenticators/{id}/methods`, `.../aaguids`."""

from typing import Any

from pydantic import Field

from okta_sandbox import keys, system_log
from okta_sandbox.body import Body, OpenBody, absent, fill, read, required_text
from okta_sandbox.collection import NO_STAMPS, Collection, Events, Family, Unique
from okta_sandbox.errors import invalid_field, not_found
from okta_sandbox.exchange import Answer, Call, Route
from okta_sandbox.families.authenticator_settings import check_method
from okta_sandbox.families.authenticators import AUTHENTICATORS, catalogue
from okta_sandbox.json_types import JsonObject
from okta_sandbox.links import lifecycle_link, link
from okta_sandbox.store import Record
from okta_sandbox.tenant import Tenant

METHOD = "AuthenticatorMethod"
PATH = f"{AUTHENTICATORS.item_path}/methods"
ITEM = PATH + "/{method}"


class _Method(OpenBody):
    type: str | None = absent()
    settings: dict[str, Any] | None = absent()


def _default_methods(authenticator: Record) -> dict[str, JsonObject]:
    """The default methods of an authenticator, by type."""
    methods = catalogue()[authenticator.body["key"]]["methods"]
    return {method["type"]: {"status": "ACTIVE", **method} for method in methods}


def _value(tenant: Tenant, authenticator: Record, kind: str) -> JsonObject:
    """The current method. Only changed methods are stored."""
    record = tenant.store.get(METHOD, kind, authenticator.id)
    if record:
        return record.body
    if kind not in _default_methods(authenticator):
        raise not_found(kind, METHOD)
    return _default_methods(authenticator)[kind]


def _show(tenant: Tenant, authenticator: Record, kind: str) -> JsonObject:
    path, value = f"{AUTHENTICATORS.path}/{authenticator.id}/methods/{kind}", _value(tenant, authenticator, kind)
    links = {"self": link(tenant, path, "GET", "PUT"), **lifecycle_link(tenant, path, str(value["status"]), "POST")}
    return {**value, "_links": links}


def list_methods(call: Call) -> Answer:
    """GET of all methods of an authenticator."""
    authenticator = AUTHENTICATORS.named_in(call)
    return Answer(200, [_show(call.tenant, authenticator, kind) for kind in _default_methods(authenticator)])


def read_one(call: Call) -> Answer:
    """GET of a method."""
    return Answer(200, _show(call.tenant, AUTHENTICATORS.named_in(call), call.params["method"]))


def replace(call: Call) -> Answer:
    """PUT or POST of a method; omitted settings are reset to their defaults."""
    authenticator, kind = AUTHENTICATORS.named_in(call), call.params["method"]
    current, sent = _value(call.tenant, authenticator, kind), read(_Method, call.json())
    if sent.get("type", kind) != kind:
        raise invalid_field("type", "The type of a method cannot be changed.")
    check_method(kind, sent.get("settings"))
    first = _default_methods(authenticator).get(kind, {})
    others = {name: value for name, value in sent.items() if name not in ("type", "status", "settings", "_links")}
    settings = fill(first.get("settings", {}), sent.get("settings"))
    return _store(call, authenticator, kind, {**current, **others, **({"settings": settings} if settings else {})})


def _set_status(call: Call, status: str) -> Answer:
    authenticator, kind = AUTHENTICATORS.named_in(call), call.params["method"]
    return _store(call, authenticator, kind, {**_value(call.tenant, authenticator, kind), "status": status})


def _store(call: Call, authenticator: Record, kind: str, body: JsonObject) -> Answer:
    store = call.tenant.store
    if record := store.get(METHOD, kind, authenticator.id):
        store.change(record, body)
    else:
        store.add(METHOD, kind, body, authenticator.id)
    target = system_log.target(authenticator.id, AUTHENTICATORS.kind, authenticator.body["name"])
    system_log.record(call, AUTHENTICATORS.events.update, target)
    return Answer(200, _show(call.tenant, authenticator, kind))


class _Characteristics(Body):
    platformAttached: bool | None = absent()
    fipsCompliant: bool | None = absent()
    hardwareProtected: bool | None = absent()


class _Certificate(OpenBody):
    x5c: str | None = absent()


class _Aaguid(Body):
    aaguid: str | None = Field(default=None, pattern="^[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}$")
    name: str = required_text()
    authenticatorCharacteristics: _Characteristics | None = absent()
    attestationRootCertificates: list[_Certificate] | None = absent()


def _describe(certificate: JsonObject) -> JsonObject:
    """A certificate with its thumbprint, issuer and expiry."""
    try:
        return {"x5c": certificate["x5c"], **keys.describe_certificate(certificate["x5c"])}
    except (KeyError, ValueError):
        raise invalid_field("attestationRootCertificates", "The certificate is not valid.") from None


def _complete_aaguid(call: Call, body: JsonObject, before: Record | None) -> JsonObject:
    if AUTHENTICATORS.named_in(call).body["key"] != "webauthn":
        raise invalid_field("key", "Only the WebAuthn authenticator has AAGUIDs.")
    identifier = before.id if before else body["aaguid"]
    if not identifier:
        raise invalid_field("aaguid", "The field cannot be left blank")
    completed = {**body, "aaguid": identifier}
    if certificates := body.get("attestationRootCertificates"):
        completed["attestationRootCertificates"] = [_describe(each) for each in certificates]
    return completed


def _show_aaguid(tenant: Tenant, record: Record) -> JsonObject:
    path = f"{AUTHENTICATORS.path}/{record.parent}/aaguids/{record.id}"
    return {**record.body, "_links": {"self": link(tenant, path, "GET", "PUT", "DELETE")}}


AAGUIDS = Collection(
    kind="CustomAAGUID",
    path=f"{AUTHENTICATORS.item_path}/aaguids",
    item="aaguid",
    prefix="",
    model=_Aaguid,
    events=Events("CustomAAGUID", *[AUTHENTICATORS.events.update] * 3),
    parent=AUTHENTICATORS,
    stamps=NO_STAMPS,
    unique=Unique(lambda body: str(body["aaguid"])),
    identify=lambda call, body: str(body["aaguid"]),
    complete=_complete_aaguid,
    show=_show_aaguid,
)


def update_aaguid(call: Call) -> Answer:
    """PATCH of a custom AAGUID; omitted fields stay."""
    record = AAGUIDS.named_in(call)
    return Answer(200, AAGUIDS.view(call.tenant, AAGUIDS.put(call, record, {**record.body, **call.json()})))


FAMILY = Family(
    (AAGUIDS,),
    (
        Route("PATCH", AAGUIDS.item_path, update_aaguid),
        Route("GET", PATH, list_methods),
        Route("GET", ITEM, read_one),
        Route("PUT", ITEM, replace),
        Route("POST", ITEM, replace),
        Route("POST", f"{ITEM}/lifecycle/activate", lambda call: _set_status(call, "ACTIVE")),
        Route("POST", f"{ITEM}/lifecycle/deactivate", lambda call: _set_status(call, "INACTIVE")),
    ),
    scope="okta.authenticators",
)
