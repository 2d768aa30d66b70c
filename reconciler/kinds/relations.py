"""The references of an object, each with its purpose and its path."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from reconciler.kinds.fields import Ref, Relates
from reconciler.kinds.mapping import Field, schema
from reconciler.kinds.part import Part, Spec
from reconciler.kinds.reference_values import named


@dataclass(frozen=True, slots=True)
class Reference:
    """One reference of an object."""

    kind: str
    """The kind of the object that it names."""
    token: str
    """The name of that object, or its id in a spec with ids."""
    relates: Relates
    field: str
    """The field; inside structures a path, such as `rules.groups_included`."""
    within: str = ""
    """The name of the item of a list that contains it, such as a rule of an authentication policy."""
    name: str = ""
    """The name in definitions, where the token is an id; the token is empty if the object does not exist yet."""
    others: tuple[str, ...] = ()
    """The other objects that the same field names, in all items if it is in a list of references."""


def references(model: type[Part], spec: Spec) -> Iterator[Reference]:
    """All references of a spec, in the order of the fields."""
    return _within(model, spec, "", "")


def _within(model: type[Part], spec: Spec, path: str, name: str) -> Iterator[Reference]:
    for field in schema(model):
        value = spec.get(field.name)
        if value is None:
            continue
        here = f"{path}.{field.name}" if path else field.name
        if field.ref and field.relates:
            tokens = [value] if field.shape == "one" else value
            yield from _named(field.ref, field.relates, tokens, here, name)
        elif field.part and field.shape == "one":
            yield from _within(field.part, value, here, name)
        elif field.part:
            yield from _items(field.part, value, here, name)


def _items(part: type[Part], items: list[Spec], path: str, name: str) -> Iterator[Reference]:
    key = next((field for field in schema(part) if field.ref and field.shape == "one"), None)
    if key and key.ref and key.relates:  # a list of references with attributes, such as the groups of an app
        tokens = [token for item in items if (token := item[key.name]) is not None]
        yield from _named(key.ref, key.relates, tokens, f"{path}.{key.name}", name)
        return
    for item in items:
        label = item.get("name")
        yield from _within(part, item, path, label if isinstance(label, str) else name)


def _named(ref: Ref, relates: Relates, tokens: list[Any], path: str, name: str) -> Iterator[Reference]:
    objects = {value: list(named(ref, value)) for value in tokens}
    for value, found in objects.items():
        others = tuple(
            token for other, all_of in objects.items() if other != value for _, token in all_of or [("", other)]
        )
        for kind, token in found:
            yield Reference(kind, token, relates, path, name, others=others)


def reference_fields(model: type[Part]) -> Iterator[Field]:
    """The fields of a model that refer to objects, at any depth. A list that is a part of its owner refers itself."""
    for field in schema(model):
        if field.ref and not field.owns:
            yield field
        elif field.part:
            yield from reference_fields(field.part)
