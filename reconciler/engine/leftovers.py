"""The locks of a state that is kept in files: those of runs that died are removed, and the others respected."""

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

MOMENT = 2.0
"""Seconds after which a lock that an engine begins to write is there."""
PATIENCE = 45.0
"""Seconds that an engine has to end. It tries for half a minute to write its state on a full disk."""


def clear_leftovers(state: LocalState) -> None:
    """Remove the locks of runs that died on this machine; `Refused` while one is alive."""
    _remove_unfinished(state)
    for lock in state.locks.glob("*.json") if state.locks.is_dir() else ():
        holder = _read_lock(lock)
        if holder is None:
            continue
        if holder.get("hostname") == socket.gethostname() and not is_engine(holder.get("pid")):
            try:
                lock.unlink(missing_ok=True)
            except OSError as error:
                raise FileNotWritten(lock, error) from error
        else:
            raise Refused(
                f"another run holds the stack {state.stack}: process {holder.get('pid')} on "
                f"{holder.get('hostname')}, since {holder.get('timestamp')}",
                hint="wait for it to end; if that machine is gone, remove " + str(lock),
            )


def _remove_unfinished(state: LocalState) -> None:
    """Remove locks that could not be written, on a full disk: the engine takes every file there for a lock."""
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
    """End the engine that holds a stack on this machine: ask it to, and kill it if it does not end in time."""
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
    """Who holds it; nothing is known of one that is half written, and None means that it is no longer there."""
    try:
        holder = json.loads(lock.read_text())
    except FileNotFoundError:
        return None
    except (OSError, ValueError):
        return {}
    return holder if isinstance(holder, dict) else {}


def is_engine(pid: object) -> bool:
    """Whether an engine with this process id runs here. One that ended and was not waited for yet is dead."""
    if not isinstance(pid, int):
        return False
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        pass  # somebody else's
    try:
        name, _, rest = Path(f"/proc/{pid}/stat").read_text().partition("(")[2].rpartition(")")
    except OSError:
        return True  # no such file system: believe the signal
    return "pulumi" in name and rest.split()[0] != "Z"
