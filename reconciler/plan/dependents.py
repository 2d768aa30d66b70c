"""The objects of the tenant that refer to an object, managed or not."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from reconciler.kinds import Part, Spec, kinds
from reconciler.kinds.fields import OnDelete, Relates
from reconciler.kinds.mapping import Field, Vocabulary, decoded, schema
from reconciler.kinds.reference_values import named
from reconciler.matching import Match
from reconciler.okta.malformed import MALFORMED
from reconciler.okta.snapshot import LiveObject, Outside


@dataclass(frozen=True, slots=True)
class Dependent:
    """An object that refers to another one. For an item of a whole list, it is the owner of the list."""

    kind: str
    """For an object of no kind: the word of its list, such as `app`."""
    name: str
    """The name in definitions; if it is not managed, the name that Okta shows, after that of its owner."""
    okta_id: str
    managed: bool
    field: str
    """The field that refers, such as `rules.groups_included`; the API path if definitions do not cover the member."""
    item: LiveObject | Outside
    """The object in the tenant; for a whole list, the list."""
    relates: Relates | None = None
    """What the reference is for; None if definitions do not cover the member."""

    @property
    def goes_along(self) -> bool:
        """Whether Okta creates and deletes it together with the object that it refers to."""
        return self.relates is not None and self.relates.on_delete is OnDelete.DELETED

    def __str__(self) -> str:
        return f"{self.kind} {self.name}"


class Dependents:
    """Who refers to what, in one snapshot."""

    def __init__(self, match: Match, managed: Mapping[tuple[str, str], str]) -> None:
        """`managed` has the names of managed objects, by kind and id."""
        self._live = match.live
        self._names = match.names
        self._managed = managed

    def of(self, kind: str, identity: str) -> list[Dependent]:
        """The objects that refer to an object, sorted; one entry for each of their fields.

        Objects that Okta creates and deletes together with it are left out.
        """
        found = {(one.kind, one.okta_id, one.field): one for one in self._by_field.get((kind, identity), ())}
        named = {(one.kind, one.okta_id) for one in found.values()}
        for one in self._by_member.get(identity, ()):
            if (one.kind, one.okta_id) not in named:
                found[one.kind, one.okta_id, one.field] = one
        along = {(one.kind, one.okta_id) for one in found.values() if one.goes_along}
        left = (one for one in found.values() if (one.kind, one.okta_id) not in along)
        return sorted(left, key=lambda one: (one.kind, one.name, one.okta_id, one.field))

    def is_managed(self, item: LiveObject | Outside) -> bool:
        """Whether definitions or the state of the last `up` have the object, and it is not only observed."""
        return isinstance(item, LiveObject) and (item.kind.name, item.id) in self._managed

    def name_of(self, item: LiveObject | Outside) -> str:
        """See `Dependent.name`."""
        if isinstance(item, Outside):
            return item.label
        name = self._managed.get((item.kind.name, item.id)) or self._names.declared(item.kind.name, item.id)
        if name is None and item.shown is not item:
            return self.name_of(item.shown)
        if name is None and item.parent:
            return f"{self.name_of(item.parent)}/{item.label}"
        return name or self._live.system_name(item) or item.label

    @cached_property
    def _by_field(self) -> Mapping[tuple[str, str], list[Dependent]]:
        """The objects whose fields refer to an object, by its kind and id."""
        found: dict[tuple[str, str], list[Dependent]] = defaultdict(list)
        for item in self._items():
            for path, relates, kind, identity in _references(item.kind.fields, fields_of(item)):
                found[kind, identity].append(self._dependent(item, path, relates))
        for outside in self._live.outside:
            for field in _common_references(outside.path):
                if field.ref and isinstance(value := _value(field, outside.json), str):
                    for known in named(field.ref, value):
                        found[known].append(self._dependent(outside, field.name, field.relates))
        return found

    @cached_property
    def _by_member(self) -> Mapping[str, list[Dependent]]:
        """The objects that have an id anywhere in their JSON, by that id: definitions do not cover all members."""
        ids = {item.id for item in self._items()}
        found: dict[str, list[Dependent]] = defaultdict(list)
        every: list[LiveObject | Outside] = [*self._items(), *self._live.outside]
        for item in every:
            around = {item.id, *(item.ids if isinstance(item, LiveObject) else ())}
            for path, text in _texts(item.json, ""):
                if text in ids and text not in around:
                    found[text].append(self._dependent(item, path))
        return found

    def _items(self) -> Iterator[LiveObject]:
        return (item for items in self._live.objects.values() for item in items)

    def _dependent(self, item: LiveObject | Outside, field: str, relates: Relates | None = None) -> Dependent:
        managed = self.is_managed(item)
        if isinstance(item, Outside):
            return Dependent(item.kind, self.name_of(item), item.id, managed, field, item, relates)
        shown = item.shown
        return Dependent(shown.kind.name, self.name_of(shown), shown.id, managed, field, item, relates)


def fields_of(item: LiveObject) -> Spec:
    """The fields; none if the object, which Okta created, has a shape that the kind does not support."""
    try:
        return item.spec
    except MALFORMED:
        return {}


def _references(model: type[Part], spec: Spec, around: str = "") -> Iterator[tuple[str, Relates | None, str, str]]:
    """The references in a spec: field, purpose, kind and id."""
    for field in schema(model):
        value = spec.get(field.name)
        if value is None:
            continue
        items = [value] if field.shape == "one" else value
        if field.ref:
            path, ref = f"{around}{field.name}", field.ref
            yield from ((path, field.relates, *known) for item in items for known in named(ref, item))
        elif field.part:
            for item in items:
                yield from _references(field.part, item, f"{around}{field.name}.")


def _common_references(path: str) -> list[Field]:
    """The single references of the kinds of a shared list, where they agree about the path: its other items have them
    there too.
    """
    by_name: dict[str, list[Field]] = defaultdict(list)
    for kind in kinds():
        if not kind.parents and kind.shape.path == path:
            for field in filter(_is_single, schema(kind.fields)):
                by_name[field.name].append(field)
    agreed = (fields for fields in by_name.values() if len({one.places[Vocabulary.API][0] for one in fields}) == 1)
    return [first for first, *_ in agreed]


def _is_single(field: Field) -> bool:
    return field.ref is not None and field.shape == "one" and Vocabulary.API in field.places


def _value(field: Field, json: Mapping[str, Any]) -> Any:
    value: Any = json
    for key in field.places[Vocabulary.API][0]:
        value = value.get(key) if isinstance(value, Mapping) else None
    try:
        return decoded(field, value)
    except MALFORMED:
        return None


def _texts(value: Any, path: str) -> Iterator[tuple[str, str]]:
    """All texts in the JSON of an object with their paths, except its links."""
    match value:
        case str():
            yield path, value
        case Mapping():
            for key, inner in value.items():
                if key != "_links":
                    yield from _texts(inner, f"{path}.{key}" if path else key)
        case list() | tuple():
            for inner in value:
                yield from _texts(inner, path)
