"""Files are replaced completely or not at all."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from reconciler.errors import FileNotWritten
from reconciler.files import write


def test_makes_the_file_and_the_folders_above_it(tmp_path: Path) -> None:
    write(tmp_path / "a" / "b.yaml", "x: ü\n")
    assert (tmp_path / "a" / "b.yaml").read_bytes() == "x: ü\n".encode()


def test_keeps_permissions_and_leaves_nothing_beside_it(tmp_path: Path) -> None:
    file = tmp_path / "f"
    file.write_text("old")
    file.chmod(0o640)
    write(file, b"new")
    assert (file.read_bytes(), file.stat().st_mode & 0o777) == (b"new", 0o640)
    assert os.listdir(tmp_path) == ["f"]


def test_replaces_what_a_link_points_to(tmp_path: Path) -> None:
    (tmp_path / "real").write_text("old")
    (tmp_path / "link").symlink_to("real")
    write(tmp_path / "link", "new")
    assert (tmp_path / "link").is_symlink()
    assert (tmp_path / "real").read_text() == "new"


@pytest.mark.parametrize(("owner", "step"), [(os, "fsync"), (Path, "replace")])
def test_a_failing_write_keeps_the_earlier_content(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, owner: object, step: str
) -> None:
    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    file = tmp_path / "f"
    file.write_text("old")
    monkeypatch.setattr(owner, step, full)
    with pytest.raises(FileNotWritten, match=r"f cannot be written: No space left on device") as caught:
        write(file, "new")
    assert "run the same command again" in caught.value.hint
    assert file.read_text() == "old"
    assert os.listdir(tmp_path) == ["f"]


def test_a_kill_while_writing_keeps_the_earlier_content(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    class Killed(BaseException):
        pass

    def killed(*_: object) -> None:
        raise Killed

    file = tmp_path / "f"
    file.write_text("old")
    monkeypatch.setattr(os, "fsync", killed)
    with pytest.raises(Killed):
        write(file, "new")
    assert file.read_text() == "old"


@pytest.mark.parametrize(
    ("before", "after"), [(None, 0o600), (0o600, 0o600), (0o400, 0o400), (0o644, 0o600), (0o640, 0o600)]
)
def test_nobody_but_the_owner_can_read_a_secret(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, before: int | None, after: int
) -> None:
    """Not even while it is written, and whatever the umask is."""
    file, seen = tmp_path / "key", []
    if before is not None:
        file.write_text("old")
        file.chmod(before)
    monkeypatch.setattr(os, "fsync", lambda descriptor: seen.append(os.fstat(descriptor).st_mode & 0o777))
    umask = os.umask(0)
    try:
        write(file, "new", secret=True)
    finally:
        os.umask(umask)
    assert seen == [0o600]
    assert file.stat().st_mode & 0o777 == after
    assert file.read_text() == "new"
    assert os.listdir(tmp_path) == ["key"]


def test_no_folder_is_made_for_a_secret(tmp_path: Path) -> None:
    with pytest.raises(FileNotWritten, match="No such file or directory"):
        write(tmp_path / "a" / "key", "new", secret=True)
    assert os.listdir(tmp_path) == []
