"""Standard error: errors, warnings and progress."""

from __future__ import annotations

import os
import sys
import time
import traceback
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

import click

from reconciler.cli.messages import quote, say, show
from reconciler.edge import RedactedStream
from reconciler.errors import ReconcilerError
from reconciler.printable import printable
from reconciler.progress import SILENT, Progress

if TYPE_CHECKING:
    from rich.progress import Progress as Bars
    from rich.progress import TaskID


def show_error(error: ReconcilerError) -> None:
    """Print each message of an error, with its hint below."""
    for message, hint in error.explanations():
        show_failure(message, hint, quoting=error.quotes_output)


def show_failure(message: str, hint: str = "", *, quoting: bool = False) -> None:
    """Print a message in red, and a hint. With `quoting`, all lines after the first are printed as a quotation."""
    first, *quoted = message.split("\n") if quoting else [message]
    say(first, err=True, **({} if os.environ.get("NO_COLOR") else {"fg": "red"}))
    quote("\n".join(quoted), err=True)
    if hint:
        say(f"    {hint}", err=True)


def show_misuse(error: click.ClickException) -> None:
    """Print what is wrong with a command line, and the usage of the command."""
    if isinstance(error, click.UsageError) and error.ctx:
        show(error.ctx.get_usage() + "\n", err=True)
        say(f"Try '{error.ctx.command_path} {error.ctx.help_option_names[-1]}' for help.", err=True)
        say("", err=True)
    say(f"Error: {error.format_message()}", err=True)


def show_defect() -> None:
    """Print the exception that is being handled, which is a bug, and how to report it."""
    quote(traceback.format_exc(), err=True)
    show_failure("internal error", "this is a bug: please report it with the lines above")


def show_warning(message: str) -> None:
    """Print a message in yellow."""
    say(f"warning: {message}", err=True, **({} if os.environ.get("NO_COLOR") else {"fg": "yellow"}))


@contextmanager
def progress() -> Iterator[Progress]:
    """Progress bars on a terminal; silent without one."""
    if not sys.stderr.isatty():
        yield SILENT
        return
    from rich.console import Console
    from rich.progress import BarColumn, SpinnerColumn, TextColumn, TimeElapsedColumn
    from rich.progress import Progress as Bars

    from reconciler.cli.time_left import TimeLeft

    columns = (
        SpinnerColumn(finished_text="✓"),
        TextColumn("{task.description}", markup=False),
        BarColumn(bar_width=30),
        TextColumn("{task.fields[counted]}", markup=False),
        TimeElapsedColumn(),
        TimeLeft(elapsed_when_finished=True),
    )
    # Guards escape cursor movement, so the bars bypass the guard and clean each of their texts.
    stream, cleaned = (
        (sys.stderr.stream, sys.stderr.cleaned) if isinstance(sys.stderr, RedactedStream) else (None, printable)
    )
    console = Console(file=stream, stderr=True)
    with Bars(*columns, console=console, redirect_stdout=False, redirect_stderr=False) as bars:
        shown = TerminalProgress(bars, cleaned)
        yield shown
        shown.finish()


@contextmanager
def paused(shown: Progress) -> Iterator[None]:
    """Progress bars hidden, to print a report or to ask a question."""
    if not isinstance(shown, TerminalProgress):
        yield
        return
    shown.stop()
    yield
    shown.start()


class TerminalProgress:
    """One line per step: its name, its progress and the time it takes."""

    def __init__(self, bars: Bars, cleaned: Callable[[str], str] = printable) -> None:
        self._bars = bars
        self._cleaned = cleaned
        self._step: TaskID | None = None

    def say(self, text: str) -> None:
        """End the current step and begin the next."""
        self.finish()
        self._step = self._bars.add_task(self._cleaned(text), total=None, counted="")

    def count(self, done: int, total: int | None = None) -> None:
        """Show the progress of the step."""
        if self._step is not None:
            counted = f"{done} of {total}" if total is not None else str(done)
            self._bars.update(self._step, completed=done, total=total, counted=counted)

    def held_up(self, seconds: float) -> None:
        """Show the least time that the step still takes."""
        if self._step is not None:
            self._bars.update(self._step, until=time.monotonic() + seconds)

    def waiting(self, what: str) -> None:
        """Print above the steps what the step is waiting for."""
        self._bars.console.print(self._cleaned(what), markup=False, highlight=False)

    def stop(self) -> None:
        """End the step, and leave the terminal to others."""
        self.finish()
        self._bars.stop()
        for step in self._bars.task_ids:
            self._bars.remove_task(step)

    def start(self) -> None:
        """Show progress again."""
        self._bars.start()

    def finish(self) -> None:
        """End the step."""
        if self._step is not None:
            self._bars.update(self._step, total=1, completed=1)
            self._step = None
