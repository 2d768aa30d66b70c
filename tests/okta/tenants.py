"""Tenants made of functions: they answer requests and record them."""

from __future__ import annotations

import re
from collections.abc import Callable, Container, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from typing import Any
from urllib.parse import unquote

import httpx

from reconciler.kinds import Listed, chain, kinds
from reconciler.kinds.shapes import WrappedIn
from reconciler.okta.client import OktaClient
from reconciler.okta.rate_limits import RateLimits
from reconciler.okta.sign_in import ApiToken
from tests.okta.virtual_time import now

URL = "https://acme.okta.com"
USERS = "/api/v1/users"
TOKEN = "00aSecretTokenOfTheTests"


def client_of(handler: Callable[[httpx.Request], Any], **options: Any) -> OktaClient:
    """A client whose pauses and rate limit windows pass in virtual time."""
    client = OktaClient(URL, ApiToken(TOKEN), transport=httpx.MockTransport(handler), **options)
    client.limits = RateLimits(client.limits.reserve, clock=now, held_up=client.limits._held_up)
    return client


@dataclass
class Script:
    """Responses in order; the last one is repeated."""

    answers: Sequence[httpx.Response | Exception]
    asked: list[httpx.Request] = field(default_factory=list)
    times: list[float] = field(default_factory=list)

    def __call__(self, request: httpx.Request) -> httpx.Response:
        answer = self.answers[min(len(self.asked), len(self.answers) - 1)]
        self.asked.append(request)
        self.times.append(now())
        if isinstance(answer, Exception):
            raise answer
        return httpx.Response(answer.status_code, headers=answer.headers, content=answer.content)


@dataclass
class Shelf:
    """A tenant with lists of objects, and documents, by path. It records every request."""

    lists: dict[str, Any]
    """The items by path. An object that is in no list stands for itself."""
    page: int = 100
    failing: Mapping[str, int] = field(default_factory=dict)
    """Paths that are answered with a status."""
    codes: Mapping[str, str] = field(default_factory=dict)
    """Their error codes, if they matter."""
    departed: Sequence[str] = ()
    """The logins that no user has any more. All other users exist, with ids such as `user:ada@example.com`."""
    asked: list[str] = field(default_factory=list)
    """`METHOD path?query`, in order."""
    bodies: list[Any] = field(default_factory=list)

    def __call__(self, request: httpx.Request) -> httpx.Response:
        query = unquote(request.url.query.decode())
        path = request.url.path
        self.asked.append(f"{request.method} {path}" + (f"?{query}" if query else ""))
        self.bodies.append(httpx.Response(200, content=request.content).json() if request.content else None)
        if path in self.failing:
            return httpx.Response(
                self.failing[path], json={"errorCode": self.codes.get(path, "E1"), "errorSummary": f"no {path}"}
            )
        return self.answer(request.method, path, request)

    def answer(self, method: str, path: str, request: httpx.Request) -> httpx.Response:
        if path == USERS and path not in self.lists:
            return httpx.Response(200, json=[*searched(request.url.params["search"], self.departed)])
        if isinstance(alone := self.lists.get(path), Mapping):
            return httpx.Response(200, json=alone)
        if path in self.lists:
            return self._list(path, request)
        collection, _, identity = path.rpartition("/")
        found = self.found(collection, identity)
        if found is None:
            return httpx.Response(404, json={"errorCode": "E0000007", "errorSummary": f"Not found: {identity}"})
        return httpx.Response(200, json=found)

    def found(self, collection: str, identity: str) -> dict[str, Any] | None:
        """The item of a list with this id."""
        below = collection.rpartition("/")[2]
        shape = next((kind.shape for kind in kinds() if kind.shape.path in (collection, below)), None)
        items = self.lists.get(collection, ())
        return next((one for one in items if (shape.identity(one) if shape else one["id"]) == identity), None)

    def _list(self, path: str, request: httpx.Request) -> httpx.Response:
        start = int(request.url.params.get("after", "0"))
        wanted = request.url.params.get("type") if path.endswith("/policies") else None
        items = [item for item in self.lists[path] if wanted is None or item.get("type") == wanted]
        headers = {}
        if start + self.page < len(items):
            following = request.url.copy_set_param("after", str(start + self.page))
            headers["Link"] = f'<{following}>; rel="next"'
        page: Any = items[start : start + self.page]
        if name := wrapper_of(path):
            page = {name: page, "_links": {"next": {"href": str(following)}} if headers else {}}
            headers = {}
        return httpx.Response(200, json=page, headers=headers)


def searched(search: str, departed: Container[str] = ()) -> Iterator[dict[str, Any]]:
    """The users that a search by login or id finds."""
    for value in re.findall(r'"([^"]*)"', search):
        login = value.removeprefix("user:")
        if login not in departed:
            yield {"id": f"user:{login}", "profile": {"login": login}}


def wrapper_of(path: str) -> str:
    """The member in which a response has the items of the list at a path; empty if it is a plain list."""
    return next((name for pattern, name in _wrapped_lists() if pattern.fullmatch(path)), "")


@cache
def _wrapped_lists() -> list[tuple[re.Pattern[str], str]]:
    found = []
    for kind in kinds():
        path = "/[^/]+/".join(level.shape.path for level in reversed(chain(kind)))
        if isinstance(kind.shape, Listed) and kind.shape.wrapped_in:
            found.append((re.compile(path), kind.shape.wrapped_in))
        found += [
            (re.compile(f"{path}/[^/]+/{detail.path}"), detail.page.member)
            for detail in kind.details
            if isinstance(detail.page, WrappedIn)
        ]
    return found
