"""Resource inputs of the engine, translated to and from the fields of a kind."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import cache
from typing import Annotated, Any

from google.protobuf import json_format, struct_pb2
from pydantic import TypeAdapter, ValidationError

from reconciler.errors import EngineError
from reconciler.kinds import Kind, Part, Spec, kind_of_resource
from reconciler.kinds.mapping import Field, Vocabulary, camel_case, decode, encode, filled, owner_of, schema
from reconciler.kinds.refusals import Phase, SpecAttributes, refused
from reconciler.kinds.secret_fields import keeping_secrets

Inputs = dict[str, Any]
_UNKNOWN = "04da6b54-80e4-46f7-96ec-b56ff0331ba9"
"""The engine's placeholder for a value that is unknown during preview."""


def kind_of(urn: str) -> Kind:
    """The kind of a resource. Raises EngineError if there is none."""
    token = urn.split("::")[2].rpartition("$")[2]
    kind = kind_of_resource(token)
    if kind is None:
        raise EngineError(f"no kind is declared for the resource type {token}")
    return kind


def given(kind: Kind, inputs: Inputs) -> Spec:
    """The fields set by the inputs or by provider defaults; all others are absent."""
    return filled(kind.fields, decode(kind.fields, inputs, Vocabulary.INPUTS, complete=False))


def owner_ids(kind: Kind, inputs: Inputs) -> tuple[str, ...]:
    """The ids of the owners, outermost first."""
    if field := owner_of(kind):
        return (str(inputs.get(field.input, field.default({}))),)
    return tuple(inputs[camel_case(name)] for name in reversed(kind.parent_arguments))


def ids(kind: Kind, identity: str, inputs: Inputs) -> tuple[str, ...]:
    """The ids from the outermost owner to the object itself."""
    owners = () if kind.shape.part_of_owner else owner_ids(kind, inputs)
    return (*owners, identity.rpartition("/")[2])


def identity(kind: Kind, ids: tuple[str, ...]) -> str:
    """The id of a resource, from the ids from the outermost owner to the object."""
    if kind.owned_by:
        return kind.shape.resource_id(ids)
    return kind.shape.identified(ids[-2] if len(ids) > 1 else "", ids[-1])


def as_inputs(kind: Kind, ids: tuple[str, ...], spec: Spec, known: Inputs) -> Inputs:
    """The inputs of a program that would produce this object."""
    owners = ids if kind.shape.part_of_owner else ids[:-1]
    arguments = () if kind.owned_by else reversed(kind.parent_arguments)
    parents = {camel_case(name): identity for name, identity in zip(arguments, owners, strict=not kind.owned_by)}
    fixed = {camel_case(name): value for name, value in kind.fixed_arguments.items()}
    before = decode(kind.fields, known, Vocabulary.INPUTS, complete=False)
    spec = keeping_secrets(kind.fields, spec, before)
    spec |= {field.name: before[field.name] for field in schema(kind.fields) if field.unread and field.name in before}
    return encode(kind.fields, spec, Vocabulary.INPUTS) | parents | fixed


def changed(kind: Kind, old: Inputs, new: Inputs) -> dict[str, bool]:
    """The names of the inputs that differ in meaning; True where the change replaces the object.

    An omitted argument that Okta fills in is not a change. An argument that is unknown, or has an unknown
    value in it, is a change: the engine asks this way which objects are replaced along with an object that they
    depend on.
    """
    unknown = {name for name, value in new.items() if _is_unknown(value)}
    known = {name: value for name, value in new.items() if name not in unknown}
    before, after = decode(kind.fields, old, Vocabulary.INPUTS), decode(kind.fields, known, Vocabulary.INPUTS)
    differing: dict[str, bool] = {}
    for field in schema(kind.fields):
        for name in _names(field):
            if name in unknown or (
                field.compared(after.get(field.name), before.get(field.name)) != after.get(field.name)
                and not (field.server_filled and name not in new)
            ):
                replaces = field.replaced_by_provider or (name not in unknown and _is_emptied(field, before, after))
                differing[name] = differing.get(name, False) or replaces  # several fields can be in one argument
    parents = {camel_case(name) for name in kind.parent_arguments}
    return differing | {name: True for name in parents if old.get(name) != new.get(name)}


def _is_emptied(field: Field, before: Spec, after: Spec) -> bool:
    """Whether a list loses all values that cannot lose its last one."""
    in_place = field.sub_list is None or field.sub_list.emptied_in_place
    return not in_place and bool(before.get(field.name)) and after.get(field.name) == []


def with_defaults(kind: Kind, inputs: Inputs) -> Inputs:
    """The inputs with the provider's defaults for omitted arguments."""
    defaults = {
        name: value
        for name, value in encode(kind.fields, filled(kind.fields, {}), Vocabulary.INPUTS).items()
        if value != ""
    }
    return defaults | inputs


def refusals(kind: Kind, inputs: Inputs, phase: Phase) -> Iterator[tuple[str, str]]:
    """The provider's refusals in a phase: input name and reason. Unknown values are not checked."""
    known = {name: value for name, value in inputs.items() if not _is_unknown(value)}
    try:
        spec = given(kind, known)
    except ValueError as error:  # an argument whose text must be JSON
        if phase is Phase.PREVIEW:
            yield "", f"an argument is not valid JSON: {error}"
        return
    yield from _refusals(kind.fields, spec, phase)


def _refusals(model: type[Part], spec: Mapping[str, Any], phase: Phase, above: str = "") -> Iterator[tuple[str, str]]:
    for refusal in refused(model.refusals, SpecAttributes(spec), phase):
        yield above + refusal.field, refusal.message
    for field in schema(model):
        value = spec.get(field.name)
        if value is None:
            continue
        if field.checked and phase is Phase.PREVIEW and (violation := _violation(model, field, value)):
            yield above + field.name, violation
        if field.part:
            items = [value] if field.shape == "one" else value
            for item in items:
                yield from _refusals(field.part, item, phase, f"{above}{field.name}.")


def _violation(model: type[Part], field: Field, value: Any) -> str:
    try:
        _adapter(model, field.name).validate_python(value)
    except ValidationError as error:
        return "; ".join(details["msg"] for details in error.errors(include_url=False))
    return ""


@cache
def _adapter(model: type[Part], name: str) -> TypeAdapter[Any]:
    info = model.model_fields[name]
    annotation: Any = info.annotation
    return TypeAdapter(Annotated[annotation, "and its constraints:", *info.metadata])


def _names(field: Field) -> tuple[str, ...]:
    """The input name of a field, if it is an input."""
    place = field.places.get(Vocabulary.INPUTS)
    return (place[0][0],) if place else ()


def _is_unknown(value: Any) -> bool:
    match value:
        case dict():
            return any(map(_is_unknown, value.values()))
        case list():
            return any(map(_is_unknown, value))
    return bool(value == _UNKNOWN)


def plain(struct: struct_pb2.Struct) -> Inputs:
    """The values of a message, without those of the engine (`__defaults`)."""
    value: Inputs = _whole_numbers(json_format.MessageToDict(struct))
    return {name: item for name, item in value.items() if not name.startswith("__")}


def _whole_numbers(value: Any) -> Any:
    """Convert whole floats to integers: the protocol has only floating point."""
    match value:
        case float() if value.is_integer():
            return int(value)
        case list():
            return [_whole_numbers(item) for item in value]
        case dict():
            return {key: _whole_numbers(item) for key, item in value.items()}
        case _:
            return value


def struct(inputs: Inputs) -> struct_pb2.Struct:
    """A message with these values."""
    message = struct_pb2.Struct()
    message.update(inputs)
    return message
