"""Repair: bring the tenant back to what is declared, touching only what left it.

The world is not refreshed: a refresh asks once per object, and fails as a whole on one that was deleted. What was
deleted is dropped from the state, what drifted is refreshed alone, and the next `up` does the rest.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from reconciler.apply import Reconciler
from reconciler.definitions.model import Address, Declaration, Source
from reconciler.drift import Finding, Verdict
from reconciler.engine.changes import Changes
from reconciler.engine.state import Deployment, Memory
from reconciler.kinds.mapping import schema, with_references
from reconciler.okta.snapshot import LiveObject, Snapshot
from reconciler.program import inputs
from reconciler.repair.scope import Scope


def repair(
    reconciler: Reconciler, findings: Sequence[Finding], live: Snapshot, *, remove_unmanaged: bool = False
) -> Changes:
    """Make the tenant as declared where the findings say that it is not, and nowhere else.

    What nobody declared stays, unless `remove_unmanaged` says otherwise: then it is taken into the state and, being
    declared nowhere, deleted by the provider as anything else would be.
    """
    stack = reconciler.stack
    stack.mend()
    earlier = stack.export()
    scope = Scope.of(reconciler.desired, stack.state(), live, findings)
    reconciler = replace(reconciler, desired=scope.desired)
    changes, taken = Changes(), set[str]()
    reconciler.progress.say("dropping what was deleted from the state")
    stack.forget([applied.urn for applied in scope.gone.values()])
    try:
        if scope.refreshed:
            reconciler.progress.say("refreshing what drifted")
            stack.refresh(sorted(applied.urn for applied in scope.refreshed.values()))
        unmanaged = [live.by_id[f.kind, f.okta_id] for f in findings if f.verdict is Verdict.UNMANAGED]
        if remove_unmanaged and unmanaged:
            taken, changes = take_into_state(reconciler, unmanaged)
        changes.add(reconciler.up(scope.objects, left=scope.left, also=taken))
    finally:
        # What could not be deleted must not stay in the state, or the next `up` would delete it.
        stack.forget(taken & {applied.urn for applied in stack.state().resources.values()})
        stack.recall(_still_to_find(reconciler, scope, changes, earlier))
    return changes


def _still_to_find(reconciler: Reconciler, scope: Scope, changes: Changes, earlier: Deployment) -> Memory:
    """What the next look at the tenant has to find again: what was left as it is, and what could not be mended."""
    there = {applied.urn for applied in reconciler.stack.state().resources.values()}
    lost = [applied.urn for address, applied in scope.gone.items() if reconciler.urns([address]).isdisjoint(there)]
    arguments: dict[str, tuple[str, list[str]]] = {}
    for address, applied in scope.refreshed.items():
        (urn,) = reconciler.urns([address])
        mended = urn in changes.completed
        fields = {*scope.drifted.get(address, ()), *(() if mended else scope.chosen[address])}
        fields |= {"priority"} & set(scope.left[address])  # its number may have been that of a moment
        names = list(inputs(applied.kind, fields))
        if names:  # by both names, if it was renamed
            arguments |= dict.fromkeys((applied.urn, urn), (applied.urn, names))
    return Memory(earlier, lost, arguments)


def take_into_state(reconciler: Reconciler, objects: Sequence[LiveObject]) -> tuple[set[str], Changes]:
    """Import objects that nobody declared, as they are. The URNs that they have then, and what was done."""
    reconciler.progress.say("taking what nobody declared into the state")
    declarations = dict(reconciler.desired.declarations)
    ids: dict[Address, str] = {}
    imports: dict[Address, str] = {}
    owners: dict[Address, Sequence[str]] = {}
    for item in objects:
        declaration = _as_it_is(item, ids)
        declarations[declaration.address] = declaration
        imports[declaration.address] = "/".join(item.ids)
        owners[declaration.address] = item.ids[-2::-1]
    desired = replace(reconciler.desired, declarations=declarations)
    found = reconciler.look_up(reconciler.desired, ())
    everything = replace(found, ids={**found.ids, **ids}, imports=imports, owners=owners)
    with_them = replace(reconciler, desired=desired)
    urns = with_them.urns(imports)
    return urns, reconciler.stack.up(with_them.program(desired, everything), targets=sorted(urns))


def _as_it_is(item: LiveObject, ids: dict[Address, str]) -> Declaration:
    """A declaration of an object exactly as the tenant has it; what it refers to is noted in `ids`."""

    def by_id(kind: str, identity: str) -> str:
        ids[Address(kind, identity)] = identity
        return identity

    return Declaration(
        item.kind,
        f"{item.label} ({item.id})",
        with_references(item.kind, item.spec, by_id),
        frozenset(field.name for field in schema(item.kind)),
        Source("", 0, 0),
    )
