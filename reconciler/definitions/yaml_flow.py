"""A flow collection (`[a, b]`, `{a: 1}`) as rows of text, so that comments stay beside their entries."""

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
    """The text before the first entry: blanks, and comments on their own lines."""
    entries: tuple[str, ...]
    """The entries; all but the first with the blanks before them."""
    after: str
    """The text after the last entry, without its comma: a comment and a line break, or nothing."""


@dataclass(frozen=True, slots=True)
class Flow:
    """A flow collection in parts."""

    opening: str
    """The opening bracket, and the rest of its line if no entry follows."""
    rows: tuple[Row, ...]
    gaps: tuple[str, ...]
    """The blanks before each entry; one space for the first entry of a row."""
    closing: str
    """The closing bracket, and the text between the last row and it."""
    comma: bool
    """Whether the last entry has a comma."""

    def holding(self, entries: Iterable[tuple[int | None, str]]) -> str:
        """The text with these entries: each with its old index, or None if it is new.

        A row without entries is removed. A new entry gets its own line if all others have one.
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
        """The text to insert before a row."""
        if text.endswith("\n"):
            return row.before or self._indentation
        if text == self.opening and not row.before.strip():
            return self.rows[0].before if self.rows else ""
        return row.before if row.before.strip() else " "


def flow_of(text: str, start: int, end: int, spans: Sequence[tuple[int, int]]) -> Flow:
    """The flow collection from `start` to `end`; `spans` has the positions of its entries."""
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
    """Whether the entry that ends here has a comma, the rest of its line, and the end of that rest."""
    comma = _COMMA.match(text, at, end)
    behind = comma.end() if comma else at
    after = _after_line(text, behind)
    return comma is not None, (comma[1] if comma else "") + text[behind:after], after


def _after_line(text: str, at: int) -> int:
    """The beginning of the next line, if only a comment precedes it."""
    rest = _REST_OF_LINE.match(text, at)
    return rest.end() if rest else at
