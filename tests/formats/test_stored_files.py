"""Stored files of each format: those of today and earlier are read, and newer ones are refused and stay as they are.

The files in `files` are named after the format and its version. They must not be changed: a new version adds files.
"""

from __future__ import annotations

import gzip
import json
import re
import sqlite3
from collections.abc import Callable
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from reconciler import file_formats
from reconciler.audit import Audit
from reconciler.baseline import Baselines
from reconciler.definitions.transaction import NOTE, undo_interrupted_write
from reconciler.engine.journal import is_unfinished, recover_checkpoint
from reconciler.engine.local_state import LocalState
from reconciler.engine.state import STACK, parse
from reconciler.file_formats import FORMATS, Format, NewerFormat, UnknownFormat
from reconciler.history.store import Store
from reconciler.ignored_states import IgnoredStates
from reconciler.last_up import last_up_in
from reconciler.plan.file import read as read_plan

FILES = Path(__file__).parent / "files"


@dataclass(frozen=True)
class Stored:
    """How the files of one format are put in place and read."""

    format: Format
    name: str
    """The stored files: `baseline` for `baseline-2.json`."""
    put: Callable[[Path, Path], Path]
    """Puts a stored file into a folder, and returns where."""
    read: Callable[[Path], object]
    """Reads the file in the folder."""
    raise_version: Callable[[Path], None]
    """Makes the file one of a newer reconciler."""

    def files(self) -> list[Path]:
        return sorted(FILES.glob(f"{self.name}-*"))


def copied(path: str) -> Callable[[Path, Path], Path]:
    def put(stored: Path, folder: Path) -> Path:
        target = folder / path
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(gzip.compress(stored.read_bytes()) if path.endswith(".gz") else stored.read_bytes())
        return target

    return put


def put_history(stored: Path, folder: Path) -> Path:
    with closing(sqlite3.connect(folder / "history.sqlite")) as database:
        database.executescript(stored.read_text())
    return folder / "history.sqlite"


def put_journal(stored: Path, folder: Path) -> Path:
    put_state(FILES / "state-1.json", folder)
    return copied(".reconciler/okta/test.journal")(stored, folder)


def put_note(stored: Path, folder: Path) -> Path:
    """A note is valid only in its own file, which it names by the inode."""
    (folder / "groups.yaml").write_text("after\n")
    note = copied(NOTE)(stored, folder)
    with note.open("r+") as file:
        content = json.load(file) | {"inode": note.stat().st_ino}
        file.seek(0)
        json.dump(content, file)
        file.truncate()
    return note


put_state = copied(".pulumi/stacks/okta/test.json")


def state(folder: Path) -> LocalState:
    return LocalState(folder, "okta", "test")


def read_state(folder: Path) -> object:
    return last_up_in(parse(state(folder).deployment()))


def read_journal(folder: Path) -> object:
    assert is_unfinished(state(folder))
    recover_checkpoint(state(folder))
    return sorted(name for _, name in parse(state(folder).deployment()).resources)


def read_note(folder: Path) -> object:
    undo_interrupted_write(folder)
    return (folder / "groups.yaml").read_text()


def rewritten(path: Path, change: Callable[[Any], None]) -> None:
    """Change a JSON file in place; of several lines, the first one."""
    packed = path.suffix == ".gz"
    text = (gzip.decompress(path.read_bytes()) if packed else path.read_bytes()).decode()
    first, rest = text.split("\n", 1) if path.suffix in (".jsonl", ".journal") else (text, "")
    document = json.loads(first)
    change(document)
    content = "\n".join(filter(None, (json.dumps(document), rest))).encode()
    path.write_bytes(gzip.compress(content) if packed else content)


def in_document(path: Path) -> None:
    def change(document: Any) -> None:
        document["version"] = document.get("version", 1) + 1

    rewritten(path, change)


def in_outputs(path: Path) -> None:
    def change(document: Any) -> None:
        (stack,) = [one for one in document["checkpoint"]["latest"]["resources"] if one["type"] == STACK]
        stack["outputs"]["format"] = stack["outputs"].get("format", 1) + 1.0

    rewritten(path, change)


def in_table(path: Path) -> None:
    with closing(sqlite3.connect(path)) as database, database:
        database.execute("CREATE TABLE IF NOT EXISTS reconciler_format (number INTEGER PRIMARY KEY, version INTEGER)")
        database.execute("INSERT OR IGNORE INTO reconciler_format VALUES (1, 1)")
        database.execute("UPDATE reconciler_format SET version = version + 1")


STORED = [
    Stored(
        file_formats.AUDIT_LINE,
        "audit",
        copied("test.jsonl"),
        lambda folder: [line.event for line in Audit(str(folder)).lines("test")],
        in_document,
    ),
    Stored(
        file_formats.BASELINE,
        "baseline",
        copied("test.json.gz"),
        lambda folder: sorted(Baselines(str(folder)).load("test") or ()),
        in_document,
    ),
    Stored(
        file_formats.HISTORY,
        "history",
        put_history,
        lambda folder: [one.subject for one in Store(str(folder / "history.sqlite")).load("test", 9).open],
        in_table,
    ),
    Stored(
        file_formats.IGNORED_STATES,
        "ignored",
        copied("test.ignored.json"),
        lambda folder: list(IgnoredStates(str(folder), "test").load()),
        in_document,
    ),
    Stored(file_formats.JOURNAL, "journal", put_journal, read_journal, in_document),
    Stored(
        file_formats.PLAN,
        "plan",
        copied("plan.json"),
        lambda folder: read_plan(folder / "plan.json").stack,
        in_document,
    ),
    Stored(file_formats.STATE, "state", put_state, read_state, in_outputs),
    Stored(file_formats.WRITE_NOTE, "write-note", put_note, read_note, in_document),
]
EXPECTED: dict[str, Callable[[Any], bool]] = {
    "audit": lambda found: found == ["begin", "end"],
    "baseline": lambda found: found == ["bookmark-app", "group", "oidc-app"],
    "history": lambda found: found == ["group staff"],
    "ignored": lambda found: found == ["cdde2c400b2bbc97"],
    "journal": lambda found: found == ["contractors", "guests", "staff", "wiki"],
    "plan": lambda found: found == "okta/test",
    "state": lambda found: found.by == "alice@laptop" and found.clean,
    "write-note": lambda found: found == "before\n",
}


CASES = [pytest.param(one, file, id=file.stem) for one in STORED for file in one.files()]


def contents(folder: Path) -> dict[Path, bytes]:
    return {path: path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def test_every_format_has_a_stored_file_of_its_version():
    assert {one.format for one in STORED} == set(FORMATS)
    for one in STORED:
        assert f"{one.name}-{one.format.version}" in {file.stem for file in one.files()}


@pytest.mark.parametrize(("stored", "file"), CASES)
def test_files_of_today_and_earlier_are_read(stored: Stored, file: Path, tmp_path: Path):
    stored.put(file, tmp_path)
    assert EXPECTED[stored.name](stored.read(tmp_path))


@pytest.mark.parametrize(("stored", "file"), CASES)
def test_newer_files_are_refused_and_stay(stored: Stored, file: Path, tmp_path: Path):
    path = stored.put(file, tmp_path)
    stored.raise_version(path)
    before = contents(tmp_path)
    with pytest.raises(NewerFormat) as caught:
        stored.read(tmp_path)
    known = stored.format.version
    where = str(tmp_path) if stored.format is file_formats.HISTORY else str(path)
    assert where in caught.value.message
    assert f"the {stored.format.name} has format version {known + 1}, and" in caught.value.message
    assert caught.value.message.endswith(f"this reconciler reads versions up to {known}")
    assert "upgrade the reconciler" in caught.value.hint
    assert caught.value.exit_code == 1
    assert contents(tmp_path) == before


@pytest.mark.parametrize("version", ["2", True, 1.5, float("inf"), [], {}])
def test_a_version_is_a_whole_number(version: object):
    with pytest.raises(UnknownFormat, match=r"f: the format version of the baseline is not a whole number") as caught:
        file_formats.BASELINE.check("f", version, "do this")
    assert caught.value.hint == "do this"


def test_a_version_that_is_too_old():
    with pytest.raises(UnknownFormat, match=r"f: the baseline has format version 1, .* reads versions from 2"):
        file_formats.BASELINE.check("f", 1, "do this")


def test_the_documentation_lists_every_format():
    page = (Path(__file__).parents[2] / "docs/files.md").read_text()
    rows = {
        (cells[2].strip(), cells[3].strip())
        for line in page.splitlines()
        if len(cells := line.split("|")) == 6 and re.fullmatch(r"\d+", cells[3].strip())
    }
    assert rows >= {(one.name, str(one.version)) for one in FORMATS}
