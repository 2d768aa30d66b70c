"""What the options before the command say, for every command."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path

import click

from reconciler.known_secrets import KnownSecrets


@dataclass(frozen=True, slots=True)
class Settings:
    """The global options."""

    definitions: Path
    """The folder with the definitions."""
    known: KnownSecrets = field(default_factory=KnownSecrets)
    """The secrets of this run, as far as they are known."""


pass_settings = click.make_pass_decorator(Settings)
"""Gives a command the settings as its first argument."""
