"""How long work tells what it is doing: library code reports to one of these and never prints."""

from __future__ import annotations

from typing import Protocol


class Progress(Protocol):
    """Somebody who is told. Implementations decide whether, and how, to show it."""

    def say(self, text: str) -> None:
        """A step begins, or something worth a line happened."""

    def count(self, done: int, total: int | None = None) -> None:
        """So much of the step is done; `total` when it is known."""

    def held_up(self, seconds: float) -> None:
        """A rate limit holds the step up: it takes at least so long from now."""

    def waiting(self, what: str) -> None:
        """Something takes unusually long: what the step waits for."""


class Silent:
    """Tells nobody."""

    def say(self, text: str) -> None:
        """Ignore it."""

    def count(self, done: int, total: int | None = None) -> None:
        """Ignore it."""

    def held_up(self, seconds: float) -> None:
        """Ignore it."""

    def waiting(self, what: str) -> None:
        """Ignore it."""


SILENT = Silent()
