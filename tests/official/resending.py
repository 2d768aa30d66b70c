"""Sends the requests that the official plugin sent to a fresh tenant, and compares the answers with the recorded ones.

Ids differ between runs. Most are learnt from answers; the answers to GETs are not recorded, so an id that the plugin
took from one is looked up among the objects that this tenant has shown: the one of the same kind that shares most with
the recorded request and answer.
"""

from __future__ import annotations

import asyncio
import datetime
import json
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any, Self
from urllib.parse import unquote

import httpx

from okta_sandbox.application import app_of
from okta_sandbox.families.policy_types import POLICY_TYPES
from okta_sandbox.sandbox import Sandbox
from tests.official.recorded import Case, Request

URL = "http://tenant.test"
# Ids of the local tenant end in 1d7, ids of keys have 43 characters, those of identity provider keys are UUIDs.
_ID = re.compile(r"(?<![\w-])(?:\w{17}1d7|[\w-]{43}|[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})(?![\w-])")
_HOST = re.compile(r"https?://[^/]*")
_GENERATED = re.compile(r"(?<=service-provider/)\w+|(?<=^oidc_client_)\w{7}$")  # in addresses and names of schemas
_TIME = re.compile(r"\d{4}-\d\d-\d\d[T ][\d:.]+Z?")
_MASKED = "[secret]"
_SUBDOMAIN = ("TOKEN_", "sandbox_")  # recorded, here: the recordings mask the subdomain in names of custom apps
_MADE_UP = frozenset({"created", "lastUpdated", "lastMembershipUpdated", "client_secret", "errorId", "_embedded"})
_IN_EVERY_TENANT = (
    "/api/v1/meta/types/user",
    "/api/v1/api-tokens",
    '/api/v1/principal-rate-limits?filter=principalType eq "SSWS_TOKEN"',
    "/api/v1/groups",
    "/api/v1/authenticators",
    "/api/v1/authorizationServers",
    "/api/v1/features",
    *(f"/api/v1/policies?type={type_}" for type_ in POLICY_TYPES),
)
_IN_A_USED_TENANT = ({"key": "google_otp", "name": "Google Authenticator"},)  # the recorded tenant served many programs
NOT_SERVED_THEN = "E0000022"


@dataclass(frozen=True)
class Difference:
    """How an answer differs from the recorded one; `member` is empty for the status."""

    step: str
    method: str
    path: str
    member: str
    recorded: Any
    now: Any


@dataclass
class _Names:
    """Recorded ids as they are called here."""

    here: dict[str, str] = field(default_factory=dict)
    recorded: dict[str, Any] = field(default_factory=dict)  # objects in recorded answers by id
    shown: dict[str, Any] = field(default_factory=dict)  # objects of this tenant by id, the latest first

    def translate(self, value: Any) -> Any:
        """A recorded value with the ids of this tenant."""
        match value:
            case dict():
                return {
                    self.translate(key): item if key == "x5c" else self.translate(item) for key, item in value.items()
                }
            case list() | tuple():
                return [self.translate(item) for item in value]
            case str():
                return _ID.sub(lambda found: self.here.get(found.group(), found.group()), value).replace(*_SUBDOMAIN)
        return value

    def learn(self, recorded: Any, answer: Any) -> None:
        """The ids at the same spot of a recorded answer and of the answer here."""
        match recorded, answer:
            case dict(), dict():
                for key in recorded.keys() & answer.keys():
                    self.learn(recorded[key], answer[key])
            case list(), list():
                for one, other in zip(recorded, answer, strict=False):
                    self.learn(one, other)
            case str(), str():
                for one, other in zip(_ID.findall(recorded), _ID.findall(answer), strict=False):
                    self.here.setdefault(one, other)

    def look_up(self, request: Request) -> None:
        """Ids of a request that no answer has named."""
        for unknown in _ID.findall(f"{json.dumps(request.body)} {unquote(request.path)}"):
            if unknown not in self.here and (candidates := list(self._candidates(unknown))):
                sources = [each for each in (self.recorded.get(unknown), request.body) if isinstance(each, dict)]
                self.here[unknown] = max(candidates, key=lambda each: self._shared(self.shown[each], sources))

    def _candidates(self, unknown: str) -> Iterator[str]:
        taken = set(self.here.values())
        for shown in self.shown:
            alike = shown[:3] == unknown[:3] if len(unknown) == 20 else True
            if len(shown) == len(unknown) and alike and shown not in taken:
                yield shown

    def _shared(self, shown: Any, sources: list[dict[str, Any]]) -> int:
        """The members that an object shares with recorded ones; another type outweighs all."""
        shared: int = sum(
            shown.get(key) == self.translate(source[key]) for source in sources for key in source if key != "status"
        )
        return shared - 10 * any(shown.get("type") != source.get("type", shown.get("type")) for source in sources)


def _by_id(answer: Any) -> dict[str, Any]:
    """All objects in an answer, by id."""
    match answer:
        case dict():
            named = {answer[key]: answer for key in ("id", "kid") if isinstance(answer.get(key), str)}
            inner = list(answer.values())
        case list():
            named, inner = {}, answer
        case _:
            return {}
    for item in inner:
        named = _by_id(item) | named
    return named


class Resending:
    """A fresh tenant that gets recorded requests."""

    def __init__(self) -> None:
        clock = datetime.datetime(2026, 12, 1, 12, tzinfo=datetime.UTC)
        sandbox = Sandbox.open(URL, token="secret", pipeline="idx", seed=1, clock=lambda: clock)
        self._loop = asyncio.new_event_loop()
        transport = httpx.ASGITransport(app=app_of(sandbox))  # type: ignore[arg-type]
        self._http = httpx.AsyncClient(transport=transport, base_url=URL, headers={"Authorization": "SSWS secret"})
        self._names = _Names()
        for body in _IN_A_USED_TENANT:
            self._send("POST", "/api/v1/authenticators?activate=false", body)
        for path in _IN_EVERY_TENANT:
            self._names.shown = _by_id(self._send("GET", path, None)[1]) | self._names.shown

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._loop.run_until_complete(self._http.aclose())
        self._loop.close()

    def differences(self, case: Case) -> list[Difference]:
        """How the answers to a case differ.

        A request that the recorded tenant did not serve has to be served here; the rest of the case is not compared
        then, because the plugin gave up there.
        """
        found: list[Difference] = []
        for stage in case.stages:
            for request in stage.requests:
                self._names.recorded = _by_id(request.answer) | self._names.recorded
        for stage in case.stages:
            for request in stage.requests:
                for difference in self._compared(stage.step, request):
                    if difference not in found:
                        found.append(difference)
                if _not_served_then(request):
                    return found
        return found

    def _compared(self, step: str, request: Request) -> Iterator[Difference]:
        self._names.look_up(request)
        status, answer = self._send(
            request.method, self._names.translate(unquote(request.path)), self._names.translate(request.body)
        )
        if request.method == "GET" and status == 200:
            self._names.shown = _by_id(answer) | self._names.shown
        if _not_served_then(request):
            if status >= 400:
                yield Difference(step, request.method, request.path, "", "not served", (status, answer))
            return
        if status != request.status:
            yield Difference(step, request.method, request.path, "", request.status, (status, answer))
        elif request.answer is not None:
            self._names.learn(request.answer, answer)
            for member, recorded, now in _unlike(request.answer, answer):
                yield Difference(step, request.method, request.path, member, recorded, now)

    def _send(self, method: str, path: str, body: Any) -> tuple[int, Any]:
        response = self._loop.run_until_complete(self._http.request(method, path, json=body))
        is_json = response.headers.get("content-type", "").startswith("application/json")
        return response.status_code, response.json() if response.content and is_json else None


def _not_served_then(request: Request) -> bool:
    return isinstance(request.answer, dict) and request.answer.get("errorCode") == NOT_SERVED_THEN


_ABSENT = "(absent)"


def _unlike(recorded: Any, now: Any, member: str = "") -> Iterator[tuple[str, Any, Any]]:
    match recorded, now:
        case dict(), dict():
            recorded = {key.replace(*_SUBDOMAIN): value for key, value in recorded.items()}
            for key in sorted((recorded.keys() | now.keys()) - _MADE_UP):
                path = f"{member}.{key}".strip(".")
                yield from _unlike(recorded.get(key, _ABSENT), now.get(key, _ABSENT), path)
        case list(), list() if len(recorded) == len(now):
            for one, other in zip(recorded, now, strict=True):
                yield from _unlike(one, other, f"{member}[]")
        case _ if recorded != _MASKED and _comparable(recorded) != _comparable(now):
            yield member, recorded, now


def _comparable(value: Any) -> Any:
    if not isinstance(value, str):
        return value
    return _GENERATED.sub("<id>", _TIME.sub("<time>", _HOST.sub("", _ID.sub("<id>", value)))).replace(*_SUBDOMAIN)
