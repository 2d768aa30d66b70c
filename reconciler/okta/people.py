"""Looks up users by login or id, with as few requests as possible: one search for each 40 users."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, Final
from urllib.parse import quote

from reconciler.errors import TenantError
from reconciler.kinds.shapes import member
from reconciler.okta.client import OktaClient

AT_ONCE: Final = 40
"""How many users one search looks up."""
_LONGEST_SEARCH: Final = 6000
"""The most characters of a search in the address of a request. Servers refuse addresses of more than 8,000."""
_LOGIN: Final = "profile.login"


@dataclass(frozen=True, slots=True)
class People:
    """The users that were looked up."""

    ids: Mapping[str, str] = field(default_factory=dict)
    """Their ids by login, in lower case."""
    logins: Mapping[str, str] = field(default_factory=dict)
    """Their logins by id, in lower case."""
    unreadable: str = ""
    """Why they could not be looked up; empty if they were."""


NOBODY: Final = People()


async def find(client: OktaClient, logins: Iterable[str], ids: Iterable[str]) -> People:
    """Look up users by login, and those of the ids that no login belongs to. Deactivated users are found too.

    Okta searches an index, which does not show a new user or login at once.
    """
    found: dict[str, str] = {}
    try:
        for search in searches(_LOGIN, logins):
            found |= await _searched(client, search)
        for search in searches("id", set(ids) - found.keys()):
            found |= await _searched(client, search)
    except TenantError as error:
        return People(unreadable=error.message)
    return People({login: identity for identity, login in found.items()}, found)


async def _searched(client: OktaClient, search: str) -> dict[str, str]:
    """The logins of the users that a search finds, by id."""
    found: dict[str, str] = {}
    async for page in client.pages(f"/api/v1/users?search={search}&limit=200", _users):
        found |= {user["id"]: str(member(user, _LOGIN)).lower() for user in page}
    return found


def _users(body: Any) -> tuple[list[dict[str, Any]], None]:
    """The users of a response. Raises TypeError."""
    if not isinstance(body, list):
        raise TypeError("expected a list of users")
    for user in body:
        known = isinstance(user, dict) and isinstance(user.get("id"), str)
        if not (known and isinstance(member(user, _LOGIN), str)):
            raise TypeError("expected users with an id and a login")
    return body, None


def searches(attribute: str, values: Iterable[str]) -> Iterator[str]:
    """The searches for these values, encoded for the address of a request. None if there are no values."""
    chosen: list[str] = []
    for value in sorted(set(values)):
        escaped = value.replace("\\", "\\\\").replace('"', '\\"')
        test = quote(f'{attribute} eq "{escaped}"', safe="")
        if chosen and (len(chosen) == AT_ONCE or len(_any(chosen)) + len(test) > _LONGEST_SEARCH):
            yield _any(chosen)
            chosen = []
        chosen.append(test)
    if chosen:
        yield _any(chosen)


def _any(tests: Iterable[str]) -> str:
    return quote(" or ", safe="").join(tests)
