"""Carries out an acceptance: writes all files, then updates the state.

If the run is killed before the last file is written, the files and the state are restored, and the findings are
reported again. If it is killed after that, the definitions match the tenant and only the state is outdated: the next
`accept` or `up` updates it, without changes in the tenant.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from dataclasses import replace

from reconciler.accept.preparation import Acceptance
from reconciler.apply import preview, up
from reconciler.definitions.model import Address, Desired
from reconciler.definitions.transaction import write_all
from reconciler.drift import Finding, Verdict, behind
from reconciler.engine.changes import Changes, Operation
from reconciler.engine.set_aside import SetAside
from reconciler.engine.state import Applied, Deployment, without
from reconciler.errors import ReconcilerError, Refused
from reconciler.interrupts import interrupted
from reconciler.kinds import kind_named
from reconciler.kinds.mapping import schema
from reconciler.kinds.secret_fields import fields_with_secrets
from reconciler.program import inputs
from reconciler.reconciler import Reconciler


def accept(reconciler: Reconciler, acceptance: Acceptance) -> int:
    """Write the edits, and update the state to match definitions and tenant.

    Returns the number of objects for which the state was outdated before. Raises `Refused` if the next `up` would
    change the tenant, and `FileNotWritten`; both leave files, state and baseline unchanged.
    """
    stack, findings = reconciler.stack, [finding for finding, _ in acceptance.accepted]
    stack.clear_pending()
    earlier = stack.export()
    comparison, edited = (one.with_state(stack.state()) for one in (acceptance.before, acceptance.after))
    before, desired = comparison.match, edited.match.desired
    after = replace(reconciler, desired=desired)
    unfinished = behind(comparison)
    # Objects with other drift are not refreshed: that drift would then look like a pending change of the definitions.
    accepted = _accepted_objects(findings, before.desired, desired) - edited.drifted
    applied = before.applied
    missing = (Address(finding.kind, finding.name) for finding in findings if finding.verdict is Verdict.MISSING)
    gone = {address: applied[address] for address in missing if address in applied} | dict(unfinished.gone)
    outdated = {address: applied[address] for address in accepted if address in applied} | dict(unfinished.outdated)
    outdated = {address: one for address, one in outdated.items() if address not in gone}
    only = {address for address in accepted if address in desired.managed}
    set_aside = _to_set_aside(earlier, gone.values(), outdated.values())
    if gone or outdated:
        stack.set_aside(set_aside, [one.urn for one in gone.values()])
    try:
        if outdated:
            reconciler.progress.say("refreshing the state of accepted objects")
            stack.refresh(sorted(one.urn for one in outdated.values()))
        planned = preview(after, edited.match.with_state(stack.state())) if only or unfinished.unknown else Changes()
        if planned.interrupted:
            raise interrupted("nothing was written")
        _refuse_to_change_the_tenant(planned, after.urns(only))
        _write(acceptance)
    except BaseException:
        stack.put_back(lambda: set_aside)
        raise
    imported = set(_pure_imports(after, unfinished.unknown, planned))
    try:
        changes = up(after, only | imported) if only or imported else Changes()
    finally:
        stack.put_back(SetAside)
    if changes.failures:
        raise ReconcilerError("; ".join(changes.failures), hint="the definitions were edited; run reconciler up")
    if changes.interrupted:
        raise interrupted("the definitions were edited; run reconciler up")
    beyond = [finding for finding in findings if finding.verdict is Verdict.BEYOND]
    if beyond:
        environment = before.desired.environment
        reconciler.baselines.accept(environment.name, beyond, before.live, environment)
    return len({*unfinished.outdated, *unfinished.gone, *imported} - accepted)


def _accepted_objects(findings: Sequence[Finding], before: Desired, after: Desired) -> set[Address]:
    """The objects that the findings name, and those whose declaration changes."""
    named = {Address(finding.kind, finding.name) for finding in findings if finding.verdict is not Verdict.BEYOND}
    differs = {
        address
        for address, declaration in after.declarations.items()
        if address not in before.declarations or before.declarations[address].spec != declaration.spec
    }
    return named | differs


def _to_set_aside(earlier: Deployment, gone: Collection[Applied], outdated: Collection[Applied]) -> SetAside:
    """What to restore in the state if nothing is accepted."""
    kept = {resource["urn"] for resource in without(earlier, [one.urn for one in gone])["resources"]}
    dropped = {resource["urn"] for resource in earlier["resources"]} - kept if gone else set()
    arguments = {one.urn: (one.urn, list(_arguments(one))) for one in outdated}
    return SetAside.of(earlier, dropped, (), arguments)


def _arguments(applied: Applied) -> Iterator[str]:
    """The engine's names of all arguments that a refresh may change, without secrets."""
    return inputs(applied.kind, {field.name for field in schema(applied.kind.fields) if not field.secret})


def _refuse_to_change_the_tenant(planned: Changes, urns: Collection[str]) -> None:
    """Raise `Refused` if the next `up` would change more than required secrets of new objects."""
    for urn, change in planned.changes.items():
        sent = [name for name in change.fields if name not in fields_with_secrets(kind_named(change.kind).fields)]
        if urn in urns and (sent or change.operation is not Operation.IMPORT):
            what = ", ".join(sent or change.fields) or change.operation
            raise Refused(
                f"the next up would change {change.kind} {change.name} ({what})",
                hint="nothing was written; also accept the findings about related objects, such as siblings",
            )


def _pure_imports(reconciler: Reconciler, addresses: Collection[Address], planned: Changes) -> Iterator[Address]:
    """The addresses that the next `up` would import without changing them."""
    for address in addresses:
        change = planned.changes.get(reconciler.urn_of(address))
        if change and change.operation is Operation.IMPORT and not (change.fields or change.drifted):
            yield address


def _write(acceptance: Acceptance) -> None:
    for path, (before, _) in acceptance.texts.items():
        if (path.read_bytes().decode() if path.exists() else "") != before:
            raise ReconcilerError(
                f"{path} was edited during this run", hint="nothing was written; run the command again"
            )
    folder = acceptance.definitions
    if acceptance.texts:
        texts = {path.relative_to(folder).as_posix(): after or None for path, (_, after) in acceptance.texts.items()}
        write_all(folder, texts)
