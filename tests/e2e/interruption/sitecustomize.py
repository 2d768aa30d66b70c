"""Ends a process at one of the operations by which it writes; Python imports this by itself from `PYTHONPATH`.

`INTERRUPT_BELOW` is a folder: what is written below it counts, and so does each run of the engine that can change the
state. The operation whose number is `INTERRUPT_AT` (from 1) is where the process is killed, with all that it started;
with `INTERRUPT_BY=full` the operation fails as on a full disk instead, and the process goes on. `INTERRUPT_AFTER` are
seconds from the first operation to a kill. Every operation is added to the file `INTERRUPT_LOG`.
"""

from __future__ import annotations

import os
import signal
import sys
import threading
import time
from typing import Any

_AT = int(os.environ.get("INTERRUPT_AT", "0"))
_AFTER = float(os.environ.get("INTERRUPT_AFTER", "0"))
_BELOW = os.environ.get("INTERRUPT_BELOW", "")
_LOG = os.environ.get("INTERRUPT_LOG", "")
_FULL = os.environ.get("INTERRUPT_BY") == "full"
_FILE_EVENTS = ("os.rename", "os.remove", "os.mkdir", "os.rmdir", "os.chmod")
_count = 0
_started = time.monotonic()


def _kill() -> None:
    os.killpg(os.getpgrp(), signal.SIGKILL)


def _operation(event: str, arguments: tuple[Any, ...]) -> str:
    """What is done, in a word and a path; empty if it does not count."""
    if event == "subprocess.Popen":
        words = list(arguments[1]) if not isinstance(arguments[1], str | bytes) else []
        if "pulumi" in os.path.basename(str(arguments[0])):
            return next((word for word in ("import", "refresh", "up") if word in words), "")
        return ""
    path = os.fspath(arguments[0]) if isinstance(arguments[0], str | os.PathLike) else ""
    if not isinstance(path, str) or not path.startswith(_BELOW):
        return ""
    if event == "open":
        return f"open {path}" if arguments[2] & (os.O_WRONLY | os.O_RDWR | os.O_CREAT) else ""
    return f"{event} {path}" if event in _FILE_EVENTS else ""


def _hook(event: str, arguments: tuple[Any, ...]) -> None:
    global _count
    if event not in ("open", "subprocess.Popen", *_FILE_EVENTS):
        return
    operation = _operation(event, arguments)
    if not operation:
        return
    _count += 1
    if _LOG:
        descriptor = os.open(_LOG, os.O_WRONLY | os.O_APPEND | os.O_CREAT)
        os.write(descriptor, f"{time.monotonic() - _started:.3f} {operation}\n".encode())
        os.close(descriptor)
    if _count == 1 and _AFTER:
        timer = threading.Timer(_AFTER, _kill)
        timer.daemon = True
        timer.start()
    if _count == _AT:
        if _FULL:
            raise OSError(28, "No space left on device")
        _kill()


if _BELOW:
    sys.addaudithook(_hook)
