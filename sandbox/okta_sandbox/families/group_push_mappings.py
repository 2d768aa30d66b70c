"""Group push mappings of an app: `/api/v1/apps/{id}/group-push/mappings`.

A mapping connects a group of the org to a group of the app. The target group exists, or is created with the mapping.
"""

from typing import Literal

from okta_sandbox import system_log
from okta_sandbox.body import Body, OpenBody, absent, read
from okta_sandbox.collection import Collection, Events, Family, Stamps
from okta_sandbox.errors import invalid_field
from okta_sandbox.exchange import Answer, Call, Route
from okta_sandbox.families.apps import APPS
from okta_sandbox.families.groups import GROUPS
from okta_sandbox.json_types import JsonObject
from okta_sandbox.links import link
from okta_sandbox.paging import Paging
from okta_sandbox.references import require
from okta_sandbox.store import Record
from okta_sandbox.tenant import Tenant

EVENT = "application.provision.group_push."


class _DirectoryGroup(OpenBody):
    """How a group is created in Active Directory."""

    type: Literal["ACTIVE_DIRECTORY"]
    distinguishedName: str | None = absent()
    groupScope: Literal["DOMAIN_LOCAL", "GLOBAL", "UNIVERSAL"] | None = absent()
    groupType: Literal["DISTRIBUTION", "SECURITY"] | None = absent()
    samAccountName: str | None = absent()


class _Mapping(Body):
    appConfig: _DirectoryGroup | None = absent()
    sourceGroupId: str
    status: Literal["ACTIVE", "INACTIVE"] = "ACTIVE"
    targetGroupId: str | None = absent()
    targetGroupName: str | None = absent()


class _Change(Body):
    status: Literal["ACTIVE", "INACTIVE"]


def _complete(call: Call, body: JsonObject, before: Record | None) -> JsonObject:
    tenant = call.tenant
    require(tenant, GROUPS.kind, [body["sourceGroupId"]], "sourceGroupId")
    name = body.pop("targetGroupName", None)
    if (name is None) == ("targetGroupId" not in body):
        raise invalid_field("targetGroupId", "Either targetGroupId or targetGroupName has to be given.")
    if name is None:
        require(tenant, GROUPS.kind, [body["targetGroupId"]], "targetGroupId")
    else:
        body["targetGroupId"] = _group_of_app(call, name).id
    _refuse_second(call, body)
    return body


def _refuse_second(call: Call, body: JsonObject) -> None:
    """Refuse to push a group twice to the same target. The text is ours."""
    for other in call.tenant.store.all(GROUP_PUSH_MAPPINGS.kind, APPS.named_in(call).id):
        if all(other.body[name] == body[name] for name in ("sourceGroupId", "targetGroupId")):
            raise invalid_field("sourceGroupId", "The group is pushed to this target already.")


def _group_of_app(call: Call, name: str) -> Record:
    """The group of the app with a name, created if there is none."""
    tenant, stamps = call.tenant, GROUPS.stamps.on_create(call)
    app = APPS.named_in(call)
    for group in tenant.store.all(GROUPS.kind):
        if group.body["profile"]["name"] == name and group.body.get("source") == {"id": app.id}:
            return group
    body = {
        "objectClass": ["okta:app_group"],
        "type": "APP_GROUP",
        "profile": {"name": name, "description": None},
        "source": {"id": app.id},
        "lastMembershipUpdated": tenant.now(),
    }
    return tenant.store.add(GROUPS.kind, tenant.identifiers.new(GROUPS.prefix), {**body, **stamps})


def _refuse_active(call: Call, mapping: Record) -> None:
    if mapping.body["status"] == "ACTIVE":
        raise invalid_field("status", "An active group push mapping cannot be deleted. Deactivate it first.")


def _removed(call: Call, mapping: Record) -> None:
    if call.query.get("deleteTargetGroup") != "true":
        return
    if target := call.tenant.store.get(GROUPS.kind, mapping.body["targetGroupId"]):
        call.tenant.store.remove_tree(target)
        system_log.record(call, f"{EVENT}delete_appgroup", GROUPS.as_target(target))


def _links(tenant: Tenant, mapping: Record) -> JsonObject:
    return {
        "app": link(tenant, f"{APPS.path}/{mapping.parent}"),
        "sourceGroup": link(tenant, f"{GROUPS.path}/{mapping.body['sourceGroupId']}"),
        "targetGroup": link(tenant, f"{GROUPS.path}/{mapping.body['targetGroupId']}"),
    }


def _selected(call: Call, mappings: list[Record]) -> list[Record]:
    wanted = {name: call.query[name] for name in ("sourceGroupId", "status") if name in call.query}
    return [each for each in mappings if all(each.body[name] == value for name, value in wanted.items())]


GROUP_PUSH_MAPPINGS = Collection(
    kind="GroupPushMapping",
    path=f"{APPS.item_path}/group-push/mappings",
    item="mapping",
    prefix="gPm",
    model=_Mapping,
    events=Events("GroupPushMapping", create=f"{EVENT}mapping.created", delete=f"{EVENT}removed"),
    parent=APPS,
    operations=("list", "create", "read", "delete"),
    deleted=Answer(200),
    stamps=Stamps(written=lambda moment: moment.strftime("%Y-%m-%dT%H:%M:%SZ")),
    paging=Paging(default=100, maximum=1000),
    title=lambda body: str(body["sourceGroupId"]),
    complete=_complete,
    guard_delete=_refuse_active,
    removed=_removed,
    links=_links,
    select=_selected,
)


def _change(call: Call) -> Answer:
    """PATCH activates or deactivates a mapping."""
    mapping, status = GROUP_PUSH_MAPPINGS.named_in(call), read(_Change, call.json())["status"]
    if mapping.body["status"] != status:
        body = {**mapping.body, "status": status, **GROUP_PUSH_MAPPINGS.stamps.on_update(call)}
        mapping = call.tenant.store.change(mapping, body)
        verb = "activate" if status == "ACTIVE" else "deactivate"
        GROUP_PUSH_MAPPINGS.log(call, f"{EVENT}{verb}_mapping", mapping)
    return Answer(200, GROUP_PUSH_MAPPINGS.view(call.tenant, mapping))


FAMILY = Family((GROUP_PUSH_MAPPINGS,), (Route("PATCH", GROUP_PUSH_MAPPINGS.item_path, _change),), scope="okta.apps")
