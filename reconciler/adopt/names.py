"""Logical names for adopted objects: made from their names in Okta, stable and unique."""

from __future__ import annotations

import hashlib
import re
import unicodedata
from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from typing import Final

from reconciler.definitions.model import Address
from reconciler.definitions.references import system_names
from reconciler.engine.state import State
from reconciler.kinds import Kind, kind_named, owned_kinds
from reconciler.okta.snapshot import LiveObject

Identity = tuple[str, str]
"""Kind and id of an object of the tenant."""

_LONGEST: Final = 80
_NOT_IN_NAMES: Final = re.compile(r"[^a-z0-9._]+")
_LETTERS: Final = str.maketrans(
    {"ß": "ss", "æ": "ae", "ø": "o", "œ": "oe", "đ": "d", "ł": "l", "þ": "th", "&": " and "}
)


def slug(label: str) -> str:
    """The label in lower-case letters, digits and dashes; empty if it has no Latin letters and no digits."""
    plain = unicodedata.normalize("NFKD", label.lower().translate(_LETTERS)).encode("ascii", "ignore").decode()
    return _NOT_IN_NAMES.sub("-", plain).strip("-._")[:_LONGEST].rstrip("-._")


def logical_names(
    objects: Iterable[LiveObject], known: Mapping[Identity, str], taken: Collection[Address]
) -> dict[Identity, str]:
    """A name for each object: its known name, or one made from its label.

    If several objects would get the same name, or it is taken, each gets a part of the digest of its id appended. So
    names do not depend on the order in which objects are read.
    """
    names: dict[Identity, str] = {}
    used: dict[frozenset[str], set[str]] = defaultdict(set)
    for address in taken:
        used[_sharing_names(kind_named(address.kind))].add(address.name)
    wanted: dict[tuple[frozenset[str], str], list[LiveObject]] = defaultdict(list)
    for item in sorted(objects, key=lambda item: (item.kind.name, item.id)):
        identity, space = (item.kind.name, item.id), _sharing_names(item.kind)
        if identity in known:
            names[identity] = known[identity]
            used[space].add(known[identity])
        else:
            wanted[space, slug(item.label) or item.kind.name].append(item)
    clashing = []
    for (space, name), items in wanted.items():
        if len(items) == 1 and name not in used[space] and not any(name in system_names(kind) for kind in space):
            names[items[0].kind.name, items[0].id] = name
            used[space].add(name)
        else:
            clashing += [(space, name, item) for item in items]
    for space, name, item in clashing:
        names[item.kind.name, item.id] = full = _with_digest(name, item.id, used[space])
        used[space].add(full)
    return names


def names_of_siblings(
    items: Collection[LiveObject], known: Mapping[Identity, str], taken: Collection[str] = ()
) -> dict[str, str]:
    """The logical names of owned objects of one owner, by id: the names that Okta shows.

    Where Okta lets siblings share a name, the known one counts. Otherwise the first of them has the name for itself,
    and the others add what tells them apart.
    """
    names = {
        item.id: known[identity]
        for item in items
        if item.kind.distinguished_by and (identity := (item.kind.name, item.id)) in known
    }
    used = {*taken, *names.values()}
    rest: list[LiveObject] = []
    for item in sorted(items, key=lambda item: item.natural_key):
        if item.id in names:
            continue
        if item.kind.distinguished_by and item.label in used:
            rest.append(item)
        else:
            names[item.id] = item.label
            used.add(item.label)
    for item in rest:
        name = "-".join(item.natural_key).lower()
        names[item.id] = _with_digest(name, item.id, used) if name in used else name
        used.add(names[item.id])
    return names


def names_in_state(state: State) -> dict[Identity, str]:
    """The logical names of applied objects whose siblings may share their name, without the names of their owners."""
    found: dict[Identity, str] = {}
    for (kind, name), applied in state.resources.items():
        if applied.kind.distinguished_by:
            owners = (owner for parent, owner in state.resources if parent in applied.kind.parents)
            found[kind, applied.id] = next(
                (name.removeprefix(f"{owner}/") for owner in owners if name.startswith(f"{owner}/")), name
            )
    return found


def _with_digest(name: str, identity: str, used: Collection[str]) -> str:
    digest = hashlib.sha256(identity.encode()).hexdigest()[:16]
    candidates = (f"{name}-{digest[:length]}" for length in range(6, len(digest) + 1))
    return next(candidate for candidate in candidates if candidate not in used)


def _sharing_names(kind: Kind) -> frozenset[str]:
    """The kinds that share one set of names with this kind, because they own objects of the same kinds."""
    return frozenset({kind.name}.union(*(owned.parents for owned in owned_kinds(kind))))
