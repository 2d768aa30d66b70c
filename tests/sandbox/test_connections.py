"""Connections of clients that stop midway or send nothing."""

import asyncio
import contextlib
import re
from typing import Any

import pytest
import uvicorn
from uvicorn.server import ServerState

from okta_sandbox.application import app_of
from okta_sandbox.connections import TenantProtocol
from okta_sandbox.sandbox import Sandbox

HEAD = b"Host: localhost\r\nAuthorization: SSWS secret\r\n"
GROUP = b'{"profile":{"name":"Half"}}'
GET = b"GET /api/v1/groups HTTP/1.1\r\n" + HEAD + b"\r\n"


class Impatient(TenantProtocol):
    idle_seconds = 0.1


def answers(
    *sent: bytes, ends: bool = False, protocol: type[TenantProtocol] = TenantProtocol, sandbox: Sandbox | None = None
) -> bytes:
    """All that a server sends until it closes; with `ends` the client closes its sending half."""
    sandbox = sandbox or Sandbox.open("http://localhost", token="secret")
    options: Any = {"http": protocol, "lifespan": "off", "ws": "none", "log_level": "critical"}
    config = uvicorn.Config(app_of(sandbox), **options)
    config.load()
    state = ServerState()

    async def exchange() -> bytes:
        loop = asyncio.get_running_loop()
        server = await loop.create_server(lambda: protocol(config, state, {}), "127.0.0.1", 0)
        async with server:
            reader, writer = await asyncio.open_connection(*server.sockets[0].getsockname())
            for part in sent:
                writer.write(part)
                await writer.drain()
                await asyncio.sleep(0.01)
            if ends:
                writer.write_eof()
            received = await asyncio.wait_for(reader.read(), 30)
            writer.close()
            with contextlib.suppress(ConnectionError):
                await writer.wait_closed()
            while state.connections:
                await asyncio.sleep(0.01)
            return received

    return asyncio.run(exchange())


def statuses(received: bytes) -> list[int]:
    return [int(status) for status in re.findall(rb"HTTP/1\.1 (\d+) ", received)]


def test_half_closed_client_is_answered() -> None:
    assert statuses(answers(GET, ends=True)) == [200]
    assert statuses(answers(GET + GET, ends=True)) == [200, 200]


@pytest.mark.parametrize(
    "framing",
    [
        b"Content-Length: 99\r\n\r\n" + GROUP,
        b"Transfer-Encoding: chunked\r\n\r\n%x\r\n%s\r\n" % (len(GROUP), GROUP),
        b"Transfer-Encoding: chunked\r\n\r\n99\r\n" + GROUP,
        b"Transfer-Encoding: chunked\r\n\r\nzz\r\n" + GROUP,
        b"Content-Le",
        b"",
    ],
)
def test_incomplete_request_is_refused(framing: bytes) -> None:
    sandbox = Sandbox.open("http://localhost", token="secret")
    received = answers(b"POST /api/v1/groups HTTP/1.1\r\n" + HEAD + framing, ends=True, sandbox=sandbox)
    assert statuses(received) == [400]
    assert not sandbox.tenant.store.named("UserGroup", "Half")
    assert all(group.body["profile"]["name"] != "Half" for group in sandbox.tenant.store.all("UserGroup"))


def test_malformed_data_after_request_does_not_lose_answer() -> None:
    assert statuses(answers(GET + b"\x00\x01 nonsense\r\n\r\n")) == [200, 400]


@pytest.mark.parametrize("protocol", [b"websocket", b"h2c"])
def test_upgrade_is_ignored_and_request_answered(protocol: bytes) -> None:
    request = b"GET /api/v1/groups HTTP/1.1\r\n" + HEAD + b"Connection: Upgrade\r\nUpgrade: " + protocol + b"\r\n\r\n"
    received = answers(request)
    assert statuses(received) == [200]
    assert b"connection: close" in received


def test_large_refused_body_is_read_before_answer() -> None:
    body = b"x" * 3_000_000
    head = b"POST /api/v1/groups HTTP/1.1\r\n" + HEAD + b"Connection: close\r\nContent-Length: %d\r\n\r\n" % len(body)
    assert statuses(answers(head + body)) == [413]
    assert statuses(answers(head.replace(b"secret", b"wrong") + body)) == [401]


def test_idle_connection_is_closed() -> None:
    assert answers(protocol=Impatient) == b""
    assert statuses(answers(GET, protocol=Impatient)) == [200]


@pytest.mark.parametrize(
    "part", [b"GET /api", GET[:-2], b"POST /api/v1/groups HTTP/1.1\r\n" + HEAD + b"Content-Length: 99\r\n\r\n" + GROUP]
)
def test_wait_for_rest_of_request_is_limited(part: bytes) -> None:
    sandbox = Sandbox.open("http://localhost", token="secret")
    assert statuses(answers(part, protocol=Impatient, sandbox=sandbox)) == [408]
    assert all(group.body["profile"]["name"] != "Half" for group in sandbox.tenant.store.all("UserGroup"))


def test_slow_answer_is_not_cut_off() -> None:
    sandbox = Sandbox.open("http://localhost", token="secret")
    order = b'{"path":"/api/v1/groups","latency":0.5}'
    fault = b"POST /_sandbox/faults HTTP/1.1\r\nHost: localhost\r\nContent-Length: %d\r\n\r\n%s" % (len(order), order)
    assert statuses(answers(fault + GET, protocol=Impatient, sandbox=sandbox)) == [201, 200]
