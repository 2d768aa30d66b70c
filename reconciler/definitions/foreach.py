"""Many similar objects: a document with `foreach` is a template, from which one document is made for each item.

The items are listed in the document, or are the rows of a CSV file. Templates are expanded before anything else, so a
document that was made is like any other. Its values are located in the template, and know their item.
"""

from __future__ import annotations

import json
import re
from collections.abc import Collection, Iterator, Mapping
from pathlib import Path
from typing import Any, Final, NamedTuple

from reconciler.definitions.csv_rows import read_table
from reconciler.definitions.errors import Problem, did_you_mean
from reconciler.definitions.explanations import shown
from reconciler.definitions.files import is_table, link_target
from reconciler.definitions.model import Source
from reconciler.definitions.positions import Mark, Place, YamlMapping, YamlSequence, located
from reconciler.definitions.variables import EACH, in_text
from reconciler.definitions.yaml_text import Root
from reconciler.printable import printable

FOREACH: Final = "foreach"
MAX_SIZE: Final = 50_000_000
"""The most characters that the documents of one template may have together."""
_SIZE_OF_VALUE: Final = 50
"""What each value counts besides its text."""
_CSV: Final = "csv"
_NAME: Final = "name"
_USE: Final = re.compile(r"\$\$\{|" + EACH)
_FORMS: Final = "list texts or mappings, or write {csv: FILE}"


class _Item(NamedTuple):
    value: str | Mapping[str, Any]
    """A text, or the values by name."""
    place: Place


def expanded(root: Root, directory: Path | None, problems: list[Problem]) -> list[Root] | None:
    """The documents that a YAML document stands for: itself, or one for each item of its `foreach`.

    None if `foreach` is invalid, with the reasons added to `problems`. CSV files must be below `directory`; without it,
    below the folder of the text.
    """
    template = root.value
    if not isinstance(template, YamlMapping) or FOREACH not in template:
        return [root]
    before = len(problems)
    rest = template.copy()
    items = _items(rest.pop(FOREACH), template.values_at[FOREACH], _uses(rest), directory, problems)
    if len(problems) == before and _size(rest, items) > MAX_SIZE:
        message = (
            f"the documents for {len(items)} items would have more than {MAX_SIZE // 1_000_000} million characters"
        )
        problems.append(
            Problem(Source(*template.keys_at[FOREACH]), message, "divide the items among several templates")
        )
    if len(problems) > before:
        return None
    made = [Root(_Filling(item, problems).document(rest), _of_item(root.mark, item.place)) for item in items]
    return made if len(problems) == before else None


def _items(
    value: Any, mark: Mark, uses: Mapping[str | None, Mark], directory: Path | None, problems: list[Problem]
) -> list[_Item]:
    match value:
        case YamlSequence():
            return list(_listed(value, uses, problems))
        case YamlMapping() if value.keys() == {_CSV}:
            return _rows(value[_CSV], value.values_at[_CSV], uses, directory, problems)
    problems.append(Problem(Source(*mark), f"{FOREACH} cannot be {shown(value)}", _FORMS))
    return []


def _listed(items: YamlSequence, uses: Mapping[str | None, Mark], problems: list[Problem]) -> Iterator[_Item]:
    of_texts = bool(items) and isinstance(items[0], str)
    for value, mark in zip(items, items.items_at, strict=True):
        if not isinstance(value, str if of_texts else YamlMapping):
            what = "text" if of_texts else "a mapping" if isinstance(items[0], YamlMapping) else "text or a mapping"
            problems.append(Problem(Source(*mark), f"an item of {FOREACH} must be {what}, not {shown(value)}"))
            continue
        item = _Item(value, mark[:3])
        names = None if isinstance(value, str) else value.keys()
        missing = list(_missing(uses, names))
        problems += (Problem(Source(*_of_item(at, item.place)), message, hint) for at, message, hint in missing)
        yield item


def _rows(
    name: Any, mark: Mark, uses: Mapping[str | None, Mark], directory: Path | None, problems: list[Problem]
) -> list[_Item]:
    path = _csv_path(name, mark, directory, problems)
    table = read_table(path, problems) if path else None
    if table is None:
        return []
    problems += (Problem(Source(*at), message, hint) for at, message, hint in _missing(uses, table.columns))
    return [_Item(*row) for row in table.rows]


def _csv_path(name: Any, mark: Mark, directory: Path | None, problems: list[Problem]) -> Path | None:
    """The file, as a path below `directory`. Other files than `*.csv` are refused: they could be secrets."""
    template = Path(mark[0])
    if not isinstance(name, str) or not is_table(name):
        message = f"{_CSV} cannot be {shown(name)}"
        problems.append(Problem(Source(*mark), message, "name a file whose name ends in .csv"))
        return None
    root, target = link_target(directory or template.parent), link_target(template.parent / name)
    if root is None or target is None or not target.is_relative_to(root) or name.startswith("/"):
        message = f"{printable(name)} is not a path to a file in the definitions"
        problems.append(Problem(Source(*mark), message, "begin the path at the folder of this file"))
        return None
    if not target.is_file():
        problems.append(Problem(Source(*mark), f"there is no file {printable(name)}", "begin the path at this folder"))
        return None
    return (directory or template.parent) / target.relative_to(root)


def _missing(uses: Mapping[str | None, Mark], names: Collection[str] | None) -> Iterator[tuple[Mark, str, str]]:
    """The placeholders without a value: place, message and hint. The items are texts if `names` is None."""
    for name, mark in uses.items():
        if names is None and name is not None:
            yield mark, f"the items of {FOREACH} are texts: ${{each.{name}}} has no value", "write ${each}"
        elif names is not None and name is None:
            yield mark, f"the items of {FOREACH} have names: ${{each}} has no value", _with_names(names)
        elif names is not None and name not in names:
            yield mark, f"${{each.{name}}} has no value", _with_names(names, str(name))


def _with_names(names: Collection[str], wanted: str = "") -> str:
    """A hint: the names that values have."""
    known = ", ".join(map(printable, names))
    if len(names) == 1 and re.search(r"[;\t]", known):
        return f"separate the columns by commas: the only column is {known}"
    if not names:
        return "name the values of the item"
    return (wanted and did_you_mean(wanted, names)) or f"known: {known}"


def _uses(value: Any, mark: Mark = ("", 1, 1)) -> dict[str | None, Mark]:
    """The names that a template uses, each with the first place; None stands for the whole item."""
    uses: dict[str | None, Mark] = {}
    for text, at in _texts(value, mark):
        for use in _USE.finditer(text):
            if use[0] != "$${":
                uses.setdefault(use["name"], at)
    return uses


def _texts(value: Any, mark: Mark) -> Iterator[tuple[str, Mark]]:
    match value:
        case str():
            yield value, mark
        case YamlMapping():
            for key, inner in value.items():
                yield from _texts(inner, value.values_at[key])
        case YamlSequence():
            for inner, at in zip(value, value.items_at, strict=True):
                yield from _texts(inner, at)


def _size(template: YamlMapping, items: Collection[_Item]) -> int:
    """The most characters that the documents can have."""
    texts = [text for text, _ in _texts(template, ("", 1, 1))]
    uses = sum(text.count("${each") for text in texts)
    fixed = sum(map(len, texts)) + _SIZE_OF_VALUE * _count(template)
    return sum(fixed + uses * _longest(item.value) for item in items)


def _count(value: Any) -> int:
    inner = value.values() if isinstance(value, dict) else value if isinstance(value, list) else ()
    return 1 + sum(map(_count, inner))


def _longest(value: str | Mapping[str, Any]) -> int:
    values = (value,) if isinstance(value, str) else value.values()
    return max((len(one if isinstance(one, str) else json.dumps(one)) for one in values), default=0)


def _of_item(mark: Mark, place: Place) -> Mark:
    return (*mark[:3], place)


class _Filling:
    """Makes the document for one item."""

    def __init__(self, item: _Item, problems: list[Problem]) -> None:
        self._item = item
        self._problems = problems

    def document(self, template: YamlMapping) -> YamlMapping:
        document = YamlMapping()
        self._require_values(template, _NAME)
        for key, value in template.items():
            document[key] = value if key == "kind" else self._filled(value, template.values_at[key])
            document.keys_at[key] = _of_item(template.keys_at[key], self._item.place)
            document.values_at[key] = _of_item(template.values_at[key], self._item.place)
        _leave_out_blanks(document, template, "previously")
        return document

    def _require_values(self, template: YamlMapping, key: str) -> None:
        """Report placeholders that are empty for this item: a blank row would otherwise become an object."""
        text = template.get(key)
        for use in _USE.finditer(text) if isinstance(text, str) else ():
            if use[0] != "$${" and self._value(use["name"]) == "":
                mark = _of_item(template.values_at[key], self._item.place)
                self._problems.append(Problem(Source(*mark), f"{use[0]} in the {key} is empty", "remove the item"))

    def _filled(self, value: Any, mark: Mark) -> Any:
        match value:
            case str():
                return self._text(value, mark) if "${" in value else value
            case YamlMapping():
                mapping, place = YamlMapping(), self._item.place
                for key, inner in value.items():
                    mapping[key] = self._filled(inner, value.values_at[key])
                    mapping.keys_at[key] = _of_item(value.keys_at[key], place)
                    mapping.values_at[key] = _of_item(value.values_at[key], place)
                return mapping
            case YamlSequence():
                sequence = YamlSequence()
                sequence.extend(self._filled(inner, at) for inner, at in zip(value, value.items_at, strict=True))
                sequence.items_at = [_of_item(at, self._item.place) for at in value.items_at]
                return sequence
        return value

    def _text(self, text: str, mark: Mark) -> Any:
        if (alone := _USE.fullmatch(text)) and text != "$${":
            return located(self._value(alone["name"]), _of_item(mark, self._item.place))
        return _USE.sub(lambda use: use[0] if use[0] == "$${" else self._inside(use, mark), text)

    def _inside(self, use: re.Match[str], mark: Mark) -> str:
        value = self._value(use["name"])
        if (text := in_text(value)) is None:
            message = f"{use[0]} is {shown(value)}: it cannot be part of a text"
            self._problems.append(Problem(Source(*_of_item(mark, self._item.place)), message, f"write {use[0]} alone"))
        return text or ""

    def _value(self, name: str | None) -> Any:
        value = self._item.value
        return value if isinstance(value, str) or name is None else value[name]


def _leave_out_blanks(document: YamlMapping, template: YamlMapping, key: str) -> None:
    """Leave out the values of a key that are empty for this item: most rows have no earlier name."""
    value, written = document.get(key), template.get(key)
    if value == "" and written:
        del document[key]
    elif isinstance(value, YamlSequence) and "" in value and isinstance(written, list) and "" not in written:
        kept = [(one, mark) for one, mark in zip(value, value.items_at, strict=True) if one != ""]
        document[key] = YamlSequence()
        document[key].extend(one for one, _ in kept)
        document[key].items_at = [mark for _, mark in kept]
        if not kept:
            del document[key]
