"""Outdated state: the definitions and the tenant agree, but the state differs.

This happens if a run is killed after it has edited the definitions, or if a person edits them to match the tenant.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass

from reconciler.definitions.model import Address, Declaration
from reconciler.drift.comparison import Comparison
from reconciler.engine.state import Applied
from reconciler.kinds.mapping import schema
from reconciler.kinds.refusals import SpecAttributes
from reconciler.matching import Match, Names
from reconciler.okta.snapshot import LiveObject


@dataclass(frozen=True, slots=True)
class Behind:
    """The updates that the state needs."""

    outdated: Mapping[Address, Applied]
    """Objects with other values in the state."""
    gone: Mapping[Address, Applied]
    """Objects that are only in the state."""
    unknown: Collection[Address]
    """Objects that are not in the state. Only a preview can tell whether they are as declared."""

    def __len__(self) -> int:
        return len(self.outdated) + len(self.gone) + len(self.unknown)


def behind(comparison: Comparison) -> Behind:
    """The updates with which the state matches definitions and tenant. Objects with drift are not included."""
    match, drifted = comparison.match, comparison.drifted
    desired = match.desired
    outdated: dict[Address, Applied] = {}
    for address, applied in match.applied.items():
        item = match.live.by_id.get((address.kind, applied.id))
        if item is None or address not in desired.managed or address in drifted:
            continue
        if _differs(desired.declarations[address], applied, item, match.names):
            outdated[address] = applied
    unknown = [address for address in desired.managed if address not in match.ids and address in match.recognised]
    return Behind(outdated, _gone(match), unknown)


def _differs(declaration: Declaration, applied: Applied, item: LiveObject, names: Names) -> bool:
    kind = declaration.kind
    have, last = names.in_definitions(kind, item.spec), names.in_definitions(kind, applied.spec)
    wanted, unknown = SpecAttributes(declaration.spec), applied.encrypted
    for field in schema(kind.fields):
        if field.comparable and field.name not in unknown and field.applies_to(wanted):
            want = declaration.spec.get(field.name)
            if want == field.compared(want, have.get(field.name)) != field.compared(want, last.get(field.name)):
                return True
    return False


def _gone(match: Match) -> dict[Address, Applied]:
    """Objects in the state that are neither declared nor in the tenant, if enough was read to be certain."""
    live, resources = match.live, match.state.resources
    unread = {gap.kind.name for gap in live.unreadable}
    asked = set(match.ids.values()) | {item.id for items in live.objects.values() for item in items if item.built_in}
    gone: dict[Address, Applied] = {}
    for address in sorted(match.orphans, key=lambda one: len(resources[one].owner_ids)):
        applied = resources[address]
        lists = applied.kind.shape.part_of_owner
        owners = applied.owner_ids
        went = bool(owners) and owners[0] in {one.id for one in gone.values()}
        known = not owners or owners[0] in asked
        there = (address.kind, applied.id) in live.by_id
        if went or (not (there or lists or unread.intersection(applied.levels)) and known):
            gone[address] = applied
    return gone
