"""Schemas of users, groups and app users, user types, and the mappings between profiles."""

from typing import Any

import pytest

from .conftest import Okta
from .test_apps import BOOKMARK, OIDC
from .test_users import PROFILE

USER = "/api/v1/meta/schemas/user/default"
GROUP = "/api/v1/meta/schemas/group/default"
STRINGS = {"type": "array", "items": {"type": "string"}}


def custom(**properties: Any) -> Any:
    return {"definitions": {"custom": {"id": "#custom", "type": "object", "properties": properties}}}


def base(**properties: Any) -> Any:
    return {"definitions": {"base": {"id": "#base", "type": "object", "properties": properties}}}


def app_schema(okta: Okta, app: Any = OIDC) -> str:
    return f"/api/v1/meta/schemas/apps/{okta.post('/api/v1/apps', app)['id']}/default"


@pytest.mark.parametrize("path", [USER, GROUP])
def test_a_property_is_added_changed_and_removed(okta: Okta, path: str) -> None:
    rules = {"title": "Shoe size", "type": "integer", "required": False, "master": {"type": "OKTA"}}
    answer = okta.post(path, custom(shoeSize=rules))
    assert answer["definitions"]["custom"]["properties"] == {
        "shoeSize": {
            "mutability": "READ_WRITE",
            "scope": "NONE",
            "title": "Shoe size",
            "type": "integer",
            "permissions": [{"principal": "SELF", "action": "READ_ONLY"}],
            "master": {"type": "OKTA"},
        }
    }
    changed = okta.post(path, custom(shoeSize={**rules, "required": True}))
    assert changed["definitions"]["custom"]["required"] == ["shoeSize"]
    assert okta.post(path, custom(shoeSize=None))["definitions"]["custom"]["properties"] == {}
    assert okta.get(path) == okta.get(path)


@pytest.mark.parametrize(
    ("name", "rules"),
    [
        ("login", {"title": "t", "type": "string"}),
        ("two words", {"title": "t", "type": "string"}),
        ("a", {"type": "string"}),
        ("a", {"title": "t", "type": "text"}),
        ("a", {"title": "t", "type": "array"}),
    ],
)
def test_invalid_schema_changes(okta: Okta, name: str, rules: Any) -> None:
    okta.post(USER, custom(**{name: rules}), 400)


def test_the_type_of_a_property_stays(okta: Okta) -> None:
    okta.post(USER, custom(a={"title": "t", "type": "string"}))
    okta.post(USER, custom(a={"title": "t", "type": "integer"}), 400)


def test_the_rules_of_base_properties_can_be_changed(okta: Okta) -> None:
    changed = okta.post(USER, base(login={"pattern": ".+"}, lastName={"required": False}))["definitions"]["base"]
    assert changed["properties"]["login"]["pattern"] == ".+"
    assert "lastName" not in changed["required"]
    assert "pattern" not in okta.post(USER, base(login={"pattern": None}))["definitions"]["base"]["properties"]["login"]
    okta.post(USER, base(shoeSize={"required": True}), 400)


def test_last_names_are_optional_on_classic(classic: Okta) -> None:
    profile = {name: value for name, value in PROFILE.items() if name != "lastName"}
    classic.post("/api/v1/users", {"profile": profile})


def test_values_are_removed_with_property(okta: Okta) -> None:
    okta.post(USER, custom(shoeSize={"title": "t", "type": "integer"}))
    user = okta.post("/api/v1/users", {"profile": {**PROFILE, "shoeSize": 38}})["id"]
    okta.post(USER, custom(shoeSize=None))
    assert "shoeSize" not in okta.get(f"/api/v1/users/{user}")["profile"]
    okta.post(f"/api/v1/users/{user}", {"profile": {"firstName": "Augusta"}})


@pytest.mark.parametrize("rules", [{"title": "Name of", "type": "integer"}, {"description": "d", "scope": "SELF"}])
def test_base_property_type_is_fixed(okta: Okta, rules: Any) -> None:
    before = okta.get(USER)["definitions"]["base"]["properties"]["firstName"]
    assert okta.post(USER, base(firstName=rules))["definitions"]["base"]["properties"]["firstName"] == before


def test_base_properties_of_groups_are_fixed(okta: Okta) -> None:
    before = okta.get(GROUP)["definitions"]["base"]
    assert okta.post(GROUP, base(description={"required": True}))["definitions"]["base"] == before


def test_properties_of_one_schema_from_several_clients(okta: Okta) -> None:
    names = [f"p{number}" for number in range(5)]
    for name in names:
        okta.post(USER, custom(**{name: {"title": name, "type": "string"}}))
    assert list(okta.get(USER)["definitions"]["custom"]["properties"]) == names
    okta.post(USER, custom(p1=None))
    assert list(okta.get(USER)["definitions"]["custom"]["properties"]) == ["p0", "p2", "p3", "p4"]


def test_reapply_mapping(okta: Okta) -> None:
    app = okta.post("/api/v1/apps", OIDC)["id"]
    (source,) = okta.get(f"/api/v1/apps/{app}/user/types")
    assert okta.put(f"/api/internal/v1/mappings/reapply?source={source['id']}&target=oty0") == {}
    assert okta.request("GET", "/api/v1/apps/0oa/user/types").status_code == 404


def test_a_user_type_stays_while_it_has_users(okta: Okta) -> None:
    types = "/api/v1/meta/types/user"
    robot = {"name": "robot", "displayName": "Robot"}
    user_type = okta.post(types, robot)["id"]
    okta.post(types, robot, 400)
    user = okta.post("/api/v1/users", {"profile": PROFILE, "type": {"id": user_type}})["id"]
    okta.delete(f"{types}/{user_type}", status=400)
    okta.delete(f"/api/v1/users/{user}")
    okta.delete(f"/api/v1/users/{user}")
    okta.delete(f"{types}/{user_type}")


@pytest.mark.parametrize("path", [USER, GROUP])
def test_unique_values(okta: Okta, path: str) -> None:
    okta.post(path, custom(number={"title": "t", "type": "string", "unique": "UNIQUE_VALIDATED"}))

    def make(name: str, number: str, status: int) -> Any:
        if path == GROUP:
            return okta.post("/api/v1/groups", {"profile": {"name": name, "number": number}}, status)
        login = f"{name}@example.com"
        return okta.post("/api/v1/users", {"profile": {**PROFILE, "login": login, "number": number}}, status)

    first = make("a", "1", 200)
    assert make("b", "1", 400)["errorSummary"] == "Api validation failed: number"
    make("c", "2", 200)
    okta.put(f"/api/v1/{'groups' if path == GROUP else 'users'}/{first['id']}", {"profile": first["profile"]})


def test_a_group_has_the_properties_of_the_schema(okta: Okta) -> None:
    okta.post("/api/v1/groups", {"profile": {"name": "A", "level": 1}}, 400)
    okta.post(GROUP, custom(level={"title": "t", "type": "integer"}, tags={**STRINGS, "title": "t"}))
    profile = {"name": "A", "description": "d", "level": 1, "tags": ["x"]}
    group = okta.post("/api/v1/groups", {"profile": profile})
    assert group["profile"] == profile
    path = f"/api/v1/groups/{group['id']}"
    assert "level" not in okta.put(path, {"profile": {**profile, "level": None}})["profile"]
    okta.put(path, {"profile": {"name": "A", "level": "one"}}, 400)
    okta.put(path, {"profile": profile})
    okta.post(GROUP, custom(level=None))
    assert okta.get(path)["profile"] == {"name": "A", "description": "d", "tags": ["x"]}


def test_app_user_properties_have_no_permissions_and_no_master(okta: Okta) -> None:
    path = app_schema(okta)
    sent = {"title": "t", "type": "string", "union": "DISABLE", "master": {"type": "OKTA"}, "permissions": []}
    several = {"title": "t", "type": "array", "union": "ENABLE", "items": {"type": "object", "enum": [{}]}}
    shown = okta.post(path, custom(one=sent, many=several))["definitions"]["custom"]["properties"]
    assert shown["one"] == {"title": "t", "type": "string", "scope": "NONE"}
    assert shown["many"]["union"] == "ENABLE"
    assert shown["many"]["items"]["additionalProperties"] is True


def test_default_app_user_schema(okta: Okta) -> None:
    oidc, bookmark = okta.get(app_schema(okta)), okta.get(app_schema(okta, BOOKMARK))
    assert "given_name" in oidc["definitions"]["base"]["properties"]
    assert list(bookmark["definitions"]["base"]["properties"]) == ["userName"]
    assert okta.request("GET", "/api/v1/meta/schemas/apps/0oa/default").status_code == 404


def test_an_app_is_mapped_with_each_user_type_in_both_directions(okta: Okta) -> None:
    app = okta.post("/api/v1/apps", OIDC)["id"]
    user_type = okta.post("/api/v1/meta/types/user", {"name": "robot", "displayName": "Robot"})["id"]
    inbound = okta.get("/api/v1/mappings", sourceId=app)
    assert [each["target"]["name"] for each in inbound] == ["user", "robot"]
    assert "properties" not in inbound[0]
    assert len(okta.get("/api/v1/mappings", sourceId=user_type, targetId=app)) == 1
    okta.delete(f"/api/v1/meta/types/user/{user_type}")
    assert len(okta.get("/api/v1/mappings", sourceId=app)) == 1
    okta.post(f"/api/v1/apps/{app}/lifecycle/deactivate")
    okta.delete(f"/api/v1/apps/{app}")
    assert okta.get("/api/v1/mappings") == []


def test_a_mapping_is_merged(okta: Okta) -> None:
    app = okta.post("/api/v1/apps", OIDC)["id"]
    path = f"/api/v1/mappings/{okta.get('/api/v1/mappings', sourceId=app)[0]['id']}"
    okta.post(path, {"properties": {"nickName": {"expression": "appuser.nickname", "pushStatus": "PUSH"}}})
    changed = okta.post(path, {"properties": {"email": {"expression": "appuser.email"}, "nickName": None}})
    assert changed["properties"] == {"email": {"expression": "appuser.email", "pushStatus": "DONT_PUSH"}}
    okta.post(path, {"properties": {"shoeSize": {"expression": "1"}}}, 400)
    okta.post(path, {"properties": {"email": {"expression": "1", "pushStatus": "MAYBE"}}}, 400)


def test_a_user_type_keeps_its_name(okta: Okta) -> None:
    path = (
        f"/api/v1/meta/types/user/{okta.post('/api/v1/meta/types/user', {'name': 'bot', 'displayName': 'Bot'})['id']}"
    )
    assert okta.post(path, {"displayName": "Robot"})["displayName"] == "Robot"
    assert okta.put(path, {"name": "bot", "displayName": "Bot"})["name"] == "bot"
    okta.put(path, {"name": "robot", "displayName": "Bot"}, 400)


def test_the_custom_part_of_an_app_profile_lists_what_is_required_once_it_has_properties(okta: Okta) -> None:
    path = app_schema(okta)
    assert "required" not in okta.get(path)["definitions"]["custom"]
    rules = {"title": "t", "type": "string", "required": True}
    assert okta.post(path, custom(one=rules))["definitions"]["custom"]["required"] == ["one"]
    both = okta.post(path, custom(two={**rules, "required": False}))["definitions"]["custom"]
    assert (list(both["properties"]), both["required"]) == (["one", "two"], ["one"])
    assert "required" not in okta.post(path, custom(one=None, two=None))["definitions"]["custom"]


def test_permissions_of_a_base_property_change_nothing_but_what_is_required_does(okta: Okta) -> None:
    path = app_schema(okta)
    before = okta.get(path)["definitions"]["base"]
    for action, required in (("READ_WRITE", True), ("HIDE", False)):
        rules = {"permissions": [{"principal": "SELF", "action": action}], "required": required, "title": "Name"}
        after = okta.post(path, base(name={**rules, "type": "string"}))["definitions"]["base"]
        assert after["required"] == (["userName", "name"] if required else ["userName"])
    assert after == before


@pytest.mark.parametrize(
    "rules",
    [
        {"type": "string", "minLength": 9, "maxLength": 3},
        {"type": "string", "enum": ["a"], "oneOf": [{"const": "b", "title": "B"}]},
        {"type": "string", "permissions": [{"principal": "SELF", "action": "LOOK"}]},
        {"type": "string", "scope": "ALL"},
        {"type": "string", "master": {"type": "NOBODY"}},
        {"type": "string", "mutability": "SOMETIMES"},
        {"type": "string", "unique": "ALMOST"},
        {"type": "array", "items": {"type": "date"}},
    ],
)
def test_unknown_rules_of_a_property_are_refused(okta: Okta, rules: Any) -> None:
    before = okta.get(USER)
    refusal = okta.post(USER, custom(odd={"title": "Odd", **rules}), status=400)
    assert refusal["errorCode"] in ("E0000001", "E0000003")
    assert okta.get(USER) == before


def test_the_name_of_a_user_type_is_a_name_of_a_variable(okta: Okta) -> None:
    okta.post("/api/v1/meta/types/user", {"name": "guest worker", "displayName": "Guest worker"}, status=400)
    assert okta.post("/api/v1/meta/types/user", {"name": "guest_worker", "displayName": "G"})["default"] is False
