"""How values look to people: one line, quoted, and with nothing in it that could fool a terminal or an eye."""

from __future__ import annotations

import json
from typing import Any

LONGEST = 240
"""Characters of a value that a report shows; the JSON report has all of them."""


def shown(value: Any, longest: int = LONGEST) -> str:
    """A value as JSON on one line, None as `none`; a long one is cut, with its length."""
    if value is None:
        return "none"
    return cut(printable(json.dumps(value, ensure_ascii=False, sort_keys=True, default=str)), longest)


def cut(text: str, longest: int = LONGEST) -> str:
    """The text, or its beginning and its length."""
    return text if len(text) <= longest else f"{text[:longest]}… ({len(text):,} characters)"


def printable(text: str) -> str:
    """The text with control characters, line ends and signs that turn the direction of writing made visible."""
    if text.isprintable():
        return text
    return "".join(character if character.isprintable() else _escaped(character) for character in text)


def _escaped(character: str) -> str:
    return character.encode("unicode_escape", "surrogatepass").decode("ascii")


def plural(count: int, noun: str) -> str:
    """`1 object`, `2 objects`."""
    return f"{count:,} {noun}" + ("" if count == 1 else "s")
