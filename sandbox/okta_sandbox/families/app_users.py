"""User assignments of an app: `/api/v1/apps/{id}/users`.

The id of an assignment is the id of its user. The app profile is filled in from the user's profile; values in the
request take precedence.
"""

import re
from typing import Any, Literal

from pydantic import Field

from okta_sandbox.body import Body, absent
from okta_sandbox.collection import Collection, Events, Family
from okta_sandbox.errors import OktaError, invalid, invalid_field
from okta_sandbox.exchange import Answer, Call, Route
from okta_sandbox.families.app_user_schemas import assigned_profile
from okta_sandbox.families.apps import APPS
from okta_sandbox.families.users import USERS
from okta_sandbox.json_types import JsonObject
from okta_sandbox.links import link
from okta_sandbox.paging import Paging
from okta_sandbox.store import Record
from okta_sandbox.tenant import Tenant

# Okta's built-in templates, and expressions that only name a property.
TEMPLATE = re.compile(
    r"""\$\{source\.(?P<a>\w+)\}|\$\{fn:(?P<function>toLowerCase|substringBefore)\(source\.(?P<b>\w+)(, ?"@")?\)\}"""
    r"""|user\.(?P<c>\w+)"""
)


class _Password(Body):
    value: str | None = absent()


class _Credentials(Body):
    userName: str | None = None
    password: _Password = _Password()


class _AppUser(Body):
    id: str | None = None
    scope: Literal["USER", "GROUP"] = "USER"
    credentials: _Credentials = _Credentials()
    profile: dict[str, Any] = Field({})


def _complete(call: Call, body: JsonObject, before: Record | None) -> JsonObject:
    app, user = APPS.named_in(call), _user(call, body, before)
    template = assigned_profile(call.tenant, app, user.body["profile"])
    known = before.body["profile"] if before else template
    for name in body["profile"]:
        if name not in template:
            raise invalid("appUser", f"Property name '{name}' is not defined in profile")
    now, sent = call.tenant.now(), body["credentials"]
    _check_scheme(app, sent)
    current = before.body["credentials"] if before else {}
    credentials = {"userName": sent["userName"] or current.get("userName") or user_name(app, user)}
    if sent["password"].get("value") or "password" in current:
        credentials["password"] = {}
    fixed = {"externalId": None, "status": "ACTIVE", "statusChanged": now, "syncState": "DISABLED"}
    if before:
        fixed = {name: before.body[name] for name in fixed}
    return {
        **fixed,
        "scope": body["scope"],
        "passwordChanged": now if sent["password"].get("value") else before and before.body["passwordChanged"],
        "credentials": credentials,
        "profile": {**known, **body["profile"]},
        "_private": {"user": user.id},
    }


def _check_scheme(app: Record, sent: JsonObject) -> None:
    """Refuse user credentials where the scheme shares them among all users or takes them from Okta."""
    scheme, password = app.body["credentials"].get("scheme"), sent["password"].get("value")
    refused = {"SHARED_USERNAME_AND_PASSWORD": sent["userName"] or password, "EXTERNAL_PASSWORD_SYNC": password}
    if refused.get(scheme):
        summary = "Credentials should not be set on this resource based on the scheme."
        raise OktaError(400, "E0000041", summary, "User level credentials should not be provided for this scheme.")


def user_name(app: Record, user: Record) -> str:
    """The app user name from the template of the app; the login if the sandbox cannot evaluate its expression."""
    profile, template = user.body["profile"], app.body["credentials"]["userNameTemplate"]
    found = TEMPLATE.fullmatch(str(template.get("template")))
    value = str(profile.get(found["a"] or found["b"] or found["c"]) or "") if found else ""
    if not found or not value:
        return str(profile["login"])
    if found["function"] == "substringBefore":
        value = value.partition("@")[0]
    if found["function"] == "toLowerCase":
        value = value.lower()
    return value + str(template.get("userSuffix") or template.get("suffix") or "")


def _user(call: Call, body: JsonObject, before: Record | None) -> Record:
    identifier = before.id if before else body["id"]
    user = call.tenant.store.get(USERS.kind, identifier) if identifier else None
    if user is None:
        raise invalid_field("id", f"Resource not found: {identifier} (User)")
    return user


def _links(tenant: Tenant, assignment: Record) -> JsonObject:
    return {
        "app": link(tenant, f"/api/v1/apps/{assignment.parent}"),
        "user": link(tenant, f"/api/v1/users/{assignment.id}"),
    }


def _show_in_list(call: Call, assignment: Record) -> JsonObject:
    view = APP_USERS.view(call.tenant, assignment)
    if call.query.get("expand") == "user":
        view["_embedded"] = {"user": USERS.view(call.tenant, USERS.find(call.tenant, assignment.id))}
    return view


APP_USERS = Collection(
    kind="AppUser",
    path="/api/v1/apps/{app}/users",
    item="user",
    prefix="00u",
    model=_AppUser,
    events=Events("AppUser", *(f"application.user_membership.{verb}" for verb in ("add", "update", "remove"))),
    parent=APPS,
    operations=("list", "create", "read", "delete"),
    paging=Paging(default=50, maximum=500),
    query=lambda assignment, wanted: str(assignment.body["credentials"]["userName"]).startswith(wanted),
    title=lambda body: str(body["credentials"]["userName"]),
    identify=lambda call, body: str(body["_private"]["user"]),
    complete=_complete,
    links=_links,
    show_in_list=_show_in_list,
)


def assign(call: Call) -> Answer:
    """POST assigns the app to a user, or changes an existing assignment."""
    identifier, app = call.json().get("id"), APPS.named_in(call)
    before = call.tenant.store.get(APP_USERS.kind, identifier, app.id) if isinstance(identifier, str) else None
    return _put(call, before) if before else APP_USERS.create(call)


def _update(call: Call) -> Answer:
    return _put(call, APP_USERS.named_in(call))


def _put(call: Call, before: Record) -> Answer:
    value = call.json()
    changed = APP_USERS.put(call, before, {"scope": before.body["scope"], **value})
    return Answer(200, APP_USERS.view(call.tenant, changed))


def _read(call: Call) -> Answer:
    return Answer(200, _show_in_list(call, APP_USERS.named_in(call)))


FAMILY = Family(
    (APP_USERS,),
    (
        Route("POST", APP_USERS.path, assign),
        Route("POST", APP_USERS.item_path, _update),
        Route("GET", APP_USERS.item_path, _read),
    ),
    scope="okta.apps",
)
