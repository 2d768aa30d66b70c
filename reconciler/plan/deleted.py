"""Objects that earlier runs deleted: if a revert declares them again, they are created again, not restored."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from reconciler.definitions.model import Address
from reconciler.engine.changes import Changes, Operation
from reconciler.engine.state import State
from reconciler.kinds import kind_named
from reconciler.matching import StateMatch

OUTPUT: Final = "deleted"
"""The stack output with kind, name and id of deleted objects, oldest first."""
MOST: Final = 500
"""How many are remembered."""


def deleted_in(state: State) -> dict[Address, str]:
    """The ids that objects had which earlier runs deleted, oldest first."""
    listed = state.outputs.get(OUTPUT)
    known: dict[Address, str] = {}
    for entry in listed if isinstance(listed, list) else ():
        match entry:
            case [str(kind), str(name), str(identity)] if (kind, name) not in state.resources:
                known[Address(kind, name)] = identity
    return known


def deletion_outputs(in_state: StateMatch) -> Mapping[str, Any]:
    """The output of a run on this state: what it deletes, and what earlier ones deleted and is not declared again."""
    gone = {**deleted_in(in_state.state), **in_state.orphans}
    kept = [[*address, identity] for address, identity in gone.items() if address not in in_state.desired.declarations]
    return {OUTPUT: kept[-MOST:]} if kept else {}


def recreation_notes(state: State, changes: Changes) -> list[str]:
    """For objects that are created again: which id they had, and what does not come back with them."""
    before = deleted_in(state)
    return [
        f"{one.kind} {one.name} existed before with the id {identity}: it is created again, with another id"
        + "".join(f"; not restored: {lost}" for lost in _lost(one.kind))
        for one in changes
        if one.operation is Operation.CREATE and (identity := before.get(Address(one.kind, one.name)))
    ]


def _lost(kind: str) -> list[str]:
    known = kind_named(kind)
    lost = [*known.lost_on_replace, *known.not_read]
    return [", ".join(lost)] if lost else []
