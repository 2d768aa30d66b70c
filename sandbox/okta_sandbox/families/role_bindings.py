"""Resource set bindings and their members: `/api/v1/iam/resource-sets/{id}/bindings`.

A binding joins a custom role and a resource set; its id is the id of the role. A member is a user, a group or a
service app. The role assignments of the member show the same relation (see `admin_roles`).
"""

import re

from pydantic import Field

from okta_sandbox.body import Body, read, required_text
from okta_sandbox.collection import Collection, Events, Family
from okta_sandbox.errors import invalid_field
from okta_sandbox.exchange import Answer, Call, Route
from okta_sandbox.families.custom_roles import CUSTOM_ROLES, PAGING
from okta_sandbox.families.resource_sets import RESOURCE_SETS, record_event
from okta_sandbox.json_types import JsonObject
from okta_sandbox.links import link
from okta_sandbox.store import Record
from okta_sandbox.tenant import Tenant

MEMBER = "RoleBindingMember"
PRINCIPALS = {"users": "User", "groups": "UserGroup", "clients": "AppInstance", "apps": "AppInstance"}


class _Binding(Body):
    role: str = required_text()
    members: list[str] = Field([])


class _Additions(Body):
    additions: list[str]


def _path(binding: Record) -> str:
    return f"{RESOURCE_SETS.path}/{binding.parent}/bindings/{binding.id}"


def _links(tenant: Tenant, binding: Record) -> JsonObject:
    path = _path(binding)
    return {
        "self": link(tenant, path),
        "members": link(tenant, f"{path}/members"),
        "bindings": link(tenant, path.rpartition("/")[0]),
        "resource-set": link(tenant, f"{RESOURCE_SETS.path}/{binding.parent}"),
    }


def _remove_members(call: Call, binding: Record) -> None:
    for member in members_of(call.tenant, binding):
        call.tenant.store.remove(member)
    record_event(call, "bindings.delete", RESOURCE_SETS.find(call.tenant, binding.parent))


BINDINGS = Collection(
    kind="RoleBinding",
    path="/api/v1/iam/resource-sets/{set}/bindings",
    item="role",
    prefix="cr0",
    model=_Binding,
    events=Events("BINDING"),
    parent=RESOURCE_SETS,
    operations=("list", "create", "read", "delete"),
    paging=PAGING,
    removed=_remove_members,
    show=lambda tenant, binding: {"id": binding.id, "_links": _links(tenant, binding)},
    wrapped_in="roles",
)


def members_of(tenant: Tenant, binding: Record) -> list[Record]:
    """The members of a binding that still exist."""
    members = tenant.store.all(MEMBER, binding.parent)
    return [each for each in members if each.private["role"] == binding.id and _principal(tenant, each)]


def memberships_of(tenant: Tenant, principal: str) -> list[Record]:
    """All binding members of an assignee."""
    sets = tenant.store.all(RESOURCE_SETS.kind)
    return [each for one in sets for each in tenant.store.all(MEMBER, one.id) if each.private["principal"] == principal]


def bind(call: Call, resource_set: Record, role: Record, principal: Record) -> Record:
    """Add a member to the binding of a role and a resource set; creates the binding if needed."""
    tenant, now = call.tenant, call.tenant.now()
    binding = _binding(call, resource_set, role)
    for member in members_of(tenant, binding):
        if member.private["principal"] == principal.id:
            return member
    body = {"created": now, "lastUpdated": now}
    private = {"role": role.id, "principal": principal.id, "kind": principal.kind}
    record_event(call, "bindings.add", resource_set)
    return tenant.store.add(MEMBER, tenant.identifiers.new("irb"), body, resource_set.id, private)


def _binding(call: Call, resource_set: Record, role: Record) -> Record:
    store = call.tenant.store
    found = store.get(BINDINGS.kind, role.id, resource_set.id)
    return found or store.add(BINDINGS.kind, role.id, {}, resource_set.id)


def _principal(tenant: Tenant, member: Record) -> Record | None:
    return tenant.store.get(member.private["kind"], member.private["principal"])


def _named(tenant: Tenant, member: str) -> Record:
    """The assignee of a URL or an ORN."""
    found = re.search(r"(users|groups|clients|apps)[/:](?:\w+:)?(\w+)$", member)
    principal = tenant.store.get(PRINCIPALS[found[1]], found[2]) if found else None
    if principal is None:
        raise invalid_field("members", f"{member} is neither the address nor the ORN of an assignee.")
    return principal


def find_role(tenant: Tenant, identifier: str) -> Record:
    """The custom role with an id or label in a body. Raises OktaError E0000001 if there is none."""
    role = tenant.store.get(CUSTOM_ROLES.kind, identifier) or tenant.store.named(CUSTOM_ROLES.kind, identifier)
    if role is None:
        raise invalid_field("role", f"Resource not found: {identifier} (Role)")
    return role


def _create(call: Call) -> Answer:
    resource_set, body = RESOURCE_SETS.named_in(call), read(_Binding, call.json())
    role = find_role(call.tenant, body["role"])
    binding = _binding(call, resource_set, role)
    for member in body["members"]:
        bind(call, resource_set, role, _named(call.tenant, member))
    return Answer(200, BINDINGS.view(call.tenant, binding))


# Members


def _show_member(tenant: Tenant, member: Record) -> JsonObject:
    paths = {"User": "/api/v1/users", "UserGroup": "/api/v1/groups", "AppInstance": "/oauth2/v1/clients"}
    principal = f"{paths[member.private['kind']]}/{member.private['principal']}"
    return {"id": member.id, **member.body, "_links": {"self": link(tenant, principal)}}


def _of_binding(call: Call, members: list[Record]) -> list[Record]:
    return members_of(call.tenant, BINDINGS.named_in(call))


MEMBERS = Collection(
    kind=MEMBER,
    path=f"{BINDINGS.item_path}/members",
    item="member",
    prefix="irb",
    model=Body,
    events=Events("MEMBER"),
    parent=RESOURCE_SETS,
    operations=("list", "read", "delete"),
    paging=PAGING,
    select=_of_binding,
    removed=lambda call, member: record_event(call, "bindings.delete", RESOURCE_SETS.find(call.tenant, member.parent)),
    show=_show_member,
    wrapped_in="members",
)


def _add_members(call: Call) -> Answer:
    binding = BINDINGS.named_in(call)
    resource_set, role = RESOURCE_SETS.named_in(call), CUSTOM_ROLES.find(call.tenant, binding.id)
    for member in read(_Additions, call.json())["additions"]:
        bind(call, resource_set, role, _named(call.tenant, member))
    return Answer(200, BINDINGS.view(call.tenant, binding))


FAMILY = Family(
    (BINDINGS, MEMBERS),
    (Route("POST", BINDINGS.path, _create), Route("PATCH", MEMBERS.path, _add_members)),
    scope="okta.roles",
)
