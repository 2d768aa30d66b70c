"""Users: `/api/v1/users`.

A user is named by id, login, or `me` (the owner of the token). Life: STAGED → PROVISIONED → ACTIVE, SUSPENDED
and back, DEPROVISIONED; the first DELETE deprovisions, the second one removes.
"""

from typing import Any

from pydantic import Field

from reconciler.sandbox import system_log
from reconciler.sandbox.body import Body, OpenBody, absent
from reconciler.sandbox.collection import Collection, Events, Family, Unique
from reconciler.sandbox.errors import already_exists, forbidden, invalid, invalid_field
from reconciler.sandbox.exchange import NO_CONTENT, Answer, Call, Route
from reconciler.sandbox.families.profile_schemas import defined_properties
from reconciler.sandbox.families.user_schemas import USER_TYPES, schema_of
from reconciler.sandbox.filters import compile_filter
from reconciler.sandbox.json_types import JsonObject
from reconciler.sandbox.links import link
from reconciler.sandbox.paging import Paging
from reconciler.sandbox.store import Record
from reconciler.sandbox.tenant import Tenant

USER = "User"
ALWAYS_SHOWN = ("firstName", "lastName", "mobilePhone", "secondEmail", "login", "email")


class _Profile(OpenBody):
    login: str
    email: str
    firstName: str | None = None
    lastName: str | None = None


class _Password(OpenBody):
    value: str | None = absent()
    hash: dict[str, Any] | None = absent()


class _RecoveryQuestion(OpenBody):
    question: str | None = absent()


class _Provider(OpenBody):
    type: str
    name: str | None = None


class _Credentials(OpenBody):
    password: _Password | None = absent()
    recovery_question: _RecoveryQuestion | None = absent()
    provider: _Provider | None = absent()


class _TypeReference(Body):
    id: str


class _NewUser(Body):
    profile: _Profile
    credentials: _Credentials = _Credentials()
    type: _TypeReference | None = None
    groupIds: list[str] = Field([])
    realmId: str | None = None


def complete(call: Call, body: JsonObject, before: Record | None) -> JsonObject:
    """Check the profile against the schema of the user's type, and tell the credentials that may be shown."""
    tenant = call.tenant
    asked_type = (body.pop("type") or {}).get("id")
    type_id = asked_type or (before.body["type"]["id"] if before else USER_TYPES.find(tenant, "default").id)
    profile = checked_profile(tenant, type_id, body["profile"])
    private = dict(before.private) if before else {}
    credentials, groups = body.pop("credentials"), body.pop("groupIds")
    body["credentials"] = shown_credentials(credentials, before)
    realm = body.pop("realmId") or (before.body["realmId"] if before else tenant.org["realmId"])
    completed = {
        **(dict.fromkeys(("status", "activated", "statusChanged", "lastLogin", "passwordChanged"))),
        **({} if before is None else before.body),
        **body,
        "profile": profile,
        "type": {"id": type_id},
        "realmId": realm,
        "_private": private,
    }
    if before is None:
        private["groupIds"] = groups
        completed |= _first_status(call, credentials)
    return completed


def _first_status(call: Call, credentials: JsonObject) -> JsonObject:
    now = call.tenant.now()
    password = credentials.get("password", {})
    has_password = bool(password.get("value") or password.get("hash"))
    changed = {"passwordChanged": now if has_password else None}
    if call.query.get("activate") == "false":
        return {**changed, "status": "STAGED"}
    return {
        **changed,
        "status": "ACTIVE" if has_password else "PROVISIONED",
        "activated": now,
        "statusChanged": now,
    }


def checked_profile(tenant: Tenant, type_id: str, profile: JsonObject) -> JsonObject:
    """Refuse what the schema does not define; leave out what is null, but the two that Okta always shows."""
    defined = defined_properties(schema_of(tenant, type_id))
    for name, value in profile.items():
        if name not in defined and value is not None:
            raise invalid("newUser", f"Property name '{name}' is not defined in profile")
    for name, rule in defined.items():
        if rule.get("required") and not profile.get(name):
            raise invalid_field(name, "The field cannot be left blank")
    if "@" not in profile["login"]:
        raise invalid_field("login", "Username must be in the form of an email address")
    shown = {name: value for name, value in profile.items() if value is not None}
    return dict.fromkeys(ALWAYS_SHOWN) | shown


def shown_credentials(given: JsonObject, before: Record | None) -> JsonObject:
    """Which credentials there are; never their values."""
    shown: JsonObject = dict(before.body["credentials"]) if before else {}
    if given.get("password"):
        shown["password"] = {}
    if question := given.get("recovery_question", {}).get("question"):
        shown["recovery_question"] = {"question": question}
    provider = given.get("provider")
    shown["provider"] = provider or shown.get("provider") or {"type": "OKTA", "name": "OKTA"}
    return shown


def join_groups(call: Call, user: Record) -> None:
    """A user can be created into groups with `groupIds`."""
    for group in user.private.get("groupIds", ()):
        if call.tenant.store.get("UserGroup", group) is None:
            raise invalid_field("groupIds", f"Resource(s) not found: {group} (UserGroup)")
        call.tenant.store.add("GroupMembership", user.id, {}, group)


def _leave_everything(call: Call, user: Record) -> None:
    store = call.tenant.store
    for kind, table in (("UserGroup", "GroupMembership"), ("AppInstance", "AppUser")):
        for parent in store.all(kind):
            if membership := store.get(table, user.id, parent.id):
                store.remove(membership)


def alias(tenant: Tenant, name: str) -> Record | None:
    """`me`, or a login in full, or the part before its @."""
    if name == "me":
        return tenant.administrator
    wanted = name.lower()
    logins = ((user, str(user.body["profile"]["login"]).lower()) for user in tenant.store.all(USER))
    return next((user for user, login in logins if wanted in (login, login.split("@")[0])), None)


def _title(body: JsonObject) -> str:
    return f"{body['profile'].get('firstName')} {body['profile'].get('lastName')}"


def _login(body: JsonObject) -> str:
    return str(body["profile"]["login"])


def _links(tenant: Tenant, user: Record) -> JsonObject:
    path, status = f"/api/v1/users/{user.id}", user.body["status"]
    shown: JsonObject = {
        "schema": link(tenant, f"/api/v1/meta/schemas/user/{schema_of(tenant, user.body['type']['id']).id}"),
        "self": link(tenant, path),
        "type": link(tenant, f"/api/v1/meta/types/user/{user.body['type']['id']}"),
    }
    for verb, name in VERBS_SHOWN.get(status, ()):
        shown[name] = {"href": tenant.url(f"{path}/lifecycle/{verb}"), "method": "POST"}
    return shown


VERBS_SHOWN: dict[str, tuple[tuple[str, str], ...]] = {
    "STAGED": (("activate", "activate"), ("deactivate", "deactivate")),
    "PROVISIONED": (
        ("suspend", "suspend"),
        ("reset_password", "resetPassword"),
        ("reactivate", "reactivate"),
        ("reset_factors", "resetFactors"),
        ("deactivate", "deactivate"),
    ),
    "ACTIVE": (
        ("suspend", "suspend"),
        ("reset_password", "resetPassword"),
        ("expire_password", "expirePassword"),
        ("reset_factors", "resetFactors"),
        ("deactivate", "deactivate"),
    ),
    "SUSPENDED": (("unsuspend", "unsuspend"), ("deactivate", "deactivate")),
    "DEPROVISIONED": (("activate", "activate"), ("delete", "delete")),
}


def show_in_list(call: Call, user: Record) -> JsonObject:
    """A list shows users with their own address only."""
    return {
        "id": user.id,
        **user.body,
        "_links": {"self": link(call.tenant, f"/api/v1/users/{user.id}")},
    }


def searched(call: Call, users: list[Record]) -> list[Record]:
    """Lists leave out deprovisioned users; `search` finds them too."""
    if not (expression := call.query.get("search")):
        return [user for user in users if user.body["status"] != "DEPROVISIONED"]
    holds = compile_filter(expression)
    return [user for user in users if holds({"id": user.id, **user.body})]


USERS = Collection(
    kind=USER,
    path="/api/v1/users",
    item="user",
    prefix="00u",
    model=_NewUser,
    events=Events("User", "user.lifecycle.create", "user.account.update_profile", "user.lifecycle.delete.completed"),
    paging=Paging(default=200),
    query=lambda user, wanted: any(
        str(user.body["profile"].get(field, "")).lower().startswith(wanted.lower())
        for field in ("firstName", "lastName", "email")
    ),
    unique=Unique(_login, lambda name: already_exists("login"), ignore_case=True),
    title=_title,
    alias=alias,
    complete=complete,
    created=join_groups,
    removed=_leave_everything,
    links=_links,
    select=searched,
    show_in_list=show_in_list,
)


def update(call: Call) -> Answer:
    """POST changes what is sent, and leaves the rest."""
    user = USERS.named_in(call)
    value = call.json()
    profile = value.get("profile")
    value["profile"] = {**user.body["profile"], **(profile if isinstance(profile, dict) else {})}
    return Answer(200, USERS.view(call.tenant, USERS.put(call, user, value)))


def _delete(call: Call) -> Answer:
    user = USERS.named_in(call)
    if user.id == call.actor.id:
        raise forbidden("E0000006", "You do not have permission to perform the requested action")
    if user.body["status"] == "DEPROVISIONED":
        USERS.remove(call, user)
    else:
        _set_status(call, user, "DEPROVISIONED", "user.lifecycle.deactivate")
    return NO_CONTENT


def _set_status(call: Call, user: Record, status: str, event: str) -> None:
    now = call.tenant.now()
    body = {**user.body, "status": status, "statusChanged": now, "lastUpdated": now}
    if status in ("ACTIVE", "PROVISIONED") and not body["activated"]:
        body["activated"] = now
    call.tenant.store.change(user, body)
    system_log.record(call, event, system_log.target(user.id, "User", _title(user.body)))


# verb → statuses it is allowed in, status afterwards, event
TRANSITIONS: dict[str, tuple[tuple[str, ...], str, str]] = {
    "activate": (("STAGED", "DEPROVISIONED"), "PROVISIONED", "user.lifecycle.activate"),
    "reactivate": (("PROVISIONED",), "PROVISIONED", "user.lifecycle.reactivate"),
    "deactivate": (
        ("STAGED", "PROVISIONED", "ACTIVE", "SUSPENDED"),
        "DEPROVISIONED",
        "user.lifecycle.deactivate",
    ),
    "suspend": (("PROVISIONED", "ACTIVE"), "SUSPENDED", "user.lifecycle.suspend"),
    "unsuspend": (("SUSPENDED",), "ACTIVE", "user.lifecycle.unsuspend"),
}


def _transition(call: Call) -> Answer:
    user = USERS.named_in(call)
    statuses, status, event = TRANSITIONS[call.path.rsplit("/", 1)[1]]
    if user.body["status"] not in statuses:
        raise forbidden("E0000016", "Activation failed because the user is already active")
    if status == "PROVISIONED" and "password" in user.body["credentials"]:
        status = "ACTIVE"
    _set_status(call, user, status, event)
    return Answer(200, {})


FAMILY = Family(
    (USERS,),
    (
        Route("POST", "/api/v1/users/{user}", update),
        Route("DELETE", "/api/v1/users/{user}", _delete),
        *(Route("POST", f"/api/v1/users/{{user}}/lifecycle/{verb}", _transition) for verb in TRANSITIONS),
    ),
    scope="okta.users",
)
