"""Where two values of one field differ: deepdiff, on small, ordered, keyed data."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from reconciler.drift.findings import Difference
from reconciler.kinds.mapping import Field, schema


def differences(field: Field, expected: Any, actual: Any) -> tuple[Difference, ...]:
    """The places inside a field where the values differ; equal values never get here."""
    if not isinstance(expected, Mapping | list) or not isinstance(actual, Mapping | list):
        return (Difference(field.name, expected, actual),)
    from deepdiff import DeepDiff

    key = _key(field, expected, actual)
    found = DeepDiff(_keyed(expected, key), _keyed(actual, key), verbose_level=2, view="tree")
    places = [
        Difference(field.name + _path(level.path(output_format="list")), _side(level.t1), _side(level.t2))
        for levels in found.values()
        for level in levels
    ]
    if isinstance(expected, list) and isinstance(actual, list):
        places += _order(field.name, _names(expected, key), _names(actual, key))
    return tuple(sorted(places, key=lambda place: place.path))


def common_path(field: Field, expected: Any, places: Sequence[Difference]) -> str:
    """The path of the field, or of the one item in it where all differences are: where a person has to look."""
    key = _key(field, expected)
    items = {place.path.removeprefix(f"{field.name}[").partition("]")[0] for place in places}
    if key and len(items) == 1:
        (name,) = items
        for index, item in enumerate(expected):
            if str(item[key]) == name:
                members = {place.path.partition("].")[2].partition("[")[0] for place in places} - {""}
                return f"{field.name}.{index}" + (f".{members.pop()}" if len(members) == 1 else "")
    return field.name


def _names(items: list[Any], key: str | None) -> list[Any]:
    return [item[key] for item in items] if key else items


def _order(name: str, expected: list[Any], actual: list[Any]) -> list[Difference]:
    """The same members in another order are one difference."""
    if expected == actual or len(expected) != len(actual) or any(item not in actual for item in expected):
        return []
    return [Difference(f"{name} (order)", expected, actual)]


def _key(field: Field, *sides: Any) -> str | None:
    """The member that names an item of a list of structures; none if one side has a name twice."""
    if field.part is None or field.shape == "one":
        return None
    names = {inner.name for inner in schema(field.part)}
    key = next((name for name in ("name", "group", "kid") if name in names), None)
    twice = key and any(len({item[key] for item in side or ()}) < len(side or ()) for side in sides)
    return None if twice else key


def _keyed(value: Any, key: str | None) -> Any:
    if key and isinstance(value, Sequence):
        return {str(item[key]): item for item in value}
    if isinstance(value, list) and all(isinstance(item, str) for item in value):
        return dict(zip(value, value, strict=True)) if len(set(value)) == len(value) else value
    return value


def _side(value: Any) -> Any:
    """A value as a person wants to see it: without the members that say nothing."""
    if type(value).__name__ == "NotPresent":
        return None
    if isinstance(value, Mapping):
        return {name: _side(item) for name, item in value.items() if item not in (None, [], {})}
    return [_side(item) for item in value] if isinstance(value, list) else value


def _path(parts: Sequence[str | int]) -> str:
    return "".join(
        f"[{part}]" if position == 0 or isinstance(part, int) else f".{part}" for position, part in enumerate(parts)
    )
