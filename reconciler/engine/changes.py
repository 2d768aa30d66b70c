"""What a preview wants to change, or an `up` has changed, as data: read from the engine's events."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from enum import StrEnum
from functools import cache
from typing import Any

from reconciler.kinds import Kind, kind_of_resource
from reconciler.kinds.mapping import Vocabulary, schema

_NOTHING = frozenset(
    {"same", "read", "read-replacement", "refresh", "remove-pending-replace", "discard", "discard-replaced"}
)
_NOT_REPLACED = "remove-pending-replace"
"""The step after which what was deleted together with an object to be replaced has no new one: nobody declares it."""
_FOLLOWS = frozenset({"update failed", "preview failed", "update canceled", "update cancelled"})
_HALVES = frozenset({"replace", "delete-replaced"})
"""The steps of a replacement after which the new object is still to be made."""
_GONE = "delete-replaced"
"""The step after which the object is no longer in the tenant, and its replacement not there yet."""
_REPLACES = frozenset({"replace", "create-replacement", "delete-replaced", "import-replacement"})


class Operation(StrEnum):
    """What happens to one object."""

    CREATE = "create"
    UPDATE = "update"
    REPLACE = "replace"
    DELETE = "delete"
    IMPORT = "import"
    RELEASE = "release"
    """It leaves the state and stays in the tenant."""


class Outcome(StrEnum):
    """What became of one change, once the run is over."""

    DONE = "done"
    FAILED = "failed"
    HALF_DONE = "half done"
    """Deleted for a replacement that was not created."""
    UNKNOWN = "unknown"
    """It began, and nobody saw it end: the next run looks it up."""
    NOT_TRIED = "not tried"
    """It was to be done, and never began."""


@dataclass(frozen=True, slots=True)
class Change:
    """One object that changes."""

    operation: Operation
    kind: str
    name: str
    fields: tuple[str, ...] = ()
    """The fields that differ, for an update or a replacement."""
    drifted: tuple[str, ...] = ()
    """Other fields that become as declared with them, because somebody changed them in the tenant."""
    deleted: bool = False
    """Whether it is made again because somebody deleted it in the tenant."""


@dataclass
class Changes:
    """The changes of one run, collected while its events come in."""

    changes: dict[str, Change] = field(default_factory=dict)
    """By URN."""
    failures: list[str] = field(default_factory=list)
    """The engine's error messages, in order."""
    notes: list[str] = field(default_factory=list)
    """What else there is to know of the run."""
    unchanged: int = 0
    completed: set[str] = field(default_factory=set)
    """The URNs of those that were carried out; only `up` has any."""
    failed: set[str] = field(default_factory=set)
    """The URNs of what the engine says failed, whether a step of it began or not."""
    seen: set[str] = field(default_factory=set, repr=False)
    """The URNs of all that the engine got to."""
    not_tried: list[Change] = field(default_factory=list)
    """What was to be done and never began."""
    interrupted: bool = False
    """Whether a signal ended the run."""
    _gone: set[str] = field(default_factory=set, repr=False)
    """What was deleted to be replaced."""
    _part_of: dict[str, str] = field(default_factory=dict, repr=False)
    """The URNs of the lists that items go with."""
    _deleted: dict[tuple[str, str], str] = field(default_factory=dict, repr=False)
    """The URNs of what is deleted to be replaced, by type and id: of what is renamed as well, this is the earlier one.

    The id alone is not enough: a list that an object owns has the object's."""

    def __iter__(self) -> Iterator[Change]:
        return iter(self.changes.values())

    def __len__(self) -> int:
        return len(self.changes)

    def release(self, objects: Mapping[str, tuple[str, str]]) -> None:
        """Count these, by URN, as let go of: what the engine would delete, or was made to forget."""
        for urn, (kind, name) in objects.items():
            self.changes[urn] = Change(Operation.RELEASE, kind, name)
            self.completed.add(urn)

    def exclude(self, urns: Iterable[str]) -> None:
        """Leave out what the engine would delete, and the state forgets instead."""
        for urn in urns:
            self.changes.pop(urn, None)

    @property
    def done(self) -> int:
        """How many were carried out."""
        return len(self.completed - self.failed)

    def outcome(self, urn: str) -> Outcome:
        """What became of a change, once the run is over."""
        urn = self._part_of.get(urn, urn)
        if urn in self.failed:
            return Outcome.FAILED
        if urn in self.completed:
            return Outcome.DONE
        return Outcome.HALF_DONE if urn in self._gone else Outcome.UNKNOWN

    @property
    def outcomes(self) -> list[tuple[Change, Outcome]]:
        """All changes, and what became of them, once the run is over."""
        ended = [(change, self.outcome(urn)) for urn, change in self.changes.items()]
        return ended + [(change, Outcome.NOT_TRIED) for change in self.not_tried]

    def count(self, operation: Operation) -> int:
        """How many objects this happens to."""
        return sum(change.operation is operation for change in self)

    def add(self, later: Changes) -> None:
        """Add what a second pass did."""
        for urn, change in later.changes.items():
            before = self.changes.get(urn)
            if before is None or change.operation is not Operation.UPDATE:
                self.changes[urn] = change
            elif before.operation is not Operation.CREATE:  # what was just made is still made
                self.mark_existing(urn, change.fields)
        self.failures += later.failures
        self.notes += later.notes
        self.completed |= later.completed
        self.failed |= later.failed
        self.seen |= later.seen
        self.not_tried += later.not_tried
        self.interrupted |= later.interrupted
        self._gone |= later._gone
        self._part_of |= later._part_of

    def mark_existing(self, urn: str, fields: Collection[str], *, replaced: bool = False) -> None:
        """Say what becomes of an object that was there: these fields are updated, or it is replaced for them."""
        operation = Operation.REPLACE if replaced else Operation.IMPORT
        self.changes[urn] = replace(self.changes[urn], operation=operation, fields=tuple(sorted(fields)))

    def add_reverted(self, urn: str, drifted: Collection[str]) -> None:
        """Say which other fields of an object become as declared when it is updated."""
        before = self.changes[urn]
        self.changes[urn] = replace(before, drifted=tuple(sorted(set(drifted) - set(before.fields))))

    def mark_recreated(self, urn: str) -> None:
        """Say of an object that is created that somebody had deleted it."""
        change = self.changes.get(urn)
        if change and change.operation is Operation.CREATE:
            self.changes[urn] = replace(change, deleted=True)

    def mark_reverted(self, urn: str, fields: Collection[str]) -> None:
        """Say which fields of an object differ only because somebody changed them in the tenant."""
        change = self.changes.get(urn)
        if change and change.operation in (Operation.UPDATE, Operation.REPLACE):
            drifted = {name for name in change.fields if name in fields}
            own = tuple(name for name in change.fields if name not in fields)
            self.changes[urn] = replace(change, fields=own, drifted=tuple(sorted(drifted.union(change.drifted))))

    def exclude_resent(self, urns: Iterable[str]) -> None:
        """Leave out what was only sent to keep its place among others that got theirs."""
        for urn in urns:
            if urn in self.completed and self.changes[urn].fields == ("priority",):
                del self.changes[urn]
                self.completed.discard(urn)
                self.unchanged += 1

    def add_lost_items(self, urn: str, address: tuple[str, str], items: Iterable[str]) -> None:
        """Say which items of a list, whose kind and name these are, go although nobody took them out of it."""
        kind, name = address
        for item in items:
            self.changes[f"{urn}/{item}"] = Change(Operation.DELETE, kind, f"{name}/{item}")
            self._part_of[f"{urn}/{item}"] = urn
            if urn in self.completed:
                self.completed.add(f"{urn}/{item}")

    def observe(self, event: Any) -> None:
        """Take one engine event (`pulumi.automation.EngineEvent`) into account."""
        if event.resource_pre_event:
            self._begin(event.resource_pre_event.metadata)
        elif event.res_outputs_event:
            self._end(event.res_outputs_event.metadata)
        elif event.res_op_failed_event:
            step = event.res_op_failed_event.metadata
            if step.urn in self.changes:
                self.failed.add(step.urn)
        elif event.diagnostic_event and event.diagnostic_event.severity == "error":
            self._fail(event.diagnostic_event)

    def _fail(self, diagnostic: Any) -> None:
        message = str(diagnostic.message).strip()
        if not message or message in _FOLLOWS or "failed to register" in message:
            return  # it only repeats that something else failed
        urn = diagnostic.urn or ""
        subject = _subject(urn) if "::" in urn else ""
        if subject:
            self.failed.add(urn)
        said = f"{subject}: {message}" if subject else message
        if said not in self.failures:
            self.failures.append(said)

    def _end(self, step: Any) -> None:
        operation = operation_of(step)
        if step.urn not in self.changes:
            return
        if operation == _GONE:
            self._gone.add(step.urn)
        elif operation not in _HALVES:
            self._gone.discard(step.urn)
            self.completed.add(step.urn)

    def _begin(self, step: Any) -> None:
        operation = operation_of(step)
        self.seen.add(step.urn)
        kind = kind_of_resource(step.type)
        if kind is None:
            return
        if operation == _NOT_REPLACED and step.urn in self._deleted.values() and step.urn in self.changes:
            self.changes[step.urn] = replace(self.changes[step.urn], operation=Operation.DELETE, fields=())
        if operation in _NOTHING:
            self.unchanged += operation == "same"
            return
        if operation == "delete-replaced" and step.old:
            self._deleted[step.type, step.old.id] = step.urn
        elif operation in _REPLACES and step.old and (step.type, step.old.id) in self._deleted:
            earlier = self._deleted.pop((step.type, step.old.id))
            self.changes.pop(earlier, None)
            self.completed.discard(earlier)
            if earlier in self._gone and earlier != step.urn:  # it is renamed as well
                self._gone = self._gone - {earlier} | {step.urn}
        name = step.urn.split("::", 3)[3]
        what = Operation.REPLACE if operation in _REPLACES else Operation(operation)
        fields = {_field(kind, path) for path in step.detailed_diff or step.diffs or ()}
        self.changes[step.urn] = Change(what, kind.kind, name, tuple(sorted(fields)))


def operation_of(step: Any) -> str:
    """The engine's word for a step (`pulumi.automation.StepEventMetadata`)."""
    return str(getattr(step.op, "value", step.op))


def _field(kind: type[Kind], path: str) -> str:
    """The field that an engine's path, such as `dynamicLocations[0]`, is in; an argument without a field stays."""
    argument = path.partition("[")[0].partition(".")[0]
    return _fields(kind).get(argument, argument)


@cache
def _fields(kind: type[Kind]) -> dict[str, str]:
    """The names of a kind's fields by the engine's names of their arguments."""
    places = {field.name: field.places.get(Vocabulary.INPUTS) for field in schema(kind)}
    return {place[0][0]: name for name, place in places.items() if place}


def _subject(urn: str) -> str:
    """Kind and name of a resource; empty for the stack itself."""
    kind = kind_of_resource(urn.split("::")[2].rpartition("$")[2])
    return f"{kind.kind} {urn.split('::', 3)[3]}" if kind else ""
