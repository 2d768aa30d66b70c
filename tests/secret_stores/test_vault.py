"""Vault: a real OpenBao server, and a server on loopback for the answers that a real one gives only when it fails."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import httpx
import jwt
import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec
from hvac.adapters import JSONAdapter

from reconciler.definitions.secrets import SecretMissing
from reconciler.known_secrets import REDACTED, KnownSecrets
from tests.secret_stores.servers import (
    NEW,
    PLACE,
    Answer,
    Server,
    failure,
    free_port,
    not_written,
    refusal,
    secrets,
    serving,
)

ROOT_TOKEN = "root-token-of-the-tests"
POLICY = """
path "secret/data/payments/*" { capabilities = ["read"] }
path "secret/data/payments/apps/*" { capabilities = ["create", "update", "read"] }
path "old/payments/*" { capabilities = ["read"] }
path "old/payments/apps/*" { capabilities = ["create", "update", "read"] }
path "database/*" { capabilities = ["read"] }
"""


@dataclass
class Bao:
    """A running OpenBao server."""

    url: str

    def ask(self, method: str, path: str, body: Any = None, token: str = ROOT_TOKEN) -> Any:
        url, headers = f"{self.url}/v1/{path}", {"X-Vault-Token": token}
        answer = httpx.request(method, url, headers=headers, json=body, trust_env=False)
        assert answer.is_success, answer.text
        return answer.json() if answer.content else None

    def token(self, **options: Any) -> str:
        """A token that may read what belongs to payments."""
        body = {"policies": ["payments"], **options}
        made: str = self.ask("POST", "auth/token/create", body)["auth"]["client_token"]
        return made

    def environ(self, **others: str) -> dict[str, str]:
        return {"VAULT_ADDR": self.url, "VAULT_TOKEN": self.token(), **others}


@pytest.fixture(scope="module")
def bao(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Bao]:
    port = free_port()
    line = ["bao", "server", "-dev", f"-dev-root-token-id={ROOT_TOKEN}", f"-dev-listen-address=127.0.0.1:{port}"]
    home = {"PATH": f"{Path(sys.executable).parent}:{os.environ['PATH']}", "HOME": str(tmp_path_factory.mktemp("home"))}
    log = (tmp_path_factory.mktemp("log") / "bao").open("w")
    with subprocess.Popen([*line, "-dev-no-store-token"], stdout=log, stderr=log, env=home) as server, log:
        try:
            yield prepared(Bao(f"http://127.0.0.1:{port}"))
        finally:
            server.terminate()


def prepared(bao: Bao) -> Bao:
    for _ in range(200):
        try:
            if httpx.get(f"{bao.url}/v1/sys/health", trust_env=False).is_success:
                break
        except httpx.HTTPError:
            time.sleep(0.1)
    bao.ask("PUT", "sys/policies/acl/payments", {"policy": POLICY})
    bao.ask("POST", "sys/mounts/old", {"type": "kv", "options": {"version": "1"}})
    bao.ask("POST", "old/payments/console", {"client_secret": "of-version-one"})
    entry = {"client_secret": "of-version-two", "port": 8443, "empty": "", "large": "x" * 70_000}
    bao.ask("POST", "secret/data/payments/console", {"data": entry})
    bao.ask("POST", "secret/data/payments/gone", {"data": {"a": "b"}})
    bao.ask("DELETE", "secret/data/payments/gone")
    bao.ask("POST", "secret/data/identity/directory", {"data": {"client_secret": "of-another-team"}})
    return bao


def test_both_versions_of_the_engine(bao: Bao):
    known = KnownSecrets()
    found = secrets(bao.environ(), known=known)
    assert found("vault:secret/payments/console#client_secret", PLACE).get_secret_value() == "of-version-two"
    assert found("vault:old/payments/console#client_secret", PLACE).get_secret_value() == "of-version-one"
    assert known.redact("of-version-two, of-version-one") == f"{REDACTED}, {REDACTED}"


@pytest.mark.parametrize(
    ("reference", "message"),
    [
        ("vault:secret/payments/console#absent", "the entry has no key absent"),
        ("vault:secret/payments/console#port", "the value is not a text"),
        ("vault:secret/payments/console#empty", "the value is empty"),
        ("vault:secret/payments/console#large", "the value is larger than 64 KB"),
        ("vault:secret/payments/absent#a", "Vault has no such entry"),
        ("vault:secret/payments/gone#a", "the newest version of the entry is deleted"),
        ("vault:secret/identity/directory#client_secret", "Vault denies access to it, or has no such mount"),
        ("vault:absent/payments#a", "Vault denies access to it, or has no such mount"),
        ("vault:secret/data/payments/console#client_secret", "Vault denies access to it, or has no such mount"),
    ],
)
def test_what_cannot_be_read(bao: Bao, reference: str, message: str):
    assert failure(secrets(bao.environ()), reference) == message


@pytest.mark.parametrize("path", ["auth/token/lookup-self#id", "cubbyhole/own#a", "sys/auth#type", "identity/x#a"])
def test_only_key_value_engines_are_read(bao: Bao, path: str):
    """With a token that may do everything: it could be read from `auth/token/lookup-self`."""
    found = secrets({"VAULT_ADDR": bao.url, "VAULT_TOKEN": ROOT_TOKEN})
    assert failure(found, f"vault:{path}") in (
        "this is no path of a key/value engine",
        "Vault denies access to it, or has no such mount",
    )


def test_an_expired_token(bao: Bao):
    environ = bao.environ(VAULT_TOKEN=bao.token(ttl="1s", explicit_max_ttl="1s"))
    time.sleep(1.5)
    found = secrets(environ)
    message = failure(found, "vault:secret/payments/console#client_secret")
    assert message == "Vault does not accept the token, which may have expired, or denies access to it"


def test_sign_in_by_approle(bao: Bao):
    if "approle/" not in bao.ask("GET", "sys/auth")["data"]:
        bao.ask("POST", "sys/auth/approle", {"type": "approle"})
    bao.ask("POST", "auth/approle/role/okta", {"token_policies": ["payments"]})
    role = bao.ask("GET", "auth/approle/role/okta/role-id")["data"]["role_id"]
    secret = bao.ask("POST", "auth/approle/role/okta/secret-id", {})["data"]["secret_id"]
    environ = {"VAULT_ADDR": bao.url, "VAULT_AUTH_METHOD": "approle", "VAULT_ROLE_ID": role, "VAULT_SECRET_ID": secret}
    found = secrets(environ)
    assert found("vault:secret/payments/console#client_secret", PLACE).get_secret_value() == "of-version-two"

    refused = secrets(environ | {"VAULT_SECRET_ID": "another"})
    assert failure(refused, "vault:secret/payments/console#port") == "Vault refuses the sign-in by approle"
    unset = secrets({name: value for name, value in environ.items() if name != "VAULT_ROLE_ID"})
    assert failure(unset, "vault:secret/payments/console#port") == "the environment variable VAULT_ROLE_ID is not set"


@pytest.mark.parametrize("given", ["variable", "file", "github"])
def test_sign_in_by_jwt(bao: Bao, tmp_path: Path, given: str):
    """As a job does, with the token of its OpenID Connect provider: GitHub issues it when it is asked."""
    key = ec.generate_private_key(ec.SECP256R1())
    public = key.public_key().public_bytes(serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo)
    path = f"jwt-{given}"
    bao.ask("POST", f"sys/auth/{path}", {"type": "jwt"})
    bao.ask("POST", f"auth/{path}/config", {"jwt_validation_pubkeys": [public.decode()]})
    role = {"role_type": "jwt", "user_claim": "sub", "bound_audiences": "bao", "token_policies": ["payments"]}
    bao.ask("POST", f"auth/{path}/role/okta", role)
    token = jwt.encode({"sub": "repo", "aud": "bao", "exp": time.time() + 60}, key, algorithm="ES256")
    (tmp_path / "token").write_text(f"{token}\n")
    known = KnownSecrets()
    environ = {"VAULT_ADDR": bao.url, "VAULT_AUTH_METHOD": "jwt", "VAULT_AUTH_ROLE": "okta", "VAULT_AUTH_PATH": path}
    with serving() as github:
        github.answer = lambda path, headers: Answer(
            {"value": token} if headers["Authorization"] == f"Bearer {REQUEST_TOKEN}" else {}
        )
        environ |= {
            "variable": {"VAULT_JWT": token, "VAULT_JWT_AUDIENCE": "unused"},
            "file": {"VAULT_JWT_FILE": str(tmp_path / "token")},
            "github": {"VAULT_JWT": "", "VAULT_JWT_AUDIENCE": "bao", **of_github(github.url)},
        }[given]
        found = secrets(environ, known=known)
        assert found("vault:secret/payments/console#client_secret", PLACE).get_secret_value() == "of-version-two"
        assert github.asked == (["GET /token?api-version=2.0&audience=bao"] if given == "github" else [])
    assert known.redact(token) == REDACTED


REQUEST_TOKEN = "token-to-ask-for-a-token"


def of_github(url: str) -> dict[str, str]:
    """What a job of GitHub Actions gets with the permission `id-token: write`."""
    return {
        "ACTIONS_ID_TOKEN_REQUEST_URL": f"{url}/token?api-version=2.0",
        "ACTIONS_ID_TOKEN_REQUEST_TOKEN": REQUEST_TOKEN,
    }


BY_GITHUB = {"VAULT_AUTH_METHOD": "jwt", "VAULT_AUTH_ROLE": "okta", "VAULT_JWT_AUDIENCE": "bao"}


@pytest.mark.parametrize(
    ("answer", "message"),
    [
        (Answer({"message": REQUEST_TOKEN}, 403), "GitHub's token service answered 403"),
        (Answer({"value": REQUEST_TOKEN}, 307), "GitHub's token service answered 307"),
        (Answer(b"<html>"), "GitHub's token service answered without a token"),
        (Answer([]), "GitHub's token service answered without a token"),
        (Answer({"value": ""}), "GitHub's token service answered without a token"),
    ],
)
def test_a_token_that_github_does_not_issue(answer: Answer, message: str):
    known = KnownSecrets()
    with serving() as github:
        github.answer = lambda path, headers: answer
        environ = {"VAULT_ADDR": "http://127.0.0.1:1", **BY_GITHUB, **of_github(github.url)}
        assert failure(secrets(environ, known=known), "vault:secret/x#a") == message
    assert known.redact(REQUEST_TOKEN) == REDACTED


@pytest.mark.parametrize(
    ("environ", "message"),
    [
        ({}, "this run cannot get a token of GitHub Actions"),
        (of_github("http://token.example"), "ACTIONS_ID_TOKEN_REQUEST_URL does not begin with https://"),
        (of_github("http://127.0.0.1:1"), "GitHub's token service cannot be reached (ConnectError)"),
        (of_github("https://[::1"), "ACTIONS_ID_TOKEN_REQUEST_URL is not a URL"),
    ],
)
def test_a_job_that_cannot_get_a_token(environ: dict[str, str], message: str):
    found = secrets({"VAULT_ADDR": "http://127.0.0.1:1", **BY_GITHUB, **environ})
    assert failure(found, "vault:secret/x#a") == message


# Writing


@pytest.mark.parametrize("engine", ["secret/data", "old"])
def test_a_key_is_written_and_the_others_stay(bao: Bao, engine: str):
    mount = engine.partition("/")[0]
    before = {"client_secret": "the-first-value", "port": 8443, "nested": {"a": [1]}}
    bao.ask("POST", f"{engine}/payments/apps/console", {"data": before} if mount == "secret" else before)
    found = secrets(bao.environ())
    reference = f"vault:{mount}/payments/apps/console#client_secret"
    assert found(reference, PLACE).get_secret_value() == "the-first-value"
    found.write(reference, PLACE, NEW)
    assert found(reference, PLACE).get_secret_value() == NEW
    data = bao.ask("GET", f"{engine}/payments/apps/console")["data"]
    assert (data["data"] if mount == "secret" else data) == before | {"client_secret": NEW}
    written = found.written(reference, PLACE)
    if mount == "old":
        assert written is None
    else:
        assert written and abs((datetime.now(UTC) - written).total_seconds()) < 60


@pytest.mark.parametrize("mount", ["secret", "old"])
def test_an_entry_that_does_not_exist_is_created(bao: Bao, mount: str):
    found = secrets(bao.environ())
    found.write(f"vault:{mount}/payments/apps/new#client_secret", PLACE, NEW)
    found.write(f"vault:{mount}/payments/apps/new#other", PLACE, "another-secret")
    assert found(f"vault:{mount}/payments/apps/new#client_secret", PLACE).get_secret_value() == NEW


def test_an_entry_whose_newest_version_is_deleted_is_not_written(bao: Bao):
    """Its other keys would be forgotten."""
    bao.ask("POST", "secret/data/payments/apps/gone", {"data": {"a": "b"}})
    bao.ask("DELETE", "secret/data/payments/apps/gone")
    assert refusal(secrets(bao.environ()), "vault:secret/payments/apps/gone#a").startswith("the newest version")
    with pytest.raises(SecretMissing, match="Vault has no such entry"):
        secrets(bao.environ()).written("vault:secret/payments/apps/absent#a", PLACE)


@pytest.mark.parametrize("mount", ["secret", "old"])
def test_a_policy_without_the_permission_to_write(bao: Bao, mount: str):
    error = not_written(secrets(bao.environ()), f"vault:{mount}/payments/console#client_secret")
    assert error.message.endswith("Vault denies access to it, or has no such mount")
    assert error.hint == "grant a policy of this run `create` and `update` on the path"
    assert not error.may_be_stored


def test_a_value_that_is_not_a_text_is_not_replaced(bao: Bao):
    bao.ask("POST", "secret/data/payments/apps/odd", {"data": {"port": 8443}})
    assert refusal(secrets(bao.environ()), "vault:secret/payments/apps/odd#port") == "the present value is not a text"


@pytest.mark.parametrize("times", [1, 3])
def test_what_others_write_at_the_same_time_is_kept(bao: Bao, times: int, monkeypatch: pytest.MonkeyPatch):
    path = "secret/data/payments/apps/shared"
    bao.ask("POST", path, {"data": {"a": "the-first-value"}})
    seen: list[str] = []
    post = JSONAdapter.post

    def after_others(self: Any, url: str, **options: Any) -> Any:
        if len(seen) < times:
            seen.append(url)
            bao.ask("POST", path, {"data": {"a": "the-first-value", "of-others": f"write-{len(seen)}"}})
        return post(self, url, **options)

    monkeypatch.setattr(JSONAdapter, "post", after_others)
    found, reference = secrets(bao.environ()), "vault:secret/payments/apps/shared#a"
    if times == 1:
        found.write(reference, PLACE, NEW)
        assert bao.ask("GET", path)["data"]["data"] == {"a": NEW, "of-others": "write-1"}
    else:
        assert refusal(found, reference) == "others change the entry at the same time"
        assert bao.ask("GET", path)["data"]["data"] == {"a": "the-first-value", "of-others": "write-3"}


# A server on loopback


@pytest.fixture
def server() -> Iterator[Server]:
    with serving() as one:
        yield one


def like_vault(path: str, headers: Any) -> Answer:
    if path.startswith("/v1/sys/internal/ui/mounts/"):
        return Answer({"data": {"type": "kv", "path": "secret/", "options": {"version": "2"}}})
    if path == "/v1/auth/kubernetes/login":
        return Answer({"auth": {"client_token": "token-of-the-pod"}})
    return Answer({"data": {"data": {"a": "the-first", "b": "the-second"}, "metadata": {}}})


def of(server: Server, **others: str) -> Any:
    seconds = float(others.pop("seconds", "30"))
    return secrets({"VAULT_ADDR": server.url, "VAULT_TOKEN": "a-token", **others}, seconds=seconds)


def test_sign_in_by_kubernetes(server: Server, tmp_path: Path):
    """The sign-in needs a cluster that checks the token, so that the server stands in for Vault here."""
    server.answer = like_vault
    (tmp_path / "token").write_text("jwt-of-the-pod")
    environ = {"VAULT_AUTH_METHOD": "kubernetes", "VAULT_AUTH_ROLE": "okta", "VAULT_JWT_FILE": str(tmp_path / "token")}
    assert of(server, **environ)("vault:secret/x#a", PLACE).get_secret_value() == "the-first"
    assert server.asked[0] == "POST /v1/auth/kubernetes/login"


def test_an_entry_is_read_once(server: Server):
    server.answer = like_vault
    found = of(server)
    found.begin([("vault:secret/x#a", PLACE), ("vault:secret/x#b", PLACE)])
    assert found("vault:secret/x#b", PLACE).get_secret_value() == "the-second"
    assert found("vault:secret/x#a", PLACE).get_secret_value() == "the-first"
    assert server.asked == ["GET /v1/sys/internal/ui/mounts/secret/x", "GET /v1/secret/data/x"]


@pytest.mark.parametrize(
    ("answer", "message"),
    [
        (Answer(b"<html>"), "the answer is not one of Vault"),
        (Answer([]), "the answer is not one of Vault"),
        (Answer({"data": "x"}), "the answer is not one of Vault"),
        (Answer({"errors": ["sealed"]}, 503), "Vault answered with an error (VaultDown)"),
        (Answer({"errors": ["no"]}, 500), "Vault answered with an error (InternalServerError)"),
        (Answer({"errors": []}, 307), "the answer is not one of Vault"),
        (Answer({"data": {"type": "kv", "path": "other/"}}), "this is no path of a key/value engine"),
        (Answer({"data": {"type": "kv", "path": ""}}), "this is no path of a key/value engine"),
        (
            Answer({"data": {"type": "kv", "path": "secret/", "options": {"version": "3"}}}),
            "version 3 of the kv engine is not known",
        ),
    ],
)
def test_odd_answers(server: Server, answer: Answer, message: str):
    server.answer = lambda path, headers: answer
    assert failure(of(server), "vault:secret/x#a") == message


def test_a_version_without_data(server: Server):
    server.answer = lambda path, headers: (
        like_vault(path, headers) if "mounts" in path else Answer({"data": {"data": None, "metadata": {}}})
    )
    assert failure(of(server), "vault:secret/x#a") == "the newest version of the entry is deleted"


def test_a_server_that_cannot_be_reached():
    environ = {"VAULT_ADDR": f"http://127.0.0.1:{free_port()}", "VAULT_TOKEN": "a-token"}
    assert failure(secrets(environ), "vault:secret/x#a") == "Vault cannot be reached"


def test_a_server_that_does_not_answer(server: Server):
    server.answer = lambda path, headers: Answer(delay=3)
    begun = time.monotonic()
    assert failure(of(server, seconds="0.5"), "vault:secret/x#a") == "no answer within 0.5 seconds"
    assert time.monotonic() - begun < 2.9


@pytest.mark.parametrize(
    ("environ", "message"),
    [
        ({}, "the environment variable VAULT_ADDR is not set"),
        ({"VAULT_ADDR": "http://127.0.0.1:1", "HOME": "/nowhere"}, "there is no token for Vault"),
        (
            {"VAULT_ADDR": "http://127.0.0.1:1", "VAULT_AUTH_METHOD": "magic"},
            "VAULT_AUTH_METHOD has a value that is not known",
        ),
    ],
)
def test_settings_that_are_missing(environ: dict[str, str], message: str, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("HOME", "/nowhere")
    assert failure(secrets(environ), "vault:secret/x#a") == message


def test_the_value_is_in_no_message(bao: Bao):
    """Not even in that of a value that is not a text."""
    bao.ask("POST", "secret/data/payments/odd", {"data": {"a": {"nested": "hunter2-hunter2"}}})
    message = failure(secrets(bao.environ()), "vault:secret/payments/odd#a")
    assert "hunter2" not in message + json.dumps(message)


def writes(server: Server, answer: Answer) -> None:
    """Reading works as with Vault; writing gets this answer."""
    server.answer = lambda path, headers: answer if server.asked[-1].startswith("POST") else like_vault(path, headers)


@pytest.mark.parametrize(
    ("answer", "message"),
    [
        (Answer({"errors": ["sealed"]}, 503), "Vault answered with an error (VaultDown)"),
        (Answer({"errors": ["missing data"]}, 400), "Vault answered with an error (InvalidRequest)"),
        (Answer({"errors": []}, 307), "the answer is not one of Vault"),
        (Answer(b"<html>"), "the answer is not one of Vault"),
    ],
)
def test_odd_answers_to_a_write(server: Server, answer: Answer, message: str):
    writes(server, answer)
    assert refusal(of(server), "vault:secret/x#a") == message


def test_a_server_that_goes_away_between_reading_and_writing(server: Server):
    """It may be that only the answer was lost."""

    def answer(path: str, headers: Any) -> Answer:
        if server.asked[-1].startswith("GET /v1/secret/data"):
            gone.append(path)
        return Answer({}, 502) if len(gone) > 1 or server.asked[-1].startswith("POST") else like_vault(path, headers)

    gone: list[str] = []
    server.answer = answer
    error = not_written(of(server), "vault:secret/x#a")
    assert error.message.endswith("Vault answered with an error (BadGateway)")
    assert error.may_be_stored


def test_a_write_that_is_not_answered_in_time(server: Server):
    writes(server, Answer(delay=3))
    error = not_written(of(server, seconds="0.5"), "vault:secret/x#a")
    assert error.message.endswith("no answer within 0.5 seconds")
    assert error.may_be_stored


def test_a_server_that_does_not_keep_the_value(server: Server):
    writes(server, Answer({"data": {"version": 2}}))
    error = not_written(of(server, seconds="0.5"), "vault:secret/x#a")
    assert error.message.endswith("the store returned another value than was written")


def test_odd_times(server: Server):
    metadata = {"created_time": "yesterday", "version": 1}
    server.answer = lambda path, headers: (
        like_vault(path, headers) if "mounts" in path else Answer({"data": {"data": {}, "metadata": metadata}})
    )
    with pytest.raises(SecretMissing, match="the answer is not one of Vault"):
        of(server).written("vault:secret/x#a", PLACE)
