"""Places among siblings: Okta renumbers them as it goes, so that only sending all of them, top down, ends as is meant.

An engine sends those whose number is another than applied. One that has its number already is pushed away by those that
are sent after it: of seven siblings in any order, every third order would come out wrong.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Mapping

from reconciler.definitions.model import Address, Desired
from reconciler.engine.state import Applied, State
from reconciler.lookup import Managed


def sent_again(
    desired: Desired,
    state: State,
    only: Collection[Address] | None = None,
    left: Mapping[Address, Collection[str]] | None = None,
) -> dict[Address, Applied]:
    """What has its number already, among siblings of which some get another; `only` of these, and nothing `left`."""
    applied = Managed.of(desired, state).applied
    siblings: dict[tuple[str, Address | None], list[tuple[Address, bool]]] = defaultdict(list)
    for address, declaration in desired.managed.items():
        is_sent = (only is None or address in only) and "priority" not in (left or {}).get(address, ())
        if declaration.kind.collection.prioritised and address in applied and is_sent:
            differs = applied[address].spec["priority"] != declaration.spec["priority"]
            siblings[address.kind, declaration.parent].append((address, differs))
    return {
        address: applied[address]
        for group in siblings.values()
        if any(differs for _, differs in group)
        for address, differs in group
        if not differs
    }
