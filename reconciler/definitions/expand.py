"""From one document to its objects: an authorization server with its scopes, claims, policies and rules."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import product
from typing import NamedTuple

from reconciler.definitions.documents import Document
from reconciler.definitions.errors import Problem
from reconciler.definitions.explanations import Path
from reconciler.definitions.model import Address, Declaration, Source
from reconciler.definitions.owned import OwnedField, OwnedItems, owned_fields
from reconciler.definitions.positions import Mark, YamlMapping
from reconciler.definitions.sources import FieldSources
from reconciler.definitions.validation import validate
from reconciler.kinds import Kind, Spec
from reconciler.kinds.mapping import canonical


def expand(document: Document, spec: YamlMapping, problems: list[Problem]) -> list[Declaration]:
    """The declarations of a document with this spec, owners first; none, and problems, if it is invalid."""
    items = OwnedItems(problems)
    raw = items.prepared(document.kind, spec)
    model = validate(document.kind.fields, raw, document.spec_mark, str(document.address), problems)
    if model is None:
        return []
    names = _Names(document.envelope.name, document.envelope.previously)
    root = _Branch(document.kind, names, canonical(model), raw, document.mark, ())
    return list(_Expansion(document, items).declarations(root))


class _Names(NamedTuple):
    """The current and the earlier names of an object."""

    now: str
    before: tuple[str, ...]

    def of_owned(self, owned: _Names) -> _Names:
        """The full names of an owned object: every name of the owner with every name of its own."""
        pairs = product((self.now, *self.before), (owned.now, *owned.before))
        now, *before = (f"{owner}/{own}" for owner, own in pairs)
        return _Names(now, tuple(before))


class _Branch(NamedTuple):
    """An object with the objects it owns, as read and as validated."""

    kind: Kind
    names: _Names
    spec: Spec
    raw: YamlMapping
    mark: Mark
    path: Path
    parent: Address | None = None


class _Expansion:
    """The expansion of one valid document."""

    def __init__(self, document: Document, items: OwnedItems) -> None:
        self._document = document
        self._items = items

    def declarations(self, branch: _Branch) -> Iterator[Declaration]:
        """The object of a branch, then the objects it owns."""
        owned = owned_fields(branch.kind)
        apart = {field.name for field, _, _ in owned}
        declaration = Declaration(
            kind=branch.kind,
            name=branch.names.now,
            spec={name: value for name, value in branch.spec.items() if name not in apart},
            declared=frozenset(branch.raw) - apart,
            source=Source(*branch.mark),
            sources=FieldSources(branch.kind, branch.raw),
            parent=branch.parent,
            previously=branch.names.before,
            owner=self._document.envelope.owner,
            purpose=self._document.envelope.purpose,
            protected=self._document.envelope.protect and branch.parent is None,
        )
        yield declaration
        for field in owned:
            for inner in self._branches(field, branch, declaration.address):
                yield from self.declarations(inner)

    def _branches(self, owned: OwnedField, branch: _Branch, parent: Address) -> Iterator[_Branch]:
        name = owned.field.name
        if branch.spec[name] is None or name not in branch.raw:
            return
        if owned.whole:
            raw = YamlMapping()
            raw.take(name, branch.raw)
            mark = branch.raw.keys_at[name]
            yield _Branch(owned.kind, branch.names, {name: branch.spec[name]}, raw, mark, (), parent)
            return
        items = branch.raw[name]
        for index, (spec, raw, mark) in enumerate(zip(branch.spec[name], items, items.items_at, strict=True)):
            path = (*branch.path, name, index)
            own = self._items.logical_names.get(path, spec[owned.kind.label_field])
            names = _Names(own, self._items.previously.get(path, ()))
            yield _Branch(owned.kind, branch.names.of_owned(names), spec, raw, mark, path, parent)
