"""What an `up` that failed or was interrupted never got to: the definitions and the state tell what was to be done."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping

from reconciler import drift
from reconciler.definitions.model import Address
from reconciler.drift import Overwritten
from reconciler.engine.changes import Change, Changes, Operation
from reconciler.foresight import Foresight
from reconciler.kinds.mapping import schema
from reconciler.lookup import Managed
from reconciler.okta.snapshot import Snapshot
from reconciler.program import Found


def add_unfinished(
    changes: Changes,
    second: Changes,
    foresight: Foresight,
    found: Found,
    there: Mapping[Address, Overwritten],
    targets: Collection[str] | None,
    left: Mapping[Address, Collection[str]],
) -> None:
    """Add the changes that never began, of all objects or of those with the URNs `targets`.

    What the provider refused before any step began is added as failed. The foresight has the state from before the run.
    Of `changes`, which are those of both passes, `second` are those of the second one. The fields `left` were not to be
    changed. Secrets and places among others cannot be compared with what was applied: an object that differs only in
    these is not counted.
    """
    for urn, change in [*_declared(foresight, found, there, left), *_no_longer_declared(foresight)]:
        if urn in changes.changes or (targets is not None and urn not in targets):
            continue
        if urn in changes.failed:
            changes.changes[urn] = change
        elif urn not in changes.seen:
            changes.not_tried.append(change)
    again = changes.completed - second.seen - second.failed
    changes.not_tried += [change for urn, change in _second_pass(foresight, found, there) if urn in again]


def _declared(
    foresight: Foresight,
    found: Found,
    there: Mapping[Address, Overwritten],
    left: Mapping[Address, Collection[str]],
) -> Iterator[tuple[str, Change]]:
    names = drift.Names(foresight.desired, foresight.state, Snapshot({}), found.ids)
    for address, declaration in foresight.desired.managed.items():
        urn, kind = foresight.urns[address], declaration.kind
        if address in there:
            fields = tuple(sorted(there[address].fields))
            yield urn, Change(Operation.IMPORT, address.kind, address.name, fields)
        elif address not in names.applied:
            yield urn, Change(Operation.CREATE, address.kind, address.name)
        else:
            spec = names.in_definitions(kind, names.applied[address].spec)
            fields = tuple(
                field.name
                for field in schema(kind)
                if not (field.owns or field.secret or field.name == "priority" or field.name in left.get(address, ()))
                if (want := declaration.spec.get(field.name)) != field.compared(want, spec.get(field.name))
            )
            if fields:
                yield urn, Change(Operation.UPDATE, address.kind, address.name, fields)


def _no_longer_declared(foresight: Foresight) -> Iterator[tuple[str, Change]]:
    for address in Managed.of(foresight.desired, foresight.state).orphans:
        one = foresight.state.resources[address]
        if foresight.desired.environment.mode(one.levels) == "authoritative":
            yield one.urn, Change(Operation.DELETE, address.kind, address.name)


def _second_pass(
    foresight: Foresight, found: Found, there: Mapping[Address, Overwritten]
) -> Iterator[tuple[str, Change]]:
    """What is imported and not made as declared yet, or is still active."""
    for address in found.imports:
        fields = set(there[address].fields) | ({"status"} if address in found.to_deactivate else set())
        if fields:
            yield foresight.urns[address], Change(Operation.UPDATE, address.kind, address.name, tuple(sorted(fields)))
    for address in sorted(found.to_deactivate - found.imports.keys()):
        yield foresight.urns[address], Change(Operation.UPDATE, address.kind, address.name, ("status",))
