"""Who and when: findings joined with the System Log, on the ids of what was changed.

Nobody is named on a guess. What the reconciler did last to an object made it as it was applied: what came before cannot
be why it differs, and then it is not known who did it.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from itertools import takewhile
from typing import Any

from reconciler.drift.findings import Attribution, Finding, Verdict
from reconciler.kinds import kind_named
from reconciler.kinds.mapping import references_in
from reconciler.okta.system_log import LogEvent

_GIVING = frozenset({"activate", "activated", "add", "create", "created"})
"""The last words of the types of events after which there is more than before."""

Reference = tuple[str, str]
"""Kind and name of a declared object."""


def attributed(findings: Sequence[Finding], events: Iterable[LogEvent], own: frozenset[str]) -> list[Finding]:
    """The findings, each with the event that caused it, where one can have. `own` are the ids of the reconciler itself.

    That is the last event on the object that fits; for what went with a deleted object, what is true of the deletion.
    """
    by_target: dict[str, list[LogEvent]] = defaultdict(list)
    for event in sorted(events, key=lambda event: event.time):
        for target in event.targets:
            by_target[target].append(event)
    known = [replace(finding, attribution=_cause(finding, by_target[finding.okta_id], own)) for finding in findings]
    deleted = {(found.kind, found.name): found for found in known if found.verdict is Verdict.MISSING}
    return [_with_deletion(finding, deleted) for finding in known]


def _cause(finding: Finding, events: Sequence[LogEvent], own: frozenset[str]) -> Attribution | None:
    """What the last of these events, the oldest first, says that can have caused the finding."""
    kind = kind_named(finding.kind)
    families = kind.events_beyond.get(finding.field, kind.events)
    newest_first: Iterable[LogEvent] = (event for event in reversed(events) if event.type.startswith(families))
    if finding.verdict is not Verdict.UNMANAGED:
        newest_first = takewhile(lambda event: not _is_own(event, own), newest_first)
    if _only_lost(finding):
        newest_first = (event for event in newest_first if event.type.rpartition(".")[2] not in _GIVING)
    last = next(iter(newest_first), None)
    if last is None:
        return None
    return Attribution(last.actor, last.actor_id, last.time, last.address, last.type, _is_own(last, own))


def _is_own(event: LogEvent, own: frozenset[str]) -> bool:
    return bool(own & {event.actor_id, event.client_id})


def _only_lost(finding: Finding) -> bool:
    """Whether something is not there any more, and nothing else differs."""
    places = finding.differences
    return finding.verdict is Verdict.MISSING or (bool(places) and all(place.actual is None for place in places))


def _with_deletion(finding: Finding, deleted: Mapping[Reference, Finding]) -> Finding:
    """The finding; if what it lost are references to deleted objects, with who deleted the first of these."""
    lost = _references(finding, finding.expected) - _references(finding, finding.actual)
    if not lost or not lost <= deleted.keys() or not (_only_lost(finding) or isinstance(finding.expected, str)):
        return finding
    return replace(finding, attribution=deleted[min(lost)].attribution)


def _references(finding: Finding, value: Any) -> set[Reference]:
    """What a value of the finding's field refers to."""
    return references_in(kind_named(finding.kind), {finding.field: value})
