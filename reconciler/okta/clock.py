"""The tenant's clock, by the `Date` header of its responses. Okta refuses what was signed at another time."""

from __future__ import annotations

import time

import httpx

from reconciler.okta.dates import moment

_SAME_CLOCK_SECONDS = 5
"""A smaller difference can come from the time that a response takes, and from the whole seconds of its `Date`."""
SKEW_SECONDS = 180
"""A larger difference is mentioned: it is a fault of this machine, and other programs fail because of it."""


class TenantClock:
    """The time for what is signed: this machine's, unless the tenant refused it and showed another one."""

    def __init__(self) -> None:
        self._ahead = 0.0

    def now(self) -> float:
        """The time in seconds of the epoch."""
        return time.time() - self._ahead

    def corrected(self, response: httpx.Response) -> bool:
        """Whether a response shows another time than `now`, which it has from here on."""
        ahead = seconds_ahead(response)
        if ahead is None or abs(ahead - self._ahead) <= _SAME_CLOCK_SECONDS:
            return False
        self._ahead = ahead
        return True


def seconds_ahead(response: httpx.Response) -> float | None:
    """How far this machine's clock is ahead of the tenant's, in seconds; None if the response has no valid `Date`."""
    shown = moment(response.headers.get("Date", ""))
    return None if shown is None else time.time() - shown


def clock_difference(response: httpx.Response) -> str:
    """A sentence about the difference from the tenant's clock; empty if it is less than three minutes."""
    return described(seconds_ahead(response) or 0.0)


def described(ahead: float) -> str:
    """A sentence about this machine's clock, if it is so many seconds ahead; empty if it is less than three minutes."""
    if abs(ahead) <= SKEW_SECONDS:
        return ""
    direction = "ahead of" if ahead > 0 else "behind"
    return f"this machine's clock is {round(abs(ahead) / 60)} minutes {direction} the tenant's"
