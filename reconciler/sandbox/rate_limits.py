"""Rate limits: buckets of requests in each minute; when switched on, told in headers on every answer and enforced.

Numbers: Okta's last published table for Workforce Identity orgs.
"""

import re
from dataclasses import dataclass, field

from reconciler.sandbox.errors import rate_limited

MINUTE = 60


@dataclass(frozen=True)
class Bucket:
    """Requests that are counted together: those whose whole path fits the pattern."""

    name: str
    pattern: re.Pattern[str]
    limit: int  # requests per minute


def _bucket(pattern: str, limit: int) -> Bucket:
    return Bucket(pattern, re.compile(pattern), limit)


# The first that fits is the one that counts.
BUCKETS = (
    _bucket(r"/api/v1/apps/[^/]+", 500),
    _bucket(r"/api/v1/apps(/.*)?", 100),
    _bucket(r"/api/v1/groups/(?!rules$)[^/]+", 1000),
    _bucket(r"/api/v1/groups(/.*)?", 500),
    _bucket(r"/api/v1/users/[^/]+", 2000),
    _bucket(r"/api/v1/users(/.*)?", 600),
    _bucket(r"/api/v1/logs", 120),
    _bucket(r"/oauth2/v1/clients(/.*)?", 100),
    _bucket(r"/oauth2/v1/.*", 2000),
    _bucket(r".*", 1200),
)


@dataclass
class RateLimits:
    """How much of each bucket is used in the current minute."""

    enforced: bool = False
    scale: float = 1.0  # of all limits, to make them bite in a test
    _used: dict[str, int] = field(default_factory=dict)
    _minute: int = 0

    def count(self, path: str, now: float) -> dict[str, str]:
        """Count one request; its headers, or E0000047 with them when the bucket is empty.

        Without limits there are no headers either: a client that keeps head-room would wait for a limit that is none.
        """
        if not self.enforced:
            return {}
        minute = int(now // MINUTE)
        if minute != self._minute:
            self._minute, self._used = minute, {}
        bucket = next(bucket for bucket in BUCKETS if bucket.pattern.fullmatch(path))
        limit = max(1, int(bucket.limit * self.scale))
        used = self._used.get(bucket.name, 0)
        headers = {
            "x-rate-limit-limit": str(limit),
            "x-rate-limit-remaining": str(max(0, limit - used - 1)),
            "x-rate-limit-reset": str((minute + 1) * MINUTE),
        }
        if used >= limit:
            error = rate_limited()
            error.headers = headers
            raise error
        self._used[bucket.name] = used + 1
        return headers
