"""A preview, or the report of a run, as text."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from reconciler.engine.changes import Change, Operation
from reconciler.printable import printable
from reconciler.report.plan import DELETED, DRIFTED, MEANING, NOT_DONE, SIGNS, PlanReport
from reconciler.report.terminal import PLAIN, Terminal

_COLORS = {
    Operation.DELETE: "red",
    Operation.REPLACE: "magenta",
    Operation.CREATE: "green",
    Operation.UPDATE: "yellow",
    Operation.IMPORT: "cyan",
    Operation.RELEASE: "yellow",
}


def render(plan: PlanReport, terminal: Terminal = PLAIN) -> str:
    """The changes as text: destructive ones first, failures and counts last."""
    return "\n".join(_lines(plan, terminal)) + "\n"


def _lines(plan: PlanReport, terminal: Terminal) -> Iterator[str]:
    yield terminal.styled(printable(plan.title), bold=True) + f"  {printable(plan.url)}"
    if plan.at_commit:
        yield f"definitions at commit {printable(plan.at_commit)}"
    yield ""
    if plan.destructive:
        yield terminal.styled(plan.warning, fg="red", bold=True)
        yield from _changes(plan.destructive, terminal)
        yield ""
    if plan.other_changes:
        yield from _changes(plan.other_changes, terminal)
        yield ""
    for failure in plan.failures:
        first, *more = failure.splitlines() or [""]
        yield terminal.styled("failed", fg="red", bold=True) + f"  {printable(first)}"
        yield from (f"        {printable(line)}" for line in more)
    if plan.failures:
        yield ""
    for outcome, changes in plan.not_done:
        yield terminal.styled(NOT_DONE[outcome], fg="red", bold=True)
        yield from _changes(changes, terminal)
        yield ""
    everything = [*plan.in_order, *(change for _, changes in plan.not_done for change in changes)]
    if everything:
        used = sorted({change.operation for change in everything}, key=list(SIGNS).index)
        yield "  ".join(f"{SIGNS[operation]} {MEANING[operation]}" for operation in used)
    if plan.undoes_drift:
        yield f"(drifted): {DRIFTED}"
    for note in plan.notes:
        yield f"Note: {printable(note)}"
    if plan.compared_with:
        yield str(plan.compared_with)
    bad = plan.failures or plan.not_done or plan.changes.interrupted or plan.destructive
    good = "red" if bad else "yellow" if everything else "green"
    yield terminal.styled(plan.conclusion, fg=good, bold=True)


def _changes(changes: Iterable[Change], terminal: Terminal) -> Iterator[str]:
    changes = list(changes)
    width = max(len(change.kind) for change in changes)
    for change in changes:
        sign = terminal.styled(f"{SIGNS[change.operation]:>2}", fg=_COLORS[change.operation])
        deleted = f"  {DELETED}" if change.deleted else ""
        yield f"{sign} {change.kind:{width}}  {printable(change.name)}{deleted}"
        if fields := [*change.fields, *(f"{field} (drifted)" for field in change.drifted)]:
            yield from _wrapped(fields, width + 5, terminal)


def _wrapped(fields: Iterable[str], indent: int, terminal: Terminal) -> Iterator[str]:
    """The names of fields, wrapped."""
    line = ""
    for name in fields:
        if line and indent + len(line) + 2 + len(name) > terminal.width:
            yield f"{'':{indent}}{line},"
            line = name
        else:
            line = f"{line}, {name}" if line else name
    yield f"{'':{indent}}{line}"
