"""What an adoption leaves out, and why: objects, and what documents do not say of those that are adopted."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum

from reconciler.okta.snapshot import LiveObject


class Why(Enum):
    """The reasons for which an object, or a part of one, is left out; the value is a heading."""

    REFUSED = "What a definition cannot say"
    SECRET = "A secret of this run stands in it"
    REFERENCE = "References to what is not declared"
    AMBIGUOUS = "Names that stand twice"
    ORDER = "After something that is not adopted, where the order counts"
    OWNER = "What belongs to an object that has a document, or that Okta made"
    REMOVED = "No longer declared: the next up deletes it"
    OURSELVES = "The app with which this environment signs in: deleting it would lock the reconciler out"
    UNREADABLE = "What could not be read"
    IDS = "Adopted for this environment alone, since ids of this tenant are in the text"
    UNSAID = "Adopted, but for members that no definition can state"
    OUTSIDE = "Of no kind that can be declared"
    MADE_BY_OKTA = "Made by Okta"


@dataclass(frozen=True, slots=True)
class LeftOut:
    """One object that is not adopted, or not in all that it is."""

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

    def of(self, item: LiveObject) -> LeftOut:
        """What is said about the object."""
        return left_out(item, self.why, self.detail)


def left_out(item: LiveObject, why: Why, detail: str = "") -> LeftOut:
    """What is said about an object of the tenant; what is owned is shown with its owners."""
    return LeftOut(why, item.kind.kind, path_of(item), item.id, detail)


def path_of(item: LiveObject) -> str:
    """The names that Okta shows, from the outermost owner to the object."""
    if item.parent is None:
        return item.label
    return path_of(item.parent) if item.kind.collection.list_key else f"{path_of(item.parent)}/{item.label}"
