"""Secrets that are written: what is, when it counts as written, and what is never shown."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from reconciler.definitions import Source
from reconciler.definitions.secrets import SecretMissing, SecretNotWritten
from reconciler.definitions.trust import PinnedCommand
from reconciler.known_secrets import REDACTED, KnownSecrets
from reconciler.secret_stores.interface import Entry, EntryAbsent, StoreFailure, Surroundings
from tests.secret_stores.servers import NEW, PLACE, not_written, refusal, secrets
from tests.secret_stores.shelf import WRITTEN, put
from tests.secret_stores.test_secrets import REFERENCES, STORES

COMMANDS = {"console": PinnedCommand(("store", "get"), write=("store", "put"))}


class Memory:
    """What a store holds, by location and key."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.held: dict[tuple[str, str], str] = {}
        self.shelf = put(monkeypatch, self.answer, self.take)

    def answer(self, location: str) -> Entry:
        members = {key: value for (at, key), value in self.held.items() if at == location}
        return members.get("") or members or "the-first-value"

    def take(self, location: str, key: str, value: str) -> None:
        self.held[location, key] = value


@pytest.fixture
def memory(monkeypatch: pytest.MonkeyPatch) -> Memory:
    return Memory(monkeypatch)


@pytest.mark.parametrize("scheme", STORES)
def test_a_secret_is_written_and_the_next_read_returns_it(scheme: str, memory: Memory):
    known = KnownSecrets()
    found = secrets(known=known, commands=COMMANDS)
    reference = REFERENCES[scheme]
    if "#" not in reference:
        assert found(reference, PLACE).get_secret_value() == "the-first-value"
    found.writable(reference, PLACE)
    found.write(reference, PLACE, NEW)
    assert found(reference, PLACE).get_secret_value() == NEW
    assert len(memory.held) == 1 and len(memory.shelf.asked) == 1 + ("#" not in reference)
    assert known.redact(f"the {NEW}") == f"the {REDACTED}"
    assert NEW not in repr(found)
    assert found.written(reference, PLACE) == WRITTEN


def test_other_entries_are_not_read_again(memory: Memory):
    found = secrets()
    for reference in ("aws-sm:console", "aws-sm:console2"):
        found(reference, PLACE)
    found.write("aws-sm:console", PLACE, NEW)
    found("aws-sm:console2", PLACE)
    assert sorted(memory.shelf.asked) == ["console", "console", "console2"]


def test_a_name_in_other_letters_is_read_again(memory: Memory):
    """Azure does not distinguish them."""
    found = secrets()
    assert found("azure-kv:Acme/Console", PLACE)
    found.write("azure-kv:acme/console", PLACE, NEW)
    memory.held["Acme/Console", ""] = NEW
    assert found("azure-kv:Acme/Console", PLACE).get_secret_value() == NEW


@pytest.mark.parametrize("scheme", STORES)
def test_what_the_pins_do_not_allow_is_not_written(scheme: str, memory: Memory):
    found = secrets({}, "env:CONSOLE", "vault:other/*", commands=COMMANDS)
    assert refusal(found, REFERENCES[scheme]) == "pins.yaml does not allow it for this environment"
    with pytest.raises(SecretMissing, match=r"pins\.yaml does not allow it"):
        found.written(REFERENCES[scheme], PLACE)
    assert not memory.held and not memory.shelf.asked


def test_credentials_may_be_written(memory: Memory):
    found = secrets({}, "env:CONSOLE", credentials=("aws-sm:tenant",))
    found.write("aws-sm:tenant", PLACE, NEW)
    assert memory.held == {("tenant", ""): NEW}


@pytest.mark.parametrize(
    ("reference", "reason"),
    [
        ("env:CONSOLE", "env:NAME cannot be written"),
        ("gcp-sm:acme-payments/console/3", "it names a version, and a version cannot be changed"),
        ("exec:only-prints", "pins.yaml has no `write` for the command only-prints"),
        ("exec:absent", "pins.yaml does not allow it for this environment"),
    ],
)
def test_what_can_never_be_written(reference: str, reason: str, memory: Memory):
    found = secrets(
        {"CONSOLE": "x"}, "env:*", "gcp-sm:*", "exec:*", commands={"only-prints": PinnedCommand(("store",))}
    )
    with pytest.raises(SecretNotWritten) as caught:
        found.writable(reference, PLACE)
    assert caught.value.message == f"{PLACE}: {reference}: {reason}"
    assert caught.value.hint and not caught.value.may_be_stored
    assert refusal(found, reference) == reason
    assert not memory.held and not memory.shelf.asked


def test_another_spelling_is_not_written(memory: Memory):
    error = not_written(secrets(), "vault:secret//console#key")
    assert error.message.startswith(f"{PLACE}: the reference must be vault:MOUNT/PATH#KEY")
    with pytest.raises(SecretMissing, match="the reference must be"):
        secrets().written("vault:secret//console#key", PLACE)
    assert not memory.held


@pytest.mark.parametrize(
    ("value", "reason"),
    [
        ("", "the new value is empty"),
        ("\n", "the new value is empty"),
        ("ü" * 32_769, "the new value is larger than 64 KB"),
    ],
)
def test_values_that_no_store_takes(value: str, reason: str, memory: Memory):
    with pytest.raises(SecretNotWritten, match=reason):
        secrets().write("aws-sm:console", PLACE, value)
    assert not memory.held


def test_a_store_that_does_not_keep_the_value(monkeypatch: pytest.MonkeyPatch):
    put(monkeypatch, lambda location: "the-first-value", lambda location, key, value: None)
    error = not_written(secrets(seconds=0.2), "aws-sm:console")
    assert error.message.endswith("the store returned another value than was written")
    assert error.may_be_stored


def test_a_store_that_returns_the_earlier_value_for_a_moment(monkeypatch: pytest.MonkeyPatch):
    answers: Iterator[Entry] = iter(["the-first-value", {"another": "key"}, NEW])
    put(monkeypatch, lambda location: next(answers), lambda location, key, value: None)
    monkeypatch.setattr("reconciler.secret_stores.secrets._PAUSE_SECONDS", 0.01)
    found = secrets()
    found.write("aws-sm:console", PLACE, NEW)
    assert found("aws-sm:console", PLACE).get_secret_value() == NEW


def test_line_breaks_at_the_end_do_not_count(monkeypatch: pytest.MonkeyPatch):
    put(monkeypatch, lambda location: "-----END", lambda location, key, value: None)
    secrets().write("aws-sm:console", PLACE, "-----END\n")


def test_a_store_that_cannot_be_reached_after_the_value_was_written(monkeypatch: pytest.MonkeyPatch):
    def answer(location: str) -> Entry:
        raise StoreFailure("AWS cannot be reached", "check the network")

    put(monkeypatch, answer, lambda location, key, value: None)
    error = not_written(secrets(), "aws-sm:console")
    assert error.message.endswith("aws-sm:console: AWS cannot be reached, after the new value was written")
    assert (error.hint, error.may_be_stored) == ("check the network", True)


UNREACHABLE = StoreFailure("AWS cannot be reached", "check the network")


@pytest.mark.parametrize(
    ("held", "may_be_stored"),
    [
        ("the-first-value", False),
        (NEW, True),
        (UNREACHABLE, True),
        (EntryAbsent("AWS has no such entry", "correct the name"), False),
    ],
)
def test_what_a_failed_write_may_have_stored(
    held: str | StoreFailure, may_be_stored: bool, monkeypatch: pytest.MonkeyPatch
):
    def answer(location: str) -> Entry:
        if isinstance(held, StoreFailure):
            raise held
        return held

    def take(location: str, key: str, value: str) -> None:
        raise UNREACHABLE

    put(monkeypatch, answer, take)
    error = not_written(secrets(), "aws-sm:console")
    assert error.message == f"{PLACE}: aws-sm:console: AWS cannot be reached"
    assert error.may_be_stored is may_be_stored


def test_a_store_that_does_not_answer_in_time(monkeypatch: pytest.MonkeyPatch):
    """It may still store the value."""

    def take(location: str, key: str, value: str) -> None:
        ended.wait(5)

    ended = threading.Event()
    put(monkeypatch, lambda location: "the-first-value", take)
    begun = time.monotonic()
    error = not_written(secrets(seconds=0.3), "aws-sm:console")
    ended.set()
    assert time.monotonic() - begun < 3
    assert error.message.endswith("no answer within 0.3 seconds")
    assert error.may_be_stored


def test_a_sign_in_that_fails_has_stored_nothing(monkeypatch: pytest.MonkeyPatch):
    def open_store(scheme: str, surroundings: Surroundings) -> None:
        raise StoreFailure("no", "sign in")

    monkeypatch.setattr("reconciler.secret_stores.secrets.open_store", open_store)
    assert refusal(secrets(), "aws-sm:console") == "no"


def test_the_message_of_a_library_is_not_shown(monkeypatch: pytest.MonkeyPatch):
    def take(location: str, key: str, value: str) -> None:
        raise RuntimeError(f"cannot send {value}")

    put(monkeypatch, lambda location: "the-first-value", take)
    assert refusal(secrets(), "aws-sm:console") == "writing it failed (RuntimeError)"


# Files


@pytest.fixture
def place(tmp_path: Path) -> Source:
    (tmp_path / "keys").mkdir()
    return Source(str(tmp_path / "a.yaml"), 1, 1)


def test_a_file_is_written_and_the_next_read_returns_it(tmp_path: Path, place: Source):
    known = KnownSecrets()
    found = secrets({}, "file:*", folder=tmp_path, known=known)
    (tmp_path / "keys" / "console").write_text("the-first-value\n")
    for reference in ("file:keys/console", "file:keys/../keys/console", f"file:{tmp_path}/keys/console"):
        assert found(reference, place).get_secret_value() == "the-first-value"
    found.write("file:keys/console", place, NEW)
    for reference in ("file:keys/console", "file:keys/../keys/console", f"file:{tmp_path}/keys/console"):
        assert found(reference, place).get_secret_value() == NEW
    assert known.redact(NEW) == REDACTED
    written = found.written("file:keys/console", place)
    assert written and abs((datetime.now(UTC) - written).total_seconds()) < 60


@pytest.mark.parametrize(
    ("reference", "reason"),
    [
        ("file:../outside", "pins.yaml does not allow it for this environment"),
        ("file:/proc/self/environ", "pins.yaml does not allow it for this environment"),
        ("file:keys", "pins.yaml does not allow it for this environment"),
        ("file:other", "pins.yaml does not allow it for this environment"),
    ],
)
def test_files_that_the_pins_do_not_allow(tmp_path: Path, place: Source, reference: str, reason: str):
    found = secrets({}, "file:keys*", folder=tmp_path)
    error = not_written(found, reference, source=place)
    assert error.message == f"{place}: {reference}: {reason}"
    assert not (tmp_path.parent / "outside").exists() and not (tmp_path / "other").exists()


def test_a_folder_that_is_missing_is_found_before_anything_is_written(tmp_path: Path, place: Source):
    with pytest.raises(SecretNotWritten, match="its folder does not exist") as caught:
        secrets({}, "file:*", folder=tmp_path).writable("file:absent/console", place)
    assert caught.value.hint == f"create {tmp_path}/absent"


def test_a_link_out_of_the_folder_is_not_written(tmp_path: Path, place: Source):
    outside = tmp_path.parent / f"{tmp_path.name}-outside"
    outside.write_text("of-another-app")
    (tmp_path / "keys" / "console").symlink_to(outside)
    error = not_written(secrets({}, "file:*", folder=tmp_path), "file:keys/console", source=place)
    assert error.message.endswith("pins.yaml does not allow it for this environment")
    assert outside.read_text() == "of-another-app"


def test_a_variable_has_no_time():
    assert secrets({"CONSOLE": "x"}, "env:CONSOLE").written("env:CONSOLE", PLACE) is None
