"""Repair: bring the tenant back to what is declared, touching only what left it.

The world is not refreshed: a refresh asks once per object, and fails as a whole on one that was deleted. What was
deleted is dropped from the state, what drifted is refreshed alone, and the next `up` does the rest.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence, Set
from dataclasses import replace

from reconciler.apply import Reconciler
from reconciler.definitions.model import Address, Declaration, Source
from reconciler.drift import Finding, Verdict
from reconciler.engine.changes import Change, Changes, Operation
from reconciler.engine.memory import Memory
from reconciler.engine.stack import NotRefreshed
from reconciler.kinds.mapping import schema, with_references
from reconciler.okta.snapshot import LiveObject, Snapshot
from reconciler.program import Found, inputs
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
    strangers = [live.by_id[f.kind, f.okta_id] for f in findings if f.verdict is Verdict.UNMANAGED and remove_unmanaged]
    with_them, taken = _with_strangers(reconciler, strangers)
    targets = with_them.urns(taken.imports)
    gone = {address: applied.urn for address, applied in scope.gone.items()}
    changes = Changes()
    stack.note(Memory.of(earlier, gone.values(), targets, _to_find(reconciler, scope, set())), gone.values())
    try:
        if scope.refreshed:
            reconciler.progress.say("refreshing what drifted")
            stack.refresh(sorted(applied.urn for applied in scope.refreshed.values()))
        if strangers:
            reconciler.progress.say("taking what nobody declared into the state")
            program = with_them.program(with_them.desired, taken, outputs=stack.state().outputs)
            changes = stack.up(program, targets=sorted(targets))
        if not changes.interrupted:
            changes.add(reconciler.up(scope.objects, skipped=scope.left, also=targets))
    except NotRefreshed as error:
        changes.failures += error.failures
        changes.failed |= error.failed
    except KeyboardInterrupt:  # what was done before, if anything, has to be told
        changes.interrupted = True
    finally:

        def memory() -> Memory:
            there = {applied.urn for applied in stack.state().resources.values()}
            lost = [urn for address, urn in gone.items() if reconciler.urn_of(address) not in there]
            return Memory.of(earlier, lost, targets, _to_find(reconciler, scope, changes.completed))

        stack.recall(memory)
    if changes.failures or changes.interrupted:
        by_urn = {with_them.urn_of(_address(item)): item for item in strangers}
        _add_unfinished(changes, reconciler, scope, by_urn)
    return changes


def _add_unfinished(
    changes: Changes, reconciler: Reconciler, scope: Scope, strangers: Mapping[str, LiveObject]
) -> None:
    """Add what could not be refreshed as failed; as not tried what no step of the engine was about, and of strangers
    those that were not deleted."""
    told = {(change.kind, change.name) for change, _ in changes.outcomes}
    for address in sorted(scope.objects):
        urn = reconciler.urn_of(address)
        if (address.kind, address.name) in told or urn in changes.seen:
            continue
        operation = Operation.CREATE if address in scope.gone else Operation.UPDATE
        change = Change(operation, address.kind, address.name, tuple(sorted(scope.chosen.get(address, ()))))
        if urn in changes.failed:
            changes.changes[urn] = change
        else:
            changes.not_tried.append(change)
    for urn, item in strangers.items():
        begun = changes.changes.get(urn)
        if begun is None or begun.operation is Operation.IMPORT:
            changes.changes.pop(urn, None)
            changes.not_tried.append(Change(Operation.DELETE, *_address(item)))


def _to_find(reconciler: Reconciler, scope: Scope, mended: Set[str]) -> dict[str, tuple[str, list[str]]]:
    """What the next look at the tenant has to find again, by URN: what is left as it is, and what is not mended."""
    arguments: dict[str, tuple[str, list[str]]] = {}
    for address, applied in scope.refreshed.items():
        urn = reconciler.urn_of(address)
        fields = {*scope.drifted.get(address, ()), *(() if urn in mended else scope.chosen[address])}
        fields |= {"priority"} & set(scope.left[address])  # its number may have been that of a moment
        names = list(inputs(applied.kind, fields))
        if names:  # by both names, if it was renamed
            arguments |= dict.fromkeys((applied.urn, urn), (applied.urn, names))
    return arguments


def _with_strangers(reconciler: Reconciler, objects: Sequence[LiveObject]) -> tuple[Reconciler, Found]:
    """The same with objects that nobody declared, declared as they are; and what it takes to import them."""
    declarations = dict(reconciler.desired.declarations)
    ids: dict[Address, str] = {}
    imports: dict[Address, str] = {}
    owners: dict[Address, Sequence[str]] = {}
    for item in objects:
        declaration = _as_it_is(item, ids)
        declarations[declaration.address] = declaration
        imports[declaration.address] = "/".join(item.ids)
        owners[declaration.address] = item.ids[-2::-1]
    found = reconciler.look_up(reconciler.desired, ()) if objects else Found()
    desired = replace(reconciler.desired, declarations=declarations)
    return replace(reconciler, desired=desired), Found({**found.ids, **ids}, imports, owners=owners)


def _address(item: LiveObject) -> Address:
    """What an object that nobody declared is called while it is removed."""
    return Address(item.kind.kind, f"{item.label} ({item.id})")


def _as_it_is(item: LiveObject, ids: dict[Address, str]) -> Declaration:
    """A declaration of an object exactly as the tenant has it; what it refers to is noted in `ids`."""

    def by_id(kind: str, identity: str) -> str:
        ids[Address(kind, identity)] = identity
        return identity

    return Declaration(
        item.kind,
        _address(item).name,
        with_references(item.kind, item.spec, by_id),
        frozenset(field.name for field in schema(item.kind)),
        Source("", 0, 0),
    )
