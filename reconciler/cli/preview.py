"""`reconciler preview`: what `up` would change."""

from __future__ import annotations

from pathlib import Path

import click

from reconciler.cli.console import progress
from reconciler.cli.environment import opened, provider_option
from reconciler.cli.output import output_option, plan_format_option, show_plan
from reconciler.cli.settings import Settings, pass_settings
from reconciler.errors import ChangesFound


@click.command()
@click.argument("environment")
@click.option("--expect-no-changes", is_flag=True, help="Exit with 2 if there is anything to change.")
@plan_format_option
@output_option
@provider_option
@pass_settings
def preview(
    settings: Settings, environment: str, expect_no_changes: bool, form: str, output: Path | None, provider: str
) -> None:
    """Show what `up` would change in ENVIRONMENT. Changes nothing."""
    with progress() as shown, opened(settings, environment, provider, shown, changes=False) as reconciler:
        changes = reconciler.preview()
    show_plan(reconciler, changes, form, output)
    if expect_no_changes and len(changes):
        raise ChangesFound(f"{len(changes)} changes where none were expected", hint="see the preview above")
