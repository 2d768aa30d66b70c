"""The option `--format` of commands that print one report."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

import click

F = TypeVar("F", bound=Callable[..., Any])


def format_option(*formats: str, description: str = "The output format.") -> Callable[[F], F]:
    """The option `--format`, passed as `form`. The default is `text`."""
    return click.option(
        "--format", "form", type=click.Choice(formats), default="text", show_default=True, help=description
    )
