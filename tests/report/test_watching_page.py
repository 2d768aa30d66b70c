"""The page about watching: its table is made from the rows, and its formula from the code."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import unquote_plus

from reconciler.kinds.risks import Rule
from reconciler.watched import Area, Row, read_rows

PAGE = Path(__file__).parents[2] / "docs" / "watching.md"
MARK = "<!-- made by tests/report/test_watching_page.py -->\n"


def test_the_page_lists_every_row_that_is_read(golden):
    """`pytest tests/report --update-golden` makes it anew when a kind takes over a row."""
    text = PAGE.read_text()
    before, made, after = re.split(f"{MARK}|<!-- end -->", text)
    assert made.strip()
    golden(PAGE, f"{before}{MARK}\n{chr(10).join(_tables())}\n<!-- end -->{after}")


def test_the_formula_counts_the_lists_of_the_table():
    lists = [row for row in read_rows() if not row.below]
    requests = {row.request() for row in lists}
    assert f"one for each of the {len(requests)} lists" in PAGE.read_text()


def _tables() -> Iterator[str]:
    for area in Area:
        yield f"### {area}\n"
        yield "| word | request | for | scope | new | gone | changed |"
        yield "| --- | --- | --- | --- | --- | --- | --- |"
        yield from (_line(row) for row in read_rows() if row.area is area)
        yield ""


def _line(row: Row) -> str:
    owners = row.condition
    if row.of_sensitive and "sensitive" not in owners:
        owners += ", and those marked as sensitive"
    severities = [_severity(rule) for rule in (row.new, row.gone, row.changed)]
    if row.with_owner:
        severities[:2] = ["", ""]
    if row.kept == ():
        severities[2] = ""
    request = row.path if row.below else unquote_plus(row.address)
    cells = [f"`{row.word}`", f"`{request}`", owners, f"`{row.scope}`", *severities]
    return f"| {' | '.join(cells)} |"


def _severity(rule: Rule | None) -> str:
    return f"{rule.severity.word}: `{rule.id}`" if rule else "medium"
