"""Values as YAML text that reads back as the same values, in the style of the surrounding text."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import Any, Final

_WORDS: Final = frozenset(("null", "Null", "NULL", "true", "True", "TRUE", "false", "False", "FALSE"))
_PLAIN: Final = re.compile(r"[A-Za-z_/$][^\n\r\t\x00-\x1f]*")
_NOT_PLAIN: Final = re.compile(r": | #|[: ]$|[^\x20-\x7e\xa1-\u2027\u202a-\ud7ff]")
_OF_FLOW: Final = re.compile(r"[,\[\]{}]")
_ESCAPED: Final = re.compile("[\x7f-\x9f\xa0\u2028\u2029\ud800-\udfff\ufeff\ufffe\uffff]")
_SHORT: Final = 90


def inline(value: Any, style: str | None = None, *, flow: bool = False) -> str:
    """A value on one line; text keeps its quotes if possible."""
    match value:
        case str():
            return _text(value, style, flow)
        case dict():
            return (
                "{"
                + ", ".join(f"{_text(key, None, True)}: {inline(item, flow=True)}" for key, item in value.items())
                + "}"
            )
        case list():
            return "[" + ", ".join(inline(inner, flow=True) for inner in value) + "]"
        case _:
            return json.dumps(value)


def after_key(value: Any, column: int) -> str:
    """The text after the colon of a key in this column (from 0), without a trailing line break."""
    lines = list(_lines(value, column + 2)) if _is_block(value) else []
    return "\n" + "\n".join(lines) if lines else f" {inline(value)}"


def entry(key: str, value: Any, column: int) -> str:
    """A key and its value, without the indentation of the first line and without a trailing line break."""
    return f"{_text(key, None, False)}:{after_key(value, column)}"


def item(value: Any, column: int) -> str:
    """An item of a list with dashes in this column, from the dash on."""
    if not _is_block(value):
        return f"- {inline(value)}"
    first, *rest = _lines(value, column + 2)
    return "\n".join([f"- {first.lstrip()}", *rest])


def _lines(value: Any, column: int) -> Iterator[str]:
    space = " " * column
    if isinstance(value, dict):
        for key, inner in value.items():
            yield from (space + entry(key, inner, column)).split("\n")
    else:
        for inner in value:
            yield from (space + item(inner, column)).split("\n")


def _is_block(value: Any) -> bool:
    """Whether a value needs its own lines: mappings, long lists, and lists of structures."""
    if isinstance(value, list):
        return any(isinstance(each, dict | list) for each in value) or len(inline(value)) > _SHORT
    return isinstance(value, dict) and bool(value)


def _text(value: str, style: str | None, flow: bool) -> str:
    if style == "'" and not re.search(r"[^\x20-\x7e\xa1-\u2027\u202a-\ud7ff]", value):
        return "'" + value.replace("'", "''") + "'"
    plain = _PLAIN.fullmatch(value) and not _NOT_PLAIN.search(value) and value not in _WORDS
    if plain and style != '"' and not (flow and _OF_FLOW.search(value)):
        return value
    quoted = json.dumps(value, ensure_ascii=False)
    return _ESCAPED.sub(lambda found: f"\\u{ord(found[0]):04x}", quoted)
