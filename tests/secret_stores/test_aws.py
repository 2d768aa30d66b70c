"""AWS Secrets Manager and Parameter Store: moto's server, and a server on loopback for failures."""

from __future__ import annotations

import json
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import suppress
from datetime import UTC, datetime
from typing import Any

import boto3
import httpx
import pytest

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


def of_moto(address: str, service: str) -> Any:
    keys = {"aws_access_key_id": "a", "aws_secret_access_key": "b", "region_name": "eu-central-1"}
    return boto3.client(service, endpoint_url=address, **keys)


def fill(address: str) -> None:
    manager, parameters = of_moto(address, "secretsmanager"), of_moto(address, "ssm")
    manager.create_secret(Name="payments/console", SecretString='{"client_secret": "in-the-manager", "port": 1}')
    manager.create_secret(Name="payments/plain", SecretString="plain-in-the-manager")
    manager.create_secret(Name="payments/binary", SecretBinary=b"\x00\x01")
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


# Writing


def test_a_key_is_written_and_all_else_stays_as_it_is(moto: str, monkeypatch: pytest.MonkeyPatch):
    sign_in(monkeypatch, moto)
    manager = of_moto(moto, "secretsmanager")
    text = '{\n  "z": 1.10, "client_secret" : "the-first-value",\n  "a": ["ü", 1e400]\n}\n'
    manager.create_secret(Name="payments/rotated", SecretString=text)
    found = secrets()
    assert found("aws-sm:payments/rotated#client_secret", PLACE).get_secret_value() == "the-first-value"
    found.write("aws-sm:payments/rotated#client_secret", PLACE, NEW)
    assert found("aws-sm:payments/rotated#client_secret", PLACE).get_secret_value() == NEW
    kept = manager.get_secret_value(SecretId="payments/rotated")
    assert kept["SecretString"] == text.replace("the-first-value", NEW)
    assert kept["VersionStages"] == ["AWSCURRENT"]
    written = found.written("aws-sm:payments/rotated#client_secret", PLACE)
    assert written and written.tzinfo is UTC and abs((datetime.now(UTC) - written).total_seconds()) < 60


@pytest.mark.parametrize(
    ("text", "after"),
    [
        ("{}", {"k": NEW}),
        ('{ "a": "b" }', {"a": "b", "k": NEW}),
        ('{"k": null}', {"k": NEW}),
        ('{"k": "1", "k": "2"}', {"k": NEW}),
        ('{"k": "a } : , \\" b", "l": {"k": "x"}}', {"k": NEW, "l": {"k": "x"}}),
    ],
)
def test_keys_of_objects(server: Server, text: str, after: Any):
    held = [text]

    def answer(path: str, headers: Any) -> Answer:
        if "SecretString" in server.sent[-1]:
            held.append(server.sent[-1]["SecretString"])
        return Answer({"SecretString": held[-1]})

    server.answer = answer
    secrets().write("aws-sm:x#k", PLACE, NEW)
    assert json.loads(held[-1]) == after


def test_whole_secrets_and_parameters_are_written(moto: str, monkeypatch: pytest.MonkeyPatch):
    sign_in(monkeypatch, moto)
    of_moto(moto, "secretsmanager").create_secret(Name="payments/whole", SecretString='{"a": "b"}')
    parameters = of_moto(moto, "ssm")
    settings = {"Type": "SecureString", "KeyId": "alias/payments", "Tier": "Advanced"}
    parameters.put_parameter(Name="/payments/rotated", Value="the-first-value", **settings)
    parameters.put_parameter(Name="/payments/rotated-not", Value="another", Type="String")
    found = secrets()
    for reference in ("aws-sm:payments/whole", "aws-ssm:/payments/rotated"):
        found.write(reference, PLACE, NEW)
        assert found(reference, PLACE).get_secret_value() == NEW
        written = found.written(reference, PLACE)
        assert written and written.tzinfo is UTC and abs((datetime.now(UTC) - written).total_seconds()) < 60
    (kept,) = parameters.describe_parameters(
        ParameterFilters=[{"Key": "Name", "Option": "Equals", "Values": ["/payments/rotated"]}]
    )["Parameters"]
    assert {name: kept[name] for name in settings} == settings and kept["Version"] == 2


@pytest.mark.parametrize(
    ("reference", "message", "hint"),
    [
        ("aws-sm:payments/absent", "AWS has no such entry", "create the secret payments/absent"),
        ("aws-sm:payments/absent#k", "AWS has no such entry", "create the secret payments/absent"),
        ("aws-sm:payments/plain#k", "the entry is not a JSON object, so it has no keys", "leave out"),
        ("aws-sm:payments/console#port", "the present value is not a text", "a member that is a text"),
        ("aws-sm:payments/binary#k", "the value is binary", "store it as text"),
        ("aws-ssm:/payments/absent", "AWS has no such entry", "create the parameter /payments/absent"),
        ("aws-ssm:console", "the parameter is not encrypted", "with the type SecureString"),
        ("aws-ssm:/payments/list", "the parameter is not encrypted", "with the type SecureString"),
    ],
)
def test_what_cannot_be_written(moto: str, reference: str, message: str, hint: str, monkeypatch: pytest.MonkeyPatch):
    sign_in(monkeypatch, moto)
    error = not_written(secrets(), reference)
    assert error.message == f"{PLACE}: {reference}: {message}"
    assert hint in error.hint and not error.may_be_stored


def test_an_entry_that_would_be_too_large(server: Server):
    server.answer = lambda path, headers: Answer({"SecretString": json.dumps({"a": "x" * 65_500})})
    assert refusal(secrets(), "aws-sm:x#k") == "the entry would be larger than 64 KB"
    assert all("SecretString" not in sent for sent in server.sent)


@pytest.mark.parametrize(
    ("reference", "permission"),
    [("aws-sm:x#k", "secretsmanager:PutSecretValue"), ("aws-ssm:x", "ssm:PutParameter")],
)
def test_a_role_without_the_permission_to_write(server: Server, reference: str, permission: str):
    def answer(path: str, headers: Any) -> Answer:
        if "Value" in server.sent[-1] or "SecretString" in server.sent[-1]:
            return error("AccessDeniedException")
        described = {"Name": "x", "Type": "SecureString", "Value": "the-first-value"}
        return Answer({"SecretString": '{"k": "1"}', "Parameters": [described], "Parameter": described})

    server.answer = answer
    refused = not_written(secrets(), reference)
    assert refused.message.endswith("AWS denies access to it") and not refused.may_be_stored
    assert refused.hint == f"grant the role of this run {permission}, and the use of its key"


def test_a_server_that_goes_away_after_the_value_was_written(server: Server):
    def answer(path: str, headers: Any) -> Answer:
        written = any("SecretString" in sent for sent in server.sent[:-1])
        return error("AccessDeniedException") if written else Answer({"SecretString": "the-first-value"})

    server.answer = answer
    failed = not_written(secrets(), "aws-sm:x")
    assert failed.message.endswith("AWS denies access to it, after the new value was written")
    assert failed.may_be_stored


def test_a_time_that_is_missing(server: Server):
    server.answer = lambda path, headers: Answer({"SecretString": "a"})
    assert secrets().written("aws-sm:x", PLACE) is None
