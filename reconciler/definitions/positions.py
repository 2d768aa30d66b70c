"""YAML values with their locations in the file."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

Place = tuple[str, int, int]
"""File, line and column, counted from 1."""
Mark = Place | tuple[str, int, int, Place]
"""A place in a document, and that of the item of its `foreach`, if it has one. A plain tuple, from which a `Source` is
made on demand."""


class YamlMapping(dict[str, Any]):
    """A mapping with the location of each key and each value."""

    __slots__ = ("keys_at", "values_at")

    def __init__(self) -> None:
        super().__init__()
        self.keys_at: dict[str, Mark] = {}
        self.values_at: dict[str, Mark] = {}

    def put(self, key: str, value: Any, mark: Mark) -> None:
        """Set an entry with one location for key and value."""
        self[key] = value
        self.keys_at[key] = self.values_at[key] = mark

    def take(self, key: str, other: YamlMapping) -> None:
        """Copy an entry of another mapping, with its locations."""
        self[key] = other[key]
        self.keys_at[key] = other.keys_at[key]
        self.values_at[key] = other.values_at[key]

    def copy(self) -> YamlMapping:
        """A mapping with the same entries and locations."""
        copy = YamlMapping()
        copy.update(self)
        copy.keys_at.update(self.keys_at)
        copy.values_at.update(self.values_at)
        return copy


class YamlSequence(list[Any]):
    """A list with the location of each item."""

    __slots__ = ("items_at",)

    def __init__(self) -> None:
        super().__init__()
        self.items_at: list[Mark] = []


def value_at(root: Any, path: Iterable[str | int], mark: Mark) -> Mark:
    """The location of the value at a path, or of the nearest value around it that has one."""
    for step in path:
        match root, step:
            case YamlMapping(), str() if step in root:
                root, mark = root[step], root.values_at[step]
            case YamlSequence(), int() if step < len(root):
                root, mark = root[step], root.items_at[step]
            case _:
                break
    return mark


def key_at(root: Any, path: tuple[str | int, ...], mark: Mark) -> Mark:
    """The location of the last key of a path, or of the structure around it if the key does not exist."""
    *around, last = path
    around_at = value_at(root, around, mark)
    for step in around:
        root = root[step]
    return root.keys_at.get(last, around_at) if isinstance(root, YamlMapping) and isinstance(last, str) else around_at


def located(value: Any, mark: Mark) -> Any:
    """The value with one location for all its parts: the value of a variable is located where the variable is used."""
    match value:
        case dict():
            mapping = YamlMapping()
            for key, item in value.items():
                mapping.put(key, located(item, mark), mark)
            return mapping
        case list():
            sequence = YamlSequence()
            sequence.extend(located(item, mark) for item in value)
            sequence.items_at = [mark] * len(value)
            return sequence
    return value
