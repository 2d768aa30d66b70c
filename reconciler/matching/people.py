"""The ids of the users that definitions name by login."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping

from reconciler.definitions.model import Address, Source
from reconciler.definitions.people import people_named
from reconciler.errors import ReconcilerError
from reconciler.kinds.mapping import people_in
from reconciler.kinds.people import USER
from reconciler.matching.match import Match


class NoSuchUser(ReconcilerError):
    """Raised when definitions name users whom the tenant does not have."""

    def __init__(self, unknown: Mapping[str, Source]) -> None:
        self._messages = [f"{source}: no user has the login {login}" for login, source in unknown.items()]
        super().__init__(self._messages[0], _HINT)

    def explanations(self) -> Iterable[tuple[str, str]]:
        """One problem for each login."""
        return [(message, self.hint) for message in self._messages]


_HINT = (
    "correct the login, or remove it if the user has left: users are never created from definitions. Okta finds a new "
    "login only after a moment"
)


def ids_of_people(match: Match, needed: Collection[Address]) -> dict[Address, str]:
    """The ids of all users that managed objects name.

    Raises `NoSuchUser` if one of the `needed` objects names a user that does not exist. In other objects, which the run
    does not change, a login without a user stands for itself, as does the id of a deleted user.
    """
    people, managed = match.live.people, match.desired.managed
    unknown: dict[str, Source] = {}
    for login, source in people_named(managed[address] for address in needed):
        if people.unreadable:
            raise ReconcilerError(
                f"{source}: cannot look up the user {login}: {people.unreadable}",
                hint="nothing was changed; run the same command again when users can be read",
            )
        if login not in people.ids:
            unknown.setdefault(login, source)
    if unknown:
        raise NoSuchUser(unknown)
    named = {login for one in managed.values() for _, login in people_in(one.kind.fields, one.spec)}
    return {Address(USER, login): people.ids.get(login, login) for login in sorted(named)}
