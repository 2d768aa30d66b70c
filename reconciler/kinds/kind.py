"""The base of every kind, and the registry of all of them."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from typing import Any, ClassVar, Self, TypeVar

from pydantic import BaseModel, ConfigDict, ValidationError, model_validator
from pydantic_core import InitErrorDetails

from reconciler.kinds.fields import Only
from reconciler.kinds.gates import Gate
from reconciler.kinds.refusals import Refusal
from reconciler.kinds.risks import Risk

Json = dict[str, Any]
Spec = dict[str, Any]
"""A kind's fields in canonical form: JSON values, sets sorted, references as logical names or as ids."""


def _always(_: Json) -> bool:
    return True


def _never(_: Json) -> bool:
    return False


@dataclass(frozen=True, slots=True)
class SystemObject:
    """An object that Okta creates in every tenant. Definitions can refer to it but not declare it."""

    name: str
    matches: Callable[[Json], bool]
    meaning: str
    everyone: bool = False
    """Whether all people of the tenant are in it."""


@dataclass(frozen=True, slots=True)
class Collection:
    """Where objects of a kind live in the Management API.

    A `path` without a leading slash is relative to the parent's item: `scopes` is
    `/api/v1/authorizationServers/{id}/scopes`. `query` is the query of the list call. `claims` selects the items of
    this kind from a list that several kinds share. `built_in` selects the items that Okta created.
    """

    path: str
    scope: str
    """The OAuth scope of its endpoints, without `.read` or `.manage`: `okta.groups` (see `reconciler.kinds.scopes`)."""
    query: str = ""
    claims: Callable[[Json], bool] = _always
    built_in: Callable[[Json], bool] = _never
    fixed: Mapping[str, Any] = field(default_factory=dict)
    """Members (dotted paths) that have the same value in every object of the kind; sent on create."""
    lifecycle: bool = False
    """Whether `status` changes by `lifecycle/activate` and `lifecycle/deactivate`, not by PUT."""
    create_query: str = ""
    """The query of the POST that creates an object."""
    unlisted: str = ""
    """The query that lists objects of the same path which `query` leaves out, and to which others can refer."""
    inactive_to_update: bool = False
    """Whether Okta refuses a PUT while the object is ACTIVE."""
    inactive_to_delete: bool = False
    """Whether Okta refuses a DELETE while the object is ACTIVE."""
    list_key: str = ""
    """For a kind whose object is a whole list of the parent: the key of its items."""
    importable: bool = True
    """Whether the provider can import existing objects. If not, creating one that exists does not duplicate it."""
    created_active: bool = False
    """Whether the provider only creates ACTIVE objects, so that `INACTIVE` needs an update."""
    derived: tuple[str, ...] = ()
    """Members (dotted paths) whose values follow from the fields."""
    delete_fails_if_missing: bool = False
    """Whether the provider fails to delete an object that no longer exists."""
    ignores_status: Callable[[Spec], bool] = _never
    """The objects for which the provider ignores `status` on create."""
    keeps: tuple[str, ...] = ()
    """Members (dotted paths) that the provider reads from Okta and sends back when it updates an object."""
    others: str = ""
    """The word for items of the list that are of no kind: `app` for apps with other sign-on modes. Drift detection
    watches them too."""
    prioritised: bool = False
    """Whether Okta evaluates siblings in the order of a `priority`, which it renumbers."""
    priority_must_match: bool = False
    """Whether the provider fails after a write if Okta returns a different `priority`."""

    @property
    def okta_adds(self) -> bool:
        """Whether Okta creates some of the objects."""
        return self.built_in is not _never


@dataclass(frozen=True, slots=True)
class Detail:
    """A list with details of an object. It is read only for objects that say they have details."""

    path: str
    """The path of the list, relative to the object."""
    scope: str
    """The OAuth scope of its endpoint, without `.read` or `.manage`."""
    of: str
    """The member of the object (dotted path) that says whether it has details."""
    member: str
    """The member in which `read_api` puts the list."""
    value: object = True
    """The value of the member `of` if the object has details."""

    def asked(self, item: Json) -> bool:
        """Whether to read the list for an object, given as `read_api` returns it."""
        found: Any = item
        for key in self.of.split("."):
            found = found.get(key) if isinstance(found, Mapping) else None
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


class Part(BaseModel):
    """A kind, or a structure inside one: a frozen model that accepts no other fields."""

    model_config = ConfigDict(frozen=True, extra="forbid", use_attribute_docstrings=True)

    refusals: ClassVar[tuple[Refusal, ...]] = ()
    """What the official provider refuses although Okta accepts it."""
    risks: ClassVar[tuple[Risk, ...]] = ()
    """The risks of changes. Those of base classes apply too: see `risks_of`."""

    @model_validator(mode="before")
    @classmethod
    def _without_meaningless(cls, data: Any) -> Any:
        """Accept null for a field that does not apply to the object, as in the canonical form."""
        names = [name for name in _conditional(cls) if isinstance(data, dict) and data.get(name, ...) is None]
        return {name: value for name, value in data.items() if name not in names} if names else data

    @model_validator(mode="after")
    def _can_be_applied(self) -> Self:
        """Refuse what the provider would refuse during `up`, or ignore."""
        errors = [
            self.error_at(name, f"{only.reason}: leave it out")
            for name, only in _conditional(type(self)).items()
            if name in self.model_fields_set and self._can_judge(only.when) and not only.when(self)
            if getattr(self, name) != type(self).model_fields[name].default
        ]
        errors += [
            self.error_at(refusal.field, refusal.message)
            for refusal in self.refusals
            if refusal.of_definitions and refusal.field in self.__dict__
            if self._can_judge(refusal.when) and refusal.when(self)
        ]
        return self.without_errors(errors)

    def _can_judge(self, rule: Callable[[Any], object]) -> bool:
        """Whether a rule can be evaluated: if some fields are invalid, it may need a missing one."""
        if self.__dict__.keys() >= type(self).model_fields.keys():
            return True
        try:
            rule(self)
        except AttributeError:
            return False
        return True

    @classmethod
    def is_conditional(cls, name: str) -> bool:
        """Whether a field applies to some objects only."""
        return name in _conditional(cls)

    def without_errors(self, errors: list[InitErrorDetails]) -> Self:
        """The structure itself. Raises ValidationError with all the errors, if there are any."""
        if errors:
            raise ValidationError.from_exception_data(type(self).__name__, errors)
        return self

    def error_at(self, name: str, message: str, index: int | None = None) -> InitErrorDetails:
        """An error of a rule about several fields, reported at one field or one item of it."""
        value = getattr(self, name)
        loc, value = ((name,), value) if index is None else ((name, index), value[index])
        return InitErrorDetails(type="value_error", loc=loc, input=value, ctx={"error": ValueError(message)})


@cache
def risks_of(model: type[Part]) -> tuple[Risk, ...]:
    """The risks of a model and of its base classes."""
    classes = (one for one in reversed(model.__mro__) if issubclass(one, Part))
    return tuple(risk for one in classes for risk in one.__dict__.get("risks", ()))


@cache
def _conditional(model: type[Part]) -> dict[str, Only]:
    """The fields that apply to some objects only."""
    markers = ((name, marker) for name, info in model.model_fields.items() for marker in info.metadata)
    return {name: marker for name, marker in markers if isinstance(marker, Only)}


class Kind(Part):
    """One kind of Okta object, with everything that the project knows about it.

    Subclasses set the class variables and declare the fields. `kind` is the word in definitions, and `resource` the
    Pulumi type. `label_field` is the field with the name that Okta shows; it identifies an object within its parent.
    """

    kind: ClassVar[str]
    resource: ClassVar[str]
    collection: ClassVar[Collection]
    events: ClassVar[tuple[str, ...]] = ()
    """Prefixes of the System Log event types that change an object of the kind.

    The last matching event decides who a change is attributed to. Do not list types that are mostly about something
    else.
    """
    member_events: ClassVar[Mapping[str, tuple[str, ...]]] = {}
    """The event types of members that are not fields, by path, if they differ from `events`."""
    unlogged: ClassVar[str] = ""
    """Explains changes for which the log has no event of their own; empty if it has events for all changes."""
    set_separately: ClassVar[frozenset[str]] = frozenset()
    """Members of the list response that are not part of the object. Setting them does not update the object. Okta may
    leave them out; their absence is not a change."""
    side_effects: ClassVar[Mapping[str, tuple[str, ...]]] = {}
    """Members that are not fields (dotted paths) and that change with an update of a field, by its name."""
    not_read: ClassVar[tuple[str, ...]] = ()
    """What belongs to objects of the kind in Okta and is neither read nor created. Secret fields are not repeated."""
    lost_on_replace: ClassVar[tuple[str, ...]] = ()
    """What a replaced object loses besides its id and what is `not_read`, such as credentials that Okta generates."""
    signs_in: ClassVar[bool] = False
    """Whether objects of the kind can be OAuth clients that sign in by themselves, such as service apps."""
    detail: ClassVar[Detail | None] = None
    """A further list for some objects. `read_api` finds its items in `_embedded`, by the path of the list."""
    listed_below: ClassVar[ListedBelow | None] = None
    """For a whole list of references: where its owners are listed by the object that an item refers to."""
    label_field: ClassVar[str] = "name"
    distinguished_by: ClassVar[str] = ""
    """The field in which siblings of one name differ, where Okta lets siblings share a name; empty if it does not."""
    parents: ClassVar[tuple[str, ...]] = ()
    """The kinds that can own this one. They share one API path."""
    parent_arguments: ClassVar[tuple[str, ...]] = ()
    """The arguments for the ids of the parent, its parent, and so on."""
    fixed_arguments: ClassVar[Mapping[str, Any]] = {}
    system: ClassVar[tuple[SystemObject, ...]] = ()
    additional_scopes: ClassVar[tuple[str, ...]] = ()
    """Scopes, without `.read` or `.manage`, of other objects that the provider changes together with this one."""
    identity_engine: ClassVar[bool] = False
    """Whether the kind needs Identity Engine. The provider refuses it in Classic Engine tenants."""

    gates: ClassVar[Callable[[Spec], Sequence[Gate]] | None] = None
    """For rules about sign-ins: the active ones in an object, in order, as gates."""
    last_one: ClassVar[LastOne | None] = None
    """For kinds whose owner needs an active object; for a whole list: an active item."""

    @classmethod
    def is_admin_console(cls, item: Json) -> bool:
        """Whether an object of the API is the app in which administrators manage the tenant."""
        return False

    @classmethod
    def matches_less(cls, before: Spec, after: Spec) -> bool:
        """Whether a network zone no longer matches all requests that it matched before."""
        return False

    @classmethod
    def shares_addresses(cls, one: Spec, other: Spec) -> bool:
        """Whether a request may come from both network zones."""
        return False

    @classmethod
    def matches_everything(cls, spec: Spec) -> bool:
        """Whether a network zone matches requests from everywhere."""
        return False

    @classmethod
    def blocks_requests(cls, spec: Spec) -> bool:
        """Whether Okta refuses all requests from a network zone, whatever the policies say."""
        return False

    @classmethod
    def lost_with_id(cls) -> tuple[str, ...]:
        """What an object that gets a new id loses besides: what `up` does not create again."""
        return (*cls.lost_on_replace, *cls.not_read)

    @classmethod
    def client_id(cls, item: Json) -> str | None:
        """The client id of an object of the API; None if it is no OAuth client."""
        return None

    @classmethod
    def still_signs_in(cls, before: Spec, after: Spec, key_id: str | None) -> bool:
        """Whether a client that signs in with the key of this id can still do so after a change of the object."""
        return True

    @classmethod
    def restricts_by(cls, spec: Spec) -> Iterable[tuple[str, str]]:
        """Kind and name of the objects that an object needs to deny users, or to ask them for more."""
        return ()

    @classmethod
    def people(cls, item: Json) -> int | None:
        """How many people are in an object of the API; None if it does not say, or if no people can be in it."""
        return None

    @classmethod
    def powers(cls, item: Json) -> Sequence[str]:
        """What an object of the API allows the people in it by itself, such as `the admin role USER_ADMIN`."""
        return ()

    @classmethod
    def kept_by(cls, item: Json) -> str:
        """What uses an object of the API so that Okta refuses to delete it; empty if nothing does."""
        return ""

    @classmethod
    def stops(cls, spec: Spec) -> str:
        """What stops working without an object, or while it is inactive: a sentence, or empty."""
        return ""

    @classmethod
    def weaker(cls, before: Protection, after: Protection) -> str:
        """How the second policy protects less than the first, such as `which asks for fewer factors`; or empty."""
        return ""

    @classmethod
    def read_api(cls, item: Json) -> Json:
        """The API's object in the shape that the fields' paths describe, for kinds with several shapes."""
        return item

    @classmethod
    def write_api(cls, item: Json) -> Json:
        """The inverse of `read_api`, for request bodies."""
        return item


_registry: dict[str, type[Kind]] = {}


K = TypeVar("K", bound=type["Kind"])


def register(kind: K) -> K:
    """Add a kind to the registry; its `kind` and `resource` must be new."""
    taken = {known.resource for known in _registry.values()}
    if kind.kind in _registry or kind.resource in taken:
        raise ValueError(f"{kind.kind} ({kind.resource}) is registered twice")
    _registry[kind.kind] = kind
    return kind


def kinds() -> Iterator[type[Kind]]:
    """All kinds in the order of registration: owners before the kinds they own."""
    yield from _registry.values()


def kind_named(name: str) -> type[Kind]:
    """The kind with this word. Raises KeyError if there is none."""
    return _registry[name]


def kind_of_word(word: str) -> type[Kind]:
    """The kind with this word. For a word of `Collection.others`, a kind with the same list."""
    return next(kind for kind in _registry.values() if word in (kind.kind, kind.collection.others))


def kind_of_resource(token: str) -> type[Kind] | None:
    """The kind behind a Pulumi type such as `okta:group/group:Group`."""
    return next((kind for kind in _registry.values() if kind.resource == token), None)


def owned_kinds(kind: type[Kind]) -> tuple[type[Kind], ...]:
    """The kinds whose objects belong to objects of this kind."""
    return tuple(owned for owned in _registry.values() if kind.kind in owned.parents)


def chain(kind: type[Kind]) -> tuple[type[Kind], ...]:
    """The kind and its ancestors, the nearest first."""
    return (kind, *chain(kind_named(kind.parents[0]))) if kind.parents else (kind,)
