"""All objects of a tenant, in memory, with transactions.

A record is immutable: a change puts a new record in its place, so that a refused request can be rolled back and a list
can be iterated while its elements change. Commits go to the journal, if there is one.
"""

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from typing import Protocol, TypeAlias

from okta_sandbox.json_types import JsonObject

Key: TypeAlias = tuple[str, str, str]  # kind, parent, id
Naming: TypeAlias = Callable[[JsonObject], str]  # the name of an object, from its body


@dataclass(frozen=True, slots=True)
class Record:
    """One object. `body` is shown by the API, `private` is internal."""

    kind: str
    parent: str  # id of the parent; empty at the top
    id: str
    sequence: int  # order of creation across all kinds
    body: JsonObject
    private: JsonObject = field(default_factory=dict)

    @property
    def key(self) -> Key:
        """The unique key of the record."""
        return (self.kind, self.parent, self.id)


class Journal(Protocol):
    """Keeps committed changes across restarts."""

    def load(self) -> Iterator[Record]:
        """All stored records, in any order."""

    def commit(self, changes: dict[Key, Record | None]) -> None:
        """Store the changes of one transaction; None for a removed record."""

    def clear(self) -> None:
        """Delete all records."""

    def close(self) -> None:
        """Close it; nothing is committed afterwards."""


class Lagging(Protocol):
    """Delays some lists (see `consistency`)."""

    def record(self, before: Mapping[Key, Record | None]) -> None:
        """Record what one transaction replaced."""

    def lagged(self, kind: str, parent: str, records: list[Record]) -> list[Record]:
        """A list as it was before the lag."""


class Store:
    """Records by kind, parent and id, each table in order of creation."""

    def __init__(self, journal: Journal | None = None, names: Mapping[str, Naming] | None = None) -> None:
        """`names` has a function from body to name for each kind whose objects can be found by name."""
        self._naming = dict(names or {})
        self._named: dict[Key, str] = {}  # kind, parent, name: id
        self._tables: dict[tuple[str, str], dict[str, Record]] = {}
        self._kinds_below: dict[str, set[str]] = {}
        self._gone: dict[Key, int] = {}
        self._before: dict[Key, Record | None] = {}
        self._sequence = 0
        self._journal = journal
        self.lag: Lagging | None = None
        for record in sorted(journal.load(), key=lambda record: record.sequence) if journal else ():
            self._put(record)
            self._sequence = record.sequence

    @property
    def empty(self) -> bool:
        """Whether there are no records."""
        return not any(self._tables.values())

    def get(self, kind: str, identifier: str, parent: str = "") -> Record | None:
        """The record of an id, or None."""
        table = self._tables.get((kind, parent))
        return table.get(identifier) if table else None

    def named(self, kind: str, name: str, parent: str = "") -> Record | None:
        """The object with a name, for kinds that have one."""
        identifier = self._named.get((kind, parent, name))
        return self.get(kind, identifier, parent) if identifier else None

    def all(self, kind: str, parent: str = "") -> list[Record]:
        """The records of a kind below a parent, in order of creation."""
        table = self._tables.get((kind, parent))
        return list(table.values()) if table else []

    def lagged(self, kind: str, parent: str = "") -> list[Record]:
        """The same, as eventually consistent lists show it."""
        records = self.all(kind, parent)
        return self.lag.lagged(kind, parent, records) if self.lag else records

    def count(self, kind: str, parent: str = "") -> int:
        """The number of records of a kind below a parent."""
        return len(self._tables.get((kind, parent), ()))

    def position(self, kind: str, identifier: str, parent: str = "") -> int | None:
        """The position of an id in the order of creation, even after it was deleted."""
        record = self.get(kind, identifier, parent)
        return record.sequence if record else self._gone.get((kind, parent, identifier))

    def add(
        self,
        kind: str,
        identifier: str,
        body: JsonObject,
        parent: str = "",
        private: JsonObject | None = None,
    ) -> Record:
        """Append a new record."""
        self._sequence += 1
        record = Record(kind, parent, identifier, self._sequence, body, private or {})
        self._remember(record.key)
        self._put(record)
        return record

    def change(self, record: Record, body: JsonObject | None = None, private: JsonObject | None = None) -> Record:
        """Replace a record with a new version; omitted parts stay."""
        changed = replace(
            record,
            body=record.body if body is None else body,
            private=record.private if private is None else private,
        )
        self._remember(record.key)
        self._put(changed)
        return changed

    def remove_tree(self, record: Record) -> None:
        """Remove an object and everything below it.

        A relation has the id of the object that it joins to another one: what is below that id belongs to the object.
        """
        below = [child for kind in sorted(self._kinds_below.get(record.id, ())) for child in self.all(kind, record.id)]
        if below and not self._is_relation(record):
            for child in below:
                self.remove_tree(child)
        self.remove(record)

    def _is_relation(self, record: Record) -> bool:
        """Whether another object had the id first."""
        found = (table.get(record.id) for (kind, _), table in self._tables.items() if kind != record.kind)
        return any(one.sequence < record.sequence for one in found if one)

    def remove(self, record: Record) -> None:
        """Remove a record only: for relations, whose id is the id of the related object."""
        table = self._tables.get((record.kind, record.parent), {})
        if record.id in table:
            self._remember(record.key)
            self._forget_name(table[record.id])
            del table[record.id]
            self._gone[record.key] = record.sequence

    @contextmanager
    def transaction(self) -> Iterator[None]:
        """All or nothing: an exception inside leaves store and journal unchanged."""
        self._before.clear()
        try:
            yield
        except BaseException:
            self._undo()
            raise
        if self.lag:
            self.lag.record(self._before)
        if self._journal and self._before:
            self._journal.commit({key: self.get(key[0], key[2], key[1]) for key in self._before})
        self._before.clear()

    def clear(self) -> None:
        """Delete all records, also in the journal."""
        self._tables.clear()
        self._named.clear()
        self._kinds_below.clear()
        self._gone.clear()
        self._before.clear()
        self._sequence = 0
        if self._journal:
            self._journal.clear()

    def close(self) -> None:
        """Close the journal."""
        if self._journal:
            self._journal.close()

    def _put(self, record: Record) -> None:
        table = self._tables.setdefault((record.kind, record.parent), {})
        if naming := self._naming.get(record.kind):
            if before := table.get(record.id):
                self._forget_name(before)
            self._named[(record.kind, record.parent, naming(record.body))] = record.id
        table[record.id] = record
        if record.parent:
            self._kinds_below.setdefault(record.parent, set()).add(record.kind)

    def _forget_name(self, record: Record) -> None:
        if naming := self._naming.get(record.kind):
            key = (record.kind, record.parent, naming(record.body))
            if self._named.get(key) == record.id:
                del self._named[key]

    def _remember(self, key: Key) -> None:
        if key not in self._before:
            self._before[key] = self.get(key[0], key[2], key[1])

    def _undo(self) -> None:
        for (kind, parent, identifier), record in self._before.items():
            table = self._tables.get((kind, parent), {})
            if changed := table.pop(identifier, None):
                self._forget_name(changed)
            if record:
                self._put(record)
                ordered = sorted(table.values(), key=lambda record: record.sequence)
                self._tables[(kind, parent)] = {record.id: record for record in ordered}
        self._before.clear()
