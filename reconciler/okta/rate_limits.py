"""Okta's rate limits: which bucket a request falls into, and when it may go.

Every answer carries `x-rate-limit-limit`, `-remaining` and `-reset` (UTC epoch seconds) for its bucket. Requests
are let through while the bucket keeps head-room for everybody else (people who sign in, other tools), and wait
for the reset that the server named when it does not. Until a bucket has shown its numbers, one request at a
time goes there.
"""

from __future__ import annotations

import asyncio
import math
import re
import time
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

WINDOW = 60
"""Seconds for which a limit counts."""
_BUCKETS = (
    # The last published table: developer.okta.com, rate limits, management endpoints.
    (re.compile(r"/api/v1/apps/[^/]+$"), "/api/v1/apps/{id}"),
    (re.compile(r"/api/v1/apps(/|$)"), "/api/v1/apps"),
    (re.compile(r"/api/v1/groups/(?!rules$)[^/]+$"), "/api/v1/groups/{id}"),
    (re.compile(r"/api/v1/groups(/|$)"), "/api/v1/groups"),
    (re.compile(r"/api/v1/users(/|$)"), "/api/v1/users"),
    (re.compile(r"/api/v1/logs(/|$)"), "/api/v1/logs"),
    (re.compile(r"/oauth2/v1(/|$)"), "/oauth2/v1"),
)


def bucket_of(path: str) -> str:
    """The bucket in which Okta counts a request to this path (without query)."""
    return next((name for pattern, name in _BUCKETS if pattern.match(path)), "/api/v1")


@dataclass
class Bucket:
    """What is known of one bucket, and who waits for it."""

    limit: int | None = None
    remaining: int = 0
    reset: float = 0.0
    under_way: int = 0
    waiting: int = 0
    requests: int = 0
    told: float = -1.0
    """The reset for which somebody was told that there is a wait."""
    changed: asyncio.Condition = field(default_factory=asyncio.Condition)

    def may_go(self, reserve: float, now: float) -> bool:
        """Whether one more request leaves `reserve` (a share of the limit) to others."""
        over = now >= self.reset
        if self.limit is None or (over and not self.under_way):
            return self.under_way == 0
        # A new window begins full, but what goes there before its first answer counts as well.
        return (self.limit if over else self.remaining) - self.under_way > self.limit * reserve

    def left(self, reserve: float, now: float) -> float:
        """How many seconds pass at least before everybody who waits may have gone."""
        if self.limit is None or not self.waiting:
            return 0.0
        windows = math.ceil(self.waiting / (self.limit - math.floor(self.limit * reserve)))
        return max(self.reset - now, 0) + 1 + (windows - 1) * WINDOW


class RateLimits:
    """All buckets of one tenant. `reserve` is the share of each limit that is never used.

    `held_up` is told, once for each wait, how many seconds what is asked now takes at least.
    """

    def __init__(
        self,
        reserve: float = 0.1,
        clock: Callable[[], float] = time.time,
        held_up: Callable[[float], None] = lambda seconds: None,
    ) -> None:
        self.reserve = reserve
        self._clock = clock
        self._held_up = held_up
        self.buckets: dict[str, Bucket] = {}

    def bucket(self, path: str) -> Bucket:
        """The bucket of a path."""
        return self.buckets.setdefault(bucket_of(path), Bucket())

    @asynccontextmanager
    async def turn(self, path: str) -> AsyncIterator[Bucket]:
        """Wait until a request to this path may go; report its answer with `learn` inside."""
        bucket = self.bucket(path)
        async with bucket.changed:
            bucket.waiting += 1
            try:
                while not bucket.may_go(self.reserve, self._clock()):
                    await self._until_something_changes(bucket)
            finally:
                bucket.waiting -= 1
            bucket.under_way += 1
            bucket.requests += 1
        try:
            yield bucket
        finally:
            async with bucket.changed:
                bucket.under_way -= 1
                bucket.changed.notify_all()

    def learn(self, bucket: Bucket, headers: Mapping[str, str]) -> None:
        """Take over the numbers of an answer. Of two answers of one window the lower `remaining` is newer."""
        try:
            limit, remaining, reset = (
                float(headers[f"x-rate-limit-{name}"]) for name in ("limit", "remaining", "reset")
            )
        except (KeyError, ValueError):
            bucket.limit = bucket.limit or 1_000_000_000
            return
        if limit <= 0 or (bucket.limit is not None and reset < bucket.reset):
            return  # the limit of concurrent requests, which says nothing of the bucket; or a window that is over
        if reset > bucket.reset or bucket.limit is None:
            bucket.remaining = int(remaining)
        else:
            bucket.remaining = min(bucket.remaining, int(remaining))
        bucket.limit, bucket.reset = int(limit), reset

    async def _until_something_changes(self, bucket: Bucket) -> None:
        wait = None if bucket.limit is None or bucket.under_way else max(bucket.reset - self._clock(), 0) + 1
        if wait is not None and bucket.told != bucket.reset:
            bucket.told = bucket.reset
            self._held_up(max(one.left(self.reserve, self._clock()) for one in self.buckets.values()))
        try:
            await asyncio.wait_for(bucket.changed.wait(), timeout=wait)
        except TimeoutError:
            return
