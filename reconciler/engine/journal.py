"""The journal of one run: one line for each completed step, so that nothing is lost if the run is killed.

The engine would write its whole state at every step, which for a thousand objects takes longer than everything else.
It writes the state once, at the end, and the journal records the steps until then. After a killed run, the next command
replays the journal.
"""

from __future__ import annotations

import errno
import fcntl
import hashlib
import json
import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import asdict
from datetime import UTC, datetime
from typing import Any

from reconciler import files
from reconciler.engine.changes import operation_of
from reconciler.engine.checkpoints import keep_copy, mark_unverified, restore_checkpoint
from reconciler.engine.local_state import LocalState, checkpoint_in
from reconciler.engine.replay import PUTS, RECORDED, Step, replayed
from reconciler.engine.state import STACK, checked, without_secrets
from reconciler.errors import FileNotWritten, Refused
from reconciler.file_formats import JOURNAL


class Journal:
    """Records the events of one run. It does nothing for a state that is not in a local folder."""

    def __init__(self, descriptor: int | None = None, on_failure: Callable[[OSError], None] | None = None) -> None:
        """The first failure to write calls `on_failure`; after that, nothing more is written."""
        self._descriptor = descriptor
        self._on_failure = on_failure

    def record(self, event: Any) -> None:
        """Record one engine event (`pulumi.automation.EngineEvent`)."""
        if event.res_outputs_event:
            step = event.res_outputs_event.metadata
            if step.type != STACK and (operation_of(step) in RECORDED or _renamed(step)):
                self._write({"done": asdict(_step(step))})
        elif event.resource_pre_event:
            step = event.resource_pre_event.metadata
            if step.type == STACK and operation_of(step) in RECORDED:  # the stack is not an object of the tenant
                self._write({"done": asdict(_step(step))})
            elif operation_of(step) in RECORDED:
                self._write({"begun": step.urn})

    def end(self) -> None:
        """Record that the reconciler was not killed and saw all that the engine did."""
        self._on_failure = None  # harmless: without this entry, the next run checks the tenant
        self._write({"ended": True})

    def _write(self, entry: dict[str, Any]) -> None:
        if self._descriptor is None:
            return
        line = json.dumps(entry).encode() + b"\n"
        try:
            while line:
                line = line[os.write(self._descriptor, line) :]
        except OSError as error:
            self._descriptor = None
            if self._on_failure:
                self._on_failure(error)


@contextmanager
def open_journal(state: LocalState, on_failure: Callable[[OSError], None]) -> Iterator[Journal]:
    """A journal for one run; keeps a copy of the checkpoint first. Raises `FileNotWritten`, `Refused`."""
    descriptor = _create(state)
    try:
        journal = Journal(descriptor, on_failure)
        try:
            yield journal
        finally:
            journal.end()
    finally:
        os.close(descriptor)


def _create(state: LocalState) -> int:
    """The file descriptor of a new, locked journal."""
    start = json.dumps({"version": JOURNAL.version, "start": _digest(keep_copy(state))}).encode() + b"\n"
    try:
        state.journal.parent.mkdir(parents=True, exist_ok=True)
        descriptor = os.open(state.journal, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        try:
            if not _lock(descriptor):
                raise Refused(f"another run holds the stack {state.stack}", hint="wait for it to end")
            os.ftruncate(descriptor, 0)
            if os.write(descriptor, start) != len(start):
                raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
        except BaseException:
            os.close(descriptor)
            raise
    except OSError as error:
        raise FileNotWritten(state.journal, error) from error
    return descriptor


def is_unfinished(state: LocalState) -> bool:
    """Whether the last run of the engine on this state still runs, or was killed. Changes nothing.

    Raises `NewerFormat`.
    """
    try:
        *_, last = _entries(state, state.journal.read_bytes().splitlines())
    except (OSError, ValueError):  # no journal, or an empty one
        return False
    return last != {"ended": True}


def recover_checkpoint(state: LocalState) -> None:
    """Restore and update the checkpoint, unless a run is in progress.

    Raises `EngineError`, `FileNotWritten`, and `NewerFormat` if a newer reconciler made the run.
    """
    try:
        descriptor = os.open(state.journal, os.O_RDONLY | os.O_CLOEXEC)
    except FileNotFoundError:
        restore_checkpoint(state)
        return
    except OSError as error:
        raise FileNotWritten(state.journal, error) from error
    try:
        if _lock(descriptor):
            with os.fdopen(os.dup(descriptor), "rb") as file:
                entries = list(_entries(state, list(file)))
            restore_checkpoint(state)
            _replay(state, entries)
            state.journal.unlink(missing_ok=True)
    finally:
        os.close(descriptor)


def _replay(state: LocalState, entries: list[dict[str, Any]]) -> None:
    """Replay a journal on the checkpoint it started from. Any other checkpoint was written by that run itself."""
    try:
        content = state.checkpoint.read_bytes()
    except FileNotFoundError:
        content = b""
    if not entries or entries[0].get("start") != _digest(content) or entries[1:] == [{"ended": True}]:
        return
    mark_unverified(state)
    steps = [Step(**entry["done"]) for entry in entries if "done" in entry]
    checkpoint = checkpoint_in(content)
    if not steps or checkpoint is None:
        return
    latest = replayed(checked(checkpoint["checkpoint"].get("latest") or {}, state.checkpoint), steps)
    latest["manifest"] = (latest.get("manifest") or {}) | {"time": datetime.now(UTC).isoformat()}
    whole = checkpoint | {"checkpoint": checkpoint["checkpoint"] | {"latest": latest}}
    files.write(state.checkpoint, json.dumps(whole, separators=(",", ":")))
    state.checkpoint.with_name(f"{state.checkpoint.name}.attrs").unlink(missing_ok=True)


def _entries(state: LocalState, lines: list[bytes]) -> Iterator[dict[str, Any]]:
    """The entries of a journal. Raises `NewerFormat`."""
    for number, line in enumerate(lines):
        try:
            entry = json.loads(line)
        except ValueError:  # truncated
            return
        if number == 0 and isinstance(entry, dict):
            JOURNAL.check(state.journal, entry.get("version"), "delete the file if no run is in progress")
        yield entry


def _renamed(step: Any) -> str:
    """The earlier URN of a renamed resource; empty if it was not renamed."""
    return str(step.old.urn) if step.old and step.old.urn != step.urn else ""


def _step(step: Any) -> Step:
    operation, new = operation_of(step), step.new
    removed = step.old.id if step.old else ""
    if new is None or operation not in PUTS:
        return Step(operation, step.urn, removed, _renamed(step), None)
    resource = {
        "urn": step.urn,
        "custom": bool(new.custom),
        "id": new.id,
        "type": new.type,
        "inputs": without_secrets(dict(new.inputs or {})),
        "outputs": without_secrets(dict(new.outputs or {})),
        "parent": new.parent,
        "provider": new.provider,
    }
    known = {name: value for name, value in resource.items() if value != ""}
    return Step(operation, step.urn, removed, _renamed(step), known)


def _lock(descriptor: int) -> bool:
    """Lock the file without waiting. The kernel releases the lock when the process ends, even by a kill."""
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


def _digest(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()
