"""Reads what the effects of a plan need besides its snapshot, with as few list calls as possible.

The snapshot has every collection, but only the children of managed objects. A plan that removes an object also needs
the lists of unmanaged objects that may refer to it:

- the apps of a removed group: one list call (`GET /api/v1/groups/{id}/apps`), and none if the statistics of the group
  say that the snapshot has them all;
- the rules of unmanaged policies, if they can refer to a removed object: one call for the list of the policies of each
  type, and one for each unmanaged policy;
- the number of people in groups that an app imported, if the plan changes a relation to one: one list call.

A plan without such changes makes no request.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import pairwise
from typing import Any

from reconciler import matching
from reconciler.errors import TenantError
from reconciler.kinds import Kind, ListedBelow, chain, kind_named, kinds, owned_kinds
from reconciler.kinds.fields import Purpose
from reconciler.kinds.relations import reference_fields, references
from reconciler.okta import snapshot
from reconciler.okta.client import OktaClient
from reconciler.okta.malformed import MALFORMED, id_of
from reconciler.okta.snapshot import LiveObject, Owners, Snapshot, Unreadable, is_detail
from reconciler.plan import Plan
from reconciler.progress import SILENT, Progress

OF_PEOPLE = frozenset({Purpose.ACCESS, Purpose.MEMBERSHIP, Purpose.PEOPLE, Purpose.EXCEPTION})
"""The purposes of references to sets of people."""
MOST_LISTS = 100
"""How many lists of owners are read at most: a guard refuses a plan that removes more groups by accident."""
_Key = tuple[str, str]
"""Kind and id of an object."""


@dataclass(frozen=True, slots=True)
class Wanted:
    """What to read for the effects of one plan."""

    children: frozenset[str] = frozenset()
    """The kinds of owned objects to read for the owners that the snapshot did not read."""
    policies: frozenset[_Key] = frozenset()
    """The policies whose rules are compared with those of other policies, and that the snapshot did not read."""
    owners: Sequence[tuple[LiveObject, Kind, ListedBelow]] = ()
    """The lists of owners below removed objects, with the kind of the whole lists that refer to these objects."""
    left_out: int = 0
    """The number of lists of owners that are not read because there are more than `MOST_LISTS`."""
    people: frozenset[str] = frozenset()
    """The kinds whose objects to read although `Collection.query` excludes them."""

    def __bool__(self) -> bool:
        return bool(self.children or self.policies or self.owners or self.people)


@dataclass(frozen=True, slots=True)
class WhatWasRead:
    """What was read besides the snapshot of a plan."""

    live: Snapshot = field(default_factory=lambda: Snapshot({}))
    """The children of unmanaged objects."""
    owners: Mapping[_Key, Mapping[str, Sequence[str]]] = field(default_factory=dict)
    """The ids of the owners of whole lists that refer to an object, by that object and by the kind of the lists."""
    people: Mapping[_Key, int] = field(default_factory=dict)
    """The number of people in objects that the snapshot does not have."""
    notes: Sequence[str] = ()
    """What could not be read, in words."""
    gaps: Sequence[Unreadable] = ()
    """What could not be read."""

    def added_to(self, live: Snapshot) -> Snapshot:
        """A snapshot with the objects that were read besides."""
        new = [one for one in self.live.by_id.values() if (one.kind.name, one.id) not in live.by_id]
        if not new:
            return live
        objects = dict(live.objects)
        for one in new:
            objects[one.kind.name] = (*objects.get(one.kind.name, ()), one)
        by_id = {**live.by_id, **{(one.kind.name, one.id): one for one in new}}
        return replace(live, objects=objects, by_id=by_id, unreadable=(*live.unreadable, *self.live.unreadable))


NOTHING_READ = WhatWasRead()


def wanted(plan: Plan) -> Wanted:
    """What the effects of a plan need besides its snapshot."""
    removed = [change.item for change in plan.removed() if change.item]
    kinds_removed = {item.kind.name for item in removed}
    referring = [
        kind for kind in kinds() if any(kinds_removed & {*one.refers_to} for one in reference_fields(kind.fields))
    ]
    unread = _unread(plan)

    def has_unread_owners(kind: Kind) -> bool:
        levels = [(owned, owner) for owned, owner in pairwise(chain(kind)) if not is_detail(owner, owned)]
        return any(unread(one, owned) for owned, owner in levels for one in _of_kind(plan, owner, owned))

    children = {one.name for one in referring if one.parents and not one.listed_below and has_unread_owners(one)}
    owners = [
        (item, kind, kind.listed_below)
        for item in removed
        for kind in referring
        if kind.listed_below and any(item.kind.name in one.refers_to for one in reference_fields(kind.fields))
        if not _has_all(plan, item, kind, kind.listed_below)
    ]
    left_out = len(owners[MOST_LISTS:])
    policies = frozenset(_policies_without_rules(plan, unread))
    return Wanted(frozenset(children), policies, tuple(owners[:MOST_LISTS]), left_out, frozenset(_unlisted(plan)))


def _policies_without_rules(plan: Plan, unread: Owners) -> Iterator[_Key]:
    """The policies that effects compare, because apps or people move between them, and whose rules were not read."""
    for key in sorted(set(_compared_policies(plan))):
        policy = plan.live.by_id.get(key)
        if policy and any(unread(policy, owned) for owned in _rules_of(policy.kind)):
            yield key


def _compared_policies(plan: Plan) -> Iterator[_Key]:
    for change in plan.planned:
        if change.item is None or change.list_of:
            continue
        kind, changed = change.kind, {one.field for one in change.fields}
        if change.removes:
            yield kind.name, change.item.id
        elif not change.item.built_in:
            for one in references(kind.fields, change.item.spec):
                if one.relates.purpose is Purpose.SIGN_IN and one.field in changed:
                    yield one.kind, one.token
        if is_ranked(kind):  # people fall to the next policy that names them
            yield from ((kind.name, one.id) for one in plan.live.objects.get(kind.name, ()))


def is_ranked(kind: Kind) -> bool:
    """Whether policies of a kind are evaluated by priority, for the people whom they name.

    Rules have other conditions, too: which one applies instead depends on the sign-in.
    """
    return kind.shape.ordered and not (kind.parents or kind.within)


def _rules_of(kind: Kind) -> list[Kind]:
    """The kinds of rules of a policy."""
    return [one for one in owned_kinds(kind) if one.shape.ordered or one.shape.okta_adds]


def _unread(plan: Plan) -> Owners:
    """Whether the snapshot of a plan does not have the objects of a kind that an object owns.

    What an object may have without Okta saying so, such as owners of a group, would cost a request for each one.
    """
    asked = matching.owners(plan.match.in_state)
    found = {(one.kind.name, one.parent.id) for one in plan.live.by_id.values() if one.parent}

    def unread(owner: LiveObject, owned: Kind) -> bool:
        has_some = owned.of_owners(dict(owner.json))
        return bool(has_some) and not asked(owner, owned) and (owned.name, owner.id) not in found

    return unread


def _of_kind(plan: Plan, owner: Kind, owned: Kind) -> Iterator[LiveObject]:
    """The live objects that can own objects of a kind."""
    for name in owned.parents or (owner.name,):
        yield from plan.live.objects.get(name, ())


def _has_all(plan: Plan, item: LiveObject, kind: Kind, listed: ListedBelow) -> bool:
    """Whether the snapshot has all whole lists that refer to an object, according to its statistics."""
    count: Any = item.json
    for member in listed.count.split("."):
        count = count.get(member) if isinstance(count, Mapping) else None
    lists = {one.item.id for one in plan.dependents.of(item.kind.name, item.id) if _is_of(one.item, kind)}
    return isinstance(count, int) and count <= len(lists)


def _is_of(item: object, kind: Kind) -> bool:
    return isinstance(item, LiveObject) and item.kind is kind


def _unlisted(plan: Plan) -> Iterator[str]:
    """The kinds with sets of people to which changed objects refer, and which the snapshot does not have."""
    for change in plan.planned:
        if change.item and not change.item.built_in:
            for one in references(change.kind.fields, change.item.spec):
                missing = (one.kind, one.token) not in plan.live.by_id
                if missing and one.relates.purpose in OF_PEOPLE and kind_named(one.kind).shape.unlisted:
                    yield one.kind


async def read(client: OktaClient, plan: Plan, needed: Wanted, progress: Progress = SILENT) -> WhatWasRead:
    """Read what the effects of a plan need. A note names what cannot be read."""
    notes: list[str] = []
    gaps: list[Unreadable] = []
    live = Snapshot({})
    if needed.children or needed.policies:
        live = await _children(client, plan, needed, progress, notes)
        gaps += live.unreadable
    owners: dict[_Key, dict[str, Sequence[str]]] = {}
    for item, kind, listed in needed.owners:
        try:
            found = await _ids(client, f"{item.path}/{listed.path}?{listed.query}", kind_named(kind.parents[0]))
        except TenantError as error:
            notes.append(f"the {listed.path} of {item.label} could not be read: {error.message}")
            gaps.append(Unreadable(kind, None, error.message))
        else:
            owners.setdefault((item.kind.name, item.id), {})[kind.name] = found
    if needed.left_out:
        notes.append(
            f"unmanaged owners were read for {len(needed.owners)} removed objects, but not for {needed.left_out} others"
        )
    people: dict[_Key, int] = {}
    for name in sorted(needed.people):
        collection = kind_named(name).shape
        try:
            people |= await _people(client, kind_named(name), f"{collection.path}?{collection.unlisted}")
        except TenantError as error:
            notes.append(f"the number of people in some objects of kind {name} is unknown: {error.message}")
    return WhatWasRead(live, owners, people, tuple(notes), tuple(gaps))


async def _children(client: OktaClient, plan: Plan, needed: Wanted, progress: Progress, notes: list[str]) -> Snapshot:
    """The children of the owners that the snapshot did not read."""
    unread = _unread(plan)
    names = needed.children | {one.name for kind, _ in needed.policies for one in _rules_of(kind_named(kind))}

    def asks(owner: LiveObject, owned: Kind) -> bool:
        wanted_ = owned.name in needed.children or (owner.kind.name, owner.id) in needed.policies
        return (wanted_ and unread(owner, owned)) or _leads_to(owned, names)

    try:
        live = await snapshot.read(
            client,
            names,
            owners=asks,
            progress=progress,
            logins=None,
        )
    except TenantError as error:
        notes.append(f"unmanaged objects may refer to what is removed, and could not be read: {error.message}")
        return Snapshot({}, tuple(Unreadable(kind_named(name), None, error.message) for name in sorted(names)))
    notes += [f"{gap.kind.name} of {gap.owner_id} could not be read: {gap.reason}" for gap in live.unreadable]
    return live


def _leads_to(owned: Kind, names: frozenset[str]) -> bool:
    """Whether objects of an owned kind are read only because others below them are wanted."""
    return owned.name not in names


async def _ids(client: OktaClient, path: str, owner: Kind) -> list[str]:
    """The ids of the objects of an owner's kind in a list."""
    return [id_of(item, owner.shape) async for page in client.pages(path) for item in page if isinstance(item, Mapping)]


async def _people(client: OktaClient, kind: Kind, path: str) -> dict[_Key, int]:
    found: dict[_Key, int] = {}
    async for page in client.pages(path):
        for item in page:
            try:
                count = kind.people(item)
                if count is not None:
                    found[kind.name, id_of(item, kind.shape)] = count
            except MALFORMED:
                continue
    return found
