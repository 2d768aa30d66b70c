"""What each environment has, and what it lacks: as text, as Markdown and as JSON."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from reconciler.commit import LogEntry
from reconciler.history import Run
from reconciler.last_up import LastUp
from reconciler.printable import printable
from reconciler.report import github
from reconciler.report.values import UNCOMMITTED, cut, plural

MOST_COMMITS = 10
"""Commits of one environment listed in the text and Markdown formats."""
_SUBJECT = 48
"""Characters of a subject."""


@dataclass(frozen=True, slots=True)
class PromotionStatus:
    """What an environment lacks of what its predecessor has taken."""

    after: str
    """The predecessor."""
    state: Literal["taken", "waiting", "not ready"]
    """`taken`: the environment has what the predecessor has. `waiting`: it could take it. `not ready`: it could not."""
    reason: str = ""
    """Why it is not ready."""
    commits: Sequence[LogEntry] | None = None
    """The commits that wait, newest first; None if unknown."""


@dataclass(frozen=True, slots=True)
class EnvironmentStatus:
    """One environment."""

    name: str
    url: str = ""
    """The URL of the tenant; empty if the definitions are invalid."""
    problem: str = ""
    """Why the definitions or the state cannot be read."""
    last: LastUp | None = None
    """The last `up`; None if there was none, or if the state cannot be read."""
    pending: bool | None = None
    """Whether the definitions in this checkout declare something else; None if unknown."""
    beyond: Sequence[LogEntry] | None = None
    """The commits of the definitions since the applied one, newest first; None if unknown."""
    drift: Run | None = None
    """The last run of drift detection; None if none was recorded."""
    drift_problem: str = ""
    """Why the history of drift cannot be read."""
    promotion: PromotionStatus | None = None


@dataclass(frozen=True, slots=True)
class Status:
    """All environments, compared with one commit."""

    ref: str
    """The commit as it was named, such as `HEAD` or `origin/main`."""
    commit: str
    """Its id; empty outside a repository."""
    environments: Sequence[EnvironmentStatus]


def text(status: Status) -> str:
    """A paragraph for each environment."""
    commit = printable(status.commit[:12]) or "not in a git repository"
    lines = [f"Compared with {printable(status.ref)} ({commit})"]
    for one in status.environments:
        lines += ["", f"{printable(one.name)}" + (f"  {printable(one.url)}" if one.url else "")]
        for word, said, more in _facts(one, status.ref):
            lines.append(f"  {word:11}{printable(said)}")
            lines += [f"  {'':11}  {printable(line)}" for line in more]
    return "\n".join(lines) + "\n"


def markdown(status: Status) -> str:
    """A table for each environment."""
    where = f"Compared with {github.code(status.ref)}" + (
        f" ({github.code(status.commit[:12])})" if status.commit else ""
    )
    sections = [
        github.Section(
            "fact",
            [
                github.row(word, "<br>".join([github.prose(said), *map(github.code, more)]))
                for word, said, more in _facts(one, status.ref)
            ],
            f"### {github.code(one.name)}\n\n{github.header('', github.code(one.url))}",
        )
        for one in status.environments
    ]
    return github.fitted(f"## Status of the environments\n\n{where}.", sections)


def _facts(one: EnvironmentStatus, ref: str) -> Iterator[tuple[str, str, Sequence[str]]]:
    """The rows about an environment: a word, its text, and further lines."""
    if one.problem:
        yield "problem", one.problem, ()
    if one.last:
        yield "applied", _applied(one.last), ()
        yield "ended", "clean" if one.last.clean else "not clean: it failed, was interrupted or still runs", ()
    elif not one.problem:
        yield "applied", "nothing yet", ()
    yield "drift", _drift(one), ()
    if one.pending is not None and one.last:
        here = "differ from what was applied" if one.pending else "are what was applied"
        yield "checkout", f"the definitions {here}", ()
    if one.last:
        yield "beyond", *_commits(one.beyond, f"of {ref} since then")
    if one.promotion:
        yield "promotion", *_promotion(one.promotion)


def _applied(last: LastUp) -> str:
    commit = (last.commit.id[:12] or "no commit") + (UNCOMMITTED if last.commit.dirty else "")
    known = [f"on {_date(last.at)}" if last.at else "", f"by {last.by}" if last.by else ""]
    return " ".join(filter(None, [commit, *known])) + f"; definitions {last.definitions[:12]}"


def _drift(one: EnvironmentStatus) -> str:
    if one.drift_problem:
        return f"not known: {one.drift_problem}"
    if one.drift is None:
        return "not recorded"
    run = one.drift
    worst = [f"{count:,} {word}" for word, count in (("critical", run.critical), ("high", run.high)) if count]
    found = plural(run.drift, "finding") + (f" ({', '.join(worst)})" if worst else "") if run.drift else "none"
    return f"{found}, checked on {_date(run.started)}"


def _commits(commits: Sequence[LogEntry] | None, which: str) -> tuple[str, Sequence[str]]:
    if commits is None:
        return f"not known which commits {which} change the definitions", ()
    if not commits:
        return f"no commit {which} changes the definitions", ()
    change = "changes" if len(commits) == 1 else "change"
    return f"{plural(len(commits), 'commit')} {which} {change} the definitions:", _listed(commits)


def _promotion(promotion: PromotionStatus) -> tuple[str, Sequence[str]]:
    match promotion.state:
        case "taken":
            return f"has what {promotion.after} has taken", ()
        case "not ready":
            return f"after {promotion.after}, which is not ready: {promotion.reason}", ()
    if promotion.commits is None:
        return f"{promotion.after} has taken other definitions: they wait", ()
    waits = plural(len(promotion.commits), "commit") + (" waits" if len(promotion.commits) == 1 else " wait")
    return f"{waits}, which {promotion.after} has taken:", _listed(promotion.commits)


def _listed(commits: Sequence[LogEntry]) -> list[str]:
    more = [f"and {plural(len(commits) - MOST_COMMITS, 'more commit')}"] if len(commits) > MOST_COMMITS else []
    return [f"{one.id[:12]}  {cut(one.subject, _SUBJECT)}" for one in commits[:MOST_COMMITS]] + more


def _date(moment: datetime) -> str:
    return f"{moment:%Y-%m-%d %H:%M} UTC"


def as_json(status: Status) -> str:
    """The published document: see `reconciler.report.status_json`."""
    from reconciler.report.status_json import render

    return render(status)


STATUS_FORMATS: Mapping[str, Callable[[Status], str]] = {"text": text, "markdown": markdown, "json": as_json}
"""The formats of the status, by the name that `--format` takes."""
