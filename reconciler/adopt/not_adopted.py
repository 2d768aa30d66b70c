"""What an adoption does not cover, with the reason: whole objects, and parts of adopted ones."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum

from reconciler.okta.snapshot import LiveObject


class Reason(Enum):
    """Why an object, or a part of one, is not adopted. The value is a heading."""

    INVALID = "Not valid as a definition"
    SECRET = "Contains a secret of this run"
    REFERENCE = "Refers to an object that is not declared"
    AMBIGUOUS = "Name is not unique"
    ORDER = "Comes after an item that is not adopted, in a list that is in order of priority"
    OWNER = "Owner has a document already, or was made by Okta"
    REMOVED = "No longer declared: the next up deletes it"
    OWN_APP = "The app this environment signs in with: deleting it would lock the reconciler out"
    UNREADABLE = "Could not be read"
    TENANT_IDS = "Adopted for this environment only: the document contains ids of this tenant"
    UNSUPPORTED = "Adopted without fields that definitions do not cover"
    OTHER_KIND = "Not covered by any kind"
    MADE_BY_OKTA = "Made by Okta"


@dataclass(frozen=True, slots=True)
class NotAdopted:
    """One object that is not adopted, or only in part."""

    reason: Reason
    kind: str
    label: str
    id: str
    detail: str = ""

    @classmethod
    def of(cls, item: LiveObject, reason: Reason, detail: str = "") -> NotAdopted:
        """The entry for an object of the tenant; its label includes those of its owners."""
        return cls(reason, item.kind.name, path_of(item), item.id, detail)


class NotAdoptable(Exception):
    """Raised when an object cannot be written as a definition."""

    def __init__(self, reason: Reason, detail: str) -> None:
        super().__init__(detail)
        self.reason = reason
        self.detail = detail

    def of(self, item: LiveObject) -> NotAdopted:
        """The entry for the object."""
        return NotAdopted.of(item, self.reason, self.detail)


def path_of(item: LiveObject) -> str:
    """The names that Okta shows, from the outermost owner to the object."""
    if item.shown is not item:
        return path_of(item.shown)
    return f"{path_of(item.parent)}/{item.label}" if item.parent else item.label
