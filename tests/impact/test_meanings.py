"""The ids of effects, and their documentation."""

from __future__ import annotations

import re
from pathlib import Path

from reconciler import impact
from reconciler.impact.meanings import MEANINGS

ROOT = Path(__file__).parents[2]
_ID = re.compile(r'Effect\(\s*change\.address,\s*f?"([a-z{}-]+)"')


def test_the_ids_in_the_code_are_those_with_a_meaning():
    folder = Path(impact.__file__).parent
    found = {one for path in folder.glob("*.py") for one in _ID.findall(path.read_text())}
    assert found - {"access-{end}"} | {"access-lost", "access-gained"} == MEANINGS.keys()


def test_the_reference_has_them_all():
    text = (ROOT / "docs" / "reports.md").read_text()
    table = text.partition("### Effects\n")[2].partition("### Guards\n")[0]
    assert dict(re.findall(r"^\| `([a-z-]+)` \| (.+) \|$", table, re.MULTILINE)) == MEANINGS
