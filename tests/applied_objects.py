"""Objects as `up` makes them, without the engine."""

from __future__ import annotations

from reconciler.kinds import Kind, Spec
from reconciler.stand_in.objects import Objects


async def apply(objects: Objects, kind: Kind, owner: tuple[str, ...], spec: Spec) -> tuple[str, ...]:
    """Create an object, or give the one that every tenant has these fields; returns its ids.

    `up` imports and updates what the tenant has. The provider alone would take it over as it is.
    """
    ids = await objects.create(kind, owner, spec)
    if kind.shape.creatable and kind.shape.some_in_every_tenant:
        await objects.update(kind, ids, spec)
    return ids
