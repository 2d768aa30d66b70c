"""Group owners: `/api/v1/groups/{id}/owners`.

The id of an ownership is the id of its owner, a user or a group. The answer to a POST and the list write the time in
different formats. The System Log has no event for ownerships.
"""

from datetime import datetime
from typing import Literal

from okta_sandbox.body import Body
from okta_sandbox.collection import NO_STAMPS, Collection, Events, Family
from okta_sandbox.errors import invalid, invalid_field
from okta_sandbox.exchange import Answer, Call, Route
from okta_sandbox.families.groups import GROUPS
from okta_sandbox.families.users import USERS
from okta_sandbox.json_types import JsonObject
from okta_sandbox.paging import Paging
from okta_sandbox.store import Record
from okta_sandbox.tenant import Tenant

AS_CREATED = "%a %b %d %H:%M:%S UTC %Y"
AS_LISTED = "%Y-%m-%d %H:%M:%S.0"


class _Owner(Body):
    id: str
    type: Literal["USER", "GROUP"]


def _owner(tenant: Tenant, kind: str, identifier: str) -> Record | None:
    return tenant.store.get(USERS.kind if kind == "USER" else GROUPS.kind, identifier)


def _complete(call: Call, body: JsonObject, before: Record | None) -> JsonObject:
    tenant, group = call.tenant, GROUPS.named_in(call)
    if _owner(tenant, body["type"], body["id"]) is None:
        raise invalid_field("id", f"Resource not found: {body['id']} ({body['type'].title()})")
    if tenant.store.get(OWNERS.kind, body["id"], group.id):
        raise invalid("owner", "Provided owner is already assigned to this group")
    return {"type": body["type"], "_private": {"id": body["id"], "since": tenant.now()}}


def _show(tenant: Tenant, ownership: Record, written: str) -> JsonObject:
    kind = ownership.body["type"]
    owner = _owner(tenant, kind, ownership.id)
    titled = USERS if kind == "USER" else GROUPS
    since = datetime.fromisoformat(ownership.private["since"])
    return {
        "id": ownership.id,
        "type": kind,
        "resolved": owner is not None,
        "originId": None,
        "originType": "OKTA_DIRECTORY",
        "displayName": titled.title(owner.body) if owner else None,
        "lastUpdated": since.strftime(written),
    }


def _existing(call: Call, ownerships: list[Record]) -> list[Record]:
    return [each for each in ownerships if _owner(call.tenant, each.body["type"], each.id)]


OWNERS = Collection(
    kind="GroupOwner",
    path="/api/v1/groups/{group}/owners",
    item="owner",
    prefix="",
    model=_Owner,
    events=Events("GroupOwner"),
    parent=GROUPS,
    operations=("list", "delete"),
    stamps=NO_STAMPS,
    paging=Paging(default=1000, maximum=1000, links=lambda call: False),
    identify=lambda call, body: str(body["_private"]["id"]),
    complete=_complete,
    select=_existing,
    show=lambda tenant, ownership: _show(tenant, ownership, AS_LISTED),
)


def _create(call: Call) -> Answer:
    ownership = OWNERS.add(call, call.json(), GROUPS.named_in(call).id)
    return Answer(201, _show(call.tenant, ownership, AS_CREATED))


FAMILY = Family((OWNERS,), (Route("POST", OWNERS.path, _create),), scope="okta.groups")
