"""Who and when: findings joined with the System Log, on the ids of what was changed."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import replace

from reconciler.drift.findings import Attribution, Finding
from reconciler.kinds import kind_named
from reconciler.okta.system_log import LogEvent


def attributed(findings: Sequence[Finding], events: Iterable[LogEvent], own: frozenset[str]) -> list[Finding]:
    """The findings, each with the last event that can have caused it. `own` are the ids of the reconciler itself."""
    by_target: dict[str, list[LogEvent]] = defaultdict(list)
    for event in events:
        for target in event.targets:
            by_target[target].append(event)
    return [replace(finding, attribution=_cause(finding, by_target[finding.okta_id], own)) for finding in findings]


def _cause(finding: Finding, events: Sequence[LogEvent], own: frozenset[str]) -> Attribution | None:
    kind = kind_named(finding.kind)
    families = kind.events_beyond.get(finding.field, kind.events)
    fitting = [event for event in events if event.type.startswith(families)]
    if not fitting:
        return None
    last = sorted(fitting, key=lambda event: event.time)[-1]  # of two at the same time, the one that the log has later
    return Attribution(
        last.actor, last.actor_id, last.time, last.address, last.type, bool(own & {last.actor_id, last.client_id})
    )
