"""Relations: the owners of objects with findings, and the objects that refer to them."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from reconciler.definitions.model import Address, Desired
from reconciler.drift.findings import Finding
from reconciler.kinds.mapping import references_in


@dataclass(frozen=True, slots=True, order=True)
class Relation:
    """A declared object that owns another object or refers to it."""

    source: tuple[str, str]
    """Kind and name of the object that owns or refers."""
    target: tuple[str, str]
    """Kind and name of the object with findings."""
    owns: bool
    """Whether the source owns the target. Otherwise, it refers to it."""


def relations(desired: Desired, findings: Iterable[Finding]) -> tuple[Relation, ...]:
    """The relations of declared objects with findings to their owners and to objects that refer to them, sorted."""
    found = {Address(finding.kind, finding.name) for finding in findings if finding.name}
    if not found:
        return ()
    result = {
        Relation(_pair(declaration.address), target, False)
        for declaration in desired.declarations.values()
        for target in references_in(declaration.kind.fields, declaration.spec)
        if target in found and target != declaration.address
    }
    for address in found & desired.declarations.keys():
        parent = desired.declarations[address].parent
        if parent is not None:
            result.add(Relation(_pair(parent), _pair(address), True))
    return tuple(sorted(result))


def _pair(address: Address) -> tuple[str, str]:
    return address.kind, address.name
