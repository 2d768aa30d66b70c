"""What a drift report comes to, in a sentence: the same in every format."""

from __future__ import annotations

from reconciler.drift.findings import DRIFT, Verdict
from reconciler.drift.run import DriftReport
from reconciler.report.values import plural

MEANING = {
    Verdict.CHANGED: "somebody changed it in the tenant",
    Verdict.MISSING: "somebody deleted it in the tenant",
    Verdict.UNMANAGED: "it is in the tenant, and nobody declared it",
    Verdict.PENDING: "it was declared and not applied yet",
    Verdict.CONFLICT: "both its definition and the tenant were changed",
    Verdict.UNREADABLE: "it could not be read: nothing is known of it",
    Verdict.BEYOND: "it changed since the last up in something that no definition can state",
    Verdict.EXPIRED: "it is passed over no longer: renew its entry in ignore.yaml, or take it out",
}
"""What each verdict says, for a reader who meets it for the first time."""


def conclusion(report: DriftReport) -> str:
    """`Drift: 2 changed, 1 missing; also 1 pending; 3 ignored`, or that there is none, and how much that covers."""
    ignored = len(report.ignored_findings)
    if not report.findings:
        but = f", but for {plural(ignored, 'ignored finding')}" if ignored else ""
        return f"No drift: all {plural(report.declared, 'declared object')} are as declared{but}"
    return _found(report) + (f"; {ignored:,} ignored" if ignored else "")


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


def _counted(report: DriftReport, drift: bool) -> str:
    return ", ".join(
        f"{count:,} {verdict}" for verdict, count in report.counts.items() if count and (verdict in DRIFT) is drift
    )
