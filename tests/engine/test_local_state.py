from __future__ import annotations

import json
import os
from pathlib import Path

import pytest

from reconciler.engine.checkpoints import keep_copy, restore_checkpoint
from reconciler.engine.local_state import LocalState
from reconciler.errors import EngineError

WHOLE = {"version": 3, "checkpoint": {"latest": {"resources": []}}}
CUT = b'{"version": 3, "checkpoint": {"latest": {"resou'


def content(**mark: object) -> bytes:
    return json.dumps(WHOLE | mark).encode()


@pytest.fixture
def state(tmp_path: Path) -> LocalState:
    state = LocalState(tmp_path, "okta", "test")
    state.checkpoint.parent.mkdir(parents=True)
    return state


def write(path: Path, data: bytes, age: float) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(data)
    os.utime(path, (1_000_000 - age, 1_000_000 - age))


@pytest.mark.parametrize(
    ("url", "folder"),
    [
        ("file:///srv/state", "/srv/state"),
        ("file:///srv/my%20state", "/srv/my state"),
        ("file:///srv/state?no_tmp_dir=true", "/srv/state"),
        ("file://./state", "{root}/state"),
        ("file://~/state", "{home}/state"),
    ],
)
def test_the_folder_is_the_one_that_the_engine_uses(url: str, folder: str, tmp_path: Path):
    state = LocalState.of(url, tmp_path, "okta", "test")
    assert state is not None
    assert state.backend == Path(folder.format(root=tmp_path.resolve(), home=Path.home()))


@pytest.mark.parametrize("url", ["s3://states", "https://api.pulumi.com", ""])
def test_other_backends_are_not_local(url: str, tmp_path: Path):
    assert LocalState.of(url, tmp_path, "okta", "test") is None


def test_a_stack_that_was_never_applied_is_empty(state: LocalState):
    assert state.deployment() == {}
    state.checkpoint.write_text('{"version": 3, "checkpoint": {"stack": "test", "latest": null}}')
    assert state.deployment() == {}


@pytest.mark.parametrize("broken", [b"", CUT, b"[]", b"{}", b"\xff"])
def test_a_damaged_checkpoint_is_replaced_by_the_newest_complete_copy(broken: bytes, state: LocalState):
    backup = state.checkpoint.with_name("test.json.bak")
    write(state.checkpoint, broken, 0)
    write(backup, CUT, 1)
    write(state.kept, content(kept=True), 2)
    write(state.backups / "test.1.json", content(oldest=True), 3)
    restore_checkpoint(state)
    assert state.checkpoint.read_bytes() == content(kept=True)

    write(state.checkpoint, broken, 0)
    write(backup, content(backup=True), 1)
    restore_checkpoint(state)
    assert state.checkpoint.read_bytes() == content(backup=True)


def test_incomplete_files_from_a_full_disk_are_removed(state: LocalState):
    write(state.checkpoint, content(), 0)
    old, fresh = (state.checkpoint.with_name(f"test.json.{number}.tmp") for number in (1, 2))
    write(old, b"", 0)
    fresh.write_bytes(b"")
    restore_checkpoint(state)
    assert (old.exists(), fresh.exists()) == (False, True)


def test_a_complete_checkpoint_is_unchanged(state: LocalState):
    write(state.checkpoint, content(), 5)
    write(state.kept, content(newer=True), 1)
    restore_checkpoint(state)
    assert state.checkpoint.read_bytes() == content()


def test_a_removed_checkpoint_is_not_restored(state: LocalState):
    write(state.checkpoint.with_name("test.json.bak"), content(), 1)
    restore_checkpoint(state)
    assert not state.checkpoint.exists()


def test_without_a_complete_copy_the_error_names_the_file(state: LocalState):
    write(state.checkpoint, CUT, 0)
    write(state.kept, CUT, 0)
    with pytest.raises(EngineError) as caught:
        restore_checkpoint(state)
    assert str(state.checkpoint) in caught.value.message
    assert "backup" in caught.value.hint
    assert state.checkpoint.read_bytes() == CUT
    with pytest.raises(EngineError, match="damaged"):
        state.deployment()


@pytest.mark.parametrize("name", ["test.json.attrs", "test.json.bak.attrs"])
def test_truncated_attributes_are_removed(state: LocalState, name: str):
    folder = state.checkpoint.parent
    for file in ("test.json", "test.json.bak"):
        (folder / file).write_bytes(content())
        (folder / f"{file}.attrs").write_text('{"user.content_type": "text/plain"}')
    (folder / name).write_text("")

    restore_checkpoint(state)

    assert {file.name for file in folder.glob("*.attrs")} == {"test.json.attrs", "test.json.bak.attrs"} - {name}
    assert state.checkpoint.read_bytes() == content()


def test_a_copy_is_kept_before_a_run(state: LocalState):
    assert keep_copy(state) == b""
    assert not state.kept.exists()
    for mark in (1, 2):
        state.checkpoint.write_bytes(content(mark=mark))
        assert keep_copy(state) == content(mark=mark)
        assert state.kept.read_bytes() == content(mark=mark)
