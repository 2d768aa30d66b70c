"""The relations that objects lose: items of lists, owned objects, references, and rules that fill them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from reconciler.definitions.model import Address, Source
from reconciler.engine.changes import Operation
from reconciler.guard.counting import owner_id_of, owner_of
from reconciler.kinds.entries import entry_keys, key_field, key_path, list_field
from reconciler.kinds.fields import Purpose
from reconciler.kinds.mapping import schema
from reconciler.kinds.relations import references
from reconciler.plan import Plan, PlannedChange


@dataclass(frozen=True, slots=True)
class LostRelations:
    """Relations of one sort that one object loses."""

    object: str
    """Kind and name of the object."""
    what: str
    """The relations, such as `groups` or `authorization-server-scope`."""
    before: int
    """The number of these relations before the plan."""
    lost: Sequence[str]
    """Those that are lost, by name."""
    source: Source | None = None


def lost_relations(plan: Plan) -> Iterator[LostRelations]:
    """All relations that objects lose. The relations of an object that is deleted itself do not count."""
    for change in plan.by_address.values():
        yield from _entries(plan, change)
        yield from _references(plan, change)
    yield from _owned(plan)
    yield from _filled(plan)


def loses_all_access(change: PlannedChange) -> bool:
    """Whether the list of the groups with access to its owner becomes empty."""
    key = key_field(change.kind)
    if key is None or key.relates is None or change.operation is Operation.RELEASE:
        return False
    if key.relates.purpose is not Purpose.ACCESS:
        return False
    before, after = _keys(change)
    return bool(before) and not after


def owner_name(plan: Plan, change: PlannedChange) -> str:
    """Kind and name of the owner of an object."""
    if change.declaration and change.declaration.parent:
        return str(change.declaration.parent)
    if owner := owner_of(plan, change):
        return str(owner.address)
    owner_id = owner_id_of(change)
    names = ((kind, plan.managed.get((kind, owner_id))) for kind in change.kind.parents)
    return next((str(Address(kind, name)) for kind, name in names if name), str(change.address))


def _ends(plan: Plan, change: PlannedChange) -> bool:
    """Whether the object itself, or its owner, is deleted or left alone."""
    owner = owner_of(plan, change)
    ends = (Operation.DELETE, Operation.RELEASE)
    return change.operation is Operation.RELEASE or (owner is not None and owner.operation in ends)


def _entries(plan: Plan, change: PlannedChange) -> Iterator[LostRelations]:
    if _ends(plan, change):
        return
    before, after = _keys(change)
    if lost := [key for key in before if key not in after]:
        what = schema(change.kind.fields)[0].name if change.kind.shape.whole_set else list_field(change.kind)
        yield LostRelations(owner_name(plan, change), what, len(before), lost, source=change.source)


def _keys(change: PlannedChange) -> tuple[list[str], list[str]]:
    """The keys of the entries, before and after the change. The values of a whole set are keys."""
    if change.kind.shape.whole_set:
        (only,) = schema(change.kind.fields)
        before, after = ((spec or {}).get(only.name) or [] for spec in (change.before, change.after))
        return before, after
    return entry_keys(change.kind, change.before), entry_keys(change.kind, change.after)


def _references(plan: Plan, change: PlannedChange) -> Iterator[LostRelations]:
    if change.before is None or change.after is None or _ends(plan, change) or change.kind.shape.whole_set:
        return
    before, after = _by_field(change, change.before), _by_field(change, change.after)
    items, own = {within for _, within in after}, entry_keys(change.kind, change.before)
    subject = owner_name(plan, change) if change.kind.shape.part_of_owner else str(change.address)
    for (field, within), names in sorted(before.items()):
        lost = [name for name in names if name not in after.get((field, within), ())]
        if lost and (not within or within in items or within not in own):
            what = f"{field} of {within}" if within else field
            yield LostRelations(subject, what, len(names), lost, source=change.source)


def _by_field(change: PlannedChange, spec: Mapping[str, object]) -> dict[tuple[str, str], list[str]]:
    """The names that an object refers to, by field and by the item that contains it; not the keys of entries."""
    kind, found = change.kind, defaultdict[tuple[str, str], list[str]](list)
    key = key_path(kind)
    for one in references(kind.fields, dict(spec)):
        if one.field != key:
            found[one.field, one.within].append(one.token)
    return found


def _owned(plan: Plan) -> Iterator[LostRelations]:
    """Owned objects that are deleted while their owner stays."""
    lost: dict[tuple[str, str, str], list[str]] = defaultdict(list)
    for change in plan.by_address.values():
        is_object = change.kind.parents and not change.kind.shape.part_of_owner
        if change.operation is Operation.DELETE and is_object and not _ends(plan, change):
            lost[owner_name(plan, change), change.address.kind, owner_id_of(change)].append(change.address.name)
    for (owner, kind, owner_id), names in sorted(lost.items()):
        there = [
            item
            for item in plan.live.objects.get(kind, ())
            if item.parent and item.parent.id == owner_id and not item.built_in
        ]
        yield LostRelations(owner, kind, max(len(there), len(names)), names)


def _filled(plan: Plan) -> Iterator[LostRelations]:
    """Objects that others no longer fill with people, such as groups by their rules."""
    lost: dict[tuple[str, str], list[str]] = defaultdict(list)
    for change in plan.by_address.values():
        for kind, identity in _no_longer_filled(plan, change):
            lost[kind, identity].append(str(change.address))
    for (kind, identity), names in sorted(lost.items()):
        target = plan.live.by_id.get((kind, identity))
        change_of_target = plan.by_id.get((kind, identity))
        if target is None or (change_of_target is not None and change_of_target.removes):
            continue
        filling = {
            str(one)
            for one in plan.dependents.of(kind, identity)
            if one.relates and one.relates.purpose is Purpose.MEMBERSHIP
        }
        name = plan.dependents.name_of(target)
        yield LostRelations(str(Address(kind, name)), "rules that fill it", len(filling | {*names}), sorted(names))


def _no_longer_filled(plan: Plan, change: PlannedChange) -> Iterator[tuple[str, str]]:
    """Kind and id of the objects that an object fills with people now, and after the change no longer."""
    if change.item is None or change.operation is Operation.RELEASE:
        return
    after = references(change.kind.fields, change.after or {})
    kept = {(one.kind, one.token) for one in after if one.relates.purpose is Purpose.MEMBERSHIP}
    for one in references(change.kind.fields, change.item.spec):
        if one.relates.purpose is Purpose.MEMBERSHIP and (one.kind, plan.names.of(one.kind, one.token)) not in kept:
            yield one.kind, one.token
