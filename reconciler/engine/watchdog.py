"""A watchdog for an engine that would wait forever.

If the provider refuses a delete before a replacement, the engine (3.256.0) with `continue_on_error` never answers the
registration of the new resource: the program waits for the engine, and the engine for the program.
"""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from inspect import isawaitable
from typing import Any

from reconciler.engine.changes import operation_of
from reconciler.engine.state import STACK

Program = Callable[[], Awaitable[None] | None]
QUIET = 3.0
"""Seconds without a running step, after a failure, until the engine counts as stuck."""


class Watchdog:
    """Watches the events of one run, and cancels its program when the engine is stuck."""

    def __init__(self) -> None:
        self.cancelled = False
        """Whether the program was cancelled."""
        self._failed = False
        self._running: set[tuple[str, str]] = set()
        self._timer: threading.Timer | None = None
        self._loop: asyncio.AbstractEventLoop | None = None

    def wrap(self, program: Program) -> Program:
        """The program, in a form that can be cancelled."""

        async def cancellable() -> None:
            self._loop = asyncio.get_running_loop()
            result = program()
            if isawaitable(result):
                await result

        return cancellable

    def observe(self, event: Any) -> None:
        """Process one engine event (`pulumi.automation.EngineEvent`)."""
        self.pause()
        # the step of the stack itself lasts as long as the program
        if event.resource_pre_event and event.resource_pre_event.metadata.type != STACK:
            self._running.add(_step(event.resource_pre_event))
        for ended in filter(None, (event.res_outputs_event, event.res_op_failed_event)):
            self._running.discard(_step(ended))
        self._failed |= bool(event.res_op_failed_event)
        if self._failed and not self._running and not self.cancelled:
            self._timer = threading.Timer(QUIET, self._end)
            self._timer.daemon = True
            self._timer.start()

    def pause(self) -> None:
        """Stop the timer, until the next event."""
        if self._timer:
            self._timer.cancel()

    def _end(self) -> None:
        """Cancel the waiting tasks; the engine then records what was done and ends too."""
        self.cancelled = True
        if self._loop:
            self._loop.call_soon_threadsafe(_cancel_all)


def _cancel_all() -> None:
    for task in asyncio.all_tasks():
        task.cancel()


@contextmanager
def watching() -> Iterator[Watchdog]:
    """A watchdog for one run of the engine."""
    watchdog = Watchdog()
    try:
        yield watchdog
    finally:
        watchdog.pause()


def _step(event: Any) -> tuple[str, str]:
    return event.metadata.urn, operation_of(event.metadata)
