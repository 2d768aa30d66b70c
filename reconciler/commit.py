"""Which commit the definitions are at, and whether they still are what it says."""

from __future__ import annotations

import subprocess
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from reconciler.engine.environment import for_git

_SECONDS = 10.0
"""How long git may take."""


@dataclass(frozen=True, slots=True)
class Commit:
    """A commit, and whether the definitions differ from it."""

    id: str = ""
    """Its hash; empty outside a repository."""
    dirty: bool = False
    """Whether files in the definitions' folder were changed, added or removed since: only these decide what is
    applied, and so nothing else in the repository counts."""

    @property
    def outputs(self) -> dict[str, Any]:
        """What the stack says of it."""
        return {"commit": self.id} | ({"dirty": True} if self.dirty else {})


def commit_of(definitions: Path) -> Commit:
    """The commit that a definitions folder is at."""
    head = _git(definitions, "rev-parse", "HEAD")
    if not head:
        return Commit()
    return Commit(head.strip(), _git(definitions, "status", "--porcelain", "--", ".") != "")


def _git(folder: Path, *arguments: str) -> str | None:
    """What git says; None if it fails."""
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
