"""Realms and realm assignments: `/api/v1/realms`, `/api/v1/realm-assignments`."""

from collections.abc import Sequence
from typing import Literal

from pydantic import Field

from okta_sandbox.body import Body, absent, required_text
from okta_sandbox.collection import Collection, Events, Family, Lifecycle, Unique
from okta_sandbox.errors import OktaError, forbidden, invalid, invalid_field
from okta_sandbox.exchange import Call
from okta_sandbox.filters import compile_filter
from okta_sandbox.json_types import JsonObject
from okta_sandbox.paging import Paging
from okta_sandbox.priorities import GAPPED
from okta_sandbox.references import require
from okta_sandbox.store import Record
from okta_sandbox.tenant import Tenant

LAST_BEFORE_CATCH_ALL = 498  # the default assignment of every org has priority 499


class _Profile(Body):
    name: str = required_text()
    realmType: Literal["DEFAULT", "PARTNER", ""] | None = Field(None, exclude_if=lambda kind: not kind)
    domains: list[str] = Field([])


class _Realm(Body):
    profile: _Profile


def _refuse_default(call: Call, record: Record) -> None:
    if record.body["isDefault"]:
        raise forbidden("E0000006", "You do not have permission to perform the requested action")


def _refuse_with_users(call: Call, realm: Record) -> None:
    _refuse_default(call, realm)
    if any(user.body.get("realmId") == realm.id for user in call.tenant.store.all("User")):
        raise invalid("realm", "realm: The realm cannot be deleted as long as users are in it.")


def _searched(call: Call, realms: list[Record]) -> list[Record]:
    expression = call.query.get("search")
    holds = compile_filter(expression) if expression else None
    return [realm for realm in realms if holds is None or holds({"id": realm.id, **realm.body})]


def _self(tenant: Tenant, path: str) -> JsonObject:
    return {"self": {"rel": "self", "href": tenant.url(path), "method": "GET"}}


REALMS = Collection(
    kind="Realm",
    path="/api/v1/realms",
    item="realm",
    prefix="guo",
    model=_Realm,
    events=Events("Realm", *(f"directory.realm.lifecycle.{verb}" for verb in ("create", "update", "delete"))),
    paging=Paging(default=200),
    unique=Unique(lambda body: str(body["profile"]["name"])),
    title=lambda body: str(body["profile"]["name"]),
    complete=lambda call, body, before: {**body, "isDefault": bool(before and before.body["isDefault"])},
    guard_delete=_refuse_with_users,
    links=lambda tenant, realm: _self(tenant, f"/api/v1/realms/{realm.id}"),
    select=_searched,
)


class _Expression(Body):
    value: str = ""


class _Conditions(Body):
    expression: _Expression = _Expression()
    profileSourceId: str = required_text()


class _AssignUser(Body):
    realmId: str = required_text()


class _Actions(Body):
    assignUserToRealm: _AssignUser


class _Assignment(Body):
    name: str = required_text()
    conditions: _Conditions
    actions: _Actions
    priority: int | None = Field(default=None, ge=0, le=LAST_BEFORE_CATCH_ALL)
    domains: list[str] | None = absent()


def _require_source(tenant: Tenant, identifier: str) -> None:
    """Require the profile source: the org itself, an app or an identity provider."""
    if identifier != tenant.org["id"] and not any(
        tenant.store.get(kind, identifier) for kind in ("AppInstance", "IdentityProvider")
    ):
        raise invalid_field("conditions.profileSourceId", f"Resource(s) not found: {identifier} (ProfileSource)")


def _complete_assignment(call: Call, body: JsonObject, before: Record | None) -> JsonObject:
    tenant = call.tenant
    require(tenant, REALMS.kind, [body["actions"]["assignUserToRealm"]["realmId"]], "actions.assignUserToRealm.realmId")
    _require_source(tenant, body["conditions"]["profileSourceId"])
    others = [each for each in tenant.store.all(REALM_ASSIGNMENTS.kind) if before is None or each.id != before.id]
    if body["priority"] is None:
        taken = {each.body["priority"] for each in others}
        free = next(number for number in range(LAST_BEFORE_CATCH_ALL, -1, -1) if number not in taken)
        body["priority"] = before.body["priority"] if before else free
    _make_room(tenant, [each for each in others if not each.body["isDefault"]], body["priority"])
    return {"status": before.body["status"] if before else "INACTIVE", **body, "isDefault": False}


def _make_room(tenant: Tenant, others: Sequence[Record], wanted: int) -> None:
    """Move the assignments from a priority in use up to the next gap.

    Okta does so with the rules of policies. Its documentation does not say what it does with assignments.
    """
    numbers = GAPPED.insert({each.id: each.body["priority"] for each in others}, "", wanted)
    if max(numbers.values()) > LAST_BEFORE_CATCH_ALL:
        raise invalid("realmAssignment", f"priority: No priority is free from {wanted} on.")
    for each in others:
        if numbers[each.id] != each.body["priority"]:
            tenant.store.change(each, {**each.body, "priority": numbers[each.id]})


def _refuse_active(call: Call, assignment: Record) -> None:
    _refuse_default(call, assignment)
    if assignment.body["status"] == "ACTIVE":
        raise invalid("realmAssignment", "realmAssignment: Deactivate the realm assignment before you change it.")


def _cannot_delete(assignment: Record) -> OktaError:
    return invalid("realmAssignment", "realmAssignment: Deactivate the realm assignment before you delete it.")


REALM_ASSIGNMENTS = Collection(
    kind="RealmAssignment",
    scope="okta.realmAssignments",
    path="/api/v1/realm-assignments",
    item="assignment",
    prefix="rul",
    model=_Assignment,
    events=Events(
        "RealmAssignment",
        *(f"directory.realm.assignment.{verb}" for verb in ("create", "update", "delete", "update", "update")),
    ),
    lifecycle=Lifecycle("nothing", _cannot_delete, guard_deactivate=_refuse_default),
    paging=Paging(default=20),
    unique=Unique(),
    complete=_complete_assignment,
    guard_replace=_refuse_active,
    guard_delete=_refuse_default,
    links=lambda tenant, assignment: _self(tenant, f"/api/v1/realm-assignments/{assignment.id}"),
)


FAMILY = Family((REALMS, REALM_ASSIGNMENTS), scope="okta.realms")
