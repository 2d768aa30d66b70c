"""Reading what is watched although no kind covers it: the rows of `reconciler.watched`, with list calls.

Lists that kinds read are not read again: their items are passed on (`owner`), and so are lists of details (`details`).
"""

from __future__ import annotations

import asyncio
from collections import defaultdict
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlsplit

from reconciler.errors import TenantError
from reconciler.kinds import Detail, Kind
from reconciler.kinds.shapes import member
from reconciler.okta.client import OktaClient
from reconciler.okta.malformed import MALFORMED
from reconciler.watched import Row, Watch
from reconciler.watched.row import Json, address
from reconciler.watched.table import is_owner_list, owner_lists, taken_over

_FORBIDDEN = frozenset({403})
_ABSENT = frozenset({400, 404, 405, 410, 501})
"""The tenant does not have the endpoint, the setting, or the type of policy."""
_NO_FEATURE = "E0000015"


@dataclass(frozen=True, slots=True)
class Owner:
    """An object that a relation belongs to."""

    ids: tuple[str, ...] = ()
    """Its id, after those of its own owners."""
    label: str = ""

    @property
    def id(self) -> str:
        """All ids as one text; empty if there is no owner."""
        return "/".join(self.ids)


@dataclass(frozen=True, slots=True)
class WatchedItem:
    """One item of a collection or relation."""

    row: Row
    owner: Owner
    identity: str
    json: Json

    @property
    def id(self) -> str:
        """Its id after those of its owners, as one text; empty for a single object of the tenant."""
        return "/".join(filter(None, (*self.owner.ids, self.identity)))

    @property
    def label(self) -> str:
        """Its name, after that of its owner."""
        names = (member(self.json, path) for path in self.row.label)
        name = next((one for one in names if isinstance(one, str) and one), self.identity)
        name = urlsplit(name).path if "://" in name else name
        return ": ".join(filter(None, (self.owner.label, "" if self.row.single else name)))


@dataclass(frozen=True, slots=True)
class Hidden:
    """A list that could not be read."""

    row: Row
    owner: Owner
    reason: str
    forbidden: bool
    """Whether the credentials may not read it. Otherwise, reading failed."""
    owners: bool = False
    """Whether it is the list of the owners that could not be read. Without an owner, that means all owners."""


@dataclass(frozen=True, slots=True)
class Watched:
    """What was read of the rows."""

    rows: tuple[Row, ...] = ()
    """The rows that were to be read."""
    lists: Mapping[str, Mapping[str, Sequence[WatchedItem]]] = field(default_factory=dict)
    """The items by address of the row and id of the owner; empty for a list that the tenant does not have."""
    hidden: Sequence[Hidden] = ()
    owners: frozenset[str] = frozenset()
    """The ids of all objects that could own something, whether or not they have any."""
    marked: frozenset[str] = frozenset()
    """The ids of owners whose relations were read only because they are marked as sensitive."""
    absent: frozenset[str] = frozenset()
    """The addresses of rows that the tenant does not have."""
    by_kinds: frozenset[tuple[str, str]] = frozenset()
    """The lists that kinds read instead, by the address of the row and the id of the owner."""

    def of(self, row: Row) -> Mapping[str, Sequence[WatchedItem]]:
        """The lists of a row, by the id of their owner."""
        return self.lists.get(row.address, {})

    @property
    def counts(self) -> dict[str, int]:
        """How many items there are, by the word of their row, in the order of the table; only rows with items."""
        found = {row.word: sum(map(len, self.of(row).values())) for row in self.rows}
        return {word: count for word, count in found.items() if count}

    @property
    def not_visible(self) -> dict[str, str]:
        """Why the credentials cannot see it, by the word of the row."""
        return {gap.row.word: gap.reason for gap in self.hidden if gap.forbidden}

    def item(self, word: str, identity: str) -> WatchedItem | None:
        """The item with this word and id."""
        owner = identity.rpartition("/")[0]
        for row in self.rows:
            if row.word == word:
                found = [*self.of(row).get(owner, ()), *self.of(row).get(identity, ())]
                return next((one for one in found if one.id == identity), None)
        return None


NOTHING = Watched()


class WatchReading:
    """One read of the rows. Relations are read as soon as their owner arrives."""

    def __init__(
        self, client: OktaClient, watch: Watch | None, started: Callable[[], None], done: Callable[[], None]
    ) -> None:
        self._client = client
        self._watch = watch or Watch(())
        self._started, self._done = started, done
        self._lists: dict[str, dict[str, list[WatchedItem]]] = defaultdict(dict)
        self._hidden: list[Hidden] = []
        self._owners: set[str] = set()
        self._absent: set[str] = set()
        self._marked: set[str] = set()
        self._by_kinds: set[tuple[str, str]] = set()
        self._asked: set[str] = set()
        self._relations: dict[str, list[Row]] = defaultdict(list)
        """The relations by the path of the list of their owners."""
        for row in self._watch.rows:
            if row.below:
                self._relations[row.below.partition("?")[0]].append(row)

    def start(self, group: asyncio.TaskGroup, read_by_kinds: set[str], handed_over: Collection[str] = ()) -> None:
        """Start to read all lists that `read_by_kinds`, the addresses of lists, does not contain.

        The items of lists that are `handed_over` follow: see `listed`.
        """
        tops = [row for row in self._watch.rows if not row.below and row.address not in handed_over]
        self._ask(group, tops, Owner())
        known = read_by_kinds | {row.address for row in tops}
        for row in self._watch.rows:
            for path, query in owner_lists(row) if row.below and "{id}" not in row.below else ():
                if address(path, query) not in known:
                    known.add(address(path, query))
                    self._started()
                    group.create_task(self._read_owners(group, path, query))

    def owner(
        self,
        group: asyncio.TaskGroup,
        listed: str,
        item: Any,
        above: Owner = Owner(),
        kind: Kind | None = None,
        read: Collection[str] = (),
    ) -> None:
        """An item of the list with this address, perhaps of a kind: read the relations that it owns.

        Kinds `read` the lists with these paths below it.
        """
        if not isinstance(item, dict):
            return
        asked: dict[Owner, list[Row]] = defaultdict(list)
        for row in self._relations.get(listed.partition("?")[0], ()):
            found = _last_part(member(item, row.owner_id))
            if not found or not is_owner_list(row, listed):
                continue
            owner = Owner((*above.ids, found), _label(item) or found)
            if kind and taken_over(row, listed) and row.path.rpartition("{id}/")[2] in read:
                self._by_kinds.add((row.address, owner.id))
                continue
            self._owners.add(owner.id)
            if self._is_asked(row, item) and not (kind and _reads_details(kind, item, row)):
                asked[owner].append(row)
        for owner, rows in asked.items():
            self._ask(group, rows, owner)

    def listed(self, group: asyncio.TaskGroup, address: str, found: Sequence[Any] | TenantError) -> None:
        """The items of a list that was read to find what kinds are within, or why it could not be read."""
        for row in self._watch.rows:
            if row.address == address and not row.below:
                if isinstance(found, TenantError):
                    self._failed(row, Owner(), found)
                    continue
                try:
                    items = [_object(item) for item in found]
                    self._take(row, Owner(), items)
                except MALFORMED as error:
                    reason = f"GET {address}: not in the form that Okta documents: {error}"
                    self._hidden.append(Hidden(row, Owner(), reason, False))
                    continue
                for item in items:
                    self.owner(group, row.address, item)

    def details(self, kind: Kind, item: Json, detail: Detail, found: Sequence[Any] | TenantError) -> None:
        """The list with details of an object, which its kind read or failed to read."""
        for row in self._relations.get(kind.shape.path, ()):
            if row.path == _path_of(kind, detail):
                owner = Owner((str(item["id"]),), _label(item))
                if isinstance(found, TenantError):
                    self._failed(row, owner, found)
                else:
                    self._take(row, owner, found)

    def owners_unreadable(self, listed: str, error: TenantError) -> None:
        """The list with this address could not be read: nothing is known of the relations of its objects."""
        if error.status in _ABSENT or error.code == _NO_FEATURE:
            return
        for row in self._watch.rows:
            if row.below and is_owner_list(row, listed):
                self._hidden.append(Hidden(row, Owner(), error.message, error.status in _FORBIDDEN, owners=True))
                self.owners_unreadable(row.address, error)

    def result(self) -> Watched:
        """What was read, sorted."""
        lists = {
            at: {owner: sorted(items, key=lambda one: (one.label, one.id)) for owner, items in sorted(owners.items())}
            for at, owners in sorted(self._lists.items())
        }
        return Watched(
            self._watch.rows,
            lists,
            tuple(sorted(self._hidden, key=lambda one: (one.row.address, one.owner.id))),
            frozenset(self._owners),
            frozenset(self._marked),
            frozenset(self._absent),
            frozenset(self._by_kinds),
        )

    def _is_asked(self, row: Row, item: Json) -> bool:
        """Whether an owner is asked for the items of a row."""
        identity = item.get("id")
        if row.address in self._watch.partly and identity not in self._watch.owners:
            return False
        if row.when(item):
            return True
        if not row.of_sensitive or identity not in self._watch.sensitive:
            return False
        self._marked.add(identity)
        return True

    def _ask(self, group: asyncio.TaskGroup, rows: Sequence[Row], owner: Owner) -> None:
        """Start to read rows of an owner, each request once."""
        together: dict[str, list[Row]] = defaultdict(list)
        for row in rows:
            together[row.request(owner.ids)].append(row)
        for request, sharing in together.items():
            if request not in self._asked:  # a page can repeat an item
                self._asked.add(request)
                self._started()
                group.create_task(self._read(group, request, sharing, owner))

    async def _read(self, group: asyncio.TaskGroup, request: str, sharing: Sequence[Row], owner: Owner) -> None:
        pages: list[Sequence[Sequence[Any]]] = []
        try:
            async for page in self._client.pages(request, lambda body: _page_of_all(sharing, body)):
                pages.append(page)  # noqa: PERF401 - not a coroutine's result
            for row, *of_row in zip(sharing, *pages, strict=True):
                items = [_object(item) for page in of_row for item in page]
                self._take(row, owner, items)
                for item in items:
                    self.owner(group, row.address, item, owner)
        except MALFORMED as error:
            reason = f"GET {request}: not in the form that Okta documents: {error}"
            self._hidden += [Hidden(row, owner, reason, False) for row in sharing]
        except TenantError as error:
            for row in sharing:
                self._failed(row, owner, error)
        self._done()

    async def _read_owners(self, group: asyncio.TaskGroup, path: str, query: str) -> None:
        """Read a list of owners that neither a kind nor a row reads."""
        try:
            async for page in self._client.pages(f"{path}?{query}" if query else path):
                for item in page:
                    self.owner(group, address(path, query), item)
        except TenantError as error:
            self.owners_unreadable(address(path, query), error)
        self._done()

    def _take(self, row: Row, owner: Owner, items: Sequence[Json]) -> None:
        kept = {}
        for item in items:
            identity = "" if row.single else _text(member(item, row.id))
            if not row.only(item):
                continue
            kept[identity] = WatchedItem(row, owner, identity.replace("/", "%2F"), item)
        self._lists[row.address][owner.id] = list(kept.values())

    def _failed(self, row: Row, owner: Owner, error: TenantError) -> None:
        if error.status in _ABSENT or error.code == _NO_FEATURE:
            self._lists[row.address][owner.id] = []
            if not owner.ids:
                self._absent.add(row.address)
            return
        self._hidden.append(Hidden(row, owner, error.message, error.status in _FORBIDDEN))
        self.owners_unreadable(row.address, error)


def _page_of_all(rows: Sequence[Row], body: Any) -> tuple[Sequence[Sequence[Any]], str | None]:
    """The items of each row in one response, and the address of the next page."""
    pages = [row.page(body) for row in rows]
    return [items for items, _ in pages], pages[0][1]


def _reads_details(kind: Kind, item: Json, row: Row) -> bool:
    """Whether a kind reads the items of a row for this object of the kind."""
    details = [detail for detail in kind.details if row.path == _path_of(kind, detail)]
    return bool(details) and any(detail.asked(kind.read_api(dict(item))) for detail in details)


def _path_of(kind: Kind, detail: Detail) -> str:
    return f"{kind.shape.path}/{{id}}/{detail.path}"


def _object(value: Any) -> Json:
    if not isinstance(value, dict):
        raise TypeError(f"expected an object, got {type(value).__name__}")
    return value


def _text(value: Any) -> str:
    if not isinstance(value, str) or not value or not value.isprintable():
        raise ValueError(f"an id is {value!r:.100}")
    return value


def _last_part(value: Any) -> str:
    """An id, or the id at the end of an address; empty if it cannot be part of a path."""
    last = value.rpartition("/")[2] if isinstance(value, str) else ""
    return last if last.isprintable() and not set(last) & set("/?#") and last not in (".", "..") else ""


def _label(item: Json) -> str:
    names = (member(item, path) for path in ("label", "profile.name", "profile.login", "name", "displayName"))
    return next((name for name in names if isinstance(name, str) and name), "")
