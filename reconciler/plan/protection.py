"""Protected objects, recorded in the stack's outputs: removing the document must not lift the protection."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Final

from reconciler.definitions.model import Address, Desired
from reconciler.engine.state import State

OUTPUT: Final = "protected"
"""The stack output with kind and name of each protected object."""


def protected_in(state: State) -> frozenset[Address]:
    """The objects that the last whole `up` recorded as protected, by their names then, if they are still managed."""
    listed = state.outputs.get(OUTPUT)
    texts: Sequence[Any] = listed if isinstance(listed, list) else ()
    found = (Address(*text.split(" ", 1)) for text in texts if isinstance(text, str) and " " in text)
    return frozenset(address for address in found if tuple(address) in state.resources)


def protection_outputs(desired: Desired, state: State) -> Mapping[str, Any]:
    """The output to record: what is declared as protected, and what was protected and is no longer declared.

    The latter matters if its deletion was allowed and failed: the next run must ask again.
    """
    declared = {address for address, one in desired.declarations.items() if one.protected}
    earlier = {Address(a.kind, name) for a, one in desired.declarations.items() for name in (a.name, *one.previously)}
    listed = sorted(map(str, declared | (protected_in(state) - earlier)))
    return {OUTPUT: listed} if listed else {}
