"""YAML text as values with locations: libyaml's events, interpreted by the core schema of YAML 1.2.

YAML 1.1 reads `NO`, `on` and `yes` as booleans, which breaks country codes. Here only `true`, `false` and `null` (or
`~`, or nothing) are special words, and numbers are those of JSON. Keys are text and unique, and tags are refused, so
that every document can be written as JSON.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Final, NoReturn

import yaml
from yaml._yaml import CParser
from yaml.events import (
    AliasEvent,
    DocumentEndEvent,
    DocumentStartEvent,
    Event,
    MappingEndEvent,
    MappingStartEvent,
    ScalarEvent,
    SequenceEndEvent,
    SequenceStartEvent,
)

from reconciler.definitions.errors import Problem
from reconciler.definitions.model import Source
from reconciler.definitions.positions import Mark, YamlMapping, YamlSequence

MAX_DEPTH: Final = 100
"""The deepest nesting of mappings and lists."""
MAX_EXPANDED: Final = 10_000
"""The most values of a document with its aliases expanded."""

_WORDS: Final = {
    **dict.fromkeys(("", "~", "null", "Null", "NULL")),
    **dict.fromkeys(("true", "True", "TRUE"), True),
    **dict.fromkeys(("false", "False", "FALSE"), False),
}
_INTEGER: Final = re.compile(r"[-+]?[0-9]+|0o[0-7]+|0x[0-9a-fA-F]+")
_FLOAT: Final = re.compile(r"[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?")
_BEGINS_NUMBER: Final = frozenset("+-.0123456789")
_LONGEST_NUMBER: Final = 18
_CONFLICT: Final = re.compile(r"^(<{7}|={7}|>{7}|\|{7})(?:[ \t].*)?\r?$", re.MULTILINE)
_UNPRINTABLE: Final = re.compile("[^\t\n\r\x20-\x7e\x85\xa0-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")

_HINTS: Final = {
    "mapping values are not allowed in this context": "text with a colon and a space in it needs quotes around it, "
    "and the keys of one mapping begin in the same column",
    "could not find expected ':'": "a key is followed by a colon and a space",
    "did not find expected key": "the keys of one mapping begin in the same column; look for a missing quote above",
    "did not find expected '-' indicator": "the dashes of one list stand in the same column",
    "did not find expected ',' or ']'": "a list in brackets ends with ]; "
    "text in it that has brackets or braces, such as ${variable}, needs quotes",
    "did not find expected ',' or '}'": "a mapping in braces ends with }; "
    "text in it that has brackets or braces, such as ${variable}, needs quotes",
    "found unexpected end of stream": "a quote is not closed",
}


@dataclass(frozen=True, slots=True)
class Root:
    """One YAML document of a file."""

    value: Any
    mark: Mark


class _Stop(Exception):
    """Raised when the rest of the text cannot be read."""


class YamlText:
    """The text of one file. `documents` reads it; afterwards, `problems` has its errors."""

    def __init__(self, text: str, file: str) -> None:
        self.problems: list[Problem] = []
        self.complete = True
        """Whether the text was read to its end."""
        self._text = text
        self._file = file

    def documents(self) -> Iterator[Root]:
        """The documents that are not empty, up to the end of the text or the first syntax error."""
        try:
            self._refuse_conflicts()
            self._refuse_unprintable()
            composer = _Composer(self)
            for event in self._events():
                document = composer.take(event)
                if document and document.value is not None:
                    yield document
        except _Stop:
            self.complete = False

    def mark(self, event: Event) -> Mark:
        """Where an event begins."""
        start: Any = event.start_mark
        return self._file, start.line + 1, start.column + 1

    def report(self, mark: Mark, message: str, hint: str = "") -> None:
        """Add a problem and continue."""
        self.problems.append(Problem(Source(*mark), message, hint))

    def stop(self, mark: Mark, message: str, hint: str = "") -> NoReturn:
        """Add a problem and stop: the rest cannot be read."""
        self.report(mark, message, hint)
        raise _Stop

    def _events(self) -> Iterator[Event]:
        try:
            parser = CParser(self._text)
            while (event := parser.get_event()) is not None:
                yield event
        except yaml.MarkedYAMLError as error:
            self._not_yaml(error)

    def _not_yaml(self, error: yaml.MarkedYAMLError) -> NoReturn:
        mark = error.problem_mark or error.context_mark
        line, column = (mark.line, mark.column) if mark else (0, 0)
        lines = self._text.splitlines()
        here = lines[line][column : column + 1] if line < len(lines) else ""
        problem = error.problem or str(error)
        context = f" {error.context}" if error.context else ""
        at = self._file, line + 1, column + 1
        if here == "\t" or "tab" in problem:
            self.stop(at, "tabs are not allowed here", "indent with spaces")
        if "cannot start any token" in problem:
            self.stop(at, f"text cannot begin with {here}", "put the text in quotes")
        self.stop(at, f"invalid YAML: {problem}{context}", _HINTS.get(problem, ""))

    def _refuse_conflicts(self) -> None:
        """Stop at a conflict marker at the beginning of a line. Block text is indented, so it cannot contain one."""
        if conflict := conflict_in(self._text, self._file):
            self.problems.append(conflict)
            raise _Stop

    def _refuse_unprintable(self) -> None:
        if found := unprintable_in(self._text):
            character, line, column = found
            self.stop(
                (self._file, line, column),
                f"the character {character} is not allowed in YAML",
                'remove it, or write it in double quotes as "\\u...."',
            )


def conflict_in(text: str, file: str) -> Problem | None:
    """The problem of the first conflict marker at the beginning of a line."""
    found = _CONFLICT.search(text)
    if found is None:
        return None
    return Problem(
        Source(file, text.count("\n", 0, found.start()) + 1, 1),
        f"unresolved merge conflict ({found[1]})",
        "resolve it, and remove the lines with <<<<<<<, ======= and >>>>>>>",
    )


def unprintable_in(text: str) -> tuple[str, int, int] | None:
    """The first character that must not be in a text, such as `U+0000`, with its line and column."""
    found = _UNPRINTABLE.search(text)
    if found is None:
        return None
    before = text[: found.start()]
    return f"U+{ord(found[0]):04X}", before.count("\n") + 1, found.start() - before.rfind("\n")


class _Composer:
    """Builds values from the events of one text, without recursion, so that no text can exhaust the stack."""

    def __init__(self, text: YamlText) -> None:
        self._text = text
        self._open: list[_OpenMapping | _OpenSequence] = []
        self._anchors: dict[str, tuple[Any, int]] = {}
        self._count = 0
        self._root = Root(None, ("", 0, 0))

    def take(self, event: Event) -> Root | None:
        """Add an event; the document if this was the end of one."""
        match event:
            case ScalarEvent():
                self._count += 1
                mark = self._text.mark(event)
                self._place(self._scalar(event, mark), mark, event.anchor, 1)
            case MappingStartEvent() | SequenceStartEvent():
                self._begin(event)
            case MappingEndEvent() | SequenceEndEvent():
                ended = self._open.pop()
                self._place(ended.value, ended.mark, ended.anchor, self._count - ended.count)
            case AliasEvent():
                self._alias(event)
            case DocumentStartEvent():
                self._anchors = {}
                self._count = 0
            case DocumentEndEvent():
                return self._root
        return None

    def _place(self, value: Any, mark: Mark, anchor: str | None, size: int) -> None:
        if anchor is not None:
            self._anchors[anchor] = (value, size)
        if self._open:
            self._open[-1].add(value, mark)
        else:
            self._root = Root(value, mark)

    def _begin(self, event: MappingStartEvent | SequenceStartEvent) -> None:
        mark = self._text.mark(event)
        if len(self._open) == MAX_DEPTH:
            self._text.stop(mark, f"mappings and lists are nested more than {MAX_DEPTH} levels deep")
        if event.tag is not None:
            self._refuse_tag(mark, event.tag)
        opened = _OpenMapping if isinstance(event, MappingStartEvent) else _OpenSequence
        self._open.append(opened(self._text, mark, event.anchor, self._count))
        self._count += 1

    def _alias(self, event: AliasEvent) -> None:
        mark = self._text.mark(event)
        if event.anchor not in self._anchors:
            self._text.stop(mark, f"*{event.anchor}: no value before this one is marked &{event.anchor}")
        value, size = self._anchors[event.anchor]
        self._count += size
        if self._count > MAX_EXPANDED:
            self._text.stop(mark, f"with its aliases written out, the document has more than {MAX_EXPANDED} values")
        self._place(value, mark, None, size)

    def _scalar(self, event: ScalarEvent, mark: Mark) -> Any:
        text: str = event.value
        if event.tag is not None:
            self._refuse_tag(mark, event.tag)
        elif event.implicit[0]:
            if text[:1] in _BEGINS_NUMBER:
                return self._number(text, mark)
            return _WORDS.get(text, text)
        return text

    def _number(self, text: str, mark: Mark) -> int | float | str:
        if _INTEGER.fullmatch(text):
            if len(text) <= _LONGEST_NUMBER:
                return int(text, 0 if text[:2] in ("0x", "0o") else 10)
        elif not _FLOAT.fullmatch(text):
            return text
        elif len(text) <= _LONGEST_NUMBER and abs(number := float(text)) < 1e300:
            return number
        self._text.report(
            mark,
            f"the number {text[:40]} is too long or too large to be exact",
            "put it in quotes if it is text",
        )
        return text

    def _refuse_tag(self, mark: Mark, tag: str) -> None:
        shown = tag.replace("tag:yaml.org,2002:", "!!")
        self._text.report(
            mark, f"the tag {shown} is not allowed", "remove it; put text that looks like a number in quotes"
        )


class _OpenSequence:
    def __init__(self, text: YamlText, mark: Mark, anchor: str | None, count: int) -> None:
        self.value = YamlSequence()
        self.mark = mark
        self.anchor = anchor
        self.count = count

    def add(self, value: Any, mark: Mark) -> None:
        self.value.append(value)
        self.value.items_at.append(mark)


_NO_KEY: Final = object()
_SKIPPED: Final = object()


class _OpenMapping:
    def __init__(self, text: YamlText, mark: Mark, anchor: str | None, count: int) -> None:
        self.value = YamlMapping()
        self.mark = mark
        self.anchor = anchor
        self.count = count
        self._text = text
        self._key: Any = _NO_KEY

    def add(self, value: Any, mark: Mark) -> None:
        if self._key is _NO_KEY:
            self._key = self._checked(value, mark)
            return
        if self._key is not _SKIPPED:
            self.value[self._key] = value
            self.value.values_at[self._key] = mark
        self._key = _NO_KEY

    def _checked(self, key: Any, mark: Mark) -> Any:
        if not isinstance(key, str):
            what = "a mapping or a list" if isinstance(key, dict | list) else json.dumps(key)
            self._text.report(mark, f"a key must be text, not {what}", "put it in quotes")
        elif key == "<<":
            self._text.report(mark, "<< is not supported in YAML 1.2", "write the keys out, or alias a whole value")
        elif key in self.value:
            first = Source(*self.value.keys_at[key])
            self._text.report(mark, f"the key {key} is listed twice", f"the first one is at {first}")
        else:
            self.value.keys_at[key] = mark
            return key
        return _SKIPPED
