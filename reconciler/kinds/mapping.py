"""Translates specs between definitions, the API's JSON and the arguments of `pulumi_okta`.

`schema` reads a model's annotations once. `encode` and `decode` translate between the canonical form (a `Spec`: field
names, JSON values, sorted sets) and the other vocabularies. Both use the same schema, so that every spec that is
encoded can be decoded.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from enum import Enum
from functools import cache
from types import NoneType, UnionType
from typing import Annotated, Any, Union, get_args, get_origin

from pydantic.fields import FieldInfo

from reconciler.kinds.fields import (
    IDENTITY,
    Api,
    Argument,
    Checked,
    Codec,
    Lifetime,
    Only,
    Owns,
    Prioritised,
    ProviderDefault,
    ProviderOnly,
    Ref,
    Relates,
    Replaces,
    Secret,
    SentEmpty,
    ServerFilled,
    Sparse,
    SubList,
    Warns,
    WriteOnly,
)
from reconciler.kinds.kind import Kind, kinds
from reconciler.kinds.part import Part, Spec, descriptions
from reconciler.kinds.people import USER, Person, login_in
from reconciler.kinds.reference_values import kinds_of, translated
from reconciler.kinds.refusals import SpecAttributes


class Vocabulary(Enum):
    """The Management API's JSON, the arguments of `pulumi_okta`, or the same arguments as the engine sends them."""

    API = "api"
    ARGUMENTS = "arguments"
    INPUTS = "inputs"


@dataclass(frozen=True, slots=True)
class Field:
    """One field of a model, with its markers."""

    name: str
    places: Mapping[Vocabulary, tuple[tuple[str, ...], Codec]]
    info: FieldInfo
    shape: str  # "one", "list" or "set"
    part: type[Part] | None
    optional: bool
    ref: Ref | None
    person: bool
    """Whether it names users."""
    relates: Relates | None
    owns: Owns | None
    linked: str | None
    as_api: bool
    prioritised: bool
    replaces: bool
    replaced_by_provider: bool
    secret: bool
    needs_secret: Callable[[Any], bool]
    """Whether an object with these fields cannot be without this secret."""
    unread: str
    """Why Okta does not return the value; empty if it does."""
    warns: Warns | None
    checked: bool
    server_filled: bool
    provider_default: ProviderDefault | None
    sent_empty: bool
    sparse: Sparse | None
    only: Only | None
    sub_list: SubList | None
    lifetime: Lifetime | None
    model: type[Part]
    """The model that has the field."""

    @property
    def description(self) -> str:
        """What the reference says about the field."""
        return self.info.description or descriptions(self.model).get(self.name, "")

    @property
    def comparable(self) -> bool:
        """Whether the value can be compared with the tenant. Owned objects are compared by themselves."""
        return not (self.owns or self.secret or self.unread)

    def applies_to(self, fields: SpecAttributes) -> bool:
        """Whether the field has a meaning for an object with these fields."""
        return self.only is None or self.only.when(fields)

    @property
    def path(self) -> str:
        """The dotted path of the member of the API that has the value."""
        return ".".join(self.places[Vocabulary.API][0])

    @property
    def argument(self) -> str:
        """The argument of the Pulumi class that has the value."""
        return self.places[Vocabulary.ARGUMENTS][0][0]

    @property
    def input(self) -> str:
        """The same argument, as the engine spells it."""
        return self.places[Vocabulary.INPUTS][0][0]

    @property
    def refers_to(self) -> tuple[str, ...]:
        """The kinds of the objects that the field can refer to."""
        return kinds_of(self.ref) if self.ref else ()

    @property
    def may_be_left_to_okta(self) -> bool:
        """Whether Okta chooses the value if a definition leaves the field out; any value is accepted then."""
        return self.server_filled and not self.info.is_required() and self.info.get_default() is None

    @property
    def takes_apart(self) -> bool:
        """Whether the API has a different value, which may contain more than the definition."""
        return self.places[Vocabulary.API][1] is not IDENTITY

    def is_silent(self, value: Any) -> bool:
        """Whether a structure that may be left to Okta has no value in it."""
        is_one = self.part is not None and self.shape == "one"
        return (
            is_one
            and self.may_be_left_to_okta
            and isinstance(value, Mapping)
            and not any(inner is not None for inner in value.values())
        )

    def is_left_to_okta(self, spec: Spec) -> bool:
        """Whether this definition leaves the value to Okta."""
        return self.may_be_left_to_okta and spec.get(self.name) is None

    def is_usual(self, value: Any) -> bool:
        """Whether a mapping is Okta's default, so that definitions need not state it."""
        return self.sparse is not None and value is not None and self.sparse.usual(value)

    def compared(self, declared: Any, live: Any) -> Any:
        """The part of a live value to compare with a declared one."""
        if declared is None and self.may_be_left_to_okta:
            return None
        if self.sparse and declared is not None and isinstance(live, Mapping):
            if _without_empty(declared) == _without_empty(live):
                return declared
            silent = {
                name: value
                for name, value in declared.items()
                if name not in live and not _without_empty({name: value})
            }
            return silent | {
                name: value for name, value in live.items() if name in declared or _without_empty({name: value})
            }
        if self.part and declared and live:
            return self._compared_within(self.part, declared, live)
        return live

    def _compared_within(self, part: type[Part], declared: Any, live: Any) -> Any:
        """Apply `compared` to the structures inside; items of lists are matched by position."""
        if self.shape == "set" or (self.shape == "list" and len(declared) != len(live)):
            return live
        one = self.shape == "one"
        pairs = [(declared, live)] if one else zip(declared, live, strict=True)
        fields = {field.name: field for field in schema(part)}
        items = [
            {name: fields[name].compared(old.get(name), value) for name, value in new.items()} for old, new in pairs
        ]
        return items[0] if one else items

    def default(self, data: Spec) -> Any:
        """The canonical value if the field is left out. It may depend on fields declared before it."""
        if self.info.is_required():
            return None
        return canonical(self.info.get_default(call_default_factory=True, validated_data=dict(data)))


def _without_empty(value: Any) -> Any:
    """A mapping without false, null and empty members, at any depth."""
    if not isinstance(value, Mapping):
        return value
    return {
        name: _without_empty(inner)
        for name, inner in value.items()
        if inner is not False and inner not in (None, "", [], {})
    }


@cache
def schema(model: type[Part]) -> tuple[Field, ...]:
    """The fields of a model, in the order of their declaration."""
    return tuple(_field(model, name, info) for name, info in model.model_fields.items())


@cache
def owner_of(kind: Kind) -> Field | None:
    """The field that refers to the owner (see `Kind.owned_by`)."""
    return next((field for field in schema(kind.fields) if field.name == kind.owned_by), None)


@cache
def documents_of(kind: Kind) -> tuple[Kind, ...]:
    """The kinds whose objects are read from a document of each object of this kind."""
    owners = ((other, owner_of(other)) for other in kinds())
    return tuple(other for other, owner in owners if owner and kind.name in owner.refers_to)


def owner_word(kind: Kind, owner: Kind, item: Mapping[str, Any]) -> str:
    """The value of the field that refers to an owner: its id, or the word for an object that every tenant has."""
    field = owner_of(kind)
    words = field.ref.words if field and field.ref else ()
    known = (one.name for one in owner.system if one.name in words and one.matches(dict(item)))
    return next(known, str(item["id"]))


def declarable_arguments(kind: Kind) -> frozenset[str]:
    """The arguments of the Pulumi class that follow from a definition."""
    fields = {field.argument for field in schema(kind.fields) if not field.owns}
    return frozenset({*fields, *kind.parent_arguments, *kind.fixed_arguments})


@cache
def replacing(model: type[Part]) -> frozenset[str]:
    """The names of the fields whose change deletes and creates the object."""
    return frozenset(field.name for field in schema(model) if field.replaces)


def canonical(value: Any) -> Any:
    """The canonical form of a validated value: JSON, with sets sorted."""
    match value:
        case Part():
            spec = {name: canonical(getattr(value, name)) for name in type(value).model_fields}
            return normalised(type(value), spec)
        case tuple() | list():
            return [canonical(item) for item in value]
        case frozenset():
            return in_order(canonical(item) for item in value)
        case dict():
            return {key: canonical(item) for key, item in sorted(value.items())}
        case _:
            return value


def normalised(model: type[Part], spec: Spec) -> Spec:
    """The spec with None for fields that do not apply to the object, and for what says nothing.

    These are empty texts of optional fields, and structures without any value that can be left to Okta.
    """
    fields = SpecAttributes(spec)
    for field in schema(model):
        value = spec.get(field.name)
        silent = (value == "" and field.optional) or field.is_silent(value)
        if value is not None and (silent or not field.applies_to(fields)):
            spec[field.name] = None
    return spec


def encode(model: type[Part], spec: Spec, vocabulary: Vocabulary) -> dict[str, Any]:
    """The spec in another vocabulary. Null and empty values are left out; a required argument can be empty."""
    result: dict[str, Any] = {}
    for field in schema(model):
        value = spec.get(field.name)
        place = field.places.get(vocabulary)
        if place is None or value is None or (field.linked and vocabulary is Vocabulary.API):
            continue
        path, codec = place
        encoded = codec.encode(_encode_value(field, value, vocabulary))
        if encoded not in ([], {}) or (field.info.is_required() and vocabulary is not Vocabulary.API):
            _put(result, path, encoded)
    return result


def decode(
    model: type[Part],
    wire: Mapping[str, Any],
    vocabulary: Vocabulary,
    *,
    complete: bool = True,
    from_tenant: bool | None = None,
) -> Spec:
    """The spec that an object in another vocabulary means.

    An absent field gets its default. If the spec need not be `complete`, it stays absent. A tenant never returns
    secrets. Arguments contain them, even in nested structures that use the API's names.
    """
    if from_tenant is None:
        from_tenant = vocabulary is Vocabulary.API
    spec: Spec = {}
    for field in schema(model):
        if from_tenant and (field.secret or field.unread):
            spec[field.name] = None if field.secret else field.default(spec)
            continue
        place = field.places.get(vocabulary)
        if place is None:
            continue
        path, codec = place
        value = _get(wire, path)
        value = None if value is None else codec.decode(value)
        if value is not None:
            spec[field.name] = _decode_value(field, value, vocabulary, complete, from_tenant)
        elif complete:
            spec[field.name] = None if field.optional else field.default(spec)
    return normalised(model, spec)


def decoded(field: Field, value: Any) -> Any:
    """The canonical form of one value of the API; None if it is absent."""
    if value is None:
        return None
    return _decode_value(field, field.places[Vocabulary.API][1].decode(value), Vocabulary.API, True, True)


def with_references(model: type[Part], spec: Spec, translate: Callable[[str, str], Any]) -> Spec:
    """The spec with each reference replaced by `translate(kind, token)`: a name by an id, or an id by a name.

    For users, the kind is `USER`.
    """
    result = dict(spec)
    for field in schema(model):
        value = result.get(field.name)
        if value is None:
            continue
        if field.ref or field.person:
            tokens = [value] if field.shape == "one" else value
            renamed = [
                translated(field.ref, token, translate) if field.ref else translate(USER, token) for token in tokens
            ]
            result[field.name] = renamed[0] if field.shape == "one" else renamed
        elif field.part:
            part = field.part
            result[field.name] = (
                with_references(part, value, translate)
                if field.shape == "one"
                else [with_references(part, item, translate) for item in value]
            )
    return result


def references_in(model: type[Part], spec: Spec) -> set[tuple[str, str]]:
    """Kind and name of all objects that a spec refers to. Users are not among them: see `people_in`."""
    found: set[tuple[str, str]] = set()

    def note(kind: str, name: str) -> str:
        found.add((kind, name))
        return name

    with_references(model, spec, note)
    return {(kind, name) for kind, name in found if kind != USER}


def people_in(model: type[Part], spec: Spec, prefix: str = "") -> Iterator[tuple[str, str]]:
    """The users that a spec names: the path in the spec, such as `users_excluded.0`, and the login or id."""
    for field in _naming_people(model):
        value = spec.get(field.name)
        if value is None:
            continue
        path = prefix + field.name
        items = [(path, value)] if field.shape == "one" else [(f"{path}.{i}", item) for i, item in enumerate(value)]
        for item_path, item in items:
            if field.part:
                yield from people_in(field.part, item, f"{item_path}.")
            elif (login := item if field.person else login_in(item)) is not None:
                yield item_path, login


@cache
def _naming_people(model: type[Part]) -> tuple[Field, ...]:
    """The fields that name users, directly or in a structure. Owned objects name them themselves."""
    return tuple(
        field
        for field in schema(model)
        if not field.owns
        and (field.person or (field.ref and field.ref.people) or (field.part and _naming_people(field.part)))
    )


def names_people(model: type[Part]) -> bool:
    """Whether a field of the model names users."""
    return bool(_naming_people(model))


@dataclass(frozen=True, slots=True)
class ItemList:
    """Describes a kind with a `list_key`, whose object is a whole list."""

    name: str
    """The one field of the kind."""
    part: type[Part]
    """The model of the items."""
    member: str
    """The member of the API that contains the items."""
    key: str
    """The member of the API that identifies an item: its name, or the id of an object that it refers to."""
    refers_to: str
    """The kind of the object that the key refers to; empty if the key is a name."""

    @property
    def by_reference(self) -> bool:
        """Whether the key is the id of another object."""
        return bool(self.refers_to)


@cache
def whole_list_of(kind: Kind) -> ItemList:
    """Describes the list of a kind. Raises TypeError if its only field is no list of structures."""
    (only,) = schema(kind.fields)
    if only.part is None:
        raise TypeError(f"{kind.name} must be a list of structures")
    key = next(field for field in schema(only.part) if field.name == kind.shape.list_key)
    (wire_key,) = key.places[Vocabulary.API][0]
    return ItemList(
        only.name, only.part, only.places[Vocabulary.API][0][0], wire_key, key.ref.kinds[0] if key.ref else ""
    )


@cache
def joined_kinds(kind: Kind) -> tuple[str, ...]:
    """The kinds of the other objects of relations: those that the label refers to. Empty for all other kinds."""
    label = next((field for field in schema(kind.fields) if field.name == kind.label_field), None)
    return label.refers_to if label and not kind.shape.part_of_owner else ()


def filled(model: type[Part], spec: Spec) -> Spec:
    """The spec with the provider's defaults for arguments that were left out, at any depth."""
    result = dict(spec)
    for field in schema(model):
        if field.name not in result:
            default = _provider_default(field)
            if default not in (None, []):
                result[field.name] = default
        elif field.part and result[field.name] is not None:
            part, value = field.part, result[field.name]
            one = field.shape == "one"
            result[field.name] = filled(part, value) if one else [filled(part, item) for item in value]
    return normalised(model, result)


def _provider_default(field: Field) -> Any:
    if field.provider_default:
        return field.provider_default.value
    computed = field.info.default_factory is not None or field.server_filled
    if field.info.is_required() or computed or field.secret or field.ref or field.owns or field.part:
        return None
    return canonical(field.info.get_default())


def in_order(values: Any) -> list[Any]:
    """The values of a set, sorted so that equal sets become equal lists."""
    return sorted(values, key=lambda value: json.dumps(value, sort_keys=True))


def _encode_value(field: Field, value: Any, vocabulary: Vocabulary) -> Any:
    if field.part is None:
        return value
    vocabulary = Vocabulary.API if field.as_api else vocabulary
    if field.shape == "one":
        return encode(field.part, value, vocabulary)
    items = [encode(field.part, item, vocabulary) for item in value]
    if field.prioritised:
        items = [{**item, "priority": position} for position, item in enumerate(items, start=1)]
    return items


def _decode_value(field: Field, value: Any, vocabulary: Vocabulary, complete: bool, from_tenant: bool) -> Any:
    vocabulary = Vocabulary.API if field.as_api else vocabulary

    def read(item: Any) -> Any:
        part = field.part
        return decode(part, item, vocabulary, complete=complete, from_tenant=from_tenant) if part else item

    if field.shape == "one":
        return read(value)
    if field.prioritised:
        value = sorted(value, key=lambda item: item.get("priority", 0))
    items = [read(item) for item in value]
    return in_order(items) if field.shape == "set" else items


def _field(model: type[Part], name: str, info: FieldInfo) -> Field:
    markers = list(info.metadata)
    annotation, inner = _unwrap(info.annotation)
    markers += inner
    optional = False
    if get_origin(annotation) in (Union, UnionType):
        branches = [branch for branch in get_args(annotation) if branch is not NoneType]
        optional = len(branches) < len(get_args(annotation))
        if len(branches) == 1:
            annotation, inner = _unwrap(branches[0])
            markers += inner
    shape = {tuple: "list", list: "list", frozenset: "set"}.get(get_origin(annotation) or annotation, "one")
    if shape != "one":
        annotation, inner = _unwrap(get_args(annotation)[0])
        markers += inner
    part = annotation if isinstance(annotation, type) and issubclass(annotation, Part) else None
    by_type = {type(marker): marker for marker in reversed(markers)}
    api: Api | None = by_type.get(Api)
    argument: Argument | None = by_type.get(Argument)
    ref: Ref | None = by_type.get(Ref)
    owns: Owns | None = by_type.get(Owns)
    places: dict[Vocabulary, tuple[tuple[str, ...], Codec]] = {}
    if owns is None:
        api_path = tuple((api.path if api else camel_case(name)).split("."))
        if ProviderOnly not in by_type:
            places[Vocabulary.API] = (api_path, api.codec if api else IDENTITY)
        dotted, codec = (argument.name, argument.codec) if argument else (name, IDENTITY)
        words = tuple(dotted.split("."))
        places[Vocabulary.ARGUMENTS] = (words, codec)
        places[Vocabulary.INPUTS] = (tuple(map(camel_case, words)), codec)
    return Field(
        name=name,
        places=places,
        info=info,
        shape=shape,
        part=part,
        optional=optional,
        ref=ref,
        person=Person in by_type,
        relates=by_type.get(Relates),
        owns=owns,
        linked=api.linked if api else None,
        as_api=argument.as_api if argument else False,
        prioritised=Prioritised in by_type,
        replaces=Replaces in by_type,
        replaced_by_provider=Replaces in by_type and by_type[Replaces].by_provider,
        secret=Secret in by_type,
        needs_secret=by_type.get(Secret, Secret()).needed,
        unread=next((by_type[one].why for one in (WriteOnly, ProviderOnly) if one in by_type), ""),
        warns=by_type.get(Warns),
        checked=Checked in by_type,
        server_filled=ServerFilled in by_type,
        provider_default=by_type.get(ProviderDefault),
        sent_empty=SentEmpty in by_type,
        sparse=by_type.get(Sparse),
        only=by_type.get(Only),
        sub_list=by_type.get(SubList),
        lifetime=by_type.get(Lifetime),
        model=model,
    )


def _unwrap(annotation: Any) -> tuple[Any, list[Any]]:
    if get_origin(annotation) is Annotated:
        base, *markers = get_args(annotation)
        deeper, more = _unwrap(base)
        return deeper, [*markers, *more]
    return annotation, []


def camel_case(name: str) -> str:
    """`snake_case` as Okta's API and the engine spell it: `snakeCase`."""
    head, *tail = name.split("_")
    return head + "".join(word.capitalize() for word in tail)


def _get(wire: Mapping[str, Any], path: tuple[str, ...]) -> Any:
    value: Any = wire
    for key in path:
        if not isinstance(value, Mapping):
            return None
        value = value.get(key)
    return value


def _put(wire: dict[str, Any], path: tuple[str, ...], value: Any) -> None:
    for key in path[:-1]:
        wire = wire.setdefault(key, {})
    wire[path[-1]] = value
