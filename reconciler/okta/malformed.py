"""Malformed items of a list: they do not have the form that Okta documents. The other items are still used."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

from reconciler.kinds import Kind, Shape

MALFORMED = (AttributeError, IndexError, KeyError, RecursionError, TypeError, ValueError)
"""The exceptions that reading a malformed item raises."""
_NOT_IN_IDS = frozenset("/?#")


def id_of(item: Any, shape: Shape) -> str:
    """The id of an item, safe to use in a path. Raises one of `MALFORMED` if there is none."""
    if not isinstance(item, dict):
        raise TypeError(f"expected an object, got {type(item).__name__}")
    identity = shape.identity(item)
    if not isinstance(identity, str) or not identity.isprintable() or identity in ("", ".", ".."):
        raise ValueError(f"its id is {identity!r:.100}")
    if _NOT_IN_IDS & set(identity):
        raise ValueError(f"its id is {identity!r:.100}")
    return identity


class MalformedItems:
    """The malformed items of one list, by kind."""

    def __init__(self, path: str) -> None:
        self.path = path
        self._found: dict[str, tuple[Kind, str, int]] = {}
        """The first malformed item of each kind, and their number."""

    def __bool__(self) -> bool:
        return bool(self._found)

    def add(self, concerned: Iterable[Kind], number: int, item: Any, error: Exception) -> None:
        """Add an item by its position (from 1). It could be of any of these kinds."""
        for kind in concerned:
            _, first, count = self._found.get(kind.name, (kind, _reason(number, item, error), 0))
            self._found[kind.name] = (kind, first, count + 1)

    def reasons(self) -> Iterator[tuple[Kind, str]]:
        """The reason for each kind."""
        for kind, first, count in self._found.values():
            more = f"; malformed items in total: {count}" if count > 1 else ""
            yield kind, f"GET {self.path}: {first}{more}"


def _reason(number: int, item: Any, error: Exception) -> str:
    identity = item.get("id") if isinstance(item, dict) else None
    which = f"item {number}" + (f" ({identity[:100]})" if isinstance(identity, str) else "")
    if isinstance(error, KeyError):
        return f"{which} has no {error.args[0]}"
    return f"{which} does not have the form that Okta documents: {error}"
