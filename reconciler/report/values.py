"""Values as people see them: quoted, cut to a length, with control characters escaped."""

from __future__ import annotations

import json
from typing import Any

from reconciler.printable import printable

LONGEST = 240
"""Characters of a value that a report shows; the JSON report shows all of it."""
LEAST_SHARED = 8
"""Characters that two texts must share before their difference is marked."""
UNCOMMITTED = ", with uncommitted changes"
"""Follows a commit when the definitions differ from it."""


def shown(value: Any, longest: int = LONGEST) -> str:
    """A value as JSON on one line, None as `none`; a long one is cut, with its length."""
    if value is None:
        return "none"
    return cut(json.dumps(value, ensure_ascii=False, sort_keys=True, default=str), longest)


def shown_in_lines(value: Any, longest: int = LONGEST) -> str:
    """The same, with a line for each member of a list or mapping."""
    if value is None:
        return "none"
    text = json.dumps(value, ensure_ascii=False, sort_keys=True, default=str, indent=2)
    beginning = "\n".join(map(printable, text[:longest].split("\n")))
    return beginning + _rest(text, longest)


def cut(text: str, longest: int = LONGEST) -> str:
    """The text, printable; a long one is cut, with its length."""
    return printable(text[:longest]) + _rest(text, longest)


def _rest(text: str, longest: int) -> str:
    return f"… ({len(text):,} characters)" if len(text) > longest else ""


def plural(count: int, noun: str) -> str:
    """`1 object`, `2 objects`."""
    return f"{count:,} {noun}" + ("" if count == 1 else "s")


def contrast(one: str, other: str) -> tuple[tuple[str, str, str], tuple[str, str, str]]:
    """Both texts, split into shared beginning, difference and shared end.

    Texts that share too little count as different throughout, since marks on scattered letters would not help.
    """
    start = _shared(one, other)
    end = _shared(one[start:][::-1], other[start:][::-1])
    if start + end < max(LEAST_SHARED, len(one) // 2, len(other) // 2):
        start = end = 0
    return _split(one, start, end), _split(other, start, end)


def _shared(one: str, other: str) -> int:
    """The length of the common beginning."""
    pairs = enumerate(zip(one, other, strict=False))
    return next((position for position, (left, right) in pairs if left != right), min(len(one), len(other)))


def _split(text: str, start: int, end: int) -> tuple[str, str, str]:
    return text[:start], text[start : len(text) - end], text[len(text) - end :]
