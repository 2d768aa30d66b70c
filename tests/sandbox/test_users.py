import pytest

from .conftest import Okta

PROFILE = {"login": "ada@example.com", "email": "ada@example.com", "firstName": "Ada", "lastName": "L"}


@pytest.mark.parametrize(
    ("query", "credentials", "status"),
    [
        ("", {}, "PROVISIONED"),
        ("?activate=false", {}, "STAGED"),
        ("", {"password": {"value": "Sesame123"}}, "ACTIVE"),
        ("", {"password": {}}, "PROVISIONED"),
    ],
)
def test_initial_status(okta: Okta, query: str, credentials: dict[str, object], status: str) -> None:
    user = okta.post(f"/api/v1/users{query}", {"profile": PROFILE, "credentials": credentials})
    assert user["status"] == status
    assert "value" not in str(user["credentials"])


def test_me_is_the_owner_of_the_token(okta: Okta) -> None:
    me = okta.get("/api/v1/users/me")
    assert me["profile"]["login"] == "admin@sandbox.test"
    assert okta.get("/api/v1/users/admin@sandbox.test")["id"] == me["id"]
    okta.delete(f"/api/v1/users/{me['id']}", status=403)


def test_nulls_in_profile(okta: Okta) -> None:
    user = okta.post("/api/v1/users", {"profile": {**PROFILE, "title": None}})
    assert user["profile"] == {**PROFILE, "mobilePhone": None, "secondEmail": None}


def test_an_undefined_property_is_refused_until_it_is_defined(okta: Okta) -> None:
    profile = {**PROFILE, "shoeSize": 38}
    error = okta.post("/api/v1/users", {"profile": profile}, status=400)
    assert error["errorSummary"] == "Api validation failed: newUser"
    assert error["errorCauses"] == [{"errorSummary": "Property name 'shoeSize' is not defined in profile"}]
    schema = "/api/v1/meta/schemas/user/default"
    custom = {"shoeSize": {"title": "Shoe size", "type": "integer"}}
    changed = okta.post(schema, {"definitions": {"custom": {"properties": custom}}})
    assert changed["definitions"]["custom"]["properties"]["shoeSize"]["scope"] == "NONE"
    assert okta.post("/api/v1/users", {"profile": profile})["profile"]["shoeSize"] == 38
    okta.post(schema, {"definitions": {"custom": {"properties": {"shoeSize": None}}}})
    assert okta.get(schema)["definitions"]["custom"]["properties"] == {}


def test_login_is_unique(okta: Okta) -> None:
    okta.user("ada@example.com")
    error = okta.post("/api/v1/users", {"profile": {**PROFILE, "login": "ADA@example.com"}}, status=400)
    assert error["errorSummary"] == "Api validation failed: login"


def test_deleting_takes_two_steps(okta: Okta) -> None:
    user, group = okta.user("ada@example.com"), okta.group("Team")
    okta.put(f"/api/v1/groups/{group}/users/{user}", status=204)
    okta.delete(f"/api/v1/users/{user}")
    assert okta.get(f"/api/v1/users/{user}")["status"] == "DEPROVISIONED"
    assert user not in [each["id"] for each in okta.get("/api/v1/users")]
    okta.delete(f"/api/v1/users/{user}")
    okta.send("GET", f"/api/v1/users/{user}", status=404)
    assert okta.get(f"/api/v1/groups/{group}/users") == []


def test_post_merges_and_put_replaces(okta: Okta) -> None:
    user = okta.user("ada@example.com")
    assert okta.post(f"/api/v1/users/{user}", {"profile": {"title": "Countess"}})["profile"]["firstName"] == "A"
    assert "title" not in okta.put(f"/api/v1/users/{user}", {"profile": PROFILE})["profile"]


def test_transitions_that_are_not_allowed_are_refused(okta: Okta) -> None:
    path = f"/api/v1/users/{okta.user('ada@example.com')}"
    okta.post(f"{path}/lifecycle/unsuspend", status=400)
    okta.post(f"{path}/lifecycle/suspend")
    assert okta.get(path)["status"] == "SUSPENDED"
    okta.post(f"{path}/lifecycle/unsuspend")
    assert okta.get(path)["status"] == "ACTIVE"


def test_search(okta: Okta) -> None:
    okta.user("ada@example.com")
    okta.user("bob@example.com")
    found = okta.get("/api/v1/users", search='profile.login sw "ada" and status eq "PROVISIONED"')
    assert [each["profile"]["login"] for each in found] == ["ada@example.com"]
    assert set(found[0]["_links"]) == {"self"}
    okta.send("GET", "/api/v1/users?search=nonsense", status=400)


def test_roles(okta: Okta) -> None:
    roles = f"/api/v1/users/{okta.user('ada@example.com')}/roles"
    assert okta.get(roles) == []
    role = okta.post(roles, {"type": "SUPER_ADMIN"}, status=201)
    assert role["label"] == "Super Administrator"
    okta.post(roles, {"type": "SUPER_ADMIN"}, status=409)
    okta.post(roles, {"type": "WIZARD"}, status=400)
    okta.delete(f"{roles}/{role['id']}")
    assert okta.get(roles) == []
