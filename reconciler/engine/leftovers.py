"""The locks of a local state: locks of runs that have ended are removed, all others are respected."""

from __future__ import annotations

import contextlib
import json
import os
import signal
import socket
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from reconciler.engine.local_state import LocalState
from reconciler.errors import FileNotWritten, Refused

IF_IT_WAS_KILLED = "only if it was killed, run `up` or `repair` with --break-lock, which removes its lock"
MOMENT = 2.0
"""Seconds that an engine may take to write a lock."""
PATIENCE = 45.0
"""Seconds that an engine has to end. On a full disk, it tries for half a minute to write its state."""


class LockHeld(Refused):
    """Raised while another run holds the stack, or a run that was killed still does."""


def clear_leftovers(state: LocalState, broken: list[str] | None = None) -> None:
    """Remove the locks of runs that were killed on this machine. Raises `LockHeld` while another run holds a lock.

    If `broken` is a list, locks of other machines are removed too, and their holders are added to it.
    """
    _remove_unfinished(state)
    for lock in state.locks.glob("*.json") if state.locks.is_dir() else ():
        holder = _read_lock(lock)
        if holder is None:
            continue
        here = holder.get("hostname") == socket.gethostname()
        runs_here = here and is_engine(holder.get("pid"))
        who = f"process {holder.get('pid')} on {holder.get('hostname')}, since {holder.get('timestamp')}"
        if runs_here or not (here or broken is not None):
            again = "wait for it to end" + ("" if runs_here else f"; {IF_IT_WAS_KILLED}")
            raise LockHeld(f"another run holds the stack {state.stack}: {who}", hint=again)
        try:
            lock.unlink(missing_ok=True)
        except OSError as error:
            raise FileNotWritten(lock, error) from error
        if broken is not None and not here:
            broken.append(who)


def _remove_unfinished(state: LocalState) -> None:
    """Remove locks that could not be completed on a full disk: the engine treats every file there as a lock."""
    unfinished = list(state.locks.glob("*.tmp")) if state.locks.is_dir() else []
    last = time.monotonic() + MOMENT
    while any(path.exists() for path in unfinished) and time.monotonic() < last:
        time.sleep(0.1)
    for path in unfinished:
        try:
            path.unlink(missing_ok=True)
        except OSError as error:
            raise FileNotWritten(path, error) from error


def end_engine(state: LocalState) -> None:
    """Stop the engine that holds the lock on this machine: interrupt it, and kill it if it does not end in time."""
    engines = [holder["pid"] for holder in _holders(state) if is_engine(holder.get("pid"))]
    for engine in engines:
        with contextlib.suppress(OSError):
            os.kill(engine, signal.SIGINT)
    last = time.monotonic() + PATIENCE
    while any(is_engine(engine) for engine in engines) and time.monotonic() < last:
        time.sleep(0.2)
    for engine in filter(is_engine, engines):
        with contextlib.suppress(OSError):
            os.kill(engine, signal.SIGKILL)


def _holders(state: LocalState) -> Iterator[dict[str, Any]]:
    for lock in state.locks.glob("*.json") if state.locks.is_dir() else ():
        holder = _read_lock(lock) or {}
        if holder.get("hostname") == socket.gethostname():
            yield holder


def _read_lock(lock: Path) -> dict[str, Any] | None:
    """The holder of a lock: empty if the lock is not readable, None if it no longer exists."""
    try:
        holder = json.loads(lock.read_text())
    except FileNotFoundError:
        return None
    except (OSError, ValueError):
        return {}
    return holder if isinstance(holder, dict) else {}


def is_engine(pid: object) -> bool:
    """Whether an engine with this process id runs here. A zombie process does not count."""
    if not isinstance(pid, int):
        return False
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        pass  # owned by another user
    try:
        name, _, rest = Path(f"/proc/{pid}/stat").read_text().partition("(")[2].rpartition(")")
    except OSError:
        return True  # no /proc: the process exists
    return "pulumi" in name and rest.split()[0] != "Z"
