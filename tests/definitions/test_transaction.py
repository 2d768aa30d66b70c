"""Files of one folder are written together: if a write fails or the run is killed, all or none are written."""

from __future__ import annotations

import fcntl
import json
from collections.abc import Iterator
from itertools import count
from pathlib import Path

import pytest

from reconciler.definitions import DefinitionsError, load
from reconciler.definitions.transaction import NOTE, IncompleteWrite, undo_interrupted_write, write_all
from reconciler.errors import FileNotWritten, ReconcilerError
from tests.faults import Full, Killed, contents, fault

WANTED = {"imports/a.yaml": "imports\n", "groups/b.yaml": "new\n", "gone.yaml": None, "new/c.yaml": "c\n"}
AFTER = {"groups/b.yaml": b"new\n", "imports/a.yaml": b"imports\n", "kept.yaml": b"kept\n", "new/c.yaml": b"c\n"}


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    folder = tmp_path / "definitions"
    (folder / "groups").mkdir(parents=True)
    for name in ("groups/b.yaml", "gone.yaml", "kept.yaml"):
        (folder / name).write_text(f"{name.partition('.')[0]}\n")
    (folder / "groups" / "b.yaml").chmod(0o640)
    return folder


def faults(folder: Path, error: type[BaseException], *, lasting: bool = True) -> Iterator[BaseException]:
    """Writes that fail at the first operation, then at the second, and so on, until a write succeeds."""
    for number in count(1):
        try:
            with fault(number, error, folder, lasting=lasting) as seen:
                write_all(folder, WANTED)
        except (ReconcilerError, Killed) as raised:
            yield raised
        else:
            assert len(seen) < number, "a failure went unnoticed"
            return


def kill_in_the_middle(folder: Path) -> None:
    """After some of the files are written."""
    before = contents(folder)
    for _ in faults(folder, Killed):
        if contents(folder) != before:
            return
        undo_interrupted_write(folder)
    raise AssertionError("no kill came between two files")


def test_all_files_are_written(folder: Path) -> None:
    write_all(folder, WANTED)
    assert contents(folder) == AFTER
    assert (folder / "groups" / "b.yaml").stat().st_mode & 0o777 == 0o640
    assert [path.name for path in folder.rglob(".*")] == []


def test_missing_folder_is_created(tmp_path: Path) -> None:
    write_all(tmp_path / "a" / "b", {"c.yaml": "c\n"})
    assert contents(tmp_path) == {"a/b/c.yaml": b"c\n"}


def test_failed_write_restores_all_files(folder: Path) -> None:
    before = contents(folder)
    failed = 0
    for error in faults(folder, Full, lasting=False):
        failed += 1
        assert isinstance(error, FileNotWritten)
        assert "No space left on device" in error.message
        assert str(folder) in error.message
        assert contents(folder) == before
        assert not (folder / NOTE).exists()
        assert not (folder / "new").exists()
    assert failed >= 10
    assert contents(folder) == AFTER


def test_next_run_restores_files_that_could_not_be_restored(folder: Path) -> None:
    before = contents(folder)
    half = 0
    for error in faults(folder, Full):
        half += isinstance(error, IncompleteWrite)
        if isinstance(error, IncompleteWrite):
            assert "it restores the files first" in error.hint
        undo_interrupted_write(folder)
        assert contents(folder) == before
        assert not (folder / NOTE).exists()
    assert half


def test_killed_run_leaves_all_or_no_files_written(folder: Path) -> None:
    before = contents(folder)
    mixed = 0
    for _ in faults(folder, Killed):
        mixed += contents(folder) not in (before, AFTER)
        undo_interrupted_write(folder)
        assert contents(folder) == before
        assert [path.name for path in folder.rglob("*.part") if path.parent != folder] == []
    assert mixed, "no kill came between two files"
    assert contents(folder) == AFTER


def test_kill_during_restore_loses_nothing(folder: Path) -> None:
    before = contents(folder)
    for number in count(1):
        kill_in_the_middle(folder)
        try:
            with fault(number, Killed, folder):
                undo_interrupted_write(folder)
        except Killed:
            undo_interrupted_write(folder)
            assert contents(folder) == before
        else:
            assert number > 3
            return


def test_files_edited_since_are_not_restored(folder: Path) -> None:
    kill_in_the_middle(folder)
    (folder / "kept.yaml").write_text("edited, and none of these files\n")
    (folder / "groups" / "b.yaml").write_text("edited\n")
    with pytest.raises(IncompleteWrite, match=r"groups/b\.yaml was edited since") as caught:
        undo_interrupted_write(folder)
    assert str(folder / NOTE) in caught.value.hint
    assert (folder / "groups" / "b.yaml").read_text() == "edited\n"


def test_files_of_a_running_process_are_not_restored(folder: Path) -> None:
    (folder / ".reconciler-writing.part").touch()
    with (folder / ".reconciler-writing.part").open("rb") as other:
        fcntl.flock(other, fcntl.LOCK_EX)
        with pytest.raises(ReconcilerError, match="another run is writing"):
            write_all(folder, WANTED)


def test_a_link_inside_stays_a_link(folder: Path) -> None:
    (folder / "link.yaml").symlink_to("kept.yaml")
    write_all(folder, {"link.yaml": "through\n"})
    assert (folder / "link.yaml").is_symlink()
    assert (folder / "kept.yaml").read_text() == "through\n"


def test_link_out_of_the_folder_is_refused(folder: Path, tmp_path: Path) -> None:
    (tmp_path / "elsewhere").mkdir()
    (folder / "out").symlink_to(tmp_path / "elsewhere")
    with pytest.raises(ReconcilerError, match=f"out/x.yaml points outside .*, to {tmp_path}/elsewhere/x.yaml"):
        write_all(folder, {"out/x.yaml": "x\n"})
    assert list((tmp_path / "elsewhere").iterdir()) == []


@pytest.mark.parametrize("what", ["file", "loop", "nothing"])
def test_path_that_is_no_folder_has_no_record(tmp_path: Path, what: str) -> None:
    place = tmp_path / what
    if what == "file":
        place.touch()
    elif what == "loop":
        place.symlink_to(place)
    undo_interrupted_write(place)
    with pytest.raises(DefinitionsError, match=r"no such folder|no environment"):
        load(place, "staging")


def test_copied_record_is_refused(folder: Path) -> None:
    """A checkout that contains a record must not change reviewed files."""
    kill_in_the_middle(folder)
    note, before = (folder / NOTE).read_bytes(), contents(folder)
    (folder / "copy").write_bytes(note)
    (folder / "copy").replace(folder / NOTE)
    with pytest.raises(IncompleteWrite, match="was copied here, or is damaged"):
        undo_interrupted_write(folder)
    assert contents(folder) == before


@pytest.mark.parametrize("text", ["", "[]", "{}", '{"inode": 1, "files": []}'])
def test_empty_record_is_refused(folder: Path, text: str) -> None:
    (folder / NOTE).write_text(text)
    with pytest.raises(IncompleteWrite, match="was copied here, or is damaged"):
        undo_interrupted_write(folder)


@pytest.mark.parametrize("member", ["path", "staged"])
def test_record_of_files_outside_the_folder_is_refused(folder: Path, tmp_path: Path, member: str) -> None:
    victim = tmp_path / "victim"
    victim.write_text("mine\n")
    step = {"path": "kept.yaml", "staged": ".kept.part", "before": None, "after": None} | {member: "../victim"}
    (folder / NOTE).touch()
    (folder / NOTE).write_text(json.dumps({"inode": (folder / NOTE).stat().st_ino, "files": [step]}))
    with pytest.raises(ReconcilerError, match=r"was copied here, or is damaged|points outside"):
        undo_interrupted_write(folder)
    assert victim.read_text() == "mine\n"
