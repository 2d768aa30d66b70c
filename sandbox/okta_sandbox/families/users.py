"""Users: `/api/v1/users`. Paths name a user by id, login or `me` (the owner of the token).

The user lifecycle is in `user_lifecycle`.
"""

from okta_sandbox.body import Body, OpenBody
from okta_sandbox.collection import Collection, Events, Family, Unique
from okta_sandbox.errors import already_exists, invalid_field
from okta_sandbox.exchange import Answer, Call, Route
from okta_sandbox.families import user_credentials
from okta_sandbox.families.profile_schemas import check_values, defined_properties
from okta_sandbox.families.user_credentials import Credentials
from okta_sandbox.families.user_schemas import USER_TYPES, schema_of
from okta_sandbox.filters import compile_filter
from okta_sandbox.json_types import JsonObject
from okta_sandbox.links import link
from okta_sandbox.paging import Paging
from okta_sandbox.patterns import Pattern
from okta_sandbox.references import require
from okta_sandbox.store import Record
from okta_sandbox.tenant import Tenant

USER = "User"
ALWAYS_SHOWN = ("firstName", "lastName", "mobilePhone", "secondEmail", "login", "email")


class _Profile(OpenBody):
    login: str | None = None
    email: str | None = None
    firstName: str | None = None
    lastName: str | None = None


class _TypeReference(Body):
    id: str


class _NewUser(Body):
    profile: _Profile
    credentials: Credentials | None = None
    type: _TypeReference | None = None
    groupIds: list[str] | None = None
    realmId: str | None = None


def complete(call: Call, body: JsonObject, before: Record | None) -> JsonObject:
    """Check the profile against the schema of its user type, and complete credentials and status."""
    tenant = call.tenant
    asked_type = (body.pop("type") or {}).get("id")
    type_id = asked_type or (before.body["type"]["id"] if before else USER_TYPES.find(tenant, "default").id)
    others = [user for user in tenant.store.all(USER) if before is None or user.id != before.id]
    profile = checked_profile(tenant, type_id, body["profile"], others)
    credentials, groups, realm = body.pop("credentials") or {}, body.pop("groupIds"), body.pop("realmId")
    if realm:
        require(tenant, "Realm", [realm], "realmId")
    completed = {
        **(dict.fromkeys(("status", "activated", "statusChanged", "lastLogin", "passwordChanged"))),
        **({} if before is None else before.body),
        "credentials": user_credentials.shown(credentials, before),
        "profile": profile,
        "type": {"id": type_id},
        "realmId": realm or (before.body["realmId"] if before else tenant.org["realmId"]),
        "_private": user_credentials.private_values(
            credentials, dict(before.private) if before else {"groupIds": groups or []}
        ),
    }
    if before is None:
        return completed | user_credentials.initial_status(call, credentials)
    return completed | user_credentials.status_after_password(call, credentials, before)


def checked_profile(tenant: Tenant, type_id: str, profile: JsonObject, others: list[Record]) -> JsonObject:
    """Refuse invalid profiles. Nulls are omitted, except fields that Okta always shows."""
    defined = defined_properties(schema_of(tenant, type_id))
    check_values(defined, profile, others, "newUser")
    _check_login(profile["login"], defined["login"].get("pattern"))
    shown = {name: value for name, value in profile.items() if value is not None}
    return dict.fromkeys(ALWAYS_SHOWN) | shown


def _check_login(login: str, pattern: str | None) -> None:
    """A login matches the pattern of the schema, or is an e-mail address by default."""
    if pattern is None and "@" not in login:
        raise invalid_field("login", "Username must be in the form of an email address")
    if pattern is not None and not Pattern(pattern).matches(login):
        raise invalid_field("login", f"Username must match the pattern {pattern}")


def join_groups(call: Call, user: Record) -> None:
    """Add a new user to the groups of `groupIds`."""
    for group in user.private.get("groupIds", ()):
        if call.tenant.store.get("UserGroup", group) is None:
            raise invalid_field("groupIds", f"Resource(s) not found: {group} (UserGroup)")
        call.tenant.store.add("GroupMembership", user.id, {}, group)


def _remove_memberships(call: Call, user: Record) -> None:
    store = call.tenant.store
    for kind, table in (("UserGroup", "GroupMembership"), ("AppInstance", "AppUser")):
        for parent in store.all(kind):
            if membership := store.get(table, user.id, parent.id):
                store.remove(membership)


def alias(tenant: Tenant, name: str) -> Record | None:
    """Find a user by `me`, by login, or by the part of the login before the @."""
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
    if status == "DEPROVISIONED":
        shown["delete"] = {"href": tenant.url(path), "method": "DELETE"}
    if status == "ACTIVE" and user_credentials.has_password(user):
        for verb, name in CREDENTIALS_SHOWN.items():
            shown[name] = {"href": tenant.url(f"{path}/credentials/{verb}"), "method": "POST"}
    return shown


_RESETS = (("reset_password", "resetPassword"), ("reset_factors", "resetFactors"))
_COMMON = (("suspend", "suspend"), *_RESETS, ("deactivate", "deactivate"))
VERBS_SHOWN: dict[str, tuple[tuple[str, str], ...]] = {
    "STAGED": (("activate", "activate"), ("deactivate", "deactivate")),
    "PROVISIONED": (*_COMMON, ("reactivate", "reactivate")),
    "ACTIVE": (*_COMMON, ("expire_password", "expirePassword")),
    "PASSWORD_EXPIRED": _COMMON,
    "RECOVERY": (*_COMMON, ("reactivate", "reactivate")),
    "LOCKED_OUT": (*_RESETS, ("unlock", "unlock"), ("deactivate", "deactivate")),
    "SUSPENDED": (("unsuspend", "unsuspend"), ("deactivate", "deactivate")),
    "DEPROVISIONED": (("activate", "activate"),),
}
CREDENTIALS_SHOWN = {
    "change_password": "changePassword",
    "change_recovery_question": "changeRecoveryQuestion",
    "forgot_password": "forgotPassword",
}


def show_in_list(call: Call, user: Record) -> JsonObject:
    """A user in a list: only the `self` link."""
    return {
        "id": user.id,
        **user.body,
        "_links": {"self": link(call.tenant, f"/api/v1/users/{user.id}")},
    }


def searched(call: Call, users: list[Record]) -> list[Record]:
    """The listed users: without deprovisioned ones, unless `search` or `filter` is given."""
    if expression := call.query.get("search"):
        holds = compile_filter(expression)
        return [user for user in users if holds({"id": user.id, **user.body})]
    if "filter" in call.query:
        return users
    return [user for user in users if user.body["status"] != "DEPROVISIONED"]


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
    removed=_remove_memberships,
    links=_links,
    select=searched,
    show_in_list=show_in_list,
)


def replace(call: Call) -> Answer:
    """PUT replaces the profile. An omitted profile stays, so that credentials can be set alone."""
    user, value = USERS.named_in(call), call.json()
    if value.get("profile") is None:
        value["profile"] = user.body["profile"]
    return Answer(200, USERS.view(call.tenant, USERS.put(call, user, value)))


def update(call: Call) -> Answer:
    """POST: omitted fields stay. Only PUT can change the user type."""
    user, value = USERS.named_in(call), call.json()
    profile, user_type = value.get("profile"), value.get("type")
    if isinstance(user_type, dict) and user_type.get("id") not in (None, user.body["type"]["id"]):
        raise invalid_field("type", "The user type can only be changed by a PUT of the whole user.")
    value["profile"] = {**user.body["profile"], **(profile if isinstance(profile, dict) else {})}
    return Answer(200, USERS.view(call.tenant, USERS.put(call, user, value)))


FAMILY = Family(
    (USERS,),
    (
        Route("PUT", USERS.item_path, replace),
        Route("POST", USERS.item_path, update),
    ),
    scope="okta.users",
)
