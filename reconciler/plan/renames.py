"""Documents that were renamed without `previously`: the plan deletes an object and creates one like it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from reconciler.engine.changes import Operation

if TYPE_CHECKING:
    from reconciler.plan.model import PlannedChange

_ENDS = frozenset({Operation.DELETE, Operation.RELEASE})
_Key = tuple[str, str, str, str]
"""Kind, owner, label, and the value that tells apart siblings of one label."""


@dataclass(frozen=True, slots=True)
class Rename:
    """An object that is deleted or released, and one of the same kind, owner and label that is created."""

    old: PlannedChange
    new: PlannedChange

    @property
    def summary(self) -> str:
        """`group people looks like a rename of staff`."""
        return f"{self.new.address} looks like a rename of {_own_name(self.old)}"

    @property
    def remedy(self) -> str:
        """What to add to the document, and where."""
        where = f" at {self.new.source}" if self.new.source else ""
        return f"add `previously: [{_own_name(self.old)}]` to {self.new.address}{where} to keep the object and its id"

    @property
    def consequence(self) -> str:
        """What happens without it."""
        if self.old.operation is Operation.RELEASE:
            return (
                "without it, `up` creates another object, which Okta may refuse while the name is taken, and the "
                "first one is no longer managed"
            )
        lost = self.old.kind.lost_with_id()
        also = f", with: {', '.join(lost)}" if lost else ""
        return (
            "without it, `up` creates another object with a new id, which Okta may refuse while the name is taken, and "
            f"deletes the first one{also}"
        )


def renames_in(planned: Iterable[PlannedChange]) -> list[Rename]:
    """The renames among these changes. Whole lists go with their owners, and owned objects with their owner's name."""
    gone: defaultdict[_Key, list[PlannedChange]] = defaultdict(list)
    created: defaultdict[_Key, list[PlannedChange]] = defaultdict(list)
    for change in planned:
        if change.list_of is not None or change.kind.shape.part_of_owner or change.recreated:
            continue
        if change.operation in _ENDS:
            gone[_key(change)].append(change)
        elif change.operation is Operation.CREATE:
            created[_key(change)].append(change)
    pairs = ((gone[key], created[key]) for key in created if key in gone)
    return [Rename(old[0], new[0]) for old, new in pairs if len(old) == len(new) == 1]


def _key(change: PlannedChange) -> _Key:
    field = change.kind.distinguished_by
    spec = change.before if change.operation in _ENDS else change.after
    owner = change.address.name.rpartition("/")[0]
    return change.address.kind, owner, change.label, str((spec or {}).get(field)) if field else ""


def _own_name(change: PlannedChange) -> str:
    """The name as `previously` takes it: without that of the owner."""
    return change.address.name.rpartition("/")[2]
