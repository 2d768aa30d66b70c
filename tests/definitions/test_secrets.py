"""Secrets, read where they are used."""

import pytest

from reconciler.definitions import Source
from reconciler.definitions.secrets import SecretMissing, resolve

PLACE = Source("environments/staging.yaml", 3, 24)


def test_the_environment(monkeypatch):
    monkeypatch.setenv("CANARY", "hunter2")
    assert resolve("env:CANARY", PLACE).get_secret_value() == "hunter2"


def test_a_file_without_the_line_break_at_its_end(tmp_path):
    (tmp_path / "key.pem").write_text("-----BEGIN\nx\n-----END\n")
    assert resolve(f"file:{tmp_path}/key.pem", PLACE).get_secret_value() == "-----BEGIN\nx\n-----END"


def test_a_relative_path_begins_at_the_file_that_names_it(tmp_path, monkeypatch):
    (tmp_path / "keys").mkdir()
    (tmp_path / "keys" / "staging").write_text("hunter2")
    source = Source((tmp_path / "definitions" / "environments" / "staging.yaml").as_posix(), 3, 24)
    (tmp_path / "definitions" / "environments").mkdir(parents=True)
    assert resolve("file:../../keys/staging", source).get_secret_value() == "hunter2"
    monkeypatch.chdir(tmp_path)
    here = Source("definitions/environments/staging.yaml", 3, 24)
    assert resolve("file:../../keys/staging", here).get_secret_value() == "hunter2"
    assert resolve(f"file:{tmp_path}/keys/staging", here).get_secret_value() == "hunter2"


def test_a_secret_does_not_show_itself():
    secret = resolve("env:CANARY", PLACE, {"CANARY": "hunter2"})
    assert "hunter2" not in f"{secret} {secret!r}"


@pytest.mark.parametrize(
    ("reference", "message"),
    [
        ("env:GONE", "the environment variable GONE is not set"),
        ("env:EMPTY", "the environment variable EMPTY is empty"),
        ("file:/gone", "the file /gone cannot be read: No such file or directory"),
        ("file:/", "the file / cannot be read: Is a directory"),
        ("hunter2", "this is not a reference to a secret"),
        ("vault:x", "this is not a reference to a secret"),
    ],
)
def test_a_missing_secret_is_told_with_its_place(reference, message):
    with pytest.raises(SecretMissing) as caught:
        resolve(reference, PLACE, {"EMPTY": ""})
    assert caught.value.message == f"environments/staging.yaml:3:24: {message}"
    assert caught.value.hint
    assert "hunter2" not in caught.value.message


def test_an_empty_file_and_one_that_is_not_text(tmp_path):
    (tmp_path / "empty").write_text("\n")
    (tmp_path / "binary").write_bytes(b"\xff\xfe")
    with pytest.raises(SecretMissing, match=r"the file .*empty is empty"):
        resolve(f"file:{tmp_path}/empty", PLACE)
    with pytest.raises(SecretMissing, match=r"the file .*binary is not UTF-8 text"):
        resolve(f"file:{tmp_path}/binary", PLACE)
