"""The base of every kind, and the registry of all of them."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from reconciler.kinds.client_credentials import ClientCredentials
from reconciler.kinds.fields import SubList
from reconciler.kinds.gates import Gate
from reconciler.kinds.part import Json, Part, Spec
from reconciler.kinds.provider import Provider
from reconciler.kinds.risks import Risk
from reconciler.kinds.shapes import Page, Shape, always, list_page, member, never


@dataclass(frozen=True, slots=True)
class SystemObject:
    """An object that Okta creates in every tenant. Definitions can refer to it but not declare it."""

    name: str
    matches: Callable[[Json], bool]
    meaning: str
    everyone: bool = False
    """Whether all people of the tenant are in it."""


@dataclass(frozen=True, slots=True)
class Detail:
    """A further list about an object. If only some objects have such a list, it is read only for those."""

    path: str
    """The path of the list, relative to the object."""
    scope: str
    """The OAuth scope of its endpoint, without `.read` or `.manage`."""
    member: str = ""
    """The member in which `read_api` puts the list; empty if it only contains owned objects."""
    of: str = ""
    """The member of the object (dotted path) that says whether it has such a list; empty if every object has one."""
    value: object = True
    """The value of the member `of` if the object has such a list."""
    page: Page = list_page
    """Finds the items in a response."""
    of_managed: bool = False
    """Whether it is read for managed objects only."""

    def below(self, path: str) -> str:
        """The path of the list of an object; the object's own path if it is not a list but the object itself."""
        return f"{path}/{self.path}" if self.path else path

    def asked(self, item: Json) -> bool:
        """Whether to read the list for an object, given as `read_api` returns it."""
        if not self.of:
            return True
        found = member(item, self.of)
        return found is not None and found == self.value


@dataclass(frozen=True, slots=True)
class Protection:
    """What a policy asks of people: its fields and its rules, to compare it with another policy."""

    spec: Spec
    """The fields. References are names."""
    rules: Sequence[Spec]
    """The rules in the order in which they are evaluated, those that Okta created included."""


@dataclass(frozen=True, slots=True)
class ListedBelow:
    """A list, below an object, of the owners of the whole lists that refer to it: the apps of a group."""

    path: str
    """The path of the list, relative to the object."""
    query: str
    count: str
    """The member of the object (dotted path) that says how many owners the list has."""


@dataclass(frozen=True, slots=True)
class LastOne:
    """What happens to an owner that loses its last active object of a kind."""

    word: str
    """The kind of object that it loses, such as `rule`."""
    then: str
    """What happens then, as a clause."""


def _none(_: Any) -> None:
    return None


def _nothing(_: Any) -> tuple[()]:
    return ()


def _empty(_: Any) -> str:
    return ""


def _same(item: Any) -> Any:
    return item


@dataclass(frozen=True, kw_only=True, eq=False, repr=False)
class Kind:
    """One kind of Okta object, with everything that the project knows about it."""

    name: str
    """The word in definitions."""
    resource: str
    """The Pulumi type."""
    fields: type[Part]
    """The fields of an object, as definitions declare them."""
    shape: Shape
    """How objects live in the Management API."""
    provider: Provider = field(default_factory=Provider)
    """How the official provider writes objects."""
    label_field: str = "name"
    """The field with the name that Okta shows. It identifies an object within its parent. Empty if the shape has a
    `name`."""
    label_from: Callable[[Any], Any] = _same
    """Makes the name from the value of `label_field`, for objects that have none: the fingerprint of a certificate."""
    distinguished_by: str = ""
    """The field in which siblings of one name differ, where Okta lets siblings share a name; empty if it does not."""
    known_by: Callable[[Spec], str] = _empty
    """What identifies an object whatever its name is, such as the key of an authenticator; empty if its name does."""
    parents: tuple[str, ...] = ()
    """The kinds that can own this one. They share one API path."""
    parent_arguments: tuple[str, ...] = ()
    """The arguments for the ids of the parent, its parent, and so on."""
    of_owners: Callable[[Json], bool | None] = always
    """Whether an owner, as the API returns it, can have objects of the kind; None if Okta does not say. Drift detection
    asks the others only if a definition says so, and adoption if Okta does not say."""
    owned_by: str = ""
    """The field that refers to the owner, for objects whose owner may be one that every tenant has. They have documents
    of their own in definitions. The API does not return the field: it follows from the document that was read."""
    within: Kind | None = None
    """The object that every tenant has once and that all objects of the kind are below, as an unregistered kind: the
    policy about identity providers. Definitions do not name it. Its id is the only one of the `parent_arguments`."""
    fixed_arguments: Mapping[str, Any] = field(default_factory=dict)
    system: tuple[SystemObject, ...] = ()
    additional_scopes: tuple[str, ...] = ()
    """Scopes, without `.read` or `.manage`, of other objects that the provider changes together with this one."""
    identity_engine: bool = False
    """Whether the kind needs Identity Engine. The provider refuses it in Classic Engine tenants."""
    events: tuple[str, ...] = ()
    """Prefixes of the System Log event types that change an object of the kind.

    The last matching event decides who a change is attributed to. Do not list types that are mostly about something
    else.
    """
    member_events: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    """The event types of members that are not fields, by path, if they differ from `events`."""
    unlogged: str = ""
    """Explains changes for which the log has no event of their own; empty if it has events for all changes."""
    risks_of_others: tuple[Risk, ...] = ()
    """The risks of items of the list that are of no kind (see `Shape.others`)."""
    volatile: Callable[[Json], Collection[str]] = _nothing
    """The members (dotted paths) of an object of the API that change by themselves."""
    fresh: Mapping[str, Collection[Any]] = field(default_factory=dict)
    """The values that Okta gives to members of a new object, by path. Adoption does not report a member that is no
    field while it has one of them."""
    untouched: Callable[[Spec], bool] = never
    """Whether an object that every tenant has, with these fields, is as in a new tenant, if `fresh` does not tell.
    Adoption skips it."""
    generated: tuple[str, ...] = ()
    """Members that are no field and that Okta generates for each object, such as the id of its key."""
    writes_elsewhere: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    """Members of the objects that a field refers to, which change together with the field."""
    not_declarable: Mapping[str, str] = field(default_factory=dict)
    """The arguments of the Pulumi class that no field covers, each with the reason."""
    set_separately: frozenset[str] = frozenset()
    """Members of the list response that are not part of the object. Setting them does not update the object. Okta may
    leave them out; their absence is not a change."""
    side_effects: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    """Members that are not fields (dotted paths) and that change with an update of a field, by its name."""
    not_read: tuple[str, ...] = ()
    """What belongs to objects of the kind in Okta and is neither read nor created. Secret fields are not repeated."""
    replaced_after_users: bool = False
    """Whether a replacement creates the new object first, and deletes the old one when no other object refers to it."""
    lost_on_replace: tuple[str, ...] = ()
    """What a replaced object loses besides its id and what is `not_read`, such as credentials that Okta generates."""
    details: tuple[Detail, ...] = ()
    """Further lists about an object. `read_api` finds their items in `_embedded`, by the path of the list."""
    listed_below: ListedBelow | None = None
    """For a whole list of references: where its owners are listed by the object that an item refers to."""
    read_api: Callable[[Json], Json] = _same
    """The API's object in the shape that the fields' paths describe, for kinds with several shapes."""
    write_api: Callable[[Json], Json] = _same
    """The inverse of `read_api`, for request bodies."""

    exists: Callable[[Json], bool] = always
    """Whether an item of the API, as `read_api` returns it, is an object at all: a binding without members is none."""
    requires: Callable[[Spec], Iterable[tuple[str, str]]] = _nothing
    """Kind and name in Okta of the objects that must exist before an object and that no reference names, such as the
    properties of a profile."""
    follows: tuple[str, ...] = ()
    """Kinds whose declared objects must all be as declared before an object of this kind."""
    people: Callable[[Json], int | None] = _none
    """How many people are in an object of the API; None if it does not say, or if no people can be in it."""
    powers: Callable[[Json], Sequence[str]] = _nothing
    """What an object of the API allows the people in it by itself, such as `the admin role USER_ADMIN`."""
    kept_by: Callable[[Json], str] = _empty
    """What uses an object of the API so that Okta refuses to delete it; empty if nothing does."""
    stops: Callable[[Spec], str] = _empty
    """What stops working without an object, or while it is inactive: a sentence, or empty."""
    weaker: Callable[[Protection, Protection], str] = lambda before, after: ""
    """How the second policy protects less than the first, such as `which asks for fewer factors`; or empty."""
    restricts_by: Callable[[Spec], Iterable[tuple[str, str]]] = _nothing
    """Kind and name of the objects that an object needs to deny users, or to ask them for more."""
    gates: Callable[[Spec], Sequence[Gate]] | None = None
    """For rules about sign-ins: the active ones in an object, in order, as gates."""
    last_one: LastOne | None = None
    """For kinds whose owner needs an active object; for a whole list: an active item."""
    is_admin_console: Callable[[Json], bool] = never
    """Whether an object of the API is the app in which administrators manage the tenant."""
    signs_in: bool = False
    """Whether objects of the kind can be OAuth clients that sign in by themselves, such as service apps."""
    client_id: Callable[[Json], str | None] = _none
    """The client id of an object of the API; None if it is no OAuth client."""
    client_credentials: ClientCredentials | None = None
    """For objects that are OAuth clients: where the credentials are with which they prove who they are."""
    still_signs_in: Callable[[Spec, Spec, str | None], bool] = lambda before, after, key_id: True
    """Whether a client that signs in with the key of this id can still do so after a change of the object."""
    matches_less: Callable[[Spec, Spec], bool] = lambda before, after: False
    """Whether a network zone no longer matches all requests that it matched before."""
    shares_addresses: Callable[[Spec, Spec], bool] = lambda one, other: False
    """Whether a request may come from both network zones."""
    matches_everything: Callable[[Spec], bool] = never
    """Whether a network zone matches requests from everywhere."""
    blocks_requests: Callable[[Spec], bool] = never
    """Whether Okta refuses all requests from a network zone, whatever the policies say."""

    @property
    def description(self) -> str:
        """What objects of the kind are."""
        return inspect.cleandoc(self.fields.__doc__ or "")

    @property
    def known_by_name(self) -> bool:
        """Whether objects are always identified by their names."""
        return self.known_by is _empty

    def lost_with_id(self) -> tuple[str, ...]:
        """What an object that gets a new id loses besides: what `up` does not create again."""
        return (*self.lost_on_replace, *self.not_read)


def with_sub_list(item: Json, sub_list: SubList, name: str) -> Json:
    """For `read_api`: the object with the values of a list below it in the member `name`, if the list was read."""
    items = (item.get("_embedded") or {}).get(sub_list.path)
    return (
        item
        if items is None
        else item | {name: [found for one in items if (found := member(one, sub_list.member)) is not None]}
    )


_registry: dict[str, Kind] = {}


def register(kind: Kind) -> Kind:
    """Add a kind to the registry; its `name` and `resource` must be new."""
    taken = {known.resource for known in _registry.values()}
    if kind.name in _registry or kind.resource in taken:
        raise ValueError(f"{kind.name} ({kind.resource}) is registered twice")
    _registry[kind.name] = kind
    return kind


def kinds() -> Iterator[Kind]:
    """All kinds in the order of registration: owners before the kinds they own."""
    yield from _registry.values()


def kind_named(name: str) -> Kind:
    """The kind with this word. Raises KeyError if there is none."""
    return _registry[name]


def kind_of_word(word: str) -> Kind:
    """The kind with this word. For a word of `Shape.others`, a kind with the same list."""
    return next(kind for kind in _registry.values() if word in (kind.name, kind.shape.others))


def kind_of_resource(token: str) -> Kind | None:
    """The kind behind a Pulumi type such as `okta:group/group:Group`."""
    return next((kind for kind in _registry.values() if kind.resource == token), None)


def kind_of_fields(model: type[Part]) -> Kind | None:
    """The kind with these fields; None for a structure inside one."""
    return next((kind for kind in _registry.values() if kind.fields is model), None)


def owned_kinds(kind: Kind) -> tuple[Kind, ...]:
    """The kinds whose objects belong to objects of this kind."""
    return tuple(owned for owned in _registry.values() if kind.name in owned.parents)


def sharing_list(kind: Kind) -> tuple[Kind, ...]:
    """The other kinds whose objects are in the same list."""
    alike = (one for one in _registry.values() if one is not kind and one.shape.source == kind.shape.source)
    return tuple(one for one in alike if (one.parents, one.within) == (kind.parents, kind.within))


def chain(kind: Kind) -> tuple[Kind, ...]:
    """The kind and its ancestors, the nearest first."""
    return (kind, *chain(kind_named(kind.parents[0]))) if kind.parents else (kind,)


def path_levels(kind: Kind) -> tuple[Kind, ...]:
    """The kinds whose ids are in the path of an object, the nearest first: the `chain`, and what it is `within`."""
    levels = chain(kind)
    return (*levels, levels[-1].within) if levels[-1].within else levels
