"""Event hooks: verification, delivery, one retry, loopback addresses only."""

import json
from typing import Any

import httpx
import pytest

from okta_sandbox.event_hook_delivery import EventHookDelivery, is_eligible
from okta_sandbox.outbound import Outbound, is_loopback

from .conftest import Okta

URL = "http://127.0.0.1:9/hook"


class Receiver:
    """The receiver at the URL of a hook."""

    def __init__(self, okta: Okta) -> None:
        self.okta = okta
        self.requests: list[httpx.Request] = []
        self.answers: list[int | Exception] = []  # to deliveries; then 204
        self.verifies = True
        okta.sandbox.event_hooks = EventHookDelivery(Outbound(httpx.MockTransport(self.answer)))

    def answer(self, request: httpx.Request) -> httpx.Response:
        self.requests.append(request)
        if request.method == "GET":
            value = request.headers["x-okta-verification-challenge"] if self.verifies else "guess"
            return httpx.Response(200, json={"verification": value})
        answer = self.answers.pop(0) if self.answers else 204
        if isinstance(answer, Exception):
            raise answer
        return httpx.Response(answer)

    def deliveries(self) -> list[Any]:
        self.okta.finish(self.okta.sandbox.event_hooks.finish())
        return [json.loads(request.content) for request in self.requests if request.method == "POST"]


def hook(okta: Okta, uri: str = URL, *items: str) -> str:
    config = {
        "uri": uri,
        "headers": [{"key": "X-Team", "value": "identity"}],
        "authScheme": {"type": "HEADER", "key": "Authorization", "value": "s3cret"},
    }
    body = {
        "name": f"hook for {uri}",
        "events": {"type": "EVENT_TYPE", "items": list(items) or ["group.lifecycle.create", "zone.create"]},
        "channel": {"type": "HTTP", "version": "1.0.0", "config": config},
    }
    return str(okta.post("/api/v1/eventHooks", body)["id"])


@pytest.fixture
def receiver(okta: Okta) -> Receiver:
    return Receiver(okta)


def test_verified_hook_gets_events(okta: Okta, receiver: Receiver) -> None:
    identifier = hook(okta)
    okta.group("before")
    verified = okta.post(f"/api/v1/eventHooks/{identifier}/lifecycle/verify")
    assert verified["verificationStatus"] == "VERIFIED"
    okta.group("Team")
    okta.post("/api/v1/zones", {"type": "IP", "name": "not eligible"})
    (message,) = receiver.deliveries()
    (event,) = message["data"]["events"]
    assert (event["eventType"], event["target"][0]["displayName"]) == ("group.lifecycle.create", "Team")
    assert message["eventType"] == "com.okta.event_hook"
    assert message["source"].endswith(f"/api/v1/eventHooks/{identifier}")
    sent = receiver.requests[-1].headers
    assert (sent["authorization"], sent["x-team"]) == ("s3cret", "identity")
    okta.post(f"/api/v1/eventHooks/{identifier}/lifecycle/deactivate")
    okta.group("after")
    assert len(receiver.deliveries()) == 1


def test_wrong_challenge_is_not_verified(okta: Okta, receiver: Receiver) -> None:
    receiver.verifies = False
    okta.post(f"/api/v1/eventHooks/{hook(okta)}/lifecycle/verify", status=400)


@pytest.mark.parametrize(
    ("answers", "tries"),
    [([204], 1), ([404], 1), ([503, 204], 2), ([500, 500, 500], 2), ([httpx.ReadTimeout("late"), 200], 2)],
)
def test_delivery_is_retried_once(okta: Okta, receiver: Receiver, answers: list[Any], tries: int) -> None:
    okta.post(f"/api/v1/eventHooks/{hook(okta)}/lifecycle/verify")
    receiver.answers = answers
    okta.group("Team")
    assert len(receiver.deliveries()) == tries


def test_rolled_back_change_is_not_delivered(okta: Okta, receiver: Receiver) -> None:
    okta.post(f"/api/v1/eventHooks/{hook(okta)}/lifecycle/verify")
    okta.group("Team")
    okta.post("/api/v1/groups", {"profile": {"name": "Team"}}, status=400)
    assert len(receiver.deliveries()) == 1


def test_only_loopback_hooks_are_called(okta: Okta, receiver: Receiver) -> None:
    identifier = hook(okta, "https://hooks.example.com")
    assert okta.post(f"/api/v1/eventHooks/{identifier}/lifecycle/verify")["verificationStatus"] == "VERIFIED"
    okta.group("Team")
    assert receiver.deliveries() == []
    assert receiver.requests == []


@pytest.mark.parametrize(
    ("url", "here"),
    [
        ("http://localhost:1/x", True),
        ("http://127.9.9.9", True),
        ("http://[::1]/", True),
        ("http://127.0.0.1.example.com", False),
        ("http://127.0.0.1@example.com", False),
        ("http://10.0.0.1", False),
        ("http://[", False),
        ("", False),
    ],
)
def test_loopback_addresses(url: str, here: bool) -> None:
    assert is_loopback(url) is here


@pytest.mark.parametrize(
    ("event", "told"),
    [
        ("policy.rule.add", True),
        ("policy.lifecycle.create", False),
        ("oauth2.as.created", False),
        ("iam.role.create", True),
        ("system.api_token.create", True),
        ("system.api_token.update", False),
        ("app.oauth2.client.privilege.grant", True),
        ("app.oauth2.trusted_server.add", True),
        ("application.provision.group_push.mapping.created", False),
        ("group.user_membership.rule.deactivated", False),
        ("group.user_membership.add", True),
        ("user.lifecycle.delete.completed", False),
        ("user.lifecycle.delete.initiated", True),
    ],
)
def test_eligible_events(event: str, told: bool) -> None:
    """`events.json` beside the repository: what Okta's catalogue says of delivery."""
    assert is_eligible(event) is told
