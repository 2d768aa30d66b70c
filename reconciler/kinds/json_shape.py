"""Whether the API's JSON of an object has the shape that its kind declares: objects, texts and numbers in their places.

What Okta adds, and values that no definition could state, are fine: drift detection shows them. A list where an object
is documented is not: nothing can be said of such an object.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import cache
from types import NoneType, UnionType
from typing import Annotated, Any, Literal, Union, get_args, get_origin

from reconciler.kinds.kind import Part, Spec
from reconciler.kinds.mapping import Field, Vocabulary, schema

_SCALARS = (str, int, float, bool)
_NUMBERS = (int, float)


def check_shape(model: type[Part], wire: Mapping[str, Any], spec: Spec) -> None:
    """Raise TypeError, naming the member, if the JSON or the spec that it means is of another shape."""
    for field in schema(model):
        if Vocabulary.API in field.places:
            _check_objects(wire, field.places[Vocabulary.API][0])
    _check_values(model, spec)


def _check_objects(wire: Mapping[str, Any], path: tuple[str, ...]) -> None:
    """Everything on the way to a member is an object, or is not there."""
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
    """The types of JSON that the field, or each item of it, can have. A text may also be told as a number."""
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
