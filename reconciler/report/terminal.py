"""Colour on a terminal, when the caller asks for it: whether there is a terminal is not for a report to know."""

from __future__ import annotations


def styled(text: str, color: bool, fg: str = "", bold: bool = False) -> str:
    """The text in this colour, or as it is."""
    if not color or not (fg or bold):
        return text
    from click import style

    return style(text, fg=fg or None, bold=bold or None)
