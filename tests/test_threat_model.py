"""Each row of the threat model names tests that exist."""

from __future__ import annotations

import ast
import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
PAGE = ROOT / "docs" / "threat-model.md"
TEST = re.compile(r"`(tests/[\w/]+\.py)::(\w+)`")


def rows() -> list[list[str]]:
    """The cells of each row of the tables, without the heads."""
    lines = [line for line in PAGE.read_text().splitlines() if line.startswith("| ")]
    cells = [[cell.strip() for cell in line.strip("|").split(" | ")] for line in lines]
    return [row for row in cells if row[0] not in ("asset", "---")]


def functions(file: Path) -> set[str]:
    return {node.name for node in ast.walk(ast.parse(file.read_text())) if isinstance(node, ast.FunctionDef)}


def test_the_page_has_rows():
    assert len(rows()) > 20


@pytest.mark.parametrize("row", rows(), ids=lambda row: row[2][:50])
def test_each_row_is_complete_and_its_tests_exist(row: list[str]):
    asset, attacker, path, defence, tests = row
    assert asset and attacker and path and defence
    named = TEST.findall(tests)
    assert named and TEST.sub("", tests).strip(", ") == ""
    for file, name in named:
        assert name in functions(ROOT / file), f"{file} has no test {name}"
