"""Edits of YAML text: a document is made to mean something else, and what means it already stays as it stands.

Text goes in and text comes out. Only what differs is spliced, at the places that the parser names, so that comments,
order, quotes and blank lines of everything else stay. What was written is read again: an edit that would not mean
what was asked is refused, never returned.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

import yaml
from yaml.nodes import MappingNode, Node, ScalarNode, SequenceNode

from reconciler.definitions.yaml_text import Root, YamlText
from reconciler.definitions.yaml_write import after_key, entry, inline, item
from reconciler.errors import ReconcilerError
from reconciler.kinds.fields import as_json_text

KEYS: Final = ("name", "group", "kid")
"""The members that name an item of a list of structures."""


class CannotEdit(ReconcilerError):
    """Raised when a text cannot be made to mean what was asked by changing it in place."""


def revised(text: str, line: int, wanted: Mapping[str, Any]) -> str:
    """The text, in which the document that begins in this line (from 1) means `wanted`. Raises `CannotEdit`."""
    documents = _documents(text)
    place = _place(documents, line)
    root, node = documents[place]
    if same(root.value, wanted):
        return text
    newline = "\r\n" if "\r\n" in text else "\n"
    added = "" if text.endswith("\n") else newline
    result = _Splicing(text + added, newline).applied(node, root.value, wanted).removesuffix(added)
    _check(result, [wanted if index == place else one.value for index, (one, _) in enumerate(documents)])
    return result


def without_document(text: str, line: int) -> str:
    """The text without the document that begins in this line and the comments above it. Raises `CannotEdit`."""
    documents = _documents(text)
    place = _place(documents, line)
    lines = text.splitlines(keepends=True)
    begins = [_beginning(lines, node.start_mark.line) for _, node in documents]
    end = begins[place + 1] if place + 1 < len(begins) else len(lines)
    while end > 0 and not (lines[end - 1].strip() and not lines[end - 1].startswith("#")):
        end -= 1
    begin = begins[place]
    result = "".join(lines[:begin] + lines[end:])
    _check(result, [root.value for index, (root, _) in enumerate(documents) if index != place])
    return result


def same(one: Any, other: Any) -> bool:
    """Whether two values are the same in YAML: the order of keys means nothing, and `1` is not `true`."""
    return as_json_text(one) == as_json_text(other)


def _documents(text: str) -> list[tuple[Root, Node]]:
    """The documents with anything in them, as values and as nodes."""
    reading = YamlText(text, "")
    roots = list(reading.documents())
    if reading.problems or not reading.complete:
        raise CannotEdit(f"this is not sound YAML: {reading.problems[0].message}")
    if any(getattr(event, "anchor", None) for event in yaml.parse(text, Loader=yaml.CSafeLoader)):
        raise CannotEdit("anchors and aliases cannot be edited", hint="write the values out, or edit the file by hand")
    nodes = list(yaml.compose_all(text, Loader=yaml.CSafeLoader))
    at = {(node.start_mark.line + 1, node.start_mark.column + 1): node for node in nodes}
    return [(root, at[root.mark[1:]]) for root in roots]


def _place(documents: Sequence[tuple[Root, Node]], line: int) -> int:
    for index, (root, _) in enumerate(documents):
        if root.mark[1] == line:
            return index
    raise CannotEdit(f"no document begins in line {line}")


def _beginning(lines: Sequence[str], line: int) -> int:
    """The line with which a document begins: that of its `---`, if it has one."""
    for above in range(line, -1, -1):
        if lines[above].startswith("---"):
            return above
        if above < line and lines[above].strip() and not lines[above].startswith("#"):
            break
    return line


def _check(text: str, wanted: Sequence[Any]) -> None:
    reading = YamlText(text, "")
    values = [root.value for root in reading.documents()]
    if reading.problems or not same(values, wanted):
        raise CannotEdit("this cannot be changed where it stands", hint="edit the file by hand")


@dataclass(frozen=True, slots=True)
class _Edit:
    start: int
    end: int
    text: str


@dataclass(frozen=True, slots=True)
class _Chunk:
    """The lines of one item: comments right above it, and the item itself."""

    start: int
    end: int


class _Splicing:
    """The edits of one text, which ends with a line break."""

    def __init__(self, text: str, newline: str) -> None:
        self._text = text
        self._newline = newline

    def applied(self, node: Node, value: Any, wanted: Any) -> str:
        return self._apply(self._node(node, value, wanted, flow=False), 0, len(self._text))

    def _apply(self, edits: Iterator[_Edit], start: int, end: int) -> str:
        parts: list[str] = []
        for edit in sorted(edits, key=lambda each: (each.start, each.end)):
            parts += [self._text[start : edit.start], edit.text.replace("\n", self._newline)]
            start = edit.end
        return "".join([*parts, self._text[start:end]])

    def _node(self, node: Node, value: Any, wanted: Any, *, flow: bool) -> Iterator[_Edit]:
        """What makes a node mean something else, where that can be done without touching what is before it."""
        if same(value, wanted):
            return
        flow = flow or (isinstance(node, MappingNode | SequenceNode) and bool(node.flow_style))
        if isinstance(node, MappingNode) and isinstance(wanted, dict) and wanted:
            yield from (self._flow_mapping if flow else self._mapping)(node, value, wanted)
        elif isinstance(node, SequenceNode) and isinstance(wanted, list) and wanted:
            yield from (self._flow_sequence if flow else self._sequence)(node, value, wanted)
        else:
            style = node.style if isinstance(node, ScalarNode) else None
            yield _Edit(node.start_mark.index, self._end(node), inline(wanted, style, flow=flow))

    # Block style

    def _mapping(self, node: MappingNode, value: Mapping[str, Any], wanted: Mapping[str, Any]) -> Iterator[_Edit]:
        column = node.start_mark.column
        keys = [key.value for key, _ in node.value]
        if not any(key in wanted for key in keys):
            raise CannotEdit("nothing of a mapping would be left where it stands", hint="edit the file by hand")
        first = next(key for key, _ in node.value if key.value in wanted)
        beside_dash = not self._stands_alone_at(node.start_mark.index)
        if beside_dash:
            yield _Edit(node.start_mark.index, first.start_mark.index, "")
        for key, inner in node.value:
            if key.value in wanted:
                yield from self._value(key, inner, value[key.value], wanted[key.value], column)
            elif not beside_dash or key.start_mark.index > first.start_mark.index:
                chunk = self._chunk(key.start_mark.index, self._end(inner))
                yield _Edit(chunk.start, chunk.end, "")
        after: int | None = None
        for name, wish in wanted.items():
            if name in keys:
                after = keys.index(name)
            elif after is None:
                start = first.start_mark.index
                yield _Edit(start, start, entry(name, wish, column) + "\n" + " " * column)
            else:
                end = self._line_end(self._end(node.value[after][1]))
                yield _Edit(end, end, " " * column + entry(name, wish, column) + "\n")

    def _value(self, key: Node, node: Node, value: Any, wanted: Any, column: int) -> Iterator[_Edit]:
        """The value of a key in a block mapping."""
        if same(value, wanted):
            return
        colon = self._text.index(":", key.end_mark.index) + 1
        if isinstance(node, SequenceNode) and not node.flow_style and wanted == []:
            yield _Edit(colon, colon, " []")
            for dash, end in self._items(node):
                chunk = self._chunk(dash, end)
                yield _Edit(chunk.start, chunk.end, "")
        elif isinstance(node, ScalarNode) and not (node.value or node.style):
            yield _Edit(colon, colon, after_key(wanted, column))
        elif isinstance(node, ScalarNode):
            on_line = node.style not in ("|", ">") and not (isinstance(wanted, dict | list) and wanted)
            shown = inline(wanted, node.style) if on_line else after_key(wanted, column)
            yield _Edit(node.start_mark.index if on_line else colon, self._end(node), shown)
        elif value and wanted and _alike(value, wanted):
            yield from self._node(node, value, wanted, flow=False)
        else:
            yield _Edit(colon, self._end(node), after_key(wanted, column))

    def _sequence(self, node: SequenceNode, value: Sequence[Any], wanted: Sequence[Any]) -> Iterator[_Edit]:
        column = node.start_mark.column
        items = list(self._items(node))
        if not all(self._stands_alone_at(dash) for dash, _ in items):
            raise CannotEdit("a list inside a list cannot be edited", hint="edit the file by hand")
        chunks = [self._chunk(dash, end) for dash, end in items]
        matched = _matched(value, wanted)
        kept = sorted(old for old in matched if old is not None)
        order = [old for old in matched if old is not None]
        for slot, was in zip(kept, order, strict=True):
            chunk = chunks[was]
            edits = self._item(node.value[was], value[was], wanted[matched.index(was)], column)
            if slot == was:
                yield from edits
            else:
                yield _Edit(chunks[slot].start, chunks[slot].end, self._apply(edits, chunk.start, chunk.end))
        for place, chunk in enumerate(chunks):
            if place not in matched:
                yield _Edit(chunk.start, chunk.end, "")
        slots = iter(kept)
        at = chunks[kept[0]].start if kept else chunks[0].start
        for old, wish in zip(matched, wanted, strict=True):
            if old is None:
                yield _Edit(at, at, " " * column + item(wish, column) + "\n")
            else:
                at = chunks[next(slots)].end

    def _item(self, node: Node, value: Any, wanted: Any, column: int) -> Iterator[_Edit]:
        if isinstance(node, MappingNode) and not _alike(value, wanted):
            yield _Edit(node.start_mark.index, self._end(node), item(wanted, column)[2:])
        else:
            yield from self._node(node, value, wanted, flow=False)

    def _items(self, node: SequenceNode) -> Iterator[tuple[int, int]]:
        """Where the dash of each item stands, and where the item ends."""
        after = node.start_mark.index
        for inner in node.value:
            dash = after if after == node.start_mark.index else self._dash(after, node.start_mark.column)
            after = max(self._end(inner), dash + 1)
            yield dash, after

    def _dash(self, after: int, column: int) -> int:
        line = self._line_end(after)
        while self._text[line : line + column].strip() or self._text[line + column] != "-":
            line = self._line_end(line)
        return line + column

    def _stands_alone_at(self, index: int) -> bool:
        return not self._text[self._line_start(index) : index].strip()

    def _chunk(self, start: int, end: int) -> _Chunk:
        """The lines of an item that stands alone on its lines, with the comments right above it."""
        column = start - self._line_start(start)
        begin = self._line_start(start)
        while begin > 0:
            above = self._line_start(begin - 1)
            line = self._text[above:begin]
            if not line.startswith(" " * column + "#"):
                break
            begin = above
        return _Chunk(begin, self._line_end(end))

    def _line_start(self, index: int) -> int:
        return self._text.rfind("\n", 0, index) + 1

    def _line_end(self, index: int) -> int:
        """The beginning of the line after the one with what ends at this index."""
        return self._text.index("\n", index) + 1

    def _end(self, node: Node) -> int:
        """Where the last thing that a node says ends; the marks of collections are behind the comments after it."""
        if isinstance(node, MappingNode | SequenceNode) and not node.flow_style and node.value:
            last = node.value[-1]
            if isinstance(last, tuple):
                key, inner = last
                return max(self._end(inner), self._text.index(":", key.end_mark.index) + 1)
            return self._end(last)
        start, end = node.start_mark.index, node.end_mark.index
        return start + len(self._text[start:end].rstrip())

    # Flow style

    def _flow_mapping(self, node: MappingNode, value: Mapping[str, Any], wanted: Mapping[str, Any]) -> Iterator[_Edit]:
        nodes = {key.value: inner for key, inner in node.value}
        added = [inline({name: wish})[1:-1] for name, wish in wanted.items() if name not in nodes]
        if not nodes.keys() <= wanted.keys():
            kept = [self._flow_entry(key, inner, value, wanted) for key, inner in node.value if key.value in wanted]
            yield _Edit(node.start_mark.index, node.end_mark.index, "{" + ", ".join(kept + added) + "}")
            return
        for name, inner in nodes.items():
            yield from self._node(inner, value[name], wanted[name], flow=True)
        end = self._end(node.value[-1][1]) if node.value else node.start_mark.index + 1
        yield _Edit(end, end, ("" if not node.value else ", " * bool(added)) + ", ".join(added))

    def _flow_entry(self, key: Node, node: Node, value: Mapping[str, Any], wanted: Mapping[str, Any]) -> str:
        edits = self._node(node, value[key.value], wanted[key.value], flow=True)
        shown = self._apply(edits, node.start_mark.index, node.end_mark.index)
        return f"{self._text[key.start_mark.index : key.end_mark.index]}: {shown}".rstrip()

    def _flow_sequence(self, node: SequenceNode, value: Sequence[Any], wanted: Sequence[Any]) -> Iterator[_Edit]:
        matched = _matched(value, wanted)
        shown: list[str] = []
        for old, wish in zip(matched, wanted, strict=True):
            if old is None:
                shown.append(inline(wish, flow=True))
            else:
                inner = node.value[old]
                edits = self._node(inner, value[old], wish, flow=True)
                shown.append(self._apply(edits, inner.start_mark.index, inner.end_mark.index))
        yield from self._flow_items(node, matched, shown)

    def _flow_items(self, node: SequenceNode, matched: Sequence[int | None], shown: Sequence[str]) -> Iterator[_Edit]:
        """Items that were there keep what stands between them, if only some were added at the end or changed."""
        before = len(node.value)
        if before and list(matched[:before]) == list(range(before)):
            for inner, text in zip(node.value, shown, strict=False):
                yield _Edit(inner.start_mark.index, inner.end_mark.index, text)
            end = node.value[-1].end_mark.index
            yield _Edit(end, end, "".join(f", {text}" for text in shown[before:]))
        else:
            yield _Edit(node.start_mark.index, node.end_mark.index, "[" + ", ".join(shown) + "]")


def _alike(value: Any, wanted: Any) -> bool:
    """Whether one collection can become the other by changing some of what is in it."""
    if isinstance(value, dict) and isinstance(wanted, dict):
        return bool(value.keys() & wanted.keys())
    return isinstance(value, list) and isinstance(wanted, list)


def _matched(value: Sequence[Any], wanted: Sequence[Any]) -> list[int | None]:
    """For each wanted item the item that it was, if there was one: an equal one first, or one of the same name."""
    matched: list[int | None] = [None] * len(wanted)
    for alike in (same, _same_name):
        for position, wish in enumerate(wanted):
            if matched[position] is None:
                free = (old for old, one in enumerate(value) if old not in matched and alike(one, wish))
                matched[position] = next(free, None)
    return matched


def _same_name(one: Any, other: Any) -> bool:
    if not (isinstance(one, dict) and isinstance(other, dict)):
        return False
    key = next((key for key in KEYS if key in one and key in other), None)
    return key is not None and all(one.get(each) == other.get(each) for each in (key, "kind"))
