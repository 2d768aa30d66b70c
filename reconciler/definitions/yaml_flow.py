"""A flow collection (`[a, b]`, `{a: 1}`) as rows of text, so that comments stay with what they stand beside."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Final

_REST_OF_LINE: Final = re.compile(r"[ \t\r]*+(?:#.*+)?\n")
_COMMA: Final = re.compile(r"((?:\s|#.*+)*+),")


@dataclass(frozen=True, slots=True)
class Row:
    """The entries that stand on one line."""

    before: str
    """What stands before the first of them: blanks, and comments on lines of their own."""
    entries: tuple[str, ...]
    """Each but the first with the blanks before it."""
    after: str
    """What stands behind the last of them but for its comma: a comment and a line break, or nothing."""


@dataclass(frozen=True, slots=True)
class Flow:
    """A flow collection in parts."""

    opening: str
    """The bracket, and the rest of its line if no entry stands there."""
    rows: tuple[Row, ...]
    gaps: tuple[str, ...]
    """The blanks before each entry; before the first of a row as they would be if it were another."""
    closing: str
    """The other bracket, and what stands between it and the last row."""
    comma: bool
    """Whether the last entry has a comma."""

    def holding(self, entries: Iterable[tuple[int | None, str]]) -> str:
        """The text with these entries: each with the number that it had, or None if it is new.

        A row goes when all of its entries do. A new entry has a line to itself if all others have.
        """
        rows = self._arranged(entries)
        if not rows:
            whole = self.opening + self.closing
            return whole if "#" in whole else whole[0] + whole[-1]
        text = self.opening
        for row in rows:
            comma = "," if self.comma or row is not rows[-1] else ""
            text += self._before(row, text) + ",".join(row.entries) + comma + row.after
        exposed = text.endswith("\n") and self.rows and not self.rows[-1].after
        return text + (self._indentation if exposed else "") + self.closing

    def _arranged(self, entries: Iterable[tuple[int | None, str]]) -> list[Row]:
        home = [number for number, row in enumerate(self.rows) for _ in row.entries]
        arranged: list[Row] = []
        placed: set[int] = set()
        for was, text in entries:
            number = None if was is None else home[was]
            if number is None and (self._has_lines or not arranged):
                arranged.append(Row(self._indentation, (text,), "\n" if self._has_lines else ""))
            elif number is None or number in placed:
                beside = (" " if was is None else self.gaps[was]) + text
                arranged[-1] = replace(arranged[-1], entries=(*arranged[-1].entries, beside))
            else:
                placed.add(number)
                arranged.append(replace(self.rows[number], entries=(text,)))
        return arranged

    @property
    def _has_lines(self) -> bool:
        """Whether no row shares its line with a bracket."""
        parts = (self.opening, *(row.after for row in self.rows))
        return bool(self.rows) and all(part.endswith("\n") for part in parts)

    @property
    def _indentation(self) -> str:
        return self.rows[-1].before.rpartition("\n")[2] if self.rows else ""

    def _before(self, row: Row, text: str) -> str:
        """What stands between this text and a row."""
        if text.endswith("\n"):
            return row.before or self._indentation
        if text == self.opening and not row.before.strip():
            return self.rows[0].before if self.rows else ""
        return row.before if row.before.strip() else " "


def flow_of(text: str, start: int, end: int, spans: Sequence[tuple[int, int]]) -> Flow:
    """The flow collection from `start` to `end`, whose entries stand in `spans`."""
    at = begin = _after_line(text, start + 1)
    rows: list[Row] = []
    gaps: list[str] = []
    row: Row | None = None
    comma = False
    for first, last in spans:
        gap, entry = text[at:first], text[first:last]
        comma, after, at = _behind(text, last, end)
        gaps.append(gap if row else " ")
        row = Row(row.before, (*row.entries, gap + entry), after) if row else Row(gap, (entry,), after)
        if "\n" in after:
            rows.append(row)
            row = None
    if row:
        rows.append(replace(row, after=""))
    return Flow(text[start:begin], tuple(rows), tuple(gaps), text[at:end], comma)


def _behind(text: str, at: int, end: int) -> tuple[bool, str, int]:
    """Whether an entry that ends here has a comma, what else is behind it on its line, and where that ends."""
    comma = _COMMA.match(text, at, end)
    behind = comma.end() if comma else at
    after = _after_line(text, behind)
    return comma is not None, (comma[1] if comma else "") + text[behind:after], after


def _after_line(text: str, at: int) -> int:
    """The beginning of the next line, if nothing but a comment stands before it."""
    rest = _REST_OF_LINE.match(text, at)
    return rest.end() if rest else at
