"""One HTTP client for one tenant: asynchronous, within the rate limits, patient with passing faults."""

from __future__ import annotations

import asyncio
import random
from collections.abc import AsyncIterator
from types import TracebackType
from typing import Any, Self

import httpx
import orjson

from reconciler.errors import TenantError, Unauthorised, Unreachable
from reconciler.okta.rate_limits import RateLimits
from reconciler.progress import SILENT, Progress

_TRIES = 5
_IDEMPOTENT = frozenset({"GET", "PUT", "DELETE"})
_PASSING = frozenset({408, 429, 500, 502, 503, 504})
_NOT_SENT = (httpx.ConnectError, httpx.ConnectTimeout)
_FIRST_PAUSE_SECONDS = 0.25


class OktaClient:
    """Requests to the Management API of one tenant. Use as an asynchronous context manager.

    A request that may be repeated is repeated when the connection drops, the body is cut short, or the tenant
    answers 429 or 5xx: at most five times, pausing longer each time, or until the reset that a 429 names.
    """

    def __init__(
        self,
        url: str,
        auth: httpx.Auth,
        *,
        transport: httpx.AsyncBaseTransport | None = None,
        connections: int = 10,
        reserve: float = 0.1,
        timeout_seconds: float = 30.0,
        progress: Progress = SILENT,
    ) -> None:
        self.url = url
        self.limits = RateLimits(reserve, held_up=progress.held_up)
        self._places = asyncio.Semaphore(connections)
        self._http = httpx.AsyncClient(
            base_url=url,
            auth=auth,
            transport=transport,
            timeout=timeout_seconds,
            limits=httpx.Limits(max_connections=connections, max_keepalive_connections=connections),
            headers={"Accept": "application/json", "User-Agent": "okta-reconciler"},
            trust_env=False,
        )

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self._http.aclose()

    @property
    def requests(self) -> int:
        """How many requests went to the tenant so far."""
        return sum(bucket.requests for bucket in self.limits.buckets.values())

    async def get(self, path: str) -> Any:
        """The JSON at a path."""
        return (await self._request("GET", path))[0]

    async def send(self, method: str, path: str, body: Any = None) -> Any:
        """Change something; the JSON of the answer, or None if there is none."""
        return (await self._request(method, path, body))[0]

    async def pages(self, path: str) -> AsyncIterator[list[Any]]:
        """The pages of a list, as the server links them.

        `Link` addresses are followed as given, but never to another server, which would get the credentials, and
        never twice to the same page.
        """
        following: str | None = path
        seen: set[str] = set()
        while following:
            if following in seen or not self._is_ours(following):
                raise TenantError(f"GET {path} on {self.url}: the next page is said to be {following}")
            seen.add(following)
            items, response = await self._request("GET", following)
            if not isinstance(items, list):
                raise TenantError(f"GET {path} on {self.url}: expected a list, got {type(items).__name__}")
            yield items
            following = response.links.get("next", {}).get("url")

    def _is_ours(self, address: str) -> bool:
        """Whether an address, or a path, is one of this tenant."""
        own = httpx.URL(self.url)
        return _server(own.join(address)) == _server(own)

    async def _request(self, method: str, path: str, body: Any = None) -> tuple[Any, httpx.Response]:
        content = None if body is None else orjson.dumps(body)
        headers = {} if body is None else {"Content-Type": "application/json"}
        request = self._http.build_request(method, path, content=content, headers=headers)
        for attempt in range(1, _TRIES + 1):
            last = attempt == _TRIES
            try:
                response = await self._send(request)
                value = _content(response)
            except Unreachable:  # there was no access token, so that the request itself was not sent
                if last:
                    raise
                await self._pause(attempt)
                continue
            except (httpx.RequestError, orjson.JSONDecodeError) as error:
                if last or (method not in _IDEMPOTENT and not isinstance(error, _NOT_SENT)):
                    raise Unreachable(
                        f"{method} {request.url.path} on {self.url}: {_reason(error)}",
                        hint="check the tenant's url, the network, and https://status.okta.com",
                    ) from error
                await self._pause(attempt)
                continue
            if response.is_success:
                return value, response
            if response.status_code not in _PASSING or last or not self._may_repeat(method, response):
                raise self._error(method, request, response, value)
            await self._pause(attempt)  # after a 429 the bucket then waits for its reset besides
        raise AssertionError("the last attempt returns or raises")

    async def _send(self, request: httpx.Request) -> httpx.Response:
        # Who waits for a bucket takes no connection from those who may go.
        async with self.limits.turn(request.url.path) as bucket, self._places:
            response = await self._http.send(request)
            self.limits.learn(bucket, response.headers)
            return response

    @staticmethod
    def _may_repeat(method: str, response: httpx.Response) -> bool:
        # A 429 was not carried out; after a 5xx nobody knows, so that only what may be done twice is repeated.
        return method in _IDEMPOTENT or response.status_code == httpx.codes.TOO_MANY_REQUESTS

    @staticmethod
    async def _pause(attempt: int) -> None:
        await asyncio.sleep(_FIRST_PAUSE_SECONDS * 2 ** (attempt - 1) * random.uniform(0.5, 1.5))

    def _error(self, method: str, request: httpx.Request, response: httpx.Response, body: Any) -> TenantError:
        said = body if isinstance(body, dict) else {}
        causes = "; ".join(cause.get("errorSummary", "") for cause in said.get("errorCauses") or [])
        summary = causes or said.get("errorSummary") or response.reason_phrase
        message = (
            f"{method} {request.url.path} on {self.url}: {response.status_code} {summary}"
            f" ({said.get('errorCode', 'no code')}, request {said.get('errorId', 'unknown')})"
        )
        error = TenantError(message)
        if response.status_code in (httpx.codes.UNAUTHORIZED, httpx.codes.FORBIDDEN):
            error = Unauthorised(
                message, hint="check the credentials, their scopes and their admin role for this tenant"
            )
        elif response.status_code >= httpx.codes.INTERNAL_SERVER_ERROR:
            error = Unreachable(message, hint="the tenant failed; see https://status.okta.com")
        error.status = response.status_code
        return error


def _content(response: httpx.Response) -> Any:
    """The JSON of an answer. The pages with which gateways and proxies refuse say no more than their status."""
    try:
        return orjson.loads(response.content) if response.content else None
    except orjson.JSONDecodeError:
        if response.is_success:
            raise
        return None


def _reason(error: Exception) -> str:
    if isinstance(error, orjson.JSONDecodeError):
        return "the answer is not JSON, or was cut short"
    if isinstance(error, httpx.TimeoutException):
        return "no answer in time"
    if isinstance(error, httpx.LocalProtocolError):
        return "the request cannot be sent: a header holds what no header may"  # the text would quote the token
    return str(error) or type(error).__name__


def _server(url: httpx.URL) -> tuple[str, str, int | None]:
    return url.scheme, "127.0.0.1" if url.host == "localhost" else url.host, url.port
