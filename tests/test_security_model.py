"""docs/security-model.md names tests that exist, and the variables that children get."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from reconciler.engine.environment import _ENGINE_PREFIXES
from reconciler.known_secrets import SHORTEST
from tests.test_threat_model import functions

ROOT = Path(__file__).parents[1]
PAGE = (ROOT / "docs/security-model.md").read_text()
TESTS = sorted(set(re.findall(r"`(tests/[\w/]+\.py)(?:::(\w+))?`", PAGE)))
NUMBERS = {6: "six"}


def test_the_page_names_tests():
    assert len(TESTS) > 15


@pytest.mark.parametrize(("file", "name"), TESTS)
def test_a_named_test_exists(file: str, name: str):
    assert (ROOT / file).is_file()
    assert not name or name in functions(ROOT / file)


def test_every_claim_has_a_test():
    section = PAGE.partition("\n## How it is tested\n")[2].partition("\n## ")[0]
    rows = [line for line in section.splitlines() if line.startswith("| ")][2:]
    assert len(rows) > 10
    assert all("`tests/" in row.split(" | ")[1] for row in rows)


def test_the_variables_of_the_engine_are_on_the_page():
    (row,) = (line for line in PAGE.splitlines() if line.startswith("| the engine and its plugins |"))
    assert set(re.findall(r"`(\w+_)\*`", row)) == set(_ENGINE_PREFIXES)


def test_the_length_of_secrets_that_are_redacted_is_that_of_the_code():
    assert f"fewer than {NUMBERS[SHORTEST]} characters" in PAGE
