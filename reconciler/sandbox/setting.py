"""Settings: an object that every org has exactly once, at a fixed address. It is read and changed, never made."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal, TypeAlias

from pydantic import BaseModel

from reconciler.sandbox import system_log
from reconciler.sandbox.body import read
from reconciler.sandbox.exchange import Answer, Call, Route
from reconciler.sandbox.json_types import JsonObject
from reconciler.sandbox.store import Record
from reconciler.sandbox.tenant import Tenant

ONLY = "the one"  # id of the record; a setting that was never changed has none
Complete: TypeAlias = Callable[[Call, JsonObject, JsonObject], JsonObject]


def _keep(call: Call, body: JsonObject, before: JsonObject) -> JsonObject:
    return body


def _silent(body: JsonObject) -> str:
    return ""


def _no_links(tenant: Tenant, body: JsonObject) -> JsonObject:
    return {}


@dataclass(frozen=True)
class Setting:
    """`initial` is what a fresh org has. A change is checked by `model`, and goes through `complete`."""

    kind: str
    path: str
    model: type[BaseModel]
    initial: Callable[[Tenant], JsonObject]
    changed_with: tuple[Literal["POST", "PUT"], ...] = ("PUT",)
    event: Callable[[JsonObject], str] = _silent  # of the System Log, for a new value; empty: none
    complete: Complete = _keep  # (call, new body, body before)
    links: Callable[[Tenant, JsonObject], JsonObject] = _no_links

    def value(self, tenant: Tenant) -> JsonObject:
        """What is set now."""
        record = tenant.store.get(self.kind, ONLY)
        return record.body if record else self.initial(tenant)

    def view(self, tenant: Tenant) -> JsonObject:
        """What the API shows."""
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
        """Keep a value, and note it in the System Log."""
        store = call.tenant.store
        before = store.get(self.kind, ONLY)
        record = store.change(before, body) if before else store.add(self.kind, ONLY, body)
        if event := self.event(body):
            system_log.record(call, event, system_log.target(call.tenant.org["id"], self.kind, self.kind))
        return record

    def routes(self) -> tuple[Route, ...]:
        """GET, and what changes it."""
        return (
            Route("GET", self.path, self.show),
            *(Route(verb, self.path, self.change) for verb in self.changed_with),
        )
