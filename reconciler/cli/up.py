"""`reconciler up`: make the tenant as declared."""

from __future__ import annotations

import sys

import click

from reconciler import refresh as refreshing
from reconciler.cli.console import progress
from reconciler.cli.environment import opened, provider_option, refresh_option
from reconciler.cli.messages import confirm
from reconciler.cli.output import show_plan
from reconciler.cli.settings import Settings, pass_settings
from reconciler.report import Ground

yes_option = click.option("--yes", is_flag=True, help="Do not ask before changing the tenant.")


@click.command()
@click.argument("environment")
@yes_option
@refresh_option
@provider_option
@pass_settings
def up(settings: Settings, environment: str, yes: bool, refresh: bool, provider: str) -> None:
    """Make the tenant of ENVIRONMENT as declared, also where somebody changed it."""
    if not yes:
        require_terminal()
        with progress() as shown, opened(settings, environment, provider, shown, changes=False) as reconciler:
            planned = refreshing.preview(reconciler) if refresh else reconciler.preview()
            ground = Ground(refresh, reconciler.stack.state().written)
        show_plan(reconciler, planned, ground=ground)
        if not len(planned):
            return
        confirm(f"Change the tenant of {environment}?")
    with progress() as shown, opened(settings, environment, provider, shown) as reconciler:
        ground = Ground(refresh, reconciler.stack.state().written)
        changes = refreshing.up(reconciler) if refresh else reconciler.up()
    show_plan(reconciler, changes, applied=True, ground=ground)


def require_terminal(purpose: str = "change the tenant") -> None:
    """Where nobody can be asked, nothing is done without `--yes`; the error says what for."""
    if not sys.stdin.isatty():
        raise click.UsageError(f"no terminal to ask on: pass --yes to {purpose}")
