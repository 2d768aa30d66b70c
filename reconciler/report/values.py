"""How values look to people: quoted, not too long, and with nothing in it that could fool a terminal or an eye."""

from __future__ import annotations

import json
from typing import Any

from reconciler.printable import printable

LONGEST = 240
"""Characters of a value that a report shows; the JSON report has all of them."""
LEAST_SHARED = 8
"""Characters that two texts share before it is worth a mark what they do not share."""
UNCOMMITTED = ", with uncommitted changes"
"""What follows a commit that is not all that the definitions say."""


def shown(value: Any, longest: int = LONGEST) -> str:
    """A value as JSON on one line, None as `none`; a long one is cut, with its length."""
    if value is None:
        return "none"
    return cut(json.dumps(value, ensure_ascii=False, sort_keys=True, default=str), longest)


def shown_in_lines(value: Any, longest: int = LONGEST) -> str:
    """The same, with a line for each member of a structure."""
    if value is None:
        return "none"
    text = json.dumps(value, ensure_ascii=False, sort_keys=True, default=str, indent=2)
    beginning = "\n".join(map(printable, text[:longest].split("\n")))
    return beginning + _rest(text, longest)


def cut(text: str, longest: int = LONGEST) -> str:
    """The text, printable; of a long one the beginning, and how long it is."""
    return printable(text[:longest]) + _rest(text, longest)


def _rest(text: str, longest: int) -> str:
    return f"… ({len(text):,} characters)" if len(text) > longest else ""


def plural(count: int, noun: str) -> str:
    """`1 object`, `2 objects`."""
    return f"{count:,} {noun}" + ("" if count == 1 else "s")


def contrast(one: str, other: str) -> tuple[tuple[str, str, str], tuple[str, str, str]]:
    """Both texts as what they share at the beginning, what differs, and what they share at the end.

    Texts that share too little differ as a whole: marks on scattered letters would say nothing.
    """
    start = _shared(one, other)
    end = _shared(one[start:][::-1], other[start:][::-1])
    if start + end < max(LEAST_SHARED, len(one) // 2, len(other) // 2):
        start = end = 0
    return _split(one, start, end), _split(other, start, end)


def _shared(one: str, other: str) -> int:
    """How many characters are the same at the beginning of both."""
    pairs = enumerate(zip(one, other, strict=False))
    return next((position for position, (left, right) in pairs if left != right), min(len(one), len(other)))


def _split(text: str, start: int, end: int) -> tuple[str, str, str]:
    return text[:start], text[start : len(text) - end], text[len(text) - end :]
