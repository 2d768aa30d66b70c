"""Files of one folder are written together: whatever fails, and whenever a run is killed, none or all of them are."""

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
    """Writes that fail at the first operation, the second, and so on, until one does not."""
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
    """When some of the files are written, and others not."""
    before = contents(folder)
    for _ in faults(folder, Killed):
        if contents(folder) != before:
            return
        undo_interrupted_write(folder)
    raise AssertionError("no kill came between two files")


def test_all_are_written(folder: Path) -> None:
    write_all(folder, WANTED)
    assert contents(folder) == AFTER
    assert (folder / "groups" / "b.yaml").stat().st_mode & 0o777 == 0o640
    assert [path.name for path in folder.rglob(".*")] == []


def test_a_folder_is_made(tmp_path: Path) -> None:
    write_all(tmp_path / "a" / "b", {"c.yaml": "c\n"})
    assert contents(tmp_path) == {"a/b/c.yaml": b"c\n"}


def test_a_failing_write_leaves_all_as_they_were(folder: Path) -> None:
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


def test_what_cannot_be_put_back_is_put_back_by_the_next_run(folder: Path) -> None:
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


def test_a_kill_leaves_all_or_none(folder: Path) -> None:
    before = contents(folder)
    mixed = 0
    for _ in faults(folder, Killed):
        mixed += contents(folder) not in (before, AFTER)
        undo_interrupted_write(folder)
        assert contents(folder) == before
        assert [path.name for path in folder.rglob("*.part") if path.parent != folder] == []
    assert mixed, "no kill came between two files"
    assert contents(folder) == AFTER


def test_a_kill_while_files_are_put_back_loses_nothing(folder: Path) -> None:
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


def test_what_was_edited_since_is_not_put_back(folder: Path) -> None:
    kill_in_the_middle(folder)
    (folder / "kept.yaml").write_text("edited, and none of these files\n")
    (folder / "groups" / "b.yaml").write_text("edited\n")
    with pytest.raises(IncompleteWrite, match=r"groups/b\.yaml was edited since") as caught:
        undo_interrupted_write(folder)
    assert str(folder / NOTE) in caught.value.hint
    assert (folder / "groups" / "b.yaml").read_text() == "edited\n"


def test_a_run_that_still_writes_is_left_alone(folder: Path) -> None:
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


def test_a_link_that_leads_out_is_refused(folder: Path, tmp_path: Path) -> None:
    (tmp_path / "elsewhere").mkdir()
    (folder / "out").symlink_to(tmp_path / "elsewhere")
    with pytest.raises(ReconcilerError, match=f"out/x.yaml points outside .*, to {tmp_path}/elsewhere/x.yaml"):
        write_all(folder, {"out/x.yaml": "x\n"})
    assert list((tmp_path / "elsewhere").iterdir()) == []


@pytest.mark.parametrize("what", ["file", "loop", "nothing"])
def test_what_is_no_folder_has_no_note(tmp_path: Path, what: str) -> None:
    place = tmp_path / what
    if what == "file":
        place.touch()
    elif what == "loop":
        place.symlink_to(place)
    undo_interrupted_write(place)
    with pytest.raises(DefinitionsError, match=r"no such folder|no environment"):
        load(place, "staging")


def test_a_note_from_elsewhere_is_refused(folder: Path) -> None:
    """A checkout with a note would change files that somebody reviewed."""
    kill_in_the_middle(folder)
    note, before = (folder / NOTE).read_bytes(), contents(folder)
    (folder / "copy").write_bytes(note)
    (folder / "copy").replace(folder / NOTE)
    with pytest.raises(IncompleteWrite, match="was copied here, or is damaged"):
        undo_interrupted_write(folder)
    assert contents(folder) == before


@pytest.mark.parametrize("text", ["", "[]", "{}", '{"inode": 1, "files": []}'])
def test_a_note_that_says_nothing_is_refused(folder: Path, text: str) -> None:
    (folder / NOTE).write_text(text)
    with pytest.raises(IncompleteWrite, match="was copied here, or is damaged"):
        undo_interrupted_write(folder)


@pytest.mark.parametrize("member", ["path", "staged"])
def test_a_note_about_files_elsewhere_is_refused(folder: Path, tmp_path: Path, member: str) -> None:
    victim = tmp_path / "victim"
    victim.write_text("mine\n")
    step = {"path": "kept.yaml", "staged": ".kept.part", "before": None, "after": None} | {member: "../victim"}
    (folder / NOTE).touch()
    (folder / NOTE).write_text(json.dumps({"inode": (folder / NOTE).stat().st_ino, "files": [step]}))
    with pytest.raises(ReconcilerError, match=r"was copied here, or is damaged|points outside"):
        undo_interrupted_write(folder)
    assert victim.read_text() == "mine\n"
