"""`reconciler history`: the drift of a tenant over time."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING

import click

from reconciler.cli.completion import environment_argument
from reconciler.cli.environment import STATE_FOLDER, project_root
from reconciler.cli.extras import HISTORY
from reconciler.cli.formats import format_option
from reconciler.cli.loading import loaded
from reconciler.cli.messages import show
from reconciler.cli.settings import Settings, pass_settings
from reconciler.report.history import HISTORY_FORMATS

if TYPE_CHECKING:
    from reconciler.history.store import Store


@click.command()
@environment_argument
@format_option(*HISTORY_FORMATS)
@click.option(
    "--limit",
    type=click.IntRange(1, 10_000),
    default=30,
    show_default=True,
    help="How many runs to show.",
)
@pass_settings
def history(settings: Settings, environment: str, form: str, limit: int) -> None:
    """Show the drift of ENVIRONMENT over time, and the mean time to repair.

    Every `drift` adds a run, unless it has --no-history. Does not contact the tenant.
    """
    name = loaded(settings, environment).environment.name
    known = history_at(history_location(project_root(settings.definitions))).load(name, limit)
    show(HISTORY_FORMATS[form](known))


def history_location(root: Path) -> str:
    """The location of the history: `RECONCILER_HISTORY` (a path or a URL), or beside the local state."""
    return os.environ.get("RECONCILER_HISTORY") or str(root / STATE_FOLDER / "history.sqlite")


def history_at(location: str) -> Store:
    """The history at a location. Raises `ReconcilerError` if what reads it is not installed."""
    with HISTORY.needed():
        from reconciler.history.store import Store
    return Store(location)


def keeps_history() -> bool:
    """Whether `drift` adds to the history: if it can, or if `RECONCILER_HISTORY` says that it must."""
    return HISTORY.is_installed or bool(os.environ.get("RECONCILER_HISTORY"))
