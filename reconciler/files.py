"""Writing files atomically: after a kill or on a full disk, the file still has its earlier content."""

from __future__ import annotations

import contextlib
import os
import secrets
from functools import partial
from pathlib import Path
from typing import Final

from reconciler.errors import FileNotWritten

_OWNER: Final = 0o600
_BY_UMASK: Final = 0o666


def write(path: Path, content: str | bytes, *, secret: bool = False) -> None:
    """Write a file, and create it and its folders if they are missing. Raises `FileNotWritten`.

    The content is written to a hidden file beside it, synced to disk, and renamed in one step. The file keeps its
    permissions. A symbolic link is kept: its target is replaced.

    With `secret`, nobody but the owner can read the file, not even while it is written, whatever its permissions were;
    and its folder has to exist.
    """
    target = path.resolve()
    data = content.encode() if isinstance(content, str) else content
    staged = target.with_name(f".{target.name}.{secrets.token_hex(4)}.part")
    try:
        if not secret:
            target.parent.mkdir(parents=True, exist_ok=True)
        try:
            with open(staged, "xb", opener=partial(os.open, mode=_OWNER if secret else _BY_UMASK)) as file:
                file.write(data)
                file.flush()
                os.fsync(file.fileno())
            with contextlib.suppress(FileNotFoundError):
                staged.chmod(target.stat().st_mode & (_OWNER if secret else 0o7777))
            staged.replace(target)
        except BaseException:
            with contextlib.suppress(OSError):
                staged.unlink()
            raise
    except OSError as error:
        raise FileNotWritten(path, error) from error
