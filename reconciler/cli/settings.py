"""The global options, passed to every command."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path

import click

from reconciler.known_secrets import KnownSecrets
from reconciler.sign_ins import SignIns


@dataclass(frozen=True, slots=True)
class Settings:
    """The global options."""

    definitions: Path
    """The folder that holds the definitions."""
    known: KnownSecrets = field(default_factory=KnownSecrets)
    """The known secrets of this run."""
    policy: Path = Path("definitions")
    """The folder with the files that limit what definitions may do: `guards.yaml`, `owners.yaml`, `pins.yaml`.

    Usually the definitions' folder. For a pull request: that of the base branch, so that a pull request cannot lift
    the limits that it is checked with."""
    sign_ins: SignIns = field(default_factory=SignIns)
    """The sign-ins of this run."""


pass_settings = click.make_pass_decorator(Settings)
"""Passes the settings to a command as its first argument."""
