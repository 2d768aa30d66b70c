"""Values that know where they stand in a file, and how to find the place of one of their parts."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

Mark = tuple[str, int, int]
"""File, line and column; lines and columns count from 1. A `Source` before anyone asks for it."""


class YamlMapping(dict[str, Any]):
    """A mapping, with the place of each key and each value."""

    __slots__ = ("keys_at", "values_at")

    def __init__(self) -> None:
        super().__init__()
        self.keys_at: dict[str, Mark] = {}
        self.values_at: dict[str, Mark] = {}

    def put(self, key: str, value: Any, mark: Mark) -> None:
        """Set an entry, all of it at one place."""
        self[key] = value
        self.keys_at[key] = self.values_at[key] = mark

    def take(self, key: str, other: YamlMapping) -> None:
        """Set an entry to that of another mapping, and its place to the place there."""
        self[key] = other[key]
        self.keys_at[key] = other.keys_at[key]
        self.values_at[key] = other.values_at[key]

    def copy(self) -> YamlMapping:
        """A mapping with the same entries, to change some of them."""
        copy = YamlMapping()
        copy.update(self)
        copy.keys_at.update(self.keys_at)
        copy.values_at.update(self.values_at)
        return copy


class YamlSequence(list[Any]):
    """A list, with the place of each item."""

    __slots__ = ("items_at",)

    def __init__(self) -> None:
        super().__init__()
        self.items_at: list[Mark] = []


def value_at(root: Any, path: Iterable[str | int], mark: Mark) -> Mark:
    """The place of the value at a path, or of the nearest value around it that has a place."""
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
    """The place of the key at the end of a path, which exists but for the key, or else of what is around it."""
    *around, last = path
    around_at = value_at(root, around, mark)
    for step in around:
        root = root[step]
    return root.keys_at.get(last, around_at) if isinstance(root, YamlMapping) and isinstance(last, str) else around_at


def located(value: Any, mark: Mark) -> Any:
    """The value with all its parts at one place: what a variable stands for stands where the variable is used."""
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
