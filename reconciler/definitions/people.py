"""The users that definitions name, by login."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from reconciler.definitions.model import Declaration, Source
from reconciler.kinds.mapping import people_in
from reconciler.kinds.people import is_user_id


def people_named(declarations: Iterable[Declaration]) -> Iterator[tuple[str, Source]]:
    """The logins in declarations, each with its location.

    Declarations of live objects, which repair makes, can have the ids of users who no longer exist: they are left out.
    """
    for declaration in declarations:
        for path, login in people_in(declaration.kind.fields, declaration.spec):
            if not is_user_id(login):
                yield login, declaration.where(path)


def logins(declarations: Iterable[Declaration]) -> list[str]:
    """The same without the locations."""
    return sorted({login for login, _ in people_named(declarations)})
