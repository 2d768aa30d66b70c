"""Google Cloud Secret Manager, with Google's client: a server on loopback stands in for the API, without a sign-in."""

from __future__ import annotations

import base64
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

import pytest
from google.auth.credentials import AnonymousCredentials
from google.cloud.secretmanager import SecretManagerServiceClient
from google.cloud.secretmanager_v1.services.secret_manager_service.transports import SecretManagerServiceRestTransport

from reconciler.secret_stores.gcp_secret_manager import GcpSecretManager
from tests.secret_stores.servers import NEW, PLACE, Answer, Server, failure, not_written, secrets, serving


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


# Writing

SECRET = "gcp-sm:acme-payments/console"


def test_a_version_is_added_and_read_by_its_number(server: Server, monkeypatch: pytest.MonkeyPatch):
    """`latest` may be the earlier version for minutes."""
    held = {"latest": b"the-first-value", "1": b"the-first-value"}
    name = "projects/17/secrets/console/versions/2"

    def answer(path: str, headers: Any) -> Answer:
        path = path.partition("?")[0]
        if path.endswith(":addVersion"):
            held["2"] = base64.b64decode(server.sent[-1]["payload"]["data"])
            return Answer({"name": name, "state": "ENABLED"})
        if path.endswith(":access"):
            return payload(held[path.rpartition("/")[2].partition(":")[0]])
        return Answer({"name": name, "createTime": "2026-03-01T12:00:00.123456789Z"})

    server.answer = answer
    found = of(server, monkeypatch)
    assert found(SECRET, PLACE).get_secret_value() == "the-first-value"
    found.write(SECRET, PLACE, NEW)
    assert found(SECRET, PLACE).get_secret_value() == NEW
    assert found(f"{SECRET}/1", PLACE).get_secret_value() == "the-first-value"
    written = found.written(SECRET, PLACE)
    assert written and written.replace(microsecond=0) == datetime(2026, 3, 1, 12, tzinfo=UTC)
    assert [one.partition("?")[0] for one in server.asked if "addVersion" in one] == [
        "POST /v1/projects/acme-payments/secrets/console:addVersion"
    ]


@pytest.mark.parametrize(
    ("answer", "message", "hint"),
    [
        (
            refusal(404, "NOT_FOUND"),
            "Google Cloud has no such secret",
            "create the secret acme-payments/console, or correct the names",
        ),
        (
            refusal(403, "PERMISSION_DENIED"),
            "Google Cloud denies access to it",
            "give the account of this run the role Secret Manager Secret Version Adder",
        ),
        (refusal(400, "INVALID_ARGUMENT"), "Google Cloud answered 400", "check that the version is enabled"),
    ],
)
def test_refused_writes(server: Server, answer: Answer, message: str, hint: str, monkeypatch: pytest.MonkeyPatch):
    server.answer = lambda path, headers: answer if "addVersion" in path else payload(b"the-first-value")
    error = not_written(of(server, monkeypatch), SECRET)
    assert error.message.endswith(message)
    assert (error.hint, error.may_be_stored) == (hint, False)


def test_a_version_without_a_time(server: Server, monkeypatch: pytest.MonkeyPatch):
    server.answer = lambda path, headers: Answer({"name": "n"})
    assert of(server, monkeypatch).written(SECRET, PLACE) is None
