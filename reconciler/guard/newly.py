"""Values that a plan puts in force: they are declared and do not apply in the tenant yet.

A value is in force while its object and the owners of the object are active. A value that was changed or deleted in the
tenant, and that the plan restores, was in force before: it is not new.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from reconciler.definitions.model import Address, Declaration
from reconciler.engine.changes import Operation
from reconciler.kinds import Spec, risks_of
from reconciler.kinds.fields import is_active
from reconciler.kinds.mapping import Field, schema
from reconciler.kinds.risks import weakened
from reconciler.plan import Plan, PlannedChange


@dataclass(frozen=True, slots=True)
class InForce:
    """A declared object that is in force after the plan."""

    declaration: Declaration
    before: Spec | None
    """The fields that are in force now; None if the object is not."""

    @property
    def subject(self) -> Address:
        """The object, as results name it: for a part of its owner, the owner."""
        one = self.declaration
        return one.parent if one.kind.shape.part_of_owner and one.parent else one.address

    @property
    def after(self) -> Spec:
        """The declared fields."""
        return self.declaration.spec

    def changed_fields(self) -> Iterator[tuple[Field, Any, Any]]:
        """The fields with their values before and after, if these differ. Secrets are not compared."""
        for field in schema(self.declaration.kind.fields):
            before, after = (self.before or {}).get(field.name), self.after.get(field.name)
            if not field.owns and not field.secret and after is not None and before != after:
                yield field, before, after


@dataclass(frozen=True, slots=True)
class NewValue:
    """A value newly in force that a guard refuses."""

    field: str
    value: Any
    """A value of the field; an item, if the field is a list."""


def newly_in_force(plan: Plan) -> Iterator[InForce]:
    """The declared objects that change or come into force, in the order of the definitions."""
    for address, declaration in plan.desired.managed.items():
        change = plan.by_address.get(address)
        owners = [plan.desired.declarations[owner] for owner in _owners(plan, declaration)]
        if change is not None and change.recreated:
            continue
        if not all(is_active(one.spec) for one in (declaration, *owners)):
            continue
        came = any(_comes_into_force(plan.by_address.get(one.address)) for one in (declaration, *owners))
        if came:
            yield InForce(declaration, None)
        elif change is not None:
            yield InForce(declaration, _without_drift(change))


def only_restores(change: PlannedChange) -> bool:
    """Whether a change only reverts what was changed or deleted in the tenant."""
    drifted = bool(change.fields) and all(one.drifted for one in change.fields)
    return change.recreated or drifted


def values_that_block(plan: Plan, guard: str) -> Iterator[tuple[InForce, list[NewValue]]]:
    """The objects with new values to which the severity rules of this guard apply."""
    for one in newly_in_force(plan):
        if values := list(_blocked(one, guard)):
            yield one, values


def _blocked(one: InForce, guard: str) -> Iterator[NewValue]:
    risks = [risk for risk in risks_of(one.declaration.kind.fields) if risk.rule.blocks == guard]
    for field, before, after in one.changed_fields():
        for item in after if isinstance(after, list) else [after]:
            now = [item, *(before or [])] if isinstance(after, list) else item
            if (not isinstance(after, list) or item not in (before or [])) and weakened(
                risks, {field.name: (before, now)}
            ):
                yield NewValue(field.name, item)


def _owners(plan: Plan, declaration: Declaration) -> Iterator[Address]:
    while declaration.parent:
        yield declaration.parent
        declaration = plan.desired.declarations[declaration.parent]


def _comes_into_force(change: PlannedChange | None) -> bool:
    """Whether an object, active after the plan, is not active now."""
    if change is None or change.recreated:
        return False
    return change.operation is Operation.CREATE or not is_active(_without_drift(change))


def _without_drift(change: PlannedChange) -> Spec:
    """The fields before the change; fields that only drifted have their declared values."""
    drifted = {one.field for one in change.fields if one.drifted}
    after: Mapping[str, Any] = change.after or {}
    return {name: after.get(name) if name in drifted else value for name, value in (change.before or {}).items()}
