"""Reading a tenant: every collection once, with list calls, and owned objects only where needed.

Collections need one list call per page. Owned objects (rules, scopes, assignments) have no common list in Okta's API
and need a call per owner. So they are read only for the owners that the caller chooses.
"""

from __future__ import annotations

import asyncio
import json
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from reconciler.errors import TenantError
from reconciler.kinds import Detail, Kind, Shape, Spec, kind_named, kinds, owned_kinds, sharing_list
from reconciler.kinds.entries import check_key, gathered, is_empty
from reconciler.kinds.json_shape import check_shape
from reconciler.kinds.mapping import (
    Vocabulary,
    decode,
    documents_of,
    joined_kinds,
    names_people,
    owner_of,
    owner_word,
    people_in,
    references_in,
    schema,
)
from reconciler.kinds.shapes import always, member
from reconciler.okta import people
from reconciler.okta.client import OktaClient
from reconciler.okta.malformed import MALFORMED, MalformedItems, id_of
from reconciler.okta.people import NOBODY, People
from reconciler.okta.pipeline import ClassicEngine, is_classic
from reconciler.okta.watching import NOTHING, Watched, WatchReading
from reconciler.progress import SILENT, Progress
from reconciler.watched import Watch, read_rows
from reconciler.watched.row import address

_BAD_REQUEST = 400
_NOT_LICENSED = "E0000015"
"""Okta's error code for a feature that the org does not have, such as custom authorization servers."""


@dataclass(frozen=True, slots=True)
class LiveObject:
    """One object of the tenant. A whole list has the id of its owner."""

    kind: Kind
    id: str
    json: Mapping[str, Any]
    parent: LiveObject | None = None
    title: str = ""
    """For a relation: the label of the object that it joins to its owner."""
    within: LiveObject | None = None
    """The object that every tenant has once and that it is below (see `Kind.within`)."""

    @property
    def spec(self) -> Spec:
        """Its fields in canonical form; references are ids."""
        return decode(self.kind.fields, self.kind.read_api(dict(self.json)), Vocabulary.API)

    @property
    def path(self) -> str:
        """Its address in the API."""
        shape, owner = self.kind.shape, self.parent or self.within
        below = shape.document_with(self.ids[0], is_word=False) if self.kind.owned_by else None
        return shape.item_path(below or collection_path(self.kind, owner), self.ids[-1])

    @property
    def shown(self) -> LiveObject:
        """The object that reports show for it: its owner if it is a part of that, else itself."""
        return self.parent if self.parent and self.kind.shape.part_of_owner else self

    @property
    def label(self) -> str:
        """The name in Okta, which is also the natural key within the parent."""
        if self.shown is not self:
            return self.shown.label
        return self.title or str(label_of(self.kind, self.json))

    @property
    def natural_key(self) -> tuple[str, str]:
        """What no sibling shares: the name, and what tells apart siblings of one name, if Okta lets them share it.

        For a relation, the id of the other object is the name.
        """
        field = self.kind.distinguished_by
        if not (self.kind.known_by_name or self.built_in) and (known := self.kind.known_by(self.spec)):
            return known, ""
        name = self.label if self.shown is not self else str(label_of(self.kind, self.json))
        return name, str(_member(self.kind, field, self.json)) if field else ""

    @property
    def rank(self) -> int:
        """Its position among its siblings; 0 if they have no order."""
        return self.kind.shape.rank(self.json)

    @property
    def built_in(self) -> bool:
        """Whether Okta created it."""
        return self.shown is self and self.kind.shape.built_in(dict(self.json))

    @property
    def in_every_tenant(self) -> bool:
        """Whether tenants have it without anybody creating it."""
        shape = self.kind.shape
        return shape.some_in_every_tenant and shape.in_every_tenant(self.kind.read_api(dict(self.json)))

    @property
    def everywhere(self) -> bool:
        """Whether it exists without anyone having created it: every tenant has it, or every owner."""
        return self.built_in or self.in_every_tenant

    @property
    def untouched(self) -> bool:
        """Whether every tenant has it, and it still has the values that it has in a new tenant."""
        if not self.in_every_tenant:
            return False
        spec, fresh = self.spec, self.kind.fresh
        return self.kind.untouched(spec) or all(
            spec[field.name] in (None, [], {}, *fresh.get(field.path, ()))
            for field in schema(self.kind.fields)
            if field.comparable and field.name != self.kind.label_field
        )

    @property
    def is_empty_list(self) -> bool:
        """Whether it has no entries, except those that Okta created: a whole list without items."""
        return is_empty(self.kind, self.json)

    @property
    def details(self) -> Sequence[Detail]:
        """The further lists that it has."""
        known = self.kind.details
        shaped = self.kind.read_api(dict(self.json)) if known else {}
        return [detail for detail in known if detail.asked(shaped)]

    @property
    def levels(self) -> tuple[str, ...]:
        """Its kind, its owner's, and so on."""
        return (self.kind.name, *(self.parent.levels if self.parent else ()))

    @property
    def ids(self) -> tuple[str, ...]:
        """The ids from the outermost parent to itself."""
        if self.shown is not self:
            return self.shown.ids
        if self.kind.owned_by:
            return tuple(self.id.split("/"))
        above = self.parent or self.within
        return (*(above.ids if above else ()), self.id.rpartition("/")[2])

    @property
    def owner_id(self) -> str | None:
        """The id of its owner, or the word for it (see `Kind.owned_by`)."""
        if self.kind.owned_by:
            return self.ids[0]
        return self.parent.id if self.parent else None

    @property
    def import_id(self) -> str:
        """The id that `pulumi import` takes."""
        return self.kind.shape.imported_as(self.ids)


@dataclass(frozen=True, slots=True)
class Unreadable:
    """A part of the tenant that could not be read, so that its content is unknown."""

    kind: Kind
    owner_id: str | None
    """The owner whose objects could not be read; None for a whole collection, or some of its items."""
    reason: str
    part: str = ""
    """The unreadable part of an object that was read; then `owner_id` is the id of that object."""
    not_licensed: bool = False
    """Whether the tenant does not have the feature: then it has no such objects either."""


@dataclass(frozen=True, slots=True)
class Outside:
    """An item of a shared list that no kind covers, such as an app with another sign-on mode."""

    path: str
    """The address of the list."""
    json: Mapping[str, Any]
    built_in: bool
    """Whether Okta created it."""
    kind: str
    """What such items of the list are called in reports."""

    @property
    def id(self) -> str:
        """Its id in the tenant."""
        return str(self.json["id"])

    @property
    def label(self) -> str:
        """The name in Okta, or the id."""
        names = (self.json.get(member) for member in ("label", "name"))
        return next((name for name in names if isinstance(name, str)), self.id)


@dataclass(frozen=True, slots=True, repr=False)  # asyncio.run asks for the repr of a result: half a second for these
class Snapshot:
    """The content of a tenant when it was read."""

    objects: Mapping[str, Sequence[LiveObject]]
    """The objects by kind. Kinds that were not read are absent."""
    unreadable: Sequence[Unreadable] = ()
    requests: int = 0
    by_id: Mapping[tuple[str, str], LiveObject] = field(default_factory=dict)
    outside: Sequence[Outside] = ()
    """The items of the lists that no kind covers."""
    watched: Watched = NOTHING
    """The collections and relations that no kind covers."""
    people: People = NOBODY
    """The users that objects or definitions name."""
    around: Mapping[str, str] = field(default_factory=dict)
    """The ids of the objects that all objects of a kind are below (see `Kind.within`), by kind."""

    def around_of(self, kind: Kind) -> Sequence[str]:
        """The id of what all objects of a kind are below; empty if there is no such object."""
        return [self.around[kind.name]] if kind.name in self.around else []

    def system_item(self, kind: Kind, name: str) -> LiveObject | None:
        """An object that every tenant has, by its name in definitions. It may be of another kind with the same list.

        None if the tenant lacks it or the kind has no such object.
        """
        matches = next((known.matches for known in kind.system if known.name == name), None)
        if matches is None:
            return None
        items = (found for one in (kind, *sharing_list(kind)) for found in self.objects.get(one.name, ()))
        return next((found for found in items if matches(dict(found.json))), None)

    def system_id(self, kind: Kind, name: str) -> str | None:
        """The id of such an object."""
        found = self.system_item(kind, name)
        return found.id if found else None

    def has_as_another_kind(self, kind: str, identity: str) -> bool:
        """Whether an id is that of an object of another kind. Parts of an object have its id."""
        others = (other.name for other in kinds() if other.name != kind and not other.shape.part_of_owner)
        return (kind, identity) not in self.by_id and any((other, identity) in self.by_id for other in others)

    def name_of_system(self, kind: str, identity: str) -> str | None:
        """The name in definitions of an object that every tenant has, by its id."""
        known = kind_named(kind)
        return next((one.name for one in known.system if self.system_id(known, one.name) == identity), None)

    def system_name(self, found: LiveObject) -> str | None:
        """The name in definitions of an object that every tenant has."""
        return next((known.name for known in found.kind.system if known.matches(dict(found.json))), None)


Owners = Callable[[LiveObject, Kind], bool]
"""Whether to read the objects of a kind that an object owns."""


def that_can(owner: LiveObject, owned: Kind) -> bool:
    """Every owner that can have objects of the kind, or of which Okta does not say it."""
    return owned.of_owners(dict(owner.json)) is not False


def label_of(kind: Kind, item: Mapping[str, Any]) -> Any:
    """The name of an object, out of the API's JSON."""
    if kind.shape.sole:
        return kind.name
    shaped = kind.read_api(dict(item)) if joined_kinds(kind) else item
    return kind.label_from(_member(kind, kind.label_field, shaped))


def _member(kind: Kind, name: str, item: Mapping[str, Any]) -> Any:
    """The value of a field, out of the API's JSON."""
    field = next(field for field in schema(kind.fields) if field.name == name)
    value: Any = item
    for key in field.places[Vocabulary.API][0]:
        value = value[key]
    return value


def collection_path(kind: Kind, parent: LiveObject | None) -> str:
    """The path of a collection; of an owned one, below its owner. Raises ValueError if the owner does not name it."""
    if kind.owned_by and parent:
        return kind.shape.document_of(parent.json)
    return kind.shape.collection_path(parent.path if parent else "")


def fewest_requests(managed: Iterable[Kind], *, watch: bool = False) -> int:
    """The minimum number of requests of a read: one for each list, and one for each list of a managed object.

    Further pages, lists that only some objects have, and documents that are read only if something in them is declared
    are not included. With `watch`, each list that no kind covers is included, but no relation.
    """
    listed = [kind for kind in kinds() if not (kind.parents or kind.shape.read_if_declared)]
    lists = {(kind.within or kind).shape.source for kind in listed}
    within = sum(kind.within is not None for kind in kinds())
    rows = sum(not row.below for row in read_rows()) if watch else 0
    owned = sum(
        len(
            {
                owned.shape.source
                for owned in owned_kinds(kind)
                if owned.of_owners is always and not is_detail(kind, owned)
            }
        )
        for kind in managed
    )
    return len(lists) + within + rows + owned + sum(len(_documents_of_all(kind)) for kind in managed)


def _documents(owner: Kind) -> Mapping[tuple[str, str], list[Kind]]:
    """The kinds that are read from each document of an owner."""
    found: dict[tuple[str, str], list[Kind]] = defaultdict(list)
    for kind in documents_of(owner):
        found[kind.shape.source].append(kind)
    return found


def _documents_of_all(owner: Kind) -> set[tuple[str, str]]:
    """The documents that are read of every owner."""
    return {
        source
        for source, sharing in _documents(owner).items()
        if not all(kind.shape.read_if_declared or kind.of_owners is not always for kind in sharing)
    }


def has_unknown_details(owner: LiveObject, owned: Kind) -> bool:
    """Whether objects of a kind are details of an owner that does not say whether it has any."""
    told = (detail.of for detail in owner.kind.details if detail.path == owned.shape.path and detail.of)
    return any(member(owner.kind.read_api(dict(owner.json)), one) is None for one in told)


def is_detail(kind: Kind, owned: Kind) -> bool:
    """Whether objects of a kind are details of their owners, which are read only if the owner says that it has some."""
    return owned.shape.path in {detail.path for detail in kind.details}


async def read(
    client: OktaClient,
    wanted: Iterable[str] | None = None,
    *,
    owners: Owners = that_can,
    progress: Progress = SILENT,
    watch: Watch | None = None,
    logins: Iterable[str] | None = (),
) -> Snapshot:
    """Read the `wanted` kinds (all by default). `owners` chooses the objects whose owned objects are read.

    What no kind covers is read if it is to be `watch`ed. The users that objects name are looked up, and those with
    these `logins`. If `logins` is None, no users are looked up.

    Raises the error of the first collection if nothing could be read, and `ClassicEngine`.
    """
    names = {kind.name for kind in kinds()} if wanted is None else set(wanted)
    reading = _Reading(client, names, owners, progress, watch, logins)
    await reading.run()
    return reading.snapshot()


class _Reading:
    """One read. Collections are read concurrently; owned objects are read as soon as their owner arrives."""

    def __init__(
        self,
        client: OktaClient,
        names: set[str],
        owners: Owners,
        progress: Progress,
        watch: Watch | None,
        logins: Iterable[str] | None,
    ) -> None:
        self._client = client
        self._watching = WatchReading(client, watch, self._started, self._done)
        self._names = names
        self._owners = owners
        self._progress = progress
        self._requests_before = client.requests
        self._found: dict[str, dict[tuple[str, ...], LiveObject]] = {}
        self._unreadable: list[Unreadable] = []
        self._outside: dict[str, Outside] = {}
        self._around: dict[str, str] = {}
        self._errors: list[TenantError] = []
        self._may_be_classic = False
        self._of_kinds = 0
        """How many lists of kinds were read."""
        self._lists = 0
        self._lists_done = 0
        self._logins = logins
        self._people = NOBODY

    async def run(self) -> None:
        together: dict[tuple[str, str], list[Kind]] = defaultdict(list)
        for kind in kinds():
            if not (kind.parents or kind.owned_by or kind.within) and self._needed(kind):
                together[kind.shape.source].append(kind)
        async with asyncio.TaskGroup() as group:
            for kind in kinds():
                if kind.within and self._needed(kind):
                    self._ask_within(group, kind, kind.within)
            for sharing in together.values():
                self._ask(group, sharing, None)
            holders = {address(*kind.within.shape.source) for kind in kinds() if kind.within and self._needed(kind)}
            self._watching.start(group, {address(*listed) for listed in together}, holders)
        if self._may_be_classic and await is_classic(self._client):
            raise ClassicEngine(self._client.url)
        if self._errors and len(self._errors) == self._of_kinds:
            raise self._errors[0]
        if self._logins is not None:
            await self._find_people(self._logins)

    async def _find_people(self, logins: Iterable[str]) -> None:
        """Look up the users that objects name. If that fails, these objects are unreadable in part."""
        naming = [
            (item, ids)
            for name, found in self._found.items()
            if names_people(kind_named(name).fields)
            for item in found.values()
            if not item.built_in and (ids := {identity for _, identity in people_in(item.kind.fields, item.spec)})
        ]
        self._people = await people.find(self._client, logins, set().union(*(ids for _, ids in naming)))
        if reason := self._people.unreadable:
            self._unreadable += [Unreadable(item.kind, item.id, reason, "users") for item, _ in naming]

    def snapshot(self) -> Snapshot:
        objects = {
            name: tuple(sorted(self._objects(kind_named(name)), key=lambda item: (item.label, item.id)))
            for name in self._found
        }
        return Snapshot(
            objects,
            tuple(sorted(self._unreadable, key=lambda gap: (gap.kind.name, gap.owner_id or ""))),
            self._client.requests - self._requests_before,
            {(item.kind.name, item.id): item for found in objects.values() for item in found},
            tuple(one for _, one in sorted(self._outside.items())),
            self._watching.result(),
            self._people,
            self._around,
        )

    def _objects(self, kind: Kind) -> Iterator[LiveObject]:
        """The objects of a kind. Relations have the label of the object that they refer to."""
        joined = joined_kinds(kind)
        for item in self._found[kind.name].values():
            if kind.exists is not always and not kind.exists(kind.read_api(dict(item.json))):
                continue
            others = (self._found.get(name, {}).get((item.label,)) for name in joined)
            other = next((one for one in others if one), None)
            yield replace(item, title=other.label) if other else item

    def _started(self) -> None:
        self._lists += 1

    def _done(self) -> None:
        self._lists_done += 1
        self._progress.count(self._lists_done, self._lists)

    def _needed(self, kind: Kind) -> bool:
        below = (*owned_kinds(kind), *documents_of(kind))
        if kind.name in self._names or any(self._needed(one) for one in below):
            return True
        # others refer to it as an object of the other kind
        return kind.shape.sole and any(one.name in self._names for one in sharing_list(kind))

    def _ask(self, group: asyncio.TaskGroup, sharing: list[Kind], owner: LiveObject | None) -> None:
        """Start reading one list, which several kinds may share (all apps are one list)."""
        for kind in sharing:
            self._found.setdefault(kind.name, {})
            for document in documents_of(kind):
                if self._needed(document):
                    self._found.setdefault(document.name, {})
        self._of_kinds += 1
        self._started()
        group.create_task(self._list(group, sharing, owner))

    def _ask_documents(self, group: asyncio.TaskGroup, owner: LiveObject) -> None:
        """Start reading the documents about an object, which several kinds may share."""
        for sharing in _documents(owner.kind).values():
            can = [kind for kind in sharing if kind.shape.read_if_declared or that_can(owner, kind)]
            needed = [kind for kind in can if self._needed(kind)]
            if any(not kind.shape.read_if_declared or self._is_read(owner, kind) for kind in needed):
                self._ask(group, needed, owner)

    def _is_read(self, owner: LiveObject, kind: Kind) -> bool:
        """Whether to read a document that is read only if something in it is declared."""
        return not owner.built_in and self._owners(owner, kind)

    def _ask_within(self, group: asyncio.TaskGroup, kind: Kind, holder: Kind) -> None:
        """Start finding the object that every tenant has once, and reading what is below it."""
        self._found.setdefault(kind.name, {})
        self._of_kinds += 1
        self._started()
        group.create_task(self._within(group, kind, holder))

    async def _within(self, group: asyncio.TaskGroup, kind: Kind, holder: Kind) -> None:
        malformed = MalformedItems(holder.shape.path)
        items: list[Any] = []
        listed = address(*holder.shape.source)
        try:
            async for page in self._client.pages(holder.shape.request(), holder.shape.page):
                for item in page:
                    items.append(item)
                    try:
                        found = LiveObject(holder, id_of(item, holder.shape), item)
                        if kind.name not in self._around and holder.shape.claims(item):
                            self._around[kind.name] = found.id
                            self._ask(group, [kind], found)
                    except MALFORMED as error:
                        malformed.add([kind], len(items), item, error)
            self._watching.listed(group, listed, items)
        except TenantError as error:
            self._failed([kind], None, error)
            self._watching.listed(group, listed, error)
        self._unreadable += [Unreadable(one, None, reason) for one, reason in malformed.reasons()]
        self._done()

    def _failed(self, sharing: Sequence[Kind], owner_id: str | None, error: TenantError) -> None:
        """Record a list that could not be read."""
        self._errors.append(error)
        refused = error.status == _BAD_REQUEST
        self._may_be_classic |= refused and any(kind.identity_engine for kind in sharing)
        absent = error.code == _NOT_LICENSED or (refused and sharing[0].within is not None)
        self._unreadable += [Unreadable(kind, owner_id, error.message, not_licensed=absent) for kind in sharing]

    async def _list(self, group: asyncio.TaskGroup, sharing: list[Kind], owner: LiveObject | None) -> None:
        shape = sharing[0].shape
        owner_id = owner.id if owner and not (sharing[0].owned_by or sharing[0].within) else None
        malformed = MalformedItems(shape.path)
        try:
            path = collection_path(sharing[0], owner)
            malformed = MalformedItems(path)
            pages = self._client.pages(path + (f"?{shape.query}" if shape.query else ""), _Page(sharing))
            if owner and shape.part_of_owner:
                items = [item async for page in pages for _, item in page]
                self._take_list(group, sharing[0], items, owner, malformed)
            else:
                number = 0
                async for page in pages:
                    for alike, item in page:
                        number += 1
                        self._take_item(group, alike, item, number, owner, malformed)
        except ValueError as error:
            message = f"the {sharing[0].name} of {owner.label if owner else ''}: {error}"
            self._unreadable += [Unreadable(kind, owner_id, message) for kind in sharing]
        except TenantError as error:
            if owner is None:
                self._watching.owners_unreadable(address(*shape.source), error)
            self._failed(sharing, owner_id, error)
        self._unreadable += [Unreadable(kind, owner_id, reason) for kind, reason in malformed.reasons()]
        self._done()

    def _take_item(
        self,
        group: asyncio.TaskGroup,
        sharing: list[Kind],
        item: Any,
        number: int,
        owner: LiveObject | None,
        malformed: MalformedItems,
    ) -> None:
        """Add an item of a list, or record it as malformed. The other items are still used."""
        concerned = sharing
        shape = sharing[0].shape
        try:
            identity = id_of(item, shape)
            kind = next((kind for kind in sharing if kind.shape.claims(item)), None)
            if kind:
                concerned = [kind]
                found = self._found_object(kind, identity, item, owner)
                _check(found)
            else:
                others = any(known.shape.claims(item) for known in _sharing(shape))
                built_in = shape.built_in(item)
                outside = None if others else Outside(malformed.path, {**item, "id": identity}, built_in, shape.others)
        except MALFORMED as error:
            malformed.add(concerned, number, item, error)
            return
        if kind:
            self._take(group, found)
        elif outside:
            self._outside[identity] = outside
        if owner is None:
            owned = owned_kinds(kind) if kind else ()
            read = {one.shape.path for one in owned if self._needed(one) and self._owners(found, one)}
            documents = [one for one in documents_of(kind) if one.shape.read_if_declared] if kind else []
            read |= {
                one.shape.path.rpartition("{id}/")[2]
                for one in documents
                if self._needed(one) and self._is_read(found, one)
            }
            self._watching.owner(group, address(*shape.source), item, kind=kind, read=read)

    @staticmethod
    def _found_object(kind: Kind, identity: str, item: Mapping[str, Any], owner: LiveObject | None) -> LiveObject:
        """An object of the API, with the owner that it was read from."""
        refers = owner_of(kind)
        if kind.within:
            return LiveObject(kind, identity, item, within=owner)
        if refers is None or owner is None:
            return LiveObject(kind, kind.shape.identified(owner.id if owner else "", identity), item, owner)
        word = owner_word(kind, owner.kind, owner.json)
        item = {**item, refers.places[Vocabulary.API][0][0]: word}
        return LiveObject(kind, kind.shape.identified(word, identity), item)

    def _take_list(
        self, group: asyncio.TaskGroup, kind: Kind, items: list[Any], owner: LiveObject, malformed: MalformedItems
    ) -> None:
        """Add a whole list, which is one object. It is unreadable if one of its items is malformed."""
        by_id: dict[str, Any] = {}
        for number, item in enumerate(items, 1):
            try:
                id_of(item, kind.shape)
                check_key(kind, item)
                _check(whole_list(kind, [item], owner))
                by_id[item["id"]] = item  # a page can repeat an item when the list changes while it is read
            except MALFORMED as error:
                malformed.add([kind], number, item, error)
        if malformed:
            return
        found = whole_list(kind, list(by_id.values()), owner)
        try:
            _check(found)  # also checks that its items can be sorted
        except MALFORMED as error:
            malformed.add([kind], len(items), None, error)
            return
        self._take(group, found)

    def _take(self, group: asyncio.TaskGroup, found: LiveObject) -> None:
        known = self._found[found.kind.name]
        again = found.ids in known  # a page can repeat an item when the list changes while it is read
        for detail in found.kind.details if again else ():
            found = self._with(found, detail, known[found.ids])
        known[found.ids] = found
        if not again:
            for detail in found.details:
                if detail.of_managed and not self._owners(found, found.kind):
                    continue
                group.create_task(self._detail(group, found, detail))
            together: dict[tuple[str, str], list[Kind]] = defaultdict(list)
            for owned in owned_kinds(found.kind):
                if not self._needed(owned):
                    continue
                self._found.setdefault(owned.name, {})
                if not is_detail(found.kind, owned) and self._owners(found, owned):
                    together[owned.shape.source].append(owned)
            for sharing in together.values():
                self._ask(group, sharing, found)
            self._ask_documents(group, found)

    async def _detail(self, group: asyncio.TaskGroup, found: LiveObject, detail: Detail) -> None:
        """Read the details of an object. If they cannot be read, only they are unreadable.

        The items can be owned objects too: the admin roles of a group. Then they are read for all owners.
        """
        self._started()
        owned = [one for one in owned_kinds(found.kind) if one.shape.path == detail.path and self._needed(one)]
        try:
            pages = self._client.pages(detail.below(found.path), detail.page)
            read = [item async for page in pages for item in page]
            items = [*{json.dumps(item, sort_keys=True): item for item in read}.values()]  # pages can overlap
            self._watching.details(found.kind, found.json, detail, items)
            known = self._found[found.kind.name]
            whole = replace(found, json={"_embedded": {detail.path: items}})
            whole = self._with(known[found.ids], detail, whole)
            _check(whole)
            known[found.ids] = whole
            malformed = MalformedItems(f"{found.path}/{detail.path}")
            for kind in owned:
                if kind.shape.part_of_owner and self._owners(whole, kind):
                    self._take_list(group, kind, items, whole, malformed)
            single = [kind for kind in owned if not kind.shape.part_of_owner]
            for number, item in enumerate(items, 1) if single else ():
                self._take_item(group, single, item, number, whole, malformed)
            self._unreadable += [Unreadable(kind, found.id, reason) for kind, reason in malformed.reasons()]
        except MALFORMED as error:
            message = f"GET {found.path}/{detail.path}: not in the form that Okta documents: {error}"
            self._unreadable.append(Unreadable(found.kind, found.id, message, detail.path or detail.member))
        except TenantError as error:
            self._watching.details(found.kind, found.json, detail, error)
            if detail.member:
                self._unreadable.append(Unreadable(found.kind, found.id, error.message, detail.path or detail.member))
            self._unreadable += [Unreadable(kind, found.id, error.message) for kind in owned]
        self._done()

    @staticmethod
    def _with(found: LiveObject, detail: Detail, other: LiveObject) -> LiveObject:
        """The object with the details of the other one, if it has any."""
        more = {path: items for path, items in (other.json.get("_embedded") or {}).items() if path == detail.path}
        embedded = {**(found.json.get("_embedded") or {}), **more}
        return replace(found, json={**found.json, "_embedded": embedded}) if more else found


class _Page:
    """Finds the items in a response for several kinds, each with the kinds that it may be of."""

    def __init__(self, sharing: Sequence[Kind]) -> None:
        self._alike: dict[str, list[Kind]] = defaultdict(list)
        for kind in sharing:
            self._alike[kind.shape.part].append(kind)

    def __call__(self, body: Any) -> tuple[Sequence[tuple[list[Kind], Any]], str | None]:
        """The items, and the address of the next page if the body has one. Raises TypeError."""
        found: list[tuple[list[Kind], Any]] = []
        following: str | None = None
        for alike in self._alike.values():
            items, following = alike[0].shape.page(body)
            found += ((alike, item) for item in items)
        return found, following


def _check(found: LiveObject) -> None:
    """Read everything that other code reads from an object. Raises one of `MALFORMED` if that fails."""
    if found.shown is found:
        label = label_of(found.kind, found.json)
        if not isinstance(label, str):
            raise ValueError(f"its {found.kind.label_field} is {label!r:.100}")
        for known in found.kind.system:
            known.matches(dict(found.json))
    found.kind.client_id(dict(found.json))
    json = found.kind.read_api(dict(found.json)) if found.shown is found else {}
    if not found.built_in:
        spec = found.spec
        check_shape(found.kind.fields, json or found.json, spec)
        references_in(found.kind.fields, spec)  # and the users that it names


def _sharing(shape: Shape) -> Iterator[Kind]:
    """The kinds whose objects are in the same list."""
    for kind in kinds():
        if kind.shape.source == shape.source:
            yield kind


def whole_list(kind: Kind, items: Sequence[Mapping[str, Any]], owner: LiveObject) -> LiveObject:
    """The object for a whole owned list. Items that Okta created are in a member of their own."""
    return LiveObject(kind, owner.id, gathered(kind, items), owner)
