"""The effects of an object that is deleted, replaced or switched off."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from reconciler.engine.changes import Operation
from reconciler.impact import access, policies
from reconciler.impact.surroundings import Surroundings, Use, by_kind, holds_people, objects_of
from reconciler.impact.wording import as_long_as, listed, named, people, sentence, verb
from reconciler.kinds.fields import OnDelete, Purpose
from reconciler.kinds.mapping import schema
from reconciler.okta.snapshot import LiveObject
from reconciler.plan import Effect, PlannedChange

_CONDITIONS = frozenset({Purpose.PEOPLE, Purpose.EXCEPTION, Purpose.ZONE, Purpose.CLIENT, Purpose.OTHER})
"""The purposes of references that Okta removes from the object that refers."""


def effects(around: Surroundings, change: PlannedChange, item: LiveObject) -> Iterator[Effect]:
    """The effects of an object that is deleted or replaced."""
    uses = [use for use in around.uses(item.kind.name, item.id) if not around.still_declares(use, change)]
    left = [use for use in uses if not around.is_changed(use.item)]
    yield from _of_people_in_it(around, change, item)
    yield from of_removed_members(change)
    yield from access.of_removed_group(around, change, item, uses)
    yield from policies.of_removed_policy(around, change, item, left)
    yield from _invalid(around, change, item, left)
    yield from _refused(change, item, left)
    yield from _no_longer_named(change, item, uses, left)
    yield from of_what_it_gave(around, change, item)


def of_what_it_gave(around: Surroundings, change: PlannedChange, item: LiveObject) -> Iterator[Effect]:
    """What people and clients have by an object that is removed or switched off, its children included."""
    yield from access.of_removed_app(around, change, item)
    yield from access.of_removed_rule(around, change, item)
    yield from access.of_removed_clients(around, change, item)
    yield from policies.of_removed_conditions(around, change, item)
    if text := "" if item.built_in else item.kind.stops(item.spec):
        yield Effect(change.address, "stops-working", sentence(f"{text}{as_long_as(change)}"))


def of_inactive_zone(around: Surroundings, change: PlannedChange, item: LiveObject) -> Iterator[Effect]:
    """The rules of a zone that is switched off: an inactive zone matches no request."""
    uses = [use for use in around.uses(item.kind.name, item.id) if use.reference.relates.purpose is Purpose.ZONE]
    if uses:
        text = f"{named(item)} matches nothing{as_long_as(change)}, and is named by {by_kind(uses)}"
        yield Effect(change.address, "conditions-change", sentence(text), objects=objects_of(uses))


def _of_people_in_it(around: Surroundings, change: PlannedChange, item: LiveObject) -> Iterator[Effect]:
    """The people who leave a group, and what they lose with it."""
    if not holds_people(item.kind):
        return
    again = ", which is created again without them" if change.operation is Operation.REPLACE else ""
    yield from _leave(change, item, around.people([(item.kind.name, item.id)]), again)


def _leave(change: PlannedChange, item: LiveObject, count: int | None, again: str = "") -> Iterator[Effect]:
    what = named(item)
    text = f"{people(count)} {verb(count, 'leaves', 'leave')} {what}{again}"
    yield Effect(change.address, "members-leave", sentence(text), count)
    if powers := item.kind.powers(dict(item.json)):
        text = f"{people(count)} {verb(count, 'loses', 'lose')} {listed(powers)} of {what}"
        yield Effect(change.address, "roles-lost", sentence(text), count)


def of_removed_members(change: PlannedChange) -> Iterator[Effect]:
    """The people whom a change takes out of the object that their list is a part of, such as a group."""
    owner = change.item.parent if change.item and change.kind.shape.part_of_owner else None
    if owner is None or not holds_people(owner.kind):
        return
    for name in (field.name for field in schema(change.kind.fields) if field.person):
        before, after = ({*((spec or {}).get(name) or ())} for spec in (change.before, change.after))
        if count := len(before - after):
            yield from _leave(change, owner, count)


def _invalid(around: Surroundings, change: PlannedChange, item: LiveObject, left: Sequence[Use]) -> Iterator[Effect]:
    """Each object that becomes invalid because it names the removed one."""
    for use in left:
        if use.reference.relates.on_delete is OnDelete.INVALID:
            others = [around.name(use.reference.kind, other) for other in use.reference.others]
            still = f", and no longer assigns people to {listed(others)}" if others else ""
            text = f"{by_kind([use])} becomes INVALID, because it names {named(item)}{still}"
            yield Effect(change.address, "becomes-invalid", sentence(text), objects=(use.object,), becomes="INVALID")


def _refused(change: PlannedChange, item: LiveObject, left: Sequence[Use]) -> Iterator[Effect]:
    """What makes Okta refuse the deletion."""
    if reason := item.kind.kept_by(dict(item.json)):
        yield Effect(change.address, "deletion-refused", f"Okta refuses to delete {named(item)}: used by {reason}")
    refusing = [use for use in left if use.reference.relates.on_delete is OnDelete.REFUSED]
    if refusing:
        text = f"Okta refuses to delete {named(item)}: used by {by_kind(refusing)}"
        yield Effect(change.address, "deletion-refused", text, objects=objects_of(refusing))
    keeping = [use for use in left if _keeps(use)]
    if keeping:
        names = "names" if len(keeping) == 1 else "name"
        text = f"Okta refuses to delete {named(item)}: {by_kind(keeping)} {names} no other"
        yield Effect(change.address, "deletion-refused", text, objects=objects_of(keeping))


def _keeps(use: Use) -> bool:
    return use.reference.relates.on_delete is OnDelete.KEEPS_ONE and not use.reference.others


def _no_longer_named(
    change: PlannedChange, item: LiveObject, uses: Sequence[Use], left: Sequence[Use]
) -> Iterator[Effect]:
    """The conditions that lose the object. Those that then name nothing come separately."""
    lose = [use for use in uses if use.reference.relates.purpose in _CONDITIONS and not (use in left and _keeps(use))]
    empty = [use for use in lose if use in left and not use.reference.others and use.reference.relates.purpose in _ONLY]
    rest = [use for use in lose if use not in empty]
    if rest:
        text = f"{named(item)} is no longer named by {by_kind(rest)}"
        yield Effect(change.address, "conditions-change", sentence(text), objects=objects_of(rest))
    if empty:
        text = f"{by_kind(empty)} {'names' if len(empty) == 1 else 'name'} only {named(item)}: Okta does not document \
what happens to {'it' if len(empty) == 1 else 'them'}"
        yield Effect(change.address, "names-nobody", sentence(text), objects=objects_of(empty))


_ONLY = frozenset({Purpose.PEOPLE, Purpose.CLIENT})
