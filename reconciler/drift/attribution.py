"""Attribution: who made the change of a finding, and when, according to the System Log.

Findings and events are joined by the ids of the changed objects. If several events match, the last one with the effect
that the finding shows counts: an object that was deactivated, changed and activated again was changed by the second
event. Events before the reconciler's own last change are ignored, because that change made the object as declared.
Without a matching event, the author is unknown.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from itertools import takewhile
from typing import Any

from reconciler.drift.findings import Attribution, Difference, Finding, Verdict
from reconciler.kinds import Kind, kind_of_word
from reconciler.kinds.entries import is_entry
from reconciler.kinds.mapping import references_in
from reconciler.okta.system_log import LogEvent
from reconciler.watched import Row, row_of_word

_CREATING = frozenset({"add", "authorize", "create", "created", "grant"})
_DELETING = frozenset({"delete", "deleted", "remove", "removed", "revoke"})
_SWITCHING = frozenset({"activate", "activated", "deactivate", "deactivated", "invalidate"})
"""The last words of the event types that create an object, delete it, or change its status."""
_ADDING = _CREATING | {"activate", "activated"}
"""The last words of the event types that cannot remove anything."""

Reference = tuple[str, str]
"""Kind and name of a declared object."""


def attributed(findings: Sequence[Finding], events: Iterable[LogEvent], own: frozenset[str]) -> list[Finding]:
    """The findings, each with the event that caused it if one is known. `own` are the ids of the reconciler itself.

    If a referenced object was deleted, the lost reference is attributed to whoever deleted that object.
    """
    by_target: dict[str, list[LogEvent]] = defaultdict(list)
    in_order = sorted(events, key=lambda event: event.time)
    for event in in_order:
        for target in event.targets:
            by_target[target].append(event)

    def about(finding: Finding) -> Sequence[LogEvent]:
        """The events about its object. Events about the only object of a kind do not have its id."""
        return in_order if kind_of_word(finding.kind).shape.name else by_target[finding.okta_id]

    known = [
        _of_row(finding, row, in_order, own)
        if (row := row_of_word(finding.kind))
        else _attributed(finding, about(finding), own)
        for finding in findings
    ]
    deleted = {(found.kind, found.name): found for found in known if found.verdict is Verdict.MISSING}
    return [_with_deletion(finding, deleted) for finding in known]


def _of_row(finding: Finding, row: Row, events: Sequence[LogEvent], own: frozenset[str]) -> Finding:
    """A finding about something that no kind covers, with its author.

    Events name the item, its owner or both. An event about a single object of the tenant need not name it.
    """
    ids = set(filter(None, finding.okta_id.split("/"))) - {"+", "-"}
    known = [event for event in events if event.type.startswith(row.events)]
    about = [event for event in known if ids & event.targets]
    if not about and row.single:
        about = known
    newest_first = list(takewhile(lambda event: not _is_own(event, own), reversed(about)))
    last = next((event for event in newest_first if _does(event, finding)), next(iter(newest_first), None))
    return finding if last is None else replace(finding, attribution=_attribution(last, own))


def _attribution(event: LogEvent, own: frozenset[str]) -> Attribution:
    return Attribution(event.actor, event.actor_id, event.time, event.address, event.type, _is_own(event, own))


def _attributed(finding: Finding, events: Sequence[LogEvent], own: frozenset[str]) -> Finding:
    """The finding with its author, from the last of these events (oldest first) that can have caused it."""
    kind = kind_of_word(finding.kind)
    families = kind.member_events.get(finding.field, kind.events)
    newest_first: Iterable[LogEvent] = (event for event in reversed(events) if event.type.startswith(families))
    if finding.verdict is not Verdict.UNMANAGED:
        newest_first = takewhile(lambda event: not _is_own(event, own), newest_first)
    if _only_lost(finding):
        newest_first = (event for event in newest_first if _word(event) not in _ADDING)
    possible = list(newest_first)
    last = next((event for event in possible if _does(event, finding)), next(iter(possible), None))
    if last is None:
        return finding
    done = _attribution(last, own)
    if _does(last, finding) or not kind.unlogged:
        return replace(finding, attribution=done)
    return replace(
        finding, attribution=done, detail=f"{finding.detail}; {kind.unlogged}" if finding.detail else kind.unlogged
    )


def _word(event: LogEvent) -> str:
    return event.type.rpartition(".")[2]


def _does(event: LogEvent, finding: Finding) -> bool:
    """Whether an event has the effect that the finding shows, and does not merely concern the same object."""
    word = _word(event)
    if finding.verdict in (Verdict.MISSING, Verdict.UNMANAGED):
        return word in (_DELETING if finding.verdict is Verdict.MISSING else _CREATING)
    row = row_of_word(finding.kind)
    if row and not finding.field:
        return word in (_DELETING if finding.actual is None else _CREATING)
    kind = None if row else kind_of_word(finding.kind)
    differences = finding.differences or [Difference(finding.field, ..., ...)]
    return any(_causes(word, difference, kind) for difference in differences)


def _causes(word: str, difference: Difference, kind: Kind | None) -> bool:
    """Whether an event with this last word can cause a difference in an object of a kind, or of no kind."""
    if difference.path.rpartition(".")[2] == "status":
        return word in _SWITCHING
    if kind and is_entry(kind, difference.path) and difference.path.count("[") == 1:
        return word in (_CREATING if difference.expected is None else _DELETING)
    return word not in _SWITCHING


def _is_own(event: LogEvent, own: frozenset[str]) -> bool:
    return bool(own & {event.actor_id, event.client_id})


def _only_lost(finding: Finding) -> bool:
    """Whether values were only removed: none was added or changed."""
    found = finding.differences
    return finding.verdict is Verdict.MISSING or (bool(found) and all(one.actual is None for one in found))


def _with_deletion(finding: Finding, deleted: Mapping[Reference, Finding]) -> Finding:
    """The finding. If it only lost references to deleted objects, it gets the author of the first deletion."""
    lost = _references(finding, finding.expected) - _references(finding, finding.actual)
    if not lost or not lost <= deleted.keys() or not (_only_lost(finding) or isinstance(finding.expected, str)):
        return finding
    return replace(finding, attribution=deleted[min(lost)].attribution)


def _references(finding: Finding, value: Any) -> set[Reference]:
    """The objects that a value of the finding's field refers to."""
    if row_of_word(finding.kind):
        return set()
    return references_in(kind_of_word(finding.kind).fields, {finding.field: value})
