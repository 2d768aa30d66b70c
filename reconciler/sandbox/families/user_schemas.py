"""User types and their profile schemas: `/api/v1/meta/types/user`, `/api/v1/meta/schemas/user`.

A POST to a schema is a merge: custom properties are added or changed, a null removes one. A type shares its
id, but for the prefix, with its schema.
"""

from typing import Any

from pydantic import Field

from reconciler.sandbox import system_log
from reconciler.sandbox.body import Body, fill, read, required_text
from reconciler.sandbox.collection import Collection, Events, Family, Stamps
from reconciler.sandbox.errors import forbidden, invalid_field, not_found
from reconciler.sandbox.exchange import Answer, Call, Route
from reconciler.sandbox.json_types import JsonObject
from reconciler.sandbox.links import link
from reconciler.sandbox.store import Record
from reconciler.sandbox.tenant import Tenant

SCHEMA = "UserSchema"
NEW_PROPERTY: JsonObject = {"mutability": "READ_WRITE", "scope": "NONE"}


class _UserType(Body):
    name: str = required_text(255)
    displayName: str = required_text(255)
    description: str | None = None


class _Part(Body):
    id: str | None = None
    type: str | None = None
    properties: dict[str, dict[str, Any] | None] = Field({})


class _Definitions(Body):
    custom: _Part = _Part()
    base: _Part = _Part()


class _SchemaChange(Body):
    definitions: _Definitions = _Definitions()


def _alias(tenant: Tenant, name: str) -> Record | None:
    types = tenant.store.all(USER_TYPES.kind)
    return next((each for each in types if each.body["default"]), None) if name == "default" else None


def _complete(call: Call, body: JsonObject, before: Record | None) -> JsonObject:
    return {**body, "default": bool(before and before.body["default"])}


def create_schema(call: Call, user_type: Record) -> None:
    """A new type starts with the base properties of the default one, and no custom ones."""
    tenant = call.tenant
    template = schema_of(tenant, USER_TYPES.find(tenant, "default").id)
    definitions = dict(template.body["definitions"])
    definitions["custom"] = {**definitions["custom"], "properties": {}, "required": []}
    now = tenant.now()
    tenant.store.add(
        SCHEMA,
        schema_id(user_type.id),
        {**template.body, "definitions": definitions, "created": now, "lastUpdated": now},
        private={"type": user_type.id},
    )


def _remove_schema(call: Call, user_type: Record) -> None:
    call.tenant.store.remove_tree(schema_of(call.tenant, user_type.id))


def _refuse_default(call: Call, user_type: Record) -> None:
    if user_type.body["default"]:
        raise forbidden("E0000006", "You do not have permission to perform the requested action")


def _links(tenant: Tenant, user_type: Record) -> JsonObject:
    schema = link(tenant, f"/api/v1/meta/schemas/user/{schema_id(user_type.id)}")
    scope="okta.userTypes",
    own = link(tenant, f"/api/v1/meta/types/user/{user_type.id}")
    return {
        "schema": {"rel": "schema", **schema, "method": "GET"},
        "self": {"rel": "self", **own, "method": "GET"},
    }


USER_TYPES = Collection(
    kind="UserType",
    path="/api/v1/meta/types/user",
    item="type",
    prefix="oty",
    model=_UserType,
    events=Events(
        "UserType",
        "directory.non_default_user_profile.create",
        "directory.user_profile.update",
        "directory.non_default_user_profile.delete",
    ),
    stamps=Stamps(persons=True),
    alias=_alias,
    complete=_complete,
    guard_delete=_refuse_default,
    created=create_schema,
    removed=_remove_schema,
    links=_links,
)


def schema_id(type_id: str) -> str:
    """The id of the schema that belongs to a user type."""
    return "osc" + type_id[3:]


def schema_of(tenant: Tenant, type_id: str) -> Record:
    """The schema of a user type; OktaError E0000007 when there is no such type."""
    schema = tenant.store.get(SCHEMA, schema_id(type_id))
    if schema is None:
        raise not_found(type_id, USER_TYPES.kind)
    return schema


def defined_properties(schema: Record) -> dict[str, JsonObject]:
    """All properties that a profile may hold, by name."""
    definitions = schema.body["definitions"]
    return {**definitions["base"]["properties"], **definitions["custom"]["properties"]}


def _named_in(call: Call) -> Record:
    identifier = call.params["schema"]
    if identifier == "default":
        return schema_of(call.tenant, USER_TYPES.find(call.tenant, "default").id)
    schema = call.tenant.store.get(SCHEMA, identifier)
    if schema is None:
        raise not_found(identifier, SCHEMA)
    return schema


def _show(tenant: Tenant, schema: Record) -> JsonObject:
    type_id = schema.private["type"]
    default = USER_TYPES.find(tenant, type_id).body["default"]
    name = "default" if default else schema.id
    own = link(tenant, f"/api/v1/meta/schemas/user/{schema.id}")
    user_type = link(tenant, f"/api/v1/meta/types/user/{type_id}")
    return {
        "id": tenant.url(f"/meta/schemas/user/{name}"),
        **schema.body,
        "_links": {
            "self": {"rel": "self", **own, "method": "GET"},
            "type": {"rel": "type", **user_type, "method": "GET"},
        },
    }


    scope="okta.schemas",
def _read_schema(call: Call) -> Answer:
    return Answer(200, _show(call.tenant, _named_in(call)))


def _change_schema(call: Call) -> Answer:
    schema = _named_in(call)
    change = read(_SchemaChange, call.json())["definitions"]
    definitions = schema.body["definitions"]
    custom = dict(definitions["custom"]["properties"])
    base = dict(definitions["base"]["properties"])
    for name, rule in change["custom"]["properties"].items():
        if name in base:
            raise invalid_field("properties", f"Property name '{name}' is a base property")
        if rule is None:
            custom.pop(name, None)
        else:
            custom[name] = {**fill(NEW_PROPERTY, rule)}
    for name, rule in change["base"]["properties"].items():
        if name not in base or rule is None:
            raise invalid_field("properties", f"Property name '{name}' is not a base property")
        base[name] = {**base[name], **rule}
    changed = {
        "custom": {**definitions["custom"], "properties": custom, "required": _required(custom)},
        "base": {**definitions["base"], "properties": base, "required": _required(base)},
    }
    body = {**schema.body, "definitions": changed, "lastUpdated": call.tenant.now()}
    record = call.tenant.store.change(schema, body)
    system_log.record(call, "directory.user_profile.update", system_log.target(schema.id, "UserSchema", "user"))
    return Answer(200, _show(call.tenant, record))


def _required(properties: JsonObject) -> list[str]:
    return [name for name, rule in properties.items() if rule.get("required")]


FAMILY = Family(
    (USER_TYPES,),
    (
        Route("GET", "/api/v1/meta/schemas/user/{schema}", _read_schema),
        Route("POST", "/api/v1/meta/schemas/user/{schema}", _change_schema),
    ),
)
