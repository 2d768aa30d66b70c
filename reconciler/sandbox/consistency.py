"""Eventual consistency on request: some lists see the tenant as it was a few seconds ago.

Okta answers `search` from an index that lags behind, and shows new memberships of a group a moment late. The sandbox
is up to date unless `POST /_sandbox/consistency` tells it by how many seconds it shall lag.
"""

from collections import deque
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from reconciler.sandbox.store import Key, Record


@dataclass
class Lag:
    """Remembers, for as long as it lags, what was there before each change."""

    clock: Callable[[], datetime]
    seconds: float = 0.0
    _changes: deque[tuple[datetime, Key, Record | None]] = field(default_factory=deque)

    def note(self, before: Mapping[Key, Record | None]) -> None:
        """What one request has replaced; None for what it made."""
        if self.seconds:
            now = self.clock()
            self._changes.extend((now, key, record) for key, record in before.items())

    def settled(self, kind: str, parent: str, records: list[Record]) -> list[Record]:
        """The records of a list as they were that many seconds ago."""
        horizon = self.clock() - timedelta(seconds=self.seconds)
        while self._changes and self._changes[0][0] <= horizon:
            self._changes.popleft()
        known = {record.id: record for record in records}
        for _, key, before in reversed(self._changes):  # so that the earliest wins
            if key[:2] != (kind, parent):
                continue
            if before:
                known[key[2]] = before
            else:
                known.pop(key[2], None)
        return sorted(known.values(), key=lambda record: record.sequence)
