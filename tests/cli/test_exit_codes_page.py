"""docs/exit-codes.md has every exit code of the code and no other, in total and by command."""

from __future__ import annotations

import re
from importlib import import_module
from pathlib import Path

import pytest

from reconciler import interrupts
from reconciler.cli import COMMANDS, MISUSE, accept, drift
from reconciler.least_privilege import COMMANDS as OF_A_TENANT

ROOT = Path(__file__).parents[2]
PAGE = (ROOT / "docs/exit-codes.md").read_text()
NEVER = "-"


def constants() -> set[int]:
    """The codes that errors and commands state."""
    errors = re.findall(r"^    exit_code = (\d+)$", (ROOT / "reconciler/errors.py").read_text(), re.MULTILINE)
    commands = [getattr(drift, name) for name in ("NOT_WRITTEN", "FOUND", "UNREADABLE")] + [accept.REFUSED]
    return {0, MISUSE, interrupts.BY_KEYBOARD, interrupts.BY_REQUEST, *map(int, errors), *commands}


def rows() -> dict[str, dict[int, str]]:
    """What each code means for each command."""
    table = PAGE.partition("\n## By command\n")[2].partition("\n## ")[0]
    head, _, *lines = [line for line in table.splitlines() if line.startswith("|")]
    codes = [int(cell) for cell in head.strip("| ").split(" | ")[1:]]
    found = {}
    for line in lines:
        name, *cells = [cell.strip() for cell in line.split("|")[1:-1]]
        found[name.strip("`")] = dict(zip(codes, cells, strict=True))
    return found


def test_every_code_is_on_the_page_and_the_other_way_round():
    assert {int(code) for code in re.findall(r"^\| (\d+) \|", PAGE, re.MULTILINE)} == constants()


def test_no_module_states_a_code_of_its_own():
    """Otherwise the page would miss it: errors state theirs in one module, and commands as constants."""
    stated = re.compile(r"exit_code(?:: \w+)? = \d|\.exit\(\d|sys\.exit\(\d")
    found = {
        path.relative_to(ROOT).as_posix()
        for path in (ROOT / "reconciler").rglob("*.py")
        if stated.search(path.read_text())
    }
    assert found == {"reconciler/errors.py"}


def test_every_command_has_a_row():
    assert list(rows()) == list(COMMANDS)


@pytest.mark.parametrize("name", COMMANDS)
def test_a_row_has_the_codes_of_its_command(name):
    meanings = rows()[name]
    module, _, attribute = COMMANDS[name][0].partition(":")
    known = vars(import_module(module))
    adopts = "adopt" in {parameter.name for parameter in known[attribute].params}
    strict = "strict_option" in known or adopts
    assert (meanings[2] != NEVER) == ("ChangesFound" in known or name == "drift")
    assert (meanings[3] != NEVER) == (name in OF_A_TENANT.keys() - {"doctor"} or adopts)
    assert (meanings[4] != NEVER) == ("audited" in known or strict)
    assert ("trict credentials" in meanings[4]) == strict


def test_the_tree_of_errors_has_the_same_codes():
    """The module draws its tree with the codes."""
    drawn = re.findall(r"^[├└│─ ]*([A-Z]\w+) +(\d+) ", (ROOT / "reconciler/errors.py").read_text(), re.MULTILINE)
    errors = import_module("reconciler.errors")
    assert len(drawn) > 10
    for name, code in drawn:
        if hasattr(errors, name):
            assert getattr(errors, name).exit_code == int(code), name
