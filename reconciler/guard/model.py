"""A guard: a rule that refuses a plan, with its limits and its message."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import Any, Generic, TypeVar

from reconciler.commit import Commit
from reconciler.definitions.model import Address, Source
from reconciler.definitions.owners import Owners
from reconciler.kinds import Part
from reconciler.plan import GuardResult, Plan
from reconciler.promotion import Circumstances

TOTAL = "*"
"""The object of a result that is about the plan as a whole."""


class Limits(Part):
    """The limits of a guard, with their defaults; `guards.yaml` can set them. This one has none."""


L = TypeVar("L", bound=Limits)


@dataclass(frozen=True, slots=True)
class GuardContext(Generic[L]):
    """What a guard knows besides the plan."""

    limits: L
    owners: Owners
    definitions: str = ""
    """The folder that holds the definitions."""
    commit: Commit = field(default_factory=Commit)
    """The commit of the definitions."""
    circumstances: Circumstances = field(default_factory=Circumstances)
    """What the run knows of earlier runs."""
    key_id: str | None = None
    """The id of the key with which the run signs in; None if it is not known."""


Check = Callable[[Plan, GuardContext[L]], Iterable[GuardResult]]


@dataclass(frozen=True, slots=True)
class Guard(Generic[L]):
    """One guard."""

    id: str
    """Never changes: `guards.yaml`, overrides and reports refer to it."""
    title: str
    """What would happen without the guard, in a few words."""
    purpose: str
    """What it refuses, in one sentence, for the documentation."""
    check: Check[L]
    limits: L
    """The default limits."""
    only_up: bool = False
    """Whether it refuses only runs that change the tenant: previews may show what cannot be applied yet."""
    covers: tuple[str, ...] = ()
    """Guards whose results are dropped if this one refuses: they would refuse the same for a weaker reason."""

    def result(self, what: Address | str, detail: str, hint: str, source: Source | None = None) -> GuardResult:
        """A refusal of one object, or of a total."""
        return GuardResult(self.id, str(what), self.title, detail, hint, source)


AnyGuard = Guard[Any]
