"""The time a step still takes: by its speed, or by the rate limit that delays it."""

from __future__ import annotations

import time

from rich.progress import Task, TimeRemainingColumn
from rich.text import Text


class TimeLeft(TimeRemainingColumn):
    """The remaining time, by the rate limit if one delays the task, and otherwise by the speed.

    A delayed task has a field `until`: the `time.monotonic()` before which it does not end.
    """

    def render(self, task: Task) -> Text:
        """`about 21:40 left, at the rate limit`, or the time by speed."""
        until = task.fields.get("until")
        if until is None or task.finished:
            return super().render(task)
        minutes, seconds = divmod(max(int(until - time.monotonic()), 0), 60)
        return Text(f"about {minutes}:{seconds:02} left, at the rate limit", style="progress.remaining")
