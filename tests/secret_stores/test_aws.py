"""AWS Secrets Manager and Parameter Store: moto's server, and a server on loopback for failures."""

from __future__ import annotations

import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import suppress
from typing import Any

import boto3
import httpx
import pytest

from reconciler.known_secrets import REDACTED, KnownSecrets
from tests.secret_stores.servers import PLACE, Answer, Server, failure, free_port, secrets, serving


@pytest.fixture(scope="module")
def moto() -> Iterator[str]:
    """The address of a region with some secrets."""
    port = free_port()
    address = f"http://127.0.0.1:{port}"
    line = [sys.executable, "-m", "moto.server", "-H", "127.0.0.1", "-p", str(port)]
    with subprocess.Popen(line, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as server:
        try:
            for _ in range(200):
                with suppress(httpx.HTTPError):
                    httpx.get(f"{address}/moto-api/", trust_env=False)
                    break
                time.sleep(0.1)
            fill(address)
            yield address
        finally:
            server.terminate()


def fill(address: str) -> None:
    keys = {"aws_access_key_id": "a", "aws_secret_access_key": "b", "region_name": "eu-central-1"}
    manager = boto3.client("secretsmanager", endpoint_url=address, **keys)
    manager.create_secret(Name="payments/console", SecretString='{"client_secret": "in-the-manager", "port": 1}')
    manager.create_secret(Name="payments/plain", SecretString="plain-in-the-manager")
    manager.create_secret(Name="payments/binary", SecretBinary=b"\x00\x01")
    parameters = boto3.client("ssm", endpoint_url=address, **keys)
    parameters.put_parameter(Name="/payments/console", Value="in-the-parameter", Type="SecureString")
    parameters.put_parameter(Name="console", Value="one-part", Type="String")
    parameters.put_parameter(Name="/payments/list", Value="a,b", Type="StringList")


def sign_in(monkeypatch: pytest.MonkeyPatch, address: str) -> None:
    for name, value in {
        "AWS_ENDPOINT_URL": address,
        "AWS_ACCESS_KEY_ID": "a",
        "AWS_SECRET_ACCESS_KEY": "b",
        "AWS_REGION": "eu-central-1",
        "AWS_DEFAULT_REGION": "eu-central-1",
        "AWS_EC2_METADATA_DISABLED": "true",
        "AWS_CONFIG_FILE": "/nowhere",
        "AWS_SHARED_CREDENTIALS_FILE": "/nowhere",
    }.items():
        monkeypatch.setenv(name, value)


@pytest.mark.parametrize(
    ("reference", "value"),
    [
        ("aws-sm:payments/console#client_secret", "in-the-manager"),
        ("aws-sm:payments/plain", "plain-in-the-manager"),
        ("aws-ssm:/payments/console", "in-the-parameter"),
        ("aws-ssm:console", "one-part"),
    ],
)
def test_secrets_are_read(moto: str, reference: str, value: str, monkeypatch: pytest.MonkeyPatch):
    sign_in(monkeypatch, moto)
    known = KnownSecrets()
    assert secrets(known=known)(reference, PLACE).get_secret_value() == value
    assert known.redact(f"the {value}.") == f"the {REDACTED}."


@pytest.mark.parametrize(
    ("reference", "message"),
    [
        ("aws-sm:payments/absent", "AWS has no such entry"),
        ("aws-sm:payments/console#absent", "the entry has no key absent"),
        ("aws-sm:payments/console#port", "the value is not a text"),
        ("aws-sm:payments/plain#client_secret", "the entry is not a JSON object, so it has no keys"),
        ("aws-sm:payments/binary", "the value is binary"),
        ("aws-ssm:/payments/absent", "AWS has no such entry"),
        ("aws-ssm:/payments/list", "the parameter is a list"),
    ],
)
def test_what_cannot_be_read(moto: str, reference: str, message: str, monkeypatch: pytest.MonkeyPatch):
    sign_in(monkeypatch, moto)
    assert failure(secrets(), reference) == message


@pytest.fixture
def server(monkeypatch: pytest.MonkeyPatch) -> Iterator[Server]:
    with serving() as one:
        sign_in(monkeypatch, one.url)
        yield one


def error(code: str, status: int = 400) -> Answer:
    return Answer({"__type": code, "message": "no"}, status)


@pytest.mark.parametrize(
    ("answer", "message"),
    [
        (error("AccessDeniedException"), "AWS denies access to it"),
        (error("ExpiredTokenException"), "AWS does not accept the credentials (ExpiredTokenException)"),
        (error("UnrecognizedClientException"), "AWS does not accept the credentials (UnrecognizedClientException)"),
        (error("DecryptionFailure"), "AWS answered DecryptionFailure"),
        (Answer({}, 503), "AWS answered 503"),
        (Answer({"SecretString": "x" * 65_537}), "the value is larger than 64 KB"),
        (Answer({"SecretString": ""}), "the value is empty"),
        (Answer({}), "the answer is not one of AWS"),
        (Answer(b"<html>hunter2</html>"), "the answer is not one of AWS"),
        (Answer({"SecretString": 7}), "the answer is not one of AWS"),
    ],
)
def test_odd_answers(server: Server, answer: Answer, message: str):
    server.answer = lambda path, headers: answer
    assert failure(secrets(), "aws-sm:payments/console") == message


def test_an_entry_is_read_once(server: Server):
    server.answer = lambda path, headers: Answer({"SecretString": '{"a": "the-first", "b": "the-second"}'})
    found = secrets()
    found.begin([("aws-sm:x#a", PLACE), ("aws-sm:x#b", PLACE)])
    assert [found(f"aws-sm:x#{key}", PLACE).get_secret_value() for key in "abab"] == ["the-first", "the-second"] * 2
    assert len(server.asked) == 1


def test_a_server_that_does_not_answer(server: Server):
    server.answer = lambda path, headers: Answer(delay=2)
    assert failure(secrets(seconds=0.5), "aws-sm:x") == "no answer within 0.5 seconds"


def test_a_server_that_cannot_be_reached(monkeypatch: pytest.MonkeyPatch):
    sign_in(monkeypatch, f"http://127.0.0.1:{free_port()}")
    assert failure(secrets(), "aws-sm:x") == "AWS cannot be reached"


@pytest.mark.parametrize(
    ("unset", "message"),
    [
        (("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"), "there are no credentials for AWS"),
        (("AWS_REGION", "AWS_DEFAULT_REGION"), "no region of AWS is set"),
    ],
)
def test_settings_that_are_missing(server: Server, unset: Any, message: str, monkeypatch: pytest.MonkeyPatch):
    for name in unset:
        monkeypatch.delenv(name)
    assert failure(secrets(), "aws-sm:x") == message
    assert not server.asked
