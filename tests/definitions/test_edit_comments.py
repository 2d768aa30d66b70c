"""A law of comments: any change keeps the comments of all other lines, in their order."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from itertools import count
from typing import Any

from hypothesis import assume, given
from hypothesis import strategies as st

from reconciler.accept.folder import replaced
from reconciler.definitions.edit import revised, same
from reconciler.definitions.yaml_text import YamlText

Path = tuple[str | int, ...]

LAYOUTS = ("block", "lines", "pairs", "tight")
"""Block style; brackets with one or two entries on a line; or brackets on the same lines as entries."""
BRACKETS = "brackets"
"""The last step of the path of a comment about a whole collection in brackets."""


class Commented:
    """YAML with a comment on every line, and the path that each comment is about."""

    def __init__(self, root: dict[str, Any], layout: Callable[[], str]) -> None:
        self.text = ""
        self.about: list[Path] = []
        self._layout = layout
        self._block(root, (), 0)

    def _line(self, text: str, path: Path, above: int | None = None) -> None:
        """A line; with a comment above it as well, where that has a column."""
        for before in [text + " "] if above is None else [" " * above, text + " "]:
            self.text += f"{before}# c{len(self.about)}\n"
            self.about.append(path)

    def _block(self, value: Any, path: Path, column: int, dash: str = "") -> None:
        for key, inner in entries(value):
            lead = f"{dash or ' ' * column}{label(key) or '-'}"
            self._entry(lead.rstrip(), inner, (*path, key), column, None if dash else column)
            dash = ""

    def _entry(self, lead: str, value: Any, path: Path, column: int, above: int | None) -> None:
        layout = self._layout()
        if isinstance(value, int):
            self._line(f"{lead} {value}", path, above)
        elif layout != "block" or (isinstance(path[-1], int) and isinstance(value, list)):
            self._flow(f"{lead} ", value, path, column + 2, layout)
        elif isinstance(path[-1], int):
            self._block(value, path, column + 2, f"{lead} ")
        else:
            self._line(lead, path, above)
            self._block(value, path, column + 2)

    def _flow(self, lead: str, value: Any, path: Path, column: int, layout: str, comma: str = "") -> None:
        opening, closing = "{}" if isinstance(value, dict) else "[]"
        if layout in ("pairs", "tight"):
            self._rows(lead + opening, value, path, column, layout, closing + comma)
            return
        self._line(lead + opening, (*path, BRACKETS))
        for number, (key, inner) in enumerate(entries(value), start=1):
            end = "," * (number < len(value))
            if isinstance(inner, int):
                self._line(f"{' ' * column}{label(key)}{inner}{end}", (*path, key), column)
            else:
                self._flow(" " * column + label(key), inner, (*path, key), column + 2, self._layout(), end)
        self._line(" " * (column - 2) + closing + comma, (*path, BRACKETS))

    def _rows(self, lead: str, value: Any, path: Path, column: int, layout: str, end: str) -> None:
        size = 2 if layout == "pairs" else 1
        *rows, last = [entries(value)[start : start + size] for start in range(0, len(value), size)]
        for row in rows:
            about = (*path, row[0][0] if len(row) == 1 else BRACKETS)
            self._line(f"{lead}{inside(row)},", about)
            lead = " " * column
        self._line(f"{lead}{inside(last)}{end}", (*path, BRACKETS))


def entries(value: Any) -> list[tuple[str | int, Any]]:
    return list(value.items() if isinstance(value, dict) else enumerate(value))


def label(key: str | int) -> str:
    return f"{key}: " if isinstance(key, str) else ""


def inside(row: Sequence[tuple[str | int, Any]]) -> str:
    return ", ".join(label(key) + inline(inner) for key, inner in row)


def inline(value: Any) -> str:
    if isinstance(value, int):
        return str(value)
    return f"{{{inside(entries(value))}}}" if isinstance(value, dict) else f"[{inside(entries(value))}]"


def paths(value: Any, above: Path = ()) -> Iterator[Path]:
    """All paths in a value."""
    for key, inner in entries(value) if isinstance(value, dict | list) else ():
        yield (*above, key)
        yield from paths(inner, (*above, key))


def at(value: Any, path: Path) -> Any:
    for step in path:
        value = value[step]
    return value


def numbered(value: Any, numbers: Iterator[int]) -> Any:
    """The value with a unique number for each scalar, and names for the keys."""
    if isinstance(value, list):
        return [numbered(inner, numbers) for inner in value]
    if isinstance(value, tuple):
        return {f"k{key}": numbered(inner, numbers) for key, inner in enumerate(value)}
    return next(numbers)


def collections(inner: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    """Mappings, as tuples, and lists; no kind has lists of lists."""
    items = st.lists(inner, min_size=1, max_size=4)
    return items.map(tuple) | items.filter(lambda each: not any(isinstance(item, list) for item in each))


shapes = st.lists(st.recursive(st.none(), collections, max_leaves=9), min_size=1, max_size=3).map(tuple)
news = st.sampled_from([999, [998, 999], {"new": 999}])


@st.composite
def commented(draw: st.DrawFn) -> tuple[dict[str, Any], Commented]:
    root = {"keep": 0, **numbered(draw(shapes), count(1))}
    return root, Commented(root, lambda: draw(st.sampled_from(LAYOUTS)))


def revise(before: Commented, wanted: Any, line_break: str = "\n") -> list[int]:
    """The comments after a change to the wanted value."""
    after = revised(
        before.text.replace("\n", line_break), before.text.count("\n", 0, before.text.index("keep")) + 1, wanted
    )
    reading = YamlText(after, "")
    assert same([root.value for root in reading.documents()], [wanted])
    assert after.count("\n") == after.count(line_break)
    assert "\r\r" not in after
    assert reading.problems == []
    return [int(number) for number in re.findall(r"# c(\d+)", after)]


def without(value: Any, path: Path) -> Any:
    *above, last = path
    around = at(value, tuple(above))
    left = [inner for inner in entries(around) if inner[0] != last]
    return replaced(value, above, dict(left) if isinstance(around, dict) else [inner for _, inner in left])


@given(commented(), st.data())
def test_removing_a_value_removes_only_its_comments(case: tuple[dict[str, Any], Commented], data: st.DataObject):
    root, before = case
    path = data.draw(st.sampled_from([path for path in paths(root) if path != ("keep",)]))
    assume(not isinstance(path[-2:][0], int) or len(at(root, path[:-1])) > 1)  # of an item nothing would be left

    left = revise(before, without(root, path), data.draw(st.sampled_from(["\n", "\r\n"])))

    assert left == [number for number, about in enumerate(before.about) if about[: len(path)] != path]


@given(commented(), news, st.data())
def test_replacing_a_value_keeps_the_comments_around_it(
    case: tuple[dict[str, Any], Commented], new: Any, data: st.DataObject
):
    root, before = case
    path = data.draw(st.sampled_from(list(paths(root))))
    inside = len(path) + isinstance(path[-1], str)

    left = revise(before, replaced(root, path, new), data.draw(st.sampled_from(["\n", "\r\n"])))

    assert left == sorted(left)
    assert {n for n, about in enumerate(before.about) if about[: len(path)] != path or len(about) < inside} <= set(left)


@given(commented(), news, st.data())
def test_adding_a_value_keeps_all_comments(case: tuple[dict[str, Any], Commented], new: Any, data: st.DataObject):
    root, before = case
    around = data.draw(st.sampled_from([(), *(path for path in paths(root) if not isinstance(at(root, path), int))]))
    old = at(root, around)
    place = data.draw(st.integers(0, len(old)))
    grown = [*entries(old)[:place], ("new", new), *entries(old)[place:]]
    wanted = replaced(root, around, dict(grown) if isinstance(old, dict) else [inner for _, inner in grown])

    assert revise(before, wanted, data.draw(st.sampled_from(["\n", "\r\n"]))) == list(range(len(before.about)))
