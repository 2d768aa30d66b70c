"""What a change in a tenant means to an attacker: the words in which a kind declares its risks.

A `Rule` says what happened and how bad that is; a `Risk` says for which fields of a kind it holds, and when. Code above
the kinds evaluates them and names no kind.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import Enum, IntEnum, auto
from fnmatch import fnmatchcase
from typing import Any, Protocol


class Severity(IntEnum):
    """How bad it is; greater is worse."""

    INFO = 0
    LOW = 1
    MEDIUM = 2
    HIGH = 3
    CRITICAL = 4

    @property
    def less(self) -> Severity:
        """One step less severe."""
        return Severity(max(self - 1, 0))

    @property
    def word(self) -> str:
        """As reports write it: `critical`."""
        return self.name.lower()


@dataclass(frozen=True, slots=True)
class Rule:
    """What a change means, and how bad that is."""

    id: str
    """Stable: reports, ignore lists and alerts refer to it."""
    severity: Severity
    meaning: str
    """One line, for people who see the rule for the first time."""


class Occurrence(Enum):
    """What happened to an object."""

    CHANGED = auto()
    """One of its fields, or a member that no field stands for, has another value."""
    APPEARED = auto()
    """Nobody declared it."""
    GONE = auto()
    """It is declared and no longer in the tenant."""


@dataclass(frozen=True, slots=True)
class KnownObject:
    """An object, as a risk sees it."""

    name: str = ""
    """The name in definitions; for what nobody declared, what references to it are shown as."""
    spec: Mapping[str, Any] = dataclasses.field(default_factory=dict)
    """All fields: as declared; as in the tenant, if nobody declared the object. References are names."""
    item: Mapping[str, Any] = dataclasses.field(default_factory=dict)
    """The API's JSON, as `Kind.read_api` gives it; empty if it is not in the tenant."""
    declared: bool = False


class OtherObjects(Protocol):
    """The other objects: what a risk may ask for."""

    def named(self, kind: str, name: str) -> KnownObject | None:
        """The object of a kind with this name; None if there is none."""

    def restricts(self, kind: str, name: str) -> bool:
        """Whether a declared object needs this one to keep people out (see `Kind.restricts_by`)."""


@dataclass(frozen=True, slots=True)
class Change:
    """One thing that happened to an object, as a risk sees it."""

    object: KnownObject
    others: OtherObjects
    field: str = ""
    """The field, or the API path of what no field stands for; empty for the object as a whole."""
    expected: Any = None
    """The value that is declared, or that was there after the last `up`."""
    actual: Any = None
    """The value in the tenant."""

    @property
    def spec(self) -> Mapping[str, Any]:
        """All fields of the object."""
        return self.object.spec

    @property
    def added(self) -> list[Any]:
        """The members of a list that the tenant has and nobody declared."""
        return _without(self.actual, self.expected)

    @property
    def removed(self) -> list[Any]:
        """The members of a list that are declared and the tenant does not have."""
        return _without(self.expected, self.actual)


def _without(one: Any, other: Any) -> list[Any]:
    known = other if isinstance(other, list) else ()
    return [member for member in one if member not in known] if isinstance(one, list) else []


When = Callable[[Change], object]


def always(_: Change) -> bool:
    """For risks that need no condition."""
    return True


@dataclass(frozen=True, slots=True)
class Risk:
    """One way in which a rule holds for objects of a kind."""

    rule: Rule
    fields: tuple[str, ...] = ()
    """The fields that it is about; `groups[]` for an item of a whole list that nobody declared.

    Patterns (`*.conditions.people.*`) stand for API paths; case does not count.
    """
    when: When = always
    of: Occurrence = Occurrence.CHANGED

    def is_about(self, occurrence: Occurrence, field: str) -> bool:
        """Whether to ask `when` at all."""
        if occurrence is not self.of:
            return False
        if not self.fields or field in self.fields:
            return True
        path = field.lower()
        return any(fnmatchcase(path, pattern.lower()) for pattern in self.fields if "*" in pattern)


def changed(rule: Rule, *fields: str, when: When = always) -> Risk:
    """A rule that holds if one of these fields has another value."""
    return Risk(rule, fields, when)


def appeared(rule: Rule, when: When = always) -> Risk:
    """A rule that holds for an object that nobody declared."""
    return Risk(rule, when=when, of=Occurrence.APPEARED)


def gone(rule: Rule, when: When = always) -> Risk:
    """A rule that holds if an object is no longer in the tenant."""
    return Risk(rule, when=when, of=Occurrence.GONE)
