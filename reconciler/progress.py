"""Progress of long work: library code reports to a `Progress` and never prints."""

from __future__ import annotations

from typing import Protocol


class Progress(Protocol):
    """Receives progress reports; implementations decide how to show them."""

    def say(self, text: str) -> None:
        """Begin a step."""

    def count(self, done: int, total: int | None = None) -> None:
        """Report how much of the step is done, and the `total` if known."""

    def held_up(self, seconds: float) -> None:
        """Report that a rate limit delays the step by at least this many seconds from now."""

    def waiting(self, what: str) -> None:
        """Report what the step waits for, if that takes unusually long."""


class Silent:
    """Discards all progress reports."""

    def say(self, text: str) -> None:
        """Discard the report."""

    def count(self, done: int, total: int | None = None) -> None:
        """Discard the report."""

    def held_up(self, seconds: float) -> None:
        """Discard the report."""

    def waiting(self, what: str) -> None:
        """Discard the report."""


SILENT = Silent()
