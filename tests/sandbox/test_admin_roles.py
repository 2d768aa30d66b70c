import pytest

from .conftest import BASE_URL, Okta
from .test_apps import OIDC

SETS = "/api/v1/iam/resource-sets"


@pytest.fixture
def role(okta: Okta) -> str:
    body = {"label": "Help", "description": "d", "permissions": ["okta.users.read", "okta.groups.read"]}
    return str(okta.post("/api/v1/iam/roles", body)["id"])


@pytest.fixture
def resource_set(okta: Okta) -> str:
    body = {"label": "All", "description": "d", "resources": [f"{BASE_URL}/api/v1/groups"]}
    return str(okta.post(SETS, body)["id"])


def test_custom_role_is_found_by_label(okta: Okta, role: str) -> None:
    assert okta.get("/api/v1/iam/roles/Help")["id"] == role
    assert [each["id"] for each in okta.get("/api/v1/iam/roles")["roles"]] == [role]
    body = {"label": "Help", "description": "d", "permissions": ["okta.users.read"]}
    assert "label" in okta.post("/api/v1/iam/roles", body, 400)["errorSummary"]
    okta.post("/api/v1/iam/roles", {"label": "Empty", "description": "d"}, 400)


def test_add_and_remove_permissions(okta: Okta, role: str) -> None:
    path = f"/api/v1/iam/roles/{role}/permissions"
    okta.post(f"{path}/okta.apps.read", status=204)
    okta.delete(f"{path}/okta.users.read")
    labels = {each["label"] for each in okta.get(path)["permissions"]}
    assert labels == {"okta.apps.read", "okta.groups.read"}
    okta.post(f"{path}/everything", status=400)
    changed = okta.put(f"{path}/okta.apps.read", {"conditions": {"include": {}}})
    assert changed["conditions"] == {"include": {}}


def test_resources_are_listed_separately_from_their_set(okta: Okta) -> None:
    body = {"label": "All groups", "description": "d", "resources": [f"{BASE_URL}/api/v1/groups"]}
    made = okta.post("/api/v1/iam/resource-sets", body)
    path = f"/api/v1/iam/resource-sets/{made['id']}"
    changed = okta.put(path, {"label": "Groups", "description": "e"})
    patched = okta.send("PATCH", f"{path}/resources", {"additions": [f"{BASE_URL}/api/v1/users"]})
    assert not any("resources" in each for each in (made, changed, patched, okta.get(path)))
    assert len(okta.get(f"{path}/resources")["resources"]) == 2


def test_resources_show_url_and_orn(okta: Okta, resource_set: str) -> None:
    group, path = okta.group("g"), f"{SETS}/{resource_set}/resources"
    app = okta.post("/api/v1/apps", OIDC)["id"]
    org = okta.get("/.well-known/okta-organization")["id"]
    more = [f"{BASE_URL}/api/v1/groups/{group}/users", f"{BASE_URL}/api/v1/apps/{app}", f"orn:okta:idp:{org}:policies"]
    okta.send("PATCH", path, {"additions": more})
    okta.send("PATCH", path, {"additions": more})
    resources = okta.get(path)["resources"]
    assert [each["orn"].partition(org)[2] for each in resources] == [
        ":groups",
        f":groups:{group}:contained_resources",
        f":apps:{app}",
        ":policies",
    ]
    assert [bool(each.get("_links")) for each in resources] == [True, True, True, False]
    okta.send("PATCH", path, {"additions": [f"{BASE_URL}/api/v1/users/nobody"]}, 400)
    okta.delete(f"{path}/{resources[0]['id']}")
    assert len(okta.get(path)["resources"]) == 3


def test_binding_members_have_the_role(okta: Okta, role: str, resource_set: str) -> None:
    user, group = okta.user("a@example.com"), okta.group("g")
    okta.post(f"{SETS}/{resource_set}/bindings", {"role": role, "members": [f"{BASE_URL}/api/v1/users/{user}"]})
    members = f"{SETS}/{resource_set}/bindings/{role}/members"
    okta.send("PATCH", members, {"additions": [f"{BASE_URL}/api/v1/groups/{group}"]})
    [assigned] = okta.get(f"/api/v1/users/{user}/roles")
    assert (assigned["type"], assigned["label"], assigned["resource-set"]) == ("CUSTOM", "Help", resource_set)
    okta.delete(f"/api/v1/users/{user}/roles/{assigned['id']}")
    [member] = okta.get(members)["members"]
    assert member["_links"]["self"]["href"].endswith(f"/groups/{group}")
    okta.delete(f"{members}/{member['id']}")
    assert okta.get(f"/api/v1/groups/{group}/roles") == []


def test_custom_role_is_assigned_with_resource_set(okta: Okta, role: str, resource_set: str) -> None:
    path = f"/api/v1/groups/{okta.group('g')}/roles"
    assigned = okta.post(path, {"type": "CUSTOM", "role": role, "resource-set": resource_set}, 201)
    assert assigned["assignmentType"] == "GROUP"
    assert okta.get(f"{path}/{assigned['id']}")["role"] == role
    assert okta.get(f"{SETS}/{resource_set}/bindings")["roles"][0]["id"] == role
    okta.delete(f"/api/v1/iam/roles/{role}")
    assert okta.get(path) == [] == okta.get(f"{SETS}/{resource_set}/bindings")["roles"]
    okta.post(path, {"type": "CUSTOM", "role": role, "resource-set": resource_set}, 400)


def test_user_has_roles_of_groups(okta: Okta) -> None:
    user, group = okta.user("a@example.com"), okta.group("g")
    okta.put(f"/api/v1/groups/{group}/users/{user}", status=204)
    okta.post(f"/api/v1/groups/{group}/roles", {"type": "REPORT_ADMIN"}, 201)
    [assigned] = okta.get(f"/api/v1/users/{user}/roles")
    assert assigned["assignmentType"] == "GROUP"
    assert assigned["_links"]["assignee"]["href"].endswith(group)
    assert user in [each["id"] for each in okta.get("/api/v1/iam/assignees/users")["value"]]


def test_assignment_id_depends_on_role(okta: Okta) -> None:
    for path, prefix in (
        (f"/api/v1/users/{okta.user('ada@example.com')}", "ra1"),
        (f"/api/v1/groups/{okta.group('G')}", "gra"),
    ):
        assert okta.post(f"{path}/roles", {"type": "ORG_ADMIN"}, 201)["id"].startswith(prefix)
        workflows = okta.post(f"{path}/roles", {"type": "WORKFLOWS_ADMIN"}, 201)
        assert workflows["id"].startswith("irb")
        assert (workflows["role"], workflows["resource-set"]) == ("WORKFLOWS_ADMIN", "WORKFLOWS_IAM_POLICY")
        assert okta.get(f"{path}/roles/{workflows['id']}") == workflows


def test_service_apps_have_roles(okta: Okta) -> None:
    app = okta.post("/api/v1/apps", OIDC)
    path = f"/oauth2/v1/clients/{app['credentials']['oauthClient']['client_id']}/roles"
    assert okta.post(path, {"type": "READ_ONLY_ADMIN"}, 201)["assignmentType"] == "CLIENT"
    assert okta.request("GET", path, headers={"Authorization": ""}).status_code == 401


@pytest.mark.parametrize(
    ("role_type", "listed", "target", "other"),
    [
        ("USER_ADMIN", "groups", "{group}", "catalog/apps"),
        ("APP_ADMIN", "catalog/apps", "oidc_client/{app}", "groups"),
        ("APP_ADMIN", "catalog/apps", "facebook", "groups"),
    ],
)
def test_targets_must_fit_role_and_last_one_cannot_be_removed(
    okta: Okta, role_type: str, listed: str, target: str, other: str
) -> None:
    user, group, app = okta.user("a@example.com"), okta.group("g"), okta.post("/api/v1/apps", OIDC)["id"]
    roles = f"/api/v1/users/{user}/roles"
    assigned = okta.post(roles, {"type": role_type}, 201)["id"]
    targets = f"{roles}/{assigned}/targets"
    path = f"{targets}/{listed}/{target.format(group=group, app=app)}"
    okta.put(path, status=204)
    okta.put(path, status=204)
    assert [each.get("id", each.get("name")) for each in okta.get(f"{targets}/{listed}")] == [path.split("/")[-1]]
    assert okta.request("GET", f"{targets}/{other}").json()["errorCode"] == "E0000091"
    okta.delete(path, status=403)
    okta.delete(f"{roles}/{assigned}")
    okta.post(roles, {"type": role_type}, 201)
    assert okta.get(f"{targets}/{listed}") == []


@pytest.mark.parametrize("role", ["SUPER_ADMIN", "USER_ADMIN"])
def test_a_role_is_assigned_once(okta: Okta, role: str) -> None:
    """The id of an assignment with targets is the same each time, which is no reason to accept it twice."""
    path = f"/api/v1/groups/{okta.group('admins')}/roles"
    okta.post(path, {"type": role}, status=201)
    assert okta.post(path, {"type": role}, status=409)["errorCode"] == "E0000090"
    assert len(okta.get(path)) == 1
