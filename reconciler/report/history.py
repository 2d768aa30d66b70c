"""Drift over time: as text, as Markdown and as JSON."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from datetime import datetime, timedelta
from typing import Any

from reconciler.history import Episode, History, Run
from reconciler.printable import printable, printable_json
from reconciler.report import github
from reconciler.report.values import cut, plural

BAR = 20
"""Characters of the longest bar."""
MOST_OPEN = 50
"""Open findings listed in the text format."""


def text(history: History) -> str:
    """The runs with a bar each, the open findings, and the mean time to repair."""
    return "\n".join(_text(history)) + "\n"


def _text(history: History) -> Iterator[str]:
    yield f"History of {printable(history.environment)}"
    if history.runs:
        yield ""
        yield f"{'run (UTC)':18}{'drift':>6}{'critical':>10}{'high':>6}{'new':>6}{'gone':>6}"
        if history.earlier:
            yield plural(history.earlier, "earlier run") + " not shown"
        most = max(run.drift for run in history.runs)
        for run in history.runs:
            yield _row(run, most).rstrip()
    if history.open:
        yield ""
        yield "Open findings:"
        for episode in history.open[:MOST_OPEN]:
            yield f"  {episode.severity.word:10}{episode.verdict:12}since {_date(episode.first_seen)}"
            yield f"            {cut(episode.subject)}"
        if len(history.open) > MOST_OPEN:
            yield f"  and {plural(len(history.open) - MOST_OPEN, 'more finding')}"
    yield ""
    yield conclusion(history)


def _row(run: Run, most: int) -> str:
    bar = "█" * -(-run.drift * BAR // most) if most else ""
    return f"{_date(run.started):18}{run.drift:6}{run.critical:10}{run.high:6}{run.opened:6}{run.closed:6}  {bar}"


def conclusion(history: History) -> str:
    """The number of runs and repairs, and the mean time to repair."""
    if not history.runs:
        return "No runs yet: `reconciler drift` records one each time"
    runs = plural(len(history.runs) + history.earlier, "run")
    took = history.mean_time_to_repair
    repaired = f"repaired {history.repaired:,} times, in {duration(took)} on average" if took is not None else ""
    return f"{runs}; {repaired or 'nothing repaired yet'}; {len(history.open):,} open"


def markdown(history: History) -> str:
    """Two tables, short enough for a comment."""
    runs = [
        github.row(_date(run.started), *(f"{number:,}" for number in _numbers(run)), github.code(run.commit[:12]))
        for run in reversed(history.runs)
    ]
    still = [_open(episode) for episode in history.open]
    sections = []
    if still:
        head = github.header("severity", "verdict", "finding", "since (UTC)")
        sections.append(github.Section("open finding", still, f"Open findings:\n\n{head}"))
    if runs:
        head = github.header("run (UTC)", "drift", "critical", "high", "new", "gone", "commit")
        sections.append(github.Section("run", runs, f"Runs, the latest first:\n\n{head}"))
    return github.fitted(f"## History of {github.code(history.environment)}\n\n**{conclusion(history)}.**", sections)


def _open(episode: Episode) -> str:
    return github.row(
        episode.severity.word, episode.verdict, github.code(cut(episode.subject)), _date(episode.first_seen)
    )


def as_json(history: History) -> str:
    """The whole history; times are in UTC, durations in seconds."""
    took = history.mean_time_to_repair
    document: dict[str, Any] = {
        "version": 1,
        "environment": history.environment,
        "mean_time_to_repair_seconds": None if took is None else round(took.total_seconds()),
        "repaired": history.repaired,
        "earlier_runs": history.earlier,
        "runs": [
            {
                "started": run.started.isoformat(),
                "commit": run.commit,
                "findings": run.findings,
                **dict(zip(("drift", "critical", "high", "new", "gone"), _numbers(run), strict=True)),
            }
            for run in history.runs
        ],
        "open": [
            {
                "id": episode.finding,
                "subject": episode.subject,
                "verdict": episode.verdict,
                "severity": episode.severity.word,
                "first_seen": episode.first_seen.isoformat(),
                "last_seen": episode.last_seen.isoformat(),
            }
            for episode in history.open
        ],
    }
    return printable_json(document)


def duration(length: timedelta) -> str:
    """The two largest units: `2 d 4 h`, `3 h 20 min`, `40 s`."""
    seconds = round(length.total_seconds())
    parts = [(seconds // 86_400, "d"), (seconds // 3_600 % 24, "h"), (seconds // 60 % 60, "min"), (seconds % 60, "s")]
    first = next((position for position, (count, _) in enumerate(parts) if count), 3)
    return " ".join(f"{count} {unit}" for count, unit in parts[first : first + 2] if count) or "0 s"


def _numbers(run: Run) -> tuple[int, ...]:
    return run.drift, run.critical, run.high, run.opened, run.closed


def _date(moment: datetime) -> str:
    return f"{moment:%Y-%m-%d %H:%M}"


HISTORY_FORMATS: Mapping[str, Callable[[History], str]] = {"text": text, "json": as_json, "markdown": markdown}
"""The formats of a history, by the name that `--format` takes."""
