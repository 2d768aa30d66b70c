"""A preview, or the report of a run, as GitHub Markdown: the comment on a pull request.

What must not be cut comes first: what guards refuse, then severity, effects and destructive changes, each in a bounded
number of rows; then the other changes.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from reconciler.engine.changes import Operation
from reconciler.plan import GuardResult, PlannedChange, Rename
from reconciler.plan.severity import RuleHits
from reconciler.report import github
from reconciler.report.github import Section, code, prose, row
from reconciler.report.objects import Side
from reconciler.report.plan import CHANGED_SECRET, DELETED, DRIFTED, MEANING, NOT_DONE, SIGNS, PlanReport
from reconciler.report.plan_values import (
    PlannedValue,
    by_cause,
    how_to_override,
    override_of,
    planned_values,
    reasons,
)
from reconciler.report.values import UNCOMMITTED, cut, plural, shown

LONGEST_FAILURE = 2_000
LONGEST = 160
"""Characters of a value that are shown."""
LONGEST_CELL = 80
"""Characters of a value in a table."""
MOST_VALUES = 20
"""Values of one object that are shown."""
MOST_NAMES = 5
"""Names of objects in a cell."""
MOST_GUARDS = 30
MOST_RENAMES = 20
MOST_EFFECTS = 40
MOST_DESTRUCTIVE = 100
UNFOLDED = 20
"""Tables with at most this many changes are shown unfolded."""


def render(plan: PlanReport, limit: int = github.LIMIT) -> str:
    """The changes in at most `limit` characters; what does not fit is counted at the end."""
    return github.fitted("\n\n".join(_head(plan)), _sections(plan), limit)


def _head(plan: PlanReport) -> Iterator[str]:
    uncommitted = UNCOMMITTED if plan.dirty else ""
    commit = f", commit {code(plan.commit[:12])}{uncommitted}" if plan.commit else ""
    yield f"## {plan.what} of {code(plan.environment)}"
    yield f"**{plan.conclusion}** ({code(plan.url)}{commit})"
    if plan.undoes_drift:
        yield f"(drifted): {DRIFTED}."
    if plan.compares_secrets:
        yield f"changed (secret): {CHANGED_SECRET}."
    for note in plan.notes:
        yield f"Note: {prose(cut(note))}."
    if plan.compared_with:
        yield f"{plan.compared_with}."
    if plan.refused:
        yield f"> [!CAUTION]\n> **Guards refuse this plan: {plural(len(plan.refused), 'refusal')}.**"
    if plan.warning:
        yield f"> [!CAUTION]\n> **{plan.warning}.** Users may lose access: see the first table of changes."


def _sections(plan: PlanReport) -> Iterator[Section]:
    if plan.failures:
        yield Section("failure", [_failure(failure) for failure in plan.failures])
    for title, results in (("Refused by guards", plan.refused), ("Overridden", plan.overridden)):
        if results:
            yield _bounded("refusal", f"### {title}\n", [_guard(one) for one in results], MOST_GUARDS, "- ")
    if plan.hits and not plan.applied:
        table = github.header("severity", "meaning", "objects")
        yield Section("rule", [_hit(hit) for hit in plan.hits], f"### Severity\n\n{table}")
    if plan.renames and not plan.applied:
        rows = [_rename(one) for one in plan.renames]
        yield _bounded("rename", "### Renamed without `previously`\n", rows, MOST_RENAMES, "- ")
    if plan.effects and not plan.applied:
        rows = [
            row(_cell(str(cause)), prose(cut(one.summary)))
            for cause, every in by_cause(plan.effects).items()
            for one in every
        ]
        yield _bounded("effect", f"### Effects\n\n{github.header('cause', 'effect')}", rows, MOST_EFFECTS)
    table = github.header("", "kind", "name", "severity", "fields")
    if plan.destructive:
        rows = [_row(change) for change in plan.destructive]
        yield _bounded("change", f"### Changes\n\n{table}", rows, MOST_DESTRUCTIVE)
    if plan.other_changes:
        yield from _others(plan, table)
    for outcome, changes in plan.not_done:
        start, end = github.folded(f"{len(changes):,} {NOT_DONE[outcome]}", table, opened=len(changes) <= UNFOLDED)
        yield Section("change", [_row(change) for change in changes], start, end)


def _bounded(noun: str, start: str, rows: Sequence[str], most: int, mark: str = "") -> Section:
    """A section with at most this many rows: what comes after it must still fit."""
    if len(rows) <= most:
        return Section(noun, rows, start)
    more = f"{mark or '| '}and {plural(len(rows) - most, f'more {noun}')}: see the text or HTML report"
    return Section(noun, [*rows[:most], more if mark else f"{more} |"], start)


def _others(plan: PlanReport, table: str) -> Iterator[Section]:
    """The changes that destroy nothing: those with values one by one, the others in a table."""
    several = len(plan.other_changes) > UNFOLDED
    with_values: list[PlannedChange] = []
    rest: list[PlannedChange] = []
    for change in plan.other_changes:
        (with_values if change.operation is not Operation.CREATE and _has_values(change) else rest).append(change)
    for change in with_values:
        title = f"{SIGNS[change.operation]} {change.address.kind} {github.html_code(change.address.name)}"
        reason = "" if not change.rules else f": {prose(reasons(change))}"
        start, end = github.folded(f"{title}{reason}", "", opened=not several)
        yield Section("change", [github.block(list(_diff(change)), "diff")], start, end)
    if rest:
        title = plural(len(rest), "other change" if plan.destructive or with_values else "change")
        start, end = github.folded(title, table, opened=len(rest) <= UNFOLDED)
        yield Section("change", [_row(change) for change in rest], start, end)


def _failure(failure: str) -> str:
    lines = failure[:LONGEST_FAILURE].splitlines()
    return github.block(lines if len(failure) <= LONGEST_FAILURE else [*lines, "…"], "text")


def _guard(result: GuardResult) -> str:
    where = f" ({code(str(result.source))})" if result.source else ""
    what = f"- **{code(result.rule)} {code(result.object)}**{where}: {prose(result.title)}: {prose(cut(result.detail))}"
    if result.override:
        return f"{what}\n  Overridden {prose(cut(override_of(result.override)))}"
    return f"{what}\n  {prose(cut(result.hint))}\n  To override: {code(how_to_override(result))}"


def _rename(rename: Rename) -> str:
    return f"- **{prose(rename.summary)}**: {prose(cut(rename.remedy))}; {prose(rename.consequence)}"


def _hit(hit: RuleHits) -> str:
    names = _names([str(change.address) for change in hit.changes])
    return row(hit.rule.severity.word, f"{hit.rule.planned} ({code(hit.rule.id)})", f"{len(hit.changes):,}: {names}")


def _names(names: Sequence[str]) -> str:
    more = len(names) - MOST_NAMES
    return ", ".join(map(_cell, names[:MOST_NAMES])) + (f" and {more:,} more" if more > 0 else "")


def _cell(text: str) -> str:
    return code(text[:LONGEST_CELL] + "…" if len(text) > LONGEST_CELL else text)


def _row(change: PlannedChange) -> str:
    what = f"{code(SIGNS[change.operation])} {MEANING[change.operation]}"
    name = f"{code(change.address.name)} {DELETED}" if change.recreated else code(change.address.name)
    severity = ", ".join((change.severity.word, *map(code, change.rules)))
    values = list(planned_values(change))
    cells = [_value(value) for value in values[:MOST_VALUES]]
    if len(values) > MOST_VALUES:
        cells.append(f"and {len(values) - MOST_VALUES:,} more")
    text = ("<br>" if _has_values(change) else ", ").join(cells)
    if change.lost:
        text = "<br>".join(filter(None, (text, f"lost: {prose(', '.join(change.lost))}")))
    return row(what, change.address.kind, name, severity, text)


def _has_values(change: PlannedChange) -> bool:
    return any(value.side or value.remark for value in planned_values(change))


def _value(value: PlannedValue) -> str:
    """A value in a table."""
    title = _cell(value.path) + (" (drifted)" if value.drifted else "")
    match value.side:
        case None:
            return f"{title}: {value.remark}" if value.remark else title
        case Side.BOTH:
            return f"{title}: {code(shown(value.old, LONGEST_CELL))} → {code(shown(value.new, LONGEST_CELL))}"
        case Side.DECLARED:
            return f"{title}: {code(f'- {shown(value.old, LONGEST_CELL)}')}"
        case Side.LIVE:
            return f"{title}: {code(shown(value.new, LONGEST_CELL))}"


def _diff(change: PlannedChange) -> Iterator[str]:
    """The values as the lines of a diff."""
    values = list(planned_values(change))
    for value in values[:MOST_VALUES]:
        title = cut(value.title, LONGEST)
        if value.side is None:
            yield f"  {title}" + (f": {value.remark}" if value.remark else "")
        if value.side in (Side.DECLARED, Side.BOTH):
            yield f"- {title}: {shown(value.old, LONGEST)}"
        if value.side in (Side.LIVE, Side.BOTH):
            yield f"+ {title}: {shown(value.new, LONGEST)}"
    if len(values) > MOST_VALUES:
        yield f"  … and {len(values) - MOST_VALUES:,} more values"
