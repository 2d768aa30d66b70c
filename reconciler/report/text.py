"""The drift report as text, wrapped to the terminal: findings with their locations, then a summary."""

from __future__ import annotations

import textwrap
from collections.abc import Iterator
from datetime import UTC

from reconciler.drift.findings import Finding, Severity, Verdict
from reconciler.drift.run import DriftReport
from reconciler.printable import printable
from reconciler.report.attribution import most_severe, severities, severity_and_author
from reconciler.report.objects import ChangedValue, ObjectFindings, Side, by_object, changed_values
from reconciler.report.summary import conclusion, effort, scope
from reconciler.report.terminal import PLAIN, Terminal
from reconciler.report.values import UNCOMMITTED, shown

INDENT = 13
"""The column of a finding's details: below its field, after the longest verdict."""
ID = 8
"""Characters of an id that are shown; `repair` and `accept` report an ambiguous one."""
MOST_SEVERE = 10
"""Findings listed again above the summary."""

STYLES = {
    Verdict.CHANGED: "yellow",
    Verdict.MISSING: "red",
    Verdict.UNMANAGED: "cyan",
    Verdict.PENDING: "blue",
    Verdict.CONFLICT: "magenta",
    Verdict.UNREADABLE: "bright_black",
    Verdict.BEYOND: "white",
    Verdict.EXPIRED: "blue",
}
SEVERITY_STYLES = {
    Severity.CRITICAL: "bright_red",
    Severity.HIGH: "red",
    Severity.MEDIUM: "yellow",
    Severity.LOW: "cyan",
    Severity.INFO: "blue",
}


def render(report: DriftReport, terminal: Terminal = PLAIN) -> str:
    """The report as text; only verdicts, severities and titles are coloured."""
    return "\n".join(_lines(report, terminal)) + "\n"


def _lines(report: DriftReport, terminal: Terminal) -> Iterator[str]:
    started = report.started.astimezone(UTC)
    yield terminal.styled(f"Drift of {printable(report.environment)}", bold=True) + f"  {printable(report.url)}"
    yield f"{started:%Y-%m-%d %H:%M:%S} UTC, {effort(report)}"
    for line in scope(report):
        yield from _wrapped(line, terminal.width)
    if report.commit:
        yield f"definitions at commit {printable(report.commit)}{UNCOMMITTED if report.dirty else ''}"
    if report.findings:
        yield "values: declared -> live; - declared only, + live only"
        yield f"repair and accept take an id, such as {report.findings[0].id[:ID]}, or a kind and a name"
    yield ""
    for item in by_object(report.findings):
        yield from _object(item, terminal)
        yield ""
    yield from _summary(report, terminal)
    verdict_color = "green" if not report.findings else "yellow" if not report.has_drift else "red"
    yield terminal.styled(conclusion(report), fg=verdict_color, bold=True)


def _summary(report: DriftReport, terminal: Terminal) -> Iterator[str]:
    """The most severe findings, the notes and the count of each severity."""
    severe = most_severe(report.findings, MOST_SEVERE)
    if severe:
        yield "Most severe:"
        for finding in severe:
            word = terminal.styled(f"{finding.severity.word:10}", fg=SEVERITY_STYLES[finding.severity])
            yield f"  {word} {printable(finding.subject)}"
        yield ""
    for note in report.notes:
        yield from textwrap.wrap(
            f"Note: {printable(note)}", terminal.width, break_long_words=False, break_on_hyphens=False
        )
    if report.findings:
        yield f"Severity: {severities(report)}"


def _object(item: ObjectFindings, terminal: Terminal) -> Iterator[str]:
    about = [f'"{printable(item.label)}"'] if item.label else []
    about += [item.okta_id] if item.okta_id and item.okta_id != item.name else []
    title, rest = printable(item.title), printable("  ".join(about))
    if len(title) + 2 + len(rest) <= terminal.width:
        yield terminal.styled(title, bold=True) + (f"  {rest}" if rest else "")
    else:
        yield terminal.styled(title, bold=True)
        yield f"  {rest}"
    for finding in item.findings:
        yield from _finding(finding, terminal)


def _finding(finding: Finding, terminal: Terminal) -> Iterator[str]:
    verdict = terminal.styled(f"{finding.verdict:10}", fg=STYLES[finding.verdict])
    what = finding.field + (" (inherited)" if finding.inherited else "")
    where = printable(str(finding.source)) if finding.source else ""
    if what and where and INDENT + len(what) + 2 + len(where) > terminal.width:
        yield f"  {verdict} {what}"
        yield f"{'':{INDENT}}{where}"
    else:
        yield f"  {verdict} {'  '.join(part for part in (what, where) if part) or printable(finding.detail)}"
    for value in changed_values(finding):
        yield from _changed_value(value, terminal)
    if finding.verdict is Verdict.CONFLICT and finding.field:
        yield f"{'':{INDENT}}last applied: {shown(finding.applied)}"
    if finding.detail and (what or where):
        yield f"{'':{INDENT}}{printable(finding.detail)}"
    yield from _severity_and_author(finding, terminal)


def _severity_and_author(finding: Finding, terminal: Terminal) -> Iterator[str]:
    """Severity, start of the id, rules and author; only the severity is coloured."""
    word = finding.severity.word
    first, *rest = severity_and_author(finding)
    first = f"{word} {finding.id[:ID]}{first.removeprefix(word)}"
    lines = [line for sentence in (first, *rest) for line in _wrapped(sentence, terminal.width - INDENT)]
    coloured = terminal.styled(word, fg=SEVERITY_STYLES[finding.severity])
    yield f"{'':{INDENT}}{coloured}{lines[0].removeprefix(word)}"
    for line in lines[1:]:
        yield f"{'':{INDENT}}{line}"


def _wrapped(sentence: str, width: int, hanging: str = "  ") -> list[str]:
    """The sentence, wrapped; a word longer than a line is not broken."""
    return textwrap.wrap(
        printable(sentence), width, break_long_words=False, break_on_hyphens=False, subsequent_indent=hanging
    )


def _changed_value(value: ChangedValue, terminal: Terminal) -> Iterator[str]:
    """One line if it fits, otherwise one line per side."""
    path = f"{printable(value.path)}: " if value.path else ""
    margin = " " * INDENT
    if value.side is not Side.BOTH:
        text = shown(value.expected if value.side is Side.DECLARED else value.actual)
        yield f"{margin}{value.side} {path}{text}"
        return
    yield from terminal.both_sides(margin, path, shown(value.expected), shown(value.actual))
