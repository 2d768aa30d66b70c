"""What is not adopted, and why: values that the account of an adoption shows."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum

from reconciler.okta.snapshot import LiveObject


class Why(Enum):
    """The reasons for which an object is not adopted; the value is a heading."""

    REFUSED = "What a definition cannot say"
    REFERENCE = "References to what is not declared"
    AMBIGUOUS = "Names that stand twice"
    ORDER = "After something that is not adopted, where the order counts"
    OWNER = "What belongs to an object that has a document, or that Okta made"
    REMOVED = "No longer declared: the next up deletes it"
    UNREADABLE = "What could not be read"
    OUTSIDE = "Of no kind that can be declared"
    MADE_BY_OKTA = "Made by Okta"


@dataclass(frozen=True, slots=True)
class NotAdopted:
    """One object that is not adopted."""

    why: Why
    kind: str
    label: str
    id: str
    detail: str = ""


class Refusal(Exception):
    """Raised while an object is put into words that definitions do not have."""

    def __init__(self, why: Why, detail: str) -> None:
        super().__init__(detail)
        self.why = why
        self.detail = detail

    def of(self, item: LiveObject) -> NotAdopted:
        """What is said about the object."""
        return not_adopted(item, self.why, self.detail)


def not_adopted(item: LiveObject, why: Why, detail: str = "") -> NotAdopted:
    """What is said about an object of the tenant; what is owned is shown with its owners."""
    return NotAdopted(why, item.kind.kind, path_of(item), item.id, detail)


def path_of(item: LiveObject) -> str:
    """The names that Okta shows, from the outermost owner to the object."""
    if item.parent is None:
        return item.label
    return path_of(item.parent) if item.kind.collection.list_key else f"{path_of(item.parent)}/{item.label}"
