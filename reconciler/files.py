"""Writing files atomically: after a kill or on a full disk, the file still has its earlier content."""

from __future__ import annotations

import contextlib
import os
import secrets
from pathlib import Path

from reconciler.errors import FileNotWritten


def write(path: Path, content: str | bytes) -> None:
    """Write a file, and create it and its folders if they are missing. Raises `FileNotWritten`.

    The content is written to a hidden file beside it, synced to disk, and renamed in one step. The file keeps its
    permissions. A symbolic link is kept: its target is replaced.
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
