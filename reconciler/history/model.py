"""The history of one environment, as a value."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from reconciler.drift.findings import DRIFT, Severity, Verdict


@dataclass(frozen=True, slots=True)
class Run:
    """One run of drift detection, in numbers."""

    started: datetime
    commit: str
    drift: int
    """The number of drift findings."""
    findings: int
    """The number of all findings."""
    critical: int
    high: int
    opened: int
    """The number of findings that were not in the previous run."""
    closed: int
    """The number of earlier findings that are gone."""


@dataclass(frozen=True, slots=True)
class Episode:
    """A finding, from the first run that had it to the first run without it. A recurring finding is a new episode."""

    finding: str
    """See `Finding.id`."""
    subject: str
    verdict: Verdict
    severity: Severity
    """The latest severity."""
    first_seen: datetime
    last_seen: datetime
    closed: datetime | None
    """None while the finding is open."""


@dataclass(frozen=True, slots=True)
class History:
    """The history of an environment."""

    environment: str
    runs: Sequence[Run]
    """The latest runs, oldest first."""
    earlier: int
    """The number of runs before those."""
    open: Sequence[Episode]
    """The open findings, most severe first."""
    repaired: int
    """The number of drift findings that were resolved, over all runs."""
    mean_time_to_repair: timedelta | None
    """The mean time from the first run with a drift finding to the first run without it; None if none was repaired."""


def mean_time_to_repair(episodes: Sequence[Episode]) -> timedelta | None:
    """The mean duration of resolved drift; None if none was resolved."""
    lasted = [
        episode.closed - episode.first_seen for episode in episodes if episode.closed and episode.verdict in DRIFT
    ]
    return sum(lasted, timedelta()) / len(lasted) if lasted else None
