"""Who and when: findings joined with the System Log, on the ids of what was changed.

Of several events, the last one counts that does what the finding shows: an object that was switched off, changed and
switched on again was changed by the one in the middle. Nobody is named on a guess. What the reconciler did last to an
object made it as it was applied: what came before cannot be why it differs, and then it is not known who did it.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from itertools import takewhile
from typing import Any

from reconciler.drift.findings import Attribution, Difference, Finding, Verdict
from reconciler.kinds import kind_of_word
from reconciler.kinds.mapping import references_in
from reconciler.okta.system_log import LogEvent

_CREATING = frozenset({"add", "create", "created"})
_DELETING = frozenset({"delete", "deleted", "remove", "revoke"})
_SWITCHING = frozenset({"activate", "activated", "deactivate", "deactivated", "invalidate"})
"""The last words of the types of events after which something is there, is gone, or has another status."""
_GIVING = _CREATING | {"activate", "activated"}
"""Those after which there is more than before."""

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
    known = [_attributed(finding, by_target[finding.okta_id], own) for finding in findings]
    deleted = {(found.kind, found.name): found for found in known if found.verdict is Verdict.MISSING}
    return [_with_deletion(finding, deleted) for finding in known]


def _attributed(finding: Finding, events: Sequence[LogEvent], own: frozenset[str]) -> Finding:
    """The finding with what the last of these events, the oldest first, says that can have caused it."""
    kind = kind_of_word(finding.kind)
    families = kind.member_events.get(finding.field, kind.events)
    newest_first: Iterable[LogEvent] = (event for event in reversed(events) if event.type.startswith(families))
    if finding.verdict is not Verdict.UNMANAGED:
        newest_first = takewhile(lambda event: not _is_own(event, own), newest_first)
    if _only_lost(finding):
        newest_first = (event for event in newest_first if _word(event) not in _GIVING)
    possible = list(newest_first)
    last = next((event for event in possible if _does(event, finding)), next(iter(possible), None))
    if last is None:
        return finding
    done = Attribution(last.actor, last.actor_id, last.time, last.address, last.type, _is_own(last, own))
    if _does(last, finding) or not kind.unlogged:
        return replace(finding, attribution=done)
    return replace(
        finding, attribution=done, detail=f"{finding.detail}; {kind.unlogged}" if finding.detail else kind.unlogged
    )


def _word(event: LogEvent) -> str:
    return event.type.rpartition(".")[2]


def _does(event: LogEvent, finding: Finding) -> bool:
    """Whether an event does what the finding shows, and not just something to the same object."""
    word = _word(event)
    if finding.verdict in (Verdict.MISSING, Verdict.UNMANAGED):
        return word in (_DELETING if finding.verdict is Verdict.MISSING else _CREATING)
    is_list = bool(kind_of_word(finding.kind).collection.list_key)
    places = finding.differences or [Difference(finding.field, ..., ...)]
    return any(_makes(word, place, is_list) for place in places)


def _makes(word: str, place: Difference, is_list: bool) -> bool:
    """Whether an event with this last word can make a place differ, also one in a whole list of objects."""
    if place.path.rpartition(".")[2] == "status":
        return word in _SWITCHING
    if is_list and place.path.count("[") == 1 and place.path.endswith("]"):
        return word in (_CREATING if place.expected is None else _DELETING)
    return word not in _SWITCHING


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
    return references_in(kind_of_word(finding.kind), {finding.field: value})
