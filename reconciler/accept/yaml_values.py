"""YAML for new values from the tenant. Unchanged parts keep their notation, including variables."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from reconciler.adopt.specs import escaped, without_defaults
from reconciler.definitions.edit import same
from reconciler.definitions.variables import uses_variable
from reconciler.kinds import Part
from reconciler.kinds.fields import ITEM_KEYS
from reconciler.kinds.mapping import Field, canonical, schema
from reconciler.kinds.secret_fields import without_secrets


class YamlValues:
    """Writes new values; `variable_lost` says whether one of them replaces a `${variable}`.

    `raw` is always the value in the YAML, and `filled` the same value with its variables filled in.
    """

    def __init__(self) -> None:
        self.variable_lost = False

    def of_field(self, field: Field, raw: Any, filled: Any, new: Any) -> Any:
        """The YAML value for a new value of a field, which is in canonical form."""
        part = field.part
        if part is None:
            return self._plain(raw, filled, new)
        if isinstance(raw, Mapping) and isinstance(new, Mapping):
            return self._structure(part, raw, filled, new)
        if isinstance(raw, list) and isinstance(new, list):
            return self._structures(part, raw, filled, new)
        return self._replace(raw, _written(field, new))

    def _replace(self, raw: Any, new: Any) -> Any:
        self.variable_lost = self.variable_lost or uses_variable(raw)
        return new

    def _plain(self, raw: Any, filled: Any, new: Any) -> Any:
        if same(filled, new):
            return raw
        if isinstance(raw, list) and isinstance(new, list):
            # Remaining items keep their order, if the new list is sorted and so has no order of its own.
            kept = {str(value): written for written, value in zip(raw, filled, strict=True)}
            order = [value for value in filled if value in new] + [value for value in new if value not in filled]
            wanted = order if sorted(map(str, new)) == list(map(str, new)) else new
            return [kept.get(str(value), escaped(value)) for value in wanted]
        if isinstance(raw, Mapping) and isinstance(new, Mapping):
            return {
                key: self._plain(raw[key], filled[key], value) if key in raw else escaped(value)
                for key, value in _in_order_of(raw, new)
            }
        return self._replace(raw, escaped(new))

    def _structure(self, part: type[Part], raw: Mapping[str, Any], filled: Any, new: Mapping[str, Any]) -> Any:
        before = _shown(part, canonical(part.model_validate(filled)))
        result = dict(raw)
        for field in schema(part):
            value = new.get(field.name)
            if field.secret or (field.name in before and same(before[field.name], value)):
                continue
            written = self.of_field(field, raw.get(field.name), filled.get(field.name), value)
            result = with_entry(result, field.name, written, [known.name for known in schema(part)])
        return result

    def _structures(self, part: type[Part], raw: Sequence[Any], filled: Sequence[Any], new: Sequence[Any]) -> list[Any]:
        before = [_shown(part, canonical(part.model_validate(one))) for one in filled]
        result: list[Any] = []
        used: set[int] = set()
        for position, value in enumerate(new):
            match = _same_item(before, value, position, used)
            if match is None:
                result.append(escaped(without_defaults(part, value)))
            else:
                used.add(match)
                result.append(self._structure(part, raw[match], filled[match], value))
        return result


def _shown(part: type[Part], spec: Mapping[str, Any]) -> dict[str, Any]:
    """The structure as the tenant would return it: without secrets."""
    return {field.name: without_secrets(field, spec[field.name]) for field in schema(part)}


def with_entry(mapping: Mapping[str, Any], key: str, value: Any, order: Sequence[str]) -> dict[str, Any]:
    """The mapping with an entry: in its current position, or after the entries that precede it in `order`."""
    if key in mapping:
        return {**mapping, key: value}
    before = [known for known in mapping if known in order and order.index(known) < order.index(key)]
    entries = list(mapping.items())
    position = 1 + list(mapping).index(before[-1]) if before else 0
    return dict([*entries[:position], (key, value), *entries[position:]])


def _written(field: Field, new: Any) -> Any:
    if isinstance(new, list) and field.part:
        return [escaped(without_defaults(field.part, item)) for item in new]
    return escaped(without_defaults(field.part, new) if isinstance(new, dict) and field.part else new)


def _same_item(before: Sequence[Any], value: Any, position: int, used: set[int]) -> int | None:
    """The index of the item before: an equal one, one with the same name, or, without names, the same position."""
    free = [index for index in range(len(before)) if index not in used]
    for index in free:
        if same(before[index], value):
            return index
    key = next((key for key in ITEM_KEYS if value.get(key) is not None), None)
    if key is not None:
        return next((index for index in free if before[index].get(key) == value[key]), None)
    return position if position in free else None


def _in_order_of(raw: Mapping[str, Any], new: Mapping[str, Any]) -> Iterable[tuple[str, Any]]:
    yield from ((key, new[key]) for key in raw if key in new)
    yield from ((key, value) for key, value in new.items() if key not in raw)
