"""Where reports go: to standard output, or to a file; never with a secret in them."""

from __future__ import annotations

import os
import shutil
import sys
from collections.abc import Callable, Collection, Mapping, Sequence
from pathlib import Path
from typing import Any, TypeVar

import click

from reconciler.apply import Reconciler
from reconciler.cli.history import history_place
from reconciler.cli.messages import say, show
from reconciler.drift.run import DriftReport
from reconciler.engine.changes import Changes
from reconciler.errors import ReconcilerError
from reconciler.printable import printable_lines
from reconciler.report import (
    FORMATS,
    PLAIN,
    SUFFIXES,
    Ground,
    PlanReport,
    Redactor,
    Terminal,
    render_drift,
    render_plan,
)

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
    """Write a drift report, in one format or several."""
    redactor = redactor_of(reconciler)
    for output, form in outputs:
        _write(render_drift(report, form, redactor, terminal=_terminal(output)), output)


def record(reconciler: Reconciler, report: DriftReport) -> None:
    """Add the run to the history; if that can't be written, say so and go on."""
    from reconciler.history.store import Store

    try:
        Store(history_place(reconciler.stack.root)).record(redactor_of(reconciler).redact(report))
    except ReconcilerError as error:
        say(f"warning: {error.message}", err=True)


def show_plan(
    reconciler: Reconciler,
    changes: Changes,
    outputs: Outputs = ((None, "text"),),
    *,
    applied: bool = False,
    ground: Ground | None = None,
) -> None:
    """Write what is to be changed or was changed; raises if not all of it went well."""
    environment = reconciler.desired.environment
    plan = PlanReport(environment.name, environment.url, changes, applied, reconciler.commit, ground)
    redactor = redactor_of(reconciler)
    for output, form in outputs:
        _write(render_plan(plan, form, redactor, terminal=_terminal(output)), output)
    if changes.failures:
        raise ReconcilerError(
            f"{environment.name}: {len(changes.failures)} failed, {changes.done} done"
            if applied
            else f"{environment.name}: the preview failed",
            hint=_next_action(changes, environment.name) if applied else "",
        )


def _next_action(changes: Changes, environment: str) -> str:
    if any(_NOT_FOUND in failure for failure in changes.failures):
        return f"what was deleted in the tenant comes back with: reconciler repair {environment}; then run this again"
    return "what was done is recorded; mend what failed and run the same command again"


def _write(text: str, output: Path | None) -> None:
    if output is None:
        show(text)
    else:
        output.parent.mkdir(parents=True, exist_ok=True)
        output.write_text(printable_lines(text), encoding="utf-8")
        say(f"written: {output}", err=True)


def redactor_of(reconciler: Reconciler) -> Redactor:
    """Takes the secrets of the run out of whatever is shown."""
    return Redactor(reconciler.tenant.known)


def _terminal(output: Path | None) -> Terminal:
    if output is not None or not sys.stdout.isatty():
        return PLAIN
    return Terminal.of_width(shutil.get_terminal_size().columns, color=not os.environ.get("NO_COLOR"))
