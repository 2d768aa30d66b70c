"""The secrets of one run: what is read, when, how often, and what never is."""

from __future__ import annotations

import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from reconciler.definitions import Source
from reconciler.definitions.secrets import SecretMissing
from reconciler.kinds.secret_references import SCHEMES
from reconciler.known_secrets import REDACTED, KnownSecrets
from reconciler.secret_stores import registry, without_stores
from reconciler.secret_stores.interface import Entry, PackageMissing, SecretStore, StoreFailure, Surroundings, needs
from reconciler.secret_stores.secrets import Secrets
from tests.secret_stores.servers import PLACE, failure, secrets
from tests.secret_stores.shelf import Shelf, put

STORES = sorted(name for name, scheme in SCHEMES.items() if scheme.in_store)


@pytest.fixture
def opened(monkeypatch: pytest.MonkeyPatch) -> Iterator[list[str]]:
    """The schemes of the stores that are opened."""
    seen: list[str] = []

    def open_store(scheme: str, surroundings: Surroundings) -> SecretStore:
        seen.append(scheme)
        return Shelf(lambda location: f"secret of {location}")

    monkeypatch.setattr("reconciler.secret_stores.secrets.open_store", open_store)
    yield seen


def test_each_scheme_of_a_store_has_a_module():
    assert sorted(registry.MODULES) == STORES


def test_entries_are_read_at_the_same_time_and_once(monkeypatch: pytest.MonkeyPatch):
    together = threading.Barrier(8)

    def answer(location: str) -> Entry:
        together.wait(5)
        return f"secret of {location}"

    shelf = put(monkeypatch, answer)
    found = secrets()
    references = [f"aws-sm:app-{number}" for number in range(8)]
    found.begin([(reference, PLACE) for reference in references * 2])
    assert [found(one, PLACE).get_secret_value() for one in references] == [f"secret of app-{n}" for n in range(8)]
    assert sorted(shelf.asked) == sorted(one.removeprefix("aws-sm:") for one in references)


def test_no_more_than_eight_at_once_and_the_others_wait_longer(monkeypatch: pytest.MonkeyPatch):
    running: list[int] = []
    most: list[int] = []

    def answer(location: str) -> Entry:
        running.append(1)
        most.append(len(running))
        time.sleep(0.4)
        running.pop()
        return location

    put(monkeypatch, answer)
    found = secrets(seconds=1)
    references = [(f"aws-sm:app-{number}", PLACE) for number in range(24)]
    found.begin(references)
    assert [found(*one).get_secret_value() for one in references] == [f"app-{number}" for number in range(24)]
    assert max(most) == 8


def test_a_store_is_opened_once_even_if_that_fails(monkeypatch: pytest.MonkeyPatch):
    opened: list[str] = []

    def open_store(scheme: str, surroundings: Surroundings) -> SecretStore:
        opened.append(scheme)
        raise StoreFailure("no", "sign in")

    monkeypatch.setattr("reconciler.secret_stores.secrets.open_store", open_store)
    found = secrets()
    references = [(f"vault:a/{number}#k", Source("a.yaml", number, 1)) for number in range(1, 6)]
    found.begin(references)
    for reference, source in references:
        with pytest.raises(SecretMissing) as caught:
            found(reference, source)
        assert caught.value.message == f"a.yaml:{source.line}:1: {reference}: no"
    assert opened == ["vault"]


def test_the_message_of_a_library_is_not_shown(monkeypatch: pytest.MonkeyPatch):
    def answer(location: str) -> Entry:
        raise RuntimeError("cannot parse hunter2")

    put(monkeypatch, answer)
    with pytest.raises(SecretMissing) as caught:
        secrets()("vault:a/b#k", PLACE)
    assert caught.value.message == f"{PLACE}: vault:a/b#k: reading it failed (RuntimeError)"
    cause = caught.value.__cause__
    assert cause and cause.__context__ is None and cause.__cause__ is None


@pytest.mark.parametrize(
    ("entry", "reference", "message"),
    [
        ("{", "aws-sm:a#k", "the entry is not a JSON object, so it has no keys"),
        ("[" * 100_000, "aws-sm:a#k", "the entry is not a JSON object, so it has no keys"),
        ('["k"]', "aws-sm:a#k", "the entry is not a JSON object, so it has no keys"),
        ('{"k": null}', "aws-sm:a#k", "the entry has no key k"),
        ('{"k": ["hunter2"]}', "aws-sm:a#k", "the value is not a text"),
        ("", "aws-sm:a", "the value is empty"),
        ({"k": "v"}, "aws-sm:a", "the value is not a text"),
    ],
)
def test_entries_without_the_secret(entry: Entry, reference: str, message: str, monkeypatch: pytest.MonkeyPatch):
    put(monkeypatch, lambda location: entry)
    assert failure(secrets(), reference) == message


def test_secrets_of_this_machine_are_read_once_and_known(tmp_path: Path):
    known = KnownSecrets()
    environ = {"CONSOLE": "hunter2-of-the-variable"}
    found = secrets(environ, known=known)
    (tmp_path / "key").write_text("hunter2-of-the-file\n")
    place = Source(str(tmp_path / "a.yaml"), 1, 1)
    assert found("env:CONSOLE", place).get_secret_value() == "hunter2-of-the-variable"
    assert found("file:key", place).get_secret_value() == "hunter2-of-the-file"
    environ.clear()
    (tmp_path / "key").unlink()
    assert found("env:CONSOLE", place).get_secret_value() == "hunter2-of-the-variable"
    assert found("file:key", place).get_secret_value() == "hunter2-of-the-file"
    assert known.redact("hunter2-of-the-variable hunter2-of-the-file") == f"{REDACTED} {REDACTED}"


REFERENCES = {
    "vault": "vault:secret/console#key",
    "aws-sm": "aws-sm:console",
    "aws-ssm": "aws-ssm:console",
    "azure-kv": "azure-kv:acme/console",
    "gcp-sm": "gcp-sm:acme-payments/console",
    "op": "op://payments/console/password",
    "esc": "esc:acme/okta/production#console",
    "exec": "exec:console",
}


@pytest.mark.parametrize("scheme", STORES)
def test_what_the_pins_do_not_allow_reaches_no_store(scheme: str, opened: list[str]):
    """Even if the reference was not checked when the definitions were loaded."""
    found = secrets({}, "env:CONSOLE", "vault:other/*")
    found.begin([(REFERENCES[scheme], PLACE)])
    assert failure(found, REFERENCES[scheme]) == "pins.yaml does not allow it for this environment"
    assert opened == []


@pytest.mark.parametrize("scheme", STORES)
def test_a_preview_contacts_no_store(scheme: str, opened: list[str]):
    with pytest.raises(SecretMissing, match="a preview contacts no store"):
        without_stores(secrets())(REFERENCES[scheme], PLACE)
    assert opened == []


@pytest.mark.parametrize(
    "spelling", ["vault:secret//console#key", "vault:secret/../x#key", "vault:a%2fb#key", "vault:x"]
)
def test_another_spelling_reaches_no_store(spelling: str, opened: list[str]):
    found = secrets()
    found.begin([(spelling, PLACE)])
    with pytest.raises(SecretMissing, match=r"the reference must be vault:MOUNT/PATH#KEY"):
        found(spelling, PLACE)
    assert opened == []


def test_a_package_that_is_not_installed():
    with pytest.raises(PackageMissing) as caught, needs("hvac", "vault"):
        raise ModuleNotFoundError("hvac")
    assert caught.value.reason == "the package hvac is not installed"
    assert caught.value.hint == "run `pip install 'okta-reconciler[vault]'`"


@pytest.mark.parametrize(
    ("scheme", "package", "extra"),
    [
        ("vault", "hvac", "vault"),
        ("aws-sm", "boto3", "aws"),
        ("aws-ssm", "boto3", "aws"),
        ("azure-kv", "azure.identity", "azure"),
        ("gcp-sm", "google.cloud.secretmanager", "gcp"),
    ],
)
def test_the_message_names_what_to_install(scheme: str, package: str, extra: str, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setitem(sys.modules, package, None)
    with pytest.raises(SecretMissing) as caught:
        secrets()(REFERENCES[scheme], PLACE)
    assert "is not installed" in caught.value.message
    assert caught.value.hint == f"run `pip install 'okta-reconciler[{extra}]'`"


def test_packages_of_stores_are_imported_only_when_used():
    code = "import sys, reconciler.cli.up, reconciler.secret_stores; print(*sys.modules)"
    loaded = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout.split()
    assert not {"hvac", "boto3", "botocore", "azure.core", "google.cloud"} & set(loaded)


def test_the_representation_has_no_secret(opened: list[str]):
    found: Secrets = secrets()
    found("aws-sm:console", PLACE)
    assert "secret of" not in repr(found)
