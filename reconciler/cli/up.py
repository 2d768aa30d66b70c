"""`reconciler up`: make the tenant as declared."""

from __future__ import annotations

import sys

import click

from reconciler.cli.console import progress
from reconciler.cli.environment import opened, provider_option
from reconciler.cli.output import show_plan
from reconciler.cli.settings import Settings, pass_settings

yes_option = click.option("--yes", is_flag=True, help="Do not ask before changing the tenant.")


@click.command()
@click.argument("environment")
@yes_option
@provider_option
@pass_settings
def up(settings: Settings, environment: str, yes: bool, provider: str) -> None:
    """Make the tenant of ENVIRONMENT as declared."""
    if not yes:
        require_terminal()
        with progress() as shown, opened(settings, environment, provider, shown, changes=False) as reconciler:
            planned = reconciler.preview()
        show_plan(reconciler, planned)
        if not len(planned):
            return
        click.confirm(f"Change the tenant of {environment}?", abort=True)
    with progress() as shown, opened(settings, environment, provider, shown) as reconciler:
        changes = reconciler.up()
    show_plan(reconciler, changes, applied=True)


def require_terminal(purpose: str = "change the tenant") -> None:
    """Without a terminal, nothing is done unless `--yes` is given; the error says what it would allow."""
    if not sys.stdin.isatty():
        raise click.UsageError(f"no terminal to ask on: pass --yes to {purpose}")
