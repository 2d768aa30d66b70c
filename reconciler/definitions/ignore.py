"""Drift to ignore until a date, with a reason (`ignore.yaml`)."""

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
from reconciler.definitions.files import IGNORE
from reconciler.definitions.model import Address, Ignore, Source
from reconciler.definitions.positions import Mark, YamlMapping, YamlSequence
from reconciler.definitions.validation import validate
from reconciler.definitions.yaml_files import read_roots
from reconciler.kinds import Part, kinds
from reconciler.kinds.fields import Bool
from reconciler.kinds.mapping import schema
from reconciler.watched import read_rows, row_of_word

LONGEST = timedelta(days=366)
"""The longest time until an entry expires."""


class Entry(Part):
    """One entry of `ignore.yaml`."""

    kind: str
    """Kind of the object."""
    name: Annotated[str, Field(min_length=1)] | None = None
    """Name of a declared object, such as `payments-api/Services`."""
    label: Annotated[str, Field(min_length=1)] | None = None
    """For unmanaged objects: display name in Okta; `*` and `?` are wildcards."""
    field: Annotated[str, Field(min_length=1)] | None = None
    """Field to ignore; `*` is a wildcard. Left out: the whole object."""
    any_value: Bool = False
    """With `field`: ignore every value, for a field that changes often. Left out: only the value at the time that drift
    detection first ignores it."""
    environments: OneOrMore | None = None
    """Environments that the entry applies to. Left out: all."""
    reason: Sentence
    """Reason to ignore the drift."""
    owner: Sentence
    """Team that is responsible for the entry."""
    expires: date
    """Last day on which the entry applies, such as 2026-12-31; at most one year ahead."""

    @model_validator(mode="after")
    def _one_name(self) -> Self:
        if (self.name is None) == (self.label is None):
            raise ValueError("set either name, for a declared object, or label, for unmanaged objects")
        if self.any_value and self.field is None:
            raise ValueError("any_value needs field")
        return self


@dataclass(frozen=True, slots=True)
class ScopedIgnore:
    """An entry, and the environments it applies to (None: all)."""

    ignore: Ignore
    environments: tuple[str, ...] | None


def read_ignores(directory: Path, environments: Collection[str], problems: list[Problem]) -> tuple[ScopedIgnore, ...]:
    """The entries of the file, if it exists; invalid ones are added to `problems`."""
    path = next((directory / name for name in IGNORE if (directory / name).is_file()), None)
    if path is None:
        return ()
    roots, _ = read_roots(path, problems)
    found: list[ScopedIgnore] = []
    for root in roots:
        if not isinstance(root.value, YamlSequence):
            problems.append(Problem(Source(*root.mark), f"ignore.yaml must be a list, not {shown(root.value)}"))
            continue
        for raw, mark in zip(root.value, root.value.items_at, strict=True):
            if entry := _entry(raw, mark, environments, problems):
                found.append(entry)
    return tuple(found)


def of_environment(
    ignores: Iterable[ScopedIgnore], environment: str, known: Collection[Address], problems: list[Problem]
) -> tuple[Ignore, ...]:
    """The entries that apply to an environment; `known` are the objects declared in any environment."""
    here = [one.ignore for one in ignores if one.environments is None or environment in one.environments]
    for ignore in here:
        names = [address.name for address in known if address.kind == ignore.kind]
        if ignore.name and ignore.name not in names:
            message = f"{ignore.kind} {ignore.name} is not declared"
            problems.append(Problem(ignore.source, message, did_you_mean(ignore.name, names)))
    return tuple(here)


def _entry(raw: object, mark: Mark, environments: Collection[str], problems: list[Problem]) -> ScopedIgnore | None:
    entry = validate(Entry, raw, mark, "the entry", problems)
    if entry is None or not isinstance(raw, YamlMapping):
        return None

    def report(key: str, message: str, hint: str = "") -> None:
        problems.append(Problem(Source(*raw.values_at[key]), message, hint))

    words = {word: kind for kind in kinds() for word in (kind.name, kind.shape.others) if word}
    if entry.kind not in words and not row_of_word(entry.kind):
        known = [*words, *(row.word for row in read_rows())]
        report("kind", f"unknown kind {entry.kind}", did_you_mean(entry.kind, known))
        return None
    fields = [field.name for field in schema(words[entry.kind].fields)] if entry.kind in words else []
    is_member = "." in (entry.field or "") or entry.kind not in words
    if entry.field and not is_member and not any(fnmatchcase(name, entry.field) for name in fields):
        report("field", f"{entry.kind} has no field {entry.field}", did_you_mean(entry.field, fields))
    if entry.expires > date.today() + LONGEST:
        report("expires", f"{entry.expires} is more than one year ahead", "choose a date within one year")
    for name in entry.environments or ():
        if name not in environments:
            report("environments", f"unknown environment {name}", did_you_mean(name, environments))
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
