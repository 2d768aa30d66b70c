"""The location of each field of a declaration in the YAML, computed on demand."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from functools import cached_property
from typing import Any

from reconciler.definitions.model import Source
from reconciler.definitions.positions import YamlMapping, YamlSequence
from reconciler.kinds import Kind, Part
from reconciler.kinds.mapping import Field, canonical, schema


class FieldSources(Mapping[str, Source]):
    """The locations of fields by their paths in the canonical spec, such as `redirect_uris.0` or `rules.1.access`.

    The location of a scalar is its own; the location of a mapping or a list is that of its key. Items of a set are
    numbered as in the canonical form, which is sorted.
    """

    def __init__(self, kind: Kind, raw: Mapping[str, Any]) -> None:
        self._kind = kind
        self._raw = raw

    @cached_property
    def _places(self) -> dict[str, Source]:
        return dict(_of_mapping(self._kind.fields, self._raw, ""))

    def __getitem__(self, path: str) -> Source:
        return self._places[path]

    def __iter__(self) -> Iterator[str]:
        return iter(self._places)

    def __len__(self) -> int:
        return len(self._places)

    def __repr__(self) -> str:
        return f"FieldSources({self._places!r})"


def _of_mapping(model: type[Part] | None, raw: Any, prefix: str) -> Iterator[tuple[str, Source]]:
    if not isinstance(raw, YamlMapping):
        return
    fields = {field.name: field for field in schema(model)} if model else {}
    for key, value in raw.items():
        field = fields.get(key)
        if field is None or not field.owns:
            places = raw.keys_at if isinstance(value, dict | list) else raw.values_at
            yield prefix + key, Source(*places[key])
            yield from _inside(field, value, f"{prefix}{key}.")


def _inside(field: Field | None, value: Any, prefix: str) -> Iterator[tuple[str, Source]]:
    part = field.part if field else None
    yield from _of_mapping(part, value, prefix)
    if isinstance(value, YamlSequence):
        in_set = field is not None and field.shape == "set"
        for position, index in enumerate(_canonical_order(part, value) if in_set else range(len(value))):
            yield f"{prefix}{position}", Source(*value.items_at[index])
            yield from _of_mapping(part, value[index], f"{prefix}{position}.")


def _canonical_order(part: type[Part] | None, items: list[Any]) -> Iterable[int]:
    values = [canonical(part.model_validate(item)) for item in items] if part else items
    return sorted(range(len(items)), key=lambda index: json.dumps(values[index], sort_keys=True))
