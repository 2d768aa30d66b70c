"""The OAuth scopes that the kinds need.

`okta.<name>.manage` does not include `okta.<name>.read`: Okta's OpenAPI document requires `read` for GET and `manage`
for all other methods. Every change starts with a GET, so changing objects needs both scopes.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cache
from typing import Final

from reconciler.kinds.kind import Kind, kind_named, kinds, path_levels
from reconciler.kinds.mapping import names_people, schema
from reconciler.kinds.part import Part
from reconciler.kinds.people import SCOPE as USERS

SYSTEM_LOG = "okta.logs.read"
"""To find out from the System Log who changed an object (`GET /api/v1/logs`)."""


PROBED: Final = kind_named("group").shape
"""The list that shows whether credentials work."""


@dataclass(frozen=True, slots=True)
class Scopes:
    """The full, sorted scopes of one kind."""

    read: tuple[str, ...]
    """To read its objects, their owners, and the objects and users that they refer to."""
    manage: tuple[str, ...]
    """To change its objects, in addition to `read`."""


@cache
def scopes_of(kind: Kind) -> Scopes:
    """The scopes that a kind needs: its own, and those of owners, referenced objects and objects changed with it."""
    changed = {kind.shape.scope, *kind.additional_scopes}
    looked_up = {kind_named(name).shape.scope for name in _referred(kind.fields)}
    looked_up |= {detail.scope for detail in kind.details}
    looked_up |= {one.scope for one in kind.provider.looks_up}
    looked_up |= {USERS} if names_people(kind.fields) else set()
    above = {level.shape.scope for level in path_levels(kind)}
    return Scopes(_with_access(changed | looked_up | above, "read"), _with_access(changed, "manage"))


def to_read(chosen: Iterable[Kind] | None = None) -> frozenset[str]:
    """The scopes to read the objects of these kinds, by default of all."""
    return frozenset(scope for kind in _or_all(chosen) for scope in scopes_of(kind).read)


def to_attribute() -> frozenset[str]:
    """The scopes to find out who changed an object."""
    return frozenset({SYSTEM_LOG} if any(kind.events for kind in kinds()) else ())


def to_change(chosen: Iterable[Kind] | None = None) -> frozenset[str]:
    """The scopes to read and change the objects of these kinds, by default of all."""
    chosen = _or_all(chosen)
    return to_read(chosen) | {scope for kind in chosen for scope in scopes_of(kind).manage}


def to_rotate() -> frozenset[str]:
    """The scopes to rotate the credentials of clients."""
    names = {kind.shape.scope for kind in kinds() if kind.client_credentials}
    return frozenset({*_with_access(names, "read"), *_with_access(names, "manage")})


def needed() -> frozenset[str]:
    """The scopes to grant to the service app of an environment. Without the `manage` scopes, it can only read."""
    return to_change() | to_attribute()


def _or_all(chosen: Iterable[Kind] | None) -> tuple[Kind, ...]:
    return tuple(kinds() if chosen is None else chosen)


def _referred(model: type[Part]) -> Iterator[str]:
    """The kinds that fields refer to. Owned kinds have their own scopes."""
    for field in schema(model):
        if field.ref:
            yield from field.refers_to
        elif field.part and not field.owns:
            yield from _referred(field.part)


def _with_access(names: Iterable[str], access: str) -> tuple[str, ...]:
    return tuple(sorted(f"{name}.{access}" for name in names))
