"""An adoption as a value: from what is declared, applied and live to documents, imports, and what is left."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import dataclass
from fnmatch import fnmatchcase
from typing import Any

from reconciler.adopt.documents import drafts, okta_made, priorities_of
from reconciler.adopt.draft import Draft
from reconciler.adopt.left import LeftOut, Why, left_out
from reconciler.adopt.names import Identity, logical_names
from reconciler.adopt.reservations import reserved
from reconciler.definitions.model import Address, Declaration, Desired
from reconciler.engine.state import State
from reconciler.lookup import Managed, is_own_app, recognised
from reconciler.okta.snapshot import LiveObject, Snapshot


@dataclass(frozen=True, slots=True)
class Selection:
    """Which objects to adopt: by kind, and by patterns for the name that Okta shows or the logical one."""

    kinds: Collection[str] = ()
    names: Collection[str] = ()

    def takes(self, item: LiveObject, name: str) -> bool:
        """Whether an object is to be adopted. What is not said does not restrict."""
        if self.kinds and item.kind.kind not in self.kinds:
            return False
        return not self.names or any(fnmatchcase(word, glob) for glob in self.names for word in (item.label, name))


@dataclass(frozen=True, slots=True)
class Adoption:
    """What is to be written, and what is left out."""

    drafts: tuple[Draft, ...]
    left: tuple[LeftOut, ...]
    imports: Mapping[Address, str]
    """The ids of the documents of the environment, with those of earlier adoptions."""
    withdrawn: frozenset[str]
    """The files of earlier adoptions whose documents are written anew."""
    apart: frozenset[str]
    """The kinds that have other documents already."""


def adoption(
    desired: Desired,
    state: State,
    live: Snapshot,
    *,
    own_files: Collection[str] = (),
    earlier: Collection[str] = (),
    selection: Selection | None = None,
    into_empty: bool = False,
    holds_secret: Callable[[Any], bool] = lambda value: False,
) -> Adoption:
    """Adopt what is neither applied nor declared yet.

    `own_files` are files of earlier adoptions that nobody edited: what they declare is written anew, as long as it is
    not in the state. `earlier` are the ids of what an earlier adoption was asked for and left out. Both are selected
    again, so that adopting in several runs writes the same files as one run would.

    What `holds_secret` finds a secret in is left out. `into_empty` says that nothing is declared where the documents
    go: all objects are adopted, those in the state by their names there.
    """
    selection = selection or Selection()
    meant = meant_by(desired, state, live)
    roots = [item for objects in live.objects.values() for item in objects if not item.parent and not item.built_in]
    known = {(kind, applied.id): name for (kind, name), applied in state.resources.items() if not applied.kind.parents}
    known |= {(address.kind, identity): address.name for address, identity in meant.items()}
    names = logical_names(roots, known, set(_names_in_use(desired)))
    selected = {
        _identity(item) for item in roots if selection.takes(item, names[_identity(item)]) or item.id in earlier
    }
    selected |= {
        (address.kind, identity)
        for address, identity in meant.items()
        if tuple(address) not in state.resources
        and address in desired.declarations
        and desired.declarations[address].source.file in own_files
    }

    withdrawn = _withdrawn(desired, state, meant, selected, own_files, bool(live.unreadable))
    kept = {address: one for address, one in desired.declarations.items() if one.source.file not in withdrawn}
    accounted = {(address.kind, meant[address]): address for address in kept if address in meant}
    removed = set() if into_empty else {(a.kind, i) for a, i in Managed.of(desired, state).orphans.items()}
    ourselves = {_identity(item) for item in roots if is_own_app(item, desired.environment)} - accounted.keys()
    passed_over = accounted.keys() | removed | ourselves
    candidates = [item for item in roots if _identity(item) in selected and _identity(item) not in passed_over]

    in_use = {identity: address.name for identity, address in accounted.items()}
    in_use |= {_identity(item): names[_identity(item)] for item in candidates}
    priorities = priorities_of(live, candidates, _priorities_in_use(kept))
    made, left = drafts(live, candidates, in_use, priorities, holds_secret)
    made, reservations = reserved(made, live, desired.environment.name)
    left += reservations
    left += okta_made(live)
    left += _beside_what_is_declared(live, accounted, kept)
    left += [left_out(item, Why.REMOVED) for item in roots if _identity(item) in removed]
    left += [left_out(item, Why.OURSELVES) for item in roots if _identity(item) in ourselves - removed]
    left += _outside(live)
    imports = {address: identity for address, identity in desired.environment.imports.items() if address in kept}
    imports |= {Address(draft.kind.kind, draft.name): draft.item.id for draft in made}
    return Adoption(
        tuple(made),
        tuple(sorted(set(left), key=lambda one: (list(Why).index(one.why), one.kind, one.label, one.id))),
        imports,
        withdrawn,
        frozenset(address.kind for address in kept),
    )


def meant_by(desired: Desired, state: State, live: Snapshot) -> dict[Address, str]:
    """Which object of the tenant each declaration means, as far as there is one: by the state, by import, by name."""
    managed = Managed.of(desired, state)
    fresh = [one for address, one in desired.declarations.items() if address not in managed.ids]
    found = recognised(fresh, managed, live)
    return {**managed.ids, **{address: ids.rsplit("/", 1)[-1] for address, ids in found.items()}}


def _identity(item: LiveObject) -> Identity:
    return item.kind.kind, item.id


def _names_in_use(desired: Desired) -> Iterator[Address]:
    for declaration in desired.declarations.values():
        if not declaration.parent:
            yield declaration.address
            yield from (Address(declaration.kind.kind, name) for name in declaration.previously)


def _priorities_in_use(kept: Mapping[Address, Declaration]) -> dict[str, set[int]]:
    used: dict[str, set[int]] = defaultdict(set)
    for declaration in kept.values():
        if declaration.kind.collection.prioritised and not declaration.parent:
            used[declaration.kind.kind].add(declaration.spec["priority"])
    return used


def _withdrawn(
    desired: Desired,
    state: State,
    meant: Mapping[Address, str],
    selected: Collection[Identity],
    own_files: Collection[str],
    unreadable: bool,
) -> frozenset[str]:
    """The own files of which every document is adopted again; one that is in the state keeps its file as it is.

    None where something could not be read: a document that needs it would be lost, though nothing is known of it.
    """
    if unreadable:
        return frozenset()
    by_file: dict[str, list[Address]] = defaultdict(list)
    for address, declaration in desired.declarations.items():
        if not declaration.parent and declaration.source.file in own_files:
            by_file[declaration.source.file].append(address)
    return frozenset(
        file
        for file, addresses in by_file.items()
        if all(
            tuple(address) not in state.resources and (address.kind, meant.get(address, "")) in selected
            for address in addresses
        )
    )


def _beside_what_is_declared(
    live: Snapshot, accounted: Mapping[Identity, Address], kept: Mapping[Address, Declaration]
) -> Iterator[LeftOut]:
    """Objects that somebody added to one that has a document already."""
    for objects in live.objects.values():
        for item in objects:
            if not item.parent or item.built_in or item.kind.collection.list_key or _identity(item) in accounted:
                continue
            if owner := accounted.get(_identity(item.parent)):
                yield left_out(item, Why.OWNER, f"belongs to {owner}: declare it at {kept[owner].source}")


def _outside(live: Snapshot) -> Iterator[LeftOut]:
    for gap in live.unreadable:
        yield LeftOut(Why.UNREADABLE, gap.kind.kind, gap.owner_id or "", "", gap.reason)
    for one in live.outside:
        why = Why.MADE_BY_OKTA if one.built_in else Why.OUTSIDE
        yield LeftOut(why, family_of(one.json), str(one.json.get("label") or one.json.get("name")), one.json["id"])


def family_of(item: Mapping[str, object]) -> str:
    """What to call an item that is of no kind: an app by its sign-on mode."""
    return f"app {item['signOnMode']}" if "signOnMode" in item else str(item.get("type", "other"))
