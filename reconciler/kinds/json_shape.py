"""Checks the types of the members in the API's JSON of an object.

Additional members and unknown values are accepted, and drift detection reports them. A member of another type, such as
a list where the kind has an object, is an error: such an object cannot be compared.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import cache
from types import NoneType, UnionType
from typing import Annotated, Any, Literal, Union, get_args, get_origin

from reconciler.kinds.mapping import Field, Vocabulary, schema
from reconciler.kinds.part import Part, Spec

_SCALARS = (str, int, float, bool)
_NUMBERS = (int, float)


def check_shape(model: type[Part], wire: Mapping[str, Any], spec: Spec) -> None:
    """Raise TypeError, with the name of the member, if the JSON or its decoded spec has a value of another type."""
    for field in schema(model):
        if Vocabulary.API in field.places:
            _check_objects(wire, field.places[Vocabulary.API][0])
    _check_values(model, spec)


def _check_objects(wire: Mapping[str, Any], path: tuple[str, ...]) -> None:
    """Check that every parent of a member is an object or absent."""
    value: Any = wire
    for length, key in enumerate(path[:-1], 1):
        value = value.get(key)
        if value is None:
            return
        if not isinstance(value, Mapping):
            raise TypeError(f"{'.'.join(path[:length])} must be an object, got {type(value).__name__}")


def _check_values(model: type[Part], spec: Spec) -> None:
    for field in schema(model):
        value = spec.get(field.name)
        for one in (value,) if field.shape == "one" else value or ():
            if field.part is not None and one is not None:
                _check_values(field.part, one)
            elif (one is not None or field.shape != "one") and not isinstance(one, _types(model, field)):
                raise TypeError(f"{field.name} has a value of type {type(one).__name__}")


@cache
def _types_by_name(model: type[Part]) -> Mapping[str, tuple[type, ...]]:
    return {field.name: tuple(_possible(field.info.annotation)) for field in schema(model)}


def _types(model: type[Part], field: Field) -> tuple[type, ...]:
    """The JSON types of the field, or of each of its items. Text fields also accept numbers."""
    return _types_by_name(model)[field.name]


def _possible(annotation: Any) -> Iterator[type]:
    origin, arguments = get_origin(annotation), get_args(annotation)
    if origin is Annotated:
        yield from _possible(arguments[0])
    elif origin in (Union, UnionType, tuple, frozenset, list):
        for one in arguments:
            yield from _possible(one)
    elif annotation in (NoneType, ...):
        return
    elif annotation in _NUMBERS:
        yield from _NUMBERS
    elif origin is Literal or annotation in _SCALARS:
        yield from _SCALARS
    else:
        yield object
