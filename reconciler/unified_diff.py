"""Changes of text files, as a unified diff."""

from __future__ import annotations

import difflib
from collections.abc import Mapping


def unified_diff(texts: Mapping[str, tuple[str, str]]) -> str:
    """The diff of files, by path, each with its text before and after; an empty text is a missing file."""
    return "".join(
        line if line.endswith("\n") else f"{line}\n\\ No newline at end of file\n"
        for path, (before, after) in sorted(texts.items())
        for line in difflib.unified_diff(
            before.splitlines(keepends=True),
            after.splitlines(keepends=True),
            f"a/{path}" if before else "/dev/null",
            f"b/{path}" if after else "/dev/null",
        )
    )
