"""The least scopes of Okta's API for each command, from what it reads and changes.

What a kind or a watched list needs is declared there. This module says which of them a command works with.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

from reconciler import watched
from reconciler.kinds import Kind, kinds, scopes
from reconciler.kinds.scopes import scopes_of
from reconciler.watched.administration import API_TOKENS


@dataclass(frozen=True, slots=True)
class Command:
    """What a command does in a tenant."""

    changes: bool = False
    """Whether it changes objects of the kinds in use."""
    all_kinds: bool = False
    """Whether its result is incomplete, with exit code 3, unless it can read the objects of all kinds."""
    other_kinds: bool = False
    """Whether it reads the objects of other kinds too, and says which it could not read."""
    watches: bool = False
    """Whether it reads what no kind covers."""
    attributes: bool = False
    """Whether it finds out who changed an object."""
    rotates: bool = False
    """Whether it renews the credentials of clients, and reads nothing else of the kinds."""
    probes: bool = False
    """Whether it only reads one list, to see whether the credentials work."""


COMMANDS: Final = {
    "preview": Command(other_kinds=True),
    "up": Command(changes=True, other_kinds=True, watches=True),
    "drift": Command(all_kinds=True, watches=True, attributes=True),
    "repair": Command(changes=True, other_kinds=True, watches=True, attributes=True),
    "accept": Command(other_kinds=True, watches=True, attributes=True),
    "adopt": Command(all_kinds=True),
    "coverage": Command(all_kinds=True, watches=True),
    "rotate": Command(rotates=True),
    "doctor": Command(probes=True),
}
"""The commands that send requests to a tenant."""


@dataclass(frozen=True, slots=True)
class Needs:
    """The scopes of one command, sorted."""

    needed: tuple[str, ...]
    """Without one of them, the command fails, or its result is incomplete (exit code 3)."""
    useful: tuple[str, ...]
    """Without one of them, the command works and says what it could not see."""

    @property
    def all(self) -> frozenset[str]:
        """Both."""
        return frozenset(self.needed) | frozenset(self.useful)


def needs(command: str, in_use: Iterable[Kind] | None = None, managed: Iterable[Kind] | None = None) -> Needs:
    """The scopes that a command needs to work with the kinds `in_use`, by default with all.

    It changes objects of those that are `managed`, by default all kinds in use.
    """
    does, chosen = COMMANDS[command], tuple(kinds() if in_use is None else in_use)
    if does.rotates:
        needed = scopes.to_rotate()
    elif does.probes:
        needed = frozenset({f"{scopes.PROBED.scope}.read"})
    else:
        needed = scopes.to_read(chosen)
    if does.changes:
        needed |= scopes.to_change(chosen if managed is None else managed)
    if does.all_kinds:
        needed |= scopes.to_read()
    useful: frozenset[str] = scopes.to_read() if does.other_kinds else frozenset()
    useful |= watched.scopes() if does.watches else frozenset()
    useful |= scopes.to_attribute() if does.attributes else frozenset()
    useful |= frozenset({f"{API_TOKENS.scope}.read"}) if does.rotates else frozenset()
    return Needs(tuple(sorted(needed)), tuple(sorted(useful - needed)))


def of_all_commands() -> frozenset[str]:
    """The scopes with which all commands work completely, for all kinds."""
    return frozenset().union(*(needs(command).all for command in COMMANDS))


def used_for(scope: str, in_use: Iterable[Kind] | None = None) -> tuple[str, ...]:
    """The kinds that a scope is for; without any, the words of what no kind covers, or the System Log."""
    chosen = tuple(kinds() if in_use is None else in_use)
    of_kinds = sorted(kind.name for kind in chosen if scope in (*scopes_of(kind).read, *scopes_of(kind).manage))
    if of_kinds:
        return tuple(of_kinds)
    if scope in scopes.to_attribute():
        return ("who changed what",)
    return tuple(sorted({row.word for row in watched.read_rows() if f"{row.scope}.read" == scope}))
