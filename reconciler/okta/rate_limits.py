"""Okta's rate limits: which bucket a request falls into, and when it may go.

Every answer carries `x-rate-limit-limit`, `-remaining` and `-reset` (UTC epoch seconds) for its bucket. Requests
are let through while the bucket keeps head-room for everybody else (people who sign in, other tools), and wait
for the reset that the server named when it does not. Until a bucket has shown its numbers, one request at a
time goes there.

Numbers that cannot be right are passed over, and no single wait is longer than a limit. Resets are instants of the
tenant's clock: where an answer has a `Date`, a local clock that differs from it does not matter.
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
"""Seconds for which a limit counts."""
_SAME_CLOCK_SECONDS = 5
"""Two clocks that differ by no more count as one: a `Date` has whole seconds, and answers take their time."""
_MOST = 1_000_000_000
"""The limit of a server that shows none."""
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
    closed_until: float = 0.0
    """When a server that named no reset wants to be asked again (`Retry-After`)."""
    under_way: int = 0
    waiting: int = 0
    requests: int = 0
    reported: float = -1.0
    """The reset for which somebody was told that there is a wait."""
    changed: asyncio.Condition = field(default_factory=asyncio.Condition)

    def may_go(self, reserve: float, now: float) -> bool:
        """Whether one more request leaves `reserve` (a share of the limit) to others."""
        if now < self.closed_until:
            return False
        over = now >= self.reset
        if self.limit is None or (over and not self.under_way):
            return self.under_way == 0
        # A new window begins full, but what goes there before its first answer counts as well.
        return (self.limit if over else self.remaining) - self.under_way > self.limit * reserve

    def wait(self, now: float) -> float | None:
        """How many seconds to wait before the next look; None to wait for an answer that is under way."""
        if now < self.closed_until:
            return self.closed_until - now
        if self.limit is None or self.under_way:
            return None
        return max(self.reset - now, 0) + 1

    def seconds_left(self, reserve: float, now: float) -> float:
        """How many seconds pass at least before everybody who waits may have gone."""
        if self.limit is None or not self.waiting:
            return 0.0
        windows = math.ceil(self.waiting / (self.limit - math.floor(self.limit * reserve)))
        return max(self.reset - now, self.closed_until - now, 0) + 1 + (windows - 1) * WINDOW


class RateLimits:
    """All buckets of one tenant. `reserve` is the share of each limit that is never used.

    `longest` is how many seconds away a reset may be. One that is further away is not believed: a window is waited for.
    `held_up` is told, once for each wait, how many seconds what is asked now takes at least.
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

    def learn(self, bucket: Bucket, headers: Mapping[str, str], *, refused: bool = False) -> None:
        """Take over the numbers of an answer, which may have `refused` the request (429).

        Of two answers of one window the lower `remaining` is newer.
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
            return  # the limit of concurrent requests, which says nothing of the bucket; or a window that is over
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
    """A number of a header, None if it is none that can be right: not finite, or negative."""
    try:
        number = float(value)
    except ValueError:
        return None
    return number if math.isfinite(number) and number >= 0 else None
