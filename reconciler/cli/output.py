"""Writing reports, without secrets, to standard output or files."""

from __future__ import annotations

import os
import shutil
import sys
from collections.abc import Callable, Collection, Mapping, Sequence
from pathlib import Path
from typing import Any, TypeVar

import click

from reconciler import files
from reconciler.cli.console import show_error
from reconciler.cli.history import history_at, history_location, keeps_history
from reconciler.cli.messages import say, show
from reconciler.drift.run import DriftReport
from reconciler.engine.changes import Changes
from reconciler.errors import FileNotWritten, ReconcilerError
from reconciler.interrupts import interrupted
from reconciler.plan import Plan
from reconciler.printable import printable_lines
from reconciler.reconciler import Reconciler
from reconciler.report import (
    FORMATS,
    PLAIN,
    PLAN_FORMATS,
    SUFFIXES,
    ComparedWith,
    PlanReport,
    Redactor,
    Terminal,
    render_drift,
    render_plan,
)
from reconciler.report.values import plural

F = TypeVar("F", bound=Callable[..., Any])


def outputs_option(formats: Collection[str] = FORMATS) -> Callable[[F], F]:
    """The `--output` option of a command with these formats."""
    return click.option(
        "--output",
        "outputs",
        type=click.Path(dir_okay=False, allow_dash=True, path_type=Path),
        multiple=True,
        help="Write a report to this file instead of standard output. May be repeated; the suffix of each file sets "
        f"its format ({', '.join(_suffixes(formats))}); - is standard output, as text.",
    )


def _suffixes(formats: Collection[str]) -> Mapping[str, str]:
    return {suffix: form for suffix, form in SUFFIXES.items() if form in formats}


plan_format_option = click.option(
    "--format",
    "form",
    type=click.Choice(list(PLAN_FORMATS)),
    help="The format of the report.  [default: by the suffix of the output file, or text]",
)

STANDARD_OUTPUT = Path("-")
_NOT_FOUND = "E0000007"
"""Okta's error code for an object that does not exist."""
_NOTHING_CHANGED = "nothing was changed; fix the failures, then run the same command again"
Outputs = Sequence[tuple[Path | None, str]]
"""The files to write (None: standard output), each with its format."""


def formats_of(outputs: Sequence[Path], form: str | None, formats: Collection[str] = FORMATS) -> Outputs:
    """The format of each file: the given one, or the one of its suffix."""
    if not outputs:
        return [(None, form or "text")]
    if form is None:
        return [(_file(output), _format_of(output, _suffixes(formats))) for output in outputs]
    if len(outputs) > 1:
        raise click.UsageError("--format applies to one report: with several --output, the suffixes set the formats.")
    return [(_file(outputs[0]), form)]


def _file(output: Path) -> Path | None:
    return None if output == STANDARD_OUTPUT else output


def _format_of(output: Path, known: Mapping[str, str]) -> str:
    if output == STANDARD_OUTPUT:
        return "text"
    if output.suffix not in known:
        raise click.UsageError(
            f"--output {output}: no format has the suffix {output.suffix or '(none)'}. "
            f"Use {', '.join(known)}, or pass --format for a single file."
        )
    return known[output.suffix]


def show_drift(reconciler: Reconciler, report: DriftReport, outputs: Outputs = ((None, "text"),)) -> None:
    """Write a drift report in one or several formats. Raises `FileNotWritten` after writing all others."""
    redactor = redactor_of(reconciler)
    failed: list[FileNotWritten] = []
    for output, form in outputs:
        try:
            _write(render_drift(report, form, redactor, terminal=_terminal(output)), output)
        except FileNotWritten as error:
            failed.append(error)
    for other in failed[1:]:
        show_error(other)
    if failed:
        raise failed[0]


def record(reconciler: Reconciler, report: DriftReport) -> None:
    """Add the run to the history, if one is kept. Raises `ReconcilerError` if it cannot be written."""
    if keeps_history():
        history_at(history_location(reconciler.stack.root)).record(redactor_of(reconciler).redact(report))


def show_plan(
    reconciler: Reconciler,
    changes: Changes,
    outputs: Outputs = ((None, "text"),),
    *,
    applied: str = "",
    compared_with: ComparedWith | None = None,
    plan: Plan | None = None,
) -> None:
    """Write the planned changes or, if a command was `applied`, their outcomes. Raises `ReconcilerError` on failures.

    The `plan` has the values of the changes, their effects and the results of the guards.
    Raises `Interrupted` after writing the report of an interrupted run.
    """
    environment, commit = reconciler.desired.environment, reconciler.commit
    report = PlanReport(
        environment.name,
        environment.url,
        changes,
        bool(applied),
        commit.id,
        commit.dirty,
        applied or "up",
        compared_with,
        *((plan.planned, plan.effects, plan.guards, plan.renames) if plan else ()),
    )
    redactor = redactor_of(reconciler)
    failed: list[FileNotWritten] = []
    for output, form in outputs:
        try:
            _write(render_plan(report, form, redactor, terminal=_terminal(output)), output)
        except FileNotWritten as error:
            failed.append(error)
    for other in failed if changes.interrupted or changes.failures else failed[1:]:
        show_error(other)
    if changes.interrupted:
        raise interrupted("completed changes are recorded; run the command again to apply the rest")
    if changes.failures:
        not_tried = f", {len(changes.not_tried):,} not tried" if changes.not_tried else ""
        raise ReconcilerError(
            f"{environment.name}: {plural(len(changes.failures), 'failure')}, {changes.done:,} done{not_tried}"
            if applied
            else f"{environment.name}: the preview failed",
            hint=_next_action(changes, environment.name) if applied else _NOTHING_CHANGED,
        )
    if failed:
        raise failed[0]


def _next_action(changes: Changes, environment: str) -> str:
    if any(_NOT_FOUND in failure for failure in changes.failures):
        return f"run `reconciler repair {environment}` to restore deleted objects, then run the same command again"
    return "completed changes are recorded; fix the failures, then run the same command again"


def _write(text: str, output: Path | None) -> None:
    if output is None:
        show(text)
    else:
        files.write(output, printable_lines(text))
        say(f"written: {output}", err=True)


def redactor_of(reconciler: Reconciler) -> Redactor:
    """The redactor that removes the secrets of the run."""
    return Redactor(reconciler.tenant.known)


def _terminal(output: Path | None) -> Terminal:
    if output is not None or not sys.stdout.isatty():
        return PLAIN
    return Terminal.of_width(shutil.get_terminal_size().columns, color=not os.environ.get("NO_COLOR"))
