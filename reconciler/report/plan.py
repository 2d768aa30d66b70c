"""The changes of a preview, or of an `up` or `repair`, for every format. Destructive changes come first."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from reconciler.drift.findings import Severity
from reconciler.engine.changes import Change, Changes, Operation, Outcome
from reconciler.plan import Effect, GuardResult, PlannedChange, Rename
from reconciler.plan.severity import RuleHits, by_rule
from reconciler.report.values import UNCOMMITTED, plural

DESTRUCTIVE = (Operation.DELETE, Operation.REPLACE)
"""Operations that can cost users their access; they are listed first."""
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
    Operation.REPLACE: "replace: gets a new id",
    Operation.CREATE: "create",
    Operation.UPDATE: "update",
    Operation.IMPORT: "import: exists already; the fields listed are updated",
    Operation.RELEASE: "release: stays in the tenant, no longer managed",
}
_TITLES = {"up": "Update"}
"""What a run is called, where that is not the name of its command."""
DRIFTED = "changed in the tenant; the update restores the declared value"
CHANGED_SECRET = "not what the last `up` sent; a preview compares digests, or references if it lacks the secret"
DELETED = "(deleted in the tenant)"
"""Follows the name of an object that is created again."""
NOT_DONE = {
    Outcome.FAILED: "failed",
    Outcome.HALF_DONE: "half done: deleted, but its replacement was not created; the next run creates it",
    Outcome.UNKNOWN: "outcome unknown: started, but its end was not seen; the next run checks the tenant",
    Outcome.NOT_TRIED: "not tried",
}
"""The outcomes of changes that were not carried out, in the order in which they are shown."""
_COUNTED = {
    Outcome.FAILED: "failed",
    Outcome.HALF_DONE: "half done",
    Outcome.UNKNOWN: "with an unknown outcome",
    Outcome.NOT_TRIED: "not tried",
}


@dataclass(frozen=True, slots=True)
class ComparedWith:
    """What the definitions were compared with."""

    tenant: bool
    """Whether they were compared with the tenant, and not only with the state."""
    state_written: datetime | None
    """When the state was last written; None if there is no state."""

    def __str__(self) -> str:
        if self.state_written is None:
            compared = "Compared with the tenant" if self.tenant else "Not compared with the tenant"
            return f"{compared}; there is no state yet"
        state = f"the state of {self.state_written.astimezone(UTC):%Y-%m-%d %H:%M:%S} UTC"
        return f"Compared with the tenant and {state}" if self.tenant else f"Compared with {state} only"


@dataclass(frozen=True, slots=True)
class PlanReport:
    """The planned changes of a preview, or the outcomes of a run."""

    environment: str
    url: str
    """The address of the tenant."""
    changes: Changes
    applied: bool = False
    """True after a run; False for a preview."""
    commit: str = ""
    """The commit of the definitions; empty outside a repository."""
    dirty: bool = False
    """Whether the definitions differ from that commit."""
    verb: str = "up"
    """The command that was run."""
    compared_with: ComparedWith | None = None
    """What the definitions were compared with; None for a repair."""
    planned: Sequence[PlannedChange] = ()
    """The changes of the plan, with their values; of other changes only the names of the fields are known."""
    effects: Sequence[Effect] = ()
    guards: Sequence[GuardResult] = ()
    renames: Sequence[Rename] = ()
    """The documents that were renamed without `previously`."""

    @property
    def in_order(self) -> list[PlannedChange]:
        """The planned or completed changes: destructive ones first, then the most severe."""
        return self.with_outcome(Outcome.DONE) if self.applied else self._sorted(self.changes)

    def with_outcome(self, outcome: Outcome) -> list[PlannedChange]:
        """After a run, the changes with this outcome."""
        return self._sorted(change for change, became in self.changes.outcomes if became is outcome)

    def _sorted(self, changes: Iterable[Change]) -> list[PlannedChange]:
        """The changes with their values, in the order in which they are shown."""
        known = {(one.operation, *one.address): one for one in self.planned}
        values = [known.get((one.operation, one.kind, one.name)) or PlannedChange.of_change(one) for one in changes]
        return sorted(values, key=_position)

    @property
    def refused(self) -> list[GuardResult]:
        """What guards refuse."""
        return [one for one in self.guards if one.refuses]

    @property
    def overridden(self) -> list[GuardResult]:
        """Results of guards that are overridden."""
        return [one for one in self.guards if not one.refuses]

    @property
    def hits(self) -> list[RuleHits]:
        """The severity rules that apply to any change, most severe first."""
        return by_rule(self.in_order)

    @property
    def severities(self) -> dict[Severity, int]:
        """The number of changes per severity, most severe first."""
        found = [change.severity for change in self.in_order]
        return {severity: found.count(severity) for severity in sorted(Severity, reverse=True)}

    @property
    def not_done(self) -> list[tuple[Outcome, list[PlannedChange]]]:
        """After a run, the changes that were not carried out, by outcome."""
        groups = ((outcome, self.with_outcome(outcome)) for outcome in NOT_DONE) if self.applied else ()
        return [(outcome, changes) for outcome, changes in groups if changes]

    @property
    def destructive(self) -> list[PlannedChange]:
        """Deletions and replacements."""
        return [change for change in self.in_order if change.operation in DESTRUCTIVE]

    @property
    def other_changes(self) -> list[PlannedChange]:
        """All other changes."""
        return [change for change in self.in_order if change.operation not in DESTRUCTIVE]

    @property
    def failures(self) -> Sequence[str]:
        """The engine's error messages."""
        return self.changes.failures

    @property
    def notes(self) -> Sequence[str]:
        """Further remarks."""
        return self.changes.notes

    @property
    def title(self) -> str:
        """`Preview of staging`."""
        return f"{self.what} of {self.environment}"

    @property
    def what(self) -> str:
        """`Preview`, or what the command did: `Update`, `Repair`."""
        return _TITLES.get(self.verb, self.verb.capitalize()) if self.applied else "Preview"

    @property
    def at_commit(self) -> str:
        """`3f2a9c1d5e7b, with uncommitted changes`; empty outside a repository."""
        return self.commit[:12] + (UNCOMMITTED if self.commit and self.dirty else "")

    @property
    def undoes_drift(self) -> bool:
        """Whether an update also restores fields that were changed in the tenant."""
        return any(field.drifted for change in self.in_order for field in change.fields)

    @property
    def compares_secrets(self) -> bool:
        """Whether a secret is going to change. After a run, nothing was compared that needs an explanation."""
        if self.applied:
            return False
        return any(
            field.secret and change.operation is not Operation.CREATE
            for change in self.in_order
            for field in change.fields
        )

    @property
    def warning(self) -> str:
        """`Destructive: 1 delete, 1 replace`, or `1 deleted` after a run; empty if nothing is deleted or replaced."""
        counts = [(each, sum(change.operation is each for change in self.destructive)) for each in DESTRUCTIVE]
        counted = ", ".join(f"{count:,} {each.done if self.applied else each}" for each, count in counts if count)
        return f"Destructive: {counted}" if counted else ""

    @property
    def conclusion(self) -> str:
        """The counts, in one line: of planned changes in a preview, of outcomes after a run."""
        shown = self.in_order
        counts = [(each, sum(change.operation is each for change in shown)) for each in Operation]
        counted = [f"{n:,} {each.done}" if self.applied else f"{n:,} to {each}" for each, n in counts if n]
        counted += [f"{len(changes):,} {_COUNTED[outcome]}" for outcome, changes in self.not_done]
        begin = self._beginning
        middle = ", ".join(counted) or ("" if begin else "No changes")
        head = ": ".join(filter(None, (begin, middle)))
        return f"{head}; {self.changes.unchanged:,} unchanged"

    @property
    def _beginning(self) -> str:
        if self.changes.interrupted:
            return "Interrupted" if self.changes.outcomes else "Interrupted before any change"
        if not self.failures:
            return ""
        failures = plural(len(self.failures), "failure")
        return f"Incomplete ({failures})" if self.applied else f"The preview failed ({failures})"


def _position(change: PlannedChange) -> tuple[bool, int, int, tuple[str, str]]:
    order = ORDER.index(change.operation)
    return change.operation not in DESTRUCTIVE, -change.severity, order, change.address
