"""Passwords, recovery questions, and the statuses that follow from them."""

from typing import Any

import pytest

from .conftest import Okta

LOGIN = "ada@example.com"
PROFILE = {"login": LOGIN, "email": LOGIN, "firstName": "Ada", "lastName": "L"}
PASSWORD = {"password": {"value": "Sesame123"}}
HASH = {"password": {"hash": {"algorithm": "SHA-512", "salt": "c2FsdA==", "saltOrder": "PREFIX", "value": "aGFzaA=="}}}
HOOK = {"password": {"hook": {"type": "default"}}}
IMPORT = {"type": "IMPORT", "name": "IMPORT"}
OKTA = {"type": "OKTA", "name": "OKTA"}
FEDERATION = {"provider": {"type": "FEDERATION", "name": "FEDERATION"}}


def make(okta: Okta, credentials: dict[str, Any], query: str = "") -> dict[str, Any]:
    user: dict[str, Any] = okta.post(f"/api/v1/users{query}", {"profile": PROFILE, "credentials": credentials})
    return user


@pytest.mark.parametrize(
    ("credentials", "query", "status", "provider"),
    [
        (HASH, "", "ACTIVE", IMPORT),
        (HASH, "?activate=false", "STAGED", IMPORT),
        (HOOK, "", "ACTIVE", IMPORT),
        (PASSWORD, "?activate=true&nextLogin=changePassword", "PASSWORD_EXPIRED", OKTA),
        ({"recovery_question": {"question": "Q?", "answer": "forty two"}}, "", "PROVISIONED", OKTA),
        (FEDERATION, "?provider=true", "ACTIVE", FEDERATION["provider"]),
    ],
)
def test_initial_status_and_provider(
    okta: Okta, credentials: dict[str, Any], query: str, status: str, provider: dict[str, str]
) -> None:
    user = make(okta, credentials, query)
    assert user["status"] == status
    assert user["credentials"]["provider"] == provider
    assert ("password" in user["credentials"]) == ("password" in credentials)
    assert user["credentials"].get("password", {}) == {}


@pytest.mark.parametrize("method", ["PUT", "POST"])
def test_a_password_is_set_without_a_profile(okta: Okta, method: str) -> None:
    user = make(okta, {})
    changed = okta.send(method, f"/api/v1/users/{user['id']}", {"credentials": PASSWORD})
    assert changed["profile"] == user["profile"]
    assert changed["credentials"] == {"password": {}, "provider": OKTA}
    assert changed["status"] == "ACTIVE"
    assert changed["passwordChanged"]


def test_hash_import_requires_staged_user(okta: Okta) -> None:
    staged = make(okta, {}, "?activate=false")["id"]
    assert okta.put(f"/api/v1/users/{staged}", {"credentials": HASH})["credentials"]["provider"] == IMPORT
    okta.post(f"/api/v1/users/{staged}/lifecycle/activate")
    assert okta.get(f"/api/v1/users/{staged}")["status"] == "ACTIVE"
    okta.put(f"/api/v1/users/{staged}", {"credentials": HASH}, status=400)
    assert okta.put(f"/api/v1/users/{staged}", {"credentials": PASSWORD})["credentials"]["provider"] == OKTA


def test_password_change_requires_old_password(okta: Okta) -> None:
    path = f"/api/v1/users/{make(okta, PASSWORD)['id']}"
    change = {"oldPassword": {"value": "wrong"}, "newPassword": {"value": "Another123"}}
    error = okta.post(f"{path}/credentials/change_password", change, status=403)
    assert (error["errorCode"], error["errorCauses"]) == ("E0000014", [{"errorSummary": "Old Password is not correct"}])
    change["oldPassword"] = {"value": "Sesame123"}
    assert okta.post(f"{path}/credentials/change_password", change) == {"password": {}, "provider": OKTA}
    okta.post(f"{path}/credentials/change_password", change, status=403)


def test_recovery_question_requires_password(okta: Okta) -> None:
    path = f"/api/v1/users/{make(okta, PASSWORD)['id']}"
    question = {"recovery_question": {"question": "Q?", "answer": "forty two"}}
    okta.post(f"{path}/credentials/change_recovery_question", {"password": {"value": "x"}, **question}, status=403)
    answer = okta.post(f"{path}/credentials/change_recovery_question", {**PASSWORD, **question})
    assert answer["recovery_question"] == {"question": "Q?"}
    assert okta.get(path)["credentials"] == answer


def test_an_expired_password_lasts_until_there_is_a_new_one(okta: Okta) -> None:
    path = f"/api/v1/users/{make(okta, PASSWORD)['id']}"
    assert okta.post(f"{path}/lifecycle/expire_password")["status"] == "PASSWORD_EXPIRED"
    change = {"oldPassword": {"value": "Sesame123"}, "newPassword": {"value": "Another123"}}
    okta.post(f"{path}/credentials/change_password", change)
    assert okta.get(path)["status"] == "ACTIVE"
    temporary = okta.post(f"{path}/lifecycle/expire_password?tempPassword=true")["tempPassword"]
    okta.post(f"{path}/credentials/change_password", {**change, "oldPassword": {"value": temporary}})


def test_a_reset_leads_to_recovery(okta: Okta) -> None:
    path = f"/api/v1/users/{make(okta, PASSWORD)['id']}"
    assert okta.post(f"{path}/lifecycle/reset_password") == {}
    assert okta.get(path)["status"] == "RECOVERY"
    assert "resetPasswordUrl" in okta.post(f"{path}/lifecycle/reset_password?sendEmail=false")
    assert okta.post(path, {"credentials": PASSWORD})["status"] == "ACTIVE"


@pytest.mark.parametrize(
    ("query", "verb", "status", "code"),
    [
        ("", "activate", 403, "E0000016"),
        ("", "unsuspend", 400, "E0000001"),
        ("", "expire_password", 403, "E0000038"),
        ("?activate=false", "suspend", 400, "E0000001"),
        ("?activate=false", "reactivate", 403, "E0000038"),
        ("?activate=false", "reset_password", 403, "E0000038"),
        ("?activate=false", "unlock", 403, "E0000032"),
    ],
)
def test_operations_refused_by_status(okta: Okta, query: str, verb: str, status: int, code: str) -> None:
    user = make(okta, {}, query)
    error = okta.post(f"/api/v1/users/{user['id']}/lifecycle/{verb}", status=status)
    assert error["errorCode"] == code
    assert okta.get(f"/api/v1/users/{user['id']}")["status"] == user["status"]


def test_a_deprovisioned_user_comes_back_without_a_password(okta: Okta) -> None:
    path = f"/api/v1/users/{make(okta, PASSWORD)['id']}"
    okta.post(f"{path}/lifecycle/deactivate")
    gone = okta.get(path)
    assert (gone["status"], gone["credentials"], gone["passwordChanged"]) == ("DEPROVISIONED", {"provider": OKTA}, None)
    assert set(okta.post(f"{path}/lifecycle/activate?sendEmail=false")) == {"activationUrl", "activationToken"}
    assert okta.get(path)["status"] == "PROVISIONED"


def test_the_login_follows_the_pattern_of_the_schema(okta: Okta) -> None:
    schema = "/api/v1/meta/schemas/user/default"
    plain = {**PROFILE, "login": "ada"}
    okta.post("/api/v1/users", {"profile": plain}, status=400)

    def patterned(pattern: str | None) -> None:
        login = {"title": "Username", "type": "string", "required": True, "pattern": pattern}
        okta.post(schema, {"definitions": {"base": {"properties": {"login": login}}}})

    patterned("[a-z]+")
    okta.post("/api/v1/users", {"profile": PROFILE}, status=400)
    assert okta.post("/api/v1/users", {"profile": plain})["profile"]["login"] == "ada"
    patterned(None)
    assert "pattern" not in okta.get(schema)["definitions"]["base"]["properties"]["login"]
    okta.post("/api/v1/users", {"profile": {**plain, "login": "bob"}}, status=400)


def test_only_a_put_moves_a_user_to_another_type(okta: Okta) -> None:
    user = make(okta, {})
    other = okta.post("/api/v1/meta/types/user", {"name": "contractor", "displayName": "Contractor"})["id"]
    okta.post(f"/api/v1/users/{user['id']}", {"type": {"id": other}}, status=400)
    assert okta.put(f"/api/v1/users/{user['id']}", {"profile": PROFILE, "type": {"id": other}})["type"]["id"] == other


def test_a_property_takes_values_of_its_type(okta: Okta) -> None:
    custom = {name: {"title": name, "type": name} for name in ("integer", "number", "boolean")}
    okta.post("/api/v1/meta/schemas/user/default", {"definitions": {"custom": {"properties": custom}}})
    good = {"integer": 1, "number": 1.5, "boolean": True}
    path = f"/api/v1/users/{make(okta, {})['id']}"
    assert good.items() <= okta.post(path, {"profile": good})["profile"].items()
    for name in good:
        okta.post(path, {"profile": {name: "text"}}, status=400)


def test_a_filter_finds_deprovisioned_users(okta: Okta) -> None:
    user = make(okta, {})["id"]
    okta.post(f"/api/v1/users/{user}/lifecycle/deactivate")
    assert [each["id"] for each in okta.get("/api/v1/users", filter='status eq "DEPROVISIONED"')] == [user]
    assert user not in [each["id"] for each in okta.get("/api/v1/users")]


def test_the_first_risk_is_created(okta: Okta) -> None:
    path = f"/api/v1/users/{make(okta, {})['id']}/risk"
    assert okta.get(path) == {"riskLevel": "NONE"}
    assert okta.put(path, {"riskLevel": "LOW"}, status=201)["riskLevel"] == "LOW"
    assert okta.put(path, {"riskLevel": "HIGH"}) == okta.get(path)
    okta.put(path, {"riskLevel": "NONE"}, status=400)
