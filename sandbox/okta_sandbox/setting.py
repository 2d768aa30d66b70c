"""Settings: objects that every org has exactly once, at a fixed path. They are read and changed, never created."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal, TypeAlias

from pydantic import BaseModel

from okta_sandbox import system_log
from okta_sandbox.body import read
from okta_sandbox.exchange import Answer, Call, Route
from okta_sandbox.json_types import JsonObject
from okta_sandbox.store import Record
from okta_sandbox.tenant import Tenant

SINGLETON_ID = "the one"  # id of the record; a setting that was never changed has no record
Complete: TypeAlias = Callable[[Call, JsonObject, JsonObject], JsonObject]


def _unchanged(call: Call, body: JsonObject, before: JsonObject) -> JsonObject:
    return body


def _no_event(body: JsonObject) -> str:
    return ""


def _no_links(tenant: Tenant, body: JsonObject) -> JsonObject:
    return {}


@dataclass(frozen=True)
class Setting:
    """`initial` is the value in a fresh org. A change is validated by `model` and completed by `complete`."""

    kind: str
    path: str
    model: type[BaseModel]
    initial: Callable[[Tenant], JsonObject]
    changed_with: tuple[Literal["POST", "PUT"], ...] = ("PUT",)
    event: Callable[[JsonObject], str] = _no_event  # System Log event type for a new value; empty: none
    complete: Complete = _unchanged  # (call, new body, body before)
    links: Callable[[Tenant, JsonObject], JsonObject] = _no_links

    def value(self, tenant: Tenant) -> JsonObject:
        """The current value."""
        record = tenant.store.get(self.kind, SINGLETON_ID)
        return record.body if record else self.initial(tenant)

    def view(self, tenant: Tenant) -> JsonObject:
        """The value as the API shows it."""
        body = self.value(tenant)
        links = self.links(tenant, body)
        return {**body, "_links": links} if links else body

    def show(self, call: Call) -> Answer:
        """GET."""
        return Answer(200, self.view(call.tenant))

    def change(self, call: Call) -> Answer:
        """PUT or POST."""
        body = self.complete(call, read(self.model, call.json()), self.value(call.tenant))
        self.store(call, body)
        return Answer(200, self.view(call.tenant))

    def store(self, call: Call, body: JsonObject) -> Record:
        """Store a value and record it in the System Log."""
        store = call.tenant.store
        before = store.get(self.kind, SINGLETON_ID)
        record = store.change(before, body) if before else store.add(self.kind, SINGLETON_ID, body)
        if event := self.event(body):
            system_log.record(call, event, system_log.target(call.tenant.org["id"], self.kind, self.kind))
        return record

    def routes(self) -> tuple[Route, ...]:
        """GET and the methods that change it."""
        return (
            Route("GET", self.path, self.show),
            *(Route(verb, self.path, self.change) for verb in self.changed_with),
        )
