"""Checkpoints in a local folder: each is checked before use, and a complete copy is kept.

If the engine (3.256.0) cannot write a whole checkpoint, the truncated file keeps the checkpoint's name. The next
checkpoint copies that file over the backup first, so the engine's backup alone is not enough.
"""

from __future__ import annotations

import contextlib
import json
import time
from collections.abc import Iterator
from pathlib import Path

from reconciler import files
from reconciler.engine.local_state import LocalState, checkpoint_in

_MINUTE = 60.0


def restore_checkpoint(state: LocalState) -> None:
    """Replace a damaged checkpoint with the newest complete copy. Raises `EngineError` if there is none.

    Later steps are in the journal, or are found in the tenant, as after any killed run.
    """
    checkpoint = state.checkpoint
    _remove_truncated_attributes(checkpoint)
    for staged in checkpoint.parent.glob(f"{checkpoint.name}.*.tmp"):  # remain when the disk is full
        with contextlib.suppress(OSError):
            if time.time() - staged.stat().st_mtime > _MINUTE:
                staged.unlink()
    if not is_damaged(state):
        return
    copies = sorted(_copies(state), key=lambda copy: copy.stat().st_mtime_ns, reverse=True)
    content = next((content for copy in copies if (content := _complete(copy)) is not None), None)
    if content is None:
        raise state.unreadable()
    mark_unverified(state)
    files.write(checkpoint, content)


def is_damaged(state: LocalState) -> bool:
    """Whether there is a checkpoint that is not complete."""
    return state.checkpoint.exists() and _complete(state.checkpoint) is None


def mark_unverified(state: LocalState) -> None:
    """Record that the state may contain objects that no longer exist in the tenant."""
    files.write(state.unverified, "the next `up` checks that all objects in the state exist in the tenant\n")


def keep_copy(state: LocalState) -> bytes:
    """Keep a copy of the complete checkpoint before a run changes it. Returns its content, empty if there is none."""
    try:
        content = state.checkpoint.read_bytes()
    except FileNotFoundError:
        return b""
    try:
        kept = state.kept.read_bytes()
    except OSError:
        kept = b""
    if kept != content:
        files.write(state.kept, content)
    return content


def _copies(state: LocalState) -> Iterator[Path]:
    for copy in (_backup(state.checkpoint), state.kept):
        if copy.is_file():
            yield copy
    if state.backups.is_dir():
        yield from state.backups.glob("*.json")


def _remove_truncated_attributes(checkpoint: Path) -> None:
    """Remove truncated `.attrs` files. The engine does not need them, and a kill can truncate them."""
    for file in (checkpoint, _backup(checkpoint)):
        attributes = file.with_name(f"{file.name}.attrs")
        if attributes.is_file() and not _is_json(attributes):
            attributes.unlink()


def _is_json(file: Path) -> bool:
    try:
        json.loads(file.read_bytes())
    except (OSError, ValueError):
        return False
    return True


def _backup(checkpoint: Path) -> Path:
    return checkpoint.with_name(f"{checkpoint.name}.bak")


def _complete(file: Path) -> bytes | None:
    """The content of a file, if it is a complete checkpoint."""
    try:
        content = file.read_bytes()
    except OSError:
        return None
    return content if checkpoint_in(content) is not None else None
