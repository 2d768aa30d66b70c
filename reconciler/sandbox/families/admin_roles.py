"""Standard administrator roles: `/api/v1/users/{id}/roles` and `/api/v1/groups/{id}/roles`."""

import base64
from typing import Literal

from reconciler.sandbox.body import Body, required_text
from reconciler.sandbox.collection import Collection, Complete, Events, Family, Unique
from reconciler.sandbox.errors import OktaError, invalid_field
from reconciler.sandbox.exchange import Call
from reconciler.sandbox.families.groups import GROUPS
from reconciler.sandbox.families.users import USERS
from reconciler.sandbox.json_types import JsonObject
from reconciler.sandbox.links import link
from reconciler.sandbox.store import Record
from reconciler.sandbox.tenant import Tenant

LABELS = {
    "SUPER_ADMIN": "Super Administrator",
    "ORG_ADMIN": "Organizational Administrator",
    "APP_ADMIN": "Application Administrator",
    "USER_ADMIN": "Group Administrator",
    "HELP_DESK_ADMIN": "Help Desk Administrator",
    "READ_ONLY_ADMIN": "Read-Only Administrator",
    "MOBILE_ADMIN": "Mobile Administrator",
    "API_ACCESS_MANAGEMENT_ADMIN": "API Access Management Administrator",
    "REPORT_ADMIN": "Report Administrator",
    "GROUP_MEMBERSHIP_ADMIN": "Group Membership Administrator",
    "WORKFLOWS_ADMIN": "Workflows Administrator",
}
# Roles that can be narrowed to targets have an assignment id made of their own name.
TARGETABLE = {"APP_ADMIN", "USER_ADMIN", "GROUP_MEMBERSHIP_ADMIN", "HELP_DESK_ADMIN"}


class _RoleAssignment(Body):
    type: str = required_text()


def assignment_id(role: str) -> str:
    """The base32 of a role's name, without padding: APP_ADMIN is IFIFAX2BIRGUSTQ."""
    return base64.b32encode(role.encode()).decode().rstrip("=")


def _identify(call: Call, body: JsonObject) -> str:
    role = str(body["type"])
    return assignment_id(role) if role in TARGETABLE else call.tenant.identifiers.new("ra1")


def _complete_for(assignee: Literal["USER", "GROUP"]) -> Complete:
    def complete(call: Call, body: JsonObject, before: Record | None) -> JsonObject:
        role = str(body["type"])
        if role not in LABELS:
            raise invalid_field("type", "The role type is not valid.")
        return {"label": LABELS[role], "type": role, "status": "ACTIVE", "assignmentType": assignee}

    return complete


def roles_of(parent: Collection, assignee: Literal["USER", "GROUP"], privilege: str) -> Collection:
    """The role assignments of one sort of assignee; `privilege` begins the names of the events."""

    def links(tenant: Tenant, role: Record) -> JsonObject:
        return {"assignee": link(tenant, f"{parent.path}/{role.parent}")}

    return Collection(
        kind="RoleAssignment",
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
        identify=_identify,
        complete=_complete_for(assignee),
        links=links,
    )


USER_ROLES = roles_of(USERS, "USER", "user.account.privilege")
GROUP_ROLES = roles_of(GROUPS, "GROUP", "group.privilege")

FAMILY = Family(
    (
        USER_ROLES,
        GROUP_ROLES,
    ),
    scope="okta.roles",
)
