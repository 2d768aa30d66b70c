"""The drift that an `up` reverts.

The engine compares with the state only. Its own refresh makes one request per object and fails on deleted ones. So
drift detection finds what to revert: deleted objects are removed from the state, only drifted objects are refreshed,
and the engine does the rest.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence, Set
from dataclasses import dataclass, field
from datetime import UTC, datetime

from reconciler import drift
from reconciler.definitions.model import Address, Desired
from reconciler.drift import Comparison, Finding, Verdict
from reconciler.drift.ignore import without_ignored
from reconciler.engine.changes import Changes
from reconciler.engine.set_aside import SetAside
from reconciler.engine.state import Applied, Deployment
from reconciler.program import inputs

_CHANGED = frozenset({Verdict.CHANGED, Verdict.CONFLICT})


@dataclass(frozen=True, slots=True)
class RevertedDrift:
    """The drift that an `up` reverts, and the drift that it skips."""

    deleted: Mapping[Address, Applied] = field(default_factory=dict)
    """Objects that were deleted, with the objects they owned."""
    refreshed: Mapping[Address, Applied] = field(default_factory=dict)
    """Objects that exist and have changed fields."""
    drifted: Mapping[Address, Set[str]] = field(default_factory=dict)
    """Their changed fields, except conflicts: fields that the definitions changed too."""
    fields: Mapping[Address, Set[str]] = field(default_factory=dict)
    """All their changed fields, ignored ones included."""
    skipped: Mapping[Address, Set[str]] = field(default_factory=dict)
    """Their changed fields that `ignore.yaml` covers: these stay."""
    undeclared_items: Mapping[Address, Sequence[str]] = field(default_factory=dict)
    """Items of whole lists that are not declared and were not applied: these are deleted."""

    def __bool__(self) -> bool:
        return bool(self.deleted or self.refreshed)

    @classmethod
    def of(cls, comparison: Comparison) -> RevertedDrift:
        """From the findings of a comparison, without objects that are observed, unmanaged or not in the state."""
        match, desired = comparison.match, comparison.match.desired
        ignores = desired.environment.ignores
        kept, ignored = without_ignored(comparison.findings, ignores, datetime.now(UTC).date())
        skipped = _fields(ignored_one for covered in ignored.values() for ignored_one in covered)
        drifted = _fields(kept)
        refreshed = {
            address: match.applied[address]
            for address in drifted
            if address in desired.managed and address in match.applied
        }
        undeclared_items = {
            address: drift.undeclared_items(
                match.names, match.live.by_id[address.kind, one.id], desired.declarations[address], one
            )
            for address, one in refreshed.items()
        }
        conflicts = _fields(finding for finding in kept if finding.verdict is Verdict.CONFLICT)
        return cls(
            _deleted(kept, desired, match.applied),
            refreshed,
            {address: drifted[address] - conflicts.get(address, set()) for address in refreshed},
            {address: drifted[address] | skipped.get(address, set()) for address in refreshed},
            {address: skipped[address] for address in refreshed if address in skipped},
            undeclared_items,
        )

    def mark(self, changes: Changes, urns: Mapping[Address, str]) -> None:
        """Mark the changes that revert drift."""
        for address in self.deleted:
            changes.mark_recreated(urns[address])
        for address, fields in self.drifted.items():
            changes.mark_reverted(urns[address], fields)
        for address, items in self.undeclared_items.items():
            if urns[address] in changes.changes:
                changes.add_lost_items(urns[address], address, items)

    def to_set_aside(
        self, earlier: Deployment, urns: Mapping[Address, str], changes: Changes, lost: Set[str]
    ) -> SetAside:
        """The parts of the earlier state to put back for drift that was not reverted, so that it is found again."""
        arguments: dict[str, tuple[str, Collection[str]]] = {}
        for address, one in self.refreshed.items():
            is_done = urns[address] in changes.completed
            fields = self.skipped.get(address, set()) if is_done else self.fields[address]
            if names := list(inputs(one.kind, fields)):  # under both names, if it was renamed
                arguments |= dict.fromkeys((one.urn, urns[address]), (one.urn, names))
        return SetAside.of(earlier, lost, (), arguments)


def _deleted(
    findings: Sequence[Finding], desired: Desired, applied: Mapping[Address, Applied]
) -> dict[Address, Applied]:
    """Objects that were deleted, and the objects they owned; only objects that were applied count."""
    missing = {Address(finding.kind, finding.name) for finding in findings if finding.verdict is Verdict.MISSING}
    deleted: dict[Address, Applied] = {}
    for address, declaration in desired.managed.items():
        if address in applied and (address in missing or declaration.parent in deleted):
            deleted[address] = applied[address]
    return deleted


def _fields(findings: Iterable[Finding]) -> dict[Address, set[str]]:
    """The changed fields of each object."""
    fields: dict[Address, set[str]] = defaultdict(set)
    for finding in findings:
        if finding.verdict in _CHANGED and finding.field:
            fields[Address(finding.kind, finding.name)].add(finding.field)
    return dict(fields)
