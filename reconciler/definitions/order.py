"""The creation order of declarations: owners, referenced objects and higher priorities come first."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping
from graphlib import CycleError, TopologicalSorter
from heapq import heappop, heappush
from itertools import pairwise

from reconciler.definitions.errors import DefinitionsError, Problem
from reconciler.definitions.model import Address, Declaration
from reconciler.definitions.references import references
from reconciler.kinds import kinds


def in_creation_order(declarations: Mapping[Address, Declaration]) -> dict[Address, Declaration]:
    """The declarations, each after the ones it needs; independent of the order of files.

    Raises `DefinitionsError` for a cycle.
    """
    sorter: TopologicalSorter[Address] = TopologicalSorter()
    required = required_by(declarations)
    for declaration in declarations.values():
        sorter.add(declaration.address, *_needed_by(declaration), *required.get(declaration.address, ()))
    for earlier, later in _successive(declarations):
        sorter.add(later, earlier)
    try:
        sorter.prepare()
    except CycleError as error:
        raise DefinitionsError([_cycle(error.args[1], declarations)]) from error
    return {address: declarations[address] for address in _smallest_first(sorter)}


def _smallest_first(sorter: TopologicalSorter[Address]) -> Iterator[Address]:
    """All addresses; of those ready, the first by kind and name comes next."""
    ranks = {kind.name: rank for rank, kind in enumerate(kinds())}
    possible: list[tuple[int, Address]] = []
    while sorter.is_active():
        for address in sorter.get_ready():
            heappush(possible, (ranks[address.kind], address))
        _, address = heappop(possible)
        yield address
        sorter.done(address)


def _needed_by(declaration: Declaration) -> Iterator[Address]:
    if declaration.parent:
        yield declaration.parent
    for reference in references(declaration):
        yield reference.target


def required_by(declarations: Mapping[Address, Declaration]) -> Mapping[Address, list[Address]]:
    """For each declaration, the ones that it requires without a reference (see `Kind.requires` and `Kind.follows`)."""
    wanted = {address: list(one.kind.requires(one.spec)) for address, one in declarations.items()}
    by_label: dict[tuple[str, str], Address] = {}
    if any(wanted.values()):  # few folders need the labels of all objects
        by_label = {(one.kind.name, one.label): address for address, one in declarations.items()}
    of_kind: dict[str, list[Address]] = defaultdict(list)
    for address in declarations:
        of_kind[address.kind].append(address)
    needed = {
        address: [
            *(by_label[name] for name in wanted[address] if name in by_label),
            *(earlier for kind in one.kind.follows for earlier in of_kind[kind]),
        ]
        for address, one in declarations.items()
    }
    return {address: earlier for address, earlier in needed.items() if earlier}


def _successive(declarations: Mapping[Address, Declaration]) -> Iterator[tuple[Address, Address]]:
    """Pairs of siblings that follow each other by priority."""
    siblings: dict[tuple[str, Address | None], list[Declaration]] = {}
    for declaration in declarations.values():
        if declaration.kind.shape.ordered:
            siblings.setdefault((declaration.kind.name, declaration.parent), []).append(declaration)
    for group in siblings.values():
        group.sort(key=lambda one: one.kind.shape.rank(one.spec))
        yield from ((earlier.address, later.address) for earlier, later in pairwise(group))


def _cycle(addresses: list[Address], declarations: Mapping[Address, Declaration]) -> Problem:
    path = " -> ".join(map(str, reversed(addresses)))
    first = declarations[addresses[-1]]
    needed = addresses[-2]
    place = next((path for path, target in references(first) if target == needed), "")
    return Problem(first.where(place), f"these objects refer to each other: {path}", "remove one of the references")
