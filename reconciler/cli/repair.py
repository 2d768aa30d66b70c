"""`reconciler repair`: restore declared values in the tenant."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import click

from reconciler.cli.audit import AuditedRun, audited, break_lock_option
from reconciler.cli.completion import environment_argument, findings_argument
from reconciler.cli.console import progress
from reconciler.cli.drift import UNREADABLE
from reconciler.cli.environment import opened, provider_option, reading
from reconciler.cli.gaps import lacks_a_needed_part, report_gaps
from reconciler.cli.messages import confirm, say
from reconciler.cli.output import Outputs, formats_of, outputs_option, plan_format_option, show_drift, show_plan
from reconciler.cli.settings import Settings, pass_settings
from reconciler.cli.up import require_terminal, yes_option
from reconciler.detect import detect
from reconciler.drift import Finding, Verdict
from reconciler.drift.run import DriftReport
from reconciler.drift.selection import selected
from reconciler.repair import partition
from reconciler.repair import repair as bring_back
from reconciler.report import PLAN_FORMATS


@click.command()
@environment_argument
@findings_argument
@yes_option
@click.option("--remove-unmanaged", is_flag=True, help="Also delete unmanaged objects. By default they stay.")
@plan_format_option
@outputs_option(PLAN_FORMATS)
@break_lock_option
@provider_option
@pass_settings
@click.pass_context
def repair(
    context: click.Context,
    settings: Settings,
    environment: str,
    finding: tuple[str, ...],
    yes: bool,
    remove_unmanaged: bool,
    form: str | None,
    outputs: tuple[Path, ...],
    break_lock: bool,
    provider: str,
) -> None:
    """Restore the declared values in the tenant of ENVIRONMENT wherever it has drifted.

    Repairs the given FINDINGs (ids, beginnings of ids, or a kind and a name), or all drift. Does not apply pending
    definitions: use `up` for those. Exits with 3 if it repairs all drift and an object of the kinds in use could not
    be read.
    """
    wanted = formats_of(outputs, form, PLAN_FORMATS)
    if not yes:
        require_terminal()
    with audited("repair") as run:
        incomplete = _repair(settings, environment, finding, yes, remove_unmanaged, wanted, break_lock, provider, run)
    context.exit(UNREADABLE if incomplete else 0)


def _repair(
    settings: Settings,
    environment: str,
    finding: tuple[str, ...],
    yes: bool,
    remove_unmanaged: bool,
    wanted: Outputs,
    break_lock: bool,
    provider: str,
    run: AuditedRun,
) -> bool:
    """Returns whether something was missed because it could not be read."""
    with progress() as shown:
        reconciler = reading(settings, environment, shown)
        if break_lock:
            run.break_locks(reconciler)
        detection = detect(reconciler)
        report, comparison = detection.report, detection.comparison
    incomplete = not finding and lacks_a_needed_part(report, comparison.match.desired.kinds)
    if not report.findings and not finding:
        say(f"no drift in {environment}: nothing to repair")
        report_gaps(report)
        return incomplete
    named = selected(report.findings, finding, report.ignored)
    findings, skipped = partition(comparison.match, named, remove_unmanaged=remove_unmanaged)
    if finding and skipped:
        raise click.UsageError(f"{skipped[0][0].subject} cannot be repaired: {skipped[0][1]}")
    if not findings:
        say(f"nothing to repair in {environment}")
        _report_missed(report, finding, skipped)
        return incomplete
    if not yes:
        show_drift(reconciler, replace(report, findings=findings))
        confirm(f"Repair the tenant of {environment}?")
    desired = comparison.match.desired
    with progress() as shown, opened(settings, environment, provider, shown, desired=desired) as reconciler:
        run.begin(reconciler)
        if break_lock:
            run.break_locks(reconciler)
        run.changes = bring_back(reconciler, findings, comparison, remove_unmanaged=remove_unmanaged)
    _report_missed(report, finding, skipped)
    show_plan(reconciler, run.changes, wanted, applied="repair")
    return incomplete


def _report_missed(report: DriftReport, named: Sequence[str], skipped: Sequence[tuple[Finding, str]]) -> None:
    """The number of skipped findings, with the reason and the next action; and what could not be read, unless findings
    are named."""
    reasons = Counter((one.verdict, reason) for one, reason in skipped if one.verdict is not Verdict.UNREADABLE)
    for (verdict, reason), count in reasons.items():
        say(f"{count} {verdict} skipped: {reason}", err=True)
    if not named:
        report_gaps(report)
