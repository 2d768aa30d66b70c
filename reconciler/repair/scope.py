"""What a repair touches: the fields that findings are about, and what was deleted. Everything else stays as it is."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence, Set
from dataclasses import dataclass, replace

from reconciler.definitions.model import Address, Declaration, Desired
from reconciler.definitions.order import in_creation_order
from reconciler.definitions.references import system_names
from reconciler.drift import Finding, Names, Verdict, compare
from reconciler.engine.state import Applied, State
from reconciler.kinds import Kind, Spec, kind_named
from reconciler.kinds.mapping import references_in, replacing, schema
from reconciler.kinds.secret_fields import fields_with_secrets, holds_secrets
from reconciler.okta.snapshot import Snapshot

IN_STATE = frozenset({Verdict.CHANGED, Verdict.CONFLICT})
"""The verdicts on a field that somebody changed in the tenant."""

Fields = Mapping[Address, Collection[str]]


@dataclass(frozen=True, slots=True)
class Scope:
    """The objects, and which of their fields."""

    desired: Desired
    """The definitions; of what is made anew without what they want by now and nobody applied yet."""
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
        for address in set(_siblings(chosen, desired, names)) - missing.keys():
            chosen[address].add("priority")
        replaced = _replaced(chosen, desired, names)
        for address in replaced:
            chosen.setdefault(address, set())
        left, drifted = _left(compare(desired, state, live), chosen)
        anew = {address: _as_it_is(address, left[address], desired, names, live) for address in replaced} | missing
        if any(one != desired.declarations[address] for address, one in anew.items()):
            desired = replace(desired, declarations=in_creation_order({**desired.declarations, **anew}))
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
            fields = {field.name for field in schema(declaration.kind)}
            missing[address] = _with(names.applied[address].spec, fields, declaration, desired, names)
    return missing


def _siblings(chosen: Fields, desired: Desired, names: Names) -> list[Address]:
    """What has to be given its place with others: only all of them together come out as declared."""
    groups = {(one.kind, desired.declarations[one].parent) for one, fields in chosen.items() if "priority" in fields}
    return [
        address
        for address, declaration in desired.managed.items()
        if (address.kind, declaration.parent) in groups and address in names.applied
    ]


def _replaced(chosen: Fields, desired: Desired, names: Names) -> set[Address]:
    """What has to be replaced to become as declared, and what it owns: both are made anew."""
    replaced: set[Address] = set()
    for address, declaration in desired.managed.items():
        is_replaced = declaration.parent in replaced or not replacing(declaration.kind).isdisjoint(
            chosen.get(address, ())
        )
        if is_replaced and address in names.applied:
            replaced.add(address)
    return replaced


def _as_it_is(address: Address, left: Collection[str], desired: Desired, names: Names, live: Snapshot) -> Declaration:
    """The declaration with what is left as the tenant has it: a replacement knows nothing of what was there before."""
    item = live.by_id.get((address.kind, names.ids[address]))
    declaration = desired.declarations[address]
    return _with(item.spec, left, declaration, desired, names) if item else declaration


def _with(spec: Spec, fields: Collection[str], declaration: Declaration, desired: Desired, names: Names) -> Declaration:
    """The declaration with these fields as in a spec with ids; but for secrets, and what would refer to nothing."""
    kind, named = declaration.kind, names.in_definitions(declaration.kind, spec)
    kept = {
        field.name: named[field.name]
        for field in schema(kind)
        if field.name in fields and not (field.owns or holds_secrets(field))
        if not unapplied(kind, {field.name: named[field.name]}, desired, names)
    }
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
    return {*fields_with_secrets(kind), *(("priority",) if kind.collection.prioritised else ())}
