"""The drift report as SARIF 2.1.0, for GitHub code scanning and other readers of static analysis results.

The location of a result is its definition or, for undeclared objects, the line of the environment's file that names the
tenant. Its fingerprint is the id of the finding, so an alert stays the same alert until it is fixed.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC
from pathlib import PurePath
from typing import Any
from urllib.parse import quote

from reconciler.definitions.model import Source
from reconciler.drift.findings import Finding, Severity, Verdict
from reconciler.drift.run import DriftReport
from reconciler.drift.severity import RULES
from reconciler.printable import printable, printable_json
from reconciler.report.attribution import severity_and_author
from reconciler.report.objects import changed_values
from reconciler.report.summary import MEANING, not_visible
from reconciler.report.values import cut, shown

SCHEMA = "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json"
LONGEST = 160
"""Characters of a value in a message."""
MOST_VALUES = 10
"""Values of one field that a message shows."""
LEVELS = {
    Severity.CRITICAL: "error",
    Severity.HIGH: "error",
    Severity.MEDIUM: "warning",
    Severity.LOW: "note",
    Severity.INFO: "note",
}
_SCORES = {
    Severity.CRITICAL: "9.5",
    Severity.HIGH: "8.0",
    Severity.MEDIUM: "5.0",
    Severity.LOW: "2.0",
    Severity.INFO: "0.0",
}
"""Scores for GitHub, which shows over 9 as critical, from 7 as high, from 4 as medium and below that as low."""


def render(report: DriftReport) -> str:
    """The report as one SARIF log with one run, in ASCII."""
    location = report.tenant_location or Source(f"definitions/environments/{report.environment}.yaml", 1, 1)
    rules = list(_rules())
    numbers = {rule["id"]: number for number, rule in enumerate(rules)}
    run: dict[str, Any] = {
        "tool": {"driver": {"name": "reconciler", "rules": rules}},
        "automationDetails": {"id": f"drift/{quote(report.environment)}/"},
        "invocations": [
            {
                "executionSuccessful": not report.counts[Verdict.UNREADABLE],
                "startTimeUtc": f"{report.started.astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}",
                "toolExecutionNotifications": [
                    {"level": "warning", "message": {"text": printable(note)}}
                    for note in (*report.notes, *not_visible(report))
                ],
            }
        ],
        "columnKind": "unicodeCodePoints",
        "results": _results(report, location, numbers),
    }
    return printable_json({"$schema": SCHEMA, "version": "2.1.0", "runs": [run]})


def _rules() -> Iterator[dict[str, Any]]:
    """The severity rules, and one rule per verdict for findings that no severity rule covers."""
    for rule in RULES:
        yield _rule(rule.id, rule.meaning, LEVELS[rule.severity], _SCORES[rule.severity])
    for verdict, meaning in MEANING.items():
        yield _rule(verdict, meaning, "warning", _SCORES[Severity.MEDIUM])


def _rule(identity: str, meaning: str, level: str, score: str) -> dict[str, Any]:
    sentence = f"{meaning[0].upper()}{meaning[1:]}."
    return {
        "id": str(identity),
        "shortDescription": {"text": sentence},
        "fullDescription": {"text": sentence},
        "defaultConfiguration": {"level": level},
        "properties": {"security-severity": score, "tags": ["security", "drift"]},
    }


def _results(report: DriftReport, location: Source, numbers: dict[str, int]) -> list[dict[str, Any]]:
    """A result for each finding. If any is suppressed, all must have `suppressions` (3.27.23)."""
    results = [_result(finding, location, numbers) for finding in report.findings]
    if not report.ignored_findings:
        return results
    return [result | {"suppressions": []} for result in results] + [
        _result(finding, location, numbers) | {"suppressions": [{"kind": "external", "justification": entry.reason}]}
        for entry, findings in report.ignored.items()
        for finding in findings
    ]


def _result(finding: Finding, elsewhere: Source, numbers: dict[str, int]) -> dict[str, Any]:
    severities = {rule.id: rule.severity for rule in RULES}
    known = [rule for rule in finding.rules if rule in severities]
    rule = max(known, key=lambda name: severities[name]) if known else str(finding.verdict)
    location = finding.source or elsewhere
    return {
        "ruleId": rule,
        "ruleIndex": numbers[rule],
        "level": LEVELS[finding.severity],
        "kind": "fail",
        "message": {"text": _escaped("\n".join(_message(finding)))},
        "locations": [
            {
                "physicalLocation": {
                    "artifactLocation": _artifact(location.file),
                    "region": {"startLine": location.line, "startColumn": location.column},
                },
                "logicalLocations": [{"fullyQualifiedName": finding.subject.strip(), "kind": "resource"}],
            }
        ],
        "partialFingerprints": {"primaryLocationLineHash": f"{finding.id}:1", "finding/v1": finding.id},
        "properties": {
            "verdict": str(finding.verdict),
            "severity": finding.severity.word,
            "rules": list(finding.rules),
        },
    }


def _message(finding: Finding) -> Iterator[str]:
    yield f"{cut(finding.subject.strip())}: {MEANING[finding.verdict]}."
    found = list(changed_values(finding))
    for value in found[:MOST_VALUES]:
        path = f"{cut(value.path, LONGEST)}: " if value.path else ""
        yield f"{path}{shown(value.expected, LONGEST)} -> {shown(value.actual, LONGEST)}"
    if len(found) > MOST_VALUES:
        yield f"and {len(found) - MOST_VALUES:,} more values"
    if finding.detail:
        yield cut(finding.detail)
    for sentence in severity_and_author(finding):
        yield cut(sentence)


def _escaped(text: str) -> str:
    """The text with placeholders and links of SARIF escaped (3.11.5 and 3.11.6)."""
    text = text.replace("\\", "\\\\").replace("[", "\\[").replace("]", "\\]")
    return text.replace("{", "{{").replace("}", "}}")


def _artifact(file: str) -> dict[str, str]:
    """The location of a file; a relative path is one in the checkout."""
    path = PurePath(file)
    return {"uri": path.as_uri()} if path.is_absolute() else {"uri": quote(path.as_posix()), "uriBaseId": "%SRCROOT%"}
