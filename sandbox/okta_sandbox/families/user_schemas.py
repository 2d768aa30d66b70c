"""User types and user schemas: `/api/v1/meta/types/user`, `/api/v1/meta/schemas/user`.

The ids of a type and its schema differ only in their prefix.
"""

from pydantic import Field

from okta_sandbox import system_log
from okta_sandbox.body import Body, required_text
from okta_sandbox.collection import Collection, Events, Family, Stamps, Unique
from okta_sandbox.errors import forbidden, invalid, invalid_field, not_found
from okta_sandbox.exchange import Answer, Call, Route
from okta_sandbox.families import profile_mappings
from okta_sandbox.families.profile_mappings import schema_id
from okta_sandbox.families.profile_schemas import (
    NEW_PROPERTY,
    SchemaVariant,
    merge,
    remove_values,
    removed_properties,
)
from okta_sandbox.json_types import JsonObject
from okta_sandbox.links import link
from okta_sandbox.store import Record
from okta_sandbox.tenant import Tenant

SCHEMA = "UserSchema"
VARIANT = SchemaVariant(NEW_PROPERTY)


class _UserType(Body):
    name: str = Field(pattern=r"^[A-Za-z]\w*$", max_length=50)
    displayName: str = required_text(255)
    description: str | None = None


def _alias(tenant: Tenant, name: str) -> Record | None:
    types = tenant.store.all(USER_TYPES.kind)
    return next((each for each in types if each.body["default"]), None) if name == "default" else None


def _complete(call: Call, body: JsonObject, before: Record | None) -> JsonObject:
    if before and body["name"] != before.body["name"]:
        raise invalid_field("name", "The name of a user type cannot be changed.")
    return {**body, "default": bool(before and before.body["default"])}


def create_schema(call: Call, user_type: Record) -> None:
    """Create the schema of a new type: the base properties of the default type, no custom properties."""
    tenant = call.tenant
    template = schema_of(tenant, USER_TYPES.find(tenant, "default").id)
    definitions = dict(template.body["definitions"])
    definitions["custom"] = {**definitions["custom"], "properties": {}, "required": []}
    now = tenant.now()
    body = {**template.body, "definitions": definitions, "created": now, "lastUpdated": now}
    tenant.store.add(SCHEMA, schema_id(user_type.id), body, private={"type": user_type.id})
    profile_mappings.add_mappings_of_type(call, user_type)


def _remove_schema(call: Call, user_type: Record) -> None:
    call.tenant.store.remove_tree(schema_of(call.tenant, user_type.id))
    profile_mappings.remove_mappings(call, user_type)


def _refuse_used(call: Call, user_type: Record) -> None:
    if user_type.body["default"]:
        raise forbidden("E0000006", "You do not have permission to perform the requested action")
    if any(user.body["type"]["id"] == user_type.id for user in call.tenant.store.all("User")):
        raise invalid("userType", "A user type that has users cannot be deleted.")


def _links(tenant: Tenant, user_type: Record) -> JsonObject:
    schema = link(tenant, f"/api/v1/meta/schemas/user/{schema_id(user_type.id)}")
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
    events=Events("UserType", "directory.non_default_user_profile.create", "directory.user_profile.update"),
    scope="okta.userTypes",
    stamps=Stamps(authors=True),
    unique=Unique(),
    alias=_alias,
    complete=_complete,
    guard_delete=_refuse_used,
    created=create_schema,
    removed=_remove_schema,
    links=_links,
)


def _update_type(call: Call) -> Answer:
    """POST: omitted fields stay."""
    user_type = USER_TYPES.named_in(call)
    sent = {name: value for name, value in call.json().items() if value is not None}
    whole = {name: user_type.body[name] for name in ("name", "displayName", "description")}
    return Answer(200, USER_TYPES.view(call.tenant, USER_TYPES.put(call, user_type, {**whole, **sent})))


def schema_of(tenant: Tenant, type_id: str) -> Record:
    """The schema of a user type. Raises OktaError E0000007 if there is no such type."""
    schema = tenant.store.get(SCHEMA, schema_id(type_id))
    if schema is None:
        raise not_found(type_id, USER_TYPES.kind)
    return schema


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


def _read_schema(call: Call) -> Answer:
    return Answer(200, _show(call.tenant, _named_in(call)))


def _change_schema(call: Call) -> Answer:
    schema, store = _named_in(call), call.tenant.store
    before = schema.body["definitions"]
    after = merge(before, call.json(), VARIANT)
    for user in store.all("User"):
        if user.body["type"]["id"] == schema.private["type"]:
            remove_values(call.tenant, user, removed_properties(before, after))
    record = store.change(schema, {**schema.body, "definitions": after, "lastUpdated": call.tenant.now()})
    system_log.record(call, "directory.user_profile.update", system_log.target(schema.id, "UserSchema", "user"))
    return Answer(200, _show(call.tenant, record))


FAMILY = Family(
    (USER_TYPES,),
    (
        Route("POST", USER_TYPES.item_path, _update_type),
        Route("GET", "/api/v1/meta/schemas/user/{schema}", _read_schema),
        Route("POST", "/api/v1/meta/schemas/user/{schema}", _change_schema),
    ),
    scope="okta.schemas",
)
