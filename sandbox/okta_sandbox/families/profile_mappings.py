"""Profile mappings: `/api/v1/mappings`.

Mappings cannot be created or deleted. An app or an identity provider always has one to and one from each user type.
A POST merges its properties into the mapping; null removes a property.
"""

import functools
from typing import Any, Literal

import orjson
from pydantic import Field

from okta_sandbox import system_log
from okta_sandbox.body import Body, read, required_text
from okta_sandbox.collection import Collection, Events, Family
from okta_sandbox.errors import invalid_field, not_found
from okta_sandbox.exchange import Answer, Call, Route
from okta_sandbox.families.profile_schemas import defined_properties
from okta_sandbox.json_types import JsonObject
from okta_sandbox.links import link
from okta_sandbox.paging import Paging
from okta_sandbox.product_data import read_data
from okta_sandbox.store import Record
from okta_sandbox.tenant import Tenant

USER_TYPE = "UserType"
APP_PROFILE = "appuser"
# Okta's profile names of identity providers; others are `google_idp`, `facebook_idp`, and so on.
IDP_PROFILES = {"OIDC": "oidc_idp", "SAML2": "saml_idp"}


class _Rule(Body):
    expression: str = required_text(4096)
    pushStatus: Literal["PUSH", "DONT_PUSH"] = "DONT_PUSH"


class _Mapping(Body):
    properties: dict[str, _Rule | None] = Field({})


@functools.cache
def _initial_properties() -> dict[str, Any]:
    """The properties of a new mapping to a user type, by profile name."""
    properties: dict[str, Any] = orjson.loads(read_data("profile_mappings.json"))["to_user"]
    return properties


def schema_id(type_id: str) -> str:
    """The id of the schema that belongs to a user type."""
    return "osc" + type_id[3:]


def add_mappings(call: Call, record: Record) -> None:
    """Create the mappings of a new app or identity provider."""
    for user_type in call.tenant.store.all(USER_TYPE):
        _map(call, record.id, _profile_name(record), user_type)


def add_mappings_of_type(call: Call, user_type: Record) -> None:
    """Create the mappings of a new user type, with every app and identity provider."""
    mappings = call.tenant.store.all(MAPPINGS.kind)
    names = {mapping.body["source"]: mapping.private["profile"] for mapping in mappings if mapping.private["inbound"]}
    for identifier, name in names.items():
        _map(call, identifier, name, user_type)


def remove_mappings(call: Call, record: Record) -> None:
    """Remove the mappings of a deleted object."""
    for mapping in call.tenant.store.all(MAPPINGS.kind):
        if record.id in (mapping.body["source"], mapping.body["target"]):
            call.tenant.store.remove(mapping)


def _map(call: Call, identifier: str, name: str, user_type: Record) -> None:
    inbound = {"source": identifier, "target": user_type.id, "properties": _initial_properties().get(name, {})}
    outbound = {"source": user_type.id, "target": identifier, "properties": {}}
    for body in (inbound, outbound):
        private = {"profile": name, "inbound": body is inbound}
        call.tenant.store.add(MAPPINGS.kind, call.tenant.identifiers.new(MAPPINGS.prefix), body, private=private)


def _profile_name(record: Record) -> str:
    if record.kind == "AppInstance":
        return str(record.body["name"])
    kind = str(record.body["type"])
    return IDP_PROFILES.get(kind, f"{kind.lower()}_idp")


def _side(tenant: Tenant, mapping: Record, side: Literal["source", "target"]) -> JsonObject:
    identifier = mapping.body[side]
    if (user_type := tenant.store.get(USER_TYPE, identifier)) is None:
        name, kind = mapping.private["profile"], APP_PROFILE
        path, schema = f"/api/v1/apps/{identifier}", f"/api/v1/meta/schemas/apps/{identifier}/default"
    else:
        name, kind = user_type.body["name"], "user"
        path = f"/api/v1/meta/types/user/{identifier}"
        schema = f"/api/v1/meta/schemas/user/{schema_id(identifier)}"
    return {
        "id": identifier,
        "name": name,
        "type": kind,
        "_links": {"self": link(tenant, path), "schema": link(tenant, schema)},
    }


def _show(tenant: Tenant, mapping: Record) -> JsonObject:
    return {
        "id": mapping.id,
        "source": _side(tenant, mapping, "source"),
        "target": _side(tenant, mapping, "target"),
        "properties": mapping.body["properties"],
        "_links": {"self": link(tenant, f"{MAPPINGS.path}/{mapping.id}")},
    }


def _show_in_list(call: Call, mapping: Record) -> JsonObject:
    return {name: value for name, value in _show(call.tenant, mapping).items() if name != "properties"}


def _between(call: Call, mappings: list[Record]) -> list[Record]:
    wanted = {"source": call.query.get("sourceId"), "target": call.query.get("targetId")}
    sides = [(side, identifier) for side, identifier in wanted.items() if identifier]
    return [each for each in mappings if all(each.body[side] == identifier for side, identifier in sides)]


MAPPINGS = Collection(
    kind="ProfileMapping",
    path="/api/v1/mappings",
    item="mapping",
    prefix="prm",
    model=_Mapping,
    events=Events("ProfileMapping", update="directory.mapping.update"),
    operations=("list", "read"),
    paging=Paging(default=20),
    select=_between,
    show=_show,
    show_in_list=_show_in_list,
)


def _change(call: Call) -> Answer:
    mapping = MAPPINGS.named_in(call)
    sent = read(_Mapping, call.json())["properties"]
    schema = call.tenant.store.get("UserSchema", schema_id(mapping.body["target"]))
    for name in sent:
        if schema and name not in defined_properties(schema):
            raise invalid_field(f"properties.{name}", "The property is not defined in the target's profile.")
    properties = {name: rule for name, rule in {**mapping.body["properties"], **sent}.items() if rule}
    changed = call.tenant.store.change(mapping, {**mapping.body, "properties": properties})
    target = system_log.target(mapping.id, "ProfileMapping", mapping.private["profile"])
    system_log.record(call, MAPPINGS.events.update, target)
    return Answer(200, _show(call.tenant, changed))


# Endpoints of Okta's console that the official provider calls to apply a mapping to existing users.


def _types_of_app(call: Call) -> Answer:
    """GET: the one user type of an app, which a reapply request names as its source or target."""
    app = call.tenant.store.get("AppInstance", call.params["app"])
    if app is None:
        raise not_found(call.params["app"], "AppInstance")
    return Answer(200, [{"id": f"oty{app.id[3:]}", "name": _profile_name(app), "displayName": app.body["label"]}])


def _reapply(call: Call) -> Answer:
    """PUT: no effect, as expressions are not evaluated here."""
    return Answer(200, {})


FAMILY = Family(
    (MAPPINGS,),
    (
        Route("POST", MAPPINGS.item_path, _change),
        Route("GET", "/api/v1/apps/{app}/user/types", _types_of_app),
        Route("PUT", "/api/internal/v1/mappings/reapply", _reapply),
    ),
    scope="okta.profileMappings",
)
