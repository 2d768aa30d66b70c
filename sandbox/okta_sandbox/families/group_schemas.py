"""Group schema: `/api/v1/meta/schemas/group/default`. It is stored with its first change.

The System Log has no event for it.
"""

import orjson

from okta_sandbox.collection import Family
from okta_sandbox.exchange import Answer, Call, Route
from okta_sandbox.families.profile_schemas import (
    NEW_PROPERTY,
    SchemaVariant,
    merge,
    remove_values,
    removed_properties,
)
from okta_sandbox.json_types import JsonObject
from okta_sandbox.links import link
from okta_sandbox.product_data import read_data
from okta_sandbox.tenant import Tenant

SCHEMA = "GroupSchema"
DEFAULT = "default"
PATH = f"/api/v1/meta/schemas/group/{DEFAULT}"
VARIANT = SchemaVariant(NEW_PROPERTY, changeable=frozenset())


def _schema(tenant: Tenant) -> JsonObject:
    stored = tenant.store.get(SCHEMA, DEFAULT)
    if stored:
        return stored.body
    created = tenant.administrator.body["created"]
    return {**orjson.loads(read_data("group_schema.json")), "created": created, "lastUpdated": created}


def properties(tenant: Tenant) -> dict[str, JsonObject]:
    """All defined properties of group profiles, by name."""
    definitions = _schema(tenant)["definitions"]
    return {**definitions["base"]["properties"], **definitions["custom"]["properties"]}


def _show(tenant: Tenant, schema: JsonObject) -> Answer:
    own = {"rel": "self", **link(tenant, PATH), "method": "GET"}
    return Answer(200, {"id": tenant.url(f"/meta/schemas/group/{DEFAULT}"), **schema, "_links": {"self": own}})


def _read(call: Call) -> Answer:
    return _show(call.tenant, _schema(call.tenant))


def _change(call: Call) -> Answer:
    before = _schema(call.tenant)
    definitions = merge(before["definitions"], call.json(), VARIANT)
    after = {**before, "definitions": definitions, "lastUpdated": call.tenant.now()}
    call.tenant.store.add(SCHEMA, DEFAULT, after)
    for group in call.tenant.store.all("UserGroup"):
        remove_values(call.tenant, group, removed_properties(before["definitions"], definitions))
    return _show(call.tenant, after)


FAMILY = Family(endpoints=(Route("GET", PATH, _read), Route("POST", PATH, _change)), scope="okta.schemas")
