"""How objects of a kind live in the Management API.

A shape answers the questions that the rest of the program has: how to list the objects, the id and the path of each,
whether Okta lets them be created and deleted. Code above the kinds asks the shape and never tests which one it is.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final
from urllib.parse import urlsplit

from reconciler.kinds.fields import Codec
from reconciler.kinds.part import Json


def always(_: Any) -> bool:
    """Every object."""
    return True


def never(_: Any) -> bool:
    """No object."""
    return False


Page = Callable[[Any], tuple[Sequence[Any], str | None]]
"""Finds the items of a response, and the address of the next page if the body has one. Raises TypeError."""


def list_page(body: Any) -> tuple[Sequence[Any], None]:
    """The items of a response that is a list."""
    if not isinstance(body, list):
        raise TypeError(f"expected a list, got {type(body).__name__}")
    return body, None


@dataclass(frozen=True, slots=True)
class WrappedIn:
    """Finds the items in a member of a response; `_links.next` of the response leads to the next page."""

    member: str

    def __call__(self, body: Any) -> tuple[Sequence[Any], str | None]:
        """The items, and the address of the next page. Raises TypeError."""
        if not isinstance(body, Mapping) or not isinstance(items := body.get(self.member), list):
            raise TypeError(f"expected an object with a list called {self.member}")
        following = member(body, "_links.next.href")
        return items, following if isinstance(following, str) else None


RANK: Final = "priority"
"""The field, and the member of the API, with the position of an object among its siblings, which Okta renumbers."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Shape:
    """What all shapes have in common.

    A `path` without a leading slash is relative to the owner: `scopes` is `/api/v1/authorizationServers/{id}/scopes`.
    A `path` with `{id}` has the id of the owner in it.
    `query` is the query of the list call. `claims` selects the items of this kind from a list that several kinds share.
    `built_in` selects the items that Okta created.
    """

    path: str
    scope: str
    """The OAuth scope of the endpoints, without `.read` or `.manage`: `okta.groups` (see `reconciler.kinds.scopes`)."""
    query: str = ""
    claims: Callable[[Json], bool] = always
    built_in: Callable[[Json], bool] = never
    unlisted: str = ""
    """The query that lists objects of the same path which `query` leaves out, and to which others can refer."""
    name: str = ""
    """The id of the object, if there is only one and Okta gives it none; else empty."""
    others: str = ""
    """The word for items of the list that are of no kind: `app` for apps with other sign-on modes. Drift detection
    watches them too."""
    in_turn: bool = False
    """Whether two objects of the path must not be written at the same time, because Okta would lose a change."""
    ordered: bool = False
    """Whether Okta evaluates siblings in the order of a `priority`, which it renumbers."""
    id_member: str = "id"
    """The member with the id of an item (dotted path)."""
    import_id: str = ""
    """A template of the id that `pulumi import` takes, such as `{0}/{1}` for the ids from the outermost owner to the
    object. Empty: the ids, joined by slashes."""
    ids_below_owner: bool = False
    """Whether ids are unique only below an owner. An object is then known by the owner's id and its own."""
    in_every_tenant: Callable[[Json], bool] = never
    """The objects that tenants have without anybody creating them. They need not be declared: until they are, they are
    compared with the baseline. `up` imports one that is declared."""
    creatable: bool = True
    """Whether an object can be created. If not, every tenant has it."""
    deletable: bool = True
    """Whether an object can be deleted. If not, `up` releases it when it is no longer declared."""
    read_if_declared: bool = False
    """Whether the objects of an owner are read only if one of them is declared, or in the state."""

    @property
    def some_in_every_tenant(self) -> bool:
        """Whether every tenant has some of the objects."""
        return self.in_every_tenant is not never

    @property
    def sole(self) -> bool:
        """Whether a tenant has only one object of the kind. Its name is that of the kind."""
        return bool(self.name)

    @property
    def okta_adds(self) -> bool:
        """Whether Okta creates some of the objects."""
        return self.built_in is not never

    @property
    def part_of_owner(self) -> bool:
        """Whether an object is a part of its owner: it has the owner's id and name, and exists while the owner does."""
        return False

    @property
    def rank_field(self) -> str:
        """The field with the position of an object among its siblings; empty if they have no order."""
        return RANK if self.ordered else ""

    def rank(self, values: Mapping[str, Any]) -> int:
        """The position among siblings of an object of the API, or of its fields; 0 if it has none."""
        position = values.get(RANK) if self.ordered else None
        return position if isinstance(position, int) else 0

    @property
    def in_sequence(self) -> bool:
        """Whether Okta evaluates the objects, or the items of one, in an order."""
        return self.ordered

    @property
    def list_key(self) -> str:
        """The key of the items, if an object is a whole list of its owner; else empty."""
        return ""

    @property
    def whole_set(self) -> bool:
        """Whether an object is a whole set of values of its owner."""
        return False

    def value_of(self, item: Mapping[str, Any]) -> Any:
        """The value of an item of a whole set."""
        raise TypeError(f"{self.path} is no set of values")

    def item_of(self, value: str) -> Json:
        """The item of a whole set with a value, as a POST adds it."""
        raise TypeError(f"{self.path} is no set of values")

    def additions(self, values: Sequence[Any]) -> list[tuple[str, str, Json | None]]:
        """The requests that add values to a whole set: method, path below the list, and body."""
        raise TypeError(f"{self.path} is no set of values")

    def assignment(self, value: str, owner: str) -> str:
        """The path of the PUT that gives a value to an owner, if each value always has exactly one; else empty."""
        return ""

    def document_of(self, owner: Mapping[str, Any]) -> str:
        """The path of the document about an owner, for kinds with one (see `Kind.owned_by`)."""
        raise ValueError(f"{self.path} has no documents")

    def document_with(self, owner: str, *, is_word: bool) -> str | None:
        """The same for the id of an owner, or a word; None if only the owner itself tells it."""
        return None

    @property
    def source(self) -> tuple[str, str]:
        """What kinds that are read by the same request have in common."""
        return self.path, self.query

    @property
    def part(self) -> str:
        """The member of the response that the objects are in, if its other members are other objects."""
        return ""

    def collection_path(self, owner: str = "") -> str:
        """The path of the collection; `owner` is the path of the owner."""
        return f"{owner}/{self.path}" if owner else self.path

    def request(self, owner: str = "") -> str:
        """The path and query that list the objects."""
        path = self.collection_path(owner)
        return f"{path}?{self.query}" if self.query else path

    def page(self, body: Any) -> tuple[Sequence[Any], str | None]:
        """The items of a response, and the address of the next page if the body has one.

        Raises TypeError if the body is no list.
        """
        return list_page(body)

    def identity(self, item: Mapping[str, Any]) -> Any:
        """The id of an item, as the API has it. Raises KeyError if there is none."""
        found: Any = item
        for key in self.id_member.split("."):
            found = found[key]
        return found

    def identified(self, owner_id: str, identity: str) -> str:
        """What an object is known by, which no other object of the kind has."""
        return f"{owner_id}/{identity}" if self.ids_below_owner and owner_id else identity

    def item_path(self, collection: str, identity: str) -> str:
        """The path of one object."""
        return f"{collection}/{identity}"

    def found_in(self, body: Any, identity: str) -> Json | None:
        """The object in a response from its path; None if it is not in there."""
        return dict(body)

    def body(self, item: Json) -> Json:
        """The body of a request that writes an object."""
        return item

    def created(self, item: Json, answer: Mapping[str, Any]) -> str:
        """The id of an object that was created: from what was sent, or from the response."""
        return str(self.identity(answer))

    def removal(self, identity: str) -> tuple[str, Json | None]:
        """The method and the body of the request to its path that deletes an object."""
        return "DELETE", None

    def imported_as(self, ids: Sequence[str]) -> str:
        """The id that `pulumi import` takes; `ids` are those from the outermost owner to the object."""
        return self.import_id.format(*ids) if self.import_id else "/".join(ids)

    def import_argument(self, import_id: str, label: str) -> str:
        """What the provider takes to import the object with this import id and this name."""
        return import_id

    def imported_ids(self, import_id: str) -> tuple[str, ...]:
        """The inverse of `imported_as`. The id of the object alone is accepted, too."""
        if not self.import_id:
            return tuple(import_id.split("/"))
        pattern = re.sub(r"\\\{\d+\\\}", "(.+?)", re.escape(self.import_id))
        found = re.fullmatch(pattern, import_id)
        return found.groups() if found else (import_id,)

    def resource_id(self, ids: Sequence[str]) -> str:
        """The id that the provider gives an object of a named owner."""
        return ids[-1]

    def known_as(self, import_id: str) -> str:
        """What an object with this import id is known by (see `identified`); empty if there is none."""
        ids = self.imported_ids(import_id)
        return "/".join(ids[-2:]) if self.ids_below_owner else ids[-1]


@dataclass(frozen=True, slots=True, kw_only=True)
class Listed(Shape):
    """A collection of items with ids, at a fixed path or below an owner."""

    wrapped_in: str = ""
    """The member of the response with the items, if the response is an object; `_links.next` then leads on."""
    below: str = ""
    """The path before the id of the owner, if it differs from the owner's own: `/oauth2/v1/clients` for an app."""

    def collection_path(self, owner: str = "") -> str:
        """The path of the collection, perhaps below another address of the owner."""
        if not self.below:
            return f"{owner}/{self.path}" if owner else self.path
        return f"{self.below}/{owner.rpartition('/')[2]}/{self.path}"

    def page(self, body: Any) -> tuple[Sequence[Any], str | None]:
        """The items, which may be wrapped in a member."""
        return WrappedIn(self.wrapped_in)(body) if self.wrapped_in else list_page(body)


@dataclass(frozen=True, slots=True, kw_only=True)
class Edge(Listed):
    """Relations of the owner to other objects. The label field of the kind refers to the other object.

    A relation has no name of its own: it is recognised and shown by the object that it joins to the owner.
    """

    ids_below_owner: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class WholeList(Shape):
    """An ordered list of the owner, which is one object as a whole: the groups of an app."""

    key: str
    """The field that identifies an item of the list."""

    @property
    def part_of_owner(self) -> bool:
        """True: the list has no id or name of its own."""
        return True

    @property
    def in_sequence(self) -> bool:
        """True: the items have an order."""
        return True

    @property
    def list_key(self) -> str:
        """The key of the items."""
        return self.key


@dataclass(frozen=True, slots=True, kw_only=True)
class WholeSet(Shape):
    """The values in a list of the owner, which are one object as a whole: the scopes of Okta's API that an app has.

    Okta usually adds a value with a POST to the list, and removes it with a DELETE of its item.
    """

    value: str | Codec
    """The member of an item with the value; or a codec, whose encoded form is an item."""
    added_by: str = "POST"
    """`POST` to the list; or `PUT` to the path of an item, if its id is known before."""
    added_as: str = ""
    """The member of the body of one POST with all new values; empty if each has a request of its own."""
    assigned_at: str = ""
    """For values that always have exactly one owner: the path of the PUT that gives one to an owner, with `{value}` and
    `{owner}`. A value that is removed goes to the owner that every tenant has."""

    @property
    def part_of_owner(self) -> bool:
        """True: the set has no id or name of its own."""
        return True

    @property
    def whole_set(self) -> bool:
        """True: the object is a set of values."""
        return True

    def value_of(self, item: Mapping[str, Any]) -> Any:
        """The member with the value, or what the codec makes of the item."""
        return self.value.decode(item) if isinstance(self.value, Codec) else member(item, self.value)

    def item_of(self, value: str) -> Json:
        """An item with this value only."""
        return dict(self.value.encode(value)) if isinstance(self.value, Codec) else {self.value: value}

    def additions(self, values: Sequence[Any]) -> list[tuple[str, str, Json | None]]:
        """The requests that add values: method, path below the list, and body."""
        if self.added_as:
            return [("POST", "", {self.added_as: list(values)})] if values else []
        items = map(self.item_of, values)
        return [("POST", "", item) if self.added_by == "POST" else ("PUT", f"/{item['id']}", None) for item in items]

    def assignment(self, value: str, owner: str) -> str:
        """The path `assigned_at`, for a value and the id of an owner."""
        return self.assigned_at.replace("{value}", value).replace("{owner}", owner)


@dataclass(frozen=True, slots=True, kw_only=True)
class Singleton(Shape):
    """One object per tenant or per owner, which always exists: it has no id and is in no list."""

    name: str
    """The id of the object: the one that the provider gives it."""
    in_every_tenant: Callable[[Json], bool] = always
    creatable: bool = False
    deletable: bool = False

    def page(self, body: Any) -> tuple[Sequence[Any], str | None]:
        """The object itself, with its name as its id."""
        if not isinstance(body, Mapping):
            raise TypeError(f"expected an object, got {type(body).__name__}")
        return [{**body, "id": self.name}], None

    def item_path(self, collection: str, identity: str) -> str:
        """The path of the object is that of the collection."""
        return collection

    def found_in(self, body: Any, identity: str) -> Json | None:
        """The object, with its name as its id."""
        return {**body, "id": self.name}


@dataclass(frozen=True, slots=True, kw_only=True)
class Adopted(Listed):
    """Items of a collection that exist in every tenant: definitions change them, but never create or delete them.

    If only some of them do, others can be created; `in_every_tenant` tells them apart.
    """

    in_every_tenant: Callable[[Json], bool] = always
    creatable: bool = False
    deletable: bool = False
    imported_by: str = ""
    """A template of what the provider takes to import an object, if that is not its id: `{owner}/{label}`."""
    id_in_body: bool = True
    """Whether a request that writes an object has its id in the body, too, and not only in the path."""

    def body(self, item: Json) -> Json:
        """The object, perhaps without its id."""
        return item if self.id_in_body else {name: value for name, value in item.items() if name != self.id_member}

    def import_argument(self, import_id: str, label: str) -> str:
        """The template, filled with the id of the owner and the name."""
        owner = import_id.rpartition("/")[0]
        return self.imported_by.format(owner=owner, label=label) if self.imported_by else import_id


@dataclass(frozen=True, slots=True, kw_only=True)
class DefaultItem(Adopted):
    """The item of a list that applies if no other does, such as the default policy of a type. Every tenant has one.

    The other items are of another kind, which has the same list. References to the item are by a word of that kind
    (see `SystemObject`).
    """

    @property
    def sole(self) -> bool:
        """True: `claims` selects one item."""
        return True


@dataclass(frozen=True, slots=True, kw_only=True)
class BelowNamedOwner(Adopted):
    """Items of a list of each owner, which Okta creates together with the owner. A field refers to the owner, which may
    be one that every tenant has (see `Kind.owned_by`). `{id}` in the path stands for the id of the owner.
    """

    ids_below_owner: bool = True

    def document_of(self, owner: Mapping[str, Any]) -> str:
        """The path of the list of an owner."""
        return self.path.replace("{id}", str(owner.get("id")))

    def document_with(self, owner: str, *, is_word: bool) -> str | None:
        """The same for the id of an owner."""
        return self.path.replace("{id}", owner)


@dataclass(frozen=True, slots=True, kw_only=True)
class OneOfNamedOwner(BelowNamedOwner):
    """The one object of its sort that each owner has, at a path of its own: it has no id and is in no list.

    The provider takes the id of the owner for that of the object.
    """

    imported_by: str = "{owner}"
    only_id: str = "default"
    """The id of the object below its owner."""

    def page(self, body: Any) -> tuple[Sequence[Any], str | None]:
        """The object itself, with its id."""
        if not isinstance(body, Mapping):
            raise TypeError(f"expected an object, got {type(body).__name__}")
        return [{**body, "id": self.only_id}], None

    def item_path(self, collection: str, identity: str) -> str:
        """The path of the object is that of the collection."""
        return collection

    def found_in(self, body: Any, identity: str) -> Json | None:
        """The object, with its id."""
        return {**body, "id": self.only_id}

    def identified(self, owner_id: str, identity: str) -> str:
        """What the object is known by, also if its id is that of the owner."""
        return f"{owner_id}/{self.only_id if identity == owner_id else identity}"

    def resource_id(self, ids: Sequence[str]) -> str:
        """The id of the owner."""
        return ids[0]

    def imported_ids(self, import_id: str) -> tuple[str, ...]:
        """The ids of the owner and of the object. The id of the owner alone is accepted, too."""
        ids = tuple(import_id.split("/"))
        return (*ids, self.only_id) if import_id and len(ids) == 1 else ids


@dataclass(frozen=True, slots=True, kw_only=True)
class Keyed(Shape):
    """The items of a map inside one document, each with a key: the properties of a schema.

    The API's object has its key as `id`.
    """

    members: str
    """The member of the document with the map (dotted path)."""
    document: str = ""
    """The member of the owner (dotted path) with the address of the document, if each owner has one (see
    `Kind.owned_by`) and its address does not follow from the owner's id. For an owner with a word instead of an id,
    the address is `path` and the word."""
    in_turn: bool = True

    def document_of(self, owner: Mapping[str, Any]) -> str:
        """The path of the document of an owner. Raises ValueError if the owner does not have one."""
        if known := self.document_with(str(owner.get("id")), is_word=False):
            return known
        address = member(owner, self.document)
        path = urlsplit(address).path if isinstance(address, str) else ""
        if not path.startswith(f"{self.path}/"):
            raise ValueError(f"its {self.document} is {address!r:.200}")
        return path

    def document_with(self, owner: str, *, is_word: bool) -> str | None:
        """The path of the document of an owner, if it follows from the id or the word."""
        if "{id}" in self.path:
            return self.path.replace("{id}", owner)
        return f"{self.path}/{owner}" if is_word else None

    @property
    def part(self) -> str:
        """The member of the document with the map."""
        return self.members

    def page(self, body: Any) -> tuple[Sequence[Any], str | None]:
        """The items of the map, each with its key as its id."""
        items = self._items(body)
        return [{**item, "id": key} if isinstance(item, Mapping) else item for key, item in items.items()], None

    def item_path(self, collection: str, identity: str) -> str:
        """An item has no path of its own: it is read and written with its document."""
        return collection

    def found_in(self, body: Any, identity: str) -> Json | None:
        """The item with this key."""
        item = self._items(body).get(identity)
        return None if item is None else {**item, "id": identity}

    def body(self, item: Json) -> Json:
        """A document with this item only. Okta keeps the others."""
        return self._document(item["id"], {name: value for name, value in item.items() if name != "id"})

    def created(self, item: Json, answer: Mapping[str, Any]) -> str:
        """The key of an item is chosen by whoever creates it."""
        return str(item["id"])

    def removal(self, identity: str) -> tuple[str, Json | None]:
        """A document with null for the item."""
        return "POST", self._document(identity, None)

    def _items(self, body: Any) -> Mapping[str, Any]:
        if not isinstance(body, Mapping):
            raise TypeError(f"expected an object, got {type(body).__name__}")
        items = member(body, self.members) or {}
        if not isinstance(items, Mapping):
            raise TypeError(f"{self.members} must be an object, got {type(items).__name__}")
        return items

    def _document(self, key: str, item: Json | None) -> Json:
        document: Json = {key: item}
        for name in reversed(self.members.split(".")):
            document = {name: document}
        return document


def in_address(path: str) -> Codec:
    """A value that is the last part of an address, which an item has at a dotted path."""

    def item(value: str) -> Any:
        found: Any = f"/{value}"
        for name in reversed(path.split(".")):
            found = {name: found}
        return found

    def value(item: Mapping[str, Any]) -> str | None:
        address = member(item, path)
        return address.rpartition("/")[2] if isinstance(address, str) else None

    return Codec(item, value)


def member(item: Any, path: str) -> Any:
    """The member at a dotted path; None if there is none."""
    for key in path.split("."):
        item = item.get(key) if isinstance(item, Mapping) else None
    return item
