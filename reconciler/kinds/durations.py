"""ISO 8601 durations, as Okta writes them: `PT2H`, `P1DT12H`."""

from __future__ import annotations

import re

_PARTS = re.compile(r"P(?:(\d+)D)?(?:T(?:(\d+)H)?(?:(\d+)M)?(?:(\d+)S)?)?")
_SECONDS = (86400, 3600, 60, 1)


def seconds(duration: object) -> int | None:
    """The seconds of a duration; None if it is no duration of days, hours, minutes and seconds."""
    found = _PARTS.fullmatch(duration) if isinstance(duration, str) else None
    if found is None:
        return None
    return sum(int(count or 0) * unit for count, unit in zip(found.groups(), _SECONDS, strict=True))


def longer(before: object, after: object) -> bool:
    """Whether a duration became longer. A removed duration means no limit."""
    was, now = seconds(before), seconds(after)
    return was is not None and (now is None or now > was)
