"""Durations on the command line: a number and a unit."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import Any

import click

UNITS = {"m": "minutes", "h": "hours", "d": "days", "w": "weeks"}
SHORTEST = timedelta(minutes=1)
LONGEST = timedelta(days=90)
"""How long Okta keeps its System Log."""


class Duration(click.ParamType[timedelta]):
    """`90m`, `12h`, `7d`, `2w`, within limits."""

    name = "duration"

    def __init__(self, shortest: timedelta = SHORTEST, longest: timedelta = LONGEST) -> None:
        self._shortest, self._longest = shortest, longest

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> timedelta:
        """Parse a duration."""
        if isinstance(value, timedelta):
            return value
        match = re.fullmatch(r"([0-9]{1,6})([mhdw])", value)
        if not match:
            self.fail(
                f"{value!r} is not a duration: use a number and a unit ({', '.join(UNITS)}), such as 12h or 7d.",
                param,
                ctx,
            )
        duration = timedelta(**{UNITS[match[2]]: int(match[1])})
        if not self._shortest <= duration <= self._longest:
            least = "one minute" if self._shortest else "0d"
            self.fail(f"{value} is not between {least} and {self._longest.days} days.", param, ctx)
        return duration


DURATION = Duration()
