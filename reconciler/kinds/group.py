"""Groups of users."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Annotated, Any

from pydantic import AfterValidator, StringConstraints

from reconciler.kinds.conditions import became, more
from reconciler.kinds.fields import (
    JSON_TEXT,
    Api,
    Argument,
    Bool,
    Checked,
    ListOf,
    Name,
    Only,
    Owns,
    ProviderOnly,
    Purpose,
    Ref,
    Relates,
    Replaces,
    SentEmpty,
    ServerFilled,
    SetOf,
    Sparse,
    SubList,
)
from reconciler.kinds.group_people import GroupMembers, GroupOwner
from reconciler.kinds.kind import Detail, Kind, SystemObject, register, with_sub_list
from reconciler.kinds.part import Json, Part, Spec
from reconciler.kinds.provider import Provider
from reconciler.kinds.risks import Change, KnownObject, appeared, changed
from reconciler.kinds.shapes import Listed
from reconciler.kinds.standard_roles import StandardRole
from reconciler.kinds.threats import (
    ADMIN_GROUP_UNDECLARED,
    ADMIN_ROLE_GRANTED,
    ADMIN_SCOPE_WIDENED,
    IDENTITY_CHANGED,
)

ADMIN = "hasAdminPrivilege"
"""Whether the group has an admin role. Definitions do not cover it."""
ADMIN_ROLES = "adminRoles"
"""The admin roles of the group. Definitions do not cover them."""
_CUSTOM_PROFILE = "customProfile"
"""The custom attributes of the profile, which the API has beside its own."""
_OWN_PROFILE = ("name", "description")
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


LIMITED_TO_GROUPS = ("GROUP_MEMBERSHIP_ADMIN", "HELP_DESK_ADMIN", "USER_ADMIN")
"""The roles that can be limited to groups."""
APP_TARGETS = "targetApps"
"""The apps to which a role is limited. Definitions do not cover them."""
_TARGETS = "targets"
"""What a role can be limited to: `groups`, `apps` or nothing."""
_TARGET_GROUPS = SubList("targets/groups", "id", added_by="PUT", created_with=False, emptied_in_place=False)
_APPS_PATH = "targets/catalog/apps"


def _limits_less(change: Change) -> bool:
    """Whether a role holds for other groups than declared, or for all."""
    return bool(change.added) or not change.actual


class GroupRole(Part):
    """A standard admin role of a group (`/api/v1/groups/{id}/roles`).

    Custom admin roles are given to a group by a binding of a resource set. The apps that `APP_ADMIN` is limited to are
    compared with the baseline.
    """

    risks = (
        appeared(ADMIN_ROLE_GRANTED, new=True),
        changed(ADMIN_SCOPE_WIDENED, "target_groups", when=_limits_less),
        changed(ADMIN_SCOPE_WIDENED, f"{APP_TARGETS}*"),
    )

    type: Annotated[
        StandardRole,
        Argument("role_type"),
        Replaces(),
    ]
    """The role. The members of the group have it."""
    target_groups: Annotated[
        SetOf[GroupRef],
        Relates(Purpose.ADMINISTERED),
        _TARGET_GROUPS,
        Argument("target_group_lists"),
        Only(lambda role: role.type in LIMITED_TO_GROUPS, f"only {', '.join(LIMITED_TO_GROUPS)} take target groups"),
    ] = frozenset()
    """The groups whose members can be administered; empty for all people."""
    disable_notifications: Annotated[Bool, ProviderOnly("Okta does not return it"), Replaces(by_provider=False)] = False
    """Whether the administrators get no e-mails of Okta about the role. A change replaces the role."""


def _custom_only(attributes: dict[str, Any] | None) -> dict[str, Any] | None:
    """The attributes, if they are custom ones with values. The provider would drop null."""
    for name, value in (attributes or {}).items():
        if name in _OWN_PROFILE:
            raise ValueError(f"{name} is a field of the group")
        if value is None:
            raise ValueError(f"{name} has no value: leave it out")
    return attributes


def _profile_apart(item: Json) -> Json:
    """The item with the custom attributes of its profile in a member of their own."""
    profile = item.get("profile") or {}
    custom = {name: value for name, value in profile.items() if name not in _OWN_PROFILE and value is not None}
    own = {name: value for name, value in profile.items() if name not in custom}
    return {**item, "profile": own} | ({_CUSTOM_PROFILE: custom} if custom else {})


def _write_api(body: Json) -> Json:
    rest = {name: value for name, value in body.items() if name != _CUSTOM_PROFILE}
    return {**rest, "profile": {**body.get(_CUSTOM_PROFILE, {}), **body.get("profile", {})}}


def _attributes(spec: Spec) -> Iterator[tuple[str, str]]:
    """The properties of the schema that must exist before the group."""
    return (("group-schema-property", name) for name in spec.get("custom_profile_attributes") or ())


class Group(Part):
    """A set of users that access is granted to (`/api/v1/groups`).

    Only groups of type `OKTA_GROUP` are managed. Groups of type `APP_GROUP` belong to the directory or app they are
    imported from. Group rules assign members; `members` is for the few groups that are kept by hand.
    """

    risks = (
        changed(ADMIN_ROLE_GRANTED, ADMIN, when=became(True)),
        changed(ADMIN_ROLE_GRANTED, ADMIN_ROLES, when=more),
        changed(IDENTITY_CHANGED, "custom_profile_attributes"),
        appeared(ADMIN_GROUP_UNDECLARED, when=lambda change: holds_admin_role(change.object)),
    )

    name: Annotated[Name, Api("profile.name"), Checked()]
    """Display name of the group, unique in the tenant."""
    description: Annotated[str, StringConstraints(max_length=1024), Api("profile.description"), SentEmpty()] = ""
    """Description of the group."""
    roles: Annotated[ListOf[GroupRole], Owns("group-role")] = ()
    """Standard admin roles of the members of the group."""
    owners: Annotated[SetOf[GroupOwner] | None, Owns("group-owners", whole=True)] = None
    """Who manages the members: `group service-desk`, or `user` and a login. Left out: not managed."""
    members: Annotated[GroupMembers | None, Owns("group-memberships", whole=True)] = None
    """Logins of all members, for a small group that is kept by hand, such as one with an admin role. Left out: not
    managed."""
    custom_profile_attributes: Annotated[
        dict[str, Any] | None,
        AfterValidator(_custom_only),
        Api(_CUSTOM_PROFILE),
        Argument("custom_profile_attributes", JSON_TEXT),
        Sparse(usual=lambda attributes: not attributes),
        ServerFilled(),
    ] = None
    """Values of the properties that a `group-schema-property` declares, by their `index`. List all that have a value:
    `up` removes the others. Left out: not managed."""


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
    item = _profile_apart(item)
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
        write_api=_write_api,
        requires=_attributes,
    )
)


def _read_role(item: Json) -> Json:
    """The role with the groups or apps that it is limited to."""
    role, embedded = item.get("type"), item.get("_embedded") or {}
    shaped = with_sub_list(item, _TARGET_GROUPS, "targetGroups")
    if role in LIMITED_TO_GROUPS or role == "APP_ADMIN":
        shaped = shaped | {_TARGETS: "apps" if role == "APP_ADMIN" else "groups"}
    if _APPS_PATH in embedded:
        shaped = shaped | {APP_TARGETS: sorted(str(app.get("id") or app["name"]) for app in embedded[_APPS_PATH])}
    return shaped


GROUP_ROLE = register(
    Kind(
        name="group-role",
        resource="okta:group/role:Role",
        fields=GroupRole,
        shape=Listed(path="roles", scope="okta.roles", ids_below_owner=True),
        provider=Provider(update_method="", derived=("assignmentType", "label", _TARGETS)),
        details=(
            Detail(_TARGET_GROUPS.path, "okta.roles", member="targetGroups", of=_TARGETS, value="groups"),
            Detail(_APPS_PATH, "okta.roles", member=APP_TARGETS, of=_TARGETS, value="apps"),
        ),
        label_field="type",
        parents=("group",),
        parent_arguments=("group_id",),
        not_declarable={
            "role_id": "a binding of a resource set gives custom admin roles to a group",
            "resource_set_id": "a binding of a resource set gives custom admin roles to a group",
            "target_app_lists": "Okta needs the name of the app in the catalogue, which only Okta knows before the app "
            "exists. The apps are compared with the baseline",
        },
        events=("group.privilege.",),
        lost_on_replace=("the apps that it is limited to",),
        read_api=_read_role,
        exists=lambda role: role.get("type") != "CUSTOM",
    )
)
