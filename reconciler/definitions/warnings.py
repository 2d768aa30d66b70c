"""Warnings: values that are valid but may be a mistake. `validate` shows them and does not fail."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from functools import cache
from typing import Any

from reconciler.definitions.errors import Problem
from reconciler.definitions.explanations import dotted
from reconciler.definitions.model import Declaration, Desired
from reconciler.kinds import Part
from reconciler.kinds.mapping import Field, schema
from reconciler.printable import printable

Path = tuple[str | int, ...]


def warnings(environments: Iterable[Desired]) -> list[Problem]:
    """The warnings of all environments, each once, sorted by location."""
    return sorted(
        {warning for desired in environments for one in desired.declarations.values() for warning in _of(one)}
    )


def _of(declaration: Declaration) -> Iterator[Problem]:
    for path, message in _in_spec(declaration.kind.fields, declaration.spec, ()):
        source = declaration.where(".".join(map(str, path)))
        yield Problem(source, printable(f"{dotted(path)}: {message}"))


@cache
def _warning_fields(model: type[Part]) -> tuple[Field, ...]:
    """The fields of a model that can cause a warning, directly or in a structure."""
    return tuple(field for field in schema(model) if field.warns or (field.part and _warning_fields(field.part)))


def _in_spec(model: type[Part], spec: dict[str, Any], above: Path) -> Iterator[tuple[Path, str]]:
    for field in _warning_fields(model):
        value, path = spec.get(field.name), (*above, field.name)
        if value is None or field.owns:
            continue
        for inner, item in [(path, value)] if field.shape == "one" else [((*path, i), v) for i, v in enumerate(value)]:
            if field.part:
                yield from _in_spec(field.part, item, inner)
            elif field.warns:
                yield from ((inner, message) for message in field.warns.find(item))
