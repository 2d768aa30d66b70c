"""One process at a time: a lock file that the kernel releases when its process ends, even by a kill."""

from __future__ import annotations

import fcntl
import os
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

_POLL = 0.5
"""Seconds between two attempts."""

_REMINDER = 10.0
"""Seconds between two calls of `on_wait`."""


@contextmanager
def exclusively(lock: Path, *, on_wait: Callable[[float], None]) -> Iterator[None]:
    """Hold `lock` for the duration of the block.

    While another process holds it, `on_wait` gets the seconds waited so far: at once, and then every ten seconds.
    """
    descriptor = os.open(lock, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o644)
    try:
        started = due = time.monotonic()
        while not _acquired(descriptor):
            if time.monotonic() >= due:
                on_wait(due - started)
                due += _REMINDER
            time.sleep(_POLL)
        yield
    finally:
        os.close(descriptor)


def _acquired(descriptor: int) -> bool:
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True
