"""What the official provider does when it writes objects of a kind."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from reconciler.kinds.part import Json, Spec
from reconciler.kinds.shapes import never


def nothing(_: Spec) -> None:
    """No change."""


def takes_nothing_over(_: Spec, __: Json) -> bool:
    """The provider creates an object."""
    return False


@dataclass(frozen=True, slots=True, kw_only=True)
class LookUp:
    """A list that the provider reads before it updates an object."""

    request: str
    scope: str
    """The scope of its endpoint."""
    before_create: bool = False
    """Whether the provider reads it also before it creates an object."""
    refused: Callable[[Spec, Sequence[Json]], str] = lambda spec, items: ""
    """Why the provider refuses an object with these fields if the list has these items; empty if it does not."""


@dataclass(frozen=True, slots=True)
class Switch:
    """A field that requests of its own set: a POST to a path below the object."""

    field: str
    """A field that is true or false."""
    on: str
    """The path of the request that makes it true, such as `subscribe`."""
    off: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Provider:
    """How the provider creates, updates and deletes objects of a kind. Paths of members are dotted."""

    fixed: Mapping[str, Any] = field(default_factory=dict)
    """Members that have the same value in every object of the kind; sent on create."""
    derived: tuple[str, ...] = ()
    """Members whose values follow from the fields."""
    copied: Mapping[str, tuple[str, str]] = field(default_factory=dict)
    """Members that the provider sets on create if they are left out: the field that refers to another object, and the
    member of that object with the value."""
    keeps: tuple[str, ...] = ()
    """Members that the provider reads from Okta and sends back when it updates an object."""
    importable: bool = True
    """Whether the provider can import existing objects. If not, creating one that exists does not duplicate it."""
    create_query: Callable[[Spec], str] = lambda spec: ""
    """The query of the POST that creates an object with these fields."""
    on_creation: Callable[[Spec], tuple[str, Json] | None] = nothing
    """What the provider changes in an item that Okta made with a new object: the path of the list below the object,
    and the changed members."""
    created_active: bool = False
    """Whether the provider only creates ACTIVE objects, so that `INACTIVE` needs an update."""
    ignores_status: Callable[[Spec], bool] = never
    """The objects for which the provider ignores `status` on create."""
    takes_over: Callable[[Spec, Json], bool] = takes_nothing_over
    """Whether the provider, asked to create an object with these fields, takes over this one instead.

    It then only sets the status, unless no object of the kind can be created: then it updates the object.
    """
    lifecycle: bool = False
    """Whether `status` changes by `lifecycle/activate` and `lifecycle/deactivate`, not by PUT."""
    empties: tuple[str, ...] = ()
    """Members (maps) of which the provider sends null for each entry that the object no longer has."""
    switch: Switch | None = None
    """A field that requests of its own set."""
    update_method: str = "PUT"
    """The method that updates an object: `PUT`, `POST` or `PATCH`. A PATCH has only the fields that can change. Empty
    if only lists below the object, or a `switch`, can be changed."""
    delete_query: Callable[[Spec], str] = lambda spec: ""
    """The query of the DELETE of an object with these fields."""
    deleted_by_emptying: bool = False
    """Whether the provider deletes an object by emptying the lists below it."""
    deleted_by_deactivating: bool = False
    """Whether the provider deactivates an object instead of deleting it, and ignores it if Okta refuses that."""
    deletes_nothing: bool = False
    """Whether the provider sends nothing when it is asked to delete an object."""
    deletes_declared_only: bool = False
    """Whether the provider deletes a whole set by removing the declared values. Otherwise it removes all."""
    reset: Mapping[str, Any] | Callable[[Json], Mapping[str, Any]] | None = None
    """The body with which the provider resets an object instead of deleting it, perhaps made from the object; None if
    it sends a DELETE."""
    looks_up: tuple[LookUp, ...] = ()
    """What the provider reads before it writes an object."""
    inactive_to_update: bool = False
    """Whether Okta refuses an update while the object is ACTIVE."""
    inactive_to_delete: bool = False
    """Whether Okta refuses a DELETE while the object is ACTIVE. If it is updated by PATCH, a PATCH
    deactivates it."""
    delete_fails_if_missing: bool = False
    """Whether the provider fails to delete an object that no longer exists."""
    priority_must_match: bool = False
    """Whether the provider fails after a write if Okta returns a different `priority`."""

    @property
    def takes_over_some(self) -> bool:
        """Whether the provider can take over an object instead of creating one."""
        return self.takes_over is not takes_nothing_over
