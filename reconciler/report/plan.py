"""What a preview or an `up` says of its changes, whatever the format: the dangerous ones stand first."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from reconciler.engine.changes import Change, Changes, Operation, Outcome
from reconciler.report.values import UNCOMMITTED, plural

DESTRUCTIVE = (Operation.DELETE, Operation.REPLACE)
"""What takes something away from people; these stand first."""
ORDER = (*DESTRUCTIVE, Operation.RELEASE, Operation.CREATE, Operation.UPDATE, Operation.IMPORT)
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


NOT_DONE = {
    Outcome.FAILED: "failed",
    Outcome.HALF_DONE: "half done: deleted for a replacement that was not created; the next run creates it",
    Outcome.UNKNOWN: "outcome unknown: it began, and nobody saw it end; the next run looks it up",
    Outcome.NOT_TRIED: "not tried",
}
"""What is said of changes that were not carried out, in the order in which they are shown."""
_COUNTED = {
    Outcome.FAILED: "failed",
    Outcome.HALF_DONE: "half done",
    Outcome.UNKNOWN: "with an unknown outcome",
    Outcome.NOT_TRIED: "not tried",
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
    """The changes of one preview, or what became of those of a run that changed the tenant."""

    environment: str
    url: str
    """The address of the tenant."""
    changes: Changes
    applied: bool = False
    """Whether this is what a run did, rather than what an `up` would do."""
    commit: str = ""
    """The commit of the definitions; empty outside a repository."""
    dirty: bool = False
    """Whether the definitions differ from that commit."""
    verb: str = "up"
    """The command that was run."""
    ground: Ground | None = None
    """What the definitions were compared with; None for a repair, which is about findings."""

    @property
    def in_order(self) -> list[Change]:
        """What would be changed, or was: deletions and replacements first; then by operation, kind and name."""
        return _sorted(self.with_outcome(Outcome.DONE) if self.applied else self.changes)

    def with_outcome(self, outcome: Outcome) -> list[Change]:
        """After a run, the changes of which this became."""
        return _sorted(change for change, became in self.changes.outcomes if became is outcome)

    @property
    def not_done(self) -> list[tuple[Outcome, list[Change]]]:
        """After a run, what was not carried out, by what became of it."""
        groups = ((outcome, self.with_outcome(outcome)) for outcome in NOT_DONE) if self.applied else ()
        return [(outcome, changes) for outcome, changes in groups if changes]

    @property
    def destructive(self) -> list[Change]:
        """What is deleted or replaced."""
        return [change for change in self.in_order if change.operation in DESTRUCTIVE]

    @property
    def other_changes(self) -> list[Change]:
        """What is created, updated or imported."""
        return [change for change in self.in_order if change.operation not in DESTRUCTIVE]

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
        return f"{self.what} of {self.environment}"

    @property
    def what(self) -> str:
        """`Preview`, or the command that changed the tenant."""
        return self.verb.capitalize() if self.applied else "Preview"

    @property
    def at_commit(self) -> str:
        """`3f2a9c1d5e7b, with uncommitted changes`; empty outside a repository."""
        return self.commit[:12] + (UNCOMMITTED if self.commit and self.dirty else "")

    @property
    def undoes_drift(self) -> bool:
        """Whether an update makes more fields as declared than the definitions changed."""
        return any(change.drifted for change in self.in_order)

    @property
    def warning(self) -> str:
        """What is taken away, in a sentence; empty if nothing is."""
        losses = ((sum(change.operation is each for change in self.destructive), _DONE[each]) for each in DESTRUCTIVE)
        to_be = "" if self.applied else "to be "
        return " and ".join(f"{plural(count, 'object')} {to_be}{done}" for count, done in losses if count)

    @property
    def conclusion(self) -> str:
        """The counts, in a sentence: what would be done, or what became of it. Never both."""
        shown = self.in_order
        counts = [(each, sum(change.operation is each for change in shown)) for each in Operation]
        said = [f"{n:,} {_DONE[each]}" if self.applied else f"{n:,} to {each}" for each, n in counts if n]
        said += [f"{len(changes):,} {_COUNTED[outcome]}" for outcome, changes in self.not_done]
        begin = self._beginning
        middle = ", ".join(said) or ("" if begin else "No changes")
        head = ": ".join(filter(None, (begin, middle)))
        return f"{head}; {self.changes.unchanged:,} unchanged"

    @property
    def _beginning(self) -> str:
        if self.changes.interrupted:
            return "Interrupted" if self.changes.outcomes else "Interrupted before anything was changed"
        if not self.failures:
            return ""
        failures = plural(len(self.failures), "failure")
        return f"Not everything was done ({failures})" if self.applied else f"The preview failed ({failures})"


def _sorted(changes: Iterable[Change]) -> list[Change]:
    return sorted(changes, key=lambda change: (ORDER.index(change.operation), change.kind, change.name))
