"""User lifecycle: `/api/v1/users/{id}/lifecycle/*`, and DELETE.

STAGED → PROVISIONED → ACTIVE; SUSPENDED and back; PASSWORD_EXPIRED and RECOVERY until a password is set;
DEPROVISIONED, which removes the password. The first DELETE deprovisions the user, the second removes it.
"""

from dataclasses import dataclass

from okta_sandbox import system_log
from okta_sandbox.collection import Family
from okta_sandbox.errors import OktaError, forbidden, invalid
from okta_sandbox.exchange import NO_CONTENT, Answer, Call, Route
from okta_sandbox.families import user_credentials
from okta_sandbox.families.user_credentials import NO_CREDENTIALS, PASSWORDLESS, has_password
from okta_sandbox.families.users import USERS
from okta_sandbox.json_types import JsonObject
from okta_sandbox.store import Record

USABLE = ("PROVISIONED", "ACTIVE", "PASSWORD_EXPIRED", "RECOVERY")
LIFECYCLE = f"{USERS.item_path}/lifecycle"


def not_in_this_status() -> OktaError:
    """403: Okta's answer to most operations that the status of a user does not allow."""
    return forbidden("E0000038", "This operation is not allowed in the user's current status.")


def set_status(call: Call, user: Record, status: str, event: str, **changed: object) -> Record:
    """Set the status and further fields of a user, and record the event."""
    now = call.tenant.now()
    body: JsonObject = {**user.body, "lastUpdated": now, **changed, "status": status}
    if status != user.body["status"]:
        body["statusChanged"] = now
    if status in ("ACTIVE", "PROVISIONED") and not body["activated"]:
        body["activated"] = now
    record = call.tenant.store.change(user, body)
    system_log.record(call, event, system_log.target(user.id, "User", USERS.title(user.body)))
    return record


@dataclass(frozen=True)
class _Transition:
    """A transition: allowed statuses, new status, and refusal for any other status."""

    allowed: tuple[str, ...]
    status: str
    refusal: OktaError


TRANSITIONS = {
    "suspend": _Transition(
        (*USABLE, "LOCKED_OUT"), "SUSPENDED", invalid("suspend", "Cannot suspend a user that is not active")
    ),
    "unsuspend": _Transition(
        ("SUSPENDED",), "ACTIVE", invalid("unsuspend", "Cannot unsuspend a user that is not suspended")
    ),
    "unlock": _Transition(
        ("LOCKED_OUT", "ACTIVE"), "ACTIVE", forbidden("E0000032", "Unlock is not allowed for this user.")
    ),
}
EVENTS = {
    "suspend": "user.lifecycle.suspend",
    "unsuspend": "user.lifecycle.unsuspend",
    "unlock": "user.account.unlock_by_admin",
}


def _change_status(call: Call) -> Answer:
    user, name = USERS.named_in(call), call.path.rsplit("/", 1)[1]
    transition = TRANSITIONS[name]
    if user.body["status"] not in transition.allowed:
        raise transition.refusal
    set_status(call, user, transition.status, EVENTS[name])
    return Answer(200, {})


def _with_link(call: Call, name: str, path: str, *, token_name: str = "", sends_email: bool = True) -> Answer:
    """The answer with a link: empty if the link is sent by e-mail, else the link."""
    if call.query.get("sendEmail", str(sends_email)).lower() != "false":
        return Answer(200, {})
    token = call.tenant.identifiers.text(20)
    answer: JsonObject = {name: call.tenant.url(f"{path}/{token}")}
    return Answer(200, {**answer, token_name: token} if token_name else answer)


def _activation_link(call: Call) -> Answer:
    return _with_link(call, "activationUrl", "/welcome", token_name="activationToken")


def _activate(call: Call) -> Answer:
    """POST .../activate: ACTIVE with a password or another provider, else PROVISIONED."""
    user = USERS.named_in(call)
    if user.body["status"] not in ("STAGED", "DEPROVISIONED"):
        raise forbidden("E0000016", "Activation failed because the user is already active")
    ready = has_password(user) or user.body["credentials"]["provider"]["type"] in PASSWORDLESS
    set_status(call, user, "ACTIVE" if ready else "PROVISIONED", "user.lifecycle.activate")
    return _activation_link(call)


def _reactivate(call: Call) -> Answer:
    user = USERS.named_in(call)
    if user.body["status"] not in ("PROVISIONED", "RECOVERY"):
        raise not_in_this_status()
    set_status(call, user, user.body["status"], "user.lifecycle.reactivate")
    return _activation_link(call)


def _deprovision(call: Call, user: Record) -> None:
    """Deprovision a user: groups and profile stay, the password is removed."""
    provider = user.body["credentials"]["provider"]
    credentials = {"provider": provider} if provider["type"] in PASSWORDLESS else NO_CREDENTIALS
    event = "user.lifecycle.deactivate"
    set_status(call, user, "DEPROVISIONED", event, credentials=credentials, passwordChanged=None)


def _deactivate(call: Call) -> Answer:
    user = USERS.named_in(call)
    if user.body["status"] == "DEPROVISIONED":
        raise not_in_this_status()
    _deprovision(call, user)
    return Answer(200, {})


def _delete(call: Call) -> Answer:
    user = USERS.named_in(call)
    if user.id == call.actor.id:
        raise forbidden("E0000006", "You do not have permission to perform the requested action")
    if user.body["status"] == "DEPROVISIONED":
        USERS.remove(call, user)
    else:
        _deprovision(call, user)
    return NO_CONTENT


# Passwords


def _expire_password(call: Call) -> Answer:
    """Expire the password; `tempPassword=true` sets a temporary one."""
    user = USERS.named_in(call)
    if user.body["status"] not in USABLE or not has_password(user):
        raise not_in_this_status()
    event = "user.account.expire_password"
    if call.query.get("tempPassword") != "true":
        return Answer(200, USERS.view(call.tenant, set_status(call, user, "PASSWORD_EXPIRED", event)))
    temporary = call.tenant.identifiers.text(8)
    user = set_status(call, user, "PASSWORD_EXPIRED", event, passwordChanged=call.tenant.now())
    call.tenant.store.change(user, user.body, {**user.private, "password": user_credentials.digest(temporary)})
    return Answer(200, {"tempPassword": temporary})


def _reset_password(call: Call) -> Answer:
    """Send a reset link; `provider=FEDERATION` removes the password and changes the provider instead."""
    user = USERS.named_in(call)
    if user.body["status"] not in (*USABLE, "LOCKED_OUT"):
        raise not_in_this_status()
    event = "user.account.reset_password"
    if (provider := call.query.get("provider")) in PASSWORDLESS:
        credentials = {"provider": {"type": provider, "name": provider}}
        set_status(call, user, "ACTIVE", event, credentials=credentials)
        return Answer(200, {})
    credentials = {**user.body["credentials"], "provider": user_credentials.OKTA}
    set_status(call, user, "RECOVERY", event, credentials=credentials)
    return _with_link(call, "resetPasswordUrl", "/reset_password")


def _reset_factors(call: Call) -> Answer:
    """Remove all factors of a user."""
    user, store = USERS.named_in(call), call.tenant.store
    if user.body["status"] in ("STAGED", "DEPROVISIONED", "SUSPENDED"):
        raise not_in_this_status()
    for factor in store.all("UserFactor", user.id):
        store.remove(factor)
    system_log.record(call, "user.mfa.factor.reset_all", USERS.as_target(user))
    return Answer(200, {})


def _clear_sessions(call: Call) -> Answer:
    """No effect: the sandbox has no sessions. Okta answers the same without sessions."""
    system_log.record(call, "user.session.clear", USERS.as_target(USERS.named_in(call)))
    return NO_CONTENT


FAMILY = Family(
    endpoints=(
        Route("DELETE", USERS.item_path, _delete),
        Route("DELETE", f"{USERS.item_path}/sessions", _clear_sessions),
        *(Route("POST", f"{LIFECYCLE}/{transition}", _change_status) for transition in TRANSITIONS),
        Route("POST", f"{LIFECYCLE}/activate", _activate),
        Route("POST", f"{LIFECYCLE}/reactivate", _reactivate),
        Route("POST", f"{LIFECYCLE}/deactivate", _deactivate),
        Route("POST", f"{LIFECYCLE}/expire_password", _expire_password),
        Route("POST", f"{LIFECYCLE}/reset_password", _reset_password),
        Route("POST", f"{LIFECYCLE}/reset_factors", _reset_factors),
    ),
    scope="okta.users",
)
