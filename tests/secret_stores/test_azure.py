"""Azure Key Vault, with Azure's client. A server on loopback stands in for the vault, a constant for the sign-in."""

from __future__ import annotations

import time
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

import pytest
import requests
from azure.core.credentials import AccessToken
from azure.core.exceptions import ClientAuthenticationError
from azure.core.pipeline.transport import RequestsTransport

from reconciler.secret_stores.azure_key_vault import AzureKeyVault, open_store
from reconciler.secret_stores.interface import StoreFailure, Surroundings
from tests.secret_stores.servers import NEW, PLACE, Answer, Server, failure, not_written, secrets, serving

CHALLENGE = 'Bearer authorization="https://login.microsoftonline.com/t", resource="https://vault.azure.net"'


class Credential:
    """A sign-in that always succeeds, or never."""

    def __init__(self, refuses: bool = False) -> None:
        self.refuses = refuses

    def get_token(self, *scopes: str, **options: Any) -> AccessToken:
        if self.refuses:
            raise ClientAuthenticationError("no credential")
        return AccessToken("a-token", int(time.time()) + 3600)


class ToServer(requests.adapters.HTTPAdapter):
    """Sends requests for a vault to the server."""

    def __init__(self, url: str) -> None:
        super().__init__()
        self.url = url

    def send(self, request: Any, *args: Any, **options: Any) -> Any:
        path = request.url.partition(".vault.azure.net")[2]
        request.url = self.url + path
        answer = super().send(request, *args, **options)
        if answer.status_code == 401:
            answer.headers["WWW-Authenticate"] = CHALLENGE
        return answer


@pytest.fixture
def server() -> Iterator[Server]:
    with serving() as one:
        yield one


def of(server: Server, monkeypatch: pytest.MonkeyPatch, *, refuses: bool = False, seconds: float = 30) -> Any:
    session = requests.Session()
    session.mount("https://acme.vault.azure.net", ToServer(server.url))
    transport = RequestsTransport(session=session, session_owner=False)
    vaults = AzureKeyVault(Credential(refuses), transport=transport)
    monkeypatch.setattr("reconciler.secret_stores.secrets.open_store", lambda scheme, surroundings: vaults)
    return secrets(seconds=seconds)


def signed_in(answer: Answer) -> Any:
    """An answer for requests with a token; the others are asked to sign in, as by Azure."""
    return lambda path, headers: answer if "Authorization" in headers else Answer({}, 401)


def test_a_secret_is_read_once(server: Server, monkeypatch: pytest.MonkeyPatch):
    server.answer = signed_in(Answer({"id": "https://acme.vault.azure.net/secrets/console/1", "value": "hunter2"}))
    found = of(server, monkeypatch)
    for _ in range(2):
        assert found("azure-kv:acme/console", PLACE).get_secret_value() == "hunter2"
    assert len(server.asked) == 2  # the first is asked to sign in
    assert server.asked[1].startswith("GET /secrets/console/?api-version=")


@pytest.mark.parametrize(
    ("answer", "message"),
    [
        (Answer({"error": {"code": "SecretNotFound"}}, 404), "Azure has no such secret"),
        (Answer({"error": {"code": "Forbidden"}}, 403), "Azure denies access to it"),
        (Answer({"error": {"code": "Unauthorized"}}, 401), "Azure did not accept the sign-in"),
        (Answer({"error": {"code": "Throttled"}}, 429), "Azure answered 429"),
        (Answer({}, 500), "Azure answered 500"),
        (Answer({}), "Azure answered without a value"),
        (Answer(b"<html>hunter2</html>"), "the answer is not one of Azure"),
        (Answer({"value": "x" * 65_537}), "the value is larger than 64 KB"),
        (Answer({"value": ""}), "the value is empty"),
    ],
)
def test_odd_answers(server: Server, answer: Answer, message: str, monkeypatch: pytest.MonkeyPatch):
    server.answer = signed_in(answer)
    assert failure(of(server, monkeypatch), "azure-kv:acme/console") == message


def test_a_sign_in_that_fails(server: Server, monkeypatch: pytest.MonkeyPatch):
    server.answer = signed_in(Answer())
    assert failure(of(server, monkeypatch, refuses=True), "azure-kv:acme/console") == "Azure did not accept the sign-in"


def test_a_server_that_does_not_answer(server: Server, monkeypatch: pytest.MonkeyPatch):
    server.answer = lambda path, headers: Answer(delay=2)
    assert failure(of(server, monkeypatch, seconds=0.5), "azure-kv:acme/x") == "no answer within 0.5 seconds"


def test_a_vault_that_cannot_be_reached(server: Server, monkeypatch: pytest.MonkeyPatch):
    server.url = "http://127.0.0.1:1"
    assert failure(of(server, monkeypatch), "azure-kv:acme/x") == "the vault cannot be reached"


@pytest.mark.parametrize(
    ("environ", "domain"),
    [
        ({}, "vault.azure.net"),
        ({"AZURE_AUTHORITY_HOST": "https://login.microsoftonline.us/"}, "vault.usgovcloudapi.net"),
        ({"AZURE_AUTHORITY_HOST": "login.chinacloudapi.cn"}, "vault.azure.cn"),
    ],
)
def test_vaults_of_national_clouds(environ: dict[str, str], domain: str):
    store = open_store(Surroundings(environ))
    assert isinstance(store, AzureKeyVault) and store.domain == domain


# Writing

ID = "https://acme.vault.azure.net/secrets/console/1"
HELD = {"id": ID, "value": "the-first-value", "tags": {"team": "payments"}, "contentType": "text/plain"}


def holding(server: Server, held: dict[str, Any] | None, refusal: Answer | None = None) -> list[Any]:
    """The vault has this secret, and takes new versions unless it refuses them. Returns those that it was sent."""
    versions = [held] if held else []
    taken: list[Any] = []

    def answer(path: str, headers: Any) -> Answer:
        if "Authorization" not in headers:
            return Answer({}, 401)
        if server.asked[-1].startswith("PUT"):
            taken.append(server.sent[-1])
            if refusal:
                return refusal
            versions.append({"id": ID, **server.sent[-1], "attributes": {"created": 1_700_000_000}})
        return Answer(versions[-1]) if versions else Answer({"error": {"code": "SecretNotFound"}}, 404)

    server.answer = answer
    return taken


def test_a_version_is_added_with_the_tags_of_the_one_before(server: Server, monkeypatch: pytest.MonkeyPatch):
    taken = holding(server, HELD)
    found = of(server, monkeypatch)
    found.write("azure-kv:acme/console", PLACE, NEW)
    assert found("azure-kv:acme/console", PLACE).get_secret_value() == NEW
    (sent,) = [one for one in taken if one]
    assert (sent["value"], sent["tags"], sent["contentType"]) == (NEW, HELD["tags"], HELD["contentType"])
    assert found.written("azure-kv:acme/console", PLACE) == datetime(2023, 11, 14, 22, 13, 20, tzinfo=UTC)


def test_a_secret_that_is_missing_is_created(server: Server, monkeypatch: pytest.MonkeyPatch):
    taken = holding(server, None)
    of(server, monkeypatch).write("azure-kv:acme/console", PLACE, NEW)
    assert [one["value"] for one in taken if one] == [NEW]


@pytest.mark.parametrize(
    ("answer", "message", "hint"),
    [
        (
            Answer({"error": {"code": "Forbidden"}}, 403),
            "Azure denies access to it",
            "give the identity of this run the role Key Vault Secrets Officer",
        ),
        (Answer({"error": {"code": "BadParameter", "message": NEW}}, 400), "Azure answered 400", "try again later"),
    ],
)
def test_refused_writes(server: Server, answer: Answer, message: str, hint: str, monkeypatch: pytest.MonkeyPatch):
    holding(server, HELD, answer)
    error = not_written(of(server, monkeypatch), "azure-kv:acme/console")
    assert error.message.endswith(message)
    assert (error.hint, error.may_be_stored) == (hint, False)


def test_a_vault_that_keeps_the_value_before(server: Server, monkeypatch: pytest.MonkeyPatch):
    holding(server, HELD, Answer(HELD))
    error = not_written(of(server, monkeypatch, seconds=1), "azure-kv:acme/console")
    assert error.message.endswith("the store returned another value than was written")


def test_a_secret_of_azure_has_no_keys():
    with pytest.raises(StoreFailure, match="have no keys"):
        AzureKeyVault(Credential()).write("acme/console", "key", NEW)
