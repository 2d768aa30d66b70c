"""Rate limits: buckets of requests in each minute; when switched on, told in headers on every answer and enforced.

Numbers: Okta's last published table. One API token or service app may use a share of each bucket, half of it unless
told otherwise, and only so many requests may be under way at once.
"""

import re
from dataclasses import dataclass, field
from typing import Literal, TypeAlias

from reconciler.sandbox.errors import OktaError, rate_limited

MINUTE = 60
Plan: TypeAlias = Literal["developer", "enterprise", "workforce"]
PLANS: tuple[Plan, ...] = ("developer", "enterprise", "workforce")
CONCURRENT = {"developer": 35, "enterprise": 75, "workforce": 75}  # requests of an org under way at once


@dataclass(frozen=True)
class Bucket:
    """Requests that are counted together: those whose whole path, and method, fit the pattern."""

    pattern: re.Pattern[str]
    limits: dict[Plan, int]  # requests per minute


def _bucket(pattern: str, *limits: int) -> Bucket:
    return Bucket(re.compile(pattern), dict(zip(PLANS, limits, strict=True)))


# The first that fits is the one that counts.
BUCKETS = (
    _bucket(r"\w+ /api/v1/apps/[^/]+", 100, 600, 500),
    _bucket(r"\w+ /api/v1/apps(/.*)?", 20, 100, 100),
    _bucket(r"\w+ /api/v1/groups/(?!rules$)[^/]+", 100, 600, 1000),
    _bucket(r"\w+ /api/v1/groups(/.*)?", 100, 600, 500),
    _bucket(r"GET /api/v1/users/[^/]+", 100, 1000, 2000),
    _bucket(r"\w+ /api/v1/users(/.*)?", 100, 600, 600),
    _bucket(r"\w+ /api/v1/logs", 20, 50, 120),
    _bucket(r"\w+ /oauth2/v1/clients(/.*)?", 25, 100, 100),
    _bucket(r"\w+ /oauth2/v1/.*", 300, 1200, 2000),
    _bucket(r".*", 100, 600, 1200),
)


def headers(limit: int, remaining: int, reset: int) -> dict[str, str]:
    """What an answer tells; `reset` in seconds since 1970."""
    return {
        "x-rate-limit-limit": str(limit),
        "x-rate-limit-remaining": str(remaining),
        "x-rate-limit-reset": str(reset),
    }


@dataclass
class RateLimits:
    """How much of each bucket is used in the current minute."""

    enforced: bool = False
    scale: float = 1.0  # of all limits, to make them bite in a test
    plan: Plan = "workforce"
    share: float = 0.5  # of a bucket, for one caller
    concurrent: int | None = None  # instead of the number of the plan
    under_way: int = 0
    _used: dict[tuple[int, str], int] = field(default_factory=dict)  # by bucket and caller; "" for the whole org
    _minute: int = 0

    def count(self, method: str, path: str, caller: str, now: float) -> dict[str, str]:
        """Count one request; its headers, or E0000047 with them when the bucket, or the caller's share, is empty.

        Without limits there are no headers either: a client that keeps head-room would wait for a limit that is none.
        """
        if not self.enforced:
            return {}
        minute = int(now // MINUTE)
        if minute != self._minute:
            self._minute, self._used = minute, {}
        reset = (minute + 1) * MINUTE
        if self.under_way > (self.concurrent or CONCURRENT[self.plan]):
            raise _refused(headers(0, 0, reset))
        name = f"{method} {path}"
        index, bucket = next((at, each) for at, each in enumerate(BUCKETS) if each.pattern.fullmatch(name))
        whole = max(1, int(bucket.limits[self.plan] * self.scale))
        share = max(1, int(whole * self.share))
        used, own = self._used.get((index, ""), 0), self._used.get((index, caller), 0)
        left = min(whole - used, share - own)
        told = headers(share, max(0, left - 1), reset)
        if left <= 0:
            raise _refused(told)
        self._used[(index, "")] = used + 1
        self._used[(index, caller or "nobody")] = own + 1
        return told


def _refused(told: dict[str, str]) -> OktaError:
    error = rate_limited()
    error.headers = told
    return error
