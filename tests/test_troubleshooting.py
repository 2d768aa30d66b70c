"""Every message that docs/troubleshooting.md quotes is one that the code can print."""

from __future__ import annotations

import ast
import re
from functools import cache
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
PAGE = (ROOT / "docs/troubleshooting.md").read_text()
HOLE = "\0"
"""What a text of the code has where a value is inserted."""


def quoted() -> list[str]:
    """The first cells of the tables that have messages."""
    cells: list[str] = []
    in_table = False
    for line in PAGE.splitlines():
        in_table = line.startswith("| message |") or (in_table and line.startswith("|"))
        if in_table and (cell := re.match(r"\| (.+?) \| ", line)) and not line.startswith(("| message", "| ---")):
            cells.append(cell[1])
    return cells


@cache
def texts() -> str:
    """All texts of the code, one on a line."""
    found = []
    for path in sorted((ROOT / "reconciler").rglob("*.py")):
        tree = ast.parse(path.read_text())
        found += [text for node in ast.walk(tree) if isinstance(node, ast.expr) and (text := text_of(node))]
    return "\n".join(found)


def text_of(node: ast.expr) -> str:
    """The text of an expression, with a hole for everything that is known only when it runs."""
    match node:
        case ast.Constant(value=str(text)):
            return text.replace("\n", " ")
        case ast.JoinedStr(values=parts):
            return "".join(text_of(part) or HOLE for part in parts)
        case ast.BinOp(left=left, op=ast.Add(), right=right):
            before, after = text_of(left), text_of(right)
            return f"{before or HOLE}{after or HOLE}" if before or after else ""
    return ""


def test_the_page_quotes_messages():
    assert len(quoted()) > 60
    assert len(set(quoted())) == len(quoted())


@pytest.mark.parametrize("message", quoted())
def test_a_quoted_message_is_in_the_code(message):
    assert re.fullmatch(r"`[^`]+`", message)
    parts = [part.strip() for part in message.strip("`").split("...")]
    assert max(map(len, parts)) >= 10, "too short to tell messages apart"
    pattern = ".*".join(re.escape(part) for part in parts)
    assert re.search(pattern, texts()), message
