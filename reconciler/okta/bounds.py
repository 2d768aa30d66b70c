"""The limits of one tenant: time, bytes, pages. Exceeding one is an error, so that a tenant cannot block a run."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass

import httpx

from reconciler.errors import UnexpectedAnswer


@dataclass(frozen=True, slots=True)
class Bounds:
    """The limits of one client. The defaults leave room for the largest tenants."""

    request_seconds: float = 180.0
    """For one request with all its repeats and the pauses between them, without waits for a rate limit."""
    run_seconds: float = 14_400.0
    """For all requests of a client, from the first one on, including waits for rate limits."""
    answer_megabytes: float = 100.0
    """For the body of one response, after decompression."""
    pages: int = 10_000
    """For one list."""
    reset_seconds: float = 120.0
    """For one wait for a rate limit. Okta's windows last a minute."""
    bucket_share: float = 0.5
    """The share of each rate limit that is used. The rest is left for users who sign in and for other tools."""


class Deadline:
    """The time that one request may still take."""

    def __init__(self, seconds: float) -> None:
        self._remaining = seconds

    @asynccontextmanager
    async def counting(self) -> AsyncIterator[None]:
        """Count the time of the block. Raises TimeoutError when no time remains."""
        loop = asyncio.get_running_loop()
        begun = loop.time()
        try:
            async with asyncio.timeout(self._remaining):
                yield
        finally:
            self._remaining -= loop.time() - begun


async def read_within(response: httpx.Response, megabytes: float) -> None:
    """Read and decompress the body of a response. Raises `UnexpectedAnswer` if it is larger than the limit.

    A response hook of httpx. It runs before anything else reads the body, also for sign-in requests.
    """
    encoded = httpx.Response(
        response.status_code, headers=response.headers, stream=response.stream, request=response.request
    )
    content = bytearray()
    async for chunk in encoded.aiter_bytes():
        content += chunk
        if len(content) > megabytes * 1_000_000:
            raise UnexpectedAnswer(
                f"{response.request.method} {response.request.url.path} on {response.request.url.host}: "
                f"the response has more than {megabytes:g} MB",
                hint="check the tenant's url; if the response is correct, raise limits.answer_megabytes for it",
            )
    response.headers.pop("Content-Encoding", None)
    response.stream = httpx.ByteStream(bytes(content))
