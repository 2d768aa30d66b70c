"""Edits of YAML text: gives a document new values and leaves the rest of the text unchanged.

Text goes in and text comes out. Only the differences are replaced, at the positions the parser reports. Comments,
order, quotes and blank lines of everything else stay. The result is parsed again: an edit that does not yield the
values asked for is refused.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

import yaml
from yaml.nodes import MappingNode, Node, ScalarNode, SequenceNode

from reconciler.definitions.yaml_flow import flow_of
from reconciler.definitions.yaml_text import Root, YamlText
from reconciler.definitions.yaml_write import after_key, entry, inline, item
from reconciler.errors import ReconcilerError
from reconciler.kinds.fields import ITEM_KEYS, as_json_text

_LINE_BREAK: Final = re.compile(r"\r?\n")
_COLON: Final = re.compile(r"\s*+:")
_BESIDE_KEY: Final = re.compile(r"[ \t]*+(?:[|>][-+0-9]*[ \t]*+)?((?:#.*+)?)\r?\n")
"""The text after the colon of a key whose value begins on the next line: optionally a comment."""


class CannotEdit(ReconcilerError):
    """Raised when a text cannot be edited in place to have the values asked for."""


def revised(text: str, line: int, wanted: Mapping[str, Any]) -> str:
    """The text, with the values `wanted` for the document that begins in this line (from 1). Raises `CannotEdit`."""
    documents = _documents(text)
    place = _place(documents, line)
    root, node = documents[place]
    if same(root.value, wanted):
        return text
    _refuse_anchors(text, node)
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
    """Whether two values are the same in YAML: the order of keys does not matter, and `1` is not `true`."""
    return as_json_text(one) == as_json_text(other)


def _documents(text: str) -> list[tuple[Root, Node]]:
    """The documents that are not empty, as values and as nodes."""
    reading = YamlText(text, "")
    roots = list(reading.documents())
    if reading.problems or not reading.complete:
        raise CannotEdit(f"invalid YAML: {reading.problems[0].message}")
    nodes = list(yaml.compose_all(text, Loader=yaml.CSafeLoader))
    at = {(node.start_mark.line + 1, node.start_mark.column + 1): node for node in nodes}
    return [(root, at[root.mark[1:3]]) for root in roots]


def _refuse_anchors(text: str, node: Node) -> None:
    """Raise if this document has an anchor. Anchors of other documents do not matter."""
    for event in yaml.parse(text, Loader=yaml.CSafeLoader):
        start: Any = event.start_mark
        if getattr(event, "anchor", None) and node.start_mark.index <= start.index < node.end_mark.index:
            raise CannotEdit("anchors and aliases cannot be edited", hint="write the values out, or edit it by hand")


def _place(documents: Sequence[tuple[Root, Node]], line: int) -> int:
    for index, (root, _) in enumerate(documents):
        if root.mark[1] == line:
            return index
    raise CannotEdit(f"no document begins at line {line}")


def _beginning(lines: Sequence[str], line: int) -> int:
    """The first line of a document: its `---`, if it has one."""
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
        raise CannotEdit("this cannot be changed in place", hint="edit the file by hand")


@dataclass(frozen=True, slots=True)
class _Edit:
    start: int
    end: int
    text: str


@dataclass(frozen=True, slots=True)
class _Chunk:
    """The lines of one item, with the comments directly above it."""

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
            parts += [self._text[start : edit.start], _LINE_BREAK.sub(self._newline, edit.text)]
            start = edit.end
        return "".join([*parts, self._text[start:end]])

    def _node(self, node: Node, value: Any, wanted: Any, *, flow: bool) -> Iterator[_Edit]:
        """The edits that give a node a new value, if the text before it can stay."""
        if same(value, wanted):
            return
        flow = flow or (isinstance(node, MappingNode | SequenceNode) and bool(node.flow_style))
        if isinstance(node, MappingNode) and isinstance(wanted, dict) and (wanted or flow):
            yield from (self._flow_mapping if flow else self._mapping)(node, value, wanted)
        elif isinstance(node, SequenceNode) and isinstance(wanted, list) and (wanted or flow):
            yield from (self._flow_sequence if flow else self._sequence)(node, value, wanted)
        else:
            style = node.style if isinstance(node, ScalarNode) else None
            yield _Edit(node.start_mark.index, self._end(node), inline(wanted, style, flow=flow))

    # Block style

    def _mapping(self, node: MappingNode, value: Mapping[str, Any], wanted: Mapping[str, Any]) -> Iterator[_Edit]:
        kept = [key.start_mark.index for key, _ in node.value if key.value in wanted]
        if not kept:
            raise CannotEdit("no key of the mapping would remain", hint="edit the file by hand")
        beside_dash = not self._stands_alone_at(node.start_mark.index)
        if beside_dash:
            yield self._cut(node, kept[0])
        for key, inner in node.value:
            if key.value in wanted:
                yield from self._value(key, inner, value[key.value], wanted[key.value], node.start_mark.column)
            elif not beside_dash or key.start_mark.index > kept[0]:
                yield _Edit(self._above(key.start_mark.index), self._line_end(self._end(inner)), "")
        yield from self._additions(node, wanted, kept[0])

    def _cut(self, node: MappingNode, top: int) -> _Edit:
        """Removes the text between a dash and the first key that stays, which moves beside the dash."""
        if self._has_own_line(node, top):
            return _Edit(self._text.rindex("-", 0, node.start_mark.index) + 1, self._above(top), "\n")
        return _Edit(node.start_mark.index, top, "")

    def _additions(self, node: MappingNode, wanted: Mapping[str, Any], top: int) -> Iterator[_Edit]:
        column = node.start_mark.column
        ends = {key.value: self._line_end(self._end(inner)) for key, inner in node.value}
        # A comment above the first key of a document is about the document.
        at = self._above(top) if column else self._line_start(top)
        beside_dash = not self._has_own_line(node, top)
        for name, wish in wanted.items():
            if name in ends:
                at, beside_dash = ends[name], False
            elif beside_dash:
                yield _Edit(top, top, entry(name, wish, column) + "\n" + " " * column)
            else:
                yield _Edit(at, at, " " * column + entry(name, wish, column) + "\n")

    def _has_own_line(self, node: MappingNode, top: int) -> bool:
        """Whether the first key that stays keeps its own line instead of moving beside a dash."""
        start = node.start_mark.index
        return self._stands_alone_at(start) or start < self._above(top) < self._line_start(top)

    def _value(self, key: Node, node: Node, value: Any, wanted: Any, column: int) -> Iterator[_Edit]:
        """The value of a key in a block mapping."""
        if same(value, wanted):
            return
        block = isinstance(wanted, dict | list) and bool(wanted)
        bracketed = self._text[node.start_mark.index] in "[{"
        if isinstance(node, ScalarNode) and not (_is_empty(node) or node.style in ("|", ">") or block):
            yield _Edit(node.start_mark.index, self._end(node), inline(wanted, node.style))
        elif value and _alike(value, wanted) and (bracketed or _shares(value, wanted)):
            yield from self._node(node, value, wanted, flow=False)
        else:
            yield from self._instead(self._text.index(":", key.end_mark.index) + 1, node, wanted, column)

    def _instead(self, colon: int, node: Node, wanted: Any, column: int) -> Iterator[_Edit]:
        """Replaces the value after a colon, or below it; a comment on the line of the key stays there."""
        head, *lines = after_key(wanted, column).split("\n")
        below = "".join(f"{line}\n" for line in lines)
        end = max(colon, self._end(node))
        beside = _BESIDE_KEY.match(self._text, colon)
        if beside and beside.end() <= end:
            yield _Edit(colon, beside.start(1), head + " " * bool(beside[1]))
            yield _Edit(beside.end(), self._line_end(end), below)
        else:
            yield _Edit(colon, end, head)
            yield _Edit(self._line_end(end), self._line_end(end), below)

    def _sequence(self, node: SequenceNode, value: Sequence[Any], wanted: Sequence[Any]) -> Iterator[_Edit]:
        column = node.start_mark.column
        items = list(self._items(node))
        if not all(self._stands_alone_at(dash) for dash, _ in items):
            raise CannotEdit("a list inside a list cannot be edited", hint="edit the file by hand")
        chunks = [_Chunk(self._above(dash), self._line_end(end)) for dash, end in items]
        matched = _matched(value, wanted)
        kept = sorted(old for old in matched if old is not None)
        order = [old for old in matched if old is not None]
        for slot, was in zip(kept, order, strict=True):
            chunk = chunks[was]
            edits = self._node(node.value[was], value[was], wanted[matched.index(was)], flow=False)
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

    def _items(self, node: SequenceNode) -> Iterator[tuple[int, int]]:
        """The position of the dash of each item, and the end of the item."""
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

    def _above(self, index: int) -> int:
        """The beginning of the line at this index, or of the comments directly above it."""
        column = index - self._line_start(index)
        begin = self._line_start(index)
        while begin > 0:
            above = self._line_start(begin - 1)
            if not self._text.startswith(" " * column + "#", above):
                break
            begin = above
        return begin

    def _line_start(self, index: int) -> int:
        return self._text.rfind("\n", 0, index) + 1

    def _line_end(self, index: int) -> int:
        """The beginning of the line after the one at this index."""
        return self._text.index("\n", index) + 1

    def _end(self, node: Node) -> int:
        """The end of the last value of a node. The parser puts the end of a collection after trailing comments."""
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
        spans = [(key.start_mark.index, self._flow_end(key, inner)) for key, inner in node.value]
        keys = [key.value for key, _ in node.value]
        kept = [
            (number, self._flow_entry(key, inner, value[key.value], wanted[key.value]))
            for number, (key, inner) in enumerate(node.value)
            if key.value in wanted
        ]
        added = [(None, inline({name: wish})[1:-1]) for name, wish in wanted.items() if name not in keys]
        yield from self._flow(node, spans, [*kept, *added])

    def _flow_entry(self, key: Node, node: Node, value: Any, wanted: Any) -> str:
        start, end = key.start_mark.index, self._flow_end(key, node)
        if _is_empty(node) and not same(value, wanted):
            return f"{self._text[start : key.end_mark.index]}: {inline(wanted, flow=True)}"
        return self._apply(self._node(node, value, wanted, flow=True), start, end)

    def _flow_end(self, key: Node, node: Node) -> int:
        if not _is_empty(node):
            return self._end(node)
        colon = _COLON.match(self._text, key.end_mark.index)
        return colon.end() if colon else key.end_mark.index

    def _flow_sequence(self, node: SequenceNode, value: Sequence[Any], wanted: Sequence[Any]) -> Iterator[_Edit]:
        spans = [(inner.start_mark.index, self._end(inner)) for inner in node.value]
        entries: list[tuple[int | None, str]] = []
        for old, wish in zip(_matched(value, wanted), wanted, strict=True):
            if old is None:
                entries.append((None, inline(wish, flow=True)))
            else:
                edits = self._node(node.value[old], value[old], wish, flow=True)
                entries.append((old, self._apply(edits, *spans[old])))
        yield from self._flow(node, spans, entries)

    def _flow(
        self, node: Node, spans: Sequence[tuple[int, int]], entries: Sequence[tuple[int | None, str]]
    ) -> Iterator[_Edit]:
        start, end = node.start_mark.index, node.end_mark.index
        if [number for number, _ in entries] == list(range(len(spans))):
            yield from (_Edit(*span, text) for span, (_, text) in zip(spans, entries, strict=True))
        else:
            yield _Edit(start, end, flow_of(self._text, start, end, spans).holding(entries))


def _is_empty(node: Node) -> bool:
    """Whether the node has no text."""
    return node.start_mark.index == node.end_mark.index


def _alike(value: Any, wanted: Any) -> bool:
    """Whether both are mappings, or both are lists."""
    return any(isinstance(value, sort) and isinstance(wanted, sort) for sort in (dict, list))


def _shares(value: Any, wanted: Any) -> bool:
    """Whether a block collection can be edited into another one: a mapping must keep one of its keys."""
    return bool(value.keys() & wanted.keys() if isinstance(value, dict) else wanted)


def _matched(value: Sequence[Any], wanted: Sequence[Any]) -> list[int | None]:
    """For each wanted item, the index of the existing item it corresponds to, if any: an equal one, one with the same
    name, or the most similar one without a name."""
    matched: list[int | None] = [None] * len(wanted)
    for alike in (same, _same_name):
        for position, wish in enumerate(wanted):
            if matched[position] is None:
                free = (old for old, one in enumerate(value) if old not in matched and alike(one, wish))
                matched[position] = next(free, None)
    for position, wish in enumerate(wanted):
        if matched[position] is None and _is_nameless(wish):
            likeness = {old: _likeness(one, wish) for old, one in enumerate(value) if old not in matched}
            matched[position] = max((old for old in likeness if likeness[old]), key=likeness.__getitem__, default=None)
    return matched


def _same_name(one: Any, other: Any) -> bool:
    if not (isinstance(one, dict) and isinstance(other, dict)):
        return False
    key = next((key for key in ITEM_KEYS if key in one and key in other), None)
    return key is not None and all(one.get(each) == other.get(each) for each in (key, "kind"))


def _is_nameless(item: Any) -> bool:
    return isinstance(item, dict) and not any(key in item for key in ITEM_KEYS)


def _likeness(one: Any, other: Any) -> int:
    """The number of keys that two unnamed items share; keys with equal values count twice."""
    if not (_is_nameless(one) and _is_nameless(other)):
        return 0
    return sum(1 + same(one[key], other[key]) for key in one.keys() & other.keys())
