"""Members that a release of Okta's adds to objects. They are not reported.

Every change by a user renews the time of an object's last update; a release does not. A new member of an object that
was not updated since the baseline therefore comes from a release. The same member with the same value of another
object does too. If a kind does not show when its objects were updated, all its objects must have the new member with
the same value, including objects that Okta created and that cannot be changed.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

import orjson

from reconciler.drift.leaves import canonical
from reconciler.drift.members import UPDATED

_ITEM = re.compile(r"\[[^\[\]]*\]")


class Watched(Protocol):
    """An object with its members in the baseline and in the tenant."""

    @property
    def before(self) -> Mapping[str, Any]:
        """Its values in the baseline."""

    @property
    def now(self) -> Mapping[str, Any]:
        """Its values in the tenant."""

    def entry_of(self, path: str) -> str:
        """The path of the entry that a path leads through: entries have times of last update."""

    @property
    def unchangeable(self) -> bool:
        """Whether Okta created it and it cannot be changed."""

    @property
    def elsewhere(self) -> Collection[str]:
        """Members that change without an update of the object itself."""


@dataclass(frozen=True, slots=True)
class Releases:
    """The members that a release added to objects of one kind, with their values."""

    known: frozenset[tuple[str, str]]

    @classmethod
    def of(cls, objects: Sequence[Watched]) -> Releases:
        """The members that a release must have added, judged by all objects of a kind."""
        known = {_given(path, one.now) for one in objects for path in _new(one) if _is_untouched(one, path)}
        if not any(_shows_updates(one) for one in objects):
            known |= set(_given_to_all(objects))
        return cls(frozenset(known))

    def hold(self, one: Watched, path: str) -> bool:
        """Whether a difference at a path comes from a release and not from a user's change."""
        if path in one.before:
            return path in one.now and _is_untouched(one, path) and _extends(one.before[path], one.now[path])
        return path in _new(one) and _given(path, one.now) in self.known


def _new(one: Watched) -> Collection[str]:
    """The members that are not in the baseline. Members that are set elsewhere are not part of a release."""
    return {
        path
        for path in one.now.keys() - one.before.keys()
        if not path.endswith(("]", UPDATED)) and path not in one.elsewhere and not path.startswith("_links.")
    }


def _is_untouched(one: Watched, path: str) -> bool:
    above = one.entry_of(path)
    before = one.before.get(f"{above}{UPDATED}")
    return bool(before) and before == one.now.get(f"{above}{UPDATED}")


def _extends(before: Any, now: Any) -> bool:
    """Whether a list has the same items as before, some with additional members."""
    if not isinstance(before, list) or not isinstance(now, list):
        return False
    return len(before) == len(now) and _holds(before, now)


def _holds(before: Any, now: Any) -> bool:
    match before, now:
        case Mapping(), Mapping():
            return all(
                key in now and _holds(value, now[key]) for key, value in before.items() if canonical(value) is not None
            )
        case list(), list():
            rest = [*now]
            for one in before:
                fits = next((other for other in rest if _holds(one, other)), None)
                if fits is None:
                    return False
                rest.remove(fits)
            return not rest
    return bool(canonical(before) == canonical(now))


def _shows_updates(one: Watched) -> bool:
    return any(path.endswith(UPDATED) and value for path, value in one.now.items())


def _given_to_all(objects: Iterable[Watched]) -> Iterator[tuple[str, str]]:
    everything = list(objects)
    if not any(one.unchangeable for one in everything) or all(one.unchangeable for one in everything):
        return
    given = [{_given(path, one.now) for path in _new(one)} for one in everything]
    yield from frozenset.intersection(*map(frozenset, given))


def _given(path: str, values: Mapping[str, Any]) -> tuple[str, str]:
    """A member and its value; the path does not distinguish items."""
    return _ITEM.sub("[]", path), orjson.dumps(
        canonical(values[path]), option=orjson.OPT_SORT_KEYS, default=str
    ).decode()
