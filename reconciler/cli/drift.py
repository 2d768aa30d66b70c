"""`reconciler drift`: report where the tenant differs from the definitions."""

from __future__ import annotations

from collections.abc import Collection
from datetime import timedelta
from pathlib import Path

import click

from reconciler.cli.completion import environment_argument
from reconciler.cli.console import progress, show_error
from reconciler.cli.duration import DURATION
from reconciler.cli.environment import reading
from reconciler.cli.messages import say
from reconciler.cli.output import formats_of, outputs_option, record, show_drift
from reconciler.cli.settings import Settings, pass_settings
from reconciler.cli.strict_credentials import strict_option
from reconciler.detect import detect
from reconciler.drift import DRIFT, Severity, Verdict
from reconciler.drift.run import DriftReport
from reconciler.errors import ReconcilerError
from reconciler.report import FORMATS

NOT_WRITTEN = 1
FOUND = 2
UNREADABLE = 3


@click.command()
@environment_argument
@click.option(
    "--format",
    "form",
    type=click.Choice(list(FORMATS)),
    help="The format of the report.  [default: by the suffix of the output file, or text]",
)
@outputs_option()
@click.option(
    "--since",
    type=DURATION,
    default="7d",
    show_default=True,
    help="How far back to search the System Log for the author of a change: 90m, 12h, 7d, 2w. Okta keeps 90 days.",
)
@click.option(
    "--fail-on",
    type=click.Choice([*Verdict, *(severity.word for severity in reversed(Severity))]),
    multiple=True,
    help="What counts for exit code 2: these verdicts instead of all drift, or findings of at least this severity. "
    "May be repeated: `--fail-on changed --fail-on high`.",
)
@click.option("--no-history", is_flag=True, help="Do not add this run to the history.")
@strict_option
@pass_settings
@click.pass_context
def drift(
    context: click.Context,
    settings: Settings,
    environment: str,
    form: str | None,
    outputs: tuple[Path, ...],
    since: timedelta,
    fail_on: tuple[str, ...],
    no_history: bool,
    strict: bool | None,
) -> None:
    """Compare the tenant of ENVIRONMENT with the definitions and with the last `up`. Changes nothing in the tenant.

    Exits with 2 if there is drift (--fail-on changes what counts), 3 if there is none but something could not be read
    or compared, 1 if a report or the history could not be written, and 0 otherwise. Definitions that are not applied
    yet are not drift; `preview --expect-no-changes` exits with 2 for them.
    """
    wanted = formats_of(outputs, form)
    with progress() as shown:
        reconciler = reading(settings, environment, shown, strict=strict)
        report = detect(reconciler, since).report
    failed = False
    try:
        show_drift(reconciler, report, wanted)
    except ReconcilerError as error:
        show_error(error)
        failed = True
    for ignore, ignored in report.ignored.items():
        covered = f"{len(ignored)} ignored until {ignore.expires}: {ignore.reason}" if ignored else "covers no finding"
        say(f"{ignore.source}: {covered}", err=True)
    if not no_history:
        record(reconciler, report)
    context.exit(NOT_WRITTEN if failed else exit_code(report, fail_on))


def exit_code(report: DriftReport, fail_on: Collection[str] = ()) -> int:
    """0, 2 or 3, as the help of the command says."""
    verdicts = {verdict for verdict in Verdict if verdict in fail_on} or DRIFT
    least = min((severity for severity in Severity if severity.word in fail_on), default=Severity.INFO)
    if any(finding.verdict in verdicts and finding.severity >= least for finding in report.findings):
        return FOUND
    return UNREADABLE if report.is_uncertain else 0
