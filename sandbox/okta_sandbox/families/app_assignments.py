"""Group assignments of an app: `/api/v1/apps/{id}/groups`, and `/api/v1/groups/{id}/apps`.

The id of an assignment is the id of its group. Priorities start at 0 and keep gaps, as recorded.
"""

from typing import Any

from pydantic import Field

from okta_sandbox import system_log
from okta_sandbox.body import Body, read
from okta_sandbox.collection import Family
from okta_sandbox.errors import not_found
from okta_sandbox.exchange import NO_CONTENT, Answer, Call, Route
from okta_sandbox.families.apps import APPS
from okta_sandbox.families.groups import ASSIGNMENT, GROUPS
from okta_sandbox.json_types import JsonObject
from okta_sandbox.links import link
from okta_sandbox.paging import Paging, page_of
from okta_sandbox.priorities import GAPPED
from okta_sandbox.store import Record
from okta_sandbox.tenant import Tenant

PAGING = Paging(default=20, maximum=200, minimum=20)


class _Assignment(Body):
    priority: int | None = None
    profile: dict[str, Any] = Field({})


def _view(tenant: Tenant, assignment: Record) -> JsonObject:
    app, group = f"/api/v1/apps/{assignment.parent}", f"/api/v1/groups/{assignment.id}"
    return {
        "id": assignment.id,
        **assignment.body,
        "_links": {
            "app": link(tenant, app),
            "self": link(tenant, f"{app}/groups/{assignment.id}"),
            "group": link(tenant, group),
        },
    }


def _named_in(call: Call, app: Record) -> Record:
    group = call.params["group"]
    assignment = call.tenant.store.get(ASSIGNMENT, group, app.id)
    if assignment is None:
        raise not_found(group, ASSIGNMENT)
    return assignment


def assign(call: Call) -> Answer:
    """PUT creates or changes an assignment. A priority in use shifts its successors up to the next gap."""
    app, group = APPS.named_in(call), GROUPS.named_in(call)
    store, sent = call.tenant.store, read(_Assignment, call.json())
    before = store.get(ASSIGNMENT, group.id, app.id)
    others = {each.id: each.body["priority"] for each in store.all(ASSIGNMENT, app.id) if each is not before}
    wanted = sent["priority"]
    if wanted is None and before:
        wanted = before.body["priority"]
    numbers = GAPPED.insert(others, group.id, wanted)
    body = {
        "lastUpdated": call.tenant.now(),
        "priority": numbers.pop(group.id),
        "profile": sent["profile"],
    }
    for other, number in numbers.items():
        record = store.get(ASSIGNMENT, other, app.id)
        if record and record.body["priority"] != number:
            store.change(record, {**record.body, "priority": number})
    assignment = store.change(before, body) if before else store.add(ASSIGNMENT, group.id, body, app.id)
    _record(call, "update" if before else "add", group, app)
    return Answer(200, _view(call.tenant, assignment))


def _record(call: Call, verb: str, group: Record, app: Record) -> None:
    system_log.record(
        call,
        f"group.application_assignment.{verb}",
        system_log.target(group.id, "UserGroup", GROUPS.title(group.body)),
        system_log.target(app.id, "AppInstance", APPS.title(app.body)),
    )


def _unassign(call: Call) -> Answer:
    app, group = APPS.named_in(call), GROUPS.named_in(call)
    call.tenant.store.remove(_named_in(call, app))
    _record(call, "remove", group, app)
    return NO_CONTENT


def _read_assignment(call: Call) -> Answer:
    return Answer(200, _view(call.tenant, _named_in(call, APPS.named_in(call))))


def _list_assignments(call: Call) -> Answer:
    app = APPS.named_in(call)
    page, headers = page_of(call, call.tenant.store.all(ASSIGNMENT, app.id), PAGING)
    return Answer(200, [_view(call.tenant, assignment) for assignment in page], headers)


def _list_apps_of_group(call: Call) -> Answer:
    group, store = GROUPS.named_in(call), call.tenant.store
    apps = [app for app in store.all(APPS.kind) if store.get(ASSIGNMENT, group.id, app.id)]
    page, headers = page_of(call, apps, PAGING)
    return Answer(200, [APPS.view(call.tenant, app) for app in page], headers)


FAMILY = Family(
    endpoints=(
        Route("GET", "/api/v1/apps/{app}/groups", _list_assignments),
        Route("GET", "/api/v1/apps/{app}/groups/{group}", _read_assignment),
        Route("PUT", "/api/v1/apps/{app}/groups/{group}", assign),
        Route("DELETE", "/api/v1/apps/{app}/groups/{group}", _unassign),
        Route("GET", "/api/v1/groups/{group}/apps", _list_apps_of_group),
    ),
    scope="okta.apps",
)
