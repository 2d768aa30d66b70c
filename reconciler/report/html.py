"""The drift report as one HTML page without network requests. Without JavaScript, only the filters are missing."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from datetime import UTC

from reconciler.drift.findings import DRIFT, Finding, Verdict
from reconciler.drift.run import DriftReport
from reconciler.printable import printable
from reconciler.report.attribution import MEANINGS, timeline
from reconciler.report.graph import HEIGHT, WIDTH, graph
from reconciler.report.objects import ChangedValue, Side, changed_values, most_severe_first
from reconciler.report.pages import page
from reconciler.report.summary import MEANING, conclusion, effort, scope
from reconciler.report.values import UNCOMMITTED, contrast, shown_in_lines

LONGEST = 2_000
"""Characters of a value that are shown."""
MOST_VALUES = 100
"""Values of one field that are shown."""
MOST_EVENTS = 40
"""The latest events of the timeline are shown, at most this many."""
MOST_LINKS = 12
"""Findings listed for an event of the timeline."""


@dataclass(frozen=True, slots=True)
class Row:
    """A value that differs. Each side is the text before, in and after the difference, or None without a value."""

    path: str
    expected: tuple[str, str, str] | None
    actual: tuple[str, str, str] | None


@dataclass(frozen=True, slots=True)
class Card:
    """A finding, prepared for the template."""

    finding: Finding
    rows: list[Row]
    more: int
    """How many values are not shown."""
    applied: str
    """The value applied last, for a conflict."""


def render(report: DriftReport) -> str:
    """The report as HTML. Values are escaped, and only the page's own script may run."""
    objects = most_severe_first(report.findings)
    events = timeline(report.findings)
    return page(
        "drift.html",
        report=report,
        started=report.started.astimezone(UTC),
        conclusion=conclusion(report),
        effort=effort(report),
        scope=scope(report),
        uncommitted=UNCOMMITTED,
        state="drift" if report.has_drift else "other" if report.findings else "clean",
        meaning=MEANING,
        rules=MEANINGS,
        drift=DRIFT,
        events=events[-MOST_EVENTS:],
        earlier=len(events[:-MOST_EVENTS]),
        most_links=MOST_LINKS,
        graph=graph(report),
        box={"width": WIDTH, "height": HEIGHT},
        objects=[(item, [_card(finding) for finding in item.findings]) for item in objects],
        found=Counter(item.kind for item in objects),
        kinds=sorted({*report.objects, *(item.kind for item in objects)}),
    )


def _card(finding: Finding) -> Card:
    found = list(changed_values(finding))
    conflict = finding.verdict is Verdict.CONFLICT and finding.field
    return Card(
        finding,
        [_row(value) for value in found[:MOST_VALUES]],
        max(0, len(found) - MOST_VALUES),
        shown_in_lines(finding.applied, LONGEST) if conflict else "",
    )


def _row(value: ChangedValue) -> Row:
    expected, actual = (shown_in_lines(value, LONGEST) for value in (value.expected, value.actual))
    if value.side is Side.DECLARED:
        return Row(printable(value.path), (expected, "", ""), None)
    if value.side is Side.LIVE:
        return Row(printable(value.path), None, (actual, "", ""))
    return Row(printable(value.path), *contrast(expected, actual))
