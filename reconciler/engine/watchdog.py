"""A watchdog against an engine that waits for ever.

With `continue_on_error`, an engine (3.256.0) whose delete before a replacement is refused never answers the program's
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
"""For how many seconds nothing is under way, after something failed, in an engine that is stuck."""


class Watchdog:
    """Watches the events of one run, and ends its program when nothing can come any more."""

    def __init__(self) -> None:
        self.ended_program = False
        """Whether the program was ended."""
        self._failed = False
        self._under_way: set[tuple[str, str]] = set()
        self._timer: threading.Timer | None = None
        self._loop: asyncio.AbstractEventLoop | None = None

    def wrap(self, program: Program) -> Program:
        """The program, so that it can be ended."""

        async def ending() -> None:
            self._loop = asyncio.get_running_loop()
            result = program()
            if isawaitable(result):
                await result

        return ending

    def observe(self, event: Any) -> None:
        """Take one engine event (`pulumi.automation.EngineEvent`) into account."""
        self.pause()
        # the stack itself is under way as long as the program is
        if event.resource_pre_event and event.resource_pre_event.metadata.type != STACK:
            self._under_way.add(_step(event.resource_pre_event))
        for ended in filter(None, (event.res_outputs_event, event.res_op_failed_event)):
            self._under_way.discard(_step(ended))
        self._failed |= bool(event.res_op_failed_event)
        if self._failed and not self._under_way and not self.ended_program:
            self._timer = threading.Timer(QUIET, self._end)
            self._timer.daemon = True
            self._timer.start()

    def pause(self) -> None:
        """Wait for the next event, or for none."""
        if self._timer:
            self._timer.cancel()

    def _end(self) -> None:
        """Cancel what waits for an answer; the engine then records what was done, and ends as well."""
        self.ended_program = True
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
