"""Repair: bring the tenant back to what is declared, touching only what left it.

The world is not refreshed: a refresh asks once per object, and fails as a whole on one that was deleted. What was
deleted is dropped from the state, what drifted is refreshed alone, and the next `up` does the rest.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

from reconciler.apply import Reconciler
from reconciler.definitions.model import Address, Declaration, Desired, Source
from reconciler.drift import Finding, Verdict
from reconciler.engine.changes import Changes
from reconciler.kinds.mapping import references_in, schema, with_references
from reconciler.okta.snapshot import LiveObject, Snapshot
from reconciler.program import Found

_IN_STATE = frozenset({Verdict.CHANGED, Verdict.CONFLICT})
_REPAIRABLE = _IN_STATE | {Verdict.MISSING, Verdict.UNMANAGED}


def repair(
    reconciler: Reconciler, findings: Sequence[Finding], live: Snapshot, *, remove_unmanaged: bool = False
) -> Changes:
    """Make the tenant as declared where the findings say that it is not, and nowhere else.

    What nobody declared stays, unless `remove_unmanaged` says otherwise: then it is taken into the state and, being
    declared nowhere, deleted by the provider as anything else would be.
    """
    only = _touched(reconciler.desired, findings)
    reconciler.stack.mend()
    resources = reconciler.stack.state().resources
    gone = [
        resources[f.kind, f.name].urn
        for f in findings
        if f.verdict is Verdict.MISSING and (f.kind, f.name) in resources
    ]
    drifted = {
        resources[f.kind, f.name].urn for f in findings if f.verdict in _IN_STATE and (f.kind, f.name) in resources
    }
    reconciler.progress.say("dropping what was deleted from the state")
    reconciler.stack.forget(gone)
    if drifted:
        reconciler.progress.say("refreshing what drifted")
        reconciler.stack.refresh(sorted(drifted))
    unmanaged = [live.by_id[f.kind, f.okta_id] for f in findings if f.verdict is Verdict.UNMANAGED]
    if not (remove_unmanaged and unmanaged):
        return reconciler.up(only)
    taken, changes = take_into_state(reconciler, unmanaged)
    changes.add(reconciler.up(only, also=taken))
    return changes


def repairable(findings: Sequence[Finding], desired: Desired, live: Snapshot) -> tuple[list[Finding], list[Finding]]:
    """The findings that `repair` may do something about, and those that a person has to see to."""

    def may(finding: Finding) -> bool:
        if finding.verdict is Verdict.UNMANAGED:
            return desired.environment.mode(live.by_id[finding.kind, finding.okta_id].levels) == "authoritative"
        return finding.verdict in _REPAIRABLE and not desired.observes(Address(finding.kind, finding.name))

    return [one for one in findings if may(one)], [one for one in findings if not may(one)]


def _touched(desired: Desired, findings: Sequence[Finding]) -> set[Address]:
    """What the findings are about; with what was deleted, what went with it, and what refers to it and its new id."""
    found = {Address(finding.kind, finding.name) for finding in findings}
    missing = {Address(finding.kind, finding.name) for finding in findings if finding.verdict is Verdict.MISSING}
    for address, declaration in desired.declarations.items():
        if declaration.parent in missing:
            missing.add(address)
    referring = {
        address
        for address, one in desired.declarations.items()
        if not missing.isdisjoint(references_in(one.kind, one.spec))
    }
    return (found | missing | referring) & desired.managed.keys()


def take_into_state(reconciler: Reconciler, objects: Sequence[LiveObject]) -> tuple[set[str], Changes]:
    """Import objects that nobody declared, as they are. The URNs that they have then, and what was done."""
    reconciler.progress.say("taking what nobody declared into the state")
    names = {
        (applied.kind.kind, applied.id): Address(*key) for key, applied in reconciler.stack.state().resources.items()
    }
    declarations = dict(reconciler.desired.declarations)
    ids: dict[Address, str] = {}
    imports: dict[Address, str] = {}
    for item in objects:
        declaration = _as_it_is(item, names, ids)
        declarations[declaration.address] = declaration
        imports[declaration.address] = "/".join(item.ids)
    desired = replace(reconciler.desired, declarations=declarations)
    found = reconciler.look_up(reconciler.desired)
    everything = Found({**found.ids, **ids}, {**found.imports, **imports})
    with_them = replace(reconciler, desired=desired)
    urns = with_them.urns(imports)
    return urns, reconciler.stack.up(with_them.program(desired, everything), targets=sorted(urns))


def _as_it_is(item: LiveObject, names: Mapping[tuple[str, str], Address], ids: dict[Address, str]) -> Declaration:
    """A declaration of an object exactly as the tenant has it; what it refers to is noted in `ids`."""

    def by_id(kind: str, identity: str) -> str:
        ids[Address(kind, identity)] = identity
        return identity

    parent = names.get((item.parent.kind.kind, item.parent.id)) if item.parent else None
    name = f"{item.label} ({item.id})"
    return Declaration(
        item.kind,
        f"{parent.name}/{name}" if parent else name,
        with_references(item.kind, item.spec, by_id),
        frozenset(field.name for field in schema(item.kind)),
        Source("", 0, 0),
        parent=parent,
    )
