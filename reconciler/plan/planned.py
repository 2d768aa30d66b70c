"""The changes of a plan with their values, from the changes that the engine plans."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from reconciler.definitions.model import Address, Declaration
from reconciler.drift.differences import differences
from reconciler.engine.changes import Change, Changes, Operation
from reconciler.engine.state import Applied
from reconciler.kinds import Kind, Spec, kind_named
from reconciler.kinds.mapping import schema, with_references
from reconciler.kinds.secret_fields import without_secrets
from reconciler.matching import Match, object_id
from reconciler.okta.snapshot import LiveObject
from reconciler.plan.model import FieldChange, PlannedChange
from reconciler.plan.severity import rated

_ENDS = frozenset({Operation.DELETE, Operation.RELEASE})


def planned_changes(match: Match, changes: Changes) -> list[PlannedChange]:
    """The changes with their values and their severity.

    The values are those in the tenant, or those in the state if the tenant could not be read.
    """
    return rated(_Planning(match).changes(changes), match)


class _Planning:
    def __init__(self, match: Match) -> None:
        self._match = match
        self._orphans: Mapping[tuple[str, str], str] = {
            (address.kind, identity): address.name for address, identity in match.orphans.items()
        }

    def changes(self, changes: Changes) -> Iterator[PlannedChange]:
        for urn, change in changes.changes.items():
            if whole := changes.part_of.get(urn):
                name = whole.split("::", 3)[3]
                address = Address(change.kind, change.name)
                yield PlannedChange(change.operation, address, urn, change.name, list_of=Address(change.kind, name))
            else:
                yield self._planned(urn, change)

    def _planned(self, urn: str, change: Change) -> PlannedChange:
        address = Address(change.kind, change.name)
        kind, ends = kind_named(change.kind), change.operation in _ENDS
        declaration = None if ends else self._match.desired.managed.get(address)
        applied = self._match.state.resources.get(address) if ends else self._match.applied.get(address)
        identity = applied.id if applied else object_id(address.kind, self._match.recognised.get(address, ""))
        item = self._match.live.by_id.get((change.kind, identity)) if identity else None
        before, after = self._before(kind, item, applied), _after(declaration)
        return PlannedChange(
            change.operation,
            address,
            urn,
            _label(declaration, item, address),
            item.id if item else identity,
            before,
            after,
            tuple(self._fields(change, declaration, before or {}, after or {})),
            declaration,
            applied,
            item,
            recreated=change.deleted,
            source=declaration.source if declaration else None,
        )

    def _before(self, kind: Kind, item: LiveObject | None, applied: Applied | None) -> Spec | None:
        """The fields before the change, with the names that references had then."""
        spec = item.spec if item else applied.spec if applied else None
        return None if spec is None else _clean(kind, with_references(kind.fields, spec, self._name))

    def _name(self, kind: str, identity: str) -> str:
        return self._orphans.get((kind, identity)) or self._match.names.of(kind, identity)

    def _fields(
        self, change: Change, declaration: Declaration | None, before: Spec, after: Spec
    ) -> Iterator[FieldChange]:
        if declaration is None:
            return
        is_new = change.operation is Operation.CREATE
        names = declaration.declared if is_new else {*change.fields, *change.drifted}
        known = {field.name: field for field in schema(declaration.kind.fields) if not field.owns}
        for name in sorted(names & known.keys(), key=list(known).index):
            field = known[name]
            if field.secret:
                yield FieldChange(name, secret=True)
                continue
            new = after.get(name)
            old = None if is_new else field.compared(new, before.get(name))
            found = differences(field, old, new) if old != new and not is_new else ()
            yield FieldChange(name, old, new, drifted=name in change.drifted, differences=found)
        for name in sorted(names - known.keys()):  # an argument of the provider that is no field
            yield FieldChange(name)


def _after(declaration: Declaration | None) -> Spec | None:
    return None if declaration is None else _clean(declaration.kind, declaration.spec)


def _clean(kind: Kind, spec: Spec) -> Spec:
    """The spec without secrets, and without owned objects."""
    return {
        field.name: None if field.secret else without_secrets(field, spec.get(field.name))
        for field in schema(kind.fields)
        if not field.owns
    }


def _label(declaration: Declaration | None, item: LiveObject | None, address: Address) -> str:
    if declaration:
        return declaration.label
    return item.label if item else address.name
