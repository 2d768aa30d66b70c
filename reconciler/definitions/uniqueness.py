"""Names that must be unique: of documents, of objects in the tenant, and earlier names."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Hashable, Iterable, Iterator, Mapping
from typing import NamedTuple

from reconciler.definitions.documents import Document
from reconciler.definitions.errors import Problem, one_of
from reconciler.definitions.model import Address, Declaration, Source
from reconciler.definitions.references import system_names
from reconciler.kinds.entries import entry_keys, key_path, list_field


def documents_by_address(documents: Iterable[Document], problems: list[Problem]) -> dict[Address, Document]:
    """The documents of one environment; names that are declared twice, or used by Okta, are problems."""
    by_address: dict[Address, Document] = {}
    for document in documents:
        address, source = document.address, document.source("name")
        if address.name in system_names(address.kind):
            message = f"{address} exists in every tenant: refer to it instead of declaring it"
            problems.append(Problem(source, message, "choose another name"))
        elif (first := by_address.setdefault(address, document)) is not document:
            problems.append(Problem(source, f"{address} is declared twice", f"it is also at {first.source('name')}"))
    return by_address


def clashes(declarations: Iterable[Declaration], imports: Mapping[Address, str]) -> Iterator[Problem]:
    """Problems for objects that have the same name. Imported objects are told apart by their ids."""
    yield from _twice(_labels(declarations, imports))
    yield from _twice(_owned_names(declarations))
    yield from _twice(_natural_keys(declarations))
    yield from _twice(_keys_in_lists(declarations))
    yield from _twice(_values_of_one_owner(declarations))
    yield from _twice(_priorities(declarations))
    yield from _former_names(list(declarations))


class _Use(NamedTuple):
    """One use of a unique value, and its name in messages."""

    key: Hashable
    declaration: Declaration
    path: str
    what: str
    advice: str = ""

    @property
    def source(self) -> Source:
        return self.declaration.where(self.path)


def _twice(uses: Iterator[_Use]) -> Iterator[Problem]:
    first: dict[Hashable, _Use] = {}
    for use in uses:
        if (other := first.setdefault(use.key, use)) is not use:
            also = f"it is also at {other.source}"
            yield Problem(use.source, f"{use.what} is declared twice", f"{also}{use.advice}")


def _labels(declarations: Iterable[Declaration], imports: Mapping[Address, str]) -> Iterator[_Use]:
    for declaration in declarations:
        if declaration.parent is None:
            kind, field = declaration.kind, declaration.kind.label_field
            owner = declaration.spec.get(kind.owned_by)
            what = f"the {kind.name} with the {field} {declaration.label}" if field else f"the {kind.name}"
            label, _ = declaration.natural_key
            if label != declaration.label:
                what = f"the {kind.name} {label}"
            what += f" of {owner}" if owner else ""
            yield _Use((kind, owner, label, imports.get(declaration.address)), declaration, field, what)


def _owned_names(declarations: Iterable[Declaration]) -> Iterator[_Use]:
    """Owned objects are named after their owner, so owners of different kinds must not share a name either."""
    declarations = list(declarations)
    kinds_of_owners: dict[Address, set[str]] = defaultdict(set)
    for declaration in declarations:
        if declaration.parent:
            kinds_of_owners[declaration.address].add(declaration.parent.kind)
    for declaration in declarations:
        if declaration.parent:
            kind, what = declaration.kind, str(declaration.address)
            if len(kinds_of_owners[declaration.address]) > 1:
                owners = f"objects of kind {one_of(kind.parents)} with {kind.label_field}"
                what = f"the name {declaration.name} among {owners}"
            advice = ""
            if field := kind.distinguished_by:
                advice = f": if their {field} differs, give one of them a logical_name"
            yield _Use(declaration.address, declaration, "", what, advice)


def _natural_keys(declarations: Iterable[Declaration]) -> Iterator[_Use]:
    """Okta lets siblings share a name only where they differ in another field."""
    seen: set[Address] = set()
    for declaration in declarations:
        if (field := declaration.kind.distinguished_by) and declaration.address not in seen:
            seen.add(declaration.address)
            label, value = declaration.natural_key
            what = f"the {declaration.kind.name} {label} with the {field} {value} of {declaration.parent}"
            key = (declaration.kind, declaration.parent, label, value)
            yield _Use(key, declaration, declaration.kind.label_field, what)


def _keys_in_lists(declarations: Iterable[Declaration]) -> Iterator[_Use]:
    for declaration in declarations:
        field = list_field(declaration.kind)
        for index, entry in enumerate(entry_keys(declaration.kind, declaration.spec)):
            key = key_path(declaration.kind).rpartition(".")[2]
            what = f"the {key} {entry} in the {field} of {declaration.parent}"
            yield _Use((declaration.parent, entry), declaration, f"{field}.{index}.{key}", what)


def _values_of_one_owner(declarations: Iterable[Declaration]) -> Iterator[_Use]:
    """What always belongs to exactly one owner, such as the apps of a policy."""
    for declaration in declarations:
        kind = declaration.kind
        if kind.shape.assignment("", ""):
            field = kind.label_field
            for value in declaration.spec[field]:
                yield _Use((kind, value), declaration, field, f"{value} in the {field} of a {kind.parents[0]}")


def _priorities(declarations: Iterable[Declaration]) -> Iterator[_Use]:
    for declaration in declarations:
        rank = declaration.kind.shape.rank_field
        if rank and not declaration.parent:
            priority = declaration.spec[rank]
            what = f"the {rank} {priority} among the objects of kind {declaration.kind.name}"
            yield _Use((declaration.kind, priority), declaration, rank, what)


def _former_names(declarations: list[Declaration]) -> Iterator[Problem]:
    living = {declaration.address: declaration for declaration in declarations}
    claimed: dict[Address, Declaration] = {}
    for declaration in declarations:
        for name in declaration.previously:
            former = Address(declaration.kind.name, name)
            other = living.get(former) or claimed.setdefault(former, declaration)
            if other is not declaration or former == declaration.address:
                message = f"{declaration.address} cannot have been {name} previously"
                yield Problem(declaration.source, message, f"that is the name of the object at {other.source}")
