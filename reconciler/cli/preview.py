"""`reconciler preview`: what `up` would change."""

from __future__ import annotations

from pathlib import Path

import click

from reconciler.cli.console import progress
from reconciler.cli.environment import opened, provider_option
from reconciler.cli.output import output_option, show_plan
from reconciler.cli.settings import Settings, pass_settings
from reconciler.errors import ChangesFound
from reconciler.report import PLAN_FORMATS


@click.command()
@click.argument("environment")
@click.option("--expect-no-changes", is_flag=True, help="Exit with 2 if there is anything to change.")
@click.option(
    "--format",
    "form",
    type=click.Choice(list(PLAN_FORMATS)),
    default="text",
    show_default=True,
    help="For people or for machines.",
)
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
