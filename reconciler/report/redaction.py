"""Removes secrets from reports: known secrets in any encoding, and all values of fields that a kind marks as secret.

Every report is redacted twice: its values first, because a renderer may cut a value in the middle of a secret, and then
the finished text, because a renderer may join the parts of one.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import fields, is_dataclass, replace
from enum import Enum
from typing import Any, TypeVar, cast

from reconciler.definitions.model import Address
from reconciler.drift.findings import Difference, Finding
from reconciler.kinds import kinds
from reconciler.kinds.mapping import schema
from reconciler.kinds.part import Part
from reconciler.known_secrets import REDACTED, KnownSecrets
from reconciler.plan import PlannedChange

T = TypeVar("T")


class Redactor:
    """Removes known secrets from texts and from values made of texts."""

    def __init__(self, secrets: KnownSecrets | Iterable[str] = ()) -> None:
        self._known = secrets if isinstance(secrets, KnownSecrets) else KnownSecrets(secrets)

    def redact(self, value: T) -> T:
        """The same text, list, mapping or dataclass without secrets and without lone surrogates.

        In a `Finding`, all values of fields that its kind marks as secret are redacted too.
        """
        return cast(T, self._redact(value))

    def finds(self, value: Any) -> bool:
        """Whether any text in the value contains a secret."""
        match value:
            case str():
                return self._known.holds(value)
            case Mapping():
                return any(self.finds(each) for pair in value.items() for each in pair)
            case list() | tuple():
                return any(map(self.finds, value))
            case _:
                return False

    def _redact(self, value: Any) -> Any:
        match value:
            case None | Enum() | bool() | int() | float():
                return value
            case str():
                return self._known.redact(value if value.isascii() else _writable(value))
            case Finding():
                return self._fields(without_secret_fields(value))
            case PlannedChange():
                return self._fields(value.shown)
            case Address():
                return Address(value.kind, self._redact(value.name))
            case Mapping():
                return {self._redact(key): self._redact(item) for key, item in value.items()}
            case list() | tuple() | set() | frozenset():
                return type(value)(map(self._redact, value))
            case _ if is_dataclass(value) and not isinstance(value, type):
                return self._fields(value)
            case _:
                return value

    def _fields(self, value: Any) -> Any:
        return replace(value, **{field.name: self._redact(getattr(value, field.name)) for field in fields(value)})


def _writable(text: str) -> str:
    """The text without lone surrogates, which JSON can express and UTF-8 cannot."""
    return text.encode("utf-8", "replace").decode("utf-8")


def without_secret_fields(finding: Finding) -> Finding:
    """The finding without the values of fields that its kind marks as secret."""
    kind = next((kind for kind in kinds() if kind.name == finding.kind), None)
    names = frozenset(_secret_names(kind.fields)) if kind else frozenset()
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
