from typing import Any

from .conftest import Okta

PATH = "/integrations/api/v1/api-services"
BODY: dict[str, Any] = {"type": "my_log_reader", "grantedScopes": ["okta.logs.read", "okta.users.read"]}


def test_only_the_answer_to_create_shows_the_secret(okta: Okta) -> None:
    made = okta.post(PATH, BODY, status=201)
    secret = made.pop("clientSecret")
    assert (made["name"], made["grantedScopes"]) == ("My Log Reader", BODY["grantedScopes"])
    assert okta.get(f"{PATH}/{made['id']}") == made
    assert okta.get(PATH) == [made]
    (listed,) = okta.get(f"{PATH}/{made['id']}/credentials/secrets")
    assert (listed["status"], listed["client_secret"] != secret) == ("ACTIVE", True)


def test_secrets_are_rotated(okta: Okta) -> None:
    secrets = f"{PATH}/{okta.post(PATH, BODY, status=201)['id']}/credentials/secrets"
    (first,) = okta.get(secrets)
    second = okta.post(secrets, status=201)
    okta.post(secrets, status=400)
    assert len(second["client_secret"]) > len(okta.get(secrets)[1]["client_secret"])
    okta.delete(f"{secrets}/{first['id']}", status=400)
    assert okta.post(f"{secrets}/{first['id']}/lifecycle/deactivate")["status"] == "INACTIVE"
    okta.delete(f"{secrets}/{first['id']}")
    assert [each["id"] for each in okta.get(secrets)] == [second["id"]]


def test_an_integration_has_scopes_of_okta_and_cannot_be_changed(okta: Okta) -> None:
    okta.post(PATH, {**BODY, "grantedScopes": []}, status=400)
    okta.post(PATH, {**BODY, "grantedScopes": ["everything"]}, status=400)
    made = okta.post(PATH, BODY, status=201)
    okta.put(f"{PATH}/{made['id']}", BODY, status=405)
    okta.delete(f"{PATH}/{made['id']}")
    assert okta.get(PATH) == []
    own = [event for event in okta.events() if event.startswith("integration.api_service.")]
    assert own == ["integration.api_service.lifecycle.authorize", "integration.api_service.lifecycle.revoke"]
