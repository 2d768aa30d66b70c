"""A request and its answer, as handlers see them: no HTTP library in sight."""

from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from typing import TypeAlias

import orjson

from reconciler.sandbox.callers import NOBODY, Caller
from reconciler.sandbox.errors import malformed
from reconciler.sandbox.json_types import Json, JsonObject
from reconciler.sandbox.store import Record
from reconciler.sandbox.tenant import Tenant

DEEPEST_BODY = 200  # objects and lists inside one another; orjson writes 254


@dataclass(frozen=True, slots=True)
class Call:
    """One request."""

    tenant: Tenant
    method: str
    path: str
    params: Mapping[str, str] = field(default_factory=dict)
    query: Mapping[str, str] = field(default_factory=dict)
    query_string: str = ""
    content: bytes = b""
    request_id: str = ""
    client_address: str = ""
    user_agent: str = ""
    host: str = ""
    caller: Caller = NOBODY
    asked: Json = None  # what was answered to the question of the route
    events: list[Record] = field(default_factory=list)  # of the System Log, made by this request
    counted: dict[str, Counter[str]] = field(default_factory=dict)  # what one item of a list need not count anew

    @property
    def actor(self) -> Record:
        """The user, or the service app, on whose behalf the request is made."""
        return self.caller.app or self.caller.user or self.tenant.administrator

    def below(self, **params: str) -> "Call":
        """The same request, as if its path named these objects."""
        return replace(self, params={**self.params, **params})

    def json(self) -> JsonObject:
        """The body, which has to be a JSON object; no body counts as an empty one."""
        if not self.content:
            return {}
        try:
            value = orjson.loads(self.content)
        except orjson.JSONDecodeError:
            raise malformed() from None
        if not isinstance(value, dict) or _deeper(value, self.content):
            raise malformed()
        return value


def _deeper(value: Json, content: bytes) -> bool:
    """Whether a body is nested deeper than an answer with it could be."""
    if content.count(b"{") + content.count(b"[") <= DEEPEST_BODY:
        return False
    level = [value]
    for _ in range(DEEPEST_BODY):
        level = [
            inner
            for each in level
            if isinstance(each, dict | list)
            for inner in (each.values() if isinstance(each, dict) else each)
        ]
        if not level:
            return False
    return True


@dataclass(frozen=True, slots=True)
class Answer:
    """What goes back: JSON, or bytes of another content type, or nothing."""

    status: int = 200
    body: Json = None
    headers: Mapping[str, str] = field(default_factory=dict)
    content_type: str = "application/json"

    def content(self) -> bytes:
        """The body in bytes."""
        if isinstance(self.body, bytes):
            return self.body
        return b"" if self.body is None else orjson.dumps(self.body)


NO_CONTENT = Answer(204)

Handler: TypeAlias = Callable[[Call], Answer]


@dataclass(frozen=True)
class Question:
    """A GET to somebody else's address, before a request is handled; only loopback addresses are asked."""

    url: str
    headers: Mapping[str, str]


@dataclass(frozen=True)
class Route:
    """Which handler answers a method on a path; `{name}` in the path becomes `call.params["name"]`.

    `scope` is what an access token needs, without `.read` (for GET) or `.manage` (for all else). Where an endpoint
    says nothing, its collection's or its family's holds; without any it takes API tokens only.
    """

    method: str
    path: str
    handler: Handler
    scope: str = ""
    asks: Callable[[Call], Question] | None = None

    @property
    def needed_scope(self) -> str:
        """The whole name of the scope, or nothing."""
        return self.scope and f"{self.scope}.{'read' if self.method == 'GET' else 'manage'}"
