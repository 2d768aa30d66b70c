"""Credentials of a user (password, recovery question, provider) and the status that follows from them.

Values are never shown. The digest of a password is kept, to check the old password on a change. An imported hash or a
password hook sets the provider IMPORT until a password is set.
"""

import hashlib
from typing import Any

from okta_sandbox.body import OpenBody, absent
from okta_sandbox.errors import OktaError, invalid_field
from okta_sandbox.exchange import Call
from okta_sandbox.json_types import JsonObject
from okta_sandbox.store import Record

OKTA = {"type": "OKTA", "name": "OKTA"}
IMPORT = {"type": "IMPORT", "name": "IMPORT"}
PASSWORDLESS = ("FEDERATION", "SOCIAL")  # providers of users without a password in Okta
NO_CREDENTIALS = {"provider": OKTA}
# Statuses that end when an administrator sets a password.
ENDED_BY_PASSWORD = ("PROVISIONED", "PASSWORD_EXPIRED", "RECOVERY")


class Password(OpenBody):
    """A password as a value, a hash or a password hook."""

    value: str | None = absent()
    hash: dict[str, Any] | None = absent()
    hook: dict[str, Any] | None = absent()


class RecoveryQuestion(OpenBody):
    """Question and answer."""

    question: str | None = absent()
    answer: str | None = absent()


class Provider(OpenBody):
    """The provider that checks the password."""

    type: str
    name: str | None = None


class Credentials(OpenBody):
    """The `credentials` of a user, as a client sends them."""

    password: Password | None = absent()
    recovery_question: RecoveryQuestion | None = absent()
    provider: Provider | None = absent()


def is_imported(given: JsonObject) -> bool:
    """Whether credentials import a password as a hash or hook."""
    password = given.get("password") or {}
    return bool(password.get("hash") or password.get("hook"))


def sets_password(given: JsonObject) -> bool:
    """Whether credentials set a password; an empty object does not."""
    return bool((given.get("password") or {}).get("value")) or is_imported(given)


def has_password(user: Record) -> bool:
    """Whether a user can sign in with a password."""
    return "password" in user.body["credentials"]


def shown(given: JsonObject, before: Record | None) -> JsonObject:
    """The credentials as the API shows them, without values."""
    credentials: JsonObject = dict(before.body["credentials"]) if before else dict(NO_CREDENTIALS)
    if sets_password(given):
        credentials["password"] = {}
        credentials["provider"] = IMPORT if is_imported(given) else OKTA
    if question := (given.get("recovery_question") or {}).get("question"):
        credentials["recovery_question"] = {"question": question}
    if given.get("provider"):
        credentials["provider"] = given["provider"]
    return credentials


def digest(value: str) -> str:
    """The stored digest of a password."""
    return hashlib.sha256(value.encode()).hexdigest()


def private_values(given: JsonObject, private: JsonObject) -> JsonObject:
    """The private fields of a user with a new password digest."""
    if not sets_password(given):
        return private
    value = given["password"].get("value")
    return {**private, "password": digest(value) if value else None}


def check_password(user: Record, value: str | None, cause: str) -> None:
    """Refuse a wrong password. For an imported password any value is accepted."""
    known = user.private.get("password")
    if not has_password(user) or not value or (known and known != digest(value)):
        raise OktaError(403, "E0000014", "Update of credentials failed", cause)


def initial_status(call: Call, given: JsonObject) -> JsonObject:
    """Status and times of a new user: STAGED, PROVISIONED or ACTIVE."""
    now = call.tenant.now()
    changed = {"passwordChanged": now if sets_password(given) else None}
    if call.query.get("activate") == "false":
        return {**changed, "status": "STAGED"}
    signs_in_elsewhere = (given.get("provider") or {}).get("type") in PASSWORDLESS
    status = "ACTIVE" if sets_password(given) or signs_in_elsewhere else "PROVISIONED"
    if status == "ACTIVE" and call.query.get("nextLogin") == "changePassword":
        status = "PASSWORD_EXPIRED"
    return {**changed, "status": status, "activated": now, "statusChanged": now}


def status_after_password(call: Call, given: JsonObject, before: Record) -> JsonObject:
    """The fields that change when an administrator sets a password."""
    if not sets_password(given):
        return {}
    status, now = before.body["status"], call.tenant.now()
    if is_imported(given) and status != "STAGED":
        raise invalid_field("password", "A hashed password or a password hook can be set for STAGED users only.")
    changed: JsonObject = {"passwordChanged": now}
    if status in ENDED_BY_PASSWORD:
        changed |= {"status": "ACTIVE", "statusChanged": now}
    return changed
