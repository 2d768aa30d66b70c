"""Places in an edited copy of the definitions, as the places in the user's own files that they come from."""

from __future__ import annotations

import re
from difflib import SequenceMatcher
from pathlib import Path


def with_original_paths(text: str, copy: Path, original: Path) -> str:
    """The text with each `file:line:column` of the copy as the original has it.

    A line that the edit changed has no column, and one that it added is named by its file alone.
    """

    def place(found: re.Match[str]) -> str:
        file, line, column = found[1], int(found[2]), found[3]
        was = _line_before(original / file, copy / file, line)
        shown = (original / file).as_posix()
        if was is None:
            return shown
        number, unchanged = was
        return f"{shown}:{number}{column if unchanged else ''}"

    prefix = re.escape(copy.as_posix())
    return re.sub(rf"{prefix}/([^:\n]+):(\d+)(:\d+)?", place, text).replace(copy.as_posix(), original.as_posix())


def _line_before(original: Path, edited: Path, line: int) -> tuple[int, bool] | None:
    """The number that a line of the edited file had, and whether it is the same line; None if it is new."""
    before = original.read_bytes().splitlines() if original.exists() else []
    after = edited.read_bytes().splitlines() if edited.exists() else []
    for tag, start, end, first, last in SequenceMatcher(None, before, after).get_opcodes():
        if first < line <= last:
            was = start + line - first
            return (was, tag == "equal") if was <= end else None
    return None
