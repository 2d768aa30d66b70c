"""Two fresh tenants in this process: one gets the requests that the official plugin sent, the other the stand-in's."""

from __future__ import annotations

import asyncio
import datetime
import json
import re
from collections.abc import Collection, Coroutine, Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Self, TypeVar

import grpc
import httpx
from google.protobuf import json_format, struct_pb2
from pulumi.runtime.proto import provider_pb2

from okta_sandbox.application import app_of
from okta_sandbox.sandbox import Sandbox
from reconciler.kinds import chain, kinds
from reconciler.kinds.mapping import camel_case
from reconciler.okta.client import OktaClient
from reconciler.okta.sign_in import ApiToken
from reconciler.stand_in import StandIn
from reconciler.stand_in.inputs import given, with_defaults
from reconciler.stand_in.objects import payload
from tests.official.recorded import Request, Resource

URL = "http://tenant.test"
T = TypeVar("T")
_SUBDOMAIN = "TOKEN_"
"""How the recordings hide the subdomain, with which the names of custom apps start."""
_ID = re.compile(r"(?<![A-Za-z0-9_-])([A-Za-z0-9_-]{20}|[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12})(?![A-Za-z0-9_-])")
_VALUES = {kind.shape.path for kind in kinds() if kind.shape.whole_set}
"""The lists whose items are no resources, so that a recording does not say how their ids are called here."""
_MADE_UP = ("created", "lastUpdated", "lastMembershipUpdated", "client_secret", "kid", "_embedded")


class Refused(Exception):
    """The stand-in did not carry out a step."""


class _Context:
    async def abort(self, code: grpc.StatusCode, message: str) -> None:
        raise Refused(message)


@dataclass(frozen=True)
class Sent:
    """A request of the stand-in that changes something."""

    method: str
    path: str
    body: Any


class _Noting(httpx.AsyncBaseTransport):
    """Writes down what changes something on its way to a tenant."""

    def __init__(self, inner: httpx.AsyncBaseTransport, sent: list[Sent]) -> None:
        self._inner = inner
        self._sent = sent

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        if request.method != "GET":
            body = json.loads(request.content) if request.content else None
            self._sent.append(Sent(request.method, request.url.path, body))
        return await self._inner.handle_async_request(request)


class Tenant:
    """A fresh sandbox, and how the ids of a recorded run are called there."""

    def __init__(self) -> None:
        sandbox = Sandbox.open(
            URL,
            token="secret",
            pipeline="idx",
            seed=1,
            clock=lambda: datetime.datetime(2026, 1, 1, 12, tzinfo=datetime.UTC),
        )
        self._loop = asyncio.new_event_loop()
        transport = httpx.ASGITransport(app=app_of(sandbox))  # type: ignore[arg-type]
        self.sent: list[Sent] = []
        self.client = OktaClient(URL, ApiToken("secret"), transport=_Noting(transport, self.sent), reserve=-1000)
        self._http = httpx.AsyncClient(transport=transport, base_url=URL, headers={"Authorization": "SSWS secret"})
        self.stand_in = StandIn(self.client)
        self.ids: dict[str, str] = {}
        self.keys: dict[str, str] = {}  # their ids are longer than those of other objects
        self.everyone = self.get("/api/v1/groups?q=Everyone")[1][0]["id"]
        policies = self.get("/api/v1/policies?type=ACCESS_POLICY")[1]
        self.default_policy = next(policy["id"] for policy in policies if policy["system"])
        self.default_type = next(one["id"] for one in self.get("/api/v1/meta/types/user")[1] if one["default"])

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.run(self._http.aclose())
        self._loop.close()

    def run(self, work: Coroutine[Any, Any, T]) -> T:
        return self._loop.run_until_complete(work)

    def get(self, path: str) -> tuple[int, Any]:
        response = self.run(self._http.get(path))
        return response.status_code, response.json() if response.content else None

    def has(self, resource: Resource) -> None:
        """Let the tenant have an object that the program then takes over, inactive unless every tenant has it."""
        kind = resource.kind
        spec = given(kind, with_defaults(kind, self.here(resource.inputs)))
        there = self.get(kind.shape.path)[1]
        found = next((one for one in there if kind.provider.takes_over(spec, one)), None)
        if found is None:
            query = kind.provider.create_query({**spec, "status": "INACTIVE"})
            response = self.run(self._http.post(f"{kind.shape.path}?{query}", json=payload(kind, spec)))
            found = response.json()
        self.ids[resource.id] = str(kind.shape.identity(found))

    def send(self, request: Request) -> None:
        """Send a recorded request, and learn from the answer how ids are called here."""
        self._find_target(request)
        body = None if request.body is None else self.here(request.body)
        response = self.run(self._http.request(request.method, self.here(request.path), json=body))
        assert response.status_code == request.status, (request, response.text)
        if response.content and request.answer:
            self._learn(request.answer, response.json())

    def learn_around(self, resources: Iterable[Resource]) -> None:
        """Learn how the objects are called that every tenant has once and that resources are below."""
        for resource in resources:
            if within := resource.kind.within:
                items = self.get(within.shape.request())[1]
                recorded = resource.inputs[camel_case(resource.kind.parent_arguments[0])]
                self.ids.setdefault(recorded, next(item["id"] for item in items if within.shape.claims(item)))

    def _find_target(self, request: Request) -> None:
        """Learn the id of an object that the program did not create, because every tenant has it, by its name.

        An object that Okta created together with others is recognised by the ids of these.
        """
        above, _, recorded = request.path.rpartition("/")
        if request.method == "POST" and _ID.fullmatch(recorded) and recorded not in self.ids:
            self._find_by_ends(above, request.answer)
        if request.method != "PUT" or recorded in self.ids or not isinstance(request.body, dict):
            return
        query = f"?type={request.body['type']}" if above.endswith("/policies") else ""
        only = next((one.shape for one in kinds() if one.shape.path == above and "filter=" in one.shape.query), None)
        status, items = self.get(only.request() if only else self.here(above) + query)
        listed = items if status == 200 and isinstance(items, list) else []
        told = {name: self.here(value) for name, value in request.body.items() if str(value) in self.ids}
        known = {"name": request.body["name"]} if "name" in request.body else told
        alike = [one for one in listed if known and known.items() <= one.items()]
        if len(alike) == 1:
            self.ids[recorded] = alike[0]["id"]

    def _find_by_ends(self, path: str, answer: Any) -> None:
        ends = {name: one["id"] for name, one in (answer or {}).items() if isinstance(one, dict) and "id" in one}
        known = {name: self.ids[identity] for name, identity in ends.items() if identity in self.ids}
        status, items = self.get(f"{self.here(path)}?limit=200")
        listed = items if known and status == 200 and isinstance(items, list) else []
        alike = [one for one in listed if all(one[name]["id"] == here for name, here in known.items())]
        if len(alike) == 1:
            self._learn(answer, alike[0])

    def _learn(self, recorded: Any, answer: Any) -> None:
        match recorded, answer:
            case dict(), dict():
                for key in recorded.keys() & answer.keys():
                    self._learn(recorded[key], answer[key])
                if "kid" in recorded and "kid" in answer:
                    self.keys.setdefault(recorded["kid"], answer["kid"])
            case list(), list():
                for one, other in zip(recorded, answer, strict=False):
                    self._learn(one, other)
            case str(), str():
                for one, other in zip(_ids(recorded), _ids(answer), strict=False):
                    self.ids.setdefault(one, other)

    def here(self, value: Any) -> Any:
        """The value with recorded ids as they are called here."""
        match value:
            case dict():
                return {self.here(key): self.here(item) for key, item in value.items()}
            case list() | tuple():
                return [self.here(item) for item in value]
            case str():
                named = value.replace(_SUBDOMAIN, "sandbox_")
                return self.keys.get(value) or _ID.sub(lambda found: self._id(found.group()), named)
        return value

    def _id(self, recorded: str) -> str:
        if recorded not in self.ids:
            fallback = {"00g": self.everyone, "rst": self.default_policy, "oty": self.default_type}
            return fallback.get(recorded[:3]) or recorded
        return self.ids[recorded]

    def recognise_items(self, path: str, official: Tenant) -> None:
        """Learn how the items of a list are called here, by their names: those of a whole list are no resources."""
        (_, theirs), (_, own) = official.get(official.here(path)), self.get(self.here(path))
        recorded = {here: known for known, here in official.ids.items()}
        named = {item["name"]: item["id"] for item in _named(own)}
        for item in _named(theirs):
            if item["name"] in named and item["id"] in recorded and named[item["name"]] not in self.ids.values():
                self.ids[recorded[item["id"]]] = named[item["name"]]

    def state_at(self, path: str, known: Collection[str]) -> Any:
        """What stands at a recorded path, comparable between tenants that both have the `known` ids; else None."""
        status, found = self.get(self.here(path))
        if isinstance(found, list) and path.rpartition("/")[2] in _VALUES:
            found = [{name: value for name, value in item.items() if name != "id"} for item in found]
        names = {here: recorded for recorded, here in self.ids.items() if recorded in known}
        return self._comparable(found, names) if status == 200 else None

    def _comparable(self, value: Any, names: Mapping[str, str], key: str = "") -> Any:
        match value:
            case dict() if key == "_links":
                return {name: self._comparable(link, names) for name, link in value.items() if name == "accessPolicy"}
            case dict():
                return {
                    name: self._comparable(item, names, name) for name, item in value.items() if name not in _MADE_UP
                }
            case list():
                return sorted((self._comparable(item, names) for item in value), key=repr)
            case str():
                return _ID.sub(lambda found: names.get(found.group(), "<id>"), value)
        return value


def _named(answer: Any) -> list[Any]:
    """The items of a list that have a name and an id."""
    items = answer if isinstance(answer, list) else []
    return [item for item in items if isinstance(item, dict) and {"id", "name"} <= item.keys()]


def _ids(text: str) -> list[str]:
    return [found.group() for found in _ID.finditer(text)]


def struct(values: Mapping[str, Any]) -> struct_pb2.Struct:
    return json_format.ParseDict(dict(values), struct_pb2.Struct())


class Program:
    """The stack of a recorded program, run through the stand-in as the engine would."""

    def __init__(self, tenant: Tenant) -> None:
        self._tenant = tenant
        self._made: dict[tuple[str, str], tuple[Resource, str, Mapping[str, Any], struct_pb2.Struct]] = {}

    def apply(self, resources: tuple[Resource, ...]) -> None:
        """Make the stack so: create, update and replace."""
        for resource in resources:
            key = (resource.token, resource.name)
            if key not in self._made:
                self._create(resource)
                continue
            _, identity, olds, state = self._made[key]
            news = self._check(resource, olds)
            answer = self._call(
                "Diff",
                provider_pb2.DiffRequest(
                    urn=_urn(resource), id=identity, olds=state, old_inputs=struct(olds), news=struct(news)
                ),
            )
            if self.replaces(resource, answer):
                self._delete(key)
                self._create(resource)
            elif answer.changes == provider_pb2.DiffResponse.DIFF_SOME:
                updated = self._call(
                    "Update",
                    provider_pb2.UpdateRequest(
                        urn=_urn(resource), id=identity, olds=state, old_inputs=struct(olds), news=struct(news)
                    ),
                )
                self._made[key] = (resource, identity, news, updated.properties)

    def replaces(self, resource: Resource, answer: Any) -> bool:
        """Whether a change makes the object anew: the recorded programs leave that to the provider."""
        return bool(answer.replaces)

    def destroy(self) -> None:
        for key in list(self._made)[::-1]:
            self._delete(key)

    def _check(self, resource: Resource, olds: Mapping[str, Any]) -> Mapping[str, Any]:
        news = self._tenant.here(resource.inputs)
        answer = self._call(
            "Check", provider_pb2.CheckRequest(urn=_urn(resource), olds=struct(olds), news=struct(news))
        )
        if answer.failures:
            raise Refused("; ".join(failure.reason for failure in answer.failures))
        return dict(json_format.MessageToDict(answer.inputs))

    def _create(self, resource: Resource) -> None:
        news = self._check(resource, {})
        answer = self._call("Create", provider_pb2.CreateRequest(urn=_urn(resource), properties=struct(news)))
        self._tenant.ids[resource.id] = answer.id
        self._made[resource.token, resource.name] = (resource, answer.id, news, answer.properties)

    def _delete(self, key: tuple[str, str]) -> None:
        resource, identity, _, state = self._made.pop(key)
        self._call("Delete", provider_pb2.DeleteRequest(urn=_urn(resource), id=identity, properties=state))

    def _call(self, method: str, request: Any) -> Any:
        return self._tenant.run(getattr(self._tenant.stand_in, method)(request, _Context()))


def _urn(resource: Resource) -> str:
    types = "$".join(above.resource for above in reversed(chain(resource.kind)))
    return f"urn:pulumi:test::okta::{types}::{resource.name}"
