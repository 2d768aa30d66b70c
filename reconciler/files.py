"""Files that are written as a whole: after a kill or on a full disk, the earlier content is still there."""

from __future__ import annotations

import contextlib
import os
import secrets
from pathlib import Path

from reconciler.errors import FileNotWritten


def write(path: Path, content: str | bytes) -> None:
    """Replace the content of a file, or make it, with the folders above it. Raises `FileNotWritten`.

    The content goes to a hidden file beside it first, reaches the disk, and takes the name in one step. A symbolic
    link stays one: what it points to is replaced. The file keeps its permissions.
    """
    target = path.resolve()
    data = content.encode() if isinstance(content, str) else content
    staged = target.with_name(f".{target.name}.{secrets.token_hex(4)}.part")
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        try:
            with staged.open("xb") as file:
                file.write(data)
                file.flush()
                os.fsync(file.fileno())
            with contextlib.suppress(FileNotFoundError):
                staged.chmod(target.stat().st_mode & 0o7777)
            staged.replace(target)
        except BaseException:
            with contextlib.suppress(OSError):
                staged.unlink()
            raise
    except OSError as error:
        raise FileNotWritten(path, error) from error
