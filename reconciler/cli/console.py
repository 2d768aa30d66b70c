"""What a terminal shows beside the output: errors, and how far the work is. Both go to standard error."""

from __future__ import annotations

import os
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

import click

from reconciler.errors import ReconcilerError
from reconciler.progress import SILENT, Progress

if TYPE_CHECKING:
    from rich.progress import Progress as Bars
    from rich.progress import TaskID


def show_error(error: ReconcilerError) -> None:
    """Print an error: each of its messages with the hint below."""
    for message, hint in error.explanations():
        show_failure(message, hint)


def show_failure(message: str, hint: str = "") -> None:
    """Print a message in red, and a hint."""
    click.echo(_coloured(message, "red"), err=True)
    if hint:
        click.echo(f"    {hint}", err=True)


def show_warning(message: str) -> None:
    """Print a message in yellow."""
    click.echo(_coloured(f"warning: {message}", "yellow"), err=True)


@contextmanager
def progress() -> Iterator[Progress]:
    """A progress that a person at a terminal sees, and nobody else."""
    if not sys.stderr.isatty():
        yield SILENT
        return
    from rich.console import Console
    from rich.progress import BarColumn, SpinnerColumn, TextColumn, TimeElapsedColumn
    from rich.progress import Progress as Bars

    from reconciler.cli.time_left import TimeLeft

    columns = (
        SpinnerColumn(finished_text="✓"),
        TextColumn("{task.description}"),
        BarColumn(bar_width=30),
        TextColumn("{task.fields[counted]}"),
        TimeElapsedColumn(),
        TimeLeft(elapsed_when_finished=True),
    )
    with Bars(*columns, console=Console(stderr=True)) as bars:
        shown = TerminalProgress(bars)
        yield shown
        shown.finish()


class TerminalProgress:
    """One line for each step: what it does, how far it is, how long it takes."""

    def __init__(self, bars: Bars) -> None:
        self._bars = bars
        self._step: TaskID | None = None

    def say(self, text: str) -> None:
        """End the step that was, and begin this one."""
        self.finish()
        self._step = self._bars.add_task(text, total=None, counted="")

    def count(self, done: int, total: int | None = None) -> None:
        """Show how far the step is."""
        if self._step is not None:
            counted = f"{done} of {total}" if total is not None else str(done)
            self._bars.update(self._step, completed=done, total=total, counted=counted)

    def held_up(self, seconds: float) -> None:
        """Show how long the step takes at least."""
        if self._step is not None:
            self._bars.update(self._step, until=time.monotonic() + seconds)

    def waiting(self, what: str) -> None:
        """Say above the steps what takes long."""
        self._bars.console.print(what, markup=False, highlight=False)

    def finish(self) -> None:
        """End the step."""
        if self._step is not None:
            self._bars.update(self._step, total=1, completed=1)
            self._step = None


def _coloured(text: str, colour: str) -> str:
    plain = os.environ.get("NO_COLOR") or not sys.stderr.isatty()
    return text if plain else click.style(text, fg=colour)
