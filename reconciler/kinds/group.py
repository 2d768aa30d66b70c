"""Groups of users."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated, Any

from pydantic import StringConstraints

from reconciler.kinds.conditions import became, more
from reconciler.kinds.fields import Api, Checked, Name, Ref, SentEmpty
from reconciler.kinds.kind import Detail, Kind, SystemObject, register
from reconciler.kinds.part import Json, Part
from reconciler.kinds.provider import Provider
from reconciler.kinds.risks import KnownObject, appeared, changed
from reconciler.kinds.shapes import Listed
from reconciler.kinds.threats import ADMIN_GROUP_UNDECLARED, ADMIN_ROLE_GRANTED

ADMIN = "hasAdminPrivilege"
"""Whether the group has an admin role. Definitions do not cover it."""
ADMIN_ROLES = "adminRoles"
"""The admin roles of the group. Definitions do not cover them."""
GroupRef = Annotated[str, Ref("group")]


def holds_admin_role(group: KnownObject) -> bool:
    """Whether the group has an admin role."""
    return group.item.get(ADMIN) is True


def _built_in(name: str) -> Any:
    return lambda item: item["type"] == "BUILT_IN" and item["profile"]["name"] == name


def _role(role: Json) -> str:
    """A role as text: its type, or for a custom role its name and the id of its resource set."""
    if role["type"] != "CUSTOM":
        return str(role["type"])
    return f"CUSTOM {role.get('label')} ({role.get('resource-set')})"


def _count(group: Json, member: str) -> int | None:
    """One of the statistics that the list of groups has with `expand=stats`; None if it is missing."""
    stats = (group.get("_embedded") or {}).get("stats")
    count = stats.get(member) if isinstance(stats, dict) else None
    return count if isinstance(count, int) else None


class Group(Part):
    """A set of users that access is granted to (`/api/v1/groups`).

    Only groups of type `OKTA_GROUP` are managed. Groups of type `APP_GROUP` belong to the directory or app they are
    imported from. Members are not declared; group rules assign them.
    """

    risks = (
        changed(ADMIN_ROLE_GRANTED, ADMIN, when=became(True)),
        changed(ADMIN_ROLE_GRANTED, ADMIN_ROLES, when=more),
        appeared(ADMIN_GROUP_UNDECLARED, when=lambda change: holds_admin_role(change.object)),
    )

    name: Annotated[Name, Api("profile.name"), Checked()]
    """Display name of the group, unique in the tenant."""
    description: Annotated[str, StringConstraints(max_length=1024), Api("profile.description"), SentEmpty()] = ""
    """Description of the group."""


def _people(item: Json) -> int | None:
    """The number of members, from the statistics of the list."""
    return _count(item, "usersCount")


def _powers(item: Json) -> Sequence[str]:
    """The admin roles of the members."""
    known = _read_api(item)
    if known.get(ADMIN) is not True:
        return ()
    return [f"the admin role {role}" for role in known.get(ADMIN_ROLES) or ()] or ["its admin roles"]


def _kept_by(item: Json) -> str:
    """The push mappings (Okta's help: groups in a group push mapping cannot be removed)."""
    count = _count(item, "groupPushMappingsCount") or 0
    return f"{count} group push mapping{'' if count == 1 else 's'}" if count else ""


def _read_api(item: Json) -> Json:
    """The item with `hasAdminPrivilege` (which Okta misspells) and the admin roles of the group."""
    embedded = item.get("_embedded") or {}
    is_admin = (embedded.get("stats") or {}).get("hasAdminPrivlege")
    if is_admin is None:
        return item
    roles = embedded.get("roles") if is_admin else []
    return item | {ADMIN: is_admin} | ({} if roles is None else {ADMIN_ROLES: sorted(map(_role, roles))})


GROUP = register(
    Kind(
        name="group",
        resource="okta:group/group:Group",
        fields=Group,
        shape=Listed(
            path="/api/v1/groups",
            scope="okta.groups",
            query='filter=type eq "OKTA_GROUP" or type eq "BUILT_IN"&limit=200&expand=stats',
            unlisted='filter=type eq "APP_GROUP"&limit=200&expand=stats',
            built_in=lambda item: item["type"] != "OKTA_GROUP",
        ),
        provider=Provider(keeps=("profile",)),
        not_declarable={"skip_users": "the provider ignores it"},
        events=("group.lifecycle.create", "group.lifecycle.delete", "group.profile.update"),
        not_read=("members",),
        lost_on_replace=("assignments to apps that are not managed", "admin roles"),
        set_separately=frozenset({ADMIN, ADMIN_ROLES}),
        member_events={ADMIN: ("group.privilege.",), ADMIN_ROLES: ("group.privilege.",)},
        details=(Detail("roles", "okta.roles", ADMIN_ROLES, of=ADMIN),),
        system=(
            SystemObject("everyone", _built_in("Everyone"), "all users of the tenant", everyone=True),
            SystemObject("okta-administrators", _built_in("Okta Administrators"), "users with an admin role"),
        ),
        people=_people,
        powers=_powers,
        kept_by=_kept_by,
        read_api=_read_api,
    )
)
