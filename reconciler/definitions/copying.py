"""A working copy of a definitions folder, in which symbolic links point into the copy."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

from reconciler.definitions.errors import DefinitionsError
from reconciler.definitions.files import is_read, link_target, outward_links
from reconciler.definitions.transaction import undo_interrupted_write
from reconciler.errors import FileNotWritten

_NOT_COPIED: Final = ".git"


@contextmanager
def copied(directory: Path) -> Iterator[Path]:
    """A copy of the folder, which does not have to exist. Files that definitions are not read from have no content.

    Raises `DefinitionsError` if a link leads out of the folder, and `FileNotWritten` if the copy cannot be written.
    """
    undo_interrupted_write(directory)
    if problems := list(outward_links(directory)):
        raise DefinitionsError(problems)
    with tempfile.TemporaryDirectory() as parent:
        copy = Path(parent) / "definitions"
        try:
            copy.mkdir()
            if directory.exists():
                root = directory.resolve()
                _copy(root, copy, root, copy)
        except OSError as error:
            raise FileNotWritten(copy, error) from error
        yield copy


def _copy(folder: Path, into: Path, root: Path, copy: Path) -> None:
    for path in folder.iterdir():
        target = into / path.name
        if path.is_symlink():
            if (end := link_target(path)) and end.is_relative_to(root):
                target.symlink_to(copy / end.relative_to(root))
        elif path.is_dir():
            if path.name != _NOT_COPIED:
                target.mkdir()
                _copy(path, target, root, copy)
        elif is_read(path):
            shutil.copy2(path, target)
        elif path.is_file():
            target.touch()
