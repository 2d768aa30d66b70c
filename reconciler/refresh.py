"""Preview and up that look at the tenant first: what somebody changed or deleted there becomes as declared again.

The engine compares with the state alone. Its own refresh asks once per object and fails on one that was deleted; this
one reads what drift detection reads. What was deleted is dropped from the state, what drifted is refreshed alone, and
the engine does the rest. A preview does this to a copy of the state.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence, Set
from dataclasses import dataclass, replace
from datetime import UTC, datetime

from reconciler import drift
from reconciler.apply import Reconciler
from reconciler.definitions.model import Address, Desired
from reconciler.drift import Finding, Verdict
from reconciler.drift.ignore import sifted
from reconciler.engine.changes import Changes
from reconciler.engine.memory import Memory
from reconciler.engine.stack import NotRefreshed, Stack
from reconciler.engine.state import Applied, Deployment, State
from reconciler.okta.snapshot import Snapshot
from reconciler.program import inputs

_CHANGED = frozenset({Verdict.CHANGED, Verdict.CONFLICT})


@dataclass(frozen=True, slots=True)
class Undone:
    """What of the tenant's drift an `up` undoes, and what it leaves."""

    gone: Mapping[Address, Applied]
    """What was deleted, with what it owned."""
    refreshed: Mapping[Address, Applied]
    """What is there and has fields that somebody changed."""
    drifted: Mapping[Address, Set[str]]
    """These fields, but for those that the definitions changed as well."""
    fields: Mapping[Address, Set[str]]
    """All fields that somebody changed, ignored ones included."""
    skipped: Mapping[Address, Set[str]]
    """Those of them that `ignore.yaml` covers: they stay."""
    lost: Mapping[Address, Sequence[str]]
    """The items of whole lists that nobody declared and no `up` put there: they go."""

    def __bool__(self) -> bool:
        return bool(self.gone or self.refreshed)

    @classmethod
    def of(cls, desired: Desired, state: State, live: Snapshot) -> Undone:
        """By the findings of drift detection: without what is only observed, unmanaged, ignored or not in the state."""
        names = drift.Names(desired, state, live)
        kept, ignored = sifted(
            drift.compare(desired, state, live), desired.environment.ignores, datetime.now(UTC).date()
        )
        skipped = _fields(ignored_one for covered in ignored.values() for ignored_one in covered)
        drifted = _fields(kept)
        refreshed = {
            address: names.applied[address]
            for address in drifted
            if address in desired.managed and address in names.applied
        }
        lost = {
            address: drift.undeclared_items(
                names, live.by_id[address.kind, one.id], desired.declarations[address], names.applied[address]
            )
            for address, one in refreshed.items()
            if one.kind.collection.list_key
        }
        conflicts = _fields(finding for finding in kept if finding.verdict is Verdict.CONFLICT)
        return cls(
            _deleted(kept, desired, names.applied),
            refreshed,
            {address: drifted[address] - conflicts.get(address, set()) for address in refreshed},
            {address: drifted[address] | skipped.get(address, set()) for address in refreshed},
            {address: skipped[address] for address in refreshed if address in skipped},
            lost,
        )

    def tell(self, stack: Stack) -> None:
        """Let a state from which `gone` was dropped know of the rest."""
        if self.refreshed:
            stack.refresh(sorted(one.urn for one in self.refreshed.values()))

    def mark(self, changes: Changes, urns: Mapping[Address, str]) -> None:
        """Say which of the changes undo what somebody did."""
        for address in self.gone:
            changes.made_again(urns[address])
        for address, fields in self.drifted.items():
            changes.undoes(urns[address], fields)
        for address, items in self.lost.items():
            if urns[address] in changes.changes:
                changes.lost(urns[address], address, items)

    def memory(self, earlier: Deployment, urns: Mapping[Address, str], changes: Changes, lost: Set[str]) -> Memory:
        """What the state has to say again of what was not undone, so that the next look at the tenant finds it."""
        arguments: dict[str, tuple[str, Collection[str]]] = {}
        for address, one in self.refreshed.items():
            is_done = urns[address] in changes.completed
            fields = self.skipped.get(address, set()) if is_done else self.fields[address]
            if names := list(inputs(one.kind, fields)):  # by both names, if it was renamed
                arguments |= dict.fromkeys((one.urn, urns[address]), (one.urn, names))
        return Memory.of(earlier, lost, (), arguments)


def preview(reconciler: Reconciler) -> Changes:
    """What `up` would change, and undo. Nothing is changed, neither the tenant nor the state."""
    undone, live = _look(reconciler)
    urns = _urns(reconciler)
    if not undone:
        changes = reconciler.preview(live)
    else:
        with reconciler.stack.copied() as copy:
            reconciler.progress.say("refreshing a copy of the state")
            copy.forget([one.urn for one in undone.gone.values()])
            undone.tell(copy)
            changes = replace(reconciler, stack=copy).preview(None if undone.gone else live, undone.skipped)
    undone.mark(changes, urns)
    changes.notes += _gaps(live)
    return changes


def up(reconciler: Reconciler) -> Changes:
    """Make the tenant as declared, also where it was changed by hand."""
    stack = reconciler.stack
    stack.mend()
    undone, live = _look(reconciler)
    urns = _urns(reconciler)
    if not undone:
        changes = reconciler.up(live=live)
        changes.notes += _gaps(live)
        return changes
    earlier = stack.export()
    gone = {one.urn for one in undone.gone.values()}
    changes = Changes()
    stack.note(undone.memory(earlier, urns, changes, gone), gone)
    try:
        reconciler.progress.say("refreshing what drifted")
        undone.tell(stack)
        changes = reconciler.up(skipped=undone.skipped, live=None if undone.gone else live)
    except NotRefreshed as error:
        changes.failures += error.failures
        changes.failed |= error.failed
    except KeyboardInterrupt:  # the account has to be given
        changes.interrupted = True
    finally:

        def memory() -> Memory:
            there = {one.urn for one in stack.state().resources.values()}
            lost = {one.urn for address, one in undone.gone.items() if urns[address] not in there}
            return undone.memory(earlier, urns, changes, lost)

        stack.recall(memory)
    undone.mark(changes, urns)
    changes.notes += _gaps(live)
    return changes


def _look(reconciler: Reconciler) -> tuple[Undone, Snapshot]:
    state = reconciler.stack.state()
    reconciler.progress.say("reading the tenant")
    live = reconciler.read(state)
    return Undone.of(reconciler.desired, state, live), live


def _urns(reconciler: Reconciler) -> Mapping[Address, str]:
    return {address: reconciler.urn_of(address) for address in reconciler.desired.managed}


def _gaps(live: Snapshot) -> list[str]:
    """What the tenant could not be asked."""
    return [
        f"{gap.kind.kind}{f' of {gap.owner_id}' if gap.owner_id else ''} compared with the state only: {gap.reason}"
        for gap in live.unreadable
    ]


def _deleted(
    findings: Sequence[Finding], desired: Desired, applied: Mapping[Address, Applied]
) -> dict[Address, Applied]:
    """What was deleted, and what went with it; what was never applied did not go."""
    missing = {Address(finding.kind, finding.name) for finding in findings if finding.verdict is Verdict.MISSING}
    gone: dict[Address, Applied] = {}
    for address, declaration in desired.managed.items():
        if address in applied and (address in missing or declaration.parent in gone):
            gone[address] = applied[address]
    return gone


def _fields(findings: Iterable[Finding]) -> dict[Address, set[str]]:
    """The fields that somebody changed, by object."""
    fields: dict[Address, set[str]] = defaultdict(set)
    for finding in findings:
        if finding.verdict in _CHANGED and finding.field:
            fields[Address(finding.kind, finding.name)].add(finding.field)
    return dict(fields)
