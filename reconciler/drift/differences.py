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

    key = _key(field)
    found = DeepDiff(_keyed(expected, key), _keyed(actual, key), verbose_level=2, view="tree")
    places = [
        Difference(field.name + _path(level.path(output_format="list")), _side(level.t1), _side(level.t2))
        for levels in found.values()
        for level in levels
    ]
    if key and [item[key] for item in expected] != [item[key] for item in actual]:
        same_members = {str(item[key]) for item in expected} == {str(item[key]) for item in actual}
        if same_members:
            places.append(
                Difference(f"{field.name} (order)", [item[key] for item in expected], [item[key] for item in actual])
            )
    return tuple(sorted(places, key=lambda place: place.path))


def _key(field: Field) -> str | None:
    """The member that names an item of a list of structures."""
    if field.part is None or field.shape == "one":
        return None
    names = {inner.name for inner in schema(field.part)}
    return next((name for name in ("name", "group", "kid") if name in names), None)


def _keyed(value: Any, key: str | None) -> Any:
    if key and isinstance(value, Sequence):
        return {str(item[key]): item for item in value}
    if isinstance(value, list) and all(isinstance(item, str) for item in value):
        return dict.fromkeys(value, True) if len(set(value)) == len(value) else value
    return value


def _side(value: Any) -> Any:
    return None if type(value).__name__ == "NotPresent" else value


def _path(parts: Sequence[str | int]) -> str:
    return "".join(
        f"[{part}]" if position == 0 or isinstance(part, int) else f".{part}" for position, part in enumerate(parts)
    )
