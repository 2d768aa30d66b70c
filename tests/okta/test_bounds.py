"""A tenant that is slow, endless or huge ends a request with an error, in virtual time."""

from __future__ import annotations

import asyncio
import gzip
from collections.abc import AsyncIterator
from typing import Any

import httpx
import pytest

from reconciler.errors import TenantError, UnexpectedAnswer, Unreachable
from reconciler.okta.bounds import Bounds
from reconciler.okta.client import OktaClient
from reconciler.okta.sign_in import ApiToken
from reconciler.progress import Silent
from tests.okta.tenants import TOKEN, URL, Script, client_of
from tests.okta.virtual_time import now, run

PATH = "/api/v1/groups"
OK = httpx.Response(200, json=[])


class Dripping(httpx.AsyncByteStream):
    """A list that never ends: one byte a second."""

    async def __aiter__(self) -> AsyncIterator[bytes]:
        yield b"["
        while True:
            await asyncio.sleep(1)
            yield b" "


class Told(Silent):
    def __init__(self) -> None:
        self.lines: list[str] = []

    def waiting(self, what: str) -> None:
        self.lines.append(what)


async def silent(request: httpx.Request) -> httpx.Response:
    await asyncio.sleep(10**9)
    return OK


async def dripping(request: httpx.Request) -> httpx.Response:
    return httpx.Response(200, stream=Dripping())


def failure(handler: Any, *, requests: int = 1, **options: Any) -> tuple[TenantError, float]:
    """The error of the last request, and its time."""

    async def work() -> float:
        async with client_of(handler, **options) as client:
            for _ in range(requests - 1):
                await client.get(PATH)
            with pytest.raises(TenantError) as caught:
                await client.get(PATH)
            errors.append(caught.value)
            return now()

    errors: list[TenantError] = []
    ended = run(work())
    return errors[0], ended


# Time


@pytest.mark.parametrize("handler", [silent, dripping])
def test_a_request_ends_within_its_limit_and_is_reported_meanwhile(handler):
    progress = Told()
    error, ended = failure(handler, bounds=Bounds(request_seconds=45), progress=progress)
    assert isinstance(error, Unreachable)
    assert error.message == f"GET {PATH} on {URL}: no complete answer within 45 s"
    assert "limits.request_seconds" in error.hint
    assert ended == pytest.approx(45)
    assert progress.lines == [f"GET {PATH}: no complete answer after {after} s" for after in (10, 20, 30, 40)]


@pytest.mark.parametrize("handler", [silent, dripping])
def test_the_limit_applies_without_progress_messages(handler):
    _, ended = failure(handler)
    assert ended == pytest.approx(Bounds().request_seconds)


def test_without_any_response_many_requests_take_no_longer_than_one():
    """They share a bucket, which gets one request at a time until its first response."""

    async def work() -> None:
        async with client_of(silent) as client:
            errors = await asyncio.gather(*(client.get("/api/v1/zones") for _ in range(9)), return_exceptions=True)
            assert all(isinstance(error, Unreachable) for error in errors)
            assert now() < Bounds().request_seconds + 1

    run(work())


def test_a_request_is_repeated_if_the_tenant_answers_later():
    script = Script([httpx.ConnectError("refused")] * 5 + [OK])

    async def work() -> Any:
        async with client_of(script) as client:
            with pytest.raises(Unreachable):
                await client.get(PATH)
            return await client.get(PATH)

    assert run(work()) == []


def test_only_one_of_many_waiting_requests_is_reported():
    progress = Told()

    async def answer(request: httpx.Request) -> httpx.Response:
        await asyncio.sleep(15)
        return OK

    async def work() -> None:
        async with client_of(answer, progress=progress) as client:
            await asyncio.gather(*(client.get(path) for path in ("/api/v1/apps", "/api/v1/groups", "/api/v1/zones")))

    run(work())
    assert len(progress.lines) == 1


def test_all_repeats_count_together():
    async def answer(request: httpx.Request) -> httpx.Response:
        times.append(now())
        await asyncio.sleep(20)
        return httpx.Response(503)

    times: list[float] = []
    _, ended = failure(answer, bounds=Bounds(request_seconds=50))
    assert len(times) == 3
    assert ended == pytest.approx(50)


def test_the_wait_for_a_rate_limit_does_not_count():
    used_up = {"x-rate-limit-limit": "10", "x-rate-limit-remaining": "0", "x-rate-limit-reset": "60"}
    script = Script([httpx.Response(200, json=[], headers=used_up), OK])

    async def work() -> Any:
        async with client_of(script, bounds=Bounds(request_seconds=5)) as client:
            await client.get(PATH)
            return await client.get(PATH)

    assert run(work()) == []
    assert script.times[1] > 60


def test_a_run_ends_within_its_limit_whatever_it_waits_for():
    used_up = {"x-rate-limit-limit": "10", "x-rate-limit-remaining": "0", "x-rate-limit-reset": "60"}
    handler = Script([httpx.Response(200, json=[], headers=used_up)])
    error, ended = failure(handler, requests=2, bounds=Bounds(run_seconds=30))
    assert isinstance(error, Unreachable)
    assert "the run takes longer than 30 s" in error.message
    assert "limits.run_seconds" in error.hint
    assert ended == pytest.approx(30)


@pytest.mark.parametrize("status", [200, 429])
@pytest.mark.parametrize("reset", ["99999999999999", "1e300", "inf", "nan", "-1", "", "never", "0x10"])
def test_a_late_reset_does_not_block_a_run(reset, status):
    headers = {"x-rate-limit-limit": "10", "x-rate-limit-remaining": "0", "x-rate-limit-reset": reset}
    script = Script([httpx.Response(status, json=[], headers=headers), OK])

    async def work() -> None:
        async with client_of(script) as client:
            await client.get(PATH)
            await client.get(PATH)

    run(work())
    assert script.times[-1] < 125


def test_a_permanent_429_is_unreachable_whatever_its_reset():
    headers = {"x-rate-limit-limit": "10", "x-rate-limit-remaining": "0", "x-rate-limit-reset": "99999999999999"}
    error, ended = failure(Script([httpx.Response(429, headers=headers)]))
    assert (type(error), error.exit_code, error.status) == (Unreachable, 3, 429)
    assert ended < 5 * 125


def test_a_silent_server_on_a_real_socket_ends():
    async def work() -> None:
        writers: list[asyncio.StreamWriter] = []
        server = await asyncio.start_server(lambda reader, writer: writers.append(writer), "127.0.0.1", 0)
        url = f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}"
        async with server, OktaClient(url, ApiToken(TOKEN), bounds=Bounds(request_seconds=0.1)) as client:
            with pytest.raises(Unreachable, match=r"no complete answer within 0\.1 s"):
                await client.get(PATH)
            for writer in writers:
                writer.close()
                await writer.wait_closed()

    asyncio.run(work())


# Size


@pytest.mark.parametrize("packed", [False, True])
@pytest.mark.parametrize("status", [200, 400])
def test_an_answer_larger_than_the_limit_is_not_read(packed, status):
    content = b"[" + b" " * 2_000_000 + b"]"
    headers = {"content-encoding": "gzip"} if packed else {}
    asked: list[httpx.Request] = []

    def answer(request: httpx.Request) -> httpx.Response:
        asked.append(request)
        stream = httpx.ByteStream(gzip.compress(content) if packed else content)
        return httpx.Response(status, headers=headers, stream=stream)

    error, _ = failure(answer, bounds=Bounds(answer_megabytes=1.5))
    assert isinstance(error, UnexpectedAnswer)
    assert "more than 1.5 MB" in error.message
    assert "limits.answer_megabytes" in error.hint
    assert len(asked) == 1


def test_a_compressed_answer_within_the_limit_is_decompressed_once():
    def answer(request: httpx.Request) -> httpx.Response:
        stream = httpx.ByteStream(gzip.compress(b'{"id": "1"}'))
        return httpx.Response(200, headers={"content-encoding": "gzip"}, stream=stream)

    async def work() -> Any:
        async with client_of(answer) as client:
            return await client.get(PATH)

    assert run(work()) == {"id": "1"}


def test_a_list_without_an_end_is_an_error():
    def answer(request: httpx.Request) -> httpx.Response:
        after = int(request.url.params.get("after", 0)) + 1
        return httpx.Response(200, json=[after], headers={"Link": f'<{URL}{PATH}?after={after}>; rel="next"'})

    async def work() -> None:
        async with client_of(answer, bounds=Bounds(pages=7)) as client:
            async for page in client.pages(PATH):
                numbers.extend(page)

    numbers: list[Any] = []
    with pytest.raises(UnexpectedAnswer, match="more than 7 pages") as caught:
        run(work())
    assert len(numbers) == 7
    assert "limits.pages" in caught.value.hint
