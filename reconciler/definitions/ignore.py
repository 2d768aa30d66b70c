"""What drift detection passes over, for a while and for a reason (`ignore.yaml`)."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from fnmatch import fnmatchcase
from pathlib import Path
from typing import Annotated, Self

from pydantic import Field, model_validator

from reconciler.definitions.documents import OneOrMore, Sentence
from reconciler.definitions.errors import Problem, did_you_mean
from reconciler.definitions.explanations import shown
from reconciler.definitions.files import RESERVED
from reconciler.definitions.model import Address, Ignore, Source
from reconciler.definitions.positions import Mark, YamlMapping, YamlSequence
from reconciler.definitions.validation import validate
from reconciler.definitions.yaml_files import read_roots
from reconciler.kinds import Part, kinds
from reconciler.kinds.fields import Bool
from reconciler.kinds.mapping import schema

LONGEST = timedelta(days=366)
"""How far ahead an entry may expire."""


class Entry(Part):
    """One thing that is passed over."""

    kind: str
    """The kind of the object."""
    name: Annotated[str, Field(min_length=1)] | None = None
    """The name of a declared object, such as `payments-api/Services`."""
    label: Annotated[str, Field(min_length=1)] | None = None
    """For what nobody declared: the name that Okta shows; `*` and `?` stand for anything."""
    field: Annotated[str, Field(min_length=1)] | None = None
    """Only this field; `*` stands for anything. Left out: all of the object."""
    any_value: Bool = False
    """With `field`: pass over whatever the field says, for one that others keep changing. Left out: only what it says
    when drift detection first passes it over."""
    environments: OneOrMore | None = None
    """Only in these environments; left out: in all."""
    reason: Sentence
    """Why."""
    owner: Sentence
    """Who answers for it."""
    expires: date
    """The last day on which it counts, such as 2026-12-31; at most a year ahead."""

    @model_validator(mode="after")
    def _one_name(self) -> Self:
        if (self.name is None) == (self.label is None):
            raise ValueError("either name, for what is declared, or label, for what nobody declared")
        if self.any_value and self.field is None:
            raise ValueError("any_value belongs to one field: name it")
        return self


@dataclass(frozen=True, slots=True)
class ScopedIgnore:
    """An entry, and the environments in which it counts (None: all)."""

    ignore: Ignore
    environments: tuple[str, ...] | None


def read_ignores(directory: Path, environments: Collection[str], problems: list[Problem]) -> tuple[ScopedIgnore, ...]:
    """The entries of the file, if there is one. What is wrong with it becomes problems."""
    path = next((directory / name for name in RESERVED if (directory / name).is_file()), None)
    if path is None:
        return ()
    roots, _ = read_roots(path, problems)
    found: list[ScopedIgnore] = []
    for root in roots:
        if not isinstance(root.value, YamlSequence):
            problems.append(Problem(Source(*root.mark), f"ignore.yaml is a list, not {shown(root.value)}"))
            continue
        for raw, mark in zip(root.value, root.value.items_at, strict=True):
            if entry := _entry(raw, mark, environments, problems):
                found.append(entry)
    return tuple(found)


def of_environment(
    ignores: Iterable[ScopedIgnore], environment: str, known: Collection[Address], problems: list[Problem]
) -> tuple[Ignore, ...]:
    """The entries that count in an environment; `known` are the objects that any environment declares."""
    here = [one.ignore for one in ignores if one.environments is None or environment in one.environments]
    for ignore in here:
        names = [address.name for address in known if address.kind == ignore.kind]
        if ignore.name and ignore.name not in names:
            message = f"there is no {ignore.kind} {ignore.name} to ignore"
            problems.append(Problem(ignore.source, message, did_you_mean(ignore.name, names)))
    return tuple(here)


def _entry(raw: object, mark: Mark, environments: Collection[str], problems: list[Problem]) -> ScopedIgnore | None:
    entry = validate(Entry, raw, mark, "the entry", problems)
    if entry is None or not isinstance(raw, YamlMapping):
        return None

    def report(key: str, message: str, hint: str = "") -> None:
        problems.append(Problem(Source(*raw.values_at[key]), message, hint))

    words = {word: kind for kind in kinds() for word in (kind.kind, kind.collection.others) if word}
    if entry.kind not in words:
        report("kind", f"there is no kind {entry.kind}", did_you_mean(entry.kind, words))
        return None
    kind = words[entry.kind]
    fields = [field.name for field in schema(kind)]
    if entry.field and "." not in entry.field and not any(fnmatchcase(name, entry.field) for name in fields):
        report("field", f"{entry.kind} has no field {entry.field}", did_you_mean(entry.field, fields))
    if entry.expires > date.today() + LONGEST:
        report("expires", f"{entry.expires} is more than a year ahead", "look at it again within a year")
    for name in entry.environments or ():
        if name not in environments:
            report("environments", f"there is no environment {name}", did_you_mean(name, environments))
    ignore = Ignore(
        entry.kind,
        entry.name,
        entry.label,
        entry.field,
        entry.reason,
        entry.owner,
        entry.expires,
        Source(*mark),
        entry.any_value,
    )
    return ScopedIgnore(ignore, entry.environments)
