"""What the official provider refuses although Okta would take it.

Preview shows only what the provider's schema checks; the rest fails half-way through an `up`. So each kind declares
these rules, `validate` applies them to definitions, and the stand-in refuses at the same points as the provider.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from enum import Flag, auto
from typing import Any


class Phase(Flag):
    """When the provider refuses."""

    PREVIEW = auto()
    CREATE = auto()
    UPDATE = auto()
    DELETE = auto()
    VALIDATE = auto()
    """Refused by `validate` only: the provider accepts it and does something else."""
    WRITE = CREATE | UPDATE
    ALWAYS = PREVIEW | CREATE | UPDATE | DELETE | VALIDATE


@dataclass(frozen=True, slots=True)
class Refusal:
    """One rule of the provider.

    `when` gets the object's fields as attributes (None for what was left out) and says whether it is refused;
    `message` says what is right, and completes "FIELD: VALUE: ...".
    """

    field: str
    when: Callable[[Any], object]
    message: str
    phase: Phase = Phase.WRITE
    of_definitions: bool = True
    """Whether a definition that says so is wrong; otherwise `up` knows another way to the same end."""


class SpecAttributes:
    """Fields of a spec as attributes; None for what it does not have."""

    __slots__ = ("_spec",)

    def __init__(self, spec: Mapping[str, Any]) -> None:
        self._spec = spec

    def __getattr__(self, name: str) -> Any:
        return self._spec.get(name)


def refused(refusals: tuple[Refusal, ...], fields: Any, phase: Phase) -> Iterator[Refusal]:
    """The rules by which the provider refuses these fields in a phase."""
    return (refusal for refusal in refusals if refusal.phase & phase and refusal.when(fields))


CREATED_ACTIVE = Refusal(
    "status",
    lambda item: item.status == "INACTIVE",
    "the provider cannot create it INACTIVE: create it ACTIVE first, then deactivate it",
    Phase.CREATE,
    of_definitions=False,
)
"""For kinds that the provider only creates ACTIVE: `up` creates them ACTIVE and deactivates them afterwards."""
