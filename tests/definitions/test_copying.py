"""Copies of a definitions folder: changes to a copy do not reach the original."""

from __future__ import annotations

import tempfile
from pathlib import Path

import pytest

from reconciler.definitions import DefinitionsError
from reconciler.definitions.copying import copied
from reconciler.errors import FileNotWritten
from tests.faults import Full, contents, fault


def test_links_inside_the_folder_point_into_the_copy(tmp_path: Path) -> None:
    folder = tmp_path / "definitions"
    (folder / "a").mkdir(parents=True)
    (folder / "a" / "x.yaml").write_text("x\n")
    (folder / "absolute.yaml").symlink_to(folder / "a" / "x.yaml")
    (folder / "relative.yaml").symlink_to("a/x.yaml")
    (folder / "linked").symlink_to(folder / "a")
    for name in ("absolute.yaml", "relative.yaml", "linked/x.yaml"):
        with copied(folder) as copy:
            (copy / name).write_text("changed\n")
            assert (copy / "a" / "x.yaml").read_text() == "changed\n"
            assert (copy / name).resolve().is_relative_to(copy.resolve())
    assert contents(folder)["a/x.yaml"] == b"x\n"


def test_other_files_are_there_without_their_content(tmp_path: Path) -> None:
    folder = tmp_path / "definitions"
    folder.mkdir()
    for name in ("a.yaml", "b.yml", "teams.csv", "ROLES.CSV", "token.secret", "key.pem", "plain"):
        (folder / name).write_text("content\n")
    with copied(folder) as copy:
        assert contents(copy) == {
            "a.yaml": b"content\n",
            "b.yml": b"content\n",
            "teams.csv": b"content\n",
            "ROLES.CSV": b"content\n",
            "token.secret": b"",
            "key.pem": b"",
            "plain": b"",
        }


def test_link_out_of_the_folder_is_refused(tmp_path: Path) -> None:
    folder = tmp_path / "definitions"
    folder.mkdir()
    (folder / "out").symlink_to(tmp_path)
    said = f"out:1:1: the link points outside the definitions, to {tmp_path}"
    with pytest.raises(DefinitionsError, match=said), copied(folder):
        pass


def test_full_disk_is_reported(tmp_path: Path) -> None:
    full = fault(1, Full, Path(tempfile.gettempdir()))
    with pytest.raises(FileNotWritten, match="No space left on device"), full, copied(tmp_path):
        pass
