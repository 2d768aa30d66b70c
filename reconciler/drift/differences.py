"""The differences between two values of one field, found with deepdiff."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from reconciler.drift.findings import Difference
from reconciler.kinds.fields import ITEM_KEYS
from reconciler.kinds.mapping import Field, schema


def differences(field: Field, expected: Any, actual: Any) -> tuple[Difference, ...]:
    """The paths inside a field at which two values differ. Callers do not pass equal values."""
    if not isinstance(expected, Mapping | list) or not isinstance(actual, Mapping | list):
        return (Difference(field.name, expected, actual),)
    from deepdiff import DeepDiff

    key = _key(field, expected, actual)
    # Without a threshold, sides with little in common count as one changed value.
    sides = _keyed(expected, key), _keyed(actual, key)
    diff = DeepDiff(*sides, verbose_level=2, view="tree", threshold_to_diff_deeper=0)
    found = [
        Difference(field.name + _path(level.path(output_format="list")), _side(level.t1), _side(level.t2))
        for levels in diff.values()
        for level in levels
    ]
    if isinstance(expected, list) and isinstance(actual, list):
        found += _order(field.name, _names(expected, key), _names(actual, key))
    return tuple(sorted(found, key=lambda one: one.path))


def common_path(field: Field, expected: Any, found: Sequence[Difference]) -> str:
    """The path of the field, or of the one item in it that contains all differences."""
    key = _key(field, expected)
    items = {one.path.removeprefix(f"{field.name}[").partition("]")[0] for one in found}
    if key and len(items) == 1:
        (name,) = items
        for index, item in enumerate(expected):
            if str(item[key]) == name:
                members = {one.path.partition("].")[2].partition("[")[0] for one in found} - {""}
                return f"{field.name}.{index}" + (f".{members.pop()}" if len(members) == 1 else "")
    return field.name


def _names(items: list[Any], key: str | None) -> list[Any]:
    return [item[key] for item in items] if key else items


def _order(name: str, expected: list[Any], actual: list[Any]) -> list[Difference]:
    """One difference if the members are the same in another order."""
    if expected == actual or len(expected) != len(actual) or any(item not in actual for item in expected):
        return []
    return [Difference(f"{name} (order)", expected, actual)]


def _key(field: Field, *sides: Any) -> str | None:
    """The member that identifies an item of a list of structures; None if a value is repeated on one side."""
    if field.part is None or field.shape == "one":
        return None
    names = {inner.name for inner in schema(field.part)}
    key = next((name for name in ITEM_KEYS if name in names), None)
    twice = key and any(len({item[key] for item in side or ()}) < len(side or ()) for side in sides)
    return None if twice else key


def _keyed(value: Any, key: str | None) -> Any:
    if key and isinstance(value, Sequence):
        return {str(item[key]): item for item in value}
    if isinstance(value, list) and all(isinstance(item, str) for item in value):
        return dict(zip(value, value, strict=True)) if len(set(value)) == len(value) else value
    return value


def _side(value: Any) -> Any:
    """A value for display, without empty members."""
    if type(value).__name__ == "NotPresent":
        return None
    if isinstance(value, Mapping):
        return {name: _side(item) for name, item in value.items() if item not in (None, [], {})}
    return [_side(item) for item in value] if isinstance(value, list) else value


def _path(parts: Sequence[str | int]) -> str:
    return "".join(
        f"[{part}]" if position == 0 or isinstance(part, int) else f".{part}" for position, part in enumerate(parts)
    )
