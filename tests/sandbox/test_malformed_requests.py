"""Random malformed requests: each is answered, and never with a 500.

To send more: pytest tests/sandbox/test_malformed_requests.py --malformed-requests 50000
"""

import asyncio
import logging
import random
from collections import Counter
from collections.abc import Callable, Coroutine, Iterator
from typing import Any
from urllib.parse import urlsplit

import httpx
import pytest

from okta_sandbox import process
from okta_sandbox.application import app_of
from okta_sandbox.process import RunningTenant

from .conftest import BASE_URL, Okta
from .malformed_requests import MalformedRequest, malformed_request
from .sending import ids_of, sent_over, sent_to

TOGETHER = 500  # with one tenant, before it is reset


@pytest.fixture(scope="module")
def tenant() -> Iterator[RunningTenant]:
    with process.start(token="secret") as running:
        yield running


@pytest.fixture
def report(request: pytest.FixtureRequest, capsys: pytest.CaptureFixture[str]) -> Callable[[Counter[int]], None]:
    """Says how many requests had which status, where a run of some length was asked for."""

    def show(statuses: Counter[int]) -> None:
        if request.config.getoption("--malformed-requests"):
            with capsys.disabled():
                print(f"\n{statuses.total()} requests: {dict(sorted(statuses.items()))}")

    return show


@pytest.fixture
def count(request: pytest.FixtureRequest) -> int:
    return int(request.config.getoption("--malformed-requests") or 2_000)


def statuses_of(
    count: int,
    host: str,
    ids: Callable[[], dict[str, str]],
    send: Callable[[MalformedRequest], Coroutine[Any, Any, int]],
) -> Counter[int]:
    """How often each status was the answer; `ids` makes the tenant fresh."""
    chance, statuses = random.Random(20260101), Counter[int]()
    known: dict[str, str] = {}
    with asyncio.Runner() as runner:
        for number in range(count):
            if number % TOGETHER == 0:
                known = ids()
            request = malformed_request(chance, host, known)
            status = runner.run(send(request))
            assert 200 <= status < 500 or status == 501, f"{status}: {request}"
            statuses[status] += 1
    return statuses


def test_over_a_socket(tenant: RunningTenant, count: int, report: Callable[[Counter[int]], None]) -> None:
    with httpx.Client(base_url=tenant.url, headers=tenant.headers) as client:

        def fresh() -> dict[str, str]:
            client.post("/_sandbox/reset").raise_for_status()
            return ids_of(lambda path: client.get(path).json(), lambda path, body: client.post(path, json=body).json())

        address = urlsplit(tenant.url)
        assert address.port
        port = address.port
        statuses = statuses_of(count, address.netloc, fresh, lambda request: sent_over(port, request))
    assert statuses[200] > count / 20, "most of them are not that odd"
    report(statuses)


def test_in_process(
    okta: Okta, count: int, report: Callable[[Counter[int]], None], caplog: pytest.LogCaptureFixture
) -> None:
    application = app_of(okta.sandbox)

    def fresh() -> dict[str, str]:
        okta.sandbox.reset()
        return ids_of(okta.get, okta.post)

    with caplog.at_level(logging.ERROR):
        statuses = statuses_of(count, urlsplit(BASE_URL).netloc, fresh, lambda request: sent_to(application, request))
    assert not caplog.records
    report(statuses)
