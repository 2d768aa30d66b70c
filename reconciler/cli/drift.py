"""`reconciler drift`: what in the tenant is not as declared."""

from __future__ import annotations

from pathlib import Path

import click

from reconciler.cli.console import progress
from reconciler.cli.environment import reading
from reconciler.cli.output import output_option, show_drift
from reconciler.cli.settings import Settings, pass_settings
from reconciler.drift import Verdict
from reconciler.drift.run import DriftReport
from reconciler.report import FORMATS

FOUND = 2
UNREADABLE = 3


@click.command()
@click.argument("environment")
@click.option(
    "--format",
    "form",
    type=click.Choice(list(FORMATS)),
    default="text",
    show_default=True,
    help="For people or for machines.",
)
@output_option
@pass_settings
@click.pass_context
def drift(context: click.Context, settings: Settings, environment: str, form: str, output: Path | None) -> None:
    """Compare the tenant of ENVIRONMENT with the definitions and with what was applied. Changes nothing.

    Exits with 0 if all is as declared, 2 if anything was found, 3 if all that was found is that something could not
    be read.
    """
    with progress() as shown:
        reconciler = reading(settings, environment, shown)
        report, _ = reconciler.drift()
    show_drift(reconciler, report, form, output)
    context.exit(exit_code(report))


def exit_code(report: DriftReport) -> int:
    """0, 2 or 3: see the command's help."""
    if not report.findings:
        return 0
    return UNREADABLE if all(finding.verdict is Verdict.UNREADABLE for finding in report.findings) else FOUND
