"""An object that is not managed loses something that it refers to."""

from __future__ import annotations

from collections.abc import Iterator

from reconciler.guard.counting import some_of
from reconciler.guard.dependents import falls_to_default, is_unmanaged, lineage, stays
from reconciler.guard.model import Guard, GuardContext, Limits
from reconciler.kinds.mapping import references_in
from reconciler.plan import GuardResult, Plan, PlannedChange
from reconciler.plan.dependents import fields_of


def check(plan: Plan, context: GuardContext[Limits]) -> Iterator[GuardResult]:
    """Refuses each removed object that unmanaged objects refer to, or that owns some.

    Apps that fall to another policy have a guard of their own (`policy-in-use`).
    """
    for change in plan.removed():
        affected = {**_by_effects(plan, change), **_owned(plan, change), **_referring(plan, change)}
        for key in (*_moving(plan, change), *_referred(plan, change)):
            affected.pop(key, None)
        if affected:
            texts = sorted(affected.values())
            yield GUARD.result(
                change.address,
                f"{len(texts)} {'objects' if len(texts) > 1 else 'object'}: {some_of(texts)}",
                "change or remove them in Okta first, or adopt them (`reconciler adopt`)",
                change.source,
            )


_Affected = dict[tuple[str, str], str]
"""The affected objects, each with the reason, by kind and id."""


def _referring(plan: Plan, change: PlannedChange) -> _Affected:
    """The unmanaged objects that refer to it and stay. Nothing refers to a whole list: it has the id of its owner."""
    found: _Affected = {}
    if change.kind.shape.part_of_owner:
        return found
    for one in plan.dependents.of(change.address.kind, change.okta_id):
        if is_unmanaged(plan, one) and stays(plan, one):
            found[one.kind, one.okta_id] = f"{one} (in {one.field})"
    return found


def _owned(plan: Plan, change: PlannedChange) -> _Affected:
    """The unmanaged objects that it owns: Okta deletes them with it."""
    return {
        (kind, item.id): f"{kind} {plan.dependents.name_of(item)} (deleted with it)"
        for kind, items in plan.live.objects.items()
        for item in items
        if item.parent is not None and (item.parent.kind.name, item.parent.id) == (change.address.kind, change.okta_id)
        if not item.built_in and item.shown is item and not plan.dependents.is_managed(item)
    }


def _by_effects(plan: Plan, change: PlannedChange) -> _Affected:
    """The unmanaged objects that effects name: some are known only there, such as the apps of a group."""
    return {
        (one.kind, one.okta_id): f"{one.kind} {one.name}"
        for effect in plan.effects
        if effect.cause == change.address
        for one in effect.objects
        if not one.managed
    }


def _moving(plan: Plan, change: PlannedChange) -> Iterator[tuple[str, str]]:
    for one in plan.dependents.of(change.address.kind, change.okta_id):
        if falls_to_default(one):
            yield one.kind, one.okta_id


def _referred(plan: Plan, change: PlannedChange) -> Iterator[tuple[str, str]]:
    """The objects that it and its children refer to, such as the groups of an app: they lose nothing."""
    for items in plan.live.objects.values():
        for item in items:
            if any(one is change.item for one in lineage(item)):
                yield from references_in(item.kind.fields, fields_of(item))


GUARD = Guard(
    id="unmanaged-affected",
    title="Unmanaged objects would be affected",
    purpose="Refuses to delete or replace what unmanaged objects refer to, such as a group that a rule fills.",
    check=check,
    limits=Limits(),
)
