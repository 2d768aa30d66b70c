"""What surrounds the changed objects of a plan: who refers to them, how many people they have, what protects them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cache, cached_property

from reconciler.definitions.model import Address, Declaration
from reconciler.engine.changes import Operation
from reconciler.impact.protection import declared_protection, live_protection, readable_spec
from reconciler.impact.reading import OF_PEOPLE, WhatWasRead
from reconciler.impact.wording import listed, plural, word_of
from reconciler.kinds import Kind, Protection, kind_named, kinds
from reconciler.kinds.fields import Purpose, Relates
from reconciler.kinds.relations import Reference, reference_fields, references
from reconciler.matching import object_id
from reconciler.okta.snapshot import LiveObject, Outside
from reconciler.plan import AffectedObject, Plan, PlannedChange


@dataclass(frozen=True, slots=True)
class Use:
    """An object of the tenant that refers to a changed one."""

    object: AffectedObject
    """The object; for a whole list, its owner."""
    reference: Reference
    item: LiveObject | Outside
    """The object in the tenant; for a whole list, the list."""

    @property
    def name(self) -> str:
        """Its name for a sentence, with the rule that refers, and whether it is not managed."""
        name = f"{self.object.name}/{self.reference.within}" if self.reference.within else self.object.name
        return name if self.object.managed else f"{name} (not managed)"

    @property
    def word(self) -> str:
        """The word for what refers: a rule, or the object."""
        return f"{word_of(self.object)} rule" if self.reference.within else word_of(self.object)


def objects_of(uses: Iterable[Use]) -> tuple[AffectedObject, ...]:
    """The objects that refer, each once."""
    return tuple(dict.fromkeys(use.object for use in uses))


def by_kind(uses: Iterable[Use]) -> str:
    """The objects that refer, by kind: `the group rule A (not managed) and the password policies B, C`."""
    names: dict[str, list[str]] = defaultdict(list)
    for use in uses:
        names[use.word].append(use.name)
    parts = {word: list(dict.fromkeys(found)) for word, found in names.items()}
    return " and ".join(
        f"the {word if len(found) == 1 else plural(word)} {listed(found)}" for word, found in parts.items()
    )


class Surroundings:
    """A plan, with what was read besides its snapshot."""

    def __init__(self, plan: Plan, read: WhatWasRead) -> None:
        self.plan = replace(plan, match=plan.match.read_further(read.added_to(plan.live)))
        self._read = read
        self._identities: dict[tuple[str, str], str] = {}

    def identity(self, kind: str, name: str) -> str:
        """The id of an object by its name in definitions; empty if it does not exist."""
        if (kind, name) not in self._identities:
            self._identities[kind, name] = self._find(kind, name)
        return self._identities[kind, name]

    def _find(self, kind: str, name: str) -> str:
        match = self.plan.match
        address = Address(kind, name)
        ids = (
            match.ids.get(address),
            match.orphans.get(address),
            object_id(address.kind, match.recognised.get(address, "")),
        )
        unread = any(gap.kind.name == kind and not gap.part for gap in self.plan.live.unreadable)
        found = next((one for one in ids if one and (unread or (kind, one) in self.plan.live.by_id)), None)
        if found:
            return found
        known = kind_named(kind)
        is_system = any(one.name == name for one in known.system)
        return (self.plan.live.system_id(known, name) or "") if is_system else ""

    def name(self, kind: str, identity: str) -> str:
        """The name of an object for a sentence: Okta's, because definitions may call it differently."""
        return self.plan.names.label(kind, identity) or self.plan.names.of(kind, identity)

    def affected(self, item: LiveObject | Outside) -> AffectedObject:
        """An object of the tenant, as effects list it; for a whole list, its owner."""
        if isinstance(item, Outside):
            return AffectedObject(item.kind, item.label, item.id, managed=False)
        shown = item.shown
        dependents = self.plan.dependents
        return AffectedObject(shown.kind.name, dependents.name_of(shown), shown.id, dependents.is_managed(shown))

    def affected_by_id(self, kind: str, identity: str) -> AffectedObject:
        """An object by its id; one that the snapshot does not have is named by its id."""
        item = self.plan.live.by_id.get((kind, identity))
        return self.affected(item) if item else AffectedObject(kind, self.name(kind, identity), identity, managed=False)

    def goes(self, kind: str, identity: str) -> bool:
        """Whether the plan deletes or replaces an object."""
        change = self.plan.by_id.get((kind, identity))
        return bool(change and change.removes)

    def everyone(self, kind: str) -> set[str]:
        """The ids of the objects that all people are in."""
        known = kind_named(kind)
        found = {self.plan.live.system_id(known, one.name) for one in known.system if one.everyone}
        return {identity for identity in found if identity}

    def is_removed(self, item: LiveObject | Outside) -> bool:
        """Whether the plan removes an object, or one of its owners."""
        if isinstance(item, Outside):
            return False
        change = self.plan.by_id.get((item.kind.name, item.id))
        return bool(change and change.removes) or bool(item.parent and self.is_removed(item.parent))

    def is_changed(self, item: LiveObject | Outside) -> bool:
        """Whether the plan changes or removes an object. What definitions declare refers to no removed object."""
        if isinstance(item, Outside):
            return False
        return (item.kind.name, item.id) in self.plan.by_id or self.is_removed(item)

    def still_declares(self, use: Use, change: PlannedChange) -> bool:
        """Whether a definition refers to a changed object, so that `up` makes it refer to the new one."""
        item = use.item
        found = self.plan.names.declaration(item.kind.name, item.id) if isinstance(item, LiveObject) else None
        return found is not None and any(
            (one.kind, one.token) == change.address for one in references(found.kind.fields, found.spec)
        )

    def uses(self, kind: str, identity: str) -> Iterator[Use]:
        """The objects that refer to an object and that the plan does not remove."""
        for dependent in self.plan.dependents.of(kind, identity):
            item = dependent.item
            if self.is_removed(item):
                continue
            for reference in _references_from(item, dependent.field, kind, identity):
                yield Use(self.affected(item), reference, item)
        yield from self._owners_listed_below(kind, identity)

    def _owners_listed_below(self, kind: str, identity: str) -> Iterator[Use]:
        """The owners of whole lists that were found by the list below the object: the unmanaged apps of a group."""
        live = self.plan.live
        for referring in (kind_named(name) for name in self._read.owners.get((kind, identity), ())):
            (field,) = reference_fields(referring.fields)
            for owner in self._read.owners[kind, identity][referring.name]:
                found = (live.by_id.get((parent, owner)) for parent in referring.parents)
                item = next((one for one in found if one), None) or self._outside.get(owner)
                if item and (referring.name, owner) not in live.by_id and not self.is_removed(item):
                    relates = field.relates or Relates(Purpose.OTHER)
                    yield Use(self.affected(item), Reference(kind, identity, relates, field.name), item)

    @cached_property
    def _outside(self) -> Mapping[str, Outside]:
        return {one.id: one for one in self.plan.live.outside}

    def people(self, of: Iterable[tuple[str, str]]) -> int | None:
        """How many people are in objects, given by kind and id; None if that is not known for all of them."""
        counts = [self._people_in(kind, identity) for kind, identity in of]
        known = [count for count in counts if count is not None]
        return sum(known) if len(known) == len(counts) else None

    def _people_in(self, kind: str, identity: str) -> int | None:
        if not identity:
            return 0  # it is created by this plan
        item = self.plan.live.by_id.get((kind, identity))
        return item.kind.people(dict(item.json)) if item else self._read.people.get((kind, identity))

    def references_of(self, item: LiveObject) -> list[Reference]:
        """What an object refers to, with ids."""
        spec = None if item.built_in else readable_spec(item)
        return [] if spec is None else list(references(item.kind.fields, spec))

    def declared_people(self, declaration: Declaration) -> frozenset[str]:
        """The ids of the groups to whose members a declared policy applies."""
        found = references(declaration.kind.fields, declaration.spec)
        return frozenset(self.identity(one.kind, one.token) for one in found if one.relates.purpose is Purpose.PEOPLE)

    def before(self, change: PlannedChange) -> list[Reference]:
        """The references of an object before its change, with ids."""
        if change.item:
            return self.references_of(change.item)
        if change.operation is Operation.CREATE or change.applied is None:
            return []  # it does not exist, or no longer
        return list(references(change.kind.fields, change.applied.spec))

    def after(self, change: PlannedChange) -> list[Reference]:
        """The references of an object after its change, with ids, which are empty for objects that are created."""
        if change.declaration is None:
            return []
        found = references(change.kind.fields, change.declaration.spec)
        return [replace(one, token=self.identity(one.kind, one.token), name=one.token) for one in found]

    def name_of(self, reference: Reference) -> str:
        """The name of the object of a reference; for an object that is created, its name in definitions."""
        return self.name(reference.kind, reference.token) if reference.token else reference.name

    def protection(self, item: LiveObject) -> Protection | None:
        """What a policy asks of people now; None if it, or its rules, could not be read."""
        return live_protection(self.plan, item)

    def declared_protection(self, declaration: Declaration) -> Protection:
        """What a policy asks of people as declared."""
        item = self.plan.live.by_id.get((declaration.kind.name, self.identity(*declaration.address)))
        return declared_protection(self.plan, declaration, item)

    @staticmethod
    def declared_name(change: PlannedChange, field: str) -> str:
        """The name in a declared reference."""
        found = references(change.kind.fields, change.declaration.spec) if change.declaration else ()
        return next((one.token for one in found if one.field == field), "")

    def below(self, item: LiveObject) -> Iterator[LiveObject]:
        """The live objects that an object owns, directly or not."""
        for one in self._children.get((item.kind.name, item.id), ()):
            yield one
            yield from self.below(one)

    @cached_property
    def _children(self) -> Mapping[tuple[str, str], Sequence[LiveObject]]:
        found: dict[tuple[str, str], list[LiveObject]] = defaultdict(list)
        for item in self.plan.live.by_id.values():
            if item.parent:
                found[item.parent.kind.name, item.parent.id].append(item)
        return found


@cache
def holds_people(kind: Kind) -> bool:
    """Whether people are in objects of a kind: others refer to it as a set of people."""
    fields = (field for one in kinds() for field in reference_fields(one.fields))
    return any(
        kind.name in field.refers_to and field.relates and field.relates.purpose in OF_PEOPLE for field in fields
    )


def _references_from(item: LiveObject | Outside, field: str, kind: str, identity: str) -> Sequence[Reference]:
    """The references of an object to another one in one field, or in a member that definitions do not cover."""
    if isinstance(item, LiveObject):
        spec = readable_spec(item)
        found = [] if spec is None else list(references(item.kind.fields, spec))
        named = [one for one in found if (one.kind, one.token, one.field) == (kind, identity, field)]
        if named:
            return named
    known = [one for one in kinds() if isinstance(item, Outside) and one.shape.path == item.path]
    relates = next(
        (one.relates for kind_ in known for one in reference_fields(kind_.fields) if one.name == field), None
    )
    return [Reference(kind, identity, relates or Relates(Purpose.OTHER), field)]
