"""Operations of all kinds of Okta objects: create, list, read, replace, delete, activate, deactivate.

A kind is one `Collection`: its path, its body model, and hooks for its own rules. Hooks are plain functions; an omitted
hook does nothing. A change always has the same order:

    parent exists → body is valid → `complete` (references, defaults, refusals) → name is unique
    → store, renumber priorities → `created` / `replaced` / `removed` (effects on other objects) → System Log
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Literal, TypeAlias

from pydantic import BaseModel

from okta_sandbox import system_log
from okta_sandbox.body import read
from okta_sandbox.errors import OktaError, already_exists, not_found
from okta_sandbox.exchange import NO_CONTENT, Answer, Call, Handler, Route
from okta_sandbox.filters import compile_filter
from okta_sandbox.json_types import JsonObject
from okta_sandbox.paging import UNPAGED, Paging, next_link, page_of
from okta_sandbox.priorities import Numbering
from okta_sandbox.store import Record
from okta_sandbox.tenant import Tenant, timestamp

Operation: TypeAlias = Literal["list", "create", "read", "replace", "delete"]
EVERYTHING: tuple[Operation, ...] = ("list", "create", "read", "replace", "delete")
Complete: TypeAlias = Callable[[Call, JsonObject, Record | None], JsonObject]
Effect: TypeAlias = Callable[[Call, Record], None]


@dataclass(frozen=True)
class Lifecycle:
    """`/lifecycle/activate` and `/lifecycle/deactivate`, between ACTIVE and INACTIVE.

    `answer`: the object, `{}`, an empty 200 or a 204. `guard_delete` is the refusal to delete an active object, for
    kinds that must be deactivated first. `guard_deactivate` raises for an object that must stay active. `activated`
    changes other objects.
    """

    answer: Literal["object", "empty", "blank", "nothing"] = "object"
    guard_delete: Callable[[Record], OktaError] | None = None
    guard_deactivate: Effect | None = None
    activated: Effect | None = None


@dataclass(frozen=True)
class Events:
    """System Log event type of each change, and the target type. Empty: the change has no event."""

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
    """Timestamps and authors of an object: field names (empty: none) and time format."""

    created: str = "created"
    updated: str = "lastUpdated"
    authors: bool = False  # `createdBy`, `lastUpdatedBy`
    written: Callable[[datetime], str] = timestamp

    def on_create(self, call: Call) -> JsonObject:
        """The fields set on creation."""
        authors = {"createdBy": call.actor.id} if self.created and self.authors else {}
        return self.times(call.tenant) | authors | self.on_update(call)

    def on_update(self, call: Call) -> JsonObject:
        """The fields set on a change."""
        stamps: JsonObject = {}
        if self.updated:
            stamps[self.updated] = self.written(call.tenant.clock())
        if self.updated and self.authors:
            stamps["lastUpdatedBy"] = call.actor.id
        return stamps

    def times(self, tenant: Tenant) -> JsonObject:
        """The timestamps of an object created now."""
        now = self.written(tenant.clock())
        return {name: now for name in (self.created, self.updated) if name}


NO_STAMPS = Stamps(created="", updated="")


@dataclass(frozen=True)
class Unique:
    """A name unique among siblings; empty names may repeat. Without `ignore_case`, 'Sales' and 'sales' differ."""

    name: Callable[[JsonObject], str] = lambda body: str(body["name"])
    refusal: Callable[[str], OktaError] = lambda name: already_exists("name")
    ignore_case: bool = False

    def key(self, body: JsonObject) -> str:
        """The key under which the store finds a sibling of the same name."""
        name = self.name(body)
        return name.lower() if self.ignore_case else name


def _unchanged(call: Call, body: JsonObject, before: Record | None) -> JsonObject:
    return body


def _no_effect(call: Call, record: Record) -> None:
    return None


def _no_links(tenant: Tenant, record: Record) -> JsonObject:
    return {}


def _name(body: JsonObject) -> str:
    return str(body.get("name", ""))


@dataclass(frozen=True)
class Collection:
    """One kind of object, at one path."""

    kind: str  # as in 404 answers: "Resource not found: nzo... (NetworkZone)"
    path: str  # of the list, with the parameters of the parents in braces
    item: str  # the path parameter with the id
    prefix: str  # first three characters of ids
    model: type[BaseModel]
    events: Events
    scope: str = ""  # OAuth scope, if not the family's: `okta.groups` for `okta.groups.read` and `.manage`
    parent: "Collection | None" = None
    operations: tuple[Operation, ...] = EVERYTHING
    created_status: int = 200
    deleted: Answer = NO_CONTENT
    stamps: Stamps = field(default_factory=Stamps)
    lifecycle: Lifecycle | None = None
    paging: Paging = UNPAGED
    filterable: frozenset[str] = frozenset()  # attributes allowed in `filter`
    query: Callable[[Record, str], bool] | None = None  # whether `q` matches
    unique: Unique | None = None
    numbering: Callable[[Call, JsonObject], Numbering] | None = None
    numbered_with: Callable[[Record, JsonObject], bool] = lambda other, body: not other.body.get("system")
    title: Callable[[JsonObject], str] = _name  # display name in the System Log
    alias: Callable[[Tenant, str], Record | None] | None = None  # other names accepted in place of the id
    identify: Callable[[Call, JsonObject], str] | None = None  # instead of a generated id
    complete: Complete = _unchanged
    guard_replace: Effect = _no_effect
    guard_delete: Effect = _no_effect
    created: Effect = _no_effect
    replaced: Effect = _no_effect
    removed: Effect = _no_effect
    links: Callable[[Tenant, Record], JsonObject] = _no_links
    show: Callable[[Tenant, Record], JsonObject] | None = None  # instead of id, body and links
    select: Callable[[Call, list[Record]], list[Record]] = lambda call, records: records
    show_in_list: Callable[[Call, Record], JsonObject] | None = None
    wrapped_in: str = ""  # member with the list, where the answer is an object with the next page in `_links`

    # Finding

    def find(self, tenant: Tenant, identifier: str, parent: str = "") -> Record:
        """The object with an id or an alias. Raises OktaError E0000007 if there is none."""
        record = tenant.store.get(self.kind, identifier, parent)
        if record is None and self.alias:
            record = self.alias(tenant, identifier)
        if record is None:
            raise not_found(identifier, self.kind)
        return record

    def named_in(self, call: Call) -> Record:
        """The object in the path of a request."""
        return self.find(call.tenant, call.params[self.item], self.parent_id(call))

    def parent_id(self, call: Call) -> str:
        """Id of the parent in the path, which must exist; empty at the top."""
        return self.parent.named_in(call).id if self.parent else ""

    def view(self, tenant: Tenant, record: Record) -> JsonObject:
        """An object as the API shows it."""
        if self.show:
            return self.show(tenant, record)
        view = {"id": record.id, **record.body}
        if links := self.links(tenant, record):
            view["_links"] = links
        return view

    # Operations

    def list_page(self, call: Call) -> Answer:
        """GET of the collection: selected, filtered, paged."""
        store = call.tenant.store
        found = store.lagged if "search" in call.query else store.all
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
        """Create an object from a request body."""
        body = self.complete(call, read(self.model, value), None)
        identifier = self.identify(call, body) if self.identify else call.tenant.identifiers.new(self.prefix)
        private = body.pop("_private", {})
        self._refuse_duplicate_name(call, body, parent, "")
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
        """Replace an object with a request body."""
        body = self.complete(call, read(self.model, value), record)
        private = body.pop("_private", record.private)
        self._refuse_duplicate_name(call, body, record.parent, record.id)
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
        """Remove an object and everything below it."""
        call.tenant.store.remove_tree(record)
        if self.numbering and not record.body.get("system"):
            numbers = self.numbering(call, record.body).after_removal(
                self._numbers(call, record.parent, record.body, "")
            )
            self._store_numbers(call, record.parent, numbers)
        self.removed(call, record)
        self.log(call, self.events.delete, record)

    def activate(self, call: Call) -> Answer:
        """POST .../lifecycle/activate; no effect on an active object."""
        was_active = self.named_in(call).body.get("status") == "ACTIVE"
        answer = self._switch(call, "ACTIVE", self.events.activate)
        if self.lifecycle and self.lifecycle.activated and not was_active:
            self.lifecycle.activated(call, self.named_in(call))
        return answer

    def deactivate(self, call: Call) -> Answer:
        """POST .../lifecycle/deactivate; no effect on an inactive object."""
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
        """Record a change in the System Log, if it has an event. Targets: the object and its parent."""
        if event:
            targets = [self.as_target(record)]
            if self.parent and self.parent.item in call.params:
                targets.append(self.parent.as_target(self.parent.named_in(call)))
            if before and system_log.has_change_details(event):
                targets[0] |= system_log.details(before.body, record.body)
            system_log.record(call, event, *targets)

    def as_target(self, record: Record) -> JsonObject:
        """An object as the target of an event."""
        return system_log.target(record.id, self.events.target, self.title(record.body))

    def _current(self, call: Call, record: Record) -> Record:
        """The record after the effects of `created` or `replaced`."""
        return call.tenant.store.get(record.kind, record.id, record.parent) or record

    def _refuse_duplicate_name(self, call: Call, body: JsonObject, parent: str, own_id: str) -> None:
        if self.unique and (key := self.unique.key(body)):
            namesake = call.tenant.store.named(self.kind, key, parent)
            if namesake and namesake.id != own_id:
                raise self.unique.refusal(self.unique.name(body))

    def _numbers(self, call: Call, parent: str, body: JsonObject, besides: str) -> dict[str, int]:
        """The priorities of the siblings numbered together with an object."""
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
        numbers = numbering(call, body).insert(others, own_id, body.get("priority"), current)
        own = numbers.pop(own_id)
        self._store_numbers(call, parent, numbers)
        return own

    def _store_numbers(self, call: Call, parent: str, numbers: Mapping[str, int]) -> None:
        for identifier, number in numbers.items():
            record = call.tenant.store.get(self.kind, identifier, parent)
            if record and record.body["priority"] != number:
                call.tenant.store.change(record, {**record.body, "priority": number})

    # Routes

    @property
    def item_path(self) -> str:
        """The path of one object, with its parameters in braces."""
        return f"{self.path}/{{{self.item}}}"

    def routes(self) -> list[Route]:
        """The routes of the operations of this kind."""
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
    """The collections of a module of `families`, and endpoints in addition to or instead of theirs."""

    collections: tuple[Collection, ...] = ()
    endpoints: tuple[Route, ...] = ()
    scope: str = ""  # OAuth scope of all routes without one of their own (see `Route`)

    def routes(self) -> list[Route]:
        """The routes of the family. Its own endpoints override those of its collections."""
        table = {(route.method, route.path): route for collection in self.collections for route in collection.routes()}
        table |= {(route.method, route.path): route for route in self.endpoints}
        return [replace(route, scope=route.scope or self.scope) for route in table.values()]
