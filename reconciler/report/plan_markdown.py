"""The changes of a preview or an `up` as GitHub's Markdown: the comment under a pull request."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from reconciler.engine.changes import Change
from reconciler.report import github
from reconciler.report.github import Section, code, row
from reconciler.report.plan import MEANING, SIGNS, PlanReport
from reconciler.report.values import cut, plural, printable

MOST_FAILURES = 20
LONGEST_FAILURE = 2_000
UNFOLDED = 20
"""As many harmless changes are shown without a click."""


def render(plan: PlanReport, limit: int = github.LIMIT) -> str:
    """The changes in at most `limit` characters: what does not fit is counted at the end."""
    return github.fitted("\n\n".join(_head(plan)), _sections(plan), "changes", limit)


def _head(plan: PlanReport) -> Iterator[str]:
    commit = f", commit {code(plan.commit[:12])}" if plan.commit else ""
    yield f"## {'Up' if plan.applied else 'Preview'} of {code(plan.environment)}"
    yield f"**{plan.conclusion}** ({code(plan.url)}{commit})"
    if plan.warning:
        yield f"> [!CAUTION]\n> **{plan.warning}.** People may lose access: see the first table."
    if plan.failures:
        yield github.block(list(_failures(plan.failures)), "text")


def _failures(failures: Iterable[str]) -> Iterator[str]:
    every = list(failures)
    for failure in every[:MOST_FAILURES]:
        lines = map(printable, failure.splitlines())
        yield from cut("\n".join(lines), LONGEST_FAILURE).split("\n")
    if len(every) > MOST_FAILURES:
        yield f"… and {plural(len(every) - MOST_FAILURES, 'more failure')}"


def _sections(plan: PlanReport) -> Iterator[Section]:
    table = github.header("", "kind", "name", "fields")
    if plan.dangerous:
        yield Section(table, [_change(change) for change in plan.dangerous])
    if plan.harmless:
        title = plural(len(plan.harmless), "change") + " that take nothing away"
        start, end = github.folded(title, table, opened=len(plan.harmless) <= UNFOLDED)
        yield Section(start, [_change(change) for change in plan.harmless], end)


def _change(change: Change) -> str:
    what = f"{code(SIGNS[change.operation])} {MEANING[change.operation]}"
    return row(what, change.kind, code(change.name), ", ".join(map(code, change.fields)))
