"""Imports: the id of the existing object that a document declares (`imports/<environment>.yaml`).

An existing object is also recognised by its name, unless several objects have that name. An import is used only until
the object is in the state.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from reconciler.definitions.errors import Problem, did_you_mean, nearest
from reconciler.definitions.explanations import shown
from reconciler.definitions.model import Address, Source
from reconciler.definitions.positions import YamlMapping
from reconciler.definitions.yaml_files import read_roots
from reconciler.kinds import kinds

_IDENTITY: Final = re.compile(r"[A-Za-z0-9_-]+(/[A-Za-z0-9_-]+)?")
"""An id; for an object whose id is only unique below its owner, after the owner's."""


@dataclass(frozen=True, slots=True)
class Import:
    """One line of an import file: the document declares the object with this id."""

    address: Address
    identity: str
    source: Source


def read_imports(path: Path, problems: list[Problem]) -> tuple[Import, ...]:
    """The imports of a file, which maps kinds to names to ids; invalid ones are added to `problems`."""
    roots, _ = read_roots(path, problems)
    found: list[Import] = []
    for root in roots:
        if not isinstance(root.value, YamlMapping):
            message = f"imports must be a mapping of kinds to names to ids, not {shown(root.value)}"
            problems.append(Problem(Source(*root.mark), message))
            continue
        for kind in _documented(root.value, problems):
            found += _of_kind(kind, root.value[kind], Source(*root.value.values_at[kind]), problems)
    return tuple(found)


def checked(imports: Iterable[Import], declared: Collection[Address], problems: list[Problem]) -> tuple[Import, ...]:
    """The valid imports; names that are not declared, and ids that are used twice, are added to `problems`."""
    sound: dict[tuple[str, str], Import] = {}
    for one in imports:
        if one.address not in declared:
            names = [address.name for address in declared if address.kind == one.address.kind]
            where = f"{one.source.file}:{one.source.line}"
            meant = f"; {did_you_mean(one.address.name, names)}" if nearest(one.address.name, tuple(names)) else ""
            hint = f"if its document was deleted, remove the line {where}{meant}"
            problems.append(Problem(one.source, f"{one.address} is not declared", hint))
        elif (first := sound.setdefault((one.address.kind, one.identity), one)) is not one:
            message = f"the id {one.identity} is declared twice"
            problems.append(Problem(one.source, message, f"it is also the id of {first.address} at {first.source}"))
    return tuple(sound.values())


def _documented(raw: YamlMapping, problems: list[Problem]) -> Iterator[str]:
    known = [kind.name for kind in kinds() if not kind.parents]
    for word in raw:
        if word in known:
            yield word
        else:
            message = f"unknown kind {word}"
            problems.append(Problem(Source(*raw.keys_at[word]), message, did_you_mean(word, known)))


def _of_kind(kind: str, names: Any, source: Source, problems: list[Problem]) -> Iterator[Import]:
    if not isinstance(names, YamlMapping):
        problems.append(
            Problem(source, f"the imports of kind {kind} must be a mapping of names to ids, not {shown(names)}")
        )
        return
    for name, identity in names.items():
        place = Source(*names.values_at[name])
        if isinstance(identity, str) and _IDENTITY.fullmatch(identity):
            yield Import(Address(kind, name), identity, place)
        else:
            hint = "" if isinstance(identity, str | dict | list) else "put it in quotes"
            problems.append(Problem(place, f"the id of {kind} {name} must be text, not {shown(identity)}", hint))
