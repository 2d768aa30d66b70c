"""The rows of a CSV file: every value is text, as it is written."""

from __future__ import annotations

import csv
import io
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

from reconciler.definitions.errors import Problem
from reconciler.definitions.files import UnreadablePath, read_text
from reconciler.definitions.model import Source
from reconciler.definitions.positions import Place
from reconciler.definitions.yaml_text import conflict_in, unprintable_in
from reconciler.printable import printable

_QUOTES = 'text with a comma, a quote or a line break needs quotes around it; write a quote inside it twice: ""'


class Row(NamedTuple):
    """One row below the header."""

    values: dict[str, str]
    """By column."""
    place: Place


class Table(NamedTuple):
    """The content of a CSV file."""

    columns: tuple[str, ...]
    rows: list[Row]


def read_table(path: Path, problems: list[Problem]) -> Table | None:
    """The table in a file, whose first row names the columns; None if it is invalid, with the reasons in `problems`."""
    file = path.as_posix()
    try:
        text = read_text(path)
    except UnreadablePath as error:
        problems.append(error.problem)
        return None
    if conflict := conflict_in(text, file):
        problems.append(conflict)
        return None
    if found := unprintable_in(text):
        character, line, column = found
        problems.append(Problem(Source(file, line, column), f"the character {character} is not allowed", "remove it"))
        return None
    before = len(problems)
    records = _records(text, file, problems)
    place, header = next(records, ((file, 1, 1), []))
    columns = tuple(name.strip() for name in header)
    problems += _of_header(place, columns)
    rows = [row for place, cells in records if (row := _row(place, cells, columns, problems))]
    return Table(columns, rows) if len(problems) == before else None


def _records(text: str, file: str, problems: list[Problem]) -> Iterator[tuple[Place, list[str]]]:
    """The records that are not empty lines, each with the place where it begins."""
    reader = csv.reader(io.StringIO(text, newline=""), strict=True)
    while True:
        place = (file, reader.line_num + 1, 1)
        try:
            record = next(reader, None)
        except csv.Error as error:
            problems.append(Problem(Source(*place), f"invalid CSV: {error}", _QUOTES))
            return
        if record is None:
            return
        if record:
            yield place, record


def _of_header(place: Place, columns: tuple[str, ...]) -> Iterator[Problem]:
    if not columns:
        yield Problem(Source(*place), "the file is empty", "name the columns in the first row")
    for name, count in Counter(columns).items():
        if name and count > 1:
            yield Problem(Source(*place), f"{count} columns are named {printable(name)}", "give them different names")


def _row(place: Place, cells: list[str], columns: tuple[str, ...], problems: list[Problem]) -> Row | None:
    if len(cells) == len(columns):
        return Row(dict(zip(columns, cells, strict=True)), place)
    if columns:
        message = f"the row has {len(cells)} values instead of {len(columns)}"
        problems.append(Problem(Source(*place), message, _QUOTES))
    return None
