"""One acceptance: definitions are edited and checked, and the state is made to agree; the tenant stays as it is."""

from __future__ import annotations

import difflib
import shutil
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path

from reconciler.accept.editing import Editing, NotAcceptable
from reconciler.accept.folder import Folder
from reconciler.accept.places import in_original
from reconciler.apply import Reconciler
from reconciler.definitions import load_all
from reconciler.definitions.model import Address, Desired
from reconciler.drift import Finding, Verdict, compare
from reconciler.engine.changes import Operation
from reconciler.errors import ReconcilerError, Refused
from reconciler.interrupts import interrupted
from reconciler.lookup import Managed
from reconciler.okta.snapshot import Snapshot


@dataclass(frozen=True)
class Acceptance:
    """What accepting some findings would do, before anything is done."""

    texts: Mapping[Path, tuple[str, str]]
    """The files that change: what they say, and what they will."""
    desired: Desired
    """What the environment wants then."""
    accepted: Sequence[tuple[Finding, str]]
    """Each with what was done for it."""
    refused: Sequence[tuple[Finding, ReconcilerError]]
    """Each with why not."""

    def diff(self) -> str:
        """The edits, as a unified diff."""
        return "".join(
            line if line.endswith("\n") else f"{line}\n\\ No newline at end of file\n"
            for path, (before, after) in sorted(self.texts.items())
            for line in difflib.unified_diff(
                before.splitlines(keepends=True),
                after.splitlines(keepends=True),
                f"a/{path.as_posix()}" if before else "/dev/null",
                f"b/{path.as_posix()}" if after else "/dev/null",
            )
        )


def prepare(
    definitions: Path,
    reconciler: Reconciler,
    findings: Sequence[Finding],
    live: Snapshot,
    *,
    everywhere: bool = False,
) -> Acceptance:
    """Edit a copy of the definitions so that they say what the tenant has, and nothing else changes by that.

    Findings are accepted together, since one may need the other; if that does not do, one after the other, and those
    that do not do are refused.
    """
    work = _Work(definitions, reconciler, live, everywhere)
    accepted = [(finding, "kept as it is from now on") for finding in findings if finding.verdict is Verdict.BEYOND]
    rest = sorted((one for one in findings if one.verdict is not Verdict.BEYOND), key=_turn)
    with work.copied() as folder:
        try:
            done = [(finding, work.edit(folder, finding)) for finding in rest]
            desired = work.checked(folder, rest)
            return Acceptance(work.texts(folder), desired, [*done, *accepted], [])
        except ReconcilerError:
            pass  # some of them: find out which
    with work.copied() as folder:
        refused = work.one_by_one(folder, _together(rest), accepted)
        return Acceptance(work.texts(folder), work.checked(folder, []), accepted, refused)


def _together(findings: Sequence[Finding]) -> list[list[Finding]]:
    """What may only be valid together: the findings about one document."""
    groups: dict[tuple[str, str], list[Finding]] = {}
    for finding in findings:
        groups.setdefault((finding.name.partition("/")[0], finding.okta_id if not finding.name else ""), []).append(
            finding
        )
    return list(groups.values())


def _turn(finding: Finding) -> tuple[int, int]:
    """What is said first: what others do not need to find their place; removals and new names come last."""
    match finding.verdict, finding.field:
        case Verdict.MISSING, _:
            turn = 3 if "/" in finding.name else 5
        case Verdict.UNMANAGED, _:
            turn = 2
        case _, "priority":
            turn = 1
        case _, "name" | "label":
            turn = 4
        case _:
            turn = 0
    return turn, -finding.name.count("/")


class _Work:
    def __init__(self, definitions: Path, reconciler: Reconciler, live: Snapshot, everywhere: bool) -> None:
        self.definitions = definitions
        self.reconciler = reconciler
        self.live = live
        self.everywhere = everywhere
        self._before = load_all(definitions)
        self._state = reconciler.stack.state()

    @contextmanager
    def copied(self) -> Iterator[Path]:
        with tempfile.TemporaryDirectory() as folder:
            copy = Path(folder) / "definitions"
            shutil.copytree(self.definitions, copy)
            yield copy

    def edit(self, folder: Path, finding: Finding) -> str:
        name = self.reconciler.desired.environment.name
        editing = Editing(Folder(folder, name), self.reconciler.desired, self._state, self.live, self.everywhere)
        return editing.accept(finding).replace(folder.as_posix(), self.definitions.as_posix())

    def one_by_one(
        self, folder: Path, groups: Sequence[Sequence[Finding]], accepted: list[tuple[Finding, str]]
    ) -> list[tuple[Finding, ReconcilerError]]:
        """Accept what can be accepted, in groups or else singly, as long as that makes more acceptable; the rest."""
        refused: list[tuple[Finding, ReconcilerError]] = []
        for group in groups:
            before = _texts(folder)
            try:
                done = [(finding, self.edit(folder, finding)) for finding in group]
                self.checked(folder, group)
                accepted += done
            except ReconcilerError as error:
                told = self.in_place(folder, error)
                _restore(folder, before)
                refused += [(finding, told) for finding in group]
        singly = [[finding] for finding, _ in refused]
        if not refused or (len(singly) == len(groups) and all(len(group) == 1 for group in groups)):
            return refused
        return self.one_by_one(folder, singly, accepted)

    def in_place(self, folder: Path, error: ReconcilerError) -> NotAcceptable:
        """An error about the copy, as it concerns the definitions themselves."""
        messages, hints = zip(*error.explanations(), strict=True)
        said = ("; ".join(messages), "; ".join(dict.fromkeys(filter(None, hints))))
        return NotAcceptable(*(in_original(text, folder, self.definitions) for text in said))

    def checked(self, folder: Path, findings: Sequence[Finding]) -> Desired:
        """What the environment wants now. Raises if others want anything else, or the findings are still there."""
        after = load_all(folder)
        name = self.reconciler.desired.environment.name
        for other, desired in after.items():
            if other != name and not self.everywhere and desired.digest != self._before[other].digest:
                raise NotAcceptable(f"{other} would change with it", hint="edit the definitions by hand")
        left = {finding.id for finding in compare(after[name], self._state, self.live) if finding.verdict in _OPEN}
        for finding in findings:
            if finding.id in left:
                raise NotAcceptable("no definition can say what the tenant has", hint="repair it, or edit it by hand")
        return after[name]

    def texts(self, folder: Path) -> dict[Path, tuple[str, str]]:
        before, after = _texts(self.definitions), _texts(folder)
        return {
            self.definitions / path: (before.get(path, b"").decode(), after.get(path, b"").decode())
            for path in sorted(before.keys() | after.keys())
            if before.get(path) != after.get(path)
        }


_OPEN = frozenset({Verdict.CHANGED, Verdict.CONFLICT, Verdict.MISSING, Verdict.UNMANAGED})


def _texts(folder: Path) -> dict[Path, bytes]:
    return {path.relative_to(folder): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def _restore(folder: Path, texts: Mapping[Path, bytes]) -> None:
    for path in _texts(folder).keys() - texts.keys():
        (folder / path).unlink()
    for path, content in texts.items():
        (folder / path).write_bytes(content)


def accept(reconciler: Reconciler, acceptance: Acceptance, live: Snapshot) -> None:
    """Write the edits, and make the state agree. Raises `Refused` before that if the tenant would change."""
    stack, findings = reconciler.stack, [finding for finding, _ in acceptance.accepted]
    after = replace(reconciler, desired=acceptance.desired)
    stack.mend()
    state = stack.state()
    # What keeps other drift is not refreshed: its next `up` would be taken for pending, and undo it.
    left = {(one.kind, one.name) for one in compare(acceptance.desired, state, live) if one.verdict in _OPEN}
    touched = _touched(findings, reconciler.desired, acceptance.desired) - left
    applied = Managed.of(reconciler.desired, state).applied
    drifted = {applied[address].urn for address in touched if address in applied}
    missing = (Address(finding.kind, finding.name) for finding in findings if finding.verdict is Verdict.MISSING)
    gone = [applied[address].urn for address in missing if address in applied]
    refreshed = sorted(drifted - set(gone))
    if refreshed:
        reconciler.progress.say("taking into the state what the tenant has")
        stack.refresh(refreshed)
    stack.forget(gone)
    only = {address for address in touched if address in acceptance.desired.managed}
    urns = after.urns(only)
    planned = after.preview() if only else None
    for one, change in planned.changes.items() if planned else ():
        if one in urns and change.operation is not Operation.IMPORT:
            what = ", ".join(change.fields) or change.operation
            raise Refused(
                f"the next up would change {change.kind} {change.name} ({what})",
                hint="nothing was written; what hinders it is in the fields named: accept its neighbours as well",
            )
    for path, (_, text) in acceptance.texts.items():
        _write(path, text)
    if only:
        changes = after.up(only)
        if changes.failures:
            raise ReconcilerError("; ".join(changes.failures), hint="the definitions are edited; run reconciler up")
        if changes.interrupted:
            raise interrupted("the definitions are edited; run reconciler up")
    beyond = [finding for finding in findings if finding.verdict is Verdict.BEYOND]
    if beyond:
        values = [(finding.kind, finding.okta_id, finding.field, finding.actual) for finding in beyond]
        reconciler.baselines.accept(reconciler.desired.environment.name, values)


def _touched(findings: Sequence[Finding], before: Desired, after: Desired) -> set[Address]:
    """What is declared differently now, and what the findings are about."""
    named = {Address(finding.kind, finding.name) for finding in findings if finding.verdict is not Verdict.BEYOND}
    differs = {
        address
        for address, declaration in after.declarations.items()
        if address not in before.declarations or before.declarations[address].spec != declaration.spec
    }
    return named | differs


def _write(path: Path, text: str) -> None:
    if text:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(text.encode())
    else:
        path.unlink()
