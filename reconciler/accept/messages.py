"""Messages about the edited copy of the definitions, with the locations in the user's own files."""

from __future__ import annotations

import re
from difflib import SequenceMatcher
from pathlib import Path


def with_original_paths(text: str, copy: Path, original: Path) -> str:
    """The text with each `file:line:column` of the copy replaced by that of the original.

    For a line that the edit changed there is no column, and for an added line only the file.
    """

    def location(found: re.Match[str]) -> str:
        file, line, column = found[1], int(found[2]), found[3]
        before = _line_before(original / file, copy / file, line)
        path = (original / file).as_posix()
        if before is None:
            return path
        number, unchanged = before
        return f"{path}:{number}{column if unchanged else ''}"

    prefix = re.escape(copy.as_posix())
    return re.sub(rf"{prefix}/([^:\n]+):(\d+)(:\d+)?", location, text).replace(copy.as_posix(), original.as_posix())


def _line_before(original: Path, edited: Path, line: int) -> tuple[int, bool] | None:
    """The original number of a line in the edited file, and whether it is unchanged; None for an added line."""
    before = original.read_bytes().splitlines() if original.exists() else []
    after = edited.read_bytes().splitlines() if edited.exists() else []
    for tag, start, end, first, last in SequenceMatcher(None, before, after).get_opcodes():
        if first < line <= last:
            number = start + line - first
            return (number, tag == "equal") if number <= end else None
    return None
