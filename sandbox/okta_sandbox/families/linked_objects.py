"""Linked objects: definitions at `/api/v1/meta/schemas/user/linkedObjects`, values at `/users/{id}/linkedObjects`.

A definition is found by its primary or its associated name. A value names the primary user of an associated user; a
primary may have many associated users.
"""

from typing import Literal

from pydantic import Field

from okta_sandbox.body import Body, required_text
from okta_sandbox.collection import NO_STAMPS, Collection, Events, Family
from okta_sandbox.errors import OktaError, invalid_field, not_found
from okta_sandbox.exchange import NO_CONTENT, Answer, Call, Route
from okta_sandbox.families.users import USERS
from okta_sandbox.json_types import JsonObject
from okta_sandbox.links import link
from okta_sandbox.paging import Paging, page_of
from okta_sandbox.store import Record
from okta_sandbox.tenant import Tenant

VALUE = "LinkedObjectValue"
PAGING = Paging(default=1000, maximum=1000)
NAME = r"^[A-Za-z][A-Za-z0-9_]*$"


class _Side(Body):
    name: str = Field(pattern=NAME, max_length=255)
    title: str = required_text()
    description: str | None = None
    type: Literal["USER"]


class _Definition(Body):
    primary: _Side
    associated: _Side


def _names(definition: JsonObject) -> set[str]:
    return {definition["primary"]["name"], definition["associated"]["name"]}


def _by_associated(tenant: Tenant, name: str) -> Record | None:
    definitions = tenant.store.all(DEFINITIONS.kind)
    return next((each for each in definitions if each.body["associated"]["name"] == name), None)


def _complete(call: Call, body: JsonObject, before: Record | None) -> JsonObject:
    if len(_names(body)) == 1:
        raise invalid_field("associated.name", "The two sides of a link need names of their own.")
    for other in call.tenant.store.all(DEFINITIONS.kind):
        if taken := _names(other.body) & _names(body):
            refusal = f"A linked object named {min(taken)} already exists."
            raise OktaError(409, "E0000127", "Linked object already exists.", refusal)
    return body


def _show(tenant: Tenant, definition: Record) -> JsonObject:
    return {**definition.body, "_links": {"self": link(tenant, f"{DEFINITIONS.path}/{definition.id}")}}


DEFINITIONS = Collection(
    kind="LinkedObject",
    path="/api/v1/meta/schemas/user/linkedObjects",
    item="name",
    prefix="",
    model=_Definition,
    events=Events("LinkedObject", create="directory.linked_object.create", delete="directory.linked_object.delete"),
    operations=("list", "create", "read", "delete"),
    created_status=201,
    stamps=NO_STAMPS,
    title=lambda body: str(body["primary"]["name"]),
    alias=_by_associated,
    identify=lambda call, body: str(body["primary"]["name"]),
    complete=_complete,
    show=_show,
)


# A value is a record below its definition, with the id of the associated user.


def _set_primary(call: Call) -> Answer:
    associated, definition = USERS.named_in(call), DEFINITIONS.named_in(call)
    primary = USERS.find(call.tenant, call.params["primary"])
    if definition.id != call.params["name"]:
        raise not_found(call.params["name"], DEFINITIONS.kind)
    if primary.id == associated.id:
        raise invalid_field("primary", "A user cannot be linked to themselves.")
    call.tenant.store.add(VALUE, associated.id, {"primary": primary.id}, definition.id)
    return NO_CONTENT


def _linked(call: Call) -> Answer:
    """GET: the primary of a user, or the users associated with it."""
    user, definition, store = USERS.named_in(call), DEFINITIONS.named_in(call), call.tenant.store
    if call.params["name"] == definition.id:
        value = store.get(VALUE, user.id, definition.id)
        values, identifiers = ([value], [value.body["primary"]]) if value else ([], [])
    else:
        values = [each for each in store.all(VALUE, definition.id) if each.body["primary"] == user.id]
        identifiers = [each.id for each in values]
    existing = {value.id: other for value, other in zip(values, identifiers, strict=True) if store.get("User", other)}
    page, headers = page_of(call, [value for value in values if value.id in existing], PAGING)
    links = [{"self": link(call.tenant, f"{USERS.path}/{existing[value.id]}")} for value in page]
    return Answer(200, [{"_links": each} for each in links], headers)


def _unlink(call: Call) -> Answer:
    user, definition, store = USERS.named_in(call), DEFINITIONS.named_in(call), call.tenant.store
    if value := store.get(VALUE, user.id, definition.id):
        store.remove(value)
    return NO_CONTENT


VALUES = "/api/v1/users/{user}/linkedObjects/{name}"
FAMILY = Family(
    (DEFINITIONS,),
    (
        Route("GET", VALUES, _linked, "okta.users"),
        Route("DELETE", VALUES, _unlink, "okta.users"),
        Route("PUT", f"{VALUES}/{{primary}}", _set_primary, "okta.users"),
    ),
    scope="okta.linkedObjects",
)
