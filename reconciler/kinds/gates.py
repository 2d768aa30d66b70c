"""Rules as gates: they allow sign-ins or deny them, for some people and from some network zones."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from reconciler.kinds.fields import is_active

_ANY: tuple[object, ...] = (None, "ANY", "ANYWHERE", [])
"""The values of conditions that every sign-in meets."""


@dataclass(frozen=True, slots=True)
class Gate:
    """A rule that allows sign-ins or denies them, with its conditions. Groups and zones are names."""

    name: str = field(compare=False)
    denies: bool
    groups: frozenset[str] = frozenset()
    """It applies to members of these groups only; empty for all users."""
    groups_excluded: frozenset[str] = frozenset()
    users_excluded: frozenset[str] = frozenset()
    zones: frozenset[str] = frozenset()
    """It applies to requests from these zones only; empty for all."""
    zones_excluded: frozenset[str] = frozenset()
    conditions: frozenset[str] = frozenset()
    """Its other conditions, as text."""
    requires: int = 0
    """How much it requires of a sign-in that it allows, to compare rules of one kind."""

    @property
    def strictness(self) -> int:
        """What it requires; a rule that denies is the strictest."""
        return sys.maxsize if self.denies else self.requires

    @property
    def closes(self) -> bool:
        """Whether it denies all sign-ins that reach it, perhaps except those from some zones."""
        return self.denies and not self.zones and not self.conditions

    def covers(self, other: Gate) -> bool:
        """Whether it applies to every sign-in that the other one applies to, judged by their conditions."""
        return (
            _wider(self.groups, other.groups)
            and _wider(self.zones, other.zones)
            and self.groups_excluded <= other.groups_excluded
            and self.users_excluded <= other.users_excluded
            and self.zones_excluded <= other.zones_excluded
            and self.conditions <= other.conditions
        )

    def meets(self, other: Gate) -> bool:
        """Whether some sign-in may meet the conditions of both."""
        return (
            _overlap(self.groups, other.groups)
            and _overlap(self.zones, other.zones)
            and not _excluded(self.zones, other.zones_excluded)
            and not _excluded(other.zones, self.zones_excluded)
        )

    def concerns(self, groups: frozenset[str]) -> bool:
        """Whether it applies to some members of these groups."""
        return not self.groups or not self.groups.isdisjoint(groups)


def _wider(some: frozenset[str], others: frozenset[str]) -> bool:
    """Whether a condition admits all that another one admits; an empty one admits all."""
    return not some or (bool(others) and some >= others)


def _overlap(some: frozenset[str], others: frozenset[str]) -> bool:
    return not some or not others or not some.isdisjoint(others)


def _excluded(some: frozenset[str], excluded: frozenset[str]) -> bool:
    return bool(some) and some <= excluded


def _nothing(_: Mapping[str, Any]) -> int:
    return 0


def gates_of(
    rules: Iterable[Mapping[str, Any]],
    conditions: Iterable[str],
    requires: Callable[[Mapping[str, Any]], int] = _nothing,
) -> list[Gate]:
    """The active rules, given by their fields, as gates. `conditions` are the fields with their other conditions."""
    names = (*conditions, "network_connection")
    return [
        Gate(
            name=rule.get("name", ""),
            denies=rule.get("access") == "DENY",
            groups=without_everyone(rule.get("groups_included") or ()),
            groups_excluded=frozenset(rule.get("groups_excluded") or ()),
            users_excluded=frozenset(rule.get("users_excluded") or ()),
            zones=frozenset(rule.get("network_includes") or ()),
            zones_excluded=frozenset(rule.get("network_excludes") or ()),
            conditions=frozenset(
                f"{name}: {rule[name]}" for name in names if rule.get(name) not in _ANY and rule.get(name) != "ZONE"
            ),
            requires=requires(rule),
        )
        for rule in rules
        if is_active(rule)
    ]


def without_everyone(groups: Iterable[str]) -> frozenset[str]:
    """The groups; empty if all users are in one of them."""
    names = frozenset(groups)
    return frozenset() if "everyone" in names else names
