"""Carrying out an acceptance: the files are written as a whole, and then the state follows.

At every instant a kill leaves one of two things. Before the last file is written, the files are put back and the state
recalls what it said: the findings are offered again. After that, the definitions say what the tenant has, and the state
is behind: the next `accept` or `up` brings it up to date, and has nothing to change in the tenant.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from dataclasses import replace

from reconciler.accept.preparation import Acceptance
from reconciler.apply import Reconciler
from reconciler.definitions.model import Address, Desired
from reconciler.definitions.transaction import write_all
from reconciler.drift import OPEN, Finding, Verdict, behind, compare
from reconciler.engine.changes import Changes, Operation
from reconciler.engine.memory import Memory
from reconciler.engine.state import Applied, Deployment, without
from reconciler.errors import ReconcilerError, Refused
from reconciler.interrupts import interrupted
from reconciler.kinds.mapping import schema
from reconciler.lookup import Managed
from reconciler.okta.snapshot import Snapshot
from reconciler.program import inputs


def accept(reconciler: Reconciler, acceptance: Acceptance, live: Snapshot) -> int:
    """Write the edits, and let the state say what definitions and tenant agree on.

    Returns how many objects the state was behind with already. Raises `Refused` if the tenant would change, and
    `FileNotWritten`: files, state and baseline are as they were then.
    """
    stack, findings = reconciler.stack, [finding for finding, _ in acceptance.accepted]
    after = replace(reconciler, desired=acceptance.desired)
    stack.mend()
    state, earlier = stack.state(), stack.export()
    unfinished = behind(reconciler.desired, state, live)
    # What keeps other drift is not refreshed: its next `up` would be taken for pending, and undo it.
    left = {(one.kind, one.name) for one in compare(acceptance.desired, state, live) if one.verdict in OPEN}
    touched = _touched(findings, reconciler.desired, acceptance.desired) - left
    applied = Managed.of(reconciler.desired, state).applied
    missing = (Address(finding.kind, finding.name) for finding in findings if finding.verdict is Verdict.MISSING)
    gone = {address: applied[address] for address in missing if address in applied} | dict(unfinished.gone)
    outdated = {address: applied[address] for address in touched if address in applied} | dict(unfinished.outdated)
    outdated = {address: one for address, one in outdated.items() if address not in gone}
    only = {address for address in touched if address in acceptance.desired.managed}
    memory = _memory(earlier, gone.values(), outdated.values())
    if gone or outdated:
        stack.note(memory, [one.urn for one in gone.values()])
    try:
        if outdated:
            reconciler.progress.say("taking into the state what the tenant has")
            stack.refresh(sorted(one.urn for one in outdated.values()))
        planned = after.preview() if only or unfinished.unknown else Changes()
        if planned.interrupted:
            raise interrupted("nothing was written")
        _refuse_to_change_the_tenant(planned, after.urns(only))
        _write(acceptance)
    except BaseException:
        stack.recall(lambda: memory)
        raise
    taken = set(_as_declared(after, unfinished.unknown, planned))
    try:
        changes = after.up(only | taken) if only or taken else Changes()
    finally:
        stack.recall(Memory)
    if changes.failures:
        raise ReconcilerError("; ".join(changes.failures), hint="the definitions are edited; run reconciler up")
    if changes.interrupted:
        raise interrupted("the definitions are edited; run reconciler up")
    beyond = [finding for finding in findings if finding.verdict is Verdict.BEYOND]
    if beyond:
        environment = reconciler.desired.environment
        reconciler.baselines.accept(environment.name, beyond, live, environment)
    return len({*unfinished.outdated, *unfinished.gone, *taken} - touched)


def _touched(findings: Sequence[Finding], before: Desired, after: Desired) -> set[Address]:
    """What is declared differently now, and what the findings are about."""
    named = {Address(finding.kind, finding.name) for finding in findings if finding.verdict is not Verdict.BEYOND}
    differs = {
        address
        for address, declaration in after.declarations.items()
        if address not in before.declarations or before.declarations[address].spec != declaration.spec
    }
    return named | differs


def _memory(earlier: Deployment, gone: Collection[Applied], outdated: Collection[Applied]) -> Memory:
    """What the state goes on to say if nothing is accepted."""
    kept = {resource["urn"] for resource in without(earlier, [one.urn for one in gone])["resources"]}
    dropped = {resource["urn"] for resource in earlier["resources"]} - kept if gone else set()
    arguments = {one.urn: (one.urn, list(_arguments(one))) for one in outdated}
    return Memory.of(earlier, dropped, (), arguments)


def _arguments(applied: Applied) -> Iterator[str]:
    """All that a refresh may change, in the engine's words; secrets are not among it."""
    return inputs(applied.kind, {field.name for field in schema(applied.kind) if not field.secret})


def _refuse_to_change_the_tenant(planned: Changes, urns: Collection[str]) -> None:
    for urn, change in planned.changes.items():
        if urn in urns and change.operation is not Operation.IMPORT:
            what = ", ".join(change.fields) or change.operation
            raise Refused(
                f"the next up would change {change.kind} {change.name} ({what})",
                hint="nothing was written; what hinders it is in the fields named: accept its neighbours as well",
            )


def _as_declared(reconciler: Reconciler, addresses: Collection[Address], planned: Changes) -> Iterator[Address]:
    """Those of the addresses that would be taken into the state, and not be changed by that."""
    for address in addresses:
        change = planned.changes.get(reconciler.urn_of(address))
        if change and change.operation is Operation.IMPORT and not (change.fields or change.drifted):
            yield address


def _write(acceptance: Acceptance) -> None:
    for path, (before, _) in acceptance.texts.items():
        if (path.read_bytes().decode() if path.exists() else "") != before:
            raise ReconcilerError(f"{path} was edited meanwhile", hint="nothing was written; run this again")
    folder = acceptance.definitions
    if acceptance.texts:
        texts = {path.relative_to(folder).as_posix(): after or None for path, (_, after) in acceptance.texts.items()}
        write_all(folder, texts)
