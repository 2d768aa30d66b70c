"""GitHub Markdown: escaped text, and documents short enough for a comment."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from reconciler.printable import printable
from reconciler.report.values import plural

LIMIT = 32_000
"""Characters. GitHub allows 65,536 in a comment or an issue, enough for the reports of two environments."""
_RESERVE = 400
"""Reserved for the note that says what was cut."""


def code(text: str) -> str:
    """The text as inline code, safe in a table: no markup, links or mentions."""
    text = printable(text)
    if not text:
        return ""
    if "|" in text or "`" in text:  # a code span can't hold both, and the escapes of tables and spans don't mix
        return f"<code>{_entities(text)}</code>"
    return f"`{text}`" if text.strip() == text else f"` {text} `"


def prose(text: str) -> str:
    """Our own sentence, which may quote untrusted text, without markup, links or mentions."""
    return re.sub("(&#64;|&#35;)", r"\1&#8203;", _entities(printable(text), keep=" ,;'()/-"))


def block(lines: Sequence[str], language: str) -> str:
    """The lines as a code block, with a fence that no line can close."""
    text = "\n".join(map(printable, lines))
    longest = max(map(len, re.findall("`+", text)), default=0)
    fence = "`" * max(3, longest + 1)
    return f"{fence}{language}\n{text}\n{fence}"


def row(*cells: str) -> str:
    """A row of a table; the cells must be escaped already."""
    return f"| {' | '.join(cells)} |"


def header(*names: str) -> str:
    """The header of a table."""
    return f"{row(*names)}\n|{' --- |' * len(names)}"


def folded(title: str, body: str, opened: bool = False) -> tuple[str, str]:
    """The start and end of a folded section; `title` is HTML or escaped text."""
    return f"<details{' open' if opened else ''}><summary>{title}</summary>\n\n{body}", "\n\n</details>"


def html_code(text: str) -> str:
    """The text as code, for the title of a folded section, where only HTML works."""
    return f"<code>{_entities(printable(text))}</code>"


@dataclass(frozen=True, slots=True)
class Section:
    """A part of a document that can be cut after any row."""

    noun: str
    """What a row is, for the count of rows that did not fit."""
    rows: Sequence[str]
    start: str = ""
    end: str = ""


def fitted(head: str, sections: Iterable[Section], limit: int = LIMIT) -> str:
    """The document with as many rows as fit, in order, and the count of the others."""
    text = head
    room = limit - _RESERVE
    left_out: Counter[str] = Counter()
    for section in sections:
        kept = 0
        length = len(text) + len(section.start) + len(section.end) + 2
        while kept < len(section.rows) and not left_out and length + len(section.rows[kept]) + 1 <= room:
            length += len(section.rows[kept]) + 1
            kept += 1
        if kept < len(section.rows):
            left_out[section.noun] += len(section.rows) - kept
        if kept:
            text += "\n\n" + "\n".join((section.start, *section.rows[:kept])).lstrip("\n") + section.end
    if left_out:
        missing = " and ".join(plural(count, f"more {noun}") for noun, count in left_out.items())
        text += f"\n\n**Truncated: {missing} did not fit.** The counts above include them; `--format text` shows all."
    return text + "\n"


def _entities(text: str, keep: str = " -") -> str:
    """The text with every character that could be markup as a numeric entity."""
    return "".join(sign if sign.isalnum() or sign in keep or ord(sign) > 127 else f"&#{ord(sign)};" for sign in text)
