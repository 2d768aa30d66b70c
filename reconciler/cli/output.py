"""Where reports go: to standard output, or to a file; never with a secret in them."""

from __future__ import annotations

import os
import shutil
import sys
from collections.abc import Callable, Collection, Mapping, Sequence
from pathlib import Path
from typing import Any, TypeVar

import click

from reconciler import files
from reconciler.apply import Reconciler
from reconciler.cli.console import show_error
from reconciler.cli.history import history_location
from reconciler.cli.messages import say, show
from reconciler.drift.run import DriftReport
from reconciler.engine.changes import Changes
from reconciler.errors import FileNotWritten, ReconcilerError
from reconciler.interrupts import interrupted
from reconciler.printable import printable_lines
from reconciler.report import (
    FORMATS,
    PLAIN,
    PLAN_FORMATS,
    SUFFIXES,
    Ground,
    PlanReport,
    Redactor,
    Terminal,
    render_drift,
    render_plan,
)
from reconciler.report.values import plural

F = TypeVar("F", bound=Callable[..., Any])


def outputs_option(formats: Collection[str] = FORMATS) -> Callable[[F], F]:
    """The option that says which files to write, where the command has these formats."""
    return click.option(
        "--output",
        "outputs",
        type=click.Path(dir_okay=False, allow_dash=True, path_type=Path),
        multiple=True,
        help="Write a report to this file instead of standard output. May be repeated: the end of each name says the "
        f"format ({', '.join(_suffixes(formats))}); - is standard output, as text.",
    )


def _suffixes(formats: Collection[str]) -> Mapping[str, str]:
    return {suffix: form for suffix, form in SUFFIXES.items() if form in formats}


plan_format_option = click.option(
    "--format",
    "form",
    type=click.Choice(list(PLAN_FORMATS)),
    help="For people or for machines.  [default: as the end of the output's name says, or text]",
)

STANDARD_OUTPUT = Path("-")
_NOT_FOUND = "E0000007"
"""Okta's error for an object that is not there."""
Outputs = Sequence[tuple[Path | None, str]]
"""Where to write to (None: standard output) and in which format."""


def formats_of(outputs: Sequence[Path], form: str | None, formats: Collection[str] = FORMATS) -> Outputs:
    """The format of each file: the one that is asked for, or the one, of these, that its name says."""
    if not outputs:
        return [(None, form or "text")]
    if form is None:
        return [(_file(output), _format_of(output, _suffixes(formats))) for output in outputs]
    if len(outputs) > 1:
        raise click.UsageError("--format is for one report: with several --output, the ends of their names say it.")
    return [(_file(outputs[0]), form)]


def _file(output: Path) -> Path | None:
    return None if output == STANDARD_OUTPUT else output


def _format_of(output: Path, known: Mapping[str, str]) -> str:
    if output == STANDARD_OUTPUT:
        return "text"
    if output.suffix not in known:
        raise click.UsageError(
            f"--output {output}: a name that ends in {output.suffix or 'nothing'} says no format. "
            f"Known are {', '.join(known)}; with one file, --format may say it."
        )
    return known[output.suffix]


def show_drift(reconciler: Reconciler, report: DriftReport, outputs: Outputs = ((None, "text"),)) -> None:
    """Write a drift report, in one format or several. Raises `FileNotWritten` when all others are written."""
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
    """Add the run to the history. Raises `ReconcilerError` if that cannot be written."""
    from reconciler.history.store import Store

    Store(history_location(reconciler.stack.root)).record(redactor_of(reconciler).redact(report))


def show_plan(
    reconciler: Reconciler,
    changes: Changes,
    outputs: Outputs = ((None, "text"),),
    *,
    applied: str = "",
    ground: Ground | None = None,
) -> None:
    """Write what is to be changed, or what became of it when a command was `applied`; raises if not all went well.

    Raises `Interrupted` after a run that a signal ended: its account is given first.
    """
    environment, commit = reconciler.desired.environment, reconciler.commit
    plan = PlanReport(
        environment.name, environment.url, changes, bool(applied), commit.id, commit.dirty, applied or "up", ground
    )
    redactor = redactor_of(reconciler)
    failed: list[FileNotWritten] = []
    for output, form in outputs:
        try:
            _write(render_plan(plan, form, redactor, terminal=_terminal(output)), output)
        except FileNotWritten as error:
            failed.append(error)
    for other in failed if changes.interrupted or changes.failures else failed[1:]:
        show_error(other)
    if changes.interrupted:
        raise interrupted("what was done is recorded; the next run looks up what began, and does the rest")
    if changes.failures:
        not_tried = f", {len(changes.not_tried):,} not tried" if changes.not_tried else ""
        raise ReconcilerError(
            f"{environment.name}: {plural(len(changes.failures), 'failure')}, {changes.done:,} done{not_tried}"
            if applied
            else f"{environment.name}: the preview failed",
            hint=_next_action(changes, environment.name) if applied else "",
        )
    if failed:
        raise failed[0]


def _next_action(changes: Changes, environment: str) -> str:
    if any(_NOT_FOUND in failure for failure in changes.failures):
        return f"what was deleted in the tenant comes back with: reconciler repair {environment}; then run this again"
    return "what was done is recorded; put right what failed, and run the same command again"


def _write(text: str, output: Path | None) -> None:
    if output is None:
        show(text)
    else:
        files.write(output, printable_lines(text))
        say(f"written: {output}", err=True)


def redactor_of(reconciler: Reconciler) -> Redactor:
    """Takes the secrets of the run out of whatever is shown."""
    return Redactor(reconciler.tenant.known)


def _terminal(output: Path | None) -> Terminal:
    if output is not None or not sys.stdout.isatty():
        return PLAIN
    return Terminal.of_width(shutil.get_terminal_size().columns, color=not os.environ.get("NO_COLOR"))
