"""The base of every kind, and the registry of all of them."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cache
from typing import Any, ClassVar, Self, TypeVar

from pydantic import BaseModel, ConfigDict, ValidationError, model_validator
from pydantic_core import InitErrorDetails

from reconciler.kinds.fields import Only
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
    """An object that Okta makes in every tenant: it can be referred to, and is never created or deleted."""

    name: str
    matches: Callable[[Json], bool]
    meaning: str


@dataclass(frozen=True, slots=True)
class Collection:
    """Where objects of a kind live in the Management API.

    A `path` without a leading slash hangs below the parent's item: `scopes` is
    `/api/v1/authorizationServers/{id}/scopes`. `query` is what one list call for everything needs. `claims`
    says which items of a shared list are of this kind; `built_in` which of those Okta made itself.
    """

    path: str
    scope: str
    """The OAuth scope of its endpoints without the access: `okta.groups` (see `reconciler.kinds.scopes`)."""
    query: str = ""
    claims: Callable[[Json], bool] = _always
    built_in: Callable[[Json], bool] = _never
    fixed: Mapping[str, Any] = field(default_factory=dict)
    """Members (dotted paths) with the same value in every object of the kind, sent on create."""
    lifecycle: bool = False
    """Whether `lifecycle/activate` and `lifecycle/deactivate` change `status` (a PUT does not)."""
    create_query: str = ""
    """The query of the POST that creates one."""
    inactive_to_update: bool = False
    """Whether a PUT is refused while the object is ACTIVE."""
    inactive_to_delete: bool = False
    """Whether a DELETE is refused while the object is ACTIVE."""
    list_key: str = ""
    """For a kind that owns a whole list: the members (of the parent) that make it up, by this key."""
    importable: bool = True
    """Whether the provider imports what is there already. What it cannot import, it makes without making it twice."""
    created_active: bool = False
    """Whether the provider only makes ACTIVE ones: `INACTIVE` takes a second step."""
    derived: tuple[str, ...] = ()
    """Members (dotted paths) that follow from what the fields say."""
    delete_fails_if_missing: bool = False
    """Whether the provider fails to delete what is gone already."""
    ignores_status: Callable[[Spec], bool] = _never
    """Which objects the provider makes without a look at their `status`."""
    keeps: tuple[str, ...] = ()
    """Members (dotted paths) that the provider sends back as Okta has them when it updates an object."""
    others: str = ""
    """What items of the list are called that are of no kind: `app` for those with another sign-on mode. They are
    watched all the same."""
    prioritised: bool = False
    """Whether siblings are asked in the order of a `priority`, which Okta renumbers."""
    priority_must_match: bool = False
    """Whether the provider ends with an error, after the write, if Okta answers with another `priority`."""

    @property
    def okta_adds(self) -> bool:
        """Whether Okta itself makes some of the objects."""
        return self.built_in is not _never


@dataclass(frozen=True, slots=True)
class Detail:
    """A list that tells more of an object: it is asked for where the object itself says that there is more."""

    path: str
    """Below the object."""
    scope: str
    """The OAuth scope of its endpoint, without the access."""
    of: str
    """The member of the object, as a dotted path, that says whether there is more."""
    member: str
    """The member in which `read_api` puts it."""
    value: object = True
    """What that member is where there is more."""

    def asked(self, item: Json) -> bool:
        """Whether to ask for it, by the object as `read_api` gives it."""
        found: Any = item
        for key in self.of.split("."):
            found = found.get(key) if isinstance(found, Mapping) else None
        return found is not None and found == self.value


class Part(BaseModel):
    """A frozen, closed model: a kind, or a structure inside one."""

    model_config = ConfigDict(frozen=True, extra="forbid", use_attribute_docstrings=True)

    refusals: ClassVar[tuple[Refusal, ...]] = ()
    """What the official provider refuses although Okta would take it."""
    risks: ClassVar[tuple[Risk, ...]] = ()
    """What changes mean to an attacker. Those of base classes count as well: see `risks_of`."""

    @model_validator(mode="before")
    @classmethod
    def _without_meaningless(cls, data: Any) -> Any:
        """Accept null for a field that means nothing for the object: the canonical form writes it so."""
        names = [name for name in _conditional(cls) if isinstance(data, dict) and data.get(name, ...) is None]
        return {name: value for name, value in data.items() if name not in names} if names else data

    @model_validator(mode="after")
    def _can_be_applied(self) -> Self:
        """Refuse what the provider would refuse half-way through an `up`, or never apply."""
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
        """Whether a rule asks only for fields that are there: of an incomplete structure, some are wrong."""
        if self.__dict__.keys() >= type(self).model_fields.keys():
            return True
        try:
            rule(self)
        except AttributeError:
            return False
        return True

    @classmethod
    def is_conditional(cls, name: str) -> bool:
        """Whether a field means something for some objects only."""
        return name in _conditional(cls)

    def without_errors(self, errors: list[InitErrorDetails]) -> Self:
        """The same; raises all errors that rules over several fields found."""
        if errors:
            raise ValidationError.from_exception_data(type(self).__name__, errors)
        return self

    def error_at(self, name: str, message: str, index: int | None = None) -> InitErrorDetails:
        """What a rule over several fields finds at a field, or at one item of it."""
        value = getattr(self, name)
        loc, value = ((name,), value) if index is None else ((name, index), value[index])
        return InitErrorDetails(type="value_error", loc=loc, input=value, ctx={"error": ValueError(message)})


@cache
def risks_of(model: type[Part]) -> tuple[Risk, ...]:
    """The risks that a model declares, and those of what it is derived from."""
    classes = (one for one in reversed(model.__mro__) if issubclass(one, Part))
    return tuple(risk for one in classes for risk in one.__dict__.get("risks", ()))


@cache
def _conditional(model: type[Part]) -> dict[str, Only]:
    """The fields that mean something for some objects only."""
    markers = ((name, marker) for name, info in model.model_fields.items() for marker in info.metadata)
    return {name: marker for name, marker in markers if isinstance(marker, Only)}


class Kind(Part):
    """One kind of Okta object: everything the project knows of it.

    Subclasses set the class variables and declare the fields. `kind` is the word used in definitions,
    `resource` the Pulumi type, `label_field` the field with the name that Okta shows, which is also the
    natural key by which an object is recognised within its parent.
    """

    kind: ClassVar[str]
    resource: ClassVar[str]
    collection: ClassVar[Collection]
    events: ClassVar[tuple[str, ...]] = ()
    """The beginnings of the types of events in the System Log that change such an object.

    All count alike, and the last event tells who did it: none may be so general that it is mostly about other things.
    """
    member_events: ClassVar[Mapping[str, tuple[str, ...]]] = {}
    """The same for members that no field stands for, by path, where other events change them."""
    unlogged: ClassVar[str] = ""
    """What to say where the log has no event for a change, and tells of it by another one; empty if it has them all."""
    told_apart: ClassVar[frozenset[str]] = frozenset()
    """Members that a list tells beside the object itself. Setting them does not update the object, and Okta may leave
    them out, which says nothing."""
    not_read: ClassVar[tuple[str, ...]] = ()
    """What belongs to objects of the kind in Okta, and is neither read nor created. Secret fields are not repeated."""
    signs_in: ClassVar[bool] = False
    """Whether an object of the kind can be an OAuth client that signs in by itself."""
    detail: ClassVar[Detail | None] = None
    """What a list call for some objects tells besides. `read_api` finds its items below `_embedded`, by its path."""
    label_field: ClassVar[str] = "name"
    distinguished_by: ClassVar[str] = ""
    """The field in which siblings of one name differ, where Okta lets siblings share a name; empty if it does not."""
    parents: ClassVar[tuple[str, ...]] = ()
    """The kinds that can own this one; they live at the same path."""
    parent_arguments: ClassVar[tuple[str, ...]] = ()
    """Arguments that take the ids of the parent, its parent, and so on."""
    fixed_arguments: ClassVar[Mapping[str, Any]] = {}
    system: ClassVar[tuple[SystemObject, ...]] = ()
    additional_scopes: ClassVar[tuple[str, ...]] = ()
    """Scopes, without the access, of what the provider reads and changes along with an object of this kind."""
    identity_engine: ClassVar[bool] = False
    """Whether only tenants of the Identity Engine have such objects: the provider refuses them in Classic ones."""

    @classmethod
    def client_id(cls, item: Json) -> str | None:
        """The OAuth client that an object of the API is; None for what signs in nowhere."""
        return None

    @classmethod
    def restricts_by(cls, spec: Spec) -> Iterable[tuple[str, str]]:
        """Kind and name of the objects that an object needs to keep people out, or to ask them for more."""
        return ()

    @classmethod
    def read_api(cls, item: Json) -> Json:
        """The API's object in the one shape that the fields' paths describe; for kinds with several shapes."""
        return item

    @classmethod
    def write_api(cls, item: Json) -> Json:
        """The inverse of `read_api`, for what is sent."""
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
    """All kinds, in the order of registration: parents before what they own."""
    yield from _registry.values()


def kind_named(name: str) -> type[Kind]:
    """The kind with this word; KeyError if there is none."""
    return _registry[name]


def kind_of_word(word: str) -> type[Kind]:
    """The kind with this word; for what is of no kind (`Collection.others`), one that has the same list."""
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
