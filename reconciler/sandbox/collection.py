"""What all kinds of Okta objects have in common: create, list, read, replace, delete, activate, deactivate.

A kind is one `Collection`: where it stands, what a body may hold, and hooks for what is its own. The hooks
are plain functions; a hook that is not given does nothing. The order of a change is always the same:

    parent exists → body has the right shape → `complete` (references, defaults, refusals) → name is free
    → stored, priorities renumbered → `created` / `replaced` / `removed` (effects on other objects) → System
    Log
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Literal, TypeAlias

from pydantic import BaseModel

from reconciler.sandbox import system_log
from reconciler.sandbox.body import read
from reconciler.sandbox.errors import OktaError, already_exists, not_found
from reconciler.sandbox.exchange import NO_CONTENT, Answer, Call, Handler, Route
from reconciler.sandbox.filters import compile_filter
from reconciler.sandbox.json_types import JsonObject
from reconciler.sandbox.paging import UNPAGED, Paging, next_link, page_of
from reconciler.sandbox.priorities import Numbering
from reconciler.sandbox.store import Record
from reconciler.sandbox.tenant import Tenant, timestamp

Operation: TypeAlias = Literal["list", "create", "read", "replace", "delete"]
EVERYTHING: tuple[Operation, ...] = ("list", "create", "read", "replace", "delete")
Complete: TypeAlias = Callable[[Call, JsonObject, Record | None], JsonObject]
Effect: TypeAlias = Callable[[Call, Record], None]


@dataclass(frozen=True)
class Lifecycle:
    """`/lifecycle/activate` and `/lifecycle/deactivate`, between ACTIVE and INACTIVE.

    `answer` is what they answer with: the object, `{}`, 200 and nothing, or 204 and nothing.
    `guard_delete` refuses the DELETE of an active object, for kinds that have to be deactivated first;
    `guard_deactivate` raises for an object that has to stay active; `activated` has effects on other objects.
    """

    answer: Literal["object", "empty", "blank", "nothing"] = "object"
    guard_delete: Callable[[Record], OktaError] | None = None
    guard_deactivate: Effect | None = None
    activated: Effect | None = None


@dataclass(frozen=True)
class Events:
    """System Log event types of the changes, and the type of the target; empty: the change has no event."""

    target: str
    create: str = ""
    update: str = ""
    delete: str = ""
    activate: str = ""
    deactivate: str = ""

    @classmethod
    def lifecycle(cls, target: str, prefix: str) -> "Events":
        """The usual names: `<prefix>create`, `<prefix>update`, and so on."""
        return cls(target, *(prefix + verb for verb in ("create", "update", "delete", "activate", "deactivate")))


@dataclass(frozen=True)
class Stamps:
    """The times, and persons, that Okta notes on an object: under which names (none for not at all), and how."""

    created: str = "created"
    updated: str = "lastUpdated"
    persons: bool = False  # `createdBy`, `lastUpdatedBy`
    written: Callable[[datetime], str] = timestamp

    def on_create(self, call: Call) -> JsonObject:
        """What a new object is marked with."""
        persons = {"createdBy": call.actor.id} if self.created and self.persons else {}
        return self.times(call.tenant) | persons | self.on_update(call)

    def on_update(self, call: Call) -> JsonObject:
        """What a change marks an object with."""
        stamps: JsonObject = {}
        if self.updated:
            stamps[self.updated] = self.written(call.tenant.clock())
        if self.updated and self.persons:
            stamps["lastUpdatedBy"] = call.actor.id
        return stamps

    def times(self, tenant: Tenant) -> JsonObject:
        """The times alone, of an object that is made now."""
        now = self.written(tenant.clock())
        return {name: now for name in (self.created, self.updated) if name}


NO_STAMPS = Stamps(created="", updated="")


@dataclass(frozen=True)
class Unique:
    """A name that no two siblings may share; an empty one may be. Without `ignore_case`, 'Sales' and 'sales' differ."""

    name: Callable[[JsonObject], str] = lambda body: str(body["name"])
    refusal: Callable[[str], OktaError] = lambda name: already_exists("name")
    ignore_case: bool = False

    def key(self, body: JsonObject) -> str:
        """What the store finds a sibling of the same name by."""
        name = self.name(body)
        return name.lower() if self.ignore_case else name


def _keep(call: Call, body: JsonObject, before: Record | None) -> JsonObject:
    return body


def _nothing(call: Call, record: Record) -> None:
    return None


def _no_links(tenant: Tenant, record: Record) -> JsonObject:
    return {}


def _name(body: JsonObject) -> str:
    return str(body.get("name", ""))


@dataclass(frozen=True)
class Collection:
    """One kind of objects, at one address."""

    kind: str  # as 404 answers spell it: "Resource not found: nzo... (NetworkZone)"
    path: str  # of the list; the parameters of the parents in braces
    item: str  # name of the path parameter that holds the id
    prefix: str  # first three characters of ids
    model: type[BaseModel]
    events: Events
    scope: str = ""  # of access tokens, if not the family's: `okta.groups` stands for its `.read` and `.manage`
    parent: "Collection | None" = None
    operations: tuple[Operation, ...] = EVERYTHING
    created_status: int = 200
    deleted: Answer = NO_CONTENT
    stamps: Stamps = field(default_factory=Stamps)
    lifecycle: Lifecycle | None = None
    paging: Paging = UNPAGED
    filterable: frozenset[str] = frozenset()  # attributes that `filter` may name
    query: Callable[[Record, str], bool] | None = None  # what `q` looks for
    unique: Unique | None = None
    numbering: Callable[[Call, JsonObject], Numbering] | None = None
    numbered_with: Callable[[Record, JsonObject], bool] = lambda other, body: not other.body.get("system")
    title: Callable[[JsonObject], str] = _name  # what people call it, in the System Log
    alias: Callable[[Tenant, str], Record | None] | None = None  # other names that the path may use for an id
    identify: Callable[[Call, JsonObject], str] | None = None  # instead of a made-up id
    complete: Complete = _keep
    guard_replace: Effect = _nothing
    guard_delete: Effect = _nothing
    created: Effect = _nothing
    replaced: Effect = _nothing
    removed: Effect = _nothing
    links: Callable[[Tenant, Record], JsonObject] = _no_links
    show: Callable[[Tenant, Record], JsonObject] | None = None  # instead of id, body and links
    select: Callable[[Call, list[Record]], list[Record]] = lambda call, records: records
    show_in_list: Callable[[Call, Record], JsonObject] | None = None
    wrapped_in: str = ""  # the member that holds the list, where the answer is an object; the next page is in its links

    # Finding

    def find(self, tenant: Tenant, identifier: str, parent: str = "") -> Record:
        """The object that an id (or another name of it) stands for; OktaError E0000007 when there is none."""
        record = tenant.store.get(self.kind, identifier, parent)
        if record is None and self.alias:
            record = self.alias(tenant, identifier)
        if record is None:
            raise not_found(identifier, self.kind)
        return record

    def named_in(self, call: Call) -> Record:
        """The object that the path of a request names."""
        return self.find(call.tenant, call.params[self.item], self.parent_id(call))

    def parent_id(self, call: Call) -> str:
        """Id of the object that the path names above this one; empty at the top. It has to exist."""
        return self.parent.named_in(call).id if self.parent else ""

    def view(self, tenant: Tenant, record: Record) -> JsonObject:
        """What the API shows of an object."""
        if self.show:
            return self.show(tenant, record)
        view = {"id": record.id, **record.body}
        if links := self.links(tenant, record):
            view["_links"] = links
        return view

    # Operations

    def list_page(self, call: Call) -> Answer:
        """GET of the collection: selected, filtered, a page at a time."""
        store = call.tenant.store
        found = store.settled if "search" in call.query else store.all
        records = self.select(call, found(self.kind, self.parent_id(call)))
        if expression := call.query.get("filter"):
            holds = compile_filter(expression, self.filterable or None)
            records = [record for record in records if holds({"id": record.id, **record.body})]
        if (wanted := call.query.get("q")) and (query := self.query):
            records = [record for record in records if query(record, wanted)]
        page, headers = page_of(call, records, self.paging)
        show = self.show_in_list or (lambda call, record: self.view(call.tenant, record))
        shown = [show(call, record) for record in page]
        return Answer(200, {self.wrapped_in: shown, **next_link(headers)} if self.wrapped_in else shown, headers)

    def create(self, call: Call) -> Answer:
        """POST to the collection."""
        record = self.add(call, call.json(), self.parent_id(call))
        return Answer(self.created_status, self.view(call.tenant, record))

    def add(self, call: Call, value: JsonObject, parent: str = "") -> Record:
        """Make an object from a body that a client sent."""
        body = self.complete(call, read(self.model, value), None)
        identifier = self.identify(call, body) if self.identify else call.tenant.identifiers.new(self.prefix)
        private = body.pop("_private", {})
        self._refuse_taken_name(call, body, parent, identifier)
        body |= self.stamps.on_create(call)
        if self.numbering:
            body["priority"] = self._renumber(call, self.numbering, identifier, parent, body)
        record = call.tenant.store.add(self.kind, identifier, body, parent, private)
        self.created(call, record)
        record = self._current(call, record)
        self.log(call, self.events.create, record)
        return record

    def read_one(self, call: Call) -> Answer:
        """GET of an object."""
        return Answer(200, self.view(call.tenant, self.named_in(call)))

    def replace(self, call: Call) -> Answer:
        """PUT of an object."""
        record = self.named_in(call)
        value = call.json()
        self.guard_replace(call, record)
        return Answer(200, self.view(call.tenant, self.put(call, record, value)))

    def put(self, call: Call, record: Record, value: JsonObject) -> Record:
        """Put what a client sent in the place of an object."""
        body = self.complete(call, read(self.model, value), record)
        private = body.pop("_private", record.private)
        self._refuse_taken_name(call, body, record.parent, record.id)
        kept = {name: record.body[name] for name in (self.stamps.created, "createdBy") if name in record.body}
        body |= kept | self.stamps.on_update(call)
        if self.numbering and not record.body["system"]:
            current = record.body["priority"]
            if body["priority"] is None:
                body["priority"] = current
            else:
                body["priority"] = self._renumber(call, self.numbering, record.id, record.parent, body, current)
        changed = call.tenant.store.change(record, body, private)
        self.replaced(call, changed)
        changed = self._current(call, changed)
        self.log(call, self.events.update, changed, record)
        return changed

    def delete(self, call: Call) -> Answer:
        """DELETE of an object."""
        record = self.named_in(call)
        self.guard_delete(call, record)
        lifecycle = self.lifecycle
        if lifecycle and lifecycle.guard_delete and record.body.get("status") == "ACTIVE":
            raise lifecycle.guard_delete(record)
        self.remove(call, record)
        return self.deleted

    def remove(self, call: Call, record: Record) -> None:
        """Take an object away, with everything below it."""
        call.tenant.store.remove_tree(record)
        if self.numbering and not record.body.get("system"):
            numbers = self.numbering(call, record.body).close(self._numbers(call, record.parent, record.body, ""))
            self._store_numbers(call, record.parent, numbers)
        self.removed(call, record)
        self.log(call, self.events.delete, record)

    def activate(self, call: Call) -> Answer:
        """POST .../lifecycle/activate; without effect on what is active."""
        was_active = self.named_in(call).body.get("status") == "ACTIVE"
        answer = self._switch(call, "ACTIVE", self.events.activate)
        if self.lifecycle and self.lifecycle.activated and not was_active:
            self.lifecycle.activated(call, self.named_in(call))
        return answer

    def deactivate(self, call: Call) -> Answer:
        """POST .../lifecycle/deactivate; without effect on what is inactive."""
        if self.lifecycle and self.lifecycle.guard_deactivate:
            self.lifecycle.guard_deactivate(call, self.named_in(call))
        return self._switch(call, "INACTIVE", self.events.deactivate)

    def _switch(self, call: Call, status: str, event: str) -> Answer:
        record = self.named_in(call)
        if record.body.get("status") != status:
            body = {**record.body, "status": status, **self.stamps.on_update(call)}
            before, record = record, call.tenant.store.change(record, body)
            self.log(call, event, record, before)
        answer = self.lifecycle.answer if self.lifecycle else "object"
        if answer == "nothing":
            return NO_CONTENT
        if answer == "blank":
            return Answer(200)
        return Answer(200, {} if answer == "empty" else self.view(call.tenant, record))

    # Parts

    def log(self, call: Call, event: str, record: Record, before: Record | None = None) -> None:
        """Note a change in the System Log, if it has an event: of the object, and of the one it belongs to."""
        if event:
            targets = [self.as_target(record)]
            if self.parent and self.parent.item in call.params:
                targets.append(self.parent.as_target(self.parent.named_in(call)))
            if before and system_log.tells_details(event):
                targets[0] |= system_log.details(before.body, record.body)
            system_log.record(call, event, *targets)

    def as_target(self, record: Record) -> JsonObject:
        """An object, as events name what they are about."""
        return system_log.target(record.id, self.events.target, self.title(record.body))

    def _current(self, call: Call, record: Record) -> Record:
        """The record as it is after the effects of its creation."""
        return call.tenant.store.get(record.kind, record.id, record.parent) or record

    def _refuse_taken_name(self, call: Call, body: JsonObject, parent: str, own_id: str) -> None:
        if self.unique and (key := self.unique.key(body)):
            namesake = call.tenant.store.named(self.kind, key, parent)
            if namesake and namesake.id != own_id:
                raise self.unique.refusal(self.unique.name(body))

    def _numbers(self, call: Call, parent: str, body: JsonObject, besides: str) -> dict[str, int]:
        """The priorities of the objects that an object is numbered with."""
        siblings = call.tenant.store.all(self.kind, parent)
        return {
            sibling.id: sibling.body["priority"]
            for sibling in siblings
            if sibling.id != besides and self.numbered_with(sibling, body)
        }

    def _renumber(
        self,
        call: Call,
        numbering: Callable[[Call, JsonObject], Numbering],
        own_id: str,
        parent: str,
        body: JsonObject,
        current: int | None = None,
    ) -> int:
        others = self._numbers(call, parent, body, own_id)
        numbers = numbering(call, body).place(others, own_id, body.get("priority"), current)
        own = numbers.pop(own_id)
        self._store_numbers(call, parent, numbers)
        return own

    def _store_numbers(self, call: Call, parent: str, numbers: Mapping[str, int]) -> None:
        for identifier, number in numbers.items():
            record = call.tenant.store.get(self.kind, identifier, parent)
            if record and record.body["priority"] != number:
                call.tenant.store.change(record, {**record.body, "priority": number})

    # Addresses

    @property
    def item_path(self) -> str:
        """The address of one object, with its parameters in braces."""
        return f"{self.path}/{{{self.item}}}"

    def routes(self) -> list[Route]:
        """The routes of the operations that this kind has."""
        table: dict[Operation, tuple[str, str, Handler]] = {
            "list": ("GET", self.path, self.list_page),
            "create": ("POST", self.path, self.create),
            "read": ("GET", self.item_path, self.read_one),
            "replace": ("PUT", self.item_path, self.replace),
            "delete": ("DELETE", self.item_path, self.delete),
        }
        routes = [Route(*table[operation], self.scope) for operation in self.operations]
        if self.lifecycle:
            routes.append(Route("POST", f"{self.item_path}/lifecycle/activate", self.activate, self.scope))
            routes.append(Route("POST", f"{self.item_path}/lifecycle/deactivate", self.deactivate, self.scope))
        return routes


@dataclass(frozen=True)
class Family:
    """What a module of `families` declares: its collections, and endpoints besides or instead of theirs."""

    collections: tuple[Collection, ...] = ()
    endpoints: tuple[Route, ...] = ()
    scope: str = ""  # of access tokens, for all that do not name another (see `Route`)

    def routes(self) -> list[Route]:
        """The routes of the collections; an endpoint of the family goes before the one of a collection."""
        table = {(route.method, route.path): route for collection in self.collections for route in collection.routes()}
        table |= {(route.method, route.path): route for route in self.endpoints}
        return [replace(route, scope=route.scope or self.scope) for route in table.values()]
