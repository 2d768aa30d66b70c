"""A store in memory, in place of those of the schemes."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime

import pytest

from reconciler.secret_stores.interface import Entry, SecretStore

WRITTEN = datetime(2026, 3, 1, tzinfo=UTC)


class Shelf(SecretStore):
    """A store that answers as a function says, and takes secrets as another one says."""

    def __init__(self, answer: Callable[[str], Entry], take: Callable[[str, str, str], None] | None = None) -> None:
        self.answer = answer
        self.take = take
        self.asked: list[str] = []

    def read(self, location: str) -> Entry:
        self.asked.append(location)
        return self.answer(location)

    def write(self, location: str, key: str, value: str) -> None:
        assert self.take
        self.take(location, key, value)

    def written(self, location: str) -> datetime | None:
        return WRITTEN


def put(
    monkeypatch: pytest.MonkeyPatch,
    answer: Callable[[str], Entry],
    take: Callable[[str, str, str], None] | None = None,
) -> Shelf:
    shelf = Shelf(answer, take)
    monkeypatch.setattr("reconciler.secret_stores.secrets.open_store", lambda scheme, surroundings: shelf)
    return shelf
