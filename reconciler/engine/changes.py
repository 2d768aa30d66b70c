"""The changes that a preview plans or an `up` made, read from the engine's events."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from enum import StrEnum
from functools import cache
from typing import Any

from reconciler.kinds import Kind, kind_of_resource
from reconciler.kinds.mapping import Vocabulary, schema
from reconciler.kinds.shapes import RANK

_NO_CHANGE = frozenset(
    {"same", "read", "read-replacement", "refresh", "remove-pending-replace", "discard", "discard-replaced"}
)
_NOT_REPLACED = "remove-pending-replace"
"""The step for an object that was deleted with a replaced one, and is not created again: it is not declared."""
_CONSEQUENCES = frozenset({"update failed", "preview failed", "update canceled", "update cancelled"})
_INCOMPLETE = frozenset({"replace", "delete-replaced"})
"""The steps of a replacement after which the new object does not exist yet."""
_GONE = "delete-replaced"
"""The step that deletes an object in the tenant, before its replacement is created."""
_REPLACES = frozenset({"replace", "create-replacement", "delete-replaced", "import-replacement"})


class Operation(StrEnum):
    """The operation on one object."""

    CREATE = "create"
    UPDATE = "update"
    REPLACE = "replace"
    DELETE = "delete"
    IMPORT = "import"
    RELEASE = "release"
    """Removed from the state; the object stays in the tenant."""

    @property
    def done(self) -> str:
        """The past participle: `deleted`."""
        return f"{self}d" if self.endswith("e") else f"{self}ed"


class Outcome(StrEnum):
    """The outcome of one change, once the run has ended."""

    DONE = "done"
    FAILED = "failed"
    HALF_DONE = "half done"
    """Deleted to be replaced, but the replacement was not created."""
    UNKNOWN = "unknown"
    """Started, but its end was not seen: the next run checks the tenant."""
    NOT_TRIED = "not tried"
    """Planned, but never started."""


@dataclass(frozen=True, slots=True)
class Change:
    """One object that changes."""

    operation: Operation
    kind: str
    name: str
    fields: tuple[str, ...] = ()
    """The fields that differ, for an update or a replacement."""
    drifted: tuple[str, ...] = ()
    """Other fields that were changed in the tenant, and that the same update reverts."""
    deleted: bool = False
    """Whether it is created again because it was deleted in the tenant."""


@dataclass
class Changes:
    """The changes of one run, collected from its events."""

    changes: dict[str, Change] = field(default_factory=dict)
    """By URN."""
    failures: list[str] = field(default_factory=list)
    """The engine's error messages, in order."""
    notes: list[str] = field(default_factory=list)
    """Remarks for the report."""
    unchanged: int = 0
    completed: set[str] = field(default_factory=set)
    """The URNs of completed changes; a preview has none."""
    failed: set[str] = field(default_factory=set)
    """The URNs of failed resources, whether or not a step started."""
    seen: set[str] = field(default_factory=set, repr=False)
    """The URNs of all resources that the engine reached."""
    not_tried: list[Change] = field(default_factory=list)
    """Planned changes that never started."""
    interrupted: bool = False
    """Whether a signal ended the run."""
    update_plan: Mapping[str, Any] = field(default_factory=dict, repr=False)
    """The engine's update plan of a preview (`pulumi preview --save-plan`), with its secrets encrypted."""
    _gone: set[str] = field(default_factory=set, repr=False)
    """The URNs of objects deleted to be replaced."""
    part_of: dict[str, str] = field(default_factory=dict, repr=False)
    """The URN of the list, by the key of its item."""
    _deleted: dict[tuple[str, str], str] = field(default_factory=dict, repr=False)
    """The URNs of objects deleted to be replaced, by type and id. For a renamed object, this is the
    earlier URN.

    The id alone is not unique: a list that an object owns has the id of the object."""

    def __iter__(self) -> Iterator[Change]:
        return iter(self.changes.values())

    def __len__(self) -> int:
        return len(self.changes)

    def release(self, objects: Mapping[str, tuple[str, str]]) -> None:
        """Report these objects, by URN, as released instead of deleted."""
        for urn, (kind, name) in objects.items():
            self.changes[urn] = Change(Operation.RELEASE, kind, name)
            self.completed.add(urn)

    def exclude(self, urns: Iterable[str]) -> None:
        """Remove changes that do not happen: the resource is dropped from the state instead."""
        for urn in urns:
            self.changes.pop(urn, None)

    @property
    def done(self) -> int:
        """The number of completed changes."""
        return len(self.completed - self.failed)

    def outcome(self, urn: str) -> Outcome:
        """The outcome of a change, once the run has ended."""
        urn = self.part_of.get(urn, urn)
        if urn in self.failed:
            return Outcome.FAILED
        if urn in self.completed:
            return Outcome.DONE
        return Outcome.HALF_DONE if urn in self._gone else Outcome.UNKNOWN

    @property
    def outcomes(self) -> list[tuple[Change, Outcome]]:
        """All changes with their outcomes, once the run has ended."""
        ended = [(change, self.outcome(urn)) for urn, change in self.changes.items()]
        return ended + [(change, Outcome.NOT_TRIED) for change in self.not_tried]

    def count(self, operation: Operation) -> int:
        """The number of changes with this operation."""
        return sum(change.operation is operation for change in self)

    def add(self, later: Changes) -> None:
        """Add the changes of a second pass."""
        for urn, change in later.changes.items():
            before = self.changes.get(urn)
            if before is None or change.operation is not Operation.UPDATE:
                self.changes[urn] = change
            elif before.operation is not Operation.CREATE:  # it stays a create
                self.mark_existing(urn, change.fields)
        self.failures += later.failures
        self.notes += later.notes
        self.completed |= later.completed
        self.failed |= later.failed
        self.seen |= later.seen
        self.not_tried += later.not_tried
        self.interrupted |= later.interrupted
        self._gone |= later._gone
        self.part_of |= later.part_of

    def mark_existing(self, urn: str, fields: Collection[str], *, replaced: bool = False) -> None:
        """Mark an object that existed already: it is imported and updated, or replaced, for these fields."""
        operation = Operation.REPLACE if replaced else Operation.IMPORT
        self.changes[urn] = replace(self.changes[urn], operation=operation, fields=tuple(sorted(fields)))

    def add_reverted(self, urn: str, drifted: Collection[str]) -> None:
        """Add fields that were changed in the tenant and that the update of the object reverts."""
        before = self.changes[urn]
        self.changes[urn] = replace(before, drifted=tuple(sorted(set(drifted) - set(before.fields))))

    def mark_recreated(self, urn: str) -> None:
        """Mark a create as restoring an object that was deleted in the tenant."""
        change = self.changes.get(urn)
        if change and change.operation is Operation.CREATE:
            self.changes[urn] = replace(change, deleted=True)

    def mark_reverted(self, urn: str, fields: Collection[str]) -> None:
        """Mark the fields of an object that differ only because they were changed in the tenant."""
        change = self.changes.get(urn)
        if change and change.operation in (Operation.UPDATE, Operation.REPLACE):
            drifted = {name for name in change.fields if name in fields}
            own = tuple(name for name in change.fields if name not in fields)
            self.changes[urn] = replace(change, fields=own, drifted=tuple(sorted(drifted.union(change.drifted))))

    def exclude_resent(self, urns: Iterable[str], *, planned: bool = False) -> None:
        """Remove priorities that were only sent again, unchanged, and updates that sent nothing else.

        After a run, failed changes stay as they are.
        """
        for urn in urns:
            change = self.changes.get(urn)
            if change is None or not (planned or urn in self.completed):
                continue
            fields = tuple(name for name in change.fields if name != RANK)
            self.changes[urn] = replace(change, fields=fields)
            if change.operation is Operation.UPDATE and not (fields or change.drifted):
                del self.changes[urn]
                self.completed.discard(urn)
                self.unchanged += 1

    def add_lost_items(self, urn: str, address: tuple[str, str], items: Iterable[str]) -> None:
        """Add deletions of items that the definitions did not remove; `address` is the kind and name of their list."""
        kind, name = address
        for item in items:
            self.changes[f"{urn}/{item}"] = Change(Operation.DELETE, kind, f"{name}/{item}")
            self.part_of[f"{urn}/{item}"] = urn
            if urn in self.completed:
                self.completed.add(f"{urn}/{item}")

    def observe(self, event: Any) -> None:
        """Process one engine event (`pulumi.automation.EngineEvent`)."""
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
        if not message or message in _CONSEQUENCES or "failed to register" in message:
            return  # a consequence of another failure
        urn = diagnostic.urn or ""
        subject = _subject(urn) if "::" in urn else ""
        if subject:
            self.failed.add(urn)
        text = f"{subject}: {message}" if subject else message
        if text not in self.failures:
            self.failures.append(text)

    def _end(self, step: Any) -> None:
        operation = operation_of(step)
        if step.urn not in self.changes:
            return
        if operation == _GONE:
            self._gone.add(step.urn)
        elif operation not in _INCOMPLETE:
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
        if operation in _NO_CHANGE:
            self.unchanged += operation == "same"
            return
        if operation == "delete-replaced" and step.old:
            self._deleted[step.type, step.old.id] = step.urn
        elif operation in _REPLACES and step.old and (step.type, step.old.id) in self._deleted:
            earlier = self._deleted.pop((step.type, step.old.id))
            self.changes.pop(earlier, None)
            self.completed.discard(earlier)
            if earlier in self._gone and earlier != step.urn:  # it is also renamed
                self._gone = self._gone - {earlier} | {step.urn}
        name = step.urn.split("::", 3)[3]
        what = Operation.REPLACE if operation in _REPLACES else Operation(operation)
        fields = {_field(kind, path) for path in step.detailed_diff or step.diffs or ()}
        self.changes[step.urn] = Change(what, kind.name, name, tuple(sorted(fields)))


def operation_of(step: Any) -> str:
    """The engine's name for a step (`pulumi.automation.StepEventMetadata`)."""
    return str(getattr(step.op, "value", step.op))


def _field(kind: Kind, path: str) -> str:
    """The field for an engine's path such as `dynamicLocations[0]`; the argument itself if no field matches."""
    argument = path.partition("[")[0].partition(".")[0]
    return _fields(kind).get(argument, argument)


@cache
def _fields(kind: Kind) -> dict[str, str]:
    """The names of a kind's fields, by the engine's argument names."""
    places = {field.name: field.places.get(Vocabulary.INPUTS) for field in schema(kind.fields)}
    return {place[0][0]: name for name, place in places.items() if place}


def _subject(urn: str) -> str:
    """Kind and name of a resource; empty for the stack itself."""
    kind = kind_of_resource(urn.split("::")[2].rpartition("$")[2])
    return f"{kind.name} {urn.split('::', 3)[3]}" if kind else ""
