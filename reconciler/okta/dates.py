"""The dates of HTTP headers: `Date`, and `Retry-After` if it is not a number."""

from __future__ import annotations

from datetime import UTC
from email.utils import parsedate_to_datetime


def moment(value: str) -> float | None:
    """The time of an HTTP date, in seconds of the epoch; None if it is not a date."""
    try:
        parsed = parsedate_to_datetime(value)
        return (parsed if parsed.tzinfo else parsed.replace(tzinfo=UTC)).timestamp()
    except (TypeError, ValueError, OverflowError):
        return None
