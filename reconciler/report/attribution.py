"""Severity, rules and author of a finding: the same words in every format."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import UTC

from reconciler.drift.findings import DRIFT, Attribution, Finding, Severity
from reconciler.drift.run import DriftReport
from reconciler.drift.severity import RULES

MEANINGS = {rule.id: rule.meaning for rule in RULES}
"""The meaning of each rule, by its id."""
RECONCILER = "the reconciler"
UNKNOWN = "changed by: unknown"


def severities(report: DriftReport) -> str:
    """The counts, most severe first: `2 critical, 1 high`."""
    return ", ".join(f"{count:,} {severity.word}" for severity, count in report.severities.items() if count)


def most_severe(findings: Iterable[Finding], most: int) -> list[Finding]:
    """The high and critical findings, most severe first; at most `most` of them."""
    severe = (finding for finding in findings if finding.severity >= Severity.HIGH)
    return sorted(severe, key=lambda finding: -finding.severity)[:most]


def reasons(finding: Finding) -> str:
    """`critical: redirects-widened (an app can redirect users to an address that is not declared)`."""
    rules = ", ".join(f"{rule} ({MEANINGS.get(rule, 'a rule of another version')})" for rule in finding.rules)
    return f"{finding.severity.word}: {rules}" if rules else finding.severity.word


def severity_and_author(finding: Finding) -> list[str]:
    """Severity, rules and author, in one or two lines: `medium, changed by kim@acme.example on ...`."""
    parts = [text for text in (reasons(finding), changed_by(finding)) if text]
    return parts if finding.rules else [", ".join(parts)]


def changed_by(finding: Finding) -> str:
    """The author, time, address and event of a change, or that they are unknown; empty if the finding is not drift."""
    if finding.verdict not in DRIFT:
        return ""
    done = finding.attribution
    if done is None:
        return UNKNOWN
    address = f" from {done.address}" if done.address else ""
    return f"changed by {actor(done)} on {moment(done)}{address} ({done.event})"


def actor(done: Attribution) -> str:
    """The author: a login, an app's name, or the reconciler."""
    return RECONCILER if done.by_reconciler else done.actor or done.actor_id or "an unnamed actor"


def moment(done: Attribution) -> str:
    """The time of the change, in UTC."""
    return f"{done.time.astimezone(UTC):%Y-%m-%d %H:%M:%S} UTC"


@dataclass(slots=True)
class Event:
    """An event of the System Log, and the findings it explains."""

    done: Attribution
    findings: list[Finding] = field(default_factory=list)

    @property
    def severity(self) -> Severity:
        """The severity of the most severe finding."""
        return max(finding.severity for finding in self.findings)


def timeline(findings: Iterable[Finding]) -> list[Event]:
    """The events behind the findings, oldest first; findings without an attribution are left out."""
    events: dict[Attribution, Event] = {}
    for finding in findings:
        if finding.attribution and finding.verdict in DRIFT:
            events.setdefault(finding.attribution, Event(finding.attribution)).findings.append(finding)
    return sorted(events.values(), key=lambda event: (event.done.time, event.done.event, event.done.actor))
