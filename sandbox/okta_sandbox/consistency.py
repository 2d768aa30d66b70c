"""Eventual consistency on request: some lists show the tenant as it was a few seconds ago.

Okta answers `search` from an index that lags behind, and lists new group members with a delay. The sandbox has no lag
unless `POST /_sandbox/consistency` sets one.
"""

from collections import deque
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from okta_sandbox.store import Key, Record


@dataclass
class Lag:
    """Remembers the previous record of each change for the duration of the lag."""

    clock: Callable[[], datetime]
    seconds: float = 0.0
    _changes: deque[tuple[datetime, Key, Record | None]] = field(default_factory=deque)

    def record(self, before: Mapping[Key, Record | None]) -> None:
        """Record what one request replaced; None for a created record."""
        if self.seconds:
            now = self.clock()
            self._changes.extend((now, key, record) for key, record in before.items())

    def lagged(self, kind: str, parent: str, records: list[Record]) -> list[Record]:
        """The records of a list as they were before the lag."""
        horizon = self.clock() - timedelta(seconds=self.seconds)
        while self._changes and self._changes[0][0] <= horizon:
            self._changes.popleft()
        known = {record.id: record for record in records}
        for _, key, before in reversed(self._changes):  # the earliest record wins
            if key[:2] != (kind, parent):
                continue
            if before:
                known[key[2]] = before
            else:
                known.pop(key[2], None)
        return sorted(known.values(), key=lambda record: record.sequence)
