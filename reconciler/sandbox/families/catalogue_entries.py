"""Okta's catalogue of integrations: `/api/v1/catalog/apps`."""

import orjson

from reconciler.sandbox.collection import Family
from reconciler.sandbox.errors import not_found
from reconciler.sandbox.exchange import Answer, Call, Route
from reconciler.sandbox.families.sign_on_modes import catalogue
from reconciler.sandbox.json_types import JsonObject
from reconciler.sandbox.links import link
from reconciler.sandbox.product_data import read_data
from reconciler.sandbox.tenant import Tenant

PATH = "/api/v1/catalog/apps"
LOGO = "https://op3static.oktacdn.com/assets/img/logos/default.png"
UNKNOWN: JsonObject = {"description": None, "category": None, "website": None}


def _entries() -> dict[str, JsonObject]:
    recorded: dict[str, JsonObject] = orjson.loads(read_data("catalogue_entries.json"))["entries"]
    others = {
        name: {
            **UNKNOWN,
            "displayName": name.replace("_", " ").title(),
            "signOnModes": [integration["signOnMode"]] if integration["signOnMode"] else [],
            "lastUpdated": "2024-01-01T00:00:00.000Z",
        }
        for name, integration in catalogue().items()
    }
    return {**others, **recorded}


def entry(tenant: Tenant, name: str) -> JsonObject:
    """What the catalogue tells of an integration; OktaError E0000007 when it is not in it."""
    known = _entries().get(name)
    if known is None:
        raise not_found(name, "CatalogApp")
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
    return Answer(200, entry(call.tenant, call.params["name"]))


FAMILY = Family(
    endpoints=(Route("GET", PATH, _list), Route("GET", f"{PATH}/{{name}}", _read)),
    scope="okta.apps",
)
