"""The severity of planned changes: the risks that kinds declare, applied to the change itself.

For a plan, the value in the tenant is the expected one, and the declared value the one that a risk judges. A field that
was changed in the tenant is not judged: the update restores it. A created object is judged by those risks that are
about the object itself (`Risk.new`), compared with the defaults.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any

from reconciler.definitions.model import Address
from reconciler.drift import TenantView
from reconciler.drift.order import moved
from reconciler.engine.changes import Operation
from reconciler.kinds import risks_of
from reconciler.kinds.entries import list_field
from reconciler.kinds.mapping import schema
from reconciler.kinds.risks import Change, KnownObject, Occurrence, Rule
from reconciler.kinds.threats import RULES
from reconciler.matching import Match
from reconciler.okta.malformed import MALFORMED
from reconciler.plan.model import BASE_SEVERITY, PlannedChange

_CHANGES_FIELDS = frozenset({Operation.UPDATE, Operation.IMPORT, Operation.REPLACE})


@dataclass(frozen=True, slots=True)
class RuleHits:
    """A rule and the planned changes to which it applies."""

    rule: Rule
    changes: Sequence[PlannedChange]


def rated(changes: Iterable[PlannedChange], match: Match) -> list[PlannedChange]:
    """The changes, each with its severity and the rules that apply to it."""
    changes = list(changes)
    rating = _Rating(changes, match)
    return [rating.rated(change) for change in changes]


def by_rule(changes: Iterable[PlannedChange]) -> list[RuleHits]:
    """The rules that apply to any of the changes, most severe first."""
    hits: defaultdict[str, list[PlannedChange]] = defaultdict(list)
    for change in changes:
        for rule in change.rules:
            hits[rule].append(change)
    found = [RuleHits(rule, hits[rule.id]) for rule in RULES if rule.id in hits]
    return sorted(found, key=lambda one: -one.rule.severity)


class _Rating:
    """The plan as the conditions of risks see it: an `OtherObjects` with declared objects as they will be.

    Removed objects are found as they are now.
    """

    def __init__(self, changes: Sequence[PlannedChange], match: Match) -> None:
        self._changes = changes
        self._match = match
        self._view = TenantView(match)

    def rated(self, change: PlannedChange) -> PlannedChange:
        held = {rule for rule in self._rules(change) if rule.planned}
        rules = [rule for rule in RULES if rule in held]
        severity = max([BASE_SEVERITY[change.operation], *(rule.severity for rule in rules)])
        return replace(change, severity=severity, rules=tuple(rule.id for rule in rules))

    def named(self, kind: str, name: str) -> KnownObject | None:
        """See `OtherObjects`."""
        gone = self._gone.get(Address(kind, name))
        return _known(gone, gone.before or {}) if gone else self._view.named(kind, name)

    def restricts(self, kind: str, name: str) -> bool:
        """See `OtherObjects`: an object that needs it now, or will need it."""
        return self._view.restricts(kind, name) or (kind, name) in self._restricting

    @cached_property
    def _gone(self) -> Mapping[Address, PlannedChange]:
        return {one.address: one for one in self._changes if one.removes and one.operation is Operation.DELETE}

    @cached_property
    def _gone_ids(self) -> frozenset[tuple[str, str]]:
        return frozenset((one.address.kind, one.okta_id) for one in self._gone.values())

    @cached_property
    def _restricting(self) -> frozenset[tuple[str, str]]:
        return frozenset(one for each in self._changes if each.before for one in each.kind.restricts_by(each.before))

    def _rules(self, change: PlannedChange) -> Iterator[Rule]:
        if change.list_of is not None or change.recreated:
            return  # the list has the change; what was deleted in the tenant is restored
        if change.operation is Operation.CREATE:
            yield from self._of_new(change)
        if change.operation in _CHANGES_FIELDS:
            yield from self._of_fields(change)
        if change.removes:
            yield from self._held(change, Occurrence.GONE)
        entries = list_field(change.kind)
        if change.operation is Operation.DELETE and entries and not self._with_owner(change):
            yield from self._held(change, Occurrence.CHANGED, entries, (change.before or {}).get(entries), [])

    def _of_new(self, change: PlannedChange) -> Iterator[Rule]:
        after = change.after or {}
        yield from self._held(change, Occurrence.APPEARED, new=True)
        for field in schema(change.kind.fields):
            value = after.get(field.name)
            if field.owns or field.secret or value is None:
                continue
            usual = field.default(after)
            if value != usual:
                yield from self._held(change, Occurrence.CHANGED, field.name, usual, value, new=True)

    def _of_fields(self, change: PlannedChange) -> Iterator[Rule]:
        for one in change.fields:
            if one.drifted or one.secret or one.old == one.new:
                continue
            if one.field == change.kind.shape.rank_field and change.address not in self._moved:
                continue  # only the numbers of its siblings changed
            yield from self._held(change, Occurrence.CHANGED, one.field, one.old, one.new)

    def _held(
        self,
        change: PlannedChange,
        occurrence: Occurrence,
        field: str = "",
        old: Any = None,
        value: Any = None,
        *,
        new: bool = False,
    ) -> Iterator[Rule]:
        spec = change.after if change.operation is Operation.CREATE else change.before
        about = Change(_known(change, spec or {}), self, field, old, value)
        for risk in risks_of(change.kind.fields):
            if not risk.is_about(occurrence, field) or (new and not risk.new):
                continue
            comes_back = occurrence is Occurrence.GONE and change.operation is Operation.REPLACE
            if (risk.replaced or not comes_back) and risk.when(about):
                yield risk.rule

    def _with_owner(self, change: PlannedChange) -> bool:
        """Whether a list is deleted because its owner is."""
        owner = change.item.parent if change.item else None
        return owner is not None and (owner.kind.name, owner.id) in self._gone_ids

    @cached_property
    def _moved(self) -> frozenset[Address]:
        """The objects with another position among the siblings that exist both before and after."""
        siblings: defaultdict[tuple[str, Address | None], list[tuple[int, int, Address]]] = defaultdict(list)
        for address, declaration in self._match.desired.managed.items():
            item = self._match.item(address)
            if declaration.kind.shape.ordered and item is not None:
                place = (item.rank, declaration.kind.shape.rank(declaration.spec), address)
                siblings[address.kind, declaration.parent].append(place)
        found: set[Address] = set()
        for places in siblings.values():
            before = [address for _, _, address in sorted(places)]
            after = [address for _, _, address in sorted(places, key=lambda place: place[1])]
            found.update(moved(after, before))
        return frozenset(found)


def _known(change: PlannedChange, spec: Mapping[str, Any]) -> KnownObject:
    return KnownObject(change.address.name, spec, _json(change), declared=change.declaration is not None)


def _json(change: PlannedChange) -> Mapping[str, Any]:
    if change.item is None:
        return {}
    try:
        return change.kind.read_api(dict(change.item.json))
    except MALFORMED:
        return dict(change.item.json)
