"""Dates: those of HTTP headers, such as `Date`, and those of Okta's objects."""

from __future__ import annotations

from datetime import UTC, datetime
from email.utils import parsedate_to_datetime


def moment(value: str) -> float | None:
    """The time of an HTTP date, in seconds of the epoch; None if it is not a date."""
    try:
        parsed = parsedate_to_datetime(value)
        return (parsed if parsed.tzinfo else parsed.replace(tzinfo=UTC)).timestamp()
    except (TypeError, ValueError, OverflowError):
        return None


def instant(value: str) -> datetime:
    """The time that a member of an object has, such as `created`. Raises `ValueError`."""
    parsed = datetime.fromisoformat(value)
    return parsed if parsed.tzinfo else parsed.replace(tzinfo=UTC)
