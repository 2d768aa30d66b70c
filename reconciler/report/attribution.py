"""How bad a finding is, by which rules, and who did it: the same words in every format."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import UTC

from reconciler.drift.findings import DRIFT, Attribution, Finding, Severity
from reconciler.drift.run import DriftReport
from reconciler.drift.severity import RULES

MEANINGS = {rule.id: rule.meaning for rule in RULES}
"""What each rule says, by its id."""
RECONCILER = "the reconciler itself"
UNKNOWN = "who did it is unknown"


def severities(report: DriftReport) -> str:
    """`2 critical, 1 high`: the most severe first."""
    return ", ".join(f"{count:,} {severity.word}" for severity, count in report.severities.items() if count)


def most_severe(findings: Iterable[Finding], most: int) -> list[Finding]:
    """The findings that are high or critical, at most so many; the most severe first."""
    severe = (finding for finding in findings if finding.severity >= Severity.HIGH)
    return sorted(severe, key=lambda finding: -finding.severity)[:most]


def reasons(finding: Finding) -> str:
    """`critical: redirects-widened (an app may send people to an address not declared)`."""
    rules = ", ".join(f"{rule} ({MEANINGS.get(rule, 'a rule of another version')})" for rule in finding.rules)
    return f"{finding.severity.word}: {rules}" if rules else finding.severity.word


def severity_and_author(finding: Finding) -> list[str]:
    """Both, in one sentence or two: `medium, by kim@acme.example on ...`."""
    said = [text for text in (reasons(finding), changed_by(finding)) if text]
    return said if finding.rules else [", ".join(said)]


def changed_by(finding: Finding) -> str:
    """Who did it, when, from where and by which event; that it is unknown; nothing where nobody did anything."""
    if finding.verdict not in DRIFT:
        return ""
    done = finding.attribution
    if done is None:
        return UNKNOWN
    return f"by {actor(done)} on {moment(done)}{f' from {done.address}' if done.address else ''}, {done.event}"


def actor(done: Attribution) -> str:
    """Who did it: a login, an app's name, or the reconciler itself."""
    return RECONCILER if done.by_reconciler else done.actor or done.actor_id or "somebody without a name"


def moment(done: Attribution) -> str:
    """When, in UTC."""
    return f"{done.time.astimezone(UTC):%Y-%m-%d at %H:%M:%S} UTC"


@dataclass(slots=True)
class Event:
    """Something that somebody did, and all findings that it accounts for."""

    done: Attribution
    findings: list[Finding] = field(default_factory=list)

    @property
    def severity(self) -> Severity:
        """That of the most severe finding."""
        return max(finding.severity for finding in self.findings)


def timeline(findings: Iterable[Finding]) -> list[Event]:
    """Who did what when, the oldest first; what is attributed to nobody is not in it."""
    events: dict[Attribution, Event] = {}
    for finding in findings:
        if finding.attribution and finding.verdict in DRIFT:
            events.setdefault(finding.attribution, Event(finding.attribution)).findings.append(finding)
    return sorted(events.values(), key=lambda event: (event.done.time, event.done.event, event.done.actor))
