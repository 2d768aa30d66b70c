"""Secrets of this machine, read from environment variables and files."""

import pytest

from reconciler.definitions import Source
from reconciler.definitions.secrets import SecretMissing, resolve

LOCATION = Source("environments/staging.yaml", 3, 24)


def test_secret_from_an_environment_variable(monkeypatch):
    monkeypatch.setenv("CANARY", "hunter2")
    assert resolve("env:CANARY", LOCATION).get_secret_value() == "hunter2"


def test_secret_from_a_file_without_its_final_line_break(tmp_path):
    (tmp_path / "key.pem").write_text("-----BEGIN\nx\n-----END\n")
    assert resolve(f"file:{tmp_path}/key.pem", LOCATION).get_secret_value() == "-----BEGIN\nx\n-----END"


def test_relative_path_starts_at_the_definitions_file(tmp_path, monkeypatch):
    (tmp_path / "keys").mkdir()
    (tmp_path / "keys" / "staging").write_text("hunter2")
    source = Source((tmp_path / "definitions" / "environments" / "staging.yaml").as_posix(), 3, 24)
    (tmp_path / "definitions" / "environments").mkdir(parents=True)
    assert resolve("file:../../keys/staging", source).get_secret_value() == "hunter2"
    monkeypatch.chdir(tmp_path)
    here = Source("definitions/environments/staging.yaml", 3, 24)
    assert resolve("file:../../keys/staging", here).get_secret_value() == "hunter2"
    assert resolve(f"file:{tmp_path}/keys/staging", here).get_secret_value() == "hunter2"


def test_secret_is_hidden_in_text():
    secret = resolve("env:CANARY", LOCATION, {"CANARY": "hunter2"})
    assert "hunter2" not in f"{secret} {secret!r}"


@pytest.mark.parametrize(
    ("reference", "message"),
    [
        ("env:GONE", "the environment variable GONE is not set"),
        ("env:EMPTY", "the environment variable EMPTY is empty"),
        ("file:/gone", "the file /gone cannot be read: No such file or directory"),
        ("file:/", "the file / cannot be read: Is a directory"),
        ("hunter2", "this is not a reference to a variable or a file"),
        ("vault:x", "this is not a reference to a variable or a file"),
    ],
)
def test_missing_secret_is_reported_with_its_location(reference, message):
    with pytest.raises(SecretMissing) as caught:
        resolve(reference, LOCATION, {"EMPTY": ""})
    assert caught.value.message == f"environments/staging.yaml:3:24: {message}"
    assert caught.value.hint
    assert "hunter2" not in caught.value.message


def test_empty_and_binary_files_are_errors(tmp_path):
    (tmp_path / "empty").write_text("\n")
    (tmp_path / "binary").write_bytes(b"\xff\xfe")
    with pytest.raises(SecretMissing, match=r"the file .*empty is empty"):
        resolve(f"file:{tmp_path}/empty", LOCATION)
    with pytest.raises(SecretMissing, match=r"the file .*binary is not UTF-8 text"):
        resolve(f"file:{tmp_path}/binary", LOCATION)
