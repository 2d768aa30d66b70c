"""The specimens cover every kind and field, so that the generic tests do too."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from pydantic import ValidationError

from reconciler.kinds import Kind, Part, kind_named, kinds
from reconciler.kinds.mapping import Field, schema
from tests.of_kinds import all_about
from tests.specimens import Specimen, bare, everything, is_choice, values


def given(model: type[Part], spec: dict[str, Any]) -> Iterator[tuple[type[Part], str, Any, Any]]:
    """Model, name, value and default of each field that a spec sets, at any depth."""
    for field in schema(model):
        if field.name not in spec:
            continue
        value = spec[field.name]
        inner = field.part
        if field.owns:
            inner = kind_named(field.owns.kind).fields
            if field.owns.whole:
                (only,) = schema(inner)
                if only.part is None:
                    yield inner, only.name, value, only.default(spec)
                    continue
                inner = only.part
        if inner is not None:
            for item in value if isinstance(value, list) else [value]:
                yield from given(inner, item)
        else:
            yield model, field.name, value, field.default(spec)


def models(model: type[Part]) -> Iterator[type[Part]]:
    yield model
    for field in schema(model):
        if field.part:
            yield from models(field.part)


@pytest.mark.parametrize("specimen", [*everything(), *bare()], ids=lambda it: f"{it.kind.name}-{it.name}")
def test_a_specimen_is_valid(specimen: Specimen):
    validate(specimen)


def validate(specimen: Specimen) -> None:
    """Raise ValidationError if a definition cannot say this."""
    spec = {"priority": 1, **specimen.spec} if "priority" in specimen.kind.fields.model_fields else specimen.spec
    owned = {field.name for field in schema(specimen.kind.fields) if field.owns}
    specimen.kind.fields.model_validate({name: value for name, value in spec.items() if name not in owned})


def is_valid(specimen: Specimen) -> bool:
    try:
        validate(specimen)
    except ValidationError:
        return False
    return True


def follows_from_others(kind: Kind, field: Field) -> bool:
    """Whether the other fields of each specimen allow one value of the field only."""
    return not any(
        is_valid(Specimen(kind, specimen.name, specimen.spec | {field.name: value}))
        for specimen in everything()
        if specimen.kind is kind
        for value in values(field)
        if value != field.default(specimen.spec)
    )


def test_every_field_of_every_kind_differs_from_its_default():
    set_somewhere = {
        (model, name)
        for specimen in everything()
        for model, name, value, default in given(specimen.kind.fields, specimen.spec)
        if value != default
    }
    constant = {("AuthenticationRule", "type")}
    constant |= {
        (kind.fields.__name__, field.name)
        for kind in kinds()
        for field in schema(kind.fields)
        if field.info.default_factory and is_choice(field) and follows_from_others(kind, field)
    }

    missed = {
        (model.__name__, field.name)
        for kind in kinds()
        for model in models(kind.fields)
        for field in schema(model)
        if field.part is None and not field.owns and field.name != "priority"
        if (model, field.name) not in set_somewhere
    }

    assert missed - constant == {leaf_of(one.kind, path) for one in all_about().values() for path in one.unset}


def leaf_of(kind: str, path: str) -> tuple[str, str]:
    """The name of the model that has a field (dotted path), and that of the field."""
    model: type[Part] | None = kind_named(kind).fields
    *above, name = path.split(".")
    for one in above:
        model = next(field.part for field in schema(model) if field.name == one)
    assert model
    return model.__name__, name


def test_bare_specimens_set_less_than_full_ones():
    for full, least in zip(everything(), bare(), strict=True):
        assert (full.kind, full.name) == (least.kind, least.name)
        assert least.spec.keys() <= full.spec.keys()
    assert sum(len(least.spec) for least in bare()) < sum(len(full.spec) for full in everything()) / 2
