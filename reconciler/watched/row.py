"""The form of a row: where a collection or relation is in the Management API, and what a change of it means."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from functools import cache
from typing import Any
from urllib.parse import parse_qsl, urlencode

from reconciler.kinds.risks import Risk, Rule, appeared, changed, gone
from reconciler.kinds.shapes import WrappedIn, always, list_page, member

Json = Mapping[str, Any]
_OF_THE_REQUEST = frozenset({"limit", "expand", "includeNonDeleted"})
"""Parameters that do not select items."""


class Area(StrEnum):
    """What a row is about, as a heading of the reference."""

    ADMINISTRATION = "Administration"
    SIGN_IN = "Sign-in"
    APPS = "Apps and APIs"
    PEOPLE = "People and profiles"
    EVENTS = "Events and hooks"
    ORGANIZATION = "Organization"
    BRANDING = "Brands and messages"


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Row:
    """One collection, single object or relation that is compared with the baseline.

    Paths of members are dotted; `*` stands for any members.
    """

    word: str
    """The word for its items in reports and in `ignore.yaml`."""
    area: Area
    path: str
    """The path of the request. Each `{id}` stands for an id of the owner, the outermost first."""
    scope: str
    """The OAuth scope of the endpoint, without `.read`."""
    events: tuple[str, ...]
    """Prefixes of the System Log event types that change items."""
    query: str = ""
    below: str = ""
    """For a relation: the address of the list of owners, which is also `Row.address` of the row that lists them.
    An address without a query matches all lists of the path."""
    owners_query: str = ""
    """The query of the list of owners, if neither a kind nor a row reads it."""
    owner_id: str = "id"
    """The member of an owner that the path contains."""
    when: Callable[[Json], bool] = always
    """The owners that have items, judged by the owner's JSON. The others are not asked."""
    condition: str = ""
    """The same condition in words, for the reference."""
    of_sensitive: bool = False
    """Whether it is also read for owners that the environment marks as sensitive."""
    single: bool = False
    """Whether the response is one object, or a list of one, and not a list of any number."""
    member: str = ""
    """The member of the response that contains the items; the next page is then linked in `_links.next`."""
    keyed: bool = False
    """Whether the items are the values of a JSON object; their keys are the ids."""
    id: str = "id"
    """The member with the id of an item."""
    label: tuple[str, ...] = ("label", "name", "profile.name", "displayName")
    """The members with the name of an item; the first that it has counts. Otherwise, its id."""
    only: Callable[[Json], bool] = always
    """The items that are watched."""
    kept: tuple[str, ...] | None = None
    """The members that are compared; None for all."""
    volatile: tuple[str, ...] = ()
    """Members that change by themselves."""
    secret: tuple[str, ...] = ()
    """Members that may contain secrets: only a short digest is stored and shown."""
    ordered: bool = False
    """Whether Okta evaluates the items in the order of their `priority`."""
    with_owner: bool = False
    """Whether Okta creates the items together with the owner: those of a new owner are not reported. Without an owner:
    whether they come and go with other objects."""
    of_people: bool = False
    """Whether its items are users. Those whom an `up` added to something, or removed, are recorded anew."""
    new: Rule | None = None
    """The rule that applies to a new item."""
    gone: Rule | None = None
    """The rule that applies to a removed item."""
    changed: Rule | None = None
    """The rule that applies to a changed item."""
    risks: tuple[Risk, ...] = ()
    """Further rules, with the members and conditions for which they apply."""

    @property
    def all_risks(self) -> tuple[Risk, ...]:
        """All rules, with the members and conditions for which they apply."""
        given = ((self.new, appeared), (self.gone, gone), (self.changed, changed))
        return (*(risk(rule) for rule, risk in given if rule), *self.risks)

    @property
    def follows(self) -> bool:
        """Whether its items come and go with other objects, wherever these are: only changes are reported."""
        return self.with_owner and not self.below

    @property
    def address(self) -> str:
        """What identifies the row: the path with the query that selects the items."""
        return self.address_below(self.below) if self.below else address(self.path, self.query, self.part)

    def address_below(self, listed: str) -> str:
        """The same for the owners of one list, given by its address."""
        return address(self.path, listed.partition("?")[2], self.part)

    @property
    def part(self) -> str:
        """The member of the document that contains the items, if its other members are other items."""
        return self.member if self.keyed else ""

    def request(self, ids: Sequence[str] = ()) -> str:
        """The path and query of the request, for the owner with these ids, the outermost first."""
        path = self.path
        for identity in ids:
            path = path.replace("{id}", identity, 1)
        return f"{path}?{self.query}" if self.query else path

    def page(self, body: Any) -> tuple[Sequence[Any], str | None]:
        """The items of a response, and the address of the next page if the body has one. Raises TypeError."""
        if self.single:
            return [body[0] if isinstance(body, list) and len(body) == 1 else body], None
        if not self.keyed:
            return WrappedIn(self.member)(body) if self.member else list_page(body)
        found = member(body, self.member)
        if not isinstance(found, Mapping):
            raise TypeError(f"expected an object with {self.member}")
        return [{**item, "id": key} for key, item in found.items()], None


@dataclass(frozen=True, slots=True)
class Watch:
    """What one run watches."""

    rows: tuple[Row, ...]
    sensitive: frozenset[str] = field(default_factory=frozenset)
    """The ids of objects that the environment marks as sensitive."""
    partly: frozenset[str] = field(default_factory=frozenset)
    """The addresses of relations that are read only for `owners`."""
    owners: frozenset[str] = field(default_factory=frozenset)
    """The ids of these owners."""


def is_address(word: str) -> bool:
    """Whether a word in a baseline is the address of a row, and not a kind."""
    return word.startswith("/")


@cache
def address(path: str, query: str, part: str = "") -> str:
    """The address of a list: its path with the parameters that select items, in alphabetical order.

    For a `part` of a document, with the member of the document.
    """
    selecting = sorted((name, value) for name, value in parse_qsl(query) if name not in _OF_THE_REQUEST)
    listed = f"{path}?{urlencode(selecting)}" if selecting else path
    return f"{listed}#{part}" if part else listed
