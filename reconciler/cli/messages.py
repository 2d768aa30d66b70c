"""How commands write to the two streams, and ask: foreign words in a message never begin a line of their own."""

from __future__ import annotations

from typing import Any, Final

import click

from reconciler.printable import printable

QUOTED: Final = "  | "
"""Stands before lines that somebody else wrote, such as the engine."""


def say(text: str, *, err: bool = False, **style: Any) -> None:
    """Write a message as one line, whatever is in it: foreign line ends are made visible.

    `style` is what `click.style` takes; it is seen on a terminal.
    """
    line = printable(text)
    click.echo(click.style(line, **style) if style else line, err=err)


def quote(text: str, *, err: bool = False) -> None:
    """Write lines that somebody else wrote, each behind a bar: none can be taken for a line of ours."""
    for line in text.splitlines():
        say(f"{QUOTED}{line}", err=err)


def show(text: str, *, err: bool = False) -> None:
    """Write a text of several lines, such as a report. Its lines are ours."""
    click.echo(text, nl=False, err=err)


def confirm(question: str) -> None:
    """Ask; raises `click.Abort` unless the answer is yes."""
    click.confirm(printable(question), abort=True)
