"""Groups: the unit of access."""

from __future__ import annotations

from typing import Annotated, Any

from pydantic import StringConstraints

from reconciler.kinds.conditions import became, more
from reconciler.kinds.fields import Api, Checked, Name, Ref, SentEmpty
from reconciler.kinds.kind import Collection, Detail, Json, Kind, SystemObject, register
from reconciler.kinds.risks import KnownObject, appeared, changed
from reconciler.kinds.threats import ADMIN_GROUP_UNDECLARED, ADMIN_ROLE_GRANTED

ADMIN = "hasAdminPrivilege"
"""Whether its members are administrators of the tenant: no field, since no definition can state it."""
ADMIN_ROLES = "adminRoles"
"""The administrator roles of its members: no field either."""
GroupRef = Annotated[str, Ref("group")]


def holds_admin_role(group: KnownObject) -> bool:
    """Whether the members of a group are administrators of the tenant."""
    return group.item.get(ADMIN) is True


def _built_in(name: str) -> Any:
    return lambda item: item["type"] == "BUILT_IN" and item["profile"]["name"] == name


def _role(role: Json) -> str:
    """A role as text: its type; for a custom role its name, and the id of the resources that it is for."""
    if role["type"] != "CUSTOM":
        return str(role["type"])
    return f"CUSTOM {role.get('label')} ({role.get('resource-set')})"


@register
class Group(Kind):
    """A set of people, the unit of access (`/api/v1/groups`).

    Only groups of type `OKTA_GROUP` are ours: those of type `APP_GROUP` belong to the directory they are
    imported from. Members are people, and not declared here: group rules fill groups.
    """

    kind = "group"
    resource = "okta:group/group:Group"
    collection = Collection(
        "/api/v1/groups",
        scope="okta.groups",
        query='filter=type eq "OKTA_GROUP" or type eq "BUILT_IN"&limit=200&expand=stats',
        built_in=lambda item: item["type"] != "OKTA_GROUP",
        keeps=("profile",),
    )
    events = ("group.lifecycle.create", "group.lifecycle.delete", "group.profile.update")
    told_apart = frozenset({ADMIN, ADMIN_ROLES})
    member_events = {ADMIN: ("group.privilege.",), ADMIN_ROLES: ("group.privilege.",)}
    detail = Detail("roles", "okta.roles", of=ADMIN, member=ADMIN_ROLES)
    risks = (
        changed(ADMIN_ROLE_GRANTED, ADMIN, when=became(True)),
        changed(ADMIN_ROLE_GRANTED, ADMIN_ROLES, when=more),
        appeared(ADMIN_GROUP_UNDECLARED, when=lambda change: holds_admin_role(change.object)),
    )
    system = (
        SystemObject("everyone", _built_in("Everyone"), "all people of the tenant"),
        SystemObject("okta-administrators", _built_in("Okta Administrators"), "people with an admin role"),
    )

    name: Annotated[Name, Api("profile.name"), Checked()]
    """The name that Okta shows, unique among the groups of the tenant."""
    description: Annotated[str, StringConstraints(max_length=1024), Api("profile.description"), SentEmpty()] = ""
    """What the group is for."""

    @classmethod
    def read_api(cls, item: Json) -> Json:
        """A list tells whether the group has an admin role (the misspelling is Okta's), and the list of roles which."""
        embedded = item.get("_embedded") or {}
        told = (embedded.get("stats") or {}).get("hasAdminPrivlege")
        if told is None:
            return item
        roles = embedded.get("roles") if told else []
        return item | {ADMIN: told} | ({} if roles is None else {ADMIN_ROLES: sorted(map(_role, roles))})
