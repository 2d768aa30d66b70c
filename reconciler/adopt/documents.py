"""Turns a snapshot into documents that the loader accepts: one for each object, including everything the object owns.

A document can only be adopted if the objects it refers to are declared too. So if one object is not adopted, others
may follow: the drafts are made again until all of them are valid.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

from reconciler.adopt.draft import Draft
from reconciler.adopt.names import Identity, names_of_siblings
from reconciler.adopt.not_adopted import NotAdoptable, NotAdopted, Reason, path_of
from reconciler.adopt.reading_back import load_problem
from reconciler.adopt.specs import (
    accepts_secret,
    as_written,
    escaped,
    secrets_needed,
    spec_of,
    with_logical_name,
    without_defaults,
)
from reconciler.definitions.owned import OwnedField, owned_fields
from reconciler.definitions.references import system_names
from reconciler.kinds import Spec, kind_named
from reconciler.kinds.mapping import schema
from reconciler.kinds.people import USER
from reconciler.okta.snapshot import LiveObject, Snapshot

NO_PURPOSE: Final = "Not described yet; adopted as the tenant had it."


def drafts(
    live: Snapshot,
    candidates: Sequence[LiveObject],
    names: Mapping[Identity, str],
    priorities: Mapping[Identity, int],
    holds_secret: Callable[[Any], bool],
) -> tuple[list[Draft], list[NotAdopted]]:
    """Documents for the candidates, and the candidates that cannot be adopted.

    `names` has the logical names of the candidates and of all declared objects, and of the objects they own as far as
    the state has them; `priorities` has the priority of each candidate that has one.
    """
    refused: dict[Identity, NotAdopted] = {}
    while True:
        drafting = _Drafting(
            live, {key: name for key, name in names.items() if key not in refused}, priorities, holds_secret
        )
        made: list[Draft] = []
        newly_refused: dict[Identity, NotAdopted] = {}
        for item in candidates:
            identity = (item.kind.name, item.id)
            if identity in refused:
                continue
            try:
                made.append(drafting.draft(item, names[identity]))
            except NotAdoptable as refusal:
                newly_refused[identity] = refusal.of(item)
        newly_refused = newly_refused or _unloadable(made)
        if not newly_refused:
            return made, [*refused.values(), *drafting.not_adopted]
        refused |= newly_refused


def _unloadable(made: Sequence[Draft]) -> dict[Identity, NotAdopted]:
    """The drafts that the loader would reject or read differently."""
    reasons = ((draft.item, load_problem(draft)) for draft in made)
    return {
        (item.kind.name, item.id): NotAdopted.of(item, Reason.INVALID, reason) for item, reason in reasons if reason
    }


def priorities_of(
    live: Snapshot, candidates: Sequence[LiveObject], taken: Mapping[str, Collection[int]]
) -> dict[Identity, int]:
    """Priorities in the order of the tenant; 1 is evaluated first. Priorities in `taken` are skipped.

    They are numbered without gaps, as Okta numbers policies. Where Okta keeps other numbers, those of the tenant stay.
    """
    chosen: dict[Identity, int] = {}
    wanted = {(item.kind.name, item.id) for item in candidates}
    for kind, objects in live.objects.items():
        ordered = [item for item in objects if item.kind.shape.ordered and not item.parent]
        ordered = sorted((item for item in ordered if not item.built_in), key=_live_priority)
        used = set(taken.get(kind, ()))
        has_gaps = not kind_named(kind).provider.priority_must_match
        later = iter(range(len(ordered) + 1, len(ordered) + len(used) + len(ordered) + 1))
        for rank, item in enumerate(ordered, start=1):
            if (kind, item.id) in wanted:
                own = max(rank, item.rank) if has_gaps else rank
                chosen[kind, item.id] = own if own not in used else next(one for one in later if one not in used)
    return chosen


@dataclass
class _Drafting:
    """One pass over the candidates."""

    live: Snapshot
    names: Mapping[Identity, str]
    priorities: Mapping[Identity, int]
    holds_secret: Callable[[Any], bool]
    not_adopted: list[NotAdopted] = field(default_factory=list)

    def __post_init__(self) -> None:
        self._owned: dict[tuple[str, str, str], list[LiveObject]] = defaultdict(list)
        for objects in self.live.objects.values():
            for item in objects:
                if item.parent:
                    self._owned[item.kind.name, item.parent.kind.name, item.parent.id].append(item)
        self._unreadable = {(gap.kind.name, gap.owner_id): gap.reason for gap in self.live.unreadable}

    def draft(self, item: LiveObject, name: str) -> Draft:
        """The document for an object. Raises `NotAdoptable`."""
        before = len(self.not_adopted)
        spec = spec_of(item, self.named, self.priorities.get((item.kind.name, item.id)))
        try:
            written, objects = self._with_owned(item, spec)
        except NotAdoptable:
            del self.not_adopted[before:]
            raise
        needed = secrets_needed(item.kind, spec)
        secrets = {
            known.name: known.name in needed
            for known in schema(item.kind.fields)
            if known.secret and accepts_secret(item.kind, spec, known.name)
        }
        return Draft(item, name, _purpose(spec), written, secrets, tuple(objects))

    def named(self, kind: str, identity: str) -> str:
        """The logical name of an object that is declared, adopted or made by Okta. Otherwise raises `NotAdoptable`.

        For a user, the login.
        """
        if kind == USER:
            return self._login(identity)
        if name := self.names.get((kind, identity)):
            return name
        if identity in system_names(kind):
            return identity  # the default of a field that the API does not return
        if name := self.live.name_of_system(kind, identity):
            return name
        if self.live.has_as_another_kind(kind, identity):
            return identity  # the API does not say which of several kinds a reference is to
        item = self.live.by_id.get((kind, identity))
        if item is None and (reason := self._unreadable.get((kind, None))):
            raise NotAdoptable(Reason.UNREADABLE, f"refers to the {kind} {identity}, which could not be read: {reason}")
        if item is None:
            detail = f"refers to the {kind} {identity}, which cannot be declared: managed by a directory, or deleted"
            raise NotAdoptable(Reason.REFERENCE, detail)
        if name := self.live.system_name(item):
            return name
        which = "which Okta made for its own use" if item.built_in else "which is not adopted"
        raise NotAdoptable(Reason.REFERENCE, f"refers to the {kind} {item.label!r} ({identity}), {which}")

    def _login(self, identity: str) -> str:
        people = self.live.people
        if login := people.logins.get(identity):
            return login
        if people.unreadable:
            reason = f"names the user {identity}, who could not be looked up: {people.unreadable}"
            raise NotAdoptable(Reason.UNREADABLE, reason)
        raise NotAdoptable(Reason.REFERENCE, f"names the user {identity}, who no longer exists")

    def _with_owned(self, item: LiveObject, spec: Spec) -> tuple[dict[str, Any], list[LiveObject]]:
        """The spec to write, including what the object owns; and the objects that it describes."""
        if fields := [name for name, value in spec.items() if self.holds_secret(value)]:
            raise NotAdoptable(
                Reason.SECRET, f"in {', '.join(fields)}: rotate the secret, because it is readable in the tenant"
            )
        written: dict[str, Any] = escaped(without_defaults(item.kind.fields, spec))
        if item.parent:
            written.pop(item.kind.shape.rank_field, None)
        objects = [item]
        for owned in owned_fields(item.kind):
            if reason := self._unreadable.get((owned.kind.name, item.id)):
                raise NotAdoptable(Reason.UNREADABLE, f"its {owned.field.name} could not be read: {reason}")
            found = self._owned.get((owned.kind.name, item.kind.name, item.id), [])
            values, inner = self._whole(owned, found) if owned.whole else self._each(item, found)
            if values:
                written[owned.field.name] = values
                objects += inner
        return {
            known.name: written[known.name] for known in as_written(item.kind.fields) if known.name in written
        }, objects

    def _whole(self, owned: OwnedField, found: Sequence[LiveObject]) -> tuple[list[Any], list[LiveObject]]:
        """The items of a list that is managed as one object: all of them, or none."""
        for item in found:
            if not item.is_empty_list:
                try:
                    written, objects = self._with_owned(item, spec_of(item, self.named))
                except NotAdoptable as refusal:
                    self.not_adopted.append(refusal.of(item))
                else:
                    return written[owned.field.name], objects
        return [], []

    def _each(self, owner: LiveObject, found: Sequence[LiveObject]) -> tuple[list[Any], list[LiveObject]]:
        """The objects of one owner in their order, without those that Okta made."""
        values: list[Any] = []
        objects: list[LiveObject] = []
        keys = Counter(item.natural_key for item in found)
        names = names_of_siblings([item for item in _in_order(found) if not item.built_in], self.names)
        missing: LiveObject | None = None
        for item in _in_order(found):
            prioritised = item.kind.shape.ordered
            if item.built_in:
                missing = missing or item
                continue
            if item.untouched:
                continue
            try:
                if prioritised and missing:
                    raise NotAdoptable(Reason.ORDER, f"comes after {missing.label!r}, which is not adopted")
                if (count := keys[item.natural_key]) > 1:
                    raise NotAdoptable(Reason.AMBIGUOUS, f"{count} in {path_of(owner)} have this name")
                priority = len(values) + 1 if prioritised else None
                value, inner = self._with_owned(item, spec_of(item, self.named, priority))
            except NotAdoptable as refusal:
                missing = missing or item
                self.not_adopted.append(refusal.of(item))
            else:
                values.append(with_logical_name(item, value, names[item.id]))
                objects += inner
        return values, objects


def okta_made(live: Snapshot) -> Iterator[NotAdopted]:
    """The objects that Okta made, and what they own."""
    for objects in live.objects.values():
        for item in objects:
            if item.built_in:
                yield NotAdopted.of(item, Reason.MADE_BY_OKTA)
            elif (owner := _made_by_okta(item.parent)) and not (item.is_empty_list or item.everywhere):
                yield NotAdopted.of(
                    item, Reason.OWNER, f"belongs to {owner.kind.name} {owner.label!r}, which Okta made"
                )


def _made_by_okta(owner: LiveObject | None) -> LiveObject | None:
    """The nearest of the owners that Okta made."""
    while owner and not owner.built_in:
        owner = owner.parent
    return owner


def _purpose(spec: Spec) -> str:
    return " ".join(str(spec.get("description") or "").split()) or NO_PURPOSE


def _in_order(found: Sequence[LiveObject]) -> list[LiveObject]:
    return sorted(found, key=lambda item: (_live_priority(item) if item.kind.shape.ordered else (0,), item.natural_key))


def _live_priority(item: LiveObject) -> tuple[int, str, str]:
    return item.rank, item.label, item.id
