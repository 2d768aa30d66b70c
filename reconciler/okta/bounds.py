"""How much one tenant may take: time, bytes, pages. A tenant that goes beyond is an error and never holds a run."""

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
    """For one request with all its repeats and the pauses between them. Waiting for a rate limit does not count."""
    run_seconds: float = 14_400.0
    """For all requests of a client, from the first one on, waiting for rate limits included."""
    answer_megabytes: float = 100.0
    """For the body of one answer, after decompression."""
    pages: int = 10_000
    """For one list."""
    reset_seconds: float = 120.0
    """For one wait for a rate limit. Okta's windows last a minute."""
    bucket_share: float = 0.5
    """The share of each rate limit that is used at most: the rest is for people who sign in, and for other tools."""


class Deadline:
    """How long one request may still take."""

    def __init__(self, seconds: float) -> None:
        self._left = seconds

    @asynccontextmanager
    async def counting(self) -> AsyncIterator[None]:
        """Count the time inside. Raises TimeoutError when none is left."""
        loop = asyncio.get_running_loop()
        begun = loop.time()
        try:
            async with asyncio.timeout(self._left):
                yield
        finally:
            self._left -= loop.time() - begun


async def read_within(response: httpx.Response, megabytes: float) -> None:
    """Read the body of an answer, decompressed, as far as the limit allows. Raises `UnexpectedAnswer` beyond it.

    A response hook of httpx: it runs before anything else reads the body, for requests of the sign-in as well.
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
                f"the answer has more than {megabytes:g} MB",
                hint="check the tenant's url; if the answer is right, raise limits.answer_megabytes of the environment",
            )
    response.headers.pop("Content-Encoding", None)
    response.stream = httpx.ByteStream(bytes(content))
