"""Signals that interrupt a run: SIGINT (Control-C), SIGTERM and SIGHUP.

Normally the first signal raises `Interrupted`, so that files and clients are closed on the way out. While a child
process runs (`held`), listeners pass the signal on to it, and the run ends when the child has ended. The state of this
module belongs to the process; only the main thread handles signals.
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
"""The exit code after SIGINT, as in shells."""
BY_REQUEST = 143
"""The exit code after SIGTERM or SIGHUP."""
Listener = Callable[[int], str]
"""Called for each signal while a child runs, with the number of signals so far; returns a message or `""`."""


class Interrupted(KeyboardInterrupt):
    """Raised when a signal interrupts the run. `asyncio` and `click` treat it like Control-C."""

    def __init__(self, number: int, hint: str = "") -> None:
        super().__init__(f"interrupted by {signal.Signals(number).name}")
        self.exit_code = BY_KEYBOARD if number == signal.SIGINT else BY_REQUEST
        self.hint = hint


@dataclass
class _Signals:
    received: list[int] = field(default_factory=list)
    settled: int = 0
    """How many of those have been acted on."""
    holds: int = 0
    listeners: list[Listener] = field(default_factory=list)
    notify: Callable[[str], None] = lambda text: None


_signals = _Signals()


@contextmanager
def handled(notify: Callable[[str], None]) -> Iterator[None]:
    """Handle the signals of one command line; `notify` is called from a signal handler with messages for the user.

    SIGHUP stays ignored if it was (`nohup`). The second signal raises nothing, so that cleanup can finish; the third
    raises again.
    """
    global _signals
    if not _in_main_thread():
        yield
        return
    before, _signals = _signals, _Signals(notify=notify)
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
    """Hold back `Interrupted`: signals go to the listener. Call `settle` or `raise_if_received` afterwards."""
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
    """The number of signals not acted on yet."""
    return len(_signals.received) - _signals.settled


def settle() -> bool:
    """Whether a signal was received and not acted on yet. The caller acts on it: it is not reported again."""
    came = pending() > 0
    _signals.settled = len(_signals.received)
    return came


def raise_if_received() -> None:
    """Raise `Interrupted` for a signal not acted on yet, unless within an outer `held`, which will do so."""
    if _in_main_thread() and not _signals.holds and settle():
        raise Interrupted(_signals.received[0])


def raise_if_lost() -> None:
    """Raise `Interrupted` for any signal of this run. A library can swallow the exception that the handler raised."""
    if _in_main_thread() and _signals.received:
        raise Interrupted(_signals.received[0])


def interrupted(hint: str = "") -> Interrupted:
    """The exception to raise after the report of an interrupted run; the first signal sets the exit code."""
    return Interrupted(_signals.received[0] if _signals.received else signal.SIGINT, hint)


def _handle(number: int, frame: FrameType | None) -> None:
    signals = _signals
    signals.received.append(number)
    count = len(signals.received)
    for listener in reversed(signals.listeners):
        if text := listener(count):
            signals.notify(text)
    if not signals.holds and count != 2:
        signals.settled = count
        raise Interrupted(signals.received[0])


def _in_main_thread() -> bool:
    return threading.current_thread() is threading.main_thread()
