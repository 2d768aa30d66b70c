"""Progress messages while the tenant is slow."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager

from reconciler.progress import Progress

EVERY_SECONDS = 10
"""A slow response is reported after this time, and again at this interval."""


class Waiting:
    """Reports slow responses to a progress. Of several slow requests, only one is reported at a time."""

    def __init__(self, progress: Progress) -> None:
        self._progress = progress
        self._quiet_until = 0.0

    @contextmanager
    def reported(self, what: str) -> Iterator[None]:
        """Report at intervals, while the block runs, that there is no complete answer to `what`."""
        loop = asyncio.get_running_loop()
        begun = loop.time()

        def report() -> None:
            now = loop.time()
            if now >= self._quiet_until:
                self._quiet_until = now + EVERY_SECONDS
                self._progress.waiting(f"{what}: no complete answer after {round(now - begun)} s")
            alarms.append(loop.call_later(EVERY_SECONDS, report))

        alarms = [loop.call_later(EVERY_SECONDS, report)]
        try:
            yield
        finally:
            alarms[-1].cancel()
