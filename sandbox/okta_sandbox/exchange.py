"""Requests and answers as handlers see them, independent of the HTTP library."""

from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from typing import TypeAlias

import orjson

from okta_sandbox.callers import DEFAULT_CALLER, Caller
from okta_sandbox.errors import malformed
from okta_sandbox.json_types import Json, JsonObject
from okta_sandbox.store import Record
from okta_sandbox.tenant import Tenant

MAX_BODY_DEPTH = 200  # nested objects and lists; orjson writes 254


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
    proof: str = ""  # the header `DPoP`
    caller: Caller = DEFAULT_CALLER
    fetched: Json = None  # the answer to the route's `OutboundGet`
    events: list[Record] = field(default_factory=list)  # System Log events of this request
    counts: dict[str, Counter[str]] = field(default_factory=dict)  # computed once for all items of a list

    @property
    def actor(self) -> Record:
        """The user or service app that makes the request."""
        return self.caller.app or self.caller.user or self.tenant.administrator

    def with_params(self, **params: str) -> "Call":
        """The same request with these path parameters."""
        return replace(self, params={**self.params, **params})

    def json(self) -> JsonObject:
        """The body, which must be a JSON object; no body counts as an empty object."""
        if not self.content:
            return {}
        try:
            value = orjson.loads(self.content)
        except orjson.JSONDecodeError:
            raise malformed() from None
        if not isinstance(value, dict) or _too_deep(value, self.content):
            raise malformed()
        return value


def _too_deep(value: Json, content: bytes) -> bool:
    """Whether a body is nested too deep to be returned in an answer."""
    if content.count(b"{") + content.count(b"[") <= MAX_BODY_DEPTH:
        return False
    level = [value]
    for _ in range(MAX_BODY_DEPTH):
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
    """An answer: JSON, bytes of another content type, or no body."""

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
class OutboundGet:
    """A GET to an external URL before the request is handled; only loopback addresses are called."""

    url: str
    headers: Mapping[str, str]


@dataclass(frozen=True)
class Route:
    """The handler of a method on a path; `{name}` in the path becomes `call.params["name"]`.

    `scope` is the OAuth scope without `.read` (GET) or `.manage` (other methods). The default is the scope of the
    collection or the family. Without any scope the endpoint accepts API tokens only.
    """

    method: str
    path: str
    handler: Handler
    scope: str = ""
    fetches: Callable[[Call], OutboundGet] | None = None

    @property
    def needed_scope(self) -> str:
        """The full name of the scope, or empty."""
        return self.scope and f"{self.scope}.{'read' if self.method == 'GET' else 'manage'}"
