"""`reconciler up`: make the tenant as declared."""

from __future__ import annotations

import sys
from pathlib import Path

import click

from reconciler.apply import Reconciler
from reconciler.cli.console import progress
from reconciler.cli.environment import opened, provider_option
from reconciler.cli.messages import confirm
from reconciler.cli.output import output_option, plan_format_option, show_plan
from reconciler.cli.settings import Settings, pass_settings
from reconciler.engine.changes import Changes

yes_option = click.option("--yes", is_flag=True, help="Do not ask before changing the tenant.")


@click.command()
@click.argument("environment")
@yes_option
@plan_format_option
@output_option
@provider_option
@pass_settings
def up(settings: Settings, environment: str, yes: bool, form: str, output: Path | None, provider: str) -> None:
    """Make the tenant of ENVIRONMENT as declared.

    The account at the end says what was done, what failed and what was not tried. Exits with 1 if anything failed, and
    with 130 or 143 after an interrupt (SIGINT; SIGTERM or SIGHUP).
    """
    if not yes:
        require_terminal()
        with progress() as shown, opened(settings, environment, provider, shown, changes=False) as reconciler:
            planned = reconciler.preview()
        show_plan(reconciler, planned)
        if not len(planned):
            return
        confirm(f"Change the tenant of {environment}?")
    with progress() as shown, opened(settings, environment, provider, shown) as reconciler:
        changes = _applied(reconciler)
    show_plan(reconciler, changes, form, output, applied="up")


def _applied(reconciler: Reconciler) -> Changes:
    try:
        return reconciler.up()
    except KeyboardInterrupt:  # before the engine began
        return Changes(interrupted=True)


def require_terminal(purpose: str = "change the tenant") -> None:
    """Without a terminal, nothing is done unless `--yes` is given; the error says what it would allow."""
    if not sys.stdin.isatty():
        raise click.UsageError(f"no terminal to ask on: pass --yes to {purpose}")
