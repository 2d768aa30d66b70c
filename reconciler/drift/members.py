"""The members of a live object, by path: those that definitions do not cover, or all of them.

Definitions cover only the members of a field that its model knows. The others are listed here. For example,
`rules[Contractors].conditions` is a member of an item of a list. In paths, items have the name that definitions use,
or a digest of their covered members, so that the order of items does not change paths.
"""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Iterator, Mapping
from functools import cache
from typing import Any

import orjson

from reconciler.drift.leaves import TIMES, as_text, below, joined, leaf, members_of, policies
from reconciler.kinds import Kind, Part, Spec
from reconciler.kinds.entries import MADE_BY_OKTA, entry_model, live_entries
from reconciler.kinds.fields import ITEM_KEYS
from reconciler.kinds.mapping import Field, Vocabulary, decode, encode, schema
from reconciler.kinds.refusals import SpecAttributes
from reconciler.okta.malformed import MALFORMED
from reconciler.okta.snapshot import LiveObject

OF_THE_OBJECT = frozenset({"_embedded", "id", "orn", "allGroupsValid", "priority"})
"""Members of an object that change by themselves, or because of changes that are found elsewhere."""
UPDATED = "@updated"
"""The end of the path at which a baseline stores when an object, or an item of a whole list, was last updated."""

Members = Mapping[str, Any]
"""Values by path."""


def uncovered(item: LiveObject) -> dict[str, Any]:
    """The members that definitions do not cover. For objects that Okta created, these are all members."""
    return {path: value for path, value in watched(item).items() if not is_note(path) and value is not None}


def watched(item: LiveObject) -> dict[str, Any]:
    """The same as a baseline stores them, with markers for items and the times of last updates.

    Members of conditional fields that do not apply to this object are included, with None for an absent one.
    """
    return _members(item, () if item.built_in else (entry_model(item.kind),))


def all_members(item: LiveObject) -> dict[str, Any]:
    """All members of an object, or of the items of a whole list, as a baseline stores undeclared objects."""
    return _members(item, ())


def of_no_kind(json: Mapping[str, Any]) -> dict[str, Any]:
    """All members of an object that no kind covers."""
    return dict(_object(json, ""))


def is_note(path: str) -> bool:
    """Whether a path is a marker and not a member: an item, or the time of an update."""
    return path.endswith(("]", UPDATED))


def within(path: str, above: Collection[str]) -> bool:
    """Whether a path is one of `above`, or below one of them."""
    return any(path == one or path.startswith((f"{one}.", f"{one}[")) for one in above)


def covers(stated: Collection[str], path: str) -> bool:
    """Whether fields with these paths, which a definition states, cover a member. Of the items of a list, they cover
    what the model of the items knows, which has no paths.
    """
    return any(path == one or path.startswith(f"{one}.") for one in stated)


def items_of(path: str, known: Collection[str]) -> Iterator[str]:
    """The `known` items that a path goes through, the outermost first."""
    ends = (index + 1 for index, character in enumerate(path) if character == "]")
    return (path[:end] for end in ends if path[:end] in known)


@cache
def conditional(kind: Kind) -> frozenset[str]:
    """The paths of conditional fields: they apply only to some objects."""
    return frozenset(field.path for field in _fields(kind) if field.only)


@cache
def stated(kind: Kind) -> frozenset[str]:
    """The paths of fields that definitions always cover completely."""
    return frozenset(
        field.path
        for field in _fields(kind)
        if not (field.may_be_left_to_okta or field.only or field.secret or field.unread or field.part)
        if field.shape == "one" or not field.takes_apart
    )


def _fields(kind: Kind) -> list[Field]:
    """The fields of the entries of a kind that have a path in the API's JSON."""
    return [field for field in schema(entry_model(kind)) if Vocabulary.API in field.places]


def paths_changed_with(kind: Kind, fields: Collection[str]) -> tuple[str, ...] | None:
    """The paths of uncovered members that change when an `up` changes these fields; None if there are none.

    They are below the fields, or derived from them.
    """
    known = {field.name: field for field in schema(kind.fields) if Vocabulary.API in field.places}
    changed = [known[name] for name in fields if name in known]
    inside = [
        field.path
        for field in changed
        if field.may_be_left_to_okta or field.secret or field.part or (field.takes_apart and field.shape != "one")
    ]
    inside += [path for field in changed for path in kind.side_effects.get(field.name, ())]
    derived = kind.provider.derived if changed else ()
    return (*inside, *derived) if inside or derived or (changed and conditional(kind)) else None


def paths_of(kind: Kind, fields: Collection[str]) -> tuple[str, ...]:
    """The paths of these fields in an object of the API."""
    known = (field for field in schema(kind.fields) if field.name in fields and Vocabulary.API in field.places)
    return tuple(field.path for field in known)


@cache
def left_to_okta(kind: Kind) -> Mapping[str, str]:
    """The fields whose value Okta chooses if a definition omits them, by path; those in such structures, too."""
    return dict(_left_to_okta(kind.fields, "", ""))


def _left_to_okta(model: type[Part], above: str, name_above: str) -> Iterator[tuple[str, str]]:
    for field in schema(model):
        if field.may_be_left_to_okta and Vocabulary.API in field.places:
            path, name = joined(above, field.path), joined(name_above, field.name)
            yield path, name
            if field.part and field.shape == "one" and not field.takes_apart:
                yield from _left_to_okta(field.part, path, name)


def stated_although_left_to_okta(kind: Kind, spec: Spec) -> Iterator[str]:
    """The paths of fields that Okta would choose, and that this spec states.

    Of a structure, only the members that the spec compares: others can be added or changed in Okta.
    """
    for one in schema(kind.fields):
        if one.may_be_left_to_okta and Vocabulary.API in one.places:
            yield from compared_paths(one, spec.get(one.name))


def compared_paths(field: Field, value: Any, above: str = "") -> Iterator[str]:
    """The paths that the comparison with this value of a field covers: of a structure, those of its members."""
    if field.is_left_to_okta({field.name: value}) or not field.comparable:
        return
    path = joined(above, field.path)
    if field.part and field.shape == "one" and not field.takes_apart and isinstance(value, Mapping):
        for inner in schema(field.part):
            if Vocabulary.API in inner.places:
                yield from compared_paths(inner, value.get(inner.name), path)
    else:
        yield path


@cache
def follows(kind: Kind) -> frozenset[str]:
    """The paths of members whose value follows from the kind or its fields."""
    secrets = {field.path for field in _fields(kind) if field.secret or field.unread}
    return frozenset(secrets | {*kind.provider.fixed, *kind.provider.derived})


# Objects and their items


def _members(item: LiveObject, models: Collection[type[Part]]) -> dict[str, Any]:
    """The members of an object that the models of its entries do not cover, with a marker for each item of a list."""
    found: dict[str, Any] = {}
    for one in live_entries(item.kind, item.json):
        if one.path:
            found[one.path] = MADE_BY_OKTA if one.made_by_okta else True
        found.update(_object(one.json, one.path, *(() if one.made_by_okta else models)))
    return {path: value for path, value in found.items() if not volatile(item, path)}


def _object(json: Mapping[str, Any], above: str, *models: type[Part]) -> Iterator[tuple[str, Any]]:
    """The members of an object, or of an item of a whole list, that its model does not cover."""
    if isinstance(updated := json.get("lastUpdated"), str):
        yield f"{above}{UPDATED}", updated
    own = {key: value for key, value in json.items() if key not in OF_THE_OBJECT}
    for model in models:
        yield from _walk(model, _tree(model), own, above, SpecAttributes(_decoded(model, json)))
    if not models:
        yield from below(own, above)


Tree = Mapping[str, Any]
"""The fields of a model by the API's members: a field, or a tree for a member that contains fields."""


@cache
def _tree(model: type[Part]) -> Tree:
    tree: dict[str, Any] = {}
    for field in schema(model):
        if Vocabulary.API in field.places:
            *above, last = field.places[Vocabulary.API][0]
            branch = tree
            for key in above:
                branch = branch.setdefault(key, {})
            branch[last] = field
    return tree


def _decoded(model: type[Part], json: Mapping[str, Any]) -> Spec:
    try:
        return decode(model, json, Vocabulary.API)
    except MALFORMED:
        return {}


def _walk(
    model: type[Part], tree: Tree, json: Mapping[str, Any], above: str, spec: SpecAttributes
) -> Iterator[tuple[str, Any]]:
    for key, value in json.items():
        path, known = joined(above, key), tree.get(key)
        if isinstance(known, Field):
            yield from _uncovered_in(known, value, path, spec)
        elif key == "_links":
            own = {name: link for name, link in members_of(value) if name in (known or ())}
            yield from _walk(model, known or {}, own, path, spec)
            yield from policies(value, path, but=own)
        elif known and isinstance(value, Mapping):
            yield from _walk(model, known, value, path, spec)
        else:
            yield from leaf(key, value, path)
    for key, known in tree.items():
        if key not in json:
            yield from _absent(known, joined(above, key), spec)


def _absent(known: Field | Tree, path: str, spec: SpecAttributes) -> Iterator[tuple[str, Any]]:
    """Absent members of conditional fields that do not apply to the object: Okta may add them."""
    if isinstance(known, Field):
        if not known.applies_to(spec):
            yield path, None
        return
    for key, inner in known.items():
        yield from _absent(inner, joined(path, key), spec)


def _uncovered_in(field: Field, value: Any, path: str, spec: SpecAttributes) -> Iterator[tuple[str, Any]]:
    """The members of a field's value that definitions do not cover."""
    if field.may_be_left_to_okta or field.secret or field.unread or not field.applies_to(spec):
        if field.only and isinstance(value, Mapping):
            yield path, None  # so that members added below it are recognised as new
        yield from leaf(path.rpartition(".")[2], _in_definitions(field, value), path)
        if field.part and field.shape != "one" and isinstance(value, list) and field.comparable:
            yield from _uncovered_in_items(field, value, path)  # a definition that states the list does not cover them
    elif field.shape != "one" and isinstance(value, list):
        yield from _uncovered_in_items(field, value, path)
    elif field.part and isinstance(value, Mapping):
        yield from _part(field.part, value, path)


def _in_definitions(field: Field, value: Any) -> Any:
    """A text as definitions contain it: for a policy its id, and not its address, which contains the tenant."""
    return field.places[Vocabulary.API][1].decode(value) if isinstance(value, str) and not field.secret else value


def _uncovered_in_items(field: Field, values: list[Any], path: str) -> Iterator[tuple[str, Any]]:
    try:
        read = _read(field, values)
        written = dict(zip(map(as_text, read), _write(field, read), strict=True))
        items = [(value, _read(field, [value])[0]) for value in values if isinstance(value, Mapping)]
    except MALFORMED:
        yield path, values
        return
    seen: dict[str, int] = {}
    for value, decoded in items:
        name = _name(field.part, decoded)
        seen[name] = seen.get(name, 0) + 1
        above = f"{path}[{name}]" if seen[name] == 1 else f"{path}[{name}, {seen[name]}]"
        yield above, True
        if field.takes_apart:
            for inner, leaf in _unlike(value, written.get(as_text(decoded)), ()):
                if not _matters(field, value, inner, decoded):
                    yield joined(above, ".".join(map(str, inner))), leaf
        elif field.part:
            yield from _part(field.part, value, above)


def _read(field: Field, values: list[Any]) -> list[Any]:
    """The items of a list as definitions state them."""
    items: list[Any] = field.places[Vocabulary.API][1].decode(values)
    return [decode(field.part, item, Vocabulary.API) for item in items] if field.part else items


def _write(field: Field, items: list[Any]) -> list[Any]:
    """Items as they would be written."""
    plain = [encode(field.part, item, Vocabulary.API) for item in items] if field.part else items
    written: list[Any] = field.places[Vocabulary.API][1].encode(plain)
    return written


def _part(part: type[Part], value: Mapping[str, Any], above: str) -> Iterator[tuple[str, Any]]:
    return _walk(part, _tree(part), value, above, SpecAttributes(_decoded(part, value)))


def _name(part: type[Part] | None, decoded: Any) -> str:
    """The name of an item, or a digest of its covered members."""
    if part is None:
        return str(decoded)
    name = next((decoded[key] for key in ITEM_KEYS if isinstance(decoded.get(key), str)), None)
    return name or "#" + hashlib.sha256(as_text(decoded).encode()).hexdigest()[:6]


def _unlike(value: Any, written: Any, path: tuple[str | int, ...]) -> Iterator[tuple[tuple[str | int, ...], Any]]:
    """The members of a value that differ from what would be written."""
    if isinstance(value, Mapping):
        for key, inner in value.items():
            if key not in TIMES and key != "_links":
                yield from _unlike(inner, written.get(key) if isinstance(written, Mapping) else None, (*path, key))
    elif isinstance(value, list) and isinstance(written, list):
        for number, inner in enumerate(value):
            yield from _unlike(inner, written[number] if number < len(written) else None, (*path, number))
    elif value != written:
        yield path, value


def _matters(field: Field, value: Any, path: tuple[str | int, ...], decoded: Any) -> bool:
    """Whether a member affects what definitions state: with another value, the item is read differently."""
    changed: Any = orjson.loads(orjson.dumps(value))
    inside = changed
    for key in path[:-1]:
        inside = inside[key]
    inside[path[-1]] = f"{inside[path[-1]]}0"
    try:
        return bool(_read(field, [changed])[0] != decoded)
    except MALFORMED:
        return True


def volatile(item: LiveObject, path: str) -> bool:
    """Whether a member changes by itself."""
    return within(path, item.kind.volatile(dict(item.json)))
