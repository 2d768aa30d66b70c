"""Printing and asking. A message is always one line, so text from elsewhere cannot start a line of its own."""

from __future__ import annotations

import sys
from typing import Any, Final

import click

from reconciler.edge import RedactedStream
from reconciler.printable import printable

QUOTED: Final = "  | "
"""The prefix of quoted lines, such as those of the engine."""


def say(text: str, *, err: bool = False, **style: Any) -> None:
    """Print a message as one line: line ends in it are escaped.

    `style` is passed to `click.style` and shows only on a terminal.
    """
    line = printable(text)
    click.echo(click.style(line, **style) if style else line, err=err)


def command(text: str) -> None:
    """Print a command to the build server, which a guarded stream would defuse. Its parts must be escaped."""
    if isinstance(sys.stdout, RedactedStream):
        sys.stdout.command(text)
    else:
        click.echo(printable(text))


def quote(text: str, *, err: bool = False) -> None:
    """Print lines from elsewhere, each with a prefix, so that none looks like one of ours."""
    for line in text.splitlines():
        say(f"{QUOTED}{line}", err=err)


def show(text: str, *, err: bool = False) -> None:
    """Print a text of several lines, such as a report, unchanged."""
    click.echo(text, nl=False, err=err)


def confirm(question: str) -> None:
    """Ask; raises `click.Abort` unless the answer is yes."""
    click.confirm(printable(question), abort=True)


def ask(question: str) -> str:
    """Ask for a text, which may be empty; spaces around it are removed."""
    return str(click.prompt(printable(question), default="", show_default=False)).strip()
