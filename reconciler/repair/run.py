"""Restores the declared values in the tenant, and changes nothing else.

The stack is not refreshed as a whole: a refresh reads every object, and fails if one was deleted. Instead, deleted
objects are removed from the state, changed objects are refreshed one by one, and an `up` of these objects follows.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence, Set
from dataclasses import replace
from typing import Final

from pydantic import SecretStr

from reconciler.apply import up
from reconciler.definitions.model import Address, Declaration, Source
from reconciler.drift import Comparison, Finding, Verdict
from reconciler.engine.changes import Change, Changes, Operation
from reconciler.engine.set_aside import SetAside
from reconciler.engine.stack import NotRefreshed
from reconciler.kinds.mapping import schema, with_references
from reconciler.kinds.secret_fields import with_required_secrets
from reconciler.okta.snapshot import LiveObject
from reconciler.program import Found, inputs
from reconciler.reconciler import Reconciler
from reconciler.repair.scope import Scope

_NOT_KNOWN: Final = "not known"
"""Stands for a secret of an unmanaged object: it is imported, and an import sends no secrets."""


def repair(
    reconciler: Reconciler, findings: Sequence[Finding], comparison: Comparison, *, remove_unmanaged: bool = False
) -> Changes:
    """Restore the declared values where the findings of a comparison say that the tenant differs.

    Unmanaged objects stay, unless `remove_unmanaged` is set. Then they are imported into the state, and the provider
    deletes them like any object that is no longer declared.
    """
    stack = reconciler.stack
    stack.clear_pending()
    earlier = stack.export()
    scope = Scope.of(comparison.with_state(stack.state()), findings)
    reconciler = replace(reconciler, desired=scope.desired)
    by_id = comparison.match.live.by_id
    unmanaged = [by_id[f.kind, f.okta_id] for f in findings if f.verdict is Verdict.UNMANAGED and remove_unmanaged]
    with_unmanaged, to_import = _with_unmanaged(reconciler, unmanaged)
    targets = with_unmanaged.urns(to_import.imports)
    gone = {address: applied.urn for address, applied in scope.gone.items()}
    changes = Changes()
    stack.set_aside(
        SetAside.of(earlier, gone.values(), targets, _arguments_to_restore(reconciler, scope, set())), gone.values()
    )
    try:
        if scope.refreshed:
            reconciler.progress.say("refreshing changed objects")
            stack.refresh(sorted(applied.urn for applied in scope.refreshed.values()))
        if unmanaged:
            reconciler.progress.say("importing unmanaged objects to delete them")
            program = with_unmanaged.program(to_import, outputs=stack.state().outputs)
            changes = stack.up(program, targets=sorted(targets))
        if not changes.interrupted:
            changes.add(up(reconciler, scope.objects, skipped=scope.skipped, also=targets))
    except NotRefreshed as error:
        changes.failures += error.failures
        changes.failed |= error.failed
    except KeyboardInterrupt:  # the changes made so far still have to be reported
        changes.interrupted = True
    finally:

        def to_put_back() -> SetAside:
            in_state = {applied.urn for applied in stack.state().resources.values()}
            not_created = [urn for address, urn in gone.items() if reconciler.urn_of(address) not in in_state]
            return SetAside.of(
                earlier, not_created, targets, _arguments_to_restore(reconciler, scope, changes.completed)
            )

        stack.put_back(to_put_back)
    if changes.failures or changes.interrupted:
        by_urn = {with_unmanaged.urn_of(_address(item)): item for item in unmanaged}
        _add_unfinished(changes, reconciler, scope, by_urn)
    return changes


def _add_unfinished(
    changes: Changes, reconciler: Reconciler, scope: Scope, unmanaged: Mapping[str, LiveObject]
) -> None:
    """Add objects that could not be refreshed as failed, and objects without an engine step as not tried.

    Unmanaged objects that were not deleted are added as not tried.
    """
    reported = {(change.kind, change.name) for change, _ in changes.outcomes}
    for address in sorted(scope.objects):
        urn = reconciler.urn_of(address)
        if (address.kind, address.name) in reported or urn in changes.seen:
            continue
        operation = Operation.CREATE if address in scope.gone else Operation.UPDATE
        change = Change(operation, address.kind, address.name, tuple(sorted(scope.chosen.get(address, ()))))
        if urn in changes.failed:
            changes.changes[urn] = change
        else:
            changes.not_tried.append(change)
    for urn, item in unmanaged.items():
        change_so_far = changes.changes.get(urn)
        if change_so_far is None or change_so_far.operation is Operation.IMPORT:
            changes.changes.pop(urn, None)
            changes.not_tried.append(Change(Operation.DELETE, *_address(item)))


def _arguments_to_restore(reconciler: Reconciler, scope: Scope, repaired: Set[str]) -> dict[str, tuple[str, list[str]]]:
    """The arguments to put back into the state afterwards, by URN: of skipped fields, and of fields not repaired.

    With its earlier values in the state, the next `drift` reports the same differences again.
    """
    arguments: dict[str, tuple[str, list[str]]] = {}
    for address, applied in scope.refreshed.items():
        urn = reconciler.urn_of(address)
        fields = {*scope.drifted.get(address, ()), *(() if urn in repaired else scope.chosen[address])}
        rank = applied.kind.shape.rank_field  # the refreshed number may only be temporary
        fields |= {rank} & set(scope.skipped[address])
        names = list(inputs(applied.kind, fields))
        if names:  # under both URNs, if it was renamed
            arguments |= dict.fromkeys((applied.urn, urn), (applied.urn, names))
    return arguments


def _with_unmanaged(reconciler: Reconciler, objects: Sequence[LiveObject]) -> tuple[Reconciler, Found]:
    """The same reconciler with declarations for unmanaged objects, as they are; and the ids to import them."""
    declarations = dict(reconciler.desired.declarations)
    ids: dict[Address, str] = {}
    imports: dict[Address, str] = {}
    owners: dict[Address, Sequence[str]] = {}
    for item in objects:
        declaration = _declaration_of(item, ids)
        declarations[declaration.address] = declaration
        imports[declaration.address] = item.import_id
        owners[declaration.address] = () if item.kind.owned_by else item.ids[-2::-1]
    found = Found()
    if objects:
        _, found = reconciler.look_up(reconciler.in_state(), ())
    desired = replace(reconciler.desired, declarations=declarations)

    def secret(reference: str, source: Source) -> SecretStr:
        return SecretStr("") if reference == _NOT_KNOWN else reconciler.secret(reference, source)

    return replace(reconciler, desired=desired, secret=secret), Found(
        {**found.ids, **ids}, imports, owners={**found.owners, **owners}
    )


def _address(item: LiveObject) -> Address:
    """The address of an unmanaged object while it is deleted."""
    return Address(item.kind.name, f"{item.label} ({item.id})")


def _declaration_of(item: LiveObject, ids: dict[Address, str]) -> Declaration:
    """A declaration of an object exactly as the tenant has it; adds the objects it refers to to `ids`."""

    def by_id(kind: str, identity: str) -> str:
        ids[Address(kind, identity)] = identity
        return identity

    spec = with_required_secrets(item.kind.fields, item.spec, lambda path: _NOT_KNOWN)
    return Declaration(
        item.kind,
        _address(item).name,
        with_references(item.kind.fields, spec, by_id),
        frozenset(field.name for field in schema(item.kind.fields)),
        Source("", 0, 0),
    )
