"""Role assignment targets: `/roles/{id}/targets/groups`, `/targets/catalog/apps`.

Targets limit a standard role. An assignment without targets holds for all groups or apps. The last target of an
assignment cannot be removed.
"""

from collections.abc import Callable

from okta_sandbox import system_log
from okta_sandbox.collection import Collection, Family
from okta_sandbox.errors import OktaError, forbidden, not_found
from okta_sandbox.exchange import NO_CONTENT, Answer, Call, Handler, Route
from okta_sandbox.families.admin_roles import ROLES, targets_below
from okta_sandbox.families.apps import APPS
from okta_sandbox.families.catalogue_entries import entry
from okta_sandbox.families.groups import GROUPS
from okta_sandbox.json_types import JsonObject
from okta_sandbox.links import link
from okta_sandbox.paging import Paging, page_of
from okta_sandbox.store import Record
from okta_sandbox.tenant import Tenant

TARGET = "RoleTarget"
PAGING = Paging(default=20)
# The roles that can have targets of each type.
TARGETS = {
    "groups": ("USER_ADMIN", "HELP_DESK_ADMIN", "GROUP_MEMBERSHIP_ADMIN"),
    "catalog/apps": ("APP_ADMIN",),
}


def _assignment(call: Call, roles: Collection, target_type: str) -> Record:
    assignment = roles.named_in(call)
    if assignment.body["type"] not in TARGETS[target_type]:
        raise OktaError(400, "E0000091", "Provided role type was not the same as required role type.")
    return assignment


def _target_id(call: Call) -> str:
    """Id of the group, the catalogue app or the app instance in the path, which must exist."""
    if "target" in call.params:
        return GROUPS.find(call.tenant, call.params["target"]).id
    name = call.params["name"]
    if "app" not in call.params:
        return str(entry(call.tenant, name)["name"])
    app = APPS.named_in(call)
    if app.body["name"] != name:
        raise not_found(app.id, APPS.kind)
    return f"{name}/{app.id}"


def _add(call: Call, roles: Collection, target_type: str) -> Answer:
    assignment, store = _assignment(call, roles, target_type), call.tenant.store
    identifier, parent = _target_id(call), targets_below(assignment)
    if store.get(TARGET, identifier, parent) is None:
        store.add(TARGET, identifier, {}, parent)
        _record(call, roles.events.create, assignment, identifier)
    return NO_CONTENT


def _add_all(call: Call, roles: Collection, target_type: str) -> Answer:
    """PUT without a name: the role holds for all apps, as without targets."""
    assignment, store = _assignment(call, roles, target_type), call.tenant.store
    for target in store.all(TARGET, targets_below(assignment)):
        store.remove(target)
    _record(call, roles.events.create, assignment)
    return NO_CONTENT


def _remove(call: Call, roles: Collection, target_type: str) -> Answer:
    assignment, store = _assignment(call, roles, target_type), call.tenant.store
    identifier, parent = _target_id(call), targets_below(assignment)
    target = store.get(TARGET, identifier, parent)
    if target is None:
        raise not_found(identifier, TARGET)
    if store.count(TARGET, parent) == 1:
        raise forbidden("E0000006", "You do not have permission to perform the requested action")
    store.remove(target)
    _record(call, roles.events.delete, assignment, identifier)
    return NO_CONTENT


def _record(call: Call, event: str, assignment: Record, identifier: str = "") -> None:
    """Update the time of the assignment, which includes its targets, and record the event."""
    call.tenant.store.change(assignment, {**assignment.body, "lastUpdated": call.tenant.now()})
    role = system_log.target(assignment.id, "ROLE", str(assignment.body["label"]))
    name, _, app_id = identifier.partition("/")
    system_log.record(call, event, role, *([system_log.target(app_id or name, TARGET, name)] if name else []))


def _list(call: Call, roles: Collection, target_type: str) -> Answer:
    assignment, tenant = _assignment(call, roles, target_type), call.tenant
    shown = {
        target.id: _show(tenant, target, target_type) for target in tenant.store.all(TARGET, targets_below(assignment))
    }
    existing = [each for each in tenant.store.all(TARGET, targets_below(assignment)) if shown[each.id]]
    page, headers = page_of(call, existing, PAGING)
    return Answer(200, [shown[target.id] for target in page], headers)


def _show(tenant: Tenant, target: Record, target_type: str) -> JsonObject | None:
    if target_type == "groups":
        group = tenant.store.get(GROUPS.kind, target.id)
        return GROUPS.view(tenant, group) if group else None
    name, _, app_id = target.id.partition("/")
    if not app_id:
        return entry(tenant, name)
    app = tenant.store.get(APPS.kind, app_id)
    if app is None:
        return None
    links = {"self": link(tenant, f"{APPS.path}/{app.id}")}
    return {"name": app.body["label"], "status": app.body["status"], "id": app.id, "_links": links}


def _routes(roles: Collection) -> list[Route]:
    def of(handle: Callable[[Call, Collection, str], Answer], target_type: str) -> Handler:
        return lambda call: handle(call, roles, target_type)

    groups, apps = (f"{roles.item_path}/targets/{target_type}" for target_type in TARGETS)
    single = (
        ("groups", f"{groups}/{{target}}"),
        ("catalog/apps", f"{apps}/{{name}}"),
        ("catalog/apps", f"{apps}/{{name}}/{{app}}"),
    )
    return [
        Route("GET", groups, of(_list, "groups")),
        Route("GET", apps, of(_list, "catalog/apps")),
        Route("PUT", apps, of(_add_all, "catalog/apps")),
        *(Route("PUT", path, of(_add, target_type)) for target_type, path in single),
        *(Route("DELETE", path, of(_remove, target_type)) for target_type, path in single),
    ]


FAMILY = Family(endpoints=tuple(route for roles in ROLES.values() for route in _routes(roles)), scope="okta.roles")
