"""How long a step still takes: by its speed, or by the rate limit that holds it up."""

from __future__ import annotations

import time

from rich.progress import Task, TimeRemainingColumn
from rich.text import Text


class TimeLeft(TimeRemainingColumn):
    """The speed of work says nothing while a rate limit holds it up: then the limit does.

    A task that is held up has `until` among its fields: the `time.monotonic()` before which it does not end.
    """

    def render(self, task: Task) -> Text:
        """`about 21:40 left, at the rate limit`, or what the speed says."""
        until = task.fields.get("until")
        if until is None or task.finished:
            return super().render(task)
        minutes, seconds = divmod(max(int(until - time.monotonic()), 0), 60)
        return Text(f"about {minutes}:{seconds:02} left, at the rate limit", style="progress.remaining")
