"""`reconciler doctor` checks the state of each environment with the real engine."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import CliRunner

from reconciler.cli import reconciler
from reconciler.engine.stack import Stack
from tests.e2e.workspace import SandboxTenant

PROJECT = "identity"
RIGHT = {"PULUMI_CONFIG_PASSPHRASE": "right"}
Doctor = Callable[..., tuple[int, dict[str, str]]]


@pytest.fixture
def root(tenant: SandboxTenant, tmp_path: Path) -> Path:
    environment = f"tenant: {{url: '{tenant.url}', credentials: {{token: 'env:DOCTOR_TOKEN'}}}}\n"
    (tmp_path / "definitions" / "environments").mkdir(parents=True)
    (tmp_path / "definitions" / "environments" / "test.yaml").write_text(environment)
    (tmp_path / "Pulumi.yaml").write_text(f"name: {PROJECT}\nruntime: python\n")
    return tmp_path


@pytest.fixture
def doctor(root: Path, tenant: SandboxTenant, monkeypatch: pytest.MonkeyPatch) -> Doctor:
    """Runs it. Returns the exit code and its lines on the state."""
    monkeypatch.delenv("PULUMI_BACKEND_URL", raising=False)
    monkeypatch.delenv("PULUMI_CONFIG_PASSPHRASE_FILE", raising=False)
    monkeypatch.setenv("DOCTOR_TOKEN", tenant.token)

    def run(**variables: str) -> tuple[int, dict[str, str]]:
        arguments = ["--definitions", str(root / "definitions"), "doctor", "--format", "json"]
        result = CliRunner().invoke(reconciler, arguments, env=variables, catch_exceptions=False)
        (said,) = [check for check in json.loads(result.stdout) if "the state is in" in check["what"]]
        return result.exit_code, said

    return run


def nothing() -> None:
    """A program without resources."""


def begin(root: Path) -> Path:
    """Create the state of the environment. Returns its file."""
    (root / ".state").mkdir()
    Stack("test", root, {"PULUMI_BACKEND_URL": (root / ".state").as_uri(), **RIGHT}).up(nothing)
    return root / ".state" / ".pulumi" / "stacks" / PROJECT / "test.json"


def test_a_state_that_opens(doctor: Doctor, root: Path):
    begin(root)
    code, said = doctor(**RIGHT)
    assert (code, said["status"]) == (0, "ok")
    assert said["what"] == f"test: the state is in {root}/.state: 0 objects"


def test_a_missing_state_is_fine_and_is_not_created(doctor: Doctor, root: Path):
    code, said = doctor(**RIGHT)
    assert (code, said["status"]) == (0, "ok")
    assert said["what"].endswith("the first `up` creates it")
    assert not list(root.glob(".state/**/*.json"))


def test_a_wrong_passphrase(doctor: Doctor, root: Path):
    begin(root)
    code, said = doctor(PULUMI_CONFIG_PASSPHRASE="wrong")
    assert (code, said["status"]) == (1, "missing")
    assert said["what"].endswith("it cannot be opened: its secrets cannot be read: incorrect passphrase")
    assert said["hint"].startswith("set PULUMI_CONFIG_PASSPHRASE to the passphrase with which")


def test_a_state_that_is_cut_short(doctor: Doctor, root: Path):
    file = begin(root)
    state = root / ".state"
    for each in (*file.parent.glob("test.json*"), *state.glob(".pulumi/backups/*/*/*"), *state.glob(".reconciler/*/*")):
        each.write_text('{"version": 3, "check')
    code, said = doctor(**RIGHT)
    assert (code, said["status"]) == (1, "missing")
    assert "cannot be opened" in said["what"]


def test_a_state_locked_by_another_run(doctor: Doctor, root: Path):
    begin(root)
    lock = root / ".state" / ".pulumi" / "locks" / "organization" / PROJECT / "test" / "run.json"
    lock.parent.mkdir(parents=True, exist_ok=True)
    lock.write_text(json.dumps({"pid": 1, "hostname": "elsewhere", "timestamp": "2026-01-01T00:00:00Z"}))
    code, said = doctor(**RIGHT)
    assert (code, said["status"]) == (1, "missing")
    assert "another run holds the stack test: process 1 on elsewhere" in said["what"]
