"""Where the state is behind: the definitions and the tenant agree, and the state does not say so yet.

A run that was killed after it had edited the definitions leaves this, and so does a person who edits them by hand.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Final

from reconciler.definitions.model import Address, Declaration, Desired
from reconciler.drift.compare import compare
from reconciler.drift.findings import Verdict
from reconciler.drift.names import Names
from reconciler.engine.state import Applied, State
from reconciler.kinds.mapping import schema
from reconciler.okta.snapshot import LiveObject, Snapshot

OPEN: Final = frozenset({Verdict.CHANGED, Verdict.CONFLICT, Verdict.MISSING, Verdict.UNMANAGED})
"""The verdicts of findings that a definition can take up."""


@dataclass(frozen=True, slots=True)
class Behind:
    """What the state has to learn."""

    outdated: Mapping[Address, Applied]
    """What it says otherwise."""
    gone: Mapping[Address, Applied]
    """What it still has."""
    unknown: Collection[Address]
    """What it does not have. Whether it is as declared, only a preview tells."""

    def __len__(self) -> int:
        return len(self.outdated) + len(self.gone) + len(self.unknown)


def behind(desired: Desired, state: State, live: Snapshot) -> Behind:
    """What definitions and tenant agree on, and the state does not say. What drifted keeps the state that it has."""
    names = Names(desired, state, live)
    drifted = {(one.kind, one.name) for one in compare(desired, state, live) if one.verdict in OPEN}
    outdated: dict[Address, Applied] = {}
    for address, applied in names.applied.items():
        item = live.by_id.get((address.kind, applied.id))
        if item is None or address not in desired.managed or address in drifted:
            continue
        if _differs(desired.declarations[address], applied, item, names):
            outdated[address] = applied
    unknown = [address for address in desired.managed if address not in names.ids and address in names.recognised]
    return Behind(outdated, _gone(desired, state, live, names), unknown)


def _differs(declaration: Declaration, applied: Applied, item: LiveObject, names: Names) -> bool:
    kind = declaration.kind
    have, last = names.in_definitions(kind, item.spec), names.in_definitions(kind, applied.spec)
    for field in schema(kind):
        if not (field.owns or field.secret):
            want = declaration.spec.get(field.name)
            if want == field.compared(want, have.get(field.name)) != field.compared(want, last.get(field.name)):
                return True
    return False


def _gone(desired: Desired, state: State, live: Snapshot, names: Names) -> dict[Address, Applied]:
    """What nobody declares any more, and the tenant has no longer; nothing of which too little was read to tell."""
    unread = {gap.kind.kind for gap in live.unreadable}
    asked = set(names.ids.values()) | {item.id for items in live.objects.values() for item in items if item.built_in}
    gone: dict[Address, Applied] = {}
    for address in sorted(names.orphans, key=lambda one: len(state.resources[one].owner_ids)):
        applied = state.resources[address]
        lists = bool(applied.kind.collection.list_key)
        owners = applied.owner_ids
        went = bool(owners) and owners[0] in {one.id for one in gone.values()}
        known = not owners or owners[0] in asked
        there = (address.kind, applied.id) in live.by_id
        if went or (not (there or lists or unread.intersection(applied.levels)) and known):
            gone[address] = applied
    return gone
