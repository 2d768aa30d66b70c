"""The drift report as one page that asks nothing of the network; without JavaScript, only its filters are missing."""

from __future__ import annotations

import base64
import hashlib
from collections import Counter
from dataclasses import dataclass
from datetime import UTC

from reconciler.drift.findings import DRIFT, Finding, Verdict
from reconciler.drift.run import DriftReport
from reconciler.printable import printable
from reconciler.report.attribution import MEANINGS, actor, moment, timeline
from reconciler.report.graph import HEIGHT, WIDTH, graph
from reconciler.report.objects import ChangedValue, Side, changed_values, most_severe_first
from reconciler.report.summary import MEANING, conclusion, effort
from reconciler.report.values import UNCOMMITTED, contrast, plural, shown_in_lines

LONGEST = 2_000
"""Characters of a value that are shown."""
MOST_VALUES = 100
"""Places of one field that are shown."""
MOST_EVENTS = 40
"""Events of the timeline that are shown: the latest."""
MOST_LINKS = 12
"""Findings that an event of the timeline names."""


@dataclass(frozen=True, slots=True)
class Row:
    """One place that differs: declared and live, each as before, differing and after; None for nothing there."""

    path: str
    expected: tuple[str, str, str] | None
    actual: tuple[str, str, str] | None


@dataclass(frozen=True, slots=True)
class Card:
    """One finding, ready to be shown."""

    finding: Finding
    rows: list[Row]
    more: int
    """How many places are not shown."""
    applied: str
    """What was applied last, where that is a third value."""


def render(report: DriftReport) -> str:
    """The report as HTML; values are escaped, and no script but the page's own may run."""
    from jinja2 import Environment, PackageLoader, StrictUndefined
    from markupsafe import Markup

    environment = Environment(
        loader=PackageLoader("reconciler.report", "page"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters |= {"printable": printable, "plural": plural, "actor": actor, "moment": moment}
    style, script = (environment.get_template(name).render() for name in ("drift.css", "drift.js"))
    objects = most_severe_first(report.findings)
    events = timeline(report.findings)
    return environment.get_template("drift.html").render(
        report=report,
        started=report.started.astimezone(UTC),
        conclusion=conclusion(report),
        effort=effort(report),
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
        style=Markup(style),
        script=Markup(script),
        policy=f"default-src 'none'; style-src {_hash(style)}; script-src {_hash(script)}; base-uri 'none'; "
        "form-action 'none'",
    )


def _hash(text: str) -> str:
    """The source expression that lets exactly this style or script through."""
    return f"'sha256-{base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()}'"


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
