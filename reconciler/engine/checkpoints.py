"""Checkpoints in a local folder: each is checked before anything is built on it, and a whole copy is kept.

An engine (3.256.0) that cannot write a checkpoint to the end leaves the part that it wrote under the checkpoint's name,
and the next checkpoint first copies that part over the backup. So its backup alone is not enough.
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
    """Make the checkpoint readable again: take back the newest whole copy. Raises `EngineError` if there is none.

    What the lost one knew more is in the journal, or recognised in the tenant, as after any kill.
    """
    checkpoint = state.checkpoint
    _drop_cut_attributes(checkpoint)
    for staged in checkpoint.parent.glob(f"{checkpoint.name}.*.tmp"):  # the engine leaves them when a disk is full
        with contextlib.suppress(OSError):
            if time.time() - staged.stat().st_mtime > _MINUTE:
                staged.unlink()
    if not is_damaged(state):
        return
    copies = sorted(_copies(state), key=lambda copy: copy.stat().st_mtime_ns, reverse=True)
    content = next((content for copy in copies if (content := _whole(copy)) is not None), None)
    if content is None:
        raise state.unreadable()
    mark_unverified(state)
    files.write(checkpoint, content)


def is_damaged(state: LocalState) -> bool:
    """Whether there is a checkpoint, and it is not a whole one."""
    return state.checkpoint.exists() and _whole(state.checkpoint) is None


def mark_unverified(state: LocalState) -> None:
    """Note that the state may have what is no longer in the tenant."""
    files.write(state.unverified, "the next `up` looks whether all that the state has is in the tenant\n")


def keep_copy(state: LocalState) -> bytes:
    """Keep a copy of the checkpoint, which is whole, before a run changes it; its content, empty for none."""
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


def _drop_cut_attributes(checkpoint: Path) -> None:
    """The engine writes the attributes of a file (`.attrs`, which it can do without) in place: a kill can cut them."""
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


def _whole(file: Path) -> bytes | None:
    """The content of a file, if it is a whole checkpoint."""
    try:
        content = file.read_bytes()
    except OSError:
        return None
    return content if checkpoint_in(content) is not None else None
