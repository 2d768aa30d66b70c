"""Okta Integration Network catalogue: `/api/v1/catalog/apps`."""

import orjson

from okta_sandbox.collection import Family
from okta_sandbox.errors import not_found
from okta_sandbox.exchange import Answer, Call, Route
from okta_sandbox.families.app_catalogue import NAME, integrations
from okta_sandbox.json_types import JsonObject
from okta_sandbox.links import link
from okta_sandbox.product_data import read_data
from okta_sandbox.tenant import Tenant

PATH = "/api/v1/catalog/apps"
LOGO = "https://op3static.oktacdn.com/assets/img/logos/default.png"
UNKNOWN: JsonObject = {
    "description": None,
    "category": None,
    "website": None,
    "signOnModes": [],
    "lastUpdated": "2024-01-01T00:00:00.000Z",
}


def _entries() -> dict[str, JsonObject]:
    recorded: dict[str, JsonObject] = orjson.loads(read_data("catalogue_entries.json"))["entries"]
    others = {
        name: {**UNKNOWN, "displayName": _title(name), "signOnModes": list(integration.modes)}
        for name, integration in integrations().items()
    }
    return {**others, **recorded}


def api_service(name: str) -> JsonObject:
    """Display name and configuration guide of an API service integration, as far as recorded."""
    recorded: dict[str, JsonObject] = orjson.loads(read_data("catalogue_entries.json"))["api_services"]
    return recorded.get(name) or {"displayName": _title(name), "configGuideUrl": None}


def _title(name: str) -> str:
    return name.replace("_", " ").title()


def entry(tenant: Tenant, name: str) -> JsonObject:
    """The catalogue entry of an integration, as far as known. Raises OktaError E0000007 for an invalid name."""
    if not NAME.fullmatch(name):
        raise not_found(name, "CatalogApp")
    known = _entries().get(name) or {**UNKNOWN, "displayName": _title(name)}
    links = {
        "logo": [{"name": "medium", "href": LOGO, "type": "image/png"}],
        "self": link(tenant, f"{PATH}/{name}"),
    }
    return {"name": name, "status": "ACTIVE", "verificationStatus": "OKTA_VERIFIED", **known, "_links": links}


def _list(call: Call) -> Answer:
    wanted = call.query.get("q", "").lower()
    names = [name for name, known in _entries().items() if wanted in f"{name} {known['displayName']}".lower()]
    return Answer(200, [entry(call.tenant, name) for name in sorted(names)])


def _read(call: Call) -> Answer:
    name = call.params["name"]
    if name not in _entries():
        raise not_found(name, "CatalogApp")
    return Answer(200, entry(call.tenant, name))


FAMILY = Family(
    endpoints=(Route("GET", PATH, _list), Route("GET", f"{PATH}/{{name}}", _read)),
    scope="okta.apps",
)
