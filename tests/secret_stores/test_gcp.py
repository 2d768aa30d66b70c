"""Google Cloud Secret Manager, with Google's client: a server on loopback stands in for the API, without a sign-in."""

from __future__ import annotations

import base64
from collections.abc import Iterator
from typing import Any

import pytest
from google.auth.credentials import AnonymousCredentials
from google.cloud.secretmanager import SecretManagerServiceClient
from google.cloud.secretmanager_v1.services.secret_manager_service.transports import SecretManagerServiceRestTransport

from reconciler.secret_stores.gcp_secret_manager import GcpSecretManager
from tests.secret_stores.servers import PLACE, Answer, Server, failure, secrets, serving


@pytest.fixture
def server() -> Iterator[Server]:
    with serving() as one:
        yield one


def of(server: Server, monkeypatch: pytest.MonkeyPatch, seconds: float = 30) -> Any:
    host = server.url.removeprefix("http://")
    transport = SecretManagerServiceRestTransport(host=host, credentials=AnonymousCredentials(), url_scheme="http")
    store = GcpSecretManager(SecretManagerServiceClient(transport=transport))
    monkeypatch.setattr("reconciler.secret_stores.secrets.open_store", lambda scheme, surroundings: store)
    return secrets(seconds=seconds)


def payload(value: bytes) -> Answer:
    return Answer({"name": "n", "payload": {"data": base64.b64encode(value).decode()}})


def refusal(status: int, word: str) -> Answer:
    return Answer({"error": {"code": status, "message": "no", "status": word}}, status)


def test_a_secret_is_read_once(server: Server, monkeypatch: pytest.MonkeyPatch):
    server.answer = lambda path, headers: payload(b"hunter2")
    found = of(server, monkeypatch)
    for _ in range(2):
        assert found("gcp-sm:acme-payments/Console", PLACE).get_secret_value() == "hunter2"
    found("gcp-sm:acme-payments/Console/3", PLACE)
    path = "GET /v1/projects/acme-payments/secrets/Console/versions/"
    assert [asked.partition("?")[0].partition(":access")[0] for asked in server.asked] == [f"{path}latest", f"{path}3"]


@pytest.mark.parametrize(
    ("answer", "message"),
    [
        (refusal(404, "NOT_FOUND"), "Google Cloud has no such secret"),
        (refusal(403, "PERMISSION_DENIED"), "Google Cloud denies access to it"),
        (refusal(401, "UNAUTHENTICATED"), "Google Cloud did not accept the sign-in"),
        (refusal(400, "FAILED_PRECONDITION"), "Google Cloud answered 400"),
        (refusal(500, "INTERNAL"), "Google Cloud answered 500"),
        (Answer(b"<html>hunter2</html>"), "the answer is not one of Google Cloud"),
        (payload(b"\xff\xfe"), "the value is not UTF-8 text"),
        (payload(b"x" * 65_537), "the value is larger than 64 KB"),
        (payload(b""), "the value is empty"),
    ],
)
def test_odd_answers(server: Server, answer: Answer, message: str, monkeypatch: pytest.MonkeyPatch):
    server.answer = lambda path, headers: answer
    assert failure(of(server, monkeypatch), "gcp-sm:acme-payments/console") == message


def test_a_server_that_does_not_answer(server: Server, monkeypatch: pytest.MonkeyPatch):
    server.answer = lambda path, headers: Answer(delay=2)
    assert failure(of(server, monkeypatch, seconds=0.5), "gcp-sm:acme-x1/x") == "no answer within 0.5 seconds"


def test_a_server_that_cannot_be_reached(server: Server, monkeypatch: pytest.MonkeyPatch):
    server.url = "http://127.0.0.1:1"
    assert failure(of(server, monkeypatch), "gcp-sm:acme-x1/x") == "Google Cloud cannot be reached"


def test_without_credentials(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("GOOGLE_APPLICATION_CREDENTIALS", "/nowhere")
    assert failure(secrets(), "gcp-sm:acme-x1/x") == "there are no credentials for Google Cloud"
