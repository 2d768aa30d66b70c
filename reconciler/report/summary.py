"""The conclusion of a drift report, in one line: the same in every format."""

from __future__ import annotations

from reconciler.drift.findings import DRIFT, Verdict
from reconciler.drift.run import DriftReport
from reconciler.report.values import plural

MEANING = {
    Verdict.CHANGED: "changed in the tenant",
    Verdict.MISSING: "deleted in the tenant",
    Verdict.UNMANAGED: "in the tenant, not declared",
    Verdict.PENDING: "declared, not applied yet",
    Verdict.CONFLICT: "changed both in the definitions and in the tenant",
    Verdict.UNREADABLE: "could not be read: not compared",
    Verdict.BEYOND: "changed since the last `up`, in a field definitions do not cover",
    Verdict.EXPIRED: "its entry in ignore.yaml has expired: renew or remove it",
}
"""The meaning of each verdict."""


def conclusion(report: DriftReport) -> str:
    """`Drift: 2 changed, 1 missing; also 1 pending; 3 ignored`, or `No drift` and how much was compared."""
    ignored = len(report.ignored_findings)
    found = _found(report) if report.findings else f"No drift in {plural(report.declared, 'declared object')}"
    return found + (f"; {ignored:,} ignored" if ignored else "")


def _found(report: DriftReport) -> str:
    drift = _counted(report, drift=True)
    other = _counted(report, drift=False)
    if drift:
        return f"Drift: {drift}" + (f"; also {other}" if other else "")
    if not report.is_uncertain:
        return f"No drift; {other}"
    covered = "in what could be read" if report.counts[Verdict.UNREADABLE] else "found, but there is no state"
    return f"No drift {covered}; {other}"


def effort(report: DriftReport) -> str:
    """`198 declared, 214 live, 12 requests, 3.2 s`."""
    requests = plural(report.requests, "request")
    return f"{report.declared:,} declared, {report.live:,} live, {requests}, {report.seconds:.1f} s"


def scope(report: DriftReport) -> list[str]:
    """What was watched besides the kinds, and what the credentials cannot see; without full stops."""
    lines = []
    if report.watched:
        items = plural(sum(report.watched.values()), "item")
        lines.append(f"Also watched: {items} in {plural(len(report.watched), 'collection')} that no kind covers")
    return [*lines, *not_visible(report)]


def not_visible(report: DriftReport) -> list[str]:
    """What the credentials cannot see, as one line; none if they see everything."""
    words = ", ".join(sorted(report.not_visible))
    return [f"Not visible to these credentials, and not compared: {words}"] if words else []


def _counted(report: DriftReport, drift: bool) -> str:
    return ", ".join(
        f"{count:,} {verdict}" for verdict, count in report.counts.items() if count and (verdict in DRIFT) is drift
    )
