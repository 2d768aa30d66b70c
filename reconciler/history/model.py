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
    """How many findings said that the tenant left what was applied."""
    findings: int
    """How many findings there were in all."""
    critical: int
    high: int
    opened: int
    """How many findings the run before had not."""
    closed: int
    """How many findings of the runs before were gone."""


@dataclass(frozen=True, slots=True)
class Episode:
    """A finding from the first run that had it to the first run that had it no more; it may come back as another."""

    finding: str
    """See `Finding.id`."""
    subject: str
    verdict: Verdict
    severity: Severity
    """As it was last."""
    first_seen: datetime
    last_seen: datetime
    closed: datetime | None
    """None as long as it is there."""


@dataclass(frozen=True, slots=True)
class History:
    """What is known of an environment."""

    environment: str
    runs: Sequence[Run]
    """The latest runs, the oldest first."""
    earlier: int
    """How many runs there were before those."""
    open: Sequence[Episode]
    """What is there still, the most severe first."""
    repaired: int
    """How often drift was gone again, in all runs."""
    mean_time_to_repair: timedelta | None
    """From when drift was first seen to the first run without it; None if none was repaired yet."""


def mean_time_to_repair(episodes: Sequence[Episode]) -> timedelta | None:
    """How long drift lasted on average, where it is gone."""
    lasted = [
        episode.closed - episode.first_seen for episode in episodes if episode.closed and episode.verdict in DRIFT
    ]
    return sum(lasted, timedelta()) / len(lasted) if lasted else None
