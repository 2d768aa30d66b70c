"""Telling that the tenant is slow, while it is."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager

from reconciler.progress import Progress

EVERY_SECONDS = 10
"""An answer that takes longer is told, and told again as often."""


class Waiting:
    """Tells a progress what requests wait for. Of many that wait at once, one is told."""

    def __init__(self, progress: Progress) -> None:
        self._progress = progress
        self._quiet_until = 0.0

    @contextmanager
    def reported(self, what: str) -> Iterator[None]:
        """Tell, every so often, that there is no answer to `what` while the work inside goes on."""
        loop = asyncio.get_running_loop()
        begun = loop.time()

        def tell() -> None:
            now = loop.time()
            if now >= self._quiet_until:
                self._quiet_until = now + EVERY_SECONDS
                self._progress.waiting(f"{what}: no complete answer after {round(now - begun)} s")
            alarms.append(loop.call_later(EVERY_SECONDS, tell))

        alarms = [loop.call_later(EVERY_SECONDS, tell)]
        try:
            yield
        finally:
            alarms[-1].cancel()
