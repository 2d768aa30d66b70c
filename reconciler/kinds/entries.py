"""The entries of an object: the items of a whole list. Every other object is its own single entry."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from reconciler.kinds.kind import Kind
from reconciler.kinds.mapping import Field, schema, whole_list_of
from reconciler.kinds.part import Json, Part, Spec
from reconciler.kinds.shapes import member

MADE_BY_OKTA = "madeByOkta"
"""The member of a whole list that holds the items that Okta created."""


@dataclass(frozen=True, slots=True)
class LiveEntry:
    """An entry of an object of the API."""

    path: str
    """Its path in the object, such as `rules[Contractors]`; empty if the object is its own entry."""
    json: Json
    made_by_okta: bool = False
    """Whether Okta added it to an object that it did not create."""


def entry_model(kind: Kind) -> type[Part]:
    """The fields of an entry."""
    return whole_list_of(kind).part if kind.shape.list_key else kind.fields


def models(kind: Kind) -> tuple[type[Part], ...]:
    """The fields of an object, and those of its entries if they have others."""
    return tuple(dict.fromkeys((kind.fields, entry_model(kind))))


def list_field(kind: Kind) -> str:
    """The field that contains the entries; empty if an object is its own entry."""
    return whole_list_of(kind).name if kind.shape.list_key else ""


def key_field(kind: Kind) -> Field | None:
    """The field that identifies an entry within its object; None if an object is its own entry."""
    return next((field for field in schema(entry_model(kind)) if field.name == kind.shape.list_key), None)


def key_path(kind: Kind) -> str:
    """The dotted path of the `key_field` in the fields of an object; empty if an object is its own entry."""
    return f"{list_field(kind)}.{kind.shape.list_key}" if kind.shape.list_key else ""


def entries(kind: Kind, spec: Spec) -> list[Spec]:
    """The fields of each entry of an object."""
    return list(spec.get(whole_list_of(kind).name) or ()) if kind.shape.list_key else [spec]


def entry_key(kind: Kind, entry: Spec) -> str:
    """What identifies an entry within its object; empty if the object is its own entry."""
    return str(entry[kind.shape.list_key]) if kind.shape.list_key else ""


def entry_keys(kind: Kind, spec: Spec | None) -> list[str]:
    """What identifies the entries of an object; nothing if it is its own entry, or None."""
    return [key for entry in entries(kind, spec or {}) if (key := entry_key(kind, entry))]


def live_entries(kind: Kind, json: Mapping[str, Any]) -> Iterator[LiveEntry]:
    """The entries of an object of the API. Those that Okta added come last."""
    if not kind.shape.list_key:
        yield LiveEntry("", kind.read_api(dict(json)))
        return
    whole = whole_list_of(kind)
    for place in (whole.member, MADE_BY_OKTA):
        for one in json.get(place, ()):
            yield LiveEntry(f"{whole.member}[{one[whole.key]}]", one, place == MADE_BY_OKTA)


def is_entry(kind: Kind, path: str) -> bool:
    """Whether a path of the API is that of an item of a list whose items are entries."""
    return bool(kind.shape.list_key) and path.endswith("]")


def inside_entry(kind: Kind, path: str) -> tuple[str, str]:
    """The path of the entry that a path of the API leads through, and the rest of the path.

    The rest is empty if the path leads to the entry itself.
    """
    if not kind.shape.list_key:
        return "", path
    above, bracket, rest = path.partition("].")
    return (f"{above}]", rest) if bracket else (above, "")


def is_empty(kind: Kind, json: Mapping[str, Any]) -> bool:
    """Whether a whole list or set of the API has no items, except those that Okta created."""
    if kind.shape.value_member:
        return not json.get(schema(kind.fields)[0].path)
    return all(entry.made_by_okta for entry in live_entries(kind, json))


def gathered(kind: Kind, items: Iterable[Mapping[str, Any]]) -> Json:
    """The object of the API for the items of a whole list or set.

    Items of a list that Okta created are in a member of their own.
    """
    if kind.shape.value_member:
        return {schema(kind.fields)[0].path: sorted(map(kind.shape.value_of, items))}
    own = whole_list_of(kind).member
    members: Json = {own: [], MADE_BY_OKTA: []}
    for item in items:
        members[MADE_BY_OKTA if kind.shape.built_in(dict(item)) else own].append(item)
    return members


def check_key(kind: Kind, item: Mapping[str, Any]) -> None:
    """Raises ValueError if an item of a whole list has no key, or one of a whole set no value."""
    path = kind.shape.value_member or whole_list_of(kind).key
    key = kind.shape.value_of(item) if kind.shape.value_member else member(item, path)
    if not isinstance(key, str):
        raise ValueError(f"its {path} is {key!r:.100}")
