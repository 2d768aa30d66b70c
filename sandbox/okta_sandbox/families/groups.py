"""Groups and group members: `/api/v1/groups`, `/api/v1/users/{id}/groups`.

A membership is a record below its group. The group Everyone has all users and no membership records.
"""

from collections import Counter

from pydantic import Field

from okta_sandbox import conditions, system_log
from okta_sandbox.body import Body, OpenBody, read, required_text
from okta_sandbox.collection import Collection, Events, Family, Stamps, Unique
from okta_sandbox.conditions import remove_from_conditions
from okta_sandbox.errors import OktaError, forbidden, invalid
from okta_sandbox.exchange import NO_CONTENT, Answer, Call, Route
from okta_sandbox.families import group_schemas
from okta_sandbox.families.profile_schemas import check_values
from okta_sandbox.families.users import USERS, show_in_list
from okta_sandbox.filters import compile_filter
from okta_sandbox.json_types import JsonObject
from okta_sandbox.links import link
from okta_sandbox.paging import Paging, page_of
from okta_sandbox.store import Record
from okta_sandbox.tenant import Tenant

GROUP = "UserGroup"
MEMBERSHIP = "GroupMembership"
ASSIGNMENT = "ApplicationGroupAssignment"
APP = "AppInstance"
PUSH_MAPPING = "GroupPushMapping"
EVERYONE = "Everyone"
ALWAYS_SHOWN = ("name", "description")
LOGOS = "https://op3static.oktacdn.com/assets/img/logos/groups/odyssey/okta-{size}.png"
MEMBERS = Paging(default=1000, maximum=10000)


class _Profile(OpenBody):
    name: str = required_text()
    description: str | None = None


class _Group(Body):
    profile: _Profile


class NewGroup(_Group):
    """The fields that Okta fills in for a new group."""

    objectClass: list[str] = Field(["okta:user_group"])
    type: str = "OKTA_GROUP"


def _complete(call: Call, body: JsonObject, before: Record | None) -> JsonObject:
    profile = body["profile"]
    others = [group for group in call.tenant.store.all(GROUP) if before is None or group.id != before.id]
    check_values(group_schemas.properties(call.tenant), profile, others, "group")
    body["profile"] = {name: value for name, value in profile.items() if value is not None or name in ALWAYS_SHOWN}
    if before:
        kept = ("objectClass", "type", "lastMembershipUpdated")
        return {**{name: before.body[name] for name in kept}, **body}
    return {**read(NewGroup, body), "lastMembershipUpdated": call.tenant.now()}


def _refuse_built_in(call: Call, record: Record) -> None:
    if record.body["type"] == "BUILT_IN":
        raise forbidden("E0000006", "You do not have permission to perform the requested action")


def _refuse_built_in_or_pushed(call: Call, record: Record) -> None:
    """Okta's help: groups that are used in a group push mapping cannot be removed. The text is ours."""
    _refuse_built_in(call, record)
    if count := _push_mappings(call)[record.id]:
        raise invalid("group", f"group: The group is used in {count} group push mapping(s). Delete them first.")


def remove_references(call: Call, group: Record) -> None:
    """Mark the rules of a deleted group INVALID, and remove it from apps and conditions."""
    remove_from_conditions(call.tenant, conditions.GROUPS, group.id)
    store = call.tenant.store
    for rule in store.all("GroupRule"):
        if group.id in rule.body["actions"]["assignUserToGroups"]["groupIds"]:
            store.change(rule, {**rule.body, "status": "INVALID", "allGroupsValid": False})
    for app in store.all(APP):
        if assignment := store.get(ASSIGNMENT, group.id, app.id):
            store.remove(assignment)


def _links(tenant: Tenant, group: Record) -> JsonObject:
    path = f"/api/v1/groups/{group.id}"
    logo = [{"name": size, "href": LOGOS.format(size=size), "type": "image/png"} for size in ("medium", "large")]
    return {
        "logo": logo,
        "owners": link(tenant, f"{path}/owners"),
        "users": link(tenant, f"{path}/users"),
        "apps": link(tenant, f"{path}/apps"),
    }


def _name(body: JsonObject) -> str:
    return str(body["profile"]["name"])


def _unique_name(body: JsonObject) -> str:
    """The name, unless the group belongs to an app: a pushed group has the name of its source."""
    return "" if body.get("type") == "APP_GROUP" else _name(body)


def show_with_stats(call: Call, group: Record) -> JsonObject:
    """A group; `expand=stats` adds counts of members and apps. The misspelt `hasAdminPrivlege` is Okta's."""
    view = GROUPS.view(call.tenant, group)
    if "stats" in call.query.get("expand", "").split(","):
        view["_embedded"] = {
            "stats": {
                "usersCount": len(members(call.tenant, group)),
                "appsCount": _apps(call)[group.id],
                "groupPushMappingsCount": _push_mappings(call)[group.id],
                "hasAdminPrivlege": call.tenant.store.count("RoleAssignment", group.id) > 0,
                "_links": {"self": link(call.tenant, f"/api/v1/groups/{group.id}/stats")},
            }
        }
    return view


def _apps(call: Call) -> Counter[str]:
    """The number of apps of each group."""
    if "apps" not in call.counts:
        store = call.tenant.store
        call.counts["apps"] = Counter(one.id for app in store.all(APP) for one in store.all(ASSIGNMENT, app.id))
    return call.counts["apps"]


def _push_mappings(call: Call) -> Counter[str]:
    """The number of push mappings of each group."""
    if "push mappings" not in call.counts:
        store = call.tenant.store
        call.counts["push mappings"] = Counter(
            str(one.body["sourceGroupId"]) for app in store.all(APP) for one in store.all(PUSH_MAPPING, app.id)
        )
    return call.counts["push mappings"]


def _searched(call: Call, groups: list[Record]) -> list[Record]:
    """`search` accepts any attribute; `list_page` answers it with the lag."""
    if not (expression := call.query.get("search")):
        return groups
    holds = compile_filter(expression)
    return [group for group in groups if holds({"id": group.id, **group.body})]


GROUPS = Collection(
    kind=GROUP,
    path="/api/v1/groups",
    item="group",
    prefix="00g",
    model=_Group,
    events=Events("UserGroup", "group.lifecycle.create", "group.profile.update", "group.lifecycle.delete"),
    stamps=Stamps(),
    paging=Paging(maximum=10000, links=lambda call: "q" not in call.query),
    filterable=frozenset(
        {
            "id",
            "type",
            "created",
            "lastUpdated",
            "lastMembershipUpdated",
            "profile.name",
            "profile.description",
        }
    ),
    select=_searched,
    query=lambda group, wanted: _name(group.body).lower().startswith(wanted.lower()),
    unique=Unique(_unique_name, ignore_case=True),
    title=_name,
    complete=_complete,
    guard_replace=_refuse_built_in,
    guard_delete=_refuse_built_in_or_pushed,
    removed=remove_references,
    links=_links,
    show_in_list=show_with_stats,
)


def _everyone(tenant: Tenant) -> Record:
    return next(group for group in tenant.store.all(GROUP) if _name(group.body) == EVERYONE)


def members(tenant: Tenant, group: Record) -> list[Record]:
    """The users of a group, in the order they joined."""
    if _name(group.body) == EVERYONE:
        return tenant.store.all(USERS.kind)
    found = (tenant.store.get(USERS.kind, member.id) for member in tenant.store.all(MEMBERSHIP, group.id))
    return [user for user in found if user]


def groups_of(tenant: Tenant, user: Record) -> list[Record]:
    """The groups of a user, Everyone first."""
    joined = [group for group in tenant.store.all(GROUP) if tenant.store.get(MEMBERSHIP, user.id, group.id)]
    return [_everyone(tenant), *joined]


def _list_members(call: Call) -> Answer:
    group, store = GROUPS.named_in(call), call.tenant.store
    shown = members(call.tenant, group)
    if _name(group.body) != EVERYONE:  # with the lag, if one is set
        lagged = {membership.id for membership in store.lagged(MEMBERSHIP, group.id)}
        shown = [user for user in shown if user.id in lagged]
    page, headers = page_of(call, shown, MEMBERS)
    return Answer(200, [show_in_list(call, user) for user in page], headers)


def _list_groups_of_user(call: Call) -> Answer:
    groups = groups_of(call.tenant, USERS.named_in(call))
    page, headers = page_of(call, groups, Paging(default=200))
    return Answer(200, [GROUPS.view(call.tenant, group) for group in page], headers)


def _refuse_everyone(group: Record) -> None:
    if _name(group.body) == EVERYONE:
        raise OktaError(501, "E0000060", "Unsupported operation.")


def _add_member(call: Call) -> Answer:
    group, user = GROUPS.named_in(call), USERS.named_in(call)
    _refuse_everyone(group)
    _refuse_built_in(call, group)
    if call.tenant.store.get(MEMBERSHIP, user.id, group.id) is None:
        call.tenant.store.add(MEMBERSHIP, user.id, {}, group.id)
        _record_membership_change(call, "group.user_membership.add", group, user)
    return NO_CONTENT


def _remove_member(call: Call) -> Answer:
    group, user = GROUPS.named_in(call), USERS.named_in(call)
    _refuse_everyone(group)
    _refuse_built_in(call, group)
    if membership := call.tenant.store.get(MEMBERSHIP, user.id, group.id):
        call.tenant.store.remove(membership)
        _record_membership_change(call, "group.user_membership.remove", group, user)
    return NO_CONTENT


def _record_membership_change(call: Call, event: str, group: Record, user: Record) -> None:
    call.tenant.store.change(group, {**group.body, "lastMembershipUpdated": call.tenant.now()})
    system_log.record(
        call,
        event,
        system_log.target(user.id, "User", USERS.title(user.body)),
        system_log.target(group.id, "UserGroup", _name(group.body)),
    )


FAMILY = Family(
    (GROUPS,),
    (
        Route("GET", "/api/v1/groups/{group}/users", _list_members),
        Route("PUT", "/api/v1/groups/{group}/users/{user}", _add_member),
        Route("DELETE", "/api/v1/groups/{group}/users/{user}", _remove_member),
        Route("GET", "/api/v1/users/{user}/groups", _list_groups_of_user),
    ),
    scope="okta.groups",
)
