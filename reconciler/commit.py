"""The git commit of the definitions, whether they differ from it, and how two commits are related."""

from __future__ import annotations

import subprocess
from dataclasses import dataclass
from enum import Enum
from pathlib import Path

from reconciler.engine.environment import for_git

_SECONDS = 10.0
"""The time limit for git."""
_FIELDS = "%H%x00%an%x00%aI%x00%s"


@dataclass(frozen=True, slots=True)
class Commit:
    """A commit, and whether the definitions have uncommitted changes."""

    id: str = ""
    """Its hash; empty outside a repository."""
    dirty: bool = False
    """Whether files in the definitions' folder were changed, added or removed since. Other files of the repository do
    not count, since they do not change what is applied."""


class Ancestry(Enum):
    """How a commit is related to the one that was applied last."""

    SAME = "same"
    NEWER = "newer"
    """It contains the applied commit."""
    OLDER = "older"
    """The applied commit contains it."""
    DIVERGED = "diverged"
    """Each has commits that the other does not have."""
    SHALLOW = "shallow"
    """Unknown: this clone has only a part of the history."""
    UNRELATED = "unrelated"
    """This clone has the whole history, and the applied commit is not in it."""
    UNKNOWN = "unknown"
    """One of them is not known: no `up` recorded a commit, or this is no repository."""


@dataclass(frozen=True, slots=True)
class LogEntry:
    """A commit in the log of the definitions."""

    id: str
    author: str
    at: str
    """When it was written, in ISO 8601."""
    subject: str


def commit_of(definitions: Path) -> Commit:
    """The commit of a definitions folder; empty outside a repository."""
    head = _git(definitions, "rev-parse", "HEAD")
    if not head:
        return Commit()
    return Commit(head.strip(), _git(definitions, "status", "--porcelain", "--", ".") != "")


def ancestry(definitions: Path, applied: str, now: str) -> Ancestry:
    """How the commit `now` of a definitions folder is related to the one that was `applied`."""
    if not applied or not now:
        return Ancestry.UNKNOWN
    if applied == now:
        return Ancestry.SAME
    if not _has(definitions, applied):
        return Ancestry.SHALLOW if _is_shallow(definitions) else Ancestry.UNRELATED
    if _is_ancestor(definitions, applied, now):
        return Ancestry.NEWER
    if _is_ancestor(definitions, now, applied):
        return Ancestry.OLDER
    return Ancestry.SHALLOW if _is_shallow(definitions) else Ancestry.DIVERGED


def log_since(definitions: Path, applied: str, until: str = "HEAD") -> list[LogEntry] | None:
    """The commits since the `applied` one that change files of the definitions, newest first; None if unknown."""
    if not applied or not _has(definitions, applied):
        return None
    if _is_shallow(definitions) and not _is_ancestor(definitions, applied, until):
        return None  # the log would have gaps
    found = _git(definitions, "log", f"--format={_FIELDS}", f"{_plain(applied)}..{_plain(until)}", "--", ".")
    if found is None:
        return None
    return [LogEntry(*line.split("\0", 3)) for line in found.splitlines()]


def commit_named(definitions: Path, name: str) -> str:
    """The commit that a name such as `origin/main` stands for; empty if there is none."""
    return (_git(definitions, "rev-parse", "--verify", "--quiet", f"{_plain(name)}^{{commit}}") or "").strip()


def _has(definitions: Path, commit: str) -> bool:
    return _git(definitions, "cat-file", "-e", f"{_plain(commit)}^{{commit}}") is not None


def _is_ancestor(definitions: Path, commit: str, of: str) -> bool:
    return _git(definitions, "merge-base", "--is-ancestor", _plain(commit), _plain(of)) is not None


def _is_shallow(definitions: Path) -> bool:
    return (_git(definitions, "rev-parse", "--is-shallow-repository") or "").strip() == "true"


def _plain(name: str) -> str:
    """A name that git cannot take for an option: commits come from the state and from the command line."""
    return "" if name.startswith("-") else name


def _git(folder: Path, *arguments: str) -> str | None:
    """The output of git; None if it fails."""
    try:
        answer = subprocess.run(
            ["git", *arguments],
            cwd=folder,
            env={**for_git(), "GIT_OPTIONAL_LOCKS": "0"},
            capture_output=True,
            text=True,
            check=True,
            timeout=_SECONDS,
        )
    except (OSError, ValueError, subprocess.SubprocessError):
        return None
    return answer.stdout
