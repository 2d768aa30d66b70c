"""Rate limits: requests per bucket and minute, reported in headers and enforced when switched on.

The numbers are from Okta's last published table. One API token or service app may use a share of each bucket (half by
default), and the number of concurrent requests is limited.
"""

import re
from dataclasses import dataclass, field
from typing import Literal, TypeAlias

from okta_sandbox.errors import OktaError, rate_limited

MINUTE = 60
Plan: TypeAlias = Literal["developer", "enterprise", "workforce"]
PLANS: tuple[Plan, ...] = ("developer", "enterprise", "workforce")
CONCURRENT = {"developer": 35, "enterprise": 75, "workforce": 75}  # concurrent requests of an org


@dataclass(frozen=True)
class Bucket:
    """Requests that are counted together: those whose method and path match the pattern."""

    pattern: re.Pattern[str]
    limits: dict[Plan, int]  # requests per minute


def _bucket(pattern: str, *limits: int) -> Bucket:
    return Bucket(re.compile(pattern), dict(zip(PLANS, limits, strict=True)))


# The first match counts.
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
    """The rate limit headers of an answer; `reset` in seconds since 1970."""
    return {
        "x-rate-limit-limit": str(limit),
        "x-rate-limit-remaining": str(remaining),
        "x-rate-limit-reset": str(reset),
    }


@dataclass
class RateLimits:
    """The use of each bucket in the current minute."""

    enforced: bool = False
    scale: float = 1.0  # factor for all limits, for tests
    plan: Plan = "workforce"
    share: float = 0.5  # of a bucket that one caller may use
    concurrent: int | None = None  # overrides the number of the plan
    in_flight: int = 0
    _used: dict[tuple[int, str], int] = field(default_factory=dict)  # by bucket and caller; "" is the whole org
    _minute: int = 0

    def count(self, method: str, path: str, caller: str, now: float) -> dict[str, str]:
        """Count one request and return its headers. Raises E0000047 if the bucket or the caller's share is used up.

        Without enforcement there are no headers: a client that keeps headroom would wait for nothing.
        """
        if not self.enforced:
            return {}
        minute = int(now // MINUTE)
        if minute != self._minute:
            self._minute, self._used = minute, {}
        reset = (minute + 1) * MINUTE
        if self.in_flight > (self.concurrent or CONCURRENT[self.plan]):
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
