from __future__ import annotations

import errno
import json
import os
import subprocess
import sys
import threading
import time
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from reconciler.engine.journal import Journal, open_journal, recover_checkpoint
from reconciler.engine.local_state import LocalState
from reconciler.engine.recording import recorded
from reconciler.engine.state import STACK
from reconciler.errors import EngineError, FileNotWritten, Refused
from tests.engine.test_changes import begins, ends, urn

SECRET = {"4dabf18193072939515e22adb298388d": "1b47061264138c4ac30d75fd1eb44270", "ciphertext": "[secret]"}
ROOT = {"urn": "root", "type": STACK, "custom": False}
BEFORE = {"version": 3, "checkpoint": {"stack": "test", "latest": {"manifest": {}, "resources": [ROOT]}}}


@pytest.fixture
def state(tmp_path: Path) -> LocalState:
    state = LocalState(tmp_path, "okta", "test")
    state.checkpoint.parent.mkdir(parents=True)
    state.checkpoint.write_text(json.dumps(BEFORE))
    return state


def created(name: str, /, **inputs: Any) -> Any:
    new = {"urn": urn(name), "type": "okta:group/group:Group", "id": f"id of {name}", "custom": True, "parent": "root"}
    return ends("create", name, new={"provider": "", **new, "inputs": inputs, "outputs": inputs})


def unexpected(error: OSError) -> None:
    raise error


def names(state: LocalState) -> list[str]:
    return [resource["urn"].rpartition("::")[2] for resource in state.deployment()["resources"]]


def test_the_next_run_has_the_steps_of_a_killed_one(state: LocalState):
    with open_journal(state, unexpected) as journal:
        for event in (begins("create", "a"), created("a"), begins("same", "b"), created("c")):
            journal.record(event)
    recover_checkpoint(state)
    assert names(state) == ["root", "a", "c"]
    assert not state.journal.exists()
    assert state.unverified.exists()


def test_a_rename_is_recorded(state: LocalState):
    made = created("a")
    with open_journal(state, unexpected) as journal:
        journal.record(made)
        old = {"urn": urn("a"), "type": "okta:group/group:Group", "id": "id of a"}
        journal.record(ends("same", "b", old=old, new=old | {"urn": urn("b")}))
        journal.record(ends("same", "c", old=old | {"urn": urn("c")}, new=old | {"urn": urn("c")}))
    recover_checkpoint(state)
    assert names(state) == ["root", "b"]


def test_steps_that_the_engine_wrote_are_not_replayed(state: LocalState):
    with open_journal(state, unexpected) as journal:
        journal.record(created("a"))
        state.checkpoint.write_text(json.dumps(BEFORE | {"by": "the engine"}))
    recover_checkpoint(state)
    assert names(state) == ["root"]
    assert not state.journal.exists()
    assert not state.unverified.exists()


def test_a_truncated_checkpoint_is_restored_first(state: LocalState):
    with open_journal(state, unexpected) as journal:
        journal.record(created("a"))
        state.checkpoint.write_text('{"version": 3, "che')
    recover_checkpoint(state)
    assert names(state) == ["root", "a"]


def test_neither_journal_nor_state_has_secrets(state: LocalState):
    with open_journal(state, unexpected) as journal:
        journal.record(created("a", name="a", secret=SECRET, nested={"secret": SECRET}, masked="x [secret] y"))
        assert "ciphertext" not in state.journal.read_text()
    recover_checkpoint(state)
    (_, made) = state.deployment()["resources"]
    assert made["inputs"] == {"name": "a", "nested": {}}


def test_the_journal_of_a_current_run_is_not_replayed(state: LocalState):
    with open_journal(state, unexpected) as journal:
        journal.record(created("a"))
        recover_checkpoint(state)
        assert names(state) == ["root"]
        assert state.journal.exists()
        with pytest.raises(Refused, match="another run holds the stack test"), open_journal(state, unexpected):
            pass


def test_a_truncated_line_is_skipped(state: LocalState):
    with open_journal(state, unexpected) as journal:
        journal.record(created("a"))
        journal.record(created("b"))
    lines = state.journal.read_bytes().splitlines(keepends=True)
    state.journal.write_bytes(b"".join(lines[:2]) + lines[2][:40])
    recover_checkpoint(state)
    assert names(state) == ["root", "a"]


@pytest.mark.parametrize("killed", [False, True], ids=["ended", "killed"])
def test_a_run_without_steps_leaves_the_state_unverified_only_if_killed(killed: bool, state: LocalState):
    """A killed reconciler may not have seen all that the engine did."""
    with open_journal(state, unexpected):
        pass
    if killed:
        state.journal.write_bytes(state.journal.read_bytes().splitlines(keepends=True)[0])
    recover_checkpoint(state)
    assert state.unverified.exists() is killed
    assert json.loads(state.checkpoint.read_text()) == BEFORE


def test_the_lock_of_a_killed_reconciler_is_released(state: LocalState):
    program = f"""
import os, signal
from pathlib import Path
from reconciler.engine.journal import open_journal
from reconciler.engine.local_state import LocalState
with open_journal(LocalState(Path({str(state.backend)!r}), "okta", "test"), print):
    os.kill(os.getpid(), signal.SIGKILL)
"""
    subprocess.run([sys.executable, "-c", program], cwd=Path(__file__).parents[2], check=False)
    assert state.journal.exists()
    recover_checkpoint(state)
    assert not state.journal.exists()


def test_a_journal_that_cannot_be_written_is_reported_once(tmp_path: Path):
    failures: list[OSError] = []
    full = os.open("/dev/full", os.O_WRONLY)
    try:
        journal = Journal(full, failures.append)
        journal.record(created("a"))
        journal.record(created("b"))
    finally:
        os.close(full)
    assert [failure.errno for failure in failures] == [errno.ENOSPC]


def test_a_run_on_a_full_disk_is_stopped_with_a_hint(state: LocalState, monkeypatch: pytest.MonkeyPatch):
    ended: list[LocalState] = []
    monkeypatch.setattr("reconciler.engine.recording.end_engine", ended.append)
    failures: list[str] = []
    with recorded(state, failures) as journal:
        assert journal._descriptor is not None
        full = os.open("/dev/full", os.O_WRONLY)
        os.dup2(full, journal._descriptor)
        os.close(full)
        journal.record(created("a"))
    (failure,) = failures
    for part in (str(state.journal), "No space left on device", "free some space", "the next run recognises"):
        assert part in failure
    assert ended == [state]


def test_a_copy_that_cannot_be_written_is_an_error_before_any_change(state: LocalState):
    state.kept.parent.parent.write_text("a file where a folder should be")
    with pytest.raises(FileNotWritten, match="cannot be written"), recorded(state, []):
        raise AssertionError


def test_the_checkpoint_is_recovered_after_a_failed_run(state: LocalState):
    with pytest.raises(EngineError, match="killed"), recorded(state, []) as journal:
        journal.record(created("a"))
        raise EngineError("killed")
    assert names(state) == ["root", "a"]


def test_without_a_local_state_there_is_no_journal(tmp_path: Path):
    with recorded(None, []) as journal:
        journal.record(created("a"))
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    ("free", "reason"), [(4096, "No space left on device"), (2**30, "it is truncated")], ids=["full", "not-full"]
)
def test_a_run_whose_checkpoint_stays_truncated_is_stopped(
    free: int, reason: str, state: LocalState, monkeypatch: pytest.MonkeyPatch
):
    ended = threading.Event()
    monkeypatch.setattr("reconciler.engine.recording.LOOK", 0.02)
    monkeypatch.setattr("reconciler.engine.recording.end_engine", lambda state: ended.set())
    monkeypatch.setattr("shutil.disk_usage", lambda path: SimpleNamespace(free=free))
    failures: list[str] = []
    with recorded(state, failures) as journal:
        journal.record(created("a"))
        state.checkpoint.write_text('{"version": 3, "che')
        assert ended.wait(10)
    (failure,) = failures
    assert failure.startswith(f"the run was stopped: {state.checkpoint} cannot be written: {reason}; free some space")
    assert names(state) == ["root", "a"]


def test_a_run_with_a_complete_checkpoint_continues(state: LocalState, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr("reconciler.engine.recording.LOOK", 0.01)
    failures: list[str] = []
    with recorded(state, failures):
        time.sleep(0.1)  # several looks
    assert failures == []
