"""The page about watching: its table is made from the rows, and its formula from the code."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import unquote_plus

from reconciler.kinds.risks import Rule
from reconciler.watched import Area, Row, read_rows

PAGE = Path(__file__).parents[2] / "docs" / "watching.md"
COUNT = re.compile(r"one for each of the \d+ lists")
MARK = "<!-- made by tests/report/test_watching_page.py -->\n"


def test_the_page_has_every_row_that_is_read_and_counts_their_requests(golden):
    """`pytest tests/report --update-golden` makes it anew when a kind takes over a row."""
    before, made, after = re.split(f"{MARK}|<!-- end -->", PAGE.read_text())
    assert made.strip()
    requests = {row.request() for row in read_rows() if not row.below}
    counted, times = COUNT.subn(f"one for each of the {len(requests)} lists", before)
    assert times == 1
    golden(PAGE, f"{counted}{MARK}\n{chr(10).join(_tables())}\n<!-- end -->{after}")


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
