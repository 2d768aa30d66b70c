"""App user schemas: `/api/v1/meta/schemas/apps/{id}/default`.

A schema is stored with its first change; until then it is the default of the app's integration. App user properties
show neither permissions nor `master`.
"""

import functools

import orjson

from okta_sandbox import system_log
from okta_sandbox.collection import Family
from okta_sandbox.exchange import Answer, Call, Route
from okta_sandbox.families.app_catalogue import integrations
from okta_sandbox.families.apps import APPS
from okta_sandbox.families.profile_schemas import SchemaVariant, merge, removed_properties
from okta_sandbox.json_types import JsonObject
from okta_sandbox.product_data import read_data
from okta_sandbox.store import Record
from okta_sandbox.tenant import Tenant

SCHEMA = "AppUserSchema"
DEFAULT = "default"
VARIANT = SchemaVariant({"scope": "NONE"}, ignored=frozenset({"master", "mutability", "permissions"}))


@functools.cache
def _profiles() -> JsonObject:
    profiles: JsonObject = orjson.loads(read_data("app_user_schemas.json"))
    return profiles


def definitions_of(tenant: Tenant, app: Record) -> JsonObject:
    """The properties of an app's profile, custom and base."""
    if stored := tenant.store.get(SCHEMA, DEFAULT, app.id):
        return dict(stored.body["definitions"])
    profiles = _profiles()["base"]
    base = profiles.get(app.body["name"], profiles["default"])
    return {
        "custom": {"id": "#custom", "type": "object", "properties": {}, "required": []},
        "base": {
            "id": "#base",
            "type": "object",
            "properties": base,
            "required": [name for name, rules in base.items() if rules.get("required")],
        },
    }


def assigned_profile(tenant: Tenant, app: Record, user: JsonObject) -> JsonObject:
    """The app profile that Okta derives from a user profile on assignment; all other properties are null."""
    profiles, name = _profiles(), app.body["name"]
    sources, constants = profiles["assigned"].get(name, {}), profiles["constants"].get(name, {})
    profile: JsonObject = {}
    for part in definitions_of(tenant, app).values():
        for property_name in part["properties"]:
            values = [str(user[source]) for source in sources.get(property_name, ()) if user.get(source)]
            profile[property_name] = " ".join(values) or constants.get(property_name)
    profile.pop("userName", None)  # shown in the credentials
    return profile


def _schema_name(app: Record) -> str:
    """The schema name. Apps of a template have separate schemas."""
    name = str(app.body["name"])
    known = integrations().get(name)
    return f"{name}_{app.id[3:10].lower()}" if known and known.template else name


def _show(tenant: Tenant, app: Record, definitions: JsonObject) -> Answer:
    """The schema. Without custom properties its custom part has no `required`."""
    stored, custom = tenant.store.get(SCHEMA, DEFAULT, app.id), dict(definitions["custom"])
    if not custom["properties"]:
        custom.pop("required", None)
    return Answer(
        200,
        {
            "id": tenant.url(f"/meta/schemas/apps/{app.id}/{DEFAULT}"),
            "$schema": "http://json-schema.org/draft-04/schema#",
            "name": _schema_name(app),
            "title": f"{app.body['label']} User",
            "lastUpdated": stored.body["lastUpdated"] if stored else app.body["created"],
            "created": app.body["created"],
            "definitions": {**definitions, "custom": custom},
            "type": "object",
            "properties": {"profile": {"allOf": [{"$ref": "#/definitions/custom"}, {"$ref": "#/definitions/base"}]}},
        },
    )


def _read(call: Call) -> Answer:
    app = APPS.named_in(call)
    return _show(call.tenant, app, definitions_of(call.tenant, app))


def _change(call: Call) -> Answer:
    app, store = APPS.named_in(call), call.tenant.store
    before = definitions_of(call.tenant, app)
    after = merge(before, call.json(), VARIANT)
    store.add(SCHEMA, DEFAULT, {"definitions": after, "lastUpdated": call.tenant.now()}, app.id)
    for assignment in store.all("AppUser", app.id):
        gone = removed_properties(before, after)
        kept = {name: value for name, value in assignment.body["profile"].items() if name not in gone}
        store.change(assignment, {**assignment.body, "profile": kept})
    target = system_log.target(app.id, "AppInstance", APPS.title(app.body))
    system_log.record(call, "directory.app_user_profile.update", target)
    return _show(call.tenant, app, after)


PATH = f"/api/v1/meta/schemas/apps/{{app}}/{DEFAULT}"
FAMILY = Family(endpoints=(Route("GET", PATH, _read), Route("POST", PATH, _change)), scope="okta.schemas")
