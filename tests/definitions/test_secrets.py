"""Secrets of this machine, read from environment variables and files, and written to files."""

import os
from datetime import UTC, datetime
from pathlib import Path

import pytest

from reconciler.definitions import Source
from reconciler.definitions.secrets import SecretMissing, SecretNotWritten, resolve, write_secret, written

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


def beside(tmp_path: Path) -> Source:
    """A place in a definitions file of this folder."""
    return Source((tmp_path / "a.yaml").as_posix(), 1, 1)


def test_a_secret_is_written_to_the_file_that_is_read(tmp_path):
    (tmp_path / "real").write_text("old\n")
    (tmp_path / "key").symlink_to("real")
    (tmp_path / ".key.0a1b2c3d.part").write_text("of a run that was killed")
    write_secret("file:key", beside(tmp_path), "hunter2")
    assert resolve("file:key", beside(tmp_path)).get_secret_value() == "hunter2"
    assert (tmp_path / "key").is_symlink() and (tmp_path / "real").read_text() == "hunter2"
    assert (tmp_path / "real").stat().st_mode & 0o777 == 0o600
    assert sorted(os.listdir(tmp_path)) == [".key.0a1b2c3d.part", "key", "real"]


def test_a_file_that_is_missing_is_created(tmp_path):
    write_secret("file:key", beside(tmp_path), "hunter2")
    assert (tmp_path / "key").read_text() == "hunter2"


@pytest.mark.parametrize(
    ("reference", "message", "hint"),
    [
        ("env:CONSOLE", "env: cannot be written", "refer to a file or a store"),
        ("vault:a/b#c", "vault: cannot be written", "refer to a file or a store"),
        ("file:/proc/self/comm", "the file /proc/self/comm shows processes or devices", "only the secret"),
        ("file:/dev/null", "the file /dev/null shows processes or devices", "only the secret"),
        ("file:folder", "folder is not a regular file", "only the secret"),
        ("file:pipe", "pipe is not a regular file", "only the secret"),
        ("file:loop", "loop is a link to itself", "only the secret"),
        ("file:absent/key", "cannot be written: its folder does not exist", "create "),
        ("file:key/below", "cannot be written: its folder does not exist", "create "),
        (f"file:{'x' * 300}", "cannot be written: File name too long", "allow writing there"),
    ],
)
def test_what_is_no_file_for_a_secret(tmp_path, reference, message, hint):
    (tmp_path / "folder").mkdir()
    (tmp_path / "key").write_text("old")
    os.mkfifo(tmp_path / "pipe")
    (tmp_path / "loop").symlink_to("loop")
    before = sorted(os.listdir(tmp_path))
    with pytest.raises(SecretNotWritten) as caught:
        write_secret(reference, beside(tmp_path), "hunter2")
    assert caught.value.message.startswith(f"{tmp_path}/a.yaml:1:1: ") and message in caught.value.message
    assert hint in caught.value.hint and not caught.value.may_be_stored
    assert "hunter2" not in caught.value.message
    assert sorted(os.listdir(tmp_path)) == before


def test_a_folder_that_is_read_only(tmp_path, monkeypatch):
    """As it looks to anyone but the superuser."""
    (tmp_path / "keys").mkdir(mode=0o500)
    monkeypatch.setattr(os, "access", lambda path, mode: not mode & os.W_OK)
    with pytest.raises(SecretNotWritten, match="its folder is read-only"):
        write_secret("file:keys/console", beside(tmp_path), "hunter2")


def test_a_full_disk_keeps_the_secret_before(tmp_path, monkeypatch):
    def full(descriptor):
        raise OSError(28, "No space left on device")

    (tmp_path / "key").write_text("old")
    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(SecretNotWritten, match=r"the file .*key cannot be written: No space left") as caught:
        write_secret("file:key", beside(tmp_path), "hunter2")
    assert "free some space" in caught.value.hint and not caught.value.may_be_stored
    assert (tmp_path / "key").read_text() == "old"
    assert os.listdir(tmp_path) == ["key"]


def test_when_a_file_was_written(tmp_path):
    (tmp_path / "key").write_text("old")
    os.utime(tmp_path / "key", (0, 1_700_000_000))
    assert written("file:key", beside(tmp_path)) == datetime(2023, 11, 14, 22, 13, 20, tzinfo=UTC)
    assert written("env:CONSOLE", beside(tmp_path)) is None
    with pytest.raises(SecretMissing, match="absent cannot be read: No such file or directory"):
        written("file:absent", beside(tmp_path))
