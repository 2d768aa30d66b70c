"""Priorities of siblings, which Okta renumbers whenever one of them changes.

The engine sends only the priorities that differ from the state. Each of these requests moves the other siblings, the
unchanged ones included: with seven siblings, about one order in three would come out wrong. Only sending all
priorities, lowest number first, gives the declared order.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection

from reconciler.definitions.model import Address
from reconciler.engine.state import Applied
from reconciler.matching import StateMatch
from reconciler.program import SkippedFields


def resent_priorities(
    in_state: StateMatch,
    only: Collection[Address] | None = None,
    skipped: SkippedFields | None = None,
) -> dict[Address, Applied]:
    """The objects whose own priority is unchanged but whose siblings' is not: theirs must be sent too.

    With `only`, just these objects count. Objects whose priority is among the `skipped` fields do not.
    """
    applied = in_state.applied
    siblings: dict[tuple[str, Address | None], list[tuple[Address, bool]]] = defaultdict(list)
    for address, declaration in in_state.desired.managed.items():
        shape = declaration.kind.shape
        is_sent = (only is None or address in only) and shape.rank_field not in (skipped or {}).get(address, ())
        if shape.ordered and address in applied and is_sent:
            differs = shape.rank(applied[address].spec) != shape.rank(declaration.spec)
            siblings[address.kind, declaration.parent].append((address, differs))
    return {
        address: applied[address]
        for group in siblings.values()
        if any(differs for _, differs in group)
        for address, differs in group
        if not differs
    }
