"""Role assignments to users, groups and service apps: `/api/v1/users/{id}/roles` and similar.

Standard roles are assigned here. Assigning a custom role with a resource set makes the assignee a member of a binding
(see `role_bindings`). The list shows both.
"""

import base64
from dataclasses import replace
from typing import Literal, TypeAlias

from pydantic import Field

from okta_sandbox.body import Body, absent, read, required_text
from okta_sandbox.collection import Collection, Complete, Events, Family, Unique
from okta_sandbox.errors import OktaError, invalid_field
from okta_sandbox.exchange import Answer, Call, Route
from okta_sandbox.families.apps import APPS
from okta_sandbox.families.custom_roles import CUSTOM_ROLES
from okta_sandbox.families.groups import GROUPS, groups_of
from okta_sandbox.families.resource_sets import RESOURCE_SETS
from okta_sandbox.families.role_bindings import MEMBER, bind, find_role, memberships_of
from okta_sandbox.families.users import USERS
from okta_sandbox.json_types import JsonObject
from okta_sandbox.links import link
from okta_sandbox.store import Record
from okta_sandbox.tenant import Tenant

Assignee: TypeAlias = Literal["USER", "GROUP", "CLIENT"]

LABELS = {
    "SUPER_ADMIN": "Super Administrator",
    "ORG_ADMIN": "Organization Administrator",
    "APP_ADMIN": "Application Administrator",
    "USER_ADMIN": "Group Administrator",
    "HELP_DESK_ADMIN": "Help Desk Administrator",
    "READ_ONLY_ADMIN": "Read-only Administrator",
    "MOBILE_ADMIN": "Mobile Administrator",
    "API_ACCESS_MANAGEMENT_ADMIN": "API Access Management Administrator",
    "REPORT_ADMIN": "Report Administrator",
    "GROUP_MEMBERSHIP_ADMIN": "Group Membership Administrator",
    "WORKFLOWS_ADMIN": "Workflows Administrator",
    "ACCESS_CERTIFICATIONS_ADMIN": "Access Certifications Administrator",
    "ACCESS_REQUESTS_ADMIN": "Access Requests Administrator",
}
# Roles that can have targets. The id of such an assignment is derived from the role name.
TARGETABLE = {"APP_ADMIN", "USER_ADMIN", "GROUP_MEMBERSHIP_ADMIN", "HELP_DESK_ADMIN"}
# Standard roles that work like custom roles, each with its own resource set.
IAM_BASED = {
    "ACCESS_CERTIFICATIONS_ADMIN": "ACCESS_CERTIFICATIONS_IAM_POLICY",
    "ACCESS_REQUESTS_ADMIN": "ACCESS_REQUESTS_IAM_POLICY",
    "WORKFLOWS_ADMIN": "WORKFLOWS_IAM_POLICY",
}
PREFIXES: dict[str, str] = {"USER": "ra1", "GROUP": "gra", "CLIENT": "ra1"}
ASSIGNMENT = "RoleAssignment"
PATHS: dict[str, str] = {"USER": "/api/v1/users", "GROUP": "/api/v1/groups", "CLIENT": "/oauth2/v1/clients"}


class _RoleAssignment(Body):
    type: str = required_text()
    role: str | None = absent()
    resource_set: str | None = Field(default=None, alias="resource-set")


def assignment_id(role: str) -> str:
    """The base32 of a role name, without padding: APP_ADMIN is IFIFAX2BIRGUSTQ."""
    return base64.b32encode(role.encode()).decode().rstrip("=")


def _identify(call: Call, body: JsonObject) -> str:
    role = str(body["type"])
    if role in TARGETABLE:
        return assignment_id(role)
    return call.tenant.identifiers.new("irb" if role in IAM_BASED else PREFIXES[str(body["assignmentType"])])


def _complete_for(assignee: Assignee) -> Complete:
    def complete(call: Call, body: JsonObject, before: Record | None) -> JsonObject:
        role = str(body["type"])
        if role not in LABELS:
            raise invalid_field("type", "The role type is not valid.")
        like_custom = {"role": role, "resource-set": IAM_BASED[role]} if role in IAM_BASED else {}
        return {"label": LABELS[role], "type": role, "status": "ACTIVE", "assignmentType": assignee, **like_custom}

    return complete


def _custom(tenant: Tenant, member: Record, assignee: Assignee) -> Record:
    """A binding member, as an assignment of the role of its binding."""
    role = CUSTOM_ROLES.find(tenant, member.private["role"])
    body = {
        "role": role.id,
        "label": role.body["label"],
        "type": "CUSTOM",
        "status": "ACTIVE",
        **member.body,
        "assignmentType": assignee,
        "resource-set": member.parent,
    }
    return Record(ASSIGNMENT, member.private["principal"], member.id, member.sequence, body)


def _custom_of(tenant: Tenant, principal: str, assignee: Assignee) -> list[Record]:
    return [_custom(tenant, member, assignee) for member in memberships_of(tenant, principal)]


def _links(tenant: Tenant, assignment: Record) -> JsonObject:
    shown = {"assignee": link(tenant, f"{PATHS[assignment.body['assignmentType']]}/{assignment.parent}")}
    if assignment.body["type"] != "CUSTOM":
        return shown
    role, resource_set = assignment.body["role"], f"{RESOURCE_SETS.path}/{assignment.body['resource-set']}"
    return {
        **shown,
        "role": link(tenant, f"{CUSTOM_ROLES.path}/{role}"),
        "permissions": link(tenant, f"{CUSTOM_ROLES.path}/{role}/permissions"),
        "resource-set": link(tenant, resource_set),
        "member": link(tenant, f"{resource_set}/bindings/{role}/members/{assignment.id}"),
    }


def targets_below(assignment: Record) -> str:
    """The parent of an assignment's targets. The id of the assignment alone is not unique across assignees."""
    return f"{assignment.parent}/{assignment.id}"


def _removed(call: Call, assignment: Record) -> None:
    store = call.tenant.store
    for target in store.all("RoleTarget", targets_below(assignment)):
        store.remove(target)
    if member := store.get(MEMBER, assignment.id, assignment.body.get("resource-set", "")):
        store.remove(member)


def roles_of(parent: Collection, assignee: Assignee, privilege: str) -> Collection:
    """The role assignments of one type of assignee; `privilege` is the prefix of the event types."""

    def with_others(call: Call, assignments: list[Record]) -> list[Record]:
        principal = parent.named_in(call)
        found = [*assignments, *_custom_of(call.tenant, principal.id, assignee)]
        for group in groups_of(call.tenant, principal) if assignee == "USER" else ():
            found += call.tenant.store.all(ASSIGNMENT, group.id)
            found += _custom_of(call.tenant, group.id, "GROUP")
        return found

    def custom(tenant: Tenant, identifier: str) -> Record | None:
        for resource_set in tenant.store.all(RESOURCE_SETS.kind):
            if member := tenant.store.get(MEMBER, identifier, resource_set.id):
                return _custom(tenant, member, assignee)
        return None

    return Collection(
        kind=ASSIGNMENT,
        path=f"{parent.item_path}/roles",
        item="role",
        prefix="ra1",
        model=_RoleAssignment,
        events=Events("ROLE", create=f"{privilege}.grant", delete=f"{privilege}.revoke"),
        parent=parent,
        operations=("list", "create", "read", "delete"),
        created_status=201,
        unique=Unique(
            lambda body: str(body["type"]),
            lambda name: OktaError(409, "E0000090", "Duplicate role assignment exception."),
        ),
        title=lambda body: str(body["label"]),
        alias=custom,
        identify=_identify,
        complete=_complete_for(assignee),
        removed=_removed,
        links=_links,
        select=with_others,
    )


def _client(tenant: Tenant, client_id: str) -> Record | None:
    for app in tenant.store.all(APPS.kind):
        if app.body["credentials"].get("oauthClient", {}).get("client_id") == client_id:
            return app
    return None


CLIENTS = replace(APPS, kind="AppInstance", path=PATHS["CLIENT"], item="client", alias=_client)
USER_ROLES = roles_of(USERS, "USER", "user.account.privilege")
GROUP_ROLES = roles_of(GROUPS, "GROUP", "group.privilege")
CLIENT_ROLES = roles_of(CLIENTS, "CLIENT", "app.oauth2.client.privilege")
ROLES: dict[Assignee, Collection] = {"USER": USER_ROLES, "GROUP": GROUP_ROLES, "CLIENT": CLIENT_ROLES}


def _assign(assignee: Assignee, roles: Collection) -> Route:
    def assign(call: Call) -> Answer:
        tenant, value = call.tenant, call.json()
        if value.get("type") != "CUSTOM":
            return roles.create(call)
        body = read(_RoleAssignment, value)
        assert roles.parent is not None
        role, set_id = find_role(tenant, body.get("role") or ""), body["resource_set"] or ""
        resource_set = tenant.store.get(RESOURCE_SETS.kind, set_id)
        if resource_set is None:
            raise invalid_field("resource-set", f"Resource not found: {set_id} (ResourceSet)")
        assignment = _custom(tenant, bind(call, resource_set, role, roles.parent.named_in(call)), assignee)
        roles.log(call, roles.events.create, assignment)
        return Answer(201, roles.view(tenant, assignment))

    return Route("POST", roles.path, assign)


def _list_assignees(call: Call) -> Answer:
    """GET /iam/assignees/users: all users with a role, assigned directly or through a group."""
    tenant = call.tenant
    value = []
    for user in tenant.store.all(USERS.kind):
        principals = [user, *groups_of(tenant, user)]
        if any(tenant.store.count(ASSIGNMENT, each.id) or memberships_of(tenant, each.id) for each in principals):
            path = f"{USERS.path}/{user.id}"
            orn = f"orn:okta:directory:{tenant.org['id']}:users:{user.id}"
            links = {"roles": link(tenant, f"{path}/roles"), "self": link(tenant, path)}
            value.append({"id": user.id, "orn": orn, "_links": links})
    return Answer(200, {"value": value})


FAMILY = Family(
    (USER_ROLES, GROUP_ROLES, CLIENT_ROLES),
    (
        *(_assign(assignee, roles) for assignee, roles in ROLES.items()),
        Route("GET", "/api/v1/iam/assignees/users", _list_assignees),
    ),
    scope="okta.roles",
)
