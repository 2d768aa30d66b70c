"""Owned objects: items of a list in the document of their owner.

An owned item can have `previously`, as a document can. Its position in the list is its priority. If Okta lets
siblings share a name, one of them has a `logical_name`.
"""

from __future__ import annotations

import re
from functools import cache
from typing import Any, Final, NamedTuple

from reconciler.definitions.errors import Problem
from reconciler.definitions.explanations import Path, dotted
from reconciler.definitions.model import Source
from reconciler.definitions.positions import Mark, YamlMapping, YamlSequence
from reconciler.kinds import Kind, kind_named
from reconciler.kinds.mapping import Field, schema

_LOGICAL_NAME: Final = re.compile(r"\S(.*\S)?")


class OwnedField(NamedTuple):
    """A field that has objects of their own."""

    field: Field
    kind: Kind
    whole: bool
    """Whether the whole list is one object, instead of each item."""


@cache
def owned_fields(kind: Kind) -> tuple[OwnedField, ...]:
    """The fields of a kind that have objects of their own."""
    return tuple(
        OwnedField(field, kind_named(field.owns.kind), field.owns.whole) for field in schema(kind.fields) if field.owns
    )


class OwnedItems:
    """The owned items of one document: the earlier names of renamed ones, and their logical names, by path.

    Most items state no logical name: it is then the name in Okta.
    """

    def __init__(self, problems: list[Problem]) -> None:
        self.previously: dict[Path, tuple[str, ...]] = {}
        self.logical_names: dict[Path, str] = {}
        self._problems = problems

    def prepared(self, kind: Kind, spec: YamlMapping, path: Path = ()) -> YamlMapping:
        """The spec with its owned items in the form of their kinds: without earlier names, with priorities."""
        result = spec
        for field, child, whole in owned_fields(kind):
            items = spec.get(field.name)
            if items is None and field.name in spec and field.optional:
                hint = "write [] for none, or leave the field out: not managed"
                self._report(spec.values_at[field.name], f"{dotted((*path, field.name))} is null", hint)
            if isinstance(items, YamlSequence) and not whole:
                result = result.copy()
                result[field.name] = self._prepared_items(child, items, (*path, field.name))
        return result

    def _prepared_items(self, kind: Kind, items: YamlSequence, path: Path) -> YamlSequence:
        result = YamlSequence()
        result.items_at = items.items_at
        for index, (item, mark) in enumerate(zip(items, items.items_at, strict=True)):
            if isinstance(item, YamlMapping):
                item_path = (*path, index)
                item = self.prepared(kind, self._prepared_item(kind, item, item_path, index + 1, mark), item_path)
            result.append(item)
        return result

    def _prepared_item(self, kind: Kind, item: YamlMapping, path: Path, place: int, mark: Mark) -> YamlMapping:
        item = item.copy()
        if "previously" in item:
            self.previously[path] = self._names(item.pop("previously"), path, item.values_at["previously"])
        if kind.distinguished_by and "logical_name" in item:
            name, mark_of_name = item.pop("logical_name"), item.values_at["logical_name"]
            self.logical_names[path] = str(name)
            if not (isinstance(name, str) and _LOGICAL_NAME.fullmatch(name)):
                self._report(mark_of_name, f"{dotted(path)}.logical_name must be text, with no space at either end")
        if rank := kind.shape.rank_field:
            if rank in item:
                hint = f"leave it out: the position in the list is the {rank}"
                self._report(item.keys_at[rank], f"{dotted(path)} has a {rank}", hint)
            item.put(rank, place, mark)
        return item

    def _names(self, value: Any, path: Path, mark: Mark) -> tuple[str, ...]:
        names = value if isinstance(value, list) else [value]
        if names and all(isinstance(name, str) and name for name in names):
            return tuple(names)
        self._report(mark, f"{dotted(path)}.previously must be an earlier name, or a list of them")
        return ()

    def _report(self, mark: Mark, message: str, hint: str = "") -> None:
        self._problems.append(Problem(Source(*mark), message, hint))
