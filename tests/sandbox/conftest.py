"""A tenant in this process, driven over ASGI."""

import asyncio
import datetime
from collections.abc import Callable, Coroutine, Iterator
from typing import Any

import httpx
import pytest

from okta_sandbox.application import app_of
from okta_sandbox.sandbox import Sandbox
from okta_sandbox.tenant import Pipeline

BASE_URL = "http://tenant.test"


class Clock:
    """A clock that only moves when advanced."""

    def __init__(self) -> None:
        self.now = datetime.datetime(2026, 1, 1, 12, tzinfo=datetime.UTC)

    def __call__(self) -> datetime.datetime:
        return self.now

    def advance(self, **duration: float) -> None:
        self.now += datetime.timedelta(**duration)


class Okta:
    """Requests to a sandbox, one after another, with the administrator's token."""

    def __init__(self, sandbox: Sandbox, clock: Clock) -> None:
        self.sandbox, self.clock = sandbox, clock
        self._loop = asyncio.new_event_loop()
        self._client = httpx.AsyncClient(
            transport=httpx.ASGITransport(app=app_of(sandbox)),  # type: ignore[arg-type]
            base_url=BASE_URL,
            headers={"Authorization": "SSWS secret"},
        )

    def use_token(self, token: str) -> None:
        """Send the following requests with another API token."""
        self._client.headers["Authorization"] = f"SSWS {token}"

    def request(self, method: str, path: str, **options: Any) -> httpx.Response:
        return self._loop.run_until_complete(self._client.request(method, path, **options))

    def get(self, path: str, **params: Any) -> Any:
        """The JSON of an answer, which must be 200."""
        response = self.request("GET", path, params=params or None)
        assert response.status_code == 200, response.text
        return response.json()

    def send(self, method: str, path: str, body: Any = None, status: int = 200) -> Any:
        """The JSON of an answer, which must have this status; None without a body."""
        response = self.request(method, path, json=body)
        assert response.status_code == status, response.text
        return response.json() if response.content else None

    def post(self, path: str, body: Any = None, status: int = 200) -> Any:
        return self.send("POST", path, body, status)

    def put(self, path: str, body: Any = None, status: int = 200) -> Any:
        return self.send("PUT", path, body, status)

    def delete(self, path: str, status: int = 204) -> Any:
        return self.send("DELETE", path, status=status)

    def group(self, name: str) -> str:
        return str(self.post("/api/v1/groups", {"profile": {"name": name}})["id"])

    def user(self, login: str, **credentials: Any) -> str:
        profile = {"login": login, "email": login, "firstName": "A", "lastName": "B"}
        return str(self.post("/api/v1/users", {"profile": profile, "credentials": credentials})["id"])

    def events(self, **query: str) -> list[str]:
        return [event["eventType"] for event in self.get("/api/v1/logs", limit="1000", **query)]

    def together(self, *requests: tuple[str, str]) -> list[httpx.Response]:
        """Several requests at once."""

        async def all_of_them() -> list[httpx.Response]:
            return await asyncio.gather(*(self._client.request(method, path) for method, path in requests))

        return self._loop.run_until_complete(all_of_them())

    def finish(self, work: Coroutine[Any, Any, None]) -> None:
        """Wait for pending deliveries."""
        self._loop.run_until_complete(work)

    def close(self) -> None:
        self._loop.run_until_complete(self._client.aclose())
        self._loop.close()


@pytest.fixture
def make_okta() -> Iterator[Callable[..., Okta]]:
    made: list[Okta] = []

    def make(pipeline: Pipeline = "idx", **options: Any) -> Okta:
        clock = Clock()
        sandbox = Sandbox.open(BASE_URL, token="secret", pipeline=pipeline, clock=clock, seed=1, **options)
        made.append(Okta(sandbox, clock))
        return made[-1]

    yield make
    for okta in made:
        okta.close()


@pytest.fixture
def okta(make_okta: Callable[..., Okta]) -> Okta:
    return make_okta()


@pytest.fixture
def classic(make_okta: Callable[..., Okta]) -> Okta:
    return make_okta("v1")


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption(
        "--raise-replay-floor",
        action="store_true",
        help="write the figures of the replay test into replay_floor.json where they are better",
    )
    parser.addoption(
        "--malformed-requests",
        type=int,
        help="number of malformed requests to send, with a report of their statuses; default 2000, without a report",
    )
