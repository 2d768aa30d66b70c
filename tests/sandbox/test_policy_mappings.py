from .conftest import Okta

POLICIES = "/api/v1/policies"


def bookmark(okta: Okta) -> str:
    settings = {"app": {"url": "https://b.example.com"}}
    body = {"name": "bookmark", "label": "b", "signOnMode": "BOOKMARK", "settings": settings}
    return str(okta.post("/api/v1/apps", body)["id"])


def policy_of(okta: Okta, app: str) -> str:
    return str(okta.get(f"/api/v1/apps/{app}")["_links"]["accessPolicy"]["href"]).rsplit("/", 1)[1]


def test_an_app_can_be_mapped_to_a_policy_and_falls_back_to_the_default(okta: Okta) -> None:
    app, made = bookmark(okta), okta.post(POLICIES, {"type": "ACCESS_POLICY", "name": "mine"})["id"]
    default, mappings = policy_of(okta, app), f"{POLICIES}/{made}/mappings"
    mapping = okta.post(mappings, {"resourceId": app, "resourceType": "APP"})
    assert policy_of(okta, app) == made
    assert okta.get(mappings) == [mapping]
    assert okta.get(f"{mappings}/{mapping['id']}") == mapping
    okta.post(f"{POLICIES}/{made}/lifecycle/deactivate", status=400)
    okta.delete(f"{mappings}/{mapping['id']}")
    assert (okta.get(mappings), policy_of(okta, app)) == ([], default)
    okta.delete(f"{mappings}/{mapping['id']}", status=404)
    okta.post(f"{POLICIES}/{made}/lifecycle/deactivate", status=204)


def test_only_policies_of_apps_are_mapped(okta: Okta) -> None:
    password = okta.get(POLICIES, type="PASSWORD")[0]["id"]
    okta.post(f"{POLICIES}/{password}/mappings", {"resourceId": bookmark(okta)}, status=400)
    okta.post(f"{POLICIES}/{password}/clone", status=400)


def test_a_clone_has_rules_of_its_own(okta: Okta) -> None:
    made = okta.post(POLICIES, {"type": "ACCESS_POLICY", "name": "mine", "description": "d"})["id"]
    okta.post(f"{POLICIES}/{made}/rules", {"name": "r"})
    clone = okta.post(f"{POLICIES}/{made}/clone")
    assert (clone["name"], clone["description"]) == ("[cloned] mine", "d")
    rules, copies = (okta.get(f"{POLICIES}/{each}/rules") for each in (made, clone["id"]))
    assert [each["name"] for each in copies] == [each["name"] for each in rules] == ["r", "Catch-all Rule"]
    assert not {each["id"] for each in copies} & {each["id"] for each in rules}
