"""User credentials: `/api/v1/users/{id}/credentials/*`. Changes that require the current credentials."""

from okta_sandbox import system_log
from okta_sandbox.body import Body, read
from okta_sandbox.collection import Family
from okta_sandbox.errors import OktaError
from okta_sandbox.exchange import Answer, Call, Route
from okta_sandbox.families import user_credentials
from okta_sandbox.families.user_credentials import Password, RecoveryQuestion, check_password, has_password
from okta_sandbox.families.user_lifecycle import not_in_this_status
from okta_sandbox.families.users import USERS
from okta_sandbox.json_types import JsonObject
from okta_sandbox.store import Record

CREDENTIALS = f"{USERS.item_path}/credentials"
CHANGEABLE = ("STAGED", "ACTIVE", "PASSWORD_EXPIRED", "RECOVERY")


class _NewPassword(Body):
    oldPassword: Password
    newPassword: Password


class _NewQuestion(Body):
    password: Password
    recovery_question: RecoveryQuestion


class _Forgotten(Body):
    password: Password | None = None
    recovery_question: RecoveryQuestion | None = None


def _user(call: Call, *statuses: str) -> Record:
    user = USERS.named_in(call)
    if user.body["status"] not in statuses or not has_password(user):
        raise not_in_this_status()
    return user


def _change(call: Call, user: Record, given: JsonObject, **changed: object) -> Answer:
    """Store new credentials and answer with their visible part."""
    body = {**user.body, **changed, "credentials": user_credentials.shown(given, user)}
    record = call.tenant.store.change(user, body, user_credentials.private_values(given, user.private))
    system_log.record(call, "user.account.update_password", USERS.as_target(record))
    return Answer(200, record.body["credentials"])


def _set_password(call: Call, user: Record, value: JsonObject) -> Answer:
    """Set a new password. An expired or recovering user becomes ACTIVE."""
    if not value.get("value"):
        raise OktaError(403, "E0000014", "Update of credentials failed", "newPassword: The field cannot be left blank")
    now, status = call.tenant.now(), user.body["status"]
    changed: JsonObject = {"passwordChanged": now, "lastUpdated": now}
    if status in ("PASSWORD_EXPIRED", "RECOVERY"):
        changed |= {"status": "ACTIVE", "statusChanged": now}
    return _change(call, user, {"password": value}, **changed)


def _change_password(call: Call) -> Answer:
    """POST of the old and the new password."""
    user, body = _user(call, *CHANGEABLE), read(_NewPassword, call.json())
    check_password(user, body["oldPassword"].get("value"), "Old Password is not correct")
    return _set_password(call, user, body["newPassword"])


def _change_recovery_question(call: Call) -> Answer:
    """POST of the password and a new question with its answer."""
    user, body = _user(call, *CHANGEABLE), read(_NewQuestion, call.json())
    check_password(user, body["password"].get("value"), "Password is not correct")
    return _change(call, user, {"recovery_question": body["recovery_question"]})


def _forgot_password(call: Call) -> Answer:
    """POST: send a link, or change the password if the body has a new one and the recovery answer.

    The recovery answer is not checked.
    """
    user, body = _user(call, "ACTIVE"), read(_Forgotten, call.json())
    if "recovery_question" not in user.body["credentials"]:
        raise OktaError(403, "E0000034", "Forgot password not allowed on specified user.")
    if body["password"]:
        return _set_password(call, user, body["password"])
    system_log.record(call, "user.account.reset_password", USERS.as_target(user))
    if call.query.get("sendEmail") != "false":
        return Answer(200, {})
    token = call.tenant.identifiers.text(20)
    return Answer(200, {"resetPasswordUrl": call.tenant.url(f"/signin/reset-password/{token}")})


FAMILY = Family(
    endpoints=(
        Route("POST", f"{CREDENTIALS}/change_password", _change_password),
        Route("POST", f"{CREDENTIALS}/change_recovery_question", _change_recovery_question),
        Route("POST", f"{CREDENTIALS}/forgot_password", _forgot_password),
    ),
    scope="okta.users",
)
