"""The terminal that text is written for: its width, and whether it shows colours."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

NARROWEST: Final = 60
WIDEST: Final = 160
"""Longer lines are hard to read, however wide the terminal."""


@dataclass(frozen=True, slots=True)
class Terminal:
    """The width and colours of text."""

    color: bool = False
    width: int = 80
    """Columns."""

    @classmethod
    def of_width(cls, columns: int, *, color: bool) -> Terminal:
        """A terminal with this many columns, kept within readable limits."""
        return cls(color, min(max(columns, NARROWEST), WIDEST))

    def styled(self, text: str, fg: str = "", bold: bool = False) -> str:
        """The text in this style, or unchanged if the terminal has no colours."""
        if not self.color or not (fg or bold):
            return text
        from click import style

        return style(text, fg=fg or None, bold=bold or None)

    def both_sides(self, margin: str, title: str, old: str, new: str) -> Iterator[str]:
        """Two values of what the `title` names, such as `rules: `: on one line if they fit, otherwise one per line."""
        line = f"{margin}{title}{old} -> {new}"
        if len(line) <= self.width:
            yield line
            return
        if title:
            yield f"{margin}{title.rstrip()}"
        yield f"{margin}   {old}"
        yield f"{margin}-> {new}"


PLAIN: Final = Terminal()
"""No terminal: a file, a pipe or a log."""
