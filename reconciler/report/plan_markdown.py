"""A preview, or the report of a run, as GitHub Markdown: the comment on a pull request."""

from __future__ import annotations

from collections.abc import Iterator

from reconciler.engine.changes import Change
from reconciler.report import github
from reconciler.report.github import Section, code, prose, row
from reconciler.report.plan import DELETED, DRIFTED, MEANING, NOT_DONE, SIGNS, PlanReport
from reconciler.report.values import UNCOMMITTED, cut, plural

LONGEST_FAILURE = 2_000
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
    for note in plan.notes:
        yield f"Note: {prose(cut(note))}."
    if plan.compared_with:
        yield f"{plan.compared_with}."
    if plan.warning:
        yield f"> [!CAUTION]\n> **{plan.warning}.** Users may lose access: see the first table."


def _sections(plan: PlanReport) -> Iterator[Section]:
    table = github.header("", "kind", "name", "fields")
    if plan.failures:
        yield Section("failure", [_failure(failure) for failure in plan.failures])
    if plan.destructive:
        yield Section("change", [_change(change) for change in plan.destructive], table)
    if plan.other_changes:
        title = plural(len(plan.other_changes), "other change" if plan.destructive else "change")
        start, end = github.folded(title, table, opened=len(plan.other_changes) <= UNFOLDED)
        yield Section("change", [_change(change) for change in plan.other_changes], start, end)
    for outcome, changes in plan.not_done:
        start, end = github.folded(f"{len(changes):,} {NOT_DONE[outcome]}", table, opened=len(changes) <= UNFOLDED)
        yield Section("change", [_change(change) for change in changes], start, end)


def _failure(failure: str) -> str:
    lines = failure[:LONGEST_FAILURE].splitlines()
    return github.block(lines if len(failure) <= LONGEST_FAILURE else [*lines, "…"], "text")


def _change(change: Change) -> str:
    what = f"{code(SIGNS[change.operation])} {MEANING[change.operation]}"
    fields = [*map(code, change.fields), *(f"{code(field)} (drifted)" for field in change.drifted)]
    name = f"{code(change.name)} {DELETED}" if change.deleted else code(change.name)
    return row(what, change.kind, name, ", ".join(fields))
