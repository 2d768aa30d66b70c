"""The last edge before the world: no known secret, in any spelling, gets past it.

It works twice on every report. On its values first, because a renderer may cut a value in the middle of a secret; and
on the finished text, because a renderer may bring together what was apart.
"""

from __future__ import annotations

import html
import json
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import fields, is_dataclass, replace
from enum import Enum
from typing import Any, TypeVar, cast
from urllib.parse import quote, quote_plus

from reconciler.drift.findings import Difference, Finding
from reconciler.kinds import kinds
from reconciler.kinds.kind import Part
from reconciler.kinds.mapping import schema

REDACTED = "[redacted]"
SHORTEST = 6
"""Characters of the shortest secret that is searched for: a shorter one would be found in the words of the report."""

T = TypeVar("T")


class Redactor:
    """Takes known secrets out of texts, and out of values made of texts."""

    def __init__(self, secrets: Iterable[str] = ()) -> None:
        forms = {form for secret in secrets for part in _parts(secret) for form in _forms(part)}
        longest_first = sorted(forms, key=lambda form: (-len(form), form))
        self._pattern = re.compile("|".join(map(re.escape, longest_first))) if longest_first else None

    def redact(self, value: T) -> T:
        """The same text, list, mapping or dataclass, without secrets, and without what no file can hold.

        In a `Finding`, secrets are also all values under a field that its kind marks as secret, known or not.
        """
        return cast(T, self._redact(value))

    def finds(self, value: Any) -> bool:
        """Whether a secret stands in any text of a value."""
        match value:
            case str():
                return bool(self._pattern and self._pattern.search(value))
            case Mapping():
                return any(self.finds(each) for pair in value.items() for each in pair)
            case list() | tuple():
                return any(map(self.finds, value))
            case _:
                return False

    def _redact(self, value: Any) -> Any:
        match value:
            case Enum():
                return value
            case str():
                text = value if value.isascii() else _writable(value)
                return self._pattern.sub(REDACTED, text) if self._pattern else text
            case Finding():
                return self._fields(without_secret_fields(value))
            case Mapping():
                return {self._redact(key): self._redact(item) for key, item in value.items()}
            case list() | tuple():
                return type(value)(map(self._redact, value))
            case _ if is_dataclass(value) and not isinstance(value, type):
                return self._fields(value)
            case _:
                return value

    def _fields(self, value: Any) -> Any:
        return replace(value, **{field.name: self._redact(getattr(value, field.name)) for field in fields(value)})


def _writable(text: str) -> str:
    """The text without halves of UTF-16 pairs, which JSON can express and UTF-8 can't."""
    return text.encode("utf-8", "replace").decode("utf-8")


def without_secret_fields(finding: Finding) -> Finding:
    """The finding without the values of fields that its kind marks as secret."""
    kind = next((kind for kind in kinds() if kind.kind == finding.kind), None)
    names = frozenset(_secret_names(kind)) if kind else frozenset()
    if not names:
        return finding
    hidden = finding.field in names

    def masked(value: Any) -> Any:
        return _masked(value, names, hidden)

    return replace(
        finding,
        expected=masked(finding.expected),
        applied=masked(finding.applied),
        actual=masked(finding.actual),
        differences=tuple(_masked_difference(difference, names, hidden) for difference in finding.differences),
    )


def _masked_difference(difference: Difference, names: frozenset[str], hidden: bool) -> Difference:
    hidden = hidden or not names.isdisjoint(re.split(r"[.\[\]]", difference.path))
    return Difference(
        difference.path, _masked(difference.expected, names, hidden), _masked(difference.actual, names, hidden)
    )


def _masked(value: Any, names: frozenset[str], hidden: bool) -> Any:
    if value is None:
        return None
    if hidden:
        return REDACTED
    if isinstance(value, Mapping):
        return {key: _masked(item, names, key in names) for key, item in value.items()}
    if isinstance(value, list):
        return [_masked(item, names, False) for item in value]
    return value


def _secret_names(model: type[Part]) -> Iterator[str]:
    for field in schema(model):
        if field.secret:
            yield field.name
        if field.part:
            yield from _secret_names(field.part)


def _parts(secret: str) -> Iterator[str]:
    """The secret, and the lines of one that has several: a private key may be shown line by line."""
    lines = (line for line in secret.splitlines() if not line.startswith("-----"))
    yield from (part for part in {secret, secret.strip(), *map(str.strip, lines)} if len(part.strip()) >= SHORTEST)


def _forms(secret: str) -> Iterator[str]:
    """The spellings in which a secret can stand in a report, an error or a URL."""
    yield secret
    for ascii_only in (True, False):
        yield json.dumps(secret, ensure_ascii=ascii_only)[1:-1]
    for encoded in (quote(secret, safe=""), quote(secret), quote_plus(secret)):
        yield encoded
        yield re.sub("%[0-9A-F]{2}", lambda match: match[0].lower(), encoded)
    yield html.escape(secret)
    yield html.escape(secret).replace("&quot;", "&#34;").replace("&#x27;", "&#39;")
