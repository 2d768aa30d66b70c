"""The secret fields of a kind, at any depth. Their values are references to secrets.

A path is dotted and counts items from 0, as in `Declaration.sources`: `channel.headers.0.value`.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator
from functools import cache
from typing import Any

from reconciler.kinds.fields import IDENTITY
from reconciler.kinds.mapping import Field, Vocabulary, in_order, replacing, schema
from reconciler.kinds.part import Part, Spec
from reconciler.kinds.refusals import SpecAttributes


def holds_secrets(field: Field) -> bool:
    """Whether a field is a secret, or a structure that contains one at any depth."""
    return field.secret or (field.part is not None and any(map(holds_secrets, _inside(field.part))))


@cache
def fields_with_secrets(model: type[Part]) -> frozenset[str]:
    """The names of the fields that are secrets or contain one."""
    return frozenset(field.name for field in _inside(model))


def is_sealed(field: Field) -> bool:
    """Whether the argument for a structure with secrets is one text, which can only be marked secret as a whole."""
    if field.secret or field.part is None or not holds_secrets(field):
        return False
    return is_text(field) or any(map(is_sealed, _inside(field.part)))


def is_text(field: Field) -> bool:
    """Whether the argument for a structure is one text."""
    argument = field.places.get(Vocabulary.ARGUMENTS)
    return field.part is not None and (field.as_api or (argument is not None and argument[1] is not IDENTITY))


def kept_secrets(model: type[Part], differing: Collection[str]) -> frozenset[str]:
    """The secrets that are not sent to an imported object, because only sending them would replace it.

    If another one of the `differing` fields has it replaced, they are sent, too.
    """
    replaced = replacing(model)
    secrets = frozenset(field.name for field in schema(model) if field.secret) & replaced
    return secrets if (replaced - secrets).isdisjoint(differing) else frozenset()


def secrets_in(model: type[Part], spec: Spec, prefix: str = "") -> Iterator[tuple[str, str]]:
    """The path and the reference of each secret in a spec."""
    for field in _inside(model):
        for path, value in _values(field, spec, prefix):
            if field.secret:
                yield path, value
            elif field.part:
                yield from secrets_in(field.part, value, f"{path}.")


def with_secrets(model: type[Part], spec: Spec, translate: Callable[[str, Any], Any], prefix: str = "") -> Spec:
    """The spec with each secret replaced by `translate(path, reference)`."""
    result = dict(spec)
    for field in _inside(model):
        items: list[Any] = []
        for path, value in _values(field, spec, prefix):
            part = None if field.secret else field.part
            items.append(with_secrets(part, value, translate, f"{path}.") if part else translate(path, value))
        if items:
            result[field.name] = items[0] if field.shape == "one" else items
    return result


def with_required_secrets(model: type[Part], spec: Spec, reference: Callable[[str], str], prefix: str = "") -> Spec:
    """The spec with `reference(path)` for each required secret that is missing."""
    result = dict(spec)
    for field in _inside(model):
        path = prefix + field.name
        if field.secret and field.shape == "one":
            needed = field.info.is_required() or field.needs_secret(SpecAttributes(result))
            if needed and result.get(field.name) is None:
                result[field.name] = reference(path)
        elif field.part and result.get(field.name) is not None:
            part = field.part
            items = [
                with_required_secrets(part, value, reference, f"{item_path}.")
                for item_path, value in _values(field, result, prefix)
            ]
            result[field.name] = items[0] if field.shape == "one" else items
    return result


def without_secrets(field: Field, value: Any) -> Any:
    """The value of a field without its secrets. Okta never returns secrets, so they cannot be compared."""
    if field.secret:
        return None
    if value is None or field.part is None or not holds_secrets(field):
        return value
    part = field.part
    if field.shape == "one":
        return _hidden(part, value)
    items = [_hidden(part, item) for item in value]
    return in_order(items) if field.shape == "set" else items


def keeping_secrets(model: type[Part], spec: Spec, known: Spec) -> Spec:
    """A spec read from the tenant, with the secrets of a known spec. Items of lists are matched by position."""
    result = dict(spec)
    for field in _inside(model):
        before, now = known.get(field.name), spec.get(field.name)
        if field.secret:
            result[field.name] = before if before is not None else now
        elif field.part and before and now:
            part = field.part
            if field.shape == "one":
                result[field.name] = keeping_secrets(part, now, before)
            elif len(before) == len(now):
                result[field.name] = [
                    keeping_secrets(part, item, earlier) for item, earlier in zip(now, before, strict=True)
                ]
    return result


def _hidden(part: type[Part], value: Spec) -> Spec:
    fields = {field.name: field for field in schema(part)}
    return {name: without_secrets(fields[name], item) if name in fields else item for name, item in value.items()}


@cache
def _inside(model: type[Part]) -> tuple[Field, ...]:
    """The fields of a model that are secrets or contain one, without owned fields."""
    return tuple(field for field in schema(model) if not field.owns and holds_secrets(field))


def _values(field: Field, spec: Spec, prefix: str) -> list[tuple[str, Any]]:
    """The value of a field, or its items, with their paths; empty if there is no value."""
    value, path = spec.get(field.name), prefix + field.name
    if value is None:
        return []
    return [(path, value)] if field.shape == "one" else [(f"{path}.{index}", item) for index, item in enumerate(value)]
