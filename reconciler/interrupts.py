"""Signals that ask a run to end: SIGINT (Control-C), SIGTERM and SIGHUP.

While Python works, the first signal raises `Interrupted`, so that files and clients are closed on the way out. While a
child works (`held`), the signal is passed on to it instead, and the run ends when the child has. Signals belong to the
process, and so does the state of this module; only the main thread handles them.
"""

from __future__ import annotations

import signal
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from types import FrameType
from typing import Any

SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
BY_KEYBOARD = 130
"""The exit code after SIGINT, as shells have it."""
BY_REQUEST = 143
"""The exit code after SIGTERM, and after SIGHUP as well."""
Listener = Callable[[int], str]
"""Is told of each signal while a child works, with how many there were; returns what to tell the user, if anything."""


class Interrupted(KeyboardInterrupt):
    """Raised when a signal asks the run to end. `asyncio` and `click` treat it as they treat Control-C."""

    def __init__(self, number: int, hint: str = "") -> None:
        super().__init__(f"interrupted by {signal.Signals(number).name}")
        self.exit_code = BY_KEYBOARD if number == signal.SIGINT else BY_REQUEST
        self.hint = hint


@dataclass
class _Signals:
    received: list[int] = field(default_factory=list)
    settled: int = 0
    """How many of those have ended something."""
    holds: int = 0
    listeners: list[Listener] = field(default_factory=list)
    tell: Callable[[str], None] = lambda text: None


_signals = _Signals()


@contextmanager
def handled(tell: Callable[[str], None]) -> Iterator[None]:
    """Handle the signals of one command line; `tell` is called from a signal handler with what the user should know.

    SIGHUP stays ignored where it is (`nohup`). A signal that comes after the first neither raises again nor disturbs
    what tidies up; the third does.
    """
    global _signals
    if not _in_main_thread():
        yield
        return
    before, _signals = _signals, _Signals(tell=tell)
    ignored = {signal.SIGHUP} if signal.getsignal(signal.SIGHUP) is signal.SIG_IGN else set()
    handlers: dict[int, Any] = {number: signal.signal(number, _handle) for number in SIGNALS if number not in ignored}
    try:
        yield
    finally:
        for number, handler in handlers.items():
            signal.signal(number, handler)
        _signals = before


@contextmanager
def held(listener: Listener | None = None) -> Iterator[None]:
    """Let no signal raise anything in here: the listener is told of it, and `settle` or `raise_if_received` follow."""
    if not _in_main_thread():
        yield
        return
    signals = _signals
    signals.holds += 1
    if listener:
        signals.listeners.append(listener)
    try:
        yield
    finally:
        signals.holds -= 1
        if listener:
            signals.listeners.remove(listener)


def pending() -> int:
    """How many signals came that have ended nothing yet."""
    return len(_signals.received) - _signals.settled


def settle() -> bool:
    """Whether a signal came that has ended nothing yet. Whoever asks ends what it does: it is not told again."""
    came = pending() > 0
    _signals.settled = len(_signals.received)
    return came


def raise_if_received() -> None:
    """Raise `Interrupted` after a signal that has ended nothing yet, unless an outer `held` sees to that."""
    if _in_main_thread() and not _signals.holds and settle():
        raise Interrupted(_signals.received[0])


def interrupted(hint: str = "") -> Interrupted:
    """What to raise once the account of an interrupted run is given: the first signal decides on the exit code."""
    return Interrupted(_signals.received[0] if _signals.received else signal.SIGINT, hint)


def _handle(number: int, frame: FrameType | None) -> None:
    signals = _signals
    signals.received.append(number)
    count = len(signals.received)
    for listener in reversed(signals.listeners):
        if text := listener(count):
            signals.tell(text)
    if not signals.holds and count != 2:
        signals.settled = count
        raise Interrupted(signals.received[0])


def _in_main_thread() -> bool:
    return threading.current_thread() is threading.main_thread()
