"""The risks of changes in a tenant, as kinds declare them.

A `Rule` has a meaning and a severity. A `Risk` connects a rule with fields of a kind and a condition. Drift detection
evaluates the risks of all kinds in the same way.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from enum import Enum, IntEnum, auto
from fnmatch import fnmatchcase
from typing import Any, Protocol


class Severity(IntEnum):
    """The severity of a finding; greater is worse."""

    INFO = 0
    LOW = 1
    MEDIUM = 2
    HIGH = 3
    CRITICAL = 4

    @property
    def less(self) -> Severity:
        """The next lower severity."""
        return Severity(max(self - 1, 0))

    @property
    def word(self) -> str:
        """The word in reports, such as `critical`."""
        return self.name.lower()


@dataclass(frozen=True, slots=True)
class Rule:
    """The meaning of a change, and its severity."""

    id: str
    """Never changes: reports, ignore lists and alerts refer to it."""
    severity: Severity
    meaning: str
    """One line that explains the rule in reports about drift."""
    planned: str = ""
    """One line that explains the rule in the report of a plan. Empty for a rule about unmanaged objects, which only
    applies to drift."""
    blocks: str = ""
    """The guard that refuses a plan to which the rule applies; empty if none does."""


class Occurrence(Enum):
    """What happened to an object."""

    CHANGED = auto()
    """A field, or a member that definitions do not cover, has a different value."""
    APPEARED = auto()
    """The object is in the tenant and not declared."""
    GONE = auto()
    """The object is declared and no longer in the tenant."""


@dataclass(frozen=True, slots=True)
class KnownObject:
    """An object, as the condition of a risk gets it."""

    name: str = ""
    """The name in definitions. For an object that is not declared: the name that reports show for references to it."""
    spec: Mapping[str, Any] = dataclasses.field(default_factory=dict)
    """All fields, as declared. If the object is not declared: as in the tenant. References are names."""
    item: Mapping[str, Any] = dataclasses.field(default_factory=dict)
    """The API's JSON, as `Kind.read_api` returns it; empty if the object is not in the tenant."""
    declared: bool = False


class OtherObjects(Protocol):
    """Other objects that the condition of a risk can look up."""

    def named(self, kind: str, name: str) -> KnownObject | None:
        """The object of this kind and name; None if there is none."""

    def restricts(self, kind: str, name: str) -> bool:
        """Whether a declared object needs this one to deny users (see `Kind.restricts_by`)."""


@dataclass(frozen=True, slots=True)
class Change:
    """One change of an object, as the condition of a risk gets it."""

    object: KnownObject
    others: OtherObjects
    field: str = ""
    """The field, or the API path of a member that definitions do not cover; empty for the whole object."""
    expected: Any = None
    """The declared value, or the value after the last `up`."""
    actual: Any = None
    """The value in the tenant."""

    @property
    def spec(self) -> Mapping[str, Any]:
        """All fields of the object."""
        return self.object.spec

    @property
    def added(self) -> list[Any]:
        """The members of a list that are in the tenant and not declared."""
        return _without(self.actual, self.expected)

    @property
    def removed(self) -> list[Any]:
        """The members of a list that are declared and not in the tenant."""
        return _without(self.expected, self.actual)


def _without(one: Any, other: Any) -> list[Any]:
    known = other if isinstance(other, list) else ()
    return [member for member in one if member not in known] if isinstance(one, list) else []


When = Callable[[Change], object]


def always(_: Change) -> bool:
    """The condition that always holds."""
    return True


@dataclass(frozen=True, slots=True)
class Risk:
    """A rule, with the fields and the condition for which it applies to objects of a kind."""

    rule: Rule
    fields: tuple[str, ...] = ()
    """The fields; `groups[]` is an item of a whole list that is not declared.

    Patterns such as `*.conditions.people.*` match API paths, ignoring case.
    """
    when: When = always
    of: Occurrence = Occurrence.CHANGED
    new: bool = False
    """Whether it also applies to an object that a plan creates: the object itself is a risk, even if it is
    declared. Its fields are then compared with their defaults."""
    replaced: bool = True
    """Whether it also applies to an object that a plan deletes and creates again. If not, its fields decide."""

    def is_about(self, occurrence: Occurrence, field: str) -> bool:
        """Whether the risk can apply to a change of this field, before `when` is evaluated."""
        if occurrence is not self.of:
            return False
        if not self.fields or field in self.fields:
            return True
        path = field.lower()
        return any(fnmatchcase(path, pattern.lower()) for pattern in self.fields if "*" in pattern)


def changed(rule: Rule, *fields: str, when: When = always, new: bool = False) -> Risk:
    """A rule that applies if one of these fields has a different value."""
    return Risk(rule, fields, when, new=new)


def appeared(rule: Rule, when: When = always, *, new: bool = False) -> Risk:
    """A rule that applies to an object that is not declared."""
    return Risk(rule, when=when, of=Occurrence.APPEARED, new=new)


def gone(rule: Rule, when: When = always, *, replaced: bool = True) -> Risk:
    """A rule that applies if an object is no longer in the tenant."""
    return Risk(rule, when=when, of=Occurrence.GONE, replaced=replaced)


class _NoOthers:
    """No other object is known."""

    def named(self, kind: str, name: str) -> KnownObject | None:
        return None

    def restricts(self, kind: str, name: str) -> bool:
        return False


def weakened(risks: Iterable[Risk], fields: Mapping[str, tuple[Any, Any]]) -> set[Rule]:
    """The rules that apply if these fields change from the first value to the second."""
    return {
        risk.rule
        for name, (before, after) in fields.items()
        if before != after
        for risk in risks
        if risk.is_about(Occurrence.CHANGED, name)
        if risk.when(Change(KnownObject(), _NoOthers(), name, before, after))
    }
