"""The OAuth scopes that the kinds need, derived from what each declares.

`okta.<what>.manage` does not stand for `okta.<what>.read`: Okta's OpenAPI document names the one for a GET and the
other for everything else, and a change is a GET first. So whoever changes objects asks for both.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cache

from reconciler.kinds.kind import Kind, Part, chain, kind_named, kinds
from reconciler.kinds.mapping import schema

SYSTEM_LOG = "okta.logs.read"
"""To ask the System Log who did it, which is where a kind's `events` are (`GET /api/v1/logs`)."""


@dataclass(frozen=True, slots=True)
class Scopes:
    """The scopes of one kind, whole names, sorted."""

    read: tuple[str, ...]
    """To read its objects, with what they belong to and what they refer to."""
    manage: tuple[str, ...]
    """What changing them needs besides."""


@cache
def scopes_of(kind: type[Kind]) -> Scopes:
    """The scopes that a kind needs: its own, its owners' and those of what it refers to or takes along."""
    changed = {kind.collection.scope, *kind.additional_scopes}
    looked_up = {kind_named(name).collection.scope for name in _referred(kind)}
    looked_up |= {kind.detail.scope} if kind.detail else set()
    above = {level.collection.scope for level in chain(kind)}
    return Scopes(_with_access(changed | looked_up | above, "read"), _with_access(changed, "manage"))


def to_read() -> frozenset[str]:
    """What reading the objects of all kinds needs."""
    return frozenset(scope for kind in kinds() for scope in scopes_of(kind).read)


def to_attribute() -> frozenset[str]:
    """What finding out who changed an object needs."""
    return frozenset({SYSTEM_LOG} if any(kind.events for kind in kinds()) else ())


def to_change() -> frozenset[str]:
    """What changing the objects of all kinds needs, reading them included."""
    return to_read() | {scope for kind in kinds() for scope in scopes_of(kind).manage}


def needed() -> frozenset[str]:
    """Everything that the service app of an environment is to be granted; without what manages, it can only look."""
    return to_change() | to_attribute()


def _referred(model: type[Part]) -> Iterator[str]:
    """The kinds to which fields refer; what is owned is a kind of its own, with its own scopes."""
    for field in schema(model):
        if field.ref:
            yield field.ref.kind
        elif field.part and not field.owns:
            yield from _referred(field.part)


def _with_access(names: Iterable[str], access: str) -> tuple[str, ...]:
    return tuple(sorted(f"{name}.{access}" for name in names))
