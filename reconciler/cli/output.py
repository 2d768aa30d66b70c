"""Where reports go: to standard output, or to a file; never with a secret in them."""

from __future__ import annotations

import os
import sys
from pathlib import Path

import click

from reconciler.apply import Reconciler
from reconciler.drift.run import DriftReport
from reconciler.engine.changes import Changes
from reconciler.errors import ReconcilerError
from reconciler.report import PlanReport, Redactor, render_drift, render_plan

output_option = click.option(
    "--output",
    type=click.Path(dir_okay=False, path_type=Path),
    help="Write the report to this file instead of standard output.",
)


def show_drift(reconciler: Reconciler, report: DriftReport, form: str = "text", output: Path | None = None) -> None:
    """Write a drift report."""
    _write(render_drift(report, form, _redactor(reconciler), color=_colors(output)), output)


def show_plan(
    reconciler: Reconciler, changes: Changes, form: str = "text", output: Path | None = None, *, applied: bool = False
) -> None:
    """Write what is to be changed or was changed; raises if not all of it went well."""
    environment = reconciler.desired.environment
    plan = PlanReport(environment.name, environment.url, changes, applied, reconciler.commit)
    _write(render_plan(plan, form, _redactor(reconciler), color=_colors(output)), output)
    if changes.failures:
        raise ReconcilerError(
            f"{environment.name}: {len(changes.failures)} failed, {changes.done} done"
            if applied
            else f"{environment.name}: the preview failed",
            hint="what was done is recorded; mend what failed and run the same command again" if applied else "",
        )


def _write(text: str, output: Path | None) -> None:
    if output is None:
        click.echo(text, nl=False)
    else:
        output.parent.mkdir(parents=True, exist_ok=True)
        output.write_text(text, encoding="utf-8")
        click.echo(f"written: {output}", err=True)


def _redactor(reconciler: Reconciler) -> Redactor:
    return Redactor(secret.get_secret_value() for secret in reconciler.known_secrets())


def _colors(output: Path | None) -> bool:
    return output is None and sys.stdout.isatty() and not os.environ.get("NO_COLOR")
