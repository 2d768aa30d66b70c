"""A preview, or the report of a run, as text."""

from __future__ import annotations

import textwrap
from collections.abc import Iterable, Iterator, Sequence

from reconciler.engine.changes import Operation
from reconciler.plan import GuardResult, PlannedChange
from reconciler.plan.severity import RuleHits
from reconciler.printable import printable
from reconciler.report.objects import Side
from reconciler.report.plan import (
    CHANGED_SECRET,
    DELETED,
    DRIFTED,
    MEANING,
    NOT_DONE,
    SIGNS,
    PlanReport,
)
from reconciler.report.plan_values import PlannedValue, by_cause, how_to_override, override_of, planned_values
from reconciler.report.terminal import PLAIN, Terminal
from reconciler.report.text import SEVERITY_STYLES
from reconciler.report.values import cut, plural, shown

_COLORS = {
    Operation.DELETE: "red",
    Operation.REPLACE: "magenta",
    Operation.CREATE: "green",
    Operation.UPDATE: "yellow",
    Operation.IMPORT: "cyan",
    Operation.RELEASE: "yellow",
}
MOST_VALUES = 40
"""Values of one object that are shown."""
MOST_NAMES = 8
"""Names of objects in one line."""
INDENT = 5
"""The column in which the details of a change begin."""


def render(plan: PlanReport, terminal: Terminal = PLAIN) -> str:
    """The plan as text: what guards refuse, effects and destructive changes first, failures and counts last."""
    return "\n".join(_lines(plan, terminal)) + "\n"


def _lines(plan: PlanReport, terminal: Terminal) -> Iterator[str]:
    yield terminal.styled(printable(plan.title), bold=True) + f"  {printable(plan.url)}"
    if plan.at_commit:
        yield f"definitions at commit {printable(plan.at_commit)}"
    yield ""
    for title, results in (("Refused by guards", plan.refused), ("Overridden", plan.overridden)):
        if results:
            yield terminal.styled(title, fg="red", bold=True)
            for result in results:
                yield from _guard(result, terminal)
            yield ""
    if plan.hits and not plan.applied:
        yield terminal.styled("Severity", bold=True)
        for hit in plan.hits:
            yield from _hit(hit, terminal)
        yield ""
    if plan.renames and not plan.applied:
        yield terminal.styled("Renamed without `previously`", fg="yellow", bold=True)
        for rename in plan.renames:
            yield f"  {printable(rename.summary)}"
            yield from _wrapped(f"{rename.remedy}; {rename.consequence}", INDENT, terminal)
        yield ""
    if plan.effects and not plan.applied:
        yield terminal.styled("Effects", bold=True)
        for cause, effects in by_cause(plan.effects).items():
            yield f"  {printable(str(cause))}"
            for effect in effects:
                yield from _wrapped(effect.summary, INDENT, terminal)
        yield ""
    if plan.destructive:
        yield terminal.styled(plan.warning, fg="red", bold=True)
        yield from _changes(plan.destructive, terminal)
        yield ""
    if plan.other_changes:
        yield from _changes(plan.other_changes, terminal)
        yield ""
    yield from _failures(plan, terminal)
    yield from _ending(plan, terminal)


def _failures(plan: PlanReport, terminal: Terminal) -> Iterator[str]:
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


def _ending(plan: PlanReport, terminal: Terminal) -> Iterator[str]:
    """The meaning of the signs, the notes and the counts."""
    everything = [*plan.in_order, *(change for _, changes in plan.not_done for change in changes)]
    if everything:
        used = sorted({change.operation for change in everything}, key=list(SIGNS).index)
        yield "  ".join(f"{SIGNS[operation]} {MEANING[operation]}" for operation in used)
    if any(value.side is Side.BOTH for change in everything for value in planned_values(change)):
        yield "values: in the tenant -> declared"
    if plan.undoes_drift:
        yield f"(drifted): {DRIFTED}"
    if plan.compares_secrets:
        yield f"changed (secret): {CHANGED_SECRET}"
    for note in plan.notes:
        yield f"Note: {printable(note)}"
    if plan.compared_with:
        yield str(plan.compared_with)
    bad = plan.failures or plan.not_done or plan.changes.interrupted or plan.destructive or plan.refused
    good = "red" if bad else "yellow" if everything else "green"
    yield terminal.styled(plan.conclusion, fg=good, bold=True)


def _guard(result: GuardResult, terminal: Terminal) -> Iterator[str]:
    source = f"  {printable(str(result.source))}" if result.source else ""
    yield f"  {terminal.styled(printable(f'{result.rule}: {result.object}'), bold=True)}{source}"
    yield from _wrapped(f"{result.title}: {result.detail}", INDENT, terminal)
    if result.override:
        yield from _wrapped(override_of(result.override), INDENT, terminal)
        return
    yield from _wrapped(result.hint, INDENT, terminal)
    yield f"{'':{INDENT}}to override: {printable(how_to_override(result))}"


def _hit(hit: RuleHits, terminal: Terminal) -> Iterator[str]:
    word = terminal.styled(f"{hit.rule.severity.word:10}", fg=SEVERITY_STYLES[hit.rule.severity])
    yield f"  {word}{hit.rule.planned} ({hit.rule.id})"
    yield from _wrapped(_names([str(change.address) for change in hit.changes]), 12, terminal)


def _names(names: Sequence[str]) -> str:
    more = len(names) - MOST_NAMES
    return ", ".join(map(cut, names[:MOST_NAMES])) + (f" and {more:,} more" if more > 0 else "")


def _changes(changes: Iterable[PlannedChange], terminal: Terminal) -> Iterator[str]:
    changes = list(changes)
    width = max(len(change.address.kind) for change in changes)
    for change in changes:
        sign = terminal.styled(f"{SIGNS[change.operation]:>2}", fg=_COLORS[change.operation])
        deleted = f"  {DELETED}" if change.recreated else ""
        yield f"{sign} {change.address.kind:{width}}  {printable(change.address.name)}{deleted}"
        if change.rules:
            word = terminal.styled(change.severity.word, fg=SEVERITY_STYLES[change.severity])
            first, *more = _wrapped(f"{change.severity.word}: {', '.join(change.rules)}", INDENT, terminal)
            yield first.replace(change.severity.word, word, 1)
            yield from more
        if change.lost:
            yield from _wrapped(f"lost: {', '.join(change.lost)}", INDENT, terminal)
        yield from _values(change, terminal)


def _values(change: PlannedChange, terminal: Terminal) -> Iterator[str]:
    values = list(planned_values(change))
    if all(value.side is None and not value.remark for value in values):
        if values:  # only the names of the fields are known
            yield from _wrapped(", ".join(value.title for value in values), INDENT, terminal)
        return
    for value in values[:MOST_VALUES]:
        yield from _value(value, terminal, is_new=change.operation is Operation.CREATE)
    if len(values) > MOST_VALUES:
        yield f"{'':{INDENT}}and {plural(len(values) - MOST_VALUES, 'more value')}"


def _value(value: PlannedValue, terminal: Terminal, is_new: bool) -> Iterator[str]:
    """One line if it fits, otherwise one line per side. The values of a created object need no signs."""
    margin, title = " " * INDENT, cut(value.title)
    if value.side is None:
        yield f"{margin}{title}" + (f": {value.remark}" if value.remark else "")
        return
    if value.side is not Side.BOTH:
        sign = "" if is_new else f"{value.side} "
        yield f"{margin}{sign}{title}: {shown(value.old if value.side is Side.DECLARED else value.new)}"
        return
    yield from terminal.both_sides(margin, f"{title}: ", shown(value.old), shown(value.new))


def _wrapped(text: str, indent: int, terminal: Terminal) -> Iterator[str]:
    """A sentence, wrapped; a word longer than a line is not broken."""
    for line in textwrap.wrap(printable(text), terminal.width - indent, break_long_words=False, break_on_hyphens=False):
        yield f"{'':{indent}}{line}"
