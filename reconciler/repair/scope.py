"""What a repair touches: the fields that findings are about, and what was deleted. Everything else stays as it is."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence, Set
from dataclasses import dataclass, replace

from reconciler.definitions.model import Address, Declaration, Desired
from reconciler.definitions.order import in_order_of_creation
from reconciler.definitions.references import system_names
from reconciler.drift import Finding, Names, Verdict, compare
from reconciler.engine.state import Applied, State
from reconciler.kinds import Kind, Spec, kind_named
from reconciler.kinds.mapping import references_in, schema
from reconciler.okta.snapshot import Snapshot

IN_STATE = frozenset({Verdict.CHANGED, Verdict.CONFLICT})
"""The verdicts on a field that somebody changed in the tenant."""

Fields = Mapping[Address, Collection[str]]


@dataclass(frozen=True, slots=True)
class Scope:
    """The objects, and which of their fields."""

    desired: Desired
    """The definitions; of what was deleted as they were applied, whatever they want by now."""
    objects: Collection[Address]
    gone: Mapping[Address, Applied]
    """What was deleted, with what it owned."""
    refreshed: Mapping[Address, Applied]
    """What somebody changed, wholly or in part: the state has to say so before it can be changed back."""
    chosen: Fields
    """The fields that become as declared, of objects that are there."""
    left: Fields
    """Fields of these objects that are not as declared, and stay so."""
    drifted: Fields
    """Which of those left somebody has changed in the tenant: that must be found again."""

    @classmethod
    def of(cls, desired: Desired, state: State, live: Snapshot, findings: Sequence[Finding]) -> Scope:
        """What these findings are about; with what was deleted what it owned, and what refers to its id."""
        names = Names(desired, state, live)
        changed = [finding for finding in findings if finding.verdict in IN_STATE]
        missing = deleted(findings, desired, names)
        chosen: dict[Address, set[str]] = defaultdict(set)
        for address, field in _referring(missing.keys(), desired, names):
            chosen[address].add(field)
        for finding in changed:
            chosen[Address(finding.kind, finding.name)].add(finding.field)
        left, drifted = _left(compare(desired, state, live), chosen)
        if any(one != desired.declarations[address] for address, one in missing.items()):
            desired = replace(desired, declarations=in_order_of_creation({**desired.declarations, **missing}))
        refreshed = {Address(finding.kind, finding.name) for finding in changed} | drifted.keys()
        return cls(
            desired,
            chosen.keys() | missing.keys(),
            {address: names.applied[address] for address in missing},
            {address: names.applied[address] for address in refreshed},
            chosen,
            left,
            drifted,
        )


def deleted(findings: Iterable[Finding], desired: Desired, names: Names) -> dict[Address, Declaration]:
    """What was deleted, and what went with it, as it was applied. What was never applied did not go."""
    found = {Address(finding.kind, finding.name) for finding in findings if finding.verdict is Verdict.MISSING}
    missing: dict[Address, Declaration] = {}
    for address, declaration in desired.managed.items():
        if address in names.applied and (address in found or declaration.parent in missing):
            missing[address] = _as_applied(declaration, names)
    return missing


def _as_applied(declaration: Declaration, names: Names) -> Declaration:
    applied = names.in_definitions(declaration.kind, names.applied[declaration.address].spec)
    kept = {field.name: applied[field.name] for field in schema(declaration.kind) if not (field.owns or field.secret)}
    return replace(declaration, spec={**declaration.spec, **kept})


def unapplied(kind: type[Kind], spec: Spec, desired: Desired, names: Names) -> list[Address]:
    """What a spec refers to that is not in the state: nothing that goes without an `up` can refer to it."""
    return [
        address
        for address in sorted(Address(*reference) for reference in references_in(kind, spec))
        if address not in names.applied
        and not desired.observes(address)
        and address.name not in system_names(address.kind)
    ]


def _referring(missing: Set[Address], desired: Desired, names: Names) -> Iterator[tuple[Address, str]]:
    """The fields in which something was applied that refers to what is missing, and that can refer to it again."""
    ids = {(address.kind, names.applied[address].id) for address in missing}
    for address, applied in names.applied.items() if ids else ():
        if address in missing or address not in desired.managed:
            continue
        declared = desired.declarations[address].spec
        for name, value in applied.spec.items():
            refers = not ids.isdisjoint(references_in(applied.kind, {name: value}))
            if refers and not unapplied(applied.kind, {name: declared[name]}, desired, names):
                yield address, name


def _left(findings: Sequence[Finding], chosen: Fields) -> tuple[Fields, Fields]:
    """What is not as declared and not chosen, of objects of which something is; and what of that drifted.

    Of a secret nobody can tell, and of a place among others only together with them.
    """
    left = {address: _never_compared(address) - set(fields) for address, fields in chosen.items()}
    drifted: dict[Address, set[str]] = defaultdict(set)
    for finding in findings:
        address = Address(finding.kind, finding.name)
        if address in chosen and finding.field not in chosen[address]:
            left[address].add(finding.field)
            if finding.verdict in IN_STATE:
                drifted[address].add(finding.field)
    return left, drifted


def _never_compared(address: Address) -> set[str]:
    kind = kind_named(address.kind)
    secrets = {field.name for field in schema(kind) if field.secret}
    return secrets | ({"priority"} if kind.collection.prioritised else set())
