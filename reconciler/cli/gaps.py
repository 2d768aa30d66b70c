"""What `repair` and `accept` could not see in the tenant. They find no drift there, whether there is any or not."""

from __future__ import annotations

from collections.abc import Iterable

from reconciler.cli.messages import say
from reconciler.drift import Finding, Verdict
from reconciler.drift.run import DriftReport
from reconciler.kinds import Kind, kinds, scopes
from reconciler.report.summary import not_visible


def report_gaps(report: DriftReport) -> None:
    """Say on standard error what could not be read, and what was not compared."""
    for finding in _unreadable(report):
        say(f"could not be read: {_part(finding)}: {finding.detail}", err=True)
    for line in (*not_visible(report), *report.notes):
        say(line, err=True)


def lacks_a_needed_part(report: DriftReport, in_use: Iterable[Kind]) -> bool:
    """Whether something could not be read that the scopes for the kinds in use are enough for."""
    needed = scopes.to_read(in_use)
    of_needed = {kind.name for kind in kinds() if f"{kind.shape.scope}.read" in needed}
    return any(finding.kind in of_needed for finding in _unreadable(report))


def _unreadable(report: DriftReport) -> list[Finding]:
    return [finding for finding in report.findings if finding.verdict is Verdict.UNREADABLE]


def _part(finding: Finding) -> str:
    """The objects, and the part of them that is missing."""
    name = finding.name or finding.label or finding.okta_id
    return " ".join(filter(None, (finding.kind, name, f"({finding.field})" if finding.field else "")))
