"""Long-running child processes, followed line by line, with a time limit. They never outlive the call."""

from __future__ import annotations

import queue
import subprocess
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

_LAST_LINES = 12
"""The number of last lines that a failure repeats."""

_TICK = 1.0
"""Seconds between two checks of the time limit while a child prints nothing."""


class ProcessFailed(Exception):
    """A child could not be started, ended with an error, or took longer than allowed; the text says which."""


def follow(
    command: Sequence[str | Path],
    *,
    on_line: Callable[[str], None],
    on_tick: Callable[[], None] = lambda: None,
    limit: Callable[[], float] | None = None,
    cwd: Path | None = None,
    env: Mapping[str, str] | None = None,
) -> None:
    """Run `command`; `on_line` gets each line of its output. `on_tick` is called after each line and every second.

    `limit` returns how many seconds the child may take in total. The child is killed when it takes longer, and also
    when this call ends in any other way, such as an interrupt.
    """
    started = time.monotonic()
    try:
        child = subprocess.Popen(
            command,
            cwd=cwd,
            env=env,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            errors="replace",
        )
    except OSError as error:
        raise ProcessFailed(f"{command[0]}: {error.strerror}") from error
    lines: queue.SimpleQueue[str | None] = queue.SimpleQueue()
    reader = threading.Thread(target=_read, args=(child, lines), daemon=True)
    reader.start()
    last_lines: list[str] = []
    try:
        while True:
            if limit is not None and time.monotonic() - started > limit():
                raise ProcessFailed(f"no result after {limit():.0f} s")
            on_tick()
            try:
                line = lines.get(timeout=_TICK)
            except queue.Empty:
                continue
            if line is None:
                break
            last_lines = [*last_lines, line][-_LAST_LINES:]
            on_line(line)
        if child.wait() != 0:
            raise ProcessFailed("\n".join(last_lines) or f"exit code {child.returncode}")
    finally:
        if child.poll() is None:
            child.kill()
        child.wait()
        reader.join(timeout=_TICK)


def _read(child: subprocess.Popen[str], lines: queue.SimpleQueue[str | None]) -> None:
    assert child.stdout is not None
    with child.stdout:
        for line in child.stdout:
            lines.put(line.rstrip())
    lines.put(None)
