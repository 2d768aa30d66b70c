"""The HTTP client of one tenant. It keeps to rate limits, repeats requests after temporary failures, and has limits."""

from __future__ import annotations

import asyncio
import os
import random
from collections.abc import AsyncIterator, Sequence
from functools import partial
from types import TracebackType
from typing import Any, Self

import httpx
import orjson

from reconciler.errors import TenantError, Unauthorised, UnexpectedAnswer, Unreachable
from reconciler.kinds.shapes import Page, list_page
from reconciler.loopback import LOOPBACK
from reconciler.okta.bounds import Bounds, Deadline, read_within
from reconciler.okta.failures import NETWORK, next_action, reason
from reconciler.okta.pages import BrokenLink, next_page
from reconciler.okta.rate_limits import RateLimits
from reconciler.okta.waiting import Waiting
from reconciler.progress import SILENT, Progress

_TRIES = 5
_IDEMPOTENT = frozenset({"GET", "PUT", "DELETE"})
_TEMPORARY = frozenset({408, 429, 500, 502, 503, 504})
_NOT_SENT = (httpx.ConnectError, httpx.ConnectTimeout)
_FIRST_PAUSE_SECONDS = 0.25


class OktaClient:
    """Requests to the Management API of one tenant. Use as an asynchronous context manager.

    An idempotent request is repeated if the connection drops, the body is incomplete, or the tenant answers with 408,
    429 or 5xx. There are at most five attempts, with growing pauses; after a 429, the client waits for the reset. All
    of this is within the bounds. Proxies and certificates of the environment apply to every tenant that is not local.
    """

    def __init__(
        self,
        url: str,
        auth: httpx.Auth,
        *,
        transport: httpx.AsyncBaseTransport | None = None,
        connections: int = 10,
        reserve: float | None = None,
        timeout_seconds: float = 30.0,
        bounds: Bounds = Bounds(),  # noqa: B008 - frozen
        progress: Progress = SILENT,
    ) -> None:
        self.url = url
        self.bounds = bounds
        share = 1 - bounds.bucket_share if reserve is None else reserve
        self.limits = RateLimits(share, held_up=progress.held_up, longest=bounds.reset_seconds)
        self._waiting = Waiting(progress)
        self._connections = asyncio.Semaphore(connections)
        self._run_ends: float | None = None
        self._answered = False
        """Whether the tenant has answered any request so far."""
        self._given_up = 0
        """How many requests failed without a response before the tenant answered any."""
        try:
            self._http = httpx.AsyncClient(
                base_url=url,
                auth=auth,
                transport=transport,
                timeout=timeout_seconds,
                limits=httpx.Limits(max_connections=connections, max_keepalive_connections=connections),
                headers={
                    "Accept": "application/json",
                    "Accept-Encoding": "gzip, deflate",
                    "User-Agent": "okta-reconciler",
                },
                event_hooks={"response": [partial(read_within, megabytes=bounds.answer_megabytes)]},
                trust_env=httpx.URL(url).host not in LOOPBACK,
            )
        except (OSError, ValueError, ImportError) as error:  # an invalid file of certificates, or proxy
            certificates = os.environ.get("SSL_CERT_FILE") or os.environ.get("SSL_CERT_DIR") or "not set"
            raise Unreachable(
                f"the proxy or certificate settings for {url} cannot be used: {error}",
                hint="check HTTPS_PROXY and ALL_PROXY (the address of an HTTP proxy), and SSL_CERT_FILE "
                f"(a file of certificates in PEM, now {certificates})",
            ) from error

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self._http.aclose()

    @property
    def requests(self) -> int:
        """How many requests were sent to the tenant so far."""
        return sum(bucket.requests for bucket in self.limits.buckets.values())

    async def get(self, path: str) -> Any:
        """The JSON at a path."""
        return (await self._request("GET", path))[0]

    async def send(self, method: str, path: str, body: Any = None) -> Any:
        """Send a change. Returns the JSON of the response, or None if there is none."""
        return (await self._request(method, path, body))[0]

    async def pages(self, path: str, page: Page = list_page) -> AsyncIterator[Sequence[Any]]:
        """The pages of a list, as the server links them. `page` finds the items in a response.

        `Link` addresses are followed as given, but never to another server, because it would receive the credentials.
        No page is read twice.
        """
        following: str | None = path
        seen: set[str] = set()
        while following is not None:
            if len(seen) >= self.bounds.pages:
                raise UnexpectedAnswer(
                    f"GET {path} on {self.url}: the list has more than {self.bounds.pages} pages",
                    hint="if the list is that long, raise limits.pages of the environment",
                )
            seen.add(following)
            body, response = await self._request("GET", following)
            try:
                items, linked = page(body)
            except TypeError as error:
                raise UnexpectedAnswer(f"GET {path} on {self.url}: {error}") from error
            yield items
            try:
                following = next_page(response, linked, httpx.URL(self.url))
            except BrokenLink as error:
                raise UnexpectedAnswer(f"GET {path} on {self.url}: {error}") from error
            if following in seen:
                raise UnexpectedAnswer(f"GET {path} on {self.url}: the link to the next page leads back to {following}")

    async def _request(self, method: str, path: str, body: Any = None) -> tuple[Any, httpx.Response]:
        content = None if body is None else orjson.dumps(body)
        headers = {} if body is None else {"Content-Type": "application/json"}
        try:
            request = self._http.build_request(method, path, content=content, headers=headers)
        except httpx.InvalidURL as error:
            raise UnexpectedAnswer(f"{method} on {self.url}: {path[:200]!r} is not an address: {error}") from error
        loop = asyncio.get_running_loop()
        if self._run_ends is None:
            self._run_ends = loop.time() + self.bounds.run_seconds
        try:
            async with asyncio.timeout_at(self._run_ends):
                return await self._repeated(request)
        except Unreachable:
            self._given_up += not self._answered
            raise
        except TimeoutError as error:
            raise Unreachable(
                f"{method} {request.url.path} on {self.url}: the run takes longer than {self.bounds.run_seconds:g} s",
                hint="try again; if the tenant is that large, raise limits.run_seconds of the environment",
            ) from error

    async def _repeated(self, request: httpx.Request) -> tuple[Any, httpx.Response]:
        """Send a request, with repeats, within the time that one request may take."""
        deadline, given_up = Deadline(self.bounds.request_seconds), self._given_up
        try:
            for attempt in range(1, _TRIES + 1):
                answer = await self._try(request, deadline, given_up, last=attempt == _TRIES)
                if answer is not None:
                    return answer
                async with deadline.counting():
                    await self._pause(attempt)  # after a 429, the bucket also waits for its reset
        except TimeoutError as error:
            raise Unreachable(
                f"{request.method} {request.url.path} on {self.url}: no complete answer within "
                f"{self.bounds.request_seconds:g} s",
                hint="check the tenant's url, the network, and https://status.okta.com; if the tenant is that slow, "
                "raise limits.request_seconds of the environment",
            ) from error
        raise AssertionError("the last attempt returns or raises")

    async def _try(
        self, request: httpx.Request, deadline: Deadline, given_up: int, *, last: bool
    ) -> tuple[Any, httpx.Response] | None:
        """Send a request once. Returns None if it has to be repeated."""
        method = request.method
        try:
            response = await self._send(request, deadline, given_up)
            value = _content(response)
        except Unreachable:  # no access token, or no tenant: the request was not sent
            if last or self._given_up > given_up:
                raise
            return None
        except (httpx.RequestError, orjson.JSONDecodeError) as error:
            if last or (method not in _IDEMPOTENT and not isinstance(error, _NOT_SENT)):
                raise Unreachable(
                    f"{method} {request.url.path} on {self.url}: {reason(error)}",
                    hint=next_action(error),
                ) from error
            return None
        if response.is_success:
            return value, response
        if response.status_code not in _TEMPORARY or last or not self._may_repeat(method, response):
            raise self._error(method, request, response, value)
        return None

    async def _send(self, request: httpx.Request, deadline: Deadline, given_up: int) -> httpx.Response:
        # A request that waits for a bucket does not occupy a connection.
        async with self.limits.turn(request.url.path) as bucket, self._connections:
            if self._given_up > given_up:  # another request failed while this one waited
                raise Unreachable(
                    f"{request.method} {request.url.path} on {self.url}: not sent, since the tenant does not answer",
                    hint=NETWORK,
                )
            with self._waiting.reported(f"{request.method} {request.url.path}"):
                async with deadline.counting():
                    response = await self._http.send(request)
            self._answered = True
            refused = response.status_code == httpx.codes.TOO_MANY_REQUESTS
            self.limits.learn(bucket, response.headers, refused=refused)
            return response

    @staticmethod
    def _may_repeat(method: str, response: httpx.Response) -> bool:
        # After a 429, the request was not processed. After a 5xx it may have been: repeat only idempotent requests.
        return method in _IDEMPOTENT or response.status_code == httpx.codes.TOO_MANY_REQUESTS

    @staticmethod
    async def _pause(attempt: int) -> None:
        await asyncio.sleep(_FIRST_PAUSE_SECONDS * 2 ** (attempt - 1) * random.uniform(0.5, 1.5))

    def _error(self, method: str, request: httpx.Request, response: httpx.Response, body: Any) -> TenantError:
        said = body if isinstance(body, dict) else {}
        summary = _causes(said) or _text(said, "errorSummary") or response.reason_phrase
        message = (
            f"{method} {request.url.path} on {self.url}: {response.status_code} {summary}"
            f" ({_text(said, 'errorCode') or 'no code'}, request {_text(said, 'errorId') or 'unknown'})"
        )
        error = TenantError(message)
        if response.status_code in (httpx.codes.UNAUTHORIZED, httpx.codes.FORBIDDEN):
            error = Unauthorised(
                message, hint="check the credentials, their scopes and their admin role for this tenant"
            )
        elif response.status_code == httpx.codes.TOO_MANY_REQUESTS:
            error = Unreachable(
                message, hint="the rate limit is exhausted: try again later, or find out which other client uses it"
            )
        elif response.status_code >= httpx.codes.INTERNAL_SERVER_ERROR:
            error = Unreachable(message, hint="the tenant has a problem: see https://status.okta.com")
        error.status, error.code = response.status_code, _text(said, "errorCode")
        return error


def _text(body: dict[str, Any], member: str) -> str:
    """The text of a member; empty if it is not a text."""
    value = body.get(member)
    return value if isinstance(value, str) else ""


def _causes(body: dict[str, Any]) -> str:
    causes = body.get("errorCauses")
    items = causes if isinstance(causes, list) else []
    said = (_text(cause, "errorSummary") if isinstance(cause, dict) else cause for cause in items)
    return "; ".join(text for text in said if isinstance(text, str) and text)


def _content(response: httpx.Response) -> Any:
    """The JSON of a response. None for the HTML error pages of gateways and proxies."""
    try:
        return orjson.loads(response.content) if response.content else None
    except orjson.JSONDecodeError:
        if response.is_success:
            raise
        return None
