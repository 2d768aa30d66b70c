"""What a preview or an `up` says of its changes, whatever the format: the dangerous ones stand first."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from reconciler.engine.changes import Change, Changes, Operation
from reconciler.report.values import plural

DANGEROUS = (Operation.DELETE, Operation.REPLACE)
"""What takes something away from people; these stand first."""
ORDER = (*DANGEROUS, Operation.RELEASE, Operation.CREATE, Operation.UPDATE, Operation.IMPORT)
SIGNS = {
    Operation.DELETE: "-",
    Operation.REPLACE: "+-",
    Operation.CREATE: "+",
    Operation.UPDATE: "~",
    Operation.IMPORT: "=",
    Operation.RELEASE: "/",
}
MEANING = {
    Operation.DELETE: "delete",
    Operation.REPLACE: "replace: it gets a new id",
    Operation.CREATE: "create",
    Operation.UPDATE: "update",
    Operation.IMPORT: "import: it is there already; the fields named become as declared",
    Operation.RELEASE: "let go: it stays in the tenant, unmanaged",
}
DRIFTED = "somebody changed it in the tenant, and the update undoes that"
DELETED = "(deleted in the tenant)"
"""What stands behind the name of an object that comes back."""
_DONE = {
    Operation.DELETE: "deleted",
    Operation.REPLACE: "replaced",
    Operation.CREATE: "created",
    Operation.UPDATE: "updated",
    Operation.IMPORT: "imported",
    Operation.RELEASE: "let go",
}


@dataclass(frozen=True, slots=True)
class Ground:
    """What the definitions were compared with."""

    tenant: bool
    """Whether with the tenant, besides the state."""
    state_written: datetime | None
    """When the state was written last; None if there is none."""

    def __str__(self) -> str:
        if self.state_written is None:
            compared = "Compared with the tenant" if self.tenant else "Not compared with the tenant"
            return f"{compared}; there is no state yet"
        state = f"the state of {self.state_written.astimezone(UTC):%Y-%m-%d at %H:%M:%S} UTC"
        return f"Compared with the tenant and {state}" if self.tenant else f"Compared with {state} only"


@dataclass(frozen=True, slots=True)
class PlanReport:
    """The changes of one preview, or of one `up`."""

    environment: str
    url: str
    """The address of the tenant."""
    changes: Changes
    applied: bool = False
    """Whether this is what an `up` did, rather than what it would do."""
    commit: str = ""
    """The commit of the definitions; empty outside a repository."""
    ground: Ground | None = None
    """What the definitions were compared with; None for a repair, which is about findings."""

    @property
    def in_order(self) -> list[Change]:
        """Deletions and replacements first; then by operation, kind and name."""
        return sorted(self.changes, key=lambda change: (ORDER.index(change.operation), change.kind, change.name))

    @property
    def dangerous(self) -> list[Change]:
        """What is deleted or replaced."""
        return [change for change in self.in_order if change.operation in DANGEROUS]

    @property
    def harmless(self) -> list[Change]:
        """What is created, updated or imported."""
        return [change for change in self.in_order if change.operation not in DANGEROUS]

    @property
    def failures(self) -> Sequence[str]:
        """The engine's error messages."""
        return self.changes.failures

    @property
    def notes(self) -> Sequence[str]:
        """What else there is to know."""
        return self.changes.notes

    @property
    def title(self) -> str:
        """`Preview of staging`."""
        return f"{'Up' if self.applied else 'Preview'} of {self.environment}"

    @property
    def undoes_drift(self) -> bool:
        """Whether an update makes more fields as declared than the definitions changed."""
        return any(change.drifted for change in self.changes)

    @property
    def warning(self) -> str:
        """What is taken away, in a sentence; empty if nothing is."""
        losses = [(self.changes.count(operation), _DONE[operation]) for operation in DANGEROUS]
        said = [f"{plural(count, 'object')} to be {done}" for count, done in losses if count]
        return " and ".join(said).replace("to be ", "" if self.succeeded else "to be ")

    @property
    def succeeded(self) -> bool:
        """Whether this was applied, all of it."""
        return self.applied and not self.failures

    @property
    def conclusion(self) -> str:
        """The counts, in a sentence."""
        counts = [(operation, self.changes.count(operation)) for operation in Operation]
        said = ", ".join(
            f"{count:,} {_DONE[operation]}" if self.succeeded else f"{count:,} to {operation}"
            for operation, count in counts
            if count
        )
        if self.failures:
            stopped = "Not everything was done" if self.applied else "The preview failed"
            said = f"{stopped}: {plural(len(self.failures), 'failure')}" + (f"; {said}" if said else "")
        return f"{said or 'No changes'}; {self.changes.unchanged:,} unchanged"
