"""Reading a state that other runs may be changing."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from reconciler.engine import toolchain
from reconciler.engine.local_state import LocalState
from reconciler.engine.recorded import recorded_state
from reconciler.engine.stack import Stack
from reconciler.engine.state import STACK
from reconciler.errors import EngineError, EngineMissing

OUTPUTS = {"definitions": "d", "clean": True}
DEPLOYMENT = {"resources": [{"urn": "urn:pulumi:a::okta::x::y", "type": STACK, "outputs": OUTPUTS}]}


@pytest.fixture
def stack(tmp_path: Path) -> Stack:
    (tmp_path / "Pulumi.yaml").write_text("name: okta\nruntime: python\n")
    return Stack("staging", tmp_path, {"PULUMI_BACKEND_URL": (tmp_path / ".state").as_uri()})


def local(stack: Stack) -> LocalState:
    found = LocalState.of(stack.environment["PULUMI_BACKEND_URL"], stack.root, "okta", "staging")
    assert found
    return found


def write(path: Path, text: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text)


def test_without_a_file_there_is_no_state(stack: Stack):
    assert recorded_state(stack) is None
    assert not (stack.root / ".state").exists(), "nothing is created"


@pytest.mark.parametrize(
    ("journal", "interrupted"),
    [
        (None, False),
        ([{"start": "x"}, {"begun": "y"}, {"ended": True}], False),
        ([{"start": "x"}, {"begun": "y"}], True),
    ],
    ids=["none", "ended", "unfinished"],
)
def test_a_state_in_a_folder_is_read_while_a_run_holds_it(stack: Stack, journal: list[Any] | None, interrupted: bool):
    there = local(stack)
    write(there.checkpoint, json.dumps({"checkpoint": {"latest": DEPLOYMENT}}))
    write(there.locks / "x.json", json.dumps({"pid": 1, "hostname": "elsewhere"}))
    if journal:
        write(there.journal, "".join(json.dumps(entry) + "\n" for entry in journal))
    before = sorted(path for path in stack.root.rglob("*") if path.is_file())
    state = recorded_state(stack)
    assert state
    assert (state.outputs, state.interrupted) == (OUTPUTS, interrupted)
    assert sorted(path for path in stack.root.rglob("*") if path.is_file()) == before


def test_a_state_that_has_to_be_checked_was_interrupted(stack: Stack):
    write(local(stack).checkpoint, json.dumps({"checkpoint": {"latest": DEPLOYMENT}}))
    write(local(stack).unverified, "")
    state = recorded_state(stack)
    assert state
    assert state.interrupted


def test_a_damaged_state_is_an_error(stack: Stack):
    write(local(stack).checkpoint, "{")
    with pytest.raises(EngineError, match="damaged"):
        recorded_state(stack)


def engine(stack: Stack, monkeypatch: pytest.MonkeyPatch, script: str) -> Stack:
    """A stack in a bucket, and an engine that answers so."""
    binary = stack.root / "pulumi"
    binary.write_text(f"#!/bin/sh\n{script}\n")
    binary.chmod(0o755)
    monkeypatch.setattr(toolchain, "find", lambda: binary)
    return Stack("staging", stack.root, {"PULUMI_BACKEND_URL": "s3://states"})


def test_the_engine_exports_any_other_state(stack: Stack, monkeypatch: pytest.MonkeyPatch):
    (stack.root / "state").write_text(json.dumps({"version": 3, "deployment": DEPLOYMENT}))
    monkeypatch.setenv("OKTA_STAGING_TOKEN", "canary")
    there = engine(
        stack, monkeypatch, 'env > seen; test "$*" = "--non-interactive stack export --stack staging" && cat state'
    )
    state = recorded_state(there)
    assert state
    assert state.outputs == OUTPUTS
    seen = (stack.root / "seen").read_text()
    assert "PULUMI_BACKEND_URL=s3://states" in seen
    assert "canary" not in seen


def test_a_stack_that_the_backend_does_not_have(stack: Stack, monkeypatch: pytest.MonkeyPatch):
    there = engine(stack, monkeypatch, "echo \"error: no stack named 'staging' found\" >&2; exit 255")
    assert recorded_state(there) is None


def test_a_backend_that_does_not_answer(stack: Stack, monkeypatch: pytest.MonkeyPatch):
    with pytest.raises(EngineError, match="access denied"):
        recorded_state(engine(stack, monkeypatch, "echo 'error: access denied' >&2; exit 255"))
    monkeypatch.setattr(toolchain, "find", lambda: None)
    with pytest.raises(EngineMissing):
        recorded_state(Stack("staging", stack.root, {"PULUMI_BACKEND_URL": "s3://states"}))
