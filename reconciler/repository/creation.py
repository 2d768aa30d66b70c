"""Creates a repository: all of its files, or none."""

from __future__ import annotations

import os
from collections.abc import Iterable, Mapping
from pathlib import Path

from reconciler.definitions.transaction import undo_interrupted_write, write_all
from reconciler.errors import ReconcilerError


class FilesExist(ReconcilerError):
    """Raised when files that would be written exist already. Nothing was written."""

    def __init__(self, folder: Path, paths: list[str]) -> None:
        what = "this file" if len(paths) == 1 else "these files"
        super().__init__(
            f"{folder} already has {what}: {', '.join(paths)}",
            hint="nothing was written; choose another folder, or move what is in the way",
        )


def create(folder: Path, files: Mapping[str, str]) -> None:
    """Write the files into a folder, which may have others. Raises `FilesExist` and `FileNotWritten`."""
    refuse_existing(folder, files)
    write_all(folder, files)


def refuse_existing(folder: Path, paths: Iterable[str]) -> None:
    """Raise `FilesExist` if any of the paths exist, after undoing what an interrupted run wrote."""
    undo_interrupted_write(folder)
    if existing := [path for path in paths if os.path.lexists(folder / path)]:
        raise FilesExist(folder, existing)
