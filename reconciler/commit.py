"""The git commit of the definitions, and whether they differ from it."""

from __future__ import annotations

import subprocess
from dataclasses import dataclass
from pathlib import Path

from reconciler.engine.environment import for_git

_SECONDS = 10.0
"""The time limit for git."""


@dataclass(frozen=True, slots=True)
class Commit:
    """A commit, and whether the definitions have uncommitted changes."""

    id: str = ""
    """Its hash; empty outside a repository."""
    dirty: bool = False
    """Whether files in the definitions' folder were changed, added or removed since. Other files of the repository do
    not count, since they do not change what is applied."""


def commit_of(definitions: Path) -> Commit:
    """The commit of a definitions folder; empty outside a repository."""
    head = _git(definitions, "rev-parse", "HEAD")
    if not head:
        return Commit()
    return Commit(head.strip(), _git(definitions, "status", "--porcelain", "--", ".") != "")


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
    except (OSError, subprocess.SubprocessError):
        return None
    return answer.stdout
