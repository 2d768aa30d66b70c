"""What the official provider refuses although Okta accepts it.

The preview only shows what the provider's schema checks. Everything else would fail during `up`. Each kind therefore
declares these rules. `validate` applies them to definitions, and the stand-in refuses in the same phases as the
provider.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from enum import Flag, auto
from typing import Any


class Phase(Flag):
    """The phase in which the provider refuses."""

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

    `when` gets the object's fields as attributes (None for fields that were left out) and says whether the object is
    refused. `message` says what is allowed; it follows "FIELD: VALUE: ".
    """

    field: str
    when: Callable[[Any], object]
    message: str
    phase: Phase = Phase.WRITE
    of_definitions: bool = True
    """Whether `validate` refuses it in definitions. If not, `up` reaches the declared state in another way."""


class SpecAttributes:
    """The fields of a spec as attributes; None for absent fields."""

    __slots__ = ("_spec",)

    def __init__(self, spec: Mapping[str, Any]) -> None:
        self._spec = spec

    def __getattr__(self, name: str) -> Any:
        return self._spec.get(name)


def refused(refusals: tuple[Refusal, ...], fields: Any, phase: Phase) -> Iterator[Refusal]:
    """The rules that refuse these fields in a phase."""
    return (refusal for refusal in refusals if refusal.phase & phase and refusal.when(fields))


CREATED_ACTIVE = Refusal(
    "status",
    lambda item: item.status == "INACTIVE",
    "the provider cannot create it INACTIVE: create it ACTIVE first, then deactivate it",
    Phase.CREATE,
    of_definitions=False,
)
"""For kinds that the provider only creates ACTIVE: `up` creates them ACTIVE and deactivates them afterwards."""
