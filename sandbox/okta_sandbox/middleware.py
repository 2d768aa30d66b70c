"""Processing of every request before and after its handler: host, identity, rate limits, faults, counting."""

import asyncio
import math
import time
from collections.abc import AsyncIterator, Callable
from typing import TypeAlias

import falcon.asgi

from okta_sandbox import control, rate_limits
from okta_sandbox.callers import DEFAULT_CALLER, Caller, Presented, identify
from okta_sandbox.errors import OktaError, cross_origin, unknown_host
from okta_sandbox.faults import FaultRule
from okta_sandbox.origins import ServedAddress
from okta_sandbox.sandbox import Sandbox

OPEN_PREFIXES = ("/.well-known/", "/oauth2/", control.PREFIX)
ADMINISTRATION = "/oauth2/v1/clients"  # part of the Management API, despite its path
CONNECTION = "okta_sandbox.connection"  # ASGI extension of our server: functions that end the connection
Connection: TypeAlias = dict[str, Callable[[], None]]


class ConnectionDropped(Exception):
    """Raised in-process, where there is no connection to close, instead of closing it."""


class RequestMiddleware:
    """Falcon middleware."""

    def __init__(self, sandbox: Sandbox) -> None:
        self.sandbox = sandbox
        self.served = ServedAddress.at(sandbox.tenant.base_url)

    async def process_request(self, request: falcon.asgi.Request, response: falcon.asgi.Response) -> None:
        """Before the handler: check access and rate limits, apply faults."""
        sandbox, path = self.sandbox, request.path
        request.context.request_id = request_id = sandbox.tenant.identifiers.request_id()
        request.context.fault = None
        request.context.caller = DEFAULT_CALLER
        request.context.in_flight = False
        response.set_header("x-okta-request-id", request_id)
        if not self.served.accepts_host(request.get_header("Host")):
            raise unknown_host()
        if path.startswith(control.PREFIX):
            if not self.served.accepts_origin(request.get_header("Origin")):
                raise cross_origin()
            return
        sandbox.rate_limits.in_flight += 1
        request.context.in_flight = True
        if not path.startswith(OPEN_PREFIXES) or path.startswith(ADMINISTRATION):
            proof, host = request.get_header("DPoP") or "", request.get_header("Host") or ""
            presented = Presented(request.method, path, request.auth or "", proof, host)
            request.context.caller = identify(sandbox.tenant, presented, sandbox.token, sandbox.administrators)
        caller: Caller = request.context.caller
        for name, value in sandbox.rate_limits.count(request.method, path, caller.name, time.time()).items():
            response.set_header(name, value)
        if fault := sandbox.faults.next(request.method, path):
            request.context.fault = fault
            await self._before(fault, request, response)

    async def process_response(
        self,
        request: falcon.asgi.Request,
        response: falcon.asgi.Response,
        resource: object,
        req_succeeded: bool,
    ) -> None:
        """After the handler: count the answer, apply faults."""
        if request.context.in_flight:
            self.sandbox.rate_limits.in_flight -= 1
        content = response.data or b""
        if not request.path.startswith(control.PREFIX):
            template = request.uri_template or "(no such endpoint)"
            self.sandbox.statistics.add(request.method, template, response.status_code, len(content))
        fault: FaultRule | None = request.context.fault
        if fault and fault.drop == "after":
            await _drop(request, response)
        if fault and fault.truncate and content:
            response.data = None
            response.stream = _first_half(request, content)
            response.content_length = len(content)

    async def _before(self, fault: FaultRule, request: falcon.asgi.Request, response: falcon.asgi.Response) -> None:
        if fault.latency:
            await asyncio.sleep(fault.latency)
        if fault.drop == "before":
            await _drop(request, response)
        if fault.status is not None:
            headers = {} if fault.retryAfter is None else {"Retry-After": str(fault.retryAfter)}
            if fault.status != 429:
                raise OktaError(fault.status, "E0000009", "Injected fault", headers=headers)
            # Clients wait for the reset time; Okta's own clients give up without one.
            reset = math.ceil(time.time()) + (fault.retryAfter or 1)
            raise OktaError(429, "E0000047", "Injected fault", headers=headers | rate_limits.headers(100, 0, reset))


async def _drop(request: falcon.asgi.Request, response: falcon.asgi.Response) -> None:
    """Close the connection without sending anything, and end this request."""
    connection = _connection(request)
    if connection is None:
        raise ConnectionDropped
    connection["abort"]()
    response.complete = True
    await asyncio.sleep(0)  # lets the server notice the closed connection


async def _first_half(request: falcon.asgi.Request, content: bytes) -> AsyncIterator[bytes]:
    """The first half of a body, then close the connection."""
    yield content[: len(content) // 2]
    if connection := _connection(request):
        connection["close"]()
        await asyncio.sleep(0.01)  # as above; closing waits for pending bytes


def _connection(request: falcon.asgi.Request) -> Connection | None:
    connection: Connection | None = request.scope.get("extensions", {}).get(CONNECTION)
    return connection
