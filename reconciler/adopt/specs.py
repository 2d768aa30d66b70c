"""Specs of live objects as definitions have them: references by name, defaults omitted, `${...}` in text escaped."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from functools import partial
from typing import Any, Final

from reconciler.adopt.draft import secret_reference
from reconciler.adopt.not_adopted import NotAdoptable, Reason
from reconciler.definitions.errors import Problem
from reconciler.definitions.references import malformed
from reconciler.definitions.validation import validate
from reconciler.definitions.variables import PLACEHOLDER
from reconciler.kinds import Kind, Part, Spec
from reconciler.kinds.mapping import Field, Vocabulary, canonical, schema, with_references
from reconciler.kinds.secret_fields import with_required_secrets
from reconciler.okta.snapshot import LiveObject

Named = Callable[[str, str], str]
"""The logical name of an object, by kind and id; raises `NotAdoptable`."""

_SOME_SECRET: Final = "env:SECRET"
_NEEDS_ESCAPE: Final = re.compile(r"\$\$\{|" + PLACEHOLDER)


def spec_of(item: LiveObject, named: Named, priority: int | None = None) -> Spec:
    """The object's spec in canonical form, without owned objects. Raises `NotAdoptable`.

    It has no secrets, because Okta never returns them. A structure with a required secret gets a reference to one.
    """
    kind = item.kind
    kept = tuple(f"{path}." for path in kind.provider.keeps)  # the provider leaves them as they are
    for path, values in uncovered(kind.fields, kind.read_api(dict(item.json))):
        if f"{path}.".startswith(kept):
            continue
        raise NotAdoptable(Reason.REFERENCE, f"{path} refers to {', '.join(values)}, which no kind covers")
    spec = with_references(kind.fields, item.spec, named)
    for path, part, _ in malformed(kind.fields, spec):
        raise NotAdoptable(Reason.REFERENCE, f"{path} refers to {part}, which no kind covers")
    if priority is not None:
        spec[kind.shape.rank_field] = priority
    own = [field for field in schema(kind.fields) if field.comparable]
    missing = {field.name for field in own if spec[field.name] is None and field.info.is_required()}
    shown = {field.name: spec[field.name] for field in own if field.name not in missing}
    with_secrets = with_required_secrets(kind.fields, shown, partial(secret_reference, item.label))
    return canonical_spec(kind, {name: with_secrets[name] for name in shown})


def canonical_spec(kind: Kind, spec: Spec) -> Spec:
    """The spec as the kind's model has it. Raises `NotAdoptable` with everything that the model rejects.

    Required secrets are assumed to be set: the author of the definition adds the references.
    """
    problems: list[Problem] = []
    model = validate(kind.fields, {**spec, **secrets_needed(kind, spec)}, ("", 0, 0), "the object", problems)
    if model is None:
        raise NotAdoptable(Reason.INVALID, "; ".join(problem.message for problem in problems))
    complete: Spec = canonical(model)
    return {name: value for name, value in complete.items() if name in spec}


def accepts_secret(kind: Kind, spec: Spec, name: str) -> bool:
    """Whether an object with this spec can have the secret."""
    return (
        validate(kind.fields, {**spec, **secrets_needed(kind, spec), name: _SOME_SECRET}, ("", 0, 0), "", [])
        is not None
    )


def secrets_needed(kind: Kind, spec: Spec) -> dict[str, str]:
    """A reference for each secret that an object with this spec cannot be without; the secrets that it has."""
    complete = with_required_secrets(kind.fields, spec, lambda _: _SOME_SECRET)
    return {
        field.name: complete[field.name] for field in schema(kind.fields) if field.secret and field.name in complete
    }


def as_written(model: type[Part]) -> list[Field]:
    """The fields in the order in which they are written: the name first, then the order of the model."""
    return sorted(schema(model), key=lambda field: field.name != "name")


def without_defaults(model: type[Part], spec: Spec) -> dict[str, Any]:
    """The fields that have to be written, in their order; nested structures likewise."""
    written: dict[str, Any] = {}
    for field in as_written(model):
        if field.name not in spec:
            continue
        value = spec[field.name]
        if not field.info.is_required() and (value == field.default(spec) or _is_implied(field, value)):
            continue
        if field.part and value is not None:
            part = field.part
            one = field.shape == "one"
            value = without_defaults(part, value) if one else [without_defaults(part, item) for item in value]
        elif field.sparse:
            value = {name: inner for name, inner in value.items() if inner not in (None, "")}
        written[field.name] = value
    return written


def with_logical_name(item: LiveObject, written: Mapping[str, Any], name: str) -> dict[str, Any]:
    """An owned item as it is written: with its logical name if that differs from the name in Okta."""
    if not item.kind.distinguished_by or name == item.label:
        return dict(written)
    label = item.kind.label_field
    others = {key: value for key, value in written.items() if key != label}
    return {label: written[label], "logical_name": escaped(name), **others}


def _is_implied(field: Field, value: Any) -> bool:
    """Whether a field does not apply to the object, or has the value that Okta sets by itself."""
    if value is None:
        return field.only is not None
    return field.is_usual(value)


def escaped(value: Any) -> Any:
    """The value with `${name}` in its texts escaped, so that it is not read as a variable. Keys are never variables."""
    match value:
        case str():
            return _NEEDS_ESCAPE.sub(r"$\g<0>", value)
        case dict():
            return {key: escaped(item) for key, item in value.items()}
        case list():
            return [escaped(item) for item in value]
    return value


def uncovered(model: type[Part], item: Mapping[str, Any]) -> Iterator[tuple[str, list[str]]]:
    """The conditions that refer to objects and that no field covers, such as users: their paths and values."""
    known = [field.places[Vocabulary.API][0] for field in schema(model) if Vocabulary.API in field.places]
    for path, values in _lists(item.get("conditions"), ("conditions",)):
        if not any(path[: len(place)] == place for place in known):
            yield ".".join(path), values
    for field in schema(model):
        if field.part and Vocabulary.API in field.places:
            inner: Any = item
            for key in field.places[Vocabulary.API][0]:
                inner = inner.get(key) if isinstance(inner, Mapping) else None
            for each in inner if isinstance(inner, list) else [inner]:
                if isinstance(each, Mapping):
                    yield from uncovered(field.part, each)


def _lists(value: Any, path: tuple[str, ...]) -> Iterator[tuple[tuple[str, ...], list[str]]]:
    """The non-empty lists of strings inside a value, with their paths."""
    if isinstance(value, Mapping):
        for key, item in value.items():
            yield from _lists(item, (*path, key))
    elif isinstance(value, list) and value and all(isinstance(item, str) for item in value):
        yield path, value
