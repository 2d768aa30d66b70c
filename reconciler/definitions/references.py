"""References between declarations, and whether the referenced objects exist."""

from __future__ import annotations

from collections.abc import Container, Iterable, Iterator
from functools import cache
from typing import Any, NamedTuple

from reconciler.definitions.documents import Document
from reconciler.definitions.errors import Problem, did_you_mean, one_of
from reconciler.definitions.model import Address, Declaration
from reconciler.kinds import Part, kind_named
from reconciler.kinds.fields import Ref
from reconciler.kinds.mapping import Field, schema
from reconciler.kinds.people import USER
from reconciler.kinds.reference_values import invalid, kinds_of, named


class Reference(NamedTuple):
    """One reference to another object."""

    path: str
    """Path in the spec, such as `groups_included.0`."""
    target: Address


def references(declaration: Declaration) -> Iterator[Reference]:
    """The references of a declaration, without those to objects that Okta creates, and without `ALL_CLIENTS`."""
    for reference in _in_spec(declaration.kind.fields, declaration.spec, ""):
        if reference.target.name not in system_names(reference.target.kind):
            yield reference


@cache
def system_names(kind: str) -> frozenset[str]:
    """The names of the objects of a kind that Okta creates in every tenant."""
    return frozenset(system.name for system in kind_named(kind).system)


def unresolved(
    declarations: Iterable[Declaration],
    known: Container[Address],
    elsewhere: Iterable[Document],
    environment: str,
) -> Iterator[Problem]:
    """Problems for references to objects that are not declared; `elsewhere` are documents of other environments."""
    absent = {document.address: document for document in elsewhere}
    names: dict[str, list[str]] = {}
    renamed: dict[Address, str] = {}
    for declaration in declarations:
        names.setdefault(declaration.kind.name, []).append(declaration.name)
        renamed |= {Address(declaration.kind.name, name): declaration.name for name in declaration.previously}
    for declaration in declarations:
        for path, part, ref in malformed(declaration.kind.fields, declaration.spec):
            form = "{KIND NAME}" if ref.in_text else "KIND NAME"
            allowed = (*kinds_of(ref), *((USER,) if ref.people else ()))
            hint = f"write {form}; the kind is {one_of(allowed)}"
            yield Problem(declaration.where(path), f"{part!r} is no kind and name", hint)
        for path, target in references(declaration):
            if target in known:
                continue
            source = declaration.where(path)
            if target in absent:
                hint = f"its environments are at {absent[target].source('environments')}"
                yield Problem(source, f"{target} is not in {environment}", hint)
            elif target in renamed:
                yield Problem(source, f"{target} is not declared", f"it was renamed to {renamed[target]}")
            else:
                candidates = [*names.get(target.kind, ()), *system_names(target.kind)]
                yield Problem(source, f"{target} is not declared", did_you_mean(target.name, candidates))


@cache
def _referring_fields(model: type[Part]) -> tuple[Field, ...]:
    """The fields of a model that have references, directly or in a structure."""
    return tuple(field for field in schema(model) if field.ref or (field.part and _referring_fields(field.part)))


def _values(model: type[Part], spec: dict[str, Any], prefix: str) -> Iterator[tuple[str, Ref, str]]:
    """The values of all references: path, reference and value."""
    for field in _referring_fields(model):
        value = spec.get(field.name)
        if value is None:
            continue
        path = prefix + field.name
        items = [(path, value)] if field.shape == "one" else [(f"{path}.{i}", item) for i, item in enumerate(value)]
        for item_path, item in items:
            if field.part:
                yield from _values(field.part, item, f"{item_path}.")
            elif field.ref:
                yield item_path, field.ref, item


def _in_spec(model: type[Part], spec: dict[str, Any], prefix: str) -> Iterator[Reference]:
    for path, ref, value in _values(model, spec, prefix):
        if not any(invalid(ref, value)):
            yield from (Reference(path, Address(*known)) for known in named(ref, value))


def malformed(model: type[Part], spec: dict[str, Any]) -> Iterator[tuple[str, str, Ref]]:
    """The parts of references that are no kind and name: path, part and reference."""
    for path, ref, value in _values(model, spec, ""):
        yield from ((path, part, ref) for part in invalid(ref, value))
