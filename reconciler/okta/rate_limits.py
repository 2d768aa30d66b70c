"""Okta's rate limits: the bucket of each request, and when the request may be sent.

Every response has the headers `x-rate-limit-limit`, `-remaining` and `-reset` (UTC epoch seconds) for its bucket.
Requests are sent while the bucket has enough requests left for users who sign in and for other tools. Otherwise, they
wait for the reset. Until the first response of a bucket, only one request at a time is sent to it.

Invalid numbers are ignored, and no single wait exceeds a limit. Resets are times of the tenant's clock. The `Date`
header of responses corrects for a local clock that differs.
"""

from __future__ import annotations

import asyncio
import math
import re
import time
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

from reconciler.okta.dates import moment

WINDOW = 60
"""Seconds to which a limit applies."""
_SAME_CLOCK_SECONDS = 5
"""Differences up to this are ignored: a `Date` has whole seconds, and responses take time."""
_MOST = 1_000_000_000
"""The limit of a server that does not send one."""
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
    """The state of one bucket, and the number of requests that wait for it."""

    limit: int | None = None
    remaining: int = 0
    reset: float = 0.0
    closed_until: float = 0.0
    """The end of the wait that a server without a reset asks for (`Retry-After`)."""
    under_way: int = 0
    waiting: int = 0
    requests: int = 0
    reported: float = -1.0
    """The reset for which a wait was already reported."""
    changed: asyncio.Condition = field(default_factory=asyncio.Condition)

    def may_go(self, reserve: float, now: float) -> bool:
        """Whether `reserve` (a share of the limit) is still left for others after one more request."""
        if now < self.closed_until:
            return False
        over = now >= self.reset
        if self.limit is None or (over and not self.under_way):
            return self.under_way == 0
        # A new window begins with the full limit. Requests before its first response count too.
        return (self.limit if over else self.remaining) - self.under_way > self.limit * reserve

    def wait(self, now: float) -> float | None:
        """How many seconds to wait before the next check; None to wait for the response to a request under way."""
        if now < self.closed_until:
            return self.closed_until - now
        if self.limit is None or self.under_way:
            return None
        return max(self.reset - now, 0) + 1

    def seconds_left(self, reserve: float, now: float) -> float:
        """The minimum number of seconds until all waiting requests can be sent."""
        if self.limit is None or not self.waiting:
            return 0.0
        windows = math.ceil(self.waiting / (self.limit - math.floor(self.limit * reserve)))
        return max(self.reset - now, self.closed_until - now, 0) + 1 + (windows - 1) * WINDOW


class RateLimits:
    """All buckets of one tenant. `reserve` is the share of each limit that is never used.

    If a reset is more than `longest` seconds away, it is ignored and the wait is one window. `held_up` is called once
    for each wait, with the minimum number of seconds until all waiting requests can be sent.
    """

    def __init__(
        self,
        reserve: float = 0.5,
        clock: Callable[[], float] = time.time,
        held_up: Callable[[float], None] = lambda seconds: None,
        longest: float = 120.0,
    ) -> None:
        self.reserve = reserve
        self.longest = longest
        self._skew = 0.0
        """How many seconds the tenant's clock is ahead of this one."""
        self._clock = clock
        self._held_up = held_up
        self.buckets: dict[str, Bucket] = {}

    @property
    def ahead(self) -> float:
        """How many seconds this machine's clock is ahead of the tenant's, by the responses so far."""
        return -self._skew

    def bucket(self, path: str) -> Bucket:
        """The bucket of a path."""
        return self.buckets.setdefault(bucket_of(path), Bucket())

    @asynccontextmanager
    async def turn(self, path: str) -> AsyncIterator[Bucket]:
        """Wait until a request to this path may be sent. Call `learn` with its response inside the block."""
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

    def learn(self, bucket: Bucket, headers: Mapping[str, str], *, refused: bool = False) -> None:
        """Store the numbers of a response. `refused` if it was a 429.

        Of two responses in one window, the one with the lower `remaining` is newer.
        """
        now = self._clock()
        self._compare_clocks(headers.get("date", ""), now)
        limit, remaining, reset = (
            _number(headers.get(f"x-rate-limit-{name}", "")) for name in ("limit", "remaining", "reset")
        )
        if refused and reset is None:
            bucket.closed_until = max(bucket.closed_until, now + self._retry_after(headers.get("retry-after", ""), now))
        if limit is None or remaining is None or reset is None:
            bucket.limit = bucket.limit or _MOST
            return
        reset -= self._skew
        if reset > now + self.longest:
            reset = now + min(WINDOW, self.longest)
        if limit < 1 or (bucket.limit is not None and reset < bucket.reset):
            return  # the limit of concurrent requests, which is not the bucket's; or an earlier window
        if reset > bucket.reset or bucket.limit is None:
            bucket.remaining = int(remaining)
        else:
            bucket.remaining = min(bucket.remaining, int(remaining))
        bucket.limit, bucket.reset = int(limit), reset

    def _compare_clocks(self, date: str, now: float) -> None:
        shown = moment(date)
        if shown is not None and abs(shown - now - self._skew) > _SAME_CLOCK_SECONDS:
            self._skew = shown - now

    def _retry_after(self, value: str, now: float) -> float:
        """Seconds to wait: `Retry-After` is a number of seconds, or a date (RFC 9110, section 10.2.3)."""
        seconds = _number(value)
        if seconds is None:
            shown = moment(value)
            seconds = 0.0 if shown is None else max(shown - self._skew - now, 0)
        return min(seconds, self.longest)

    async def _until_something_changes(self, bucket: Bucket) -> None:
        wait = bucket.wait(self._clock())
        opens = max(bucket.reset, bucket.closed_until)
        if wait is not None and bucket.reported != opens:
            bucket.reported = opens
            self._held_up(max(one.seconds_left(self.reserve, self._clock()) for one in self.buckets.values()))
        try:
            await asyncio.wait_for(bucket.changed.wait(), timeout=wait)
        except TimeoutError:
            return


def _number(value: str) -> float | None:
    """The number in a header; None if it is not a finite number of at least 0."""
    try:
        number = float(value)
    except ValueError:
        return None
    return number if math.isfinite(number) and number >= 0 else None
