"""The drift report as GitHub Markdown, short enough for a comment, an issue or a job summary; details are folded."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from datetime import UTC

from reconciler.definitions.model import Ignore
from reconciler.drift.findings import Finding, Verdict
from reconciler.drift.run import DriftReport
from reconciler.report import github
from reconciler.report.attribution import changed_by, most_severe, reasons, severities, severity_and_author
from reconciler.report.github import Section, code, prose, row
from reconciler.report.objects import ChangedValue, ObjectFindings, Side, by_object, changed_values
from reconciler.report.summary import MEANING, conclusion, effort, scope
from reconciler.report.values import UNCOMMITTED, cut, plural, shown

LONGEST = 160
"""Characters of a value that are shown."""
MOST_VALUES = 20
"""Values of one field that are shown."""
MOST_SEVERE = 10
"""Findings listed above the details."""
LONGEST_CELL = 80
"""Characters of a name or a sentence in that table."""


def render(report: DriftReport, limit: int = github.LIMIT) -> str:
    """The report in at most `limit` characters; what does not fit is counted at the end."""
    head = "\n\n".join(_head(report))
    return github.fitted(head, (*_sections(report.findings), *_ignored(report)), limit)


def _head(report: DriftReport) -> Iterator[str]:
    started = report.started.astimezone(UTC)
    yield f"## Drift of {code(report.environment)}"
    yield f"**{conclusion(report)}.**"
    uncommitted = UNCOMMITTED if report.dirty else ""
    commit = f" Definitions at commit {code(report.commit[:12])}{uncommitted}." if report.commit else ""
    yield f"{code(report.url)} read on {started:%Y-%m-%d %H:%M:%S} UTC: {effort(report)}.{commit}"
    for line in scope(report):
        yield f"{prose(cut(line))}."
    if report.findings:
        rows = [row(verdict, f"{count:,}", MEANING[verdict]) for verdict, count in report.counts.items() if count]
        yield "\n".join((github.header("verdict", "findings", "meaning"), *rows))
        yield f"Severity: {severities(report)}."
    for note in report.notes:
        yield f"Note: {prose(cut(note))}."
    severe = most_severe(report.findings, MOST_SEVERE)
    if severe:
        rows = [
            row(finding.severity.word, _cell(finding.subject), ", ".join(map(code, finding.rules)), _change(finding))
            for finding in severe
        ]
        yield "\n".join((github.header("severity", "most severe", "rules", "change"), *rows))


def _cell(text: str) -> str:
    return code(text[:LONGEST_CELL] + "…" if len(text) > LONGEST_CELL else text)


def _change(finding: Finding) -> str:
    return prose(cut(changed_by(finding), 2 * LONGEST_CELL))


def _sections(findings: Iterable[Finding]) -> Iterator[Section]:
    """Missing objects, objects with differing fields, then the other objects by verdict."""
    objects = by_object(findings)
    yield from _table(objects, Verdict.MISSING)
    for item in objects:
        fields = [finding for finding in item.findings if finding.field]
        if fields:
            yield _object(item, fields)
    for verdict in Verdict:
        if verdict is not Verdict.MISSING:
            yield from _table(objects, verdict)


def _table(objects: Iterable[ObjectFindings], verdict: Verdict) -> Iterator[Section]:
    """The findings of one verdict about whole objects."""
    whole = [
        _whole(item, finding)
        for item in objects
        for finding in item.findings
        if finding.verdict is verdict and not finding.field
    ]
    if whole:
        table = github.header("severity", "kind", "name", "id", "location", "detail", "change")
        start, end = github.folded(f"{plural(len(whole), 'object')} {verdict}", table)
        yield Section("finding", whole, start, end)


def _ignored(report: DriftReport) -> Iterator[Section]:
    """The findings that `ignore.yaml` covers."""
    rows = [
        row(finding.severity.word, _cell(finding.subject), prose(entry.reason), prose(entry.owner), *_until(entry))
        for entry, findings in report.ignored.items()
        for finding in findings
    ]
    if rows:
        table = github.header("severity", "ignored", "reason", "owner", "until", "location")
        start, end = github.folded(plural(len(rows), "ignored finding"), table)
        yield Section("ignored finding", rows, start, end)


def _until(entry: Ignore) -> tuple[str, str]:
    return str(entry.expires), code(str(entry.source))


def _object(item: ObjectFindings, fields: list[Finding]) -> Section:
    counts = Counter(finding.verdict for finding in fields)
    counted = ", ".join(f"{count} {verdict}" for verdict, count in counts.items())
    worst = max(finding.severity for finding in fields).word
    title = f"{item.kind} {github.html_code(item.name)}: {counted}, {worst}"
    start, end = github.folded(title, " ".join(code(text) for text in (item.label, item.okta_id) if text))
    return Section("finding", ["\n" + github.block(list(_field(finding)), "diff") for finding in fields], start, end)


def _field(finding: Finding) -> Iterator[str]:
    inherited = " (inherited)" if finding.inherited else ""
    yield f"@@ {finding.verdict}: {finding.field}{inherited} @@ {finding.source or ''}".rstrip()
    found = list(changed_values(finding))
    for value in found[:MOST_VALUES]:
        yield from _changed_value(value)
    if len(found) > MOST_VALUES:
        yield f"  … and {len(found) - MOST_VALUES:,} more values"
    if finding.verdict is Verdict.CONFLICT:
        yield f"  last applied: {shown(finding.applied, LONGEST)}"
    if finding.detail:
        yield f"  {cut(finding.detail, LONGEST)}"
    for sentence in severity_and_author(finding):
        yield f"  {cut(sentence, 2 * LONGEST)}"


def _changed_value(value: ChangedValue) -> Iterator[str]:
    path = f"{cut(value.path, LONGEST)}: " if value.path else ""
    if value.side is not Side.LIVE:
        yield f"- {path}{shown(value.expected, LONGEST)}"
    if value.side is not Side.DECLARED:
        yield f"+ {path}{shown(value.actual, LONGEST)}"


def _whole(item: ObjectFindings, finding: Finding) -> str:
    location = code(str(finding.source)) if finding.source else ""
    okta_id = item.okta_id if item.okta_id != item.name else ""
    name = code(item.name) or "all of them"
    severity = prose(cut(reasons(finding), 2 * LONGEST))
    return row(severity, item.kind, name, code(okta_id), location, prose(finding.detail), _change(finding))
