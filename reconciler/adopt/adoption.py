"""Decides what to adopt: from definitions, state and tenant to documents, imports and a list of what is not adopted."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import dataclass
from fnmatch import fnmatchcase
from typing import Any

from reconciler.adopt.documents import drafts, okta_made, priorities_of
from reconciler.adopt.draft import Draft
from reconciler.adopt.names import Identity, logical_names, names_in_state
from reconciler.adopt.not_adopted import NotAdopted, Reason
from reconciler.adopt.portability import check_portability
from reconciler.definitions.model import Address, Declaration, Desired
from reconciler.matching import Match, is_own_app
from reconciler.okta.snapshot import LiveObject, Snapshot


@dataclass(frozen=True, slots=True)
class Selection:
    """Which objects to adopt: by kind, and by patterns for the name in Okta or the logical name."""

    kinds: Collection[str] = ()
    names: Collection[str] = ()

    def matches(self, item: LiveObject, name: str) -> bool:
        """Whether to adopt an object. Without kinds or names, every object matches."""
        if self.kinds and item.kind.name not in self.kinds:
            return False
        return not self.names or any(fnmatchcase(each, glob) for glob in self.names for each in (item.label, name))


@dataclass(frozen=True, slots=True)
class Adoption:
    """What to write, and what is not adopted."""

    drafts: tuple[Draft, ...]
    not_adopted: tuple[NotAdopted, ...]
    imports: Mapping[Address, str]
    """Okta ids by document, including those of earlier adoptions."""
    rewritten: frozenset[str]
    """Files of earlier adoptions whose documents are written again."""
    declared_kinds: frozenset[str]
    """The kinds that already have documents in other files."""


def adoption(
    match: Match,
    *,
    own_files: Collection[str] = (),
    earlier: Collection[str] = (),
    selection: Selection | None = None,
    into_empty: bool = False,
    holds_secret: Callable[[Any], bool] = lambda value: False,
) -> Adoption:
    """Adopt objects that are neither in the state nor declared.

    `own_files` are files of earlier adoptions that were not edited since. Their documents are written again, unless
    they are in the state. `earlier` holds the ids of objects that an earlier adoption selected but could not adopt.
    Both are selected again, so several runs write the same files as one run.

    Objects with values for which `holds_secret` is true are not adopted. `into_empty`: the target folder declares
    nothing, so all objects are adopted; those in the state keep their names.
    """
    selection = selection or Selection()
    desired, live, ids = match.desired, match.live, match.all_ids
    in_state = match.state.resources
    owners = _owners(live)
    roots = [
        item
        for objects in live.objects.values()
        for item in objects
        if not (item.parent or item.built_in or (item.untouched and _identity(item) not in owners))
    ]
    known = {(kind, applied.id): name for (kind, name), applied in in_state.items() if not applied.kind.parents}
    known |= {(address.kind, identity): address.name for address, identity in ids.items()}
    names = logical_names(roots, known, set(_names_in_use(desired)))
    selected = {
        _identity(item) for item in roots if selection.matches(item, names[_identity(item)]) or item.id in earlier
    }
    selected |= {
        (address.kind, identity)
        for address, identity in ids.items()
        if tuple(address) not in in_state
        and address in desired.declarations
        and desired.declarations[address].source.file in own_files
    }

    rewritten = _rewritten(match, selected, own_files)
    kept = {address: one for address, one in desired.declarations.items() if one.source.file not in rewritten}
    declared = {(address.kind, ids[address]): address for address in kept if address in ids}
    removed = set() if into_empty else {(a.kind, i) for a, i in match.orphans.items()}
    own_app = {_identity(item) for item in roots if is_own_app(item, desired.environment)} - declared.keys()
    skipped = declared.keys() | removed | own_app
    candidates = [item for item in roots if _identity(item) in selected and _identity(item) not in skipped]

    in_use = {identity: address.name for identity, address in declared.items()}
    in_use |= {_identity(item): names[_identity(item)] for item in candidates} | names_in_state(match.state)
    priorities = priorities_of(live, candidates, _priorities_in_use(kept))
    made, not_adopted = drafts(live, candidates, in_use, priorities, holds_secret)
    made, limitations = check_portability(made, live, desired.environment.name)
    not_adopted += limitations
    not_adopted += okta_made(live)
    not_adopted += _undeclared_items(live, declared, kept)
    not_adopted += [NotAdopted.of(item, Reason.REMOVED) for item in roots if _identity(item) in removed]
    not_adopted += [NotAdopted.of(item, Reason.OWN_APP) for item in roots if _identity(item) in own_app - removed]
    not_adopted += _outside(live)
    imports = {address: identity for address, identity in desired.environment.imports.items() if address in kept}
    imports |= {Address(draft.kind.name, draft.name): draft.item.id for draft in made}
    return Adoption(
        tuple(made),
        tuple(sorted(set(not_adopted), key=lambda one: (list(Reason).index(one.reason), one.kind, one.label, one.id))),
        imports,
        rewritten,
        frozenset(address.kind for address in kept),
    )


def _identity(item: LiveObject) -> Identity:
    return item.kind.name, item.id


def _owners(live: Snapshot) -> set[Identity]:
    """The objects that own something that was made in this tenant."""
    items = (item for objects in live.objects.values() for item in objects)
    made = (item for item in items if not (item.built_in or item.untouched or item.is_empty_list))
    return {_identity(item.parent) for item in made if item.parent}


def _names_in_use(desired: Desired) -> Iterator[Address]:
    for declaration in desired.declarations.values():
        if not declaration.parent:
            yield declaration.address
            yield from (Address(declaration.kind.name, name) for name in declaration.previously)


def _priorities_in_use(kept: Mapping[Address, Declaration]) -> dict[str, set[int]]:
    used: dict[str, set[int]] = defaultdict(set)
    for declaration in kept.values():
        if declaration.kind.shape.ordered and not declaration.parent:
            used[declaration.kind.name].add(declaration.kind.shape.rank(declaration.spec))
    return used


def _rewritten(match: Match, selected: Collection[Identity], own_files: Collection[str]) -> frozenset[str]:
    """The own files to write again: those in which every document is adopted again and none is in the state.

    If something could not be read, no file is: a document that refers to it would be lost.
    """
    if match.live.unreadable:
        return frozenset()
    by_file: dict[str, list[Address]] = defaultdict(list)
    for address, declaration in match.desired.declarations.items():
        if not declaration.parent and declaration.source.file in own_files:
            by_file[declaration.source.file].append(address)
    return frozenset(
        file
        for file, addresses in by_file.items()
        if all(
            tuple(address) not in match.state.resources and (address.kind, match.all_ids.get(address, "")) in selected
            for address in addresses
        )
    )


def _undeclared_items(
    live: Snapshot, declared: Mapping[Identity, Address], kept: Mapping[Address, Declaration]
) -> Iterator[NotAdopted]:
    """Objects that are not declared, in an owner that has a document already."""
    for objects in live.objects.values():
        for item in objects:
            if not item.parent or item.built_in or item.shown is not item or _identity(item) in declared:
                continue
            if owner := declared.get(_identity(item.parent)):
                yield NotAdopted.of(item, Reason.OWNER, f"belongs to {owner}: declare it at {kept[owner].source}")


def _outside(live: Snapshot) -> Iterator[NotAdopted]:
    for gap in live.unreadable:
        yield NotAdopted(Reason.UNREADABLE, gap.kind.name, gap.owner_id or "", "", gap.reason)
    for one in live.outside:
        reason = Reason.MADE_BY_OKTA if one.built_in else Reason.OTHER_KIND
        yield NotAdopted(
            reason, family_of(one.json), str(one.json.get("label") or one.json.get("name")), one.json["id"]
        )


def family_of(item: Mapping[str, object]) -> str:
    """The family of an item that no kind covers: for an app, its sign-on mode."""
    return f"app {item['signOnMode']}" if "signOnMode" in item else str(item.get("type", "other"))
