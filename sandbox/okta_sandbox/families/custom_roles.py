"""Custom admin roles and their permissions: `/api/v1/iam/roles`."""

from typing import Annotated, Any

from pydantic import Field

from okta_sandbox import system_log
from okta_sandbox.body import Body, absent, read, required_text
from okta_sandbox.collection import Collection, Events, Family, Unique
from okta_sandbox.errors import already_exists, invalid_field
from okta_sandbox.exchange import NO_CONTENT, Answer, Call, Route
from okta_sandbox.json_types import JsonObject
from okta_sandbox.links import link
from okta_sandbox.paging import Paging
from okta_sandbox.store import Record
from okta_sandbox.tenant import Tenant

PERMISSION = r"^okta(\.[A-Za-z]+)+$"
PAGING = Paging(default=100, links=lambda call: False)


class _Role(Body):
    label: str = required_text()
    description: str = required_text(1000)
    permissions: list[Annotated[str, Field(pattern=PERMISSION)]] | None = absent()


class _Permission(Body):
    label: str = Field(pattern=PERMISSION)
    conditions: dict[str, Any] | None = None


def find_by_label(kind: str) -> Any:
    """For `alias`: find an object by its label, which paths accept as its id."""

    def find(tenant: Tenant, label: str) -> Record | None:
        return tenant.store.named(kind, label)

    return find


def _complete(call: Call, body: JsonObject, before: Record | None) -> JsonObject:
    permissions = body.pop("permissions", None)
    if before is None and not permissions:
        raise invalid_field("permissions", "The field cannot be left blank")
    return {**body, "_private": {"permissions": permissions}}


def _grant_initial_permissions(call: Call, role: Record) -> None:
    for permission in role.private["permissions"]:
        _grant(call, role, permission, {})


def _remove_bindings(call: Call, role: Record) -> None:
    """Remove all bindings of a deleted role."""
    store = call.tenant.store
    for resource_set in store.all("ResourceSet"):
        for member in store.all("RoleBindingMember", resource_set.id):
            if member.private["role"] == role.id:
                store.remove(member)
        if binding := store.get("RoleBinding", role.id, resource_set.id):
            store.remove(binding)


def _links(tenant: Tenant, role: Record) -> JsonObject:
    path = f"{CUSTOM_ROLES.path}/{role.id}"
    return {"permissions": link(tenant, f"{path}/permissions"), "self": link(tenant, path)}


CUSTOM_ROLES = Collection(
    kind="Role",
    path="/api/v1/iam/roles",
    item="role",
    prefix="cr0",
    model=_Role,
    events=Events("ROLE", "iam.role.create", "iam.role.update", "iam.role.delete"),
    paging=PAGING,
    unique=Unique(lambda body: str(body["label"]), lambda name: already_exists("label")),
    title=lambda body: str(body["label"]),
    alias=find_by_label("Role"),
    complete=_complete,
    created=_grant_initial_permissions,
    removed=_remove_bindings,
    links=_links,
    wrapped_in="roles",
)


def _show(tenant: Tenant, permission: Record) -> JsonObject:
    role = f"{CUSTOM_ROLES.path}/{permission.parent}"
    links = {"role": link(tenant, role), "self": link(tenant, f"{role}/permissions/{permission.id}")}
    return {**permission.body, "_links": links}


def _record_removal(call: Call, permission: Record) -> None:
    _record(call, "iam.role.permissions.delete", CUSTOM_ROLES.named_in(call))


PERMISSIONS = Collection(
    kind="Permission",
    path="/api/v1/iam/roles/{role}/permissions",
    item="permission",
    prefix="",
    model=_Permission,
    events=Events("PERMISSION"),
    parent=CUSTOM_ROLES,
    operations=("list", "read", "delete"),
    removed=_record_removal,
    show=_show,
    wrapped_in="permissions",
)


def _grant(call: Call, role: Record, label: str, value: JsonObject) -> Record:
    """Add a permission to a role, or change its conditions."""
    store, now = call.tenant.store, call.tenant.now()
    body = read(_Permission, {**value, "label": label})
    if before := store.get(PERMISSIONS.kind, label, role.id):
        return store.change(before, {**before.body, **body, "lastUpdated": now})
    stamps = {"created": now, "lastUpdated": now}
    return store.add(PERMISSIONS.kind, label, {**body, **stamps}, role.id)


def _record(call: Call, event: str, role: Record) -> None:
    system_log.record(call, event, system_log.target(role.id, "ROLE", CUSTOM_ROLES.title(role.body)))


def _add_permission(call: Call) -> Answer:
    role = CUSTOM_ROLES.named_in(call)
    _grant(call, role, call.params["permission"], call.json())
    _record(call, "iam.role.permissions.add", role)
    return NO_CONTENT


def _change_permission(call: Call) -> Answer:
    role, before = CUSTOM_ROLES.named_in(call), PERMISSIONS.named_in(call)
    permission = _grant(call, role, before.id, call.json())
    verb = "add" if permission.body["conditions"] else "delete"
    _record(call, f"iam.role.permission.conditions.{verb}", role)
    return Answer(200, _show(call.tenant, permission))


FAMILY = Family(
    (CUSTOM_ROLES, PERMISSIONS),
    (
        Route("POST", PERMISSIONS.item_path, _add_permission),
        Route("PUT", PERMISSIONS.item_path, _change_permission),
    ),
    scope="okta.roles",
)
