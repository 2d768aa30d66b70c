"""What the options before the command say, for every command."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import click


@dataclass(frozen=True, slots=True)
class Settings:
    """The global options."""

    definitions: Path
    """The folder with the definitions."""


pass_settings = click.make_pass_decorator(Settings)
"""Gives a command the settings as its first argument."""
