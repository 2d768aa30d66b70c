"""Preparing an acceptance: a copy of the definitions is edited and checked."""

from __future__ import annotations

import difflib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from reconciler.accept.editing import Editing, NotAcceptable
from reconciler.accept.folder import Folder
from reconciler.accept.messages import with_original_paths
from reconciler.apply import Reconciler
from reconciler.definitions import load_all
from reconciler.definitions.copying import copied
from reconciler.definitions.model import Desired
from reconciler.drift import OPEN, Finding, Verdict, compare
from reconciler.errors import ReconcilerError
from reconciler.okta.snapshot import Snapshot


@dataclass(frozen=True)
class Acceptance:
    """What accepting some findings would do, before anything is done."""

    definitions: Path
    """The folder."""
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
    holds_secret: Callable[[Any], bool] = lambda value: False,
) -> Acceptance:
    """Edit a copy of the definitions so that they say what the tenant has, and nothing else changes by that.

    Findings are accepted together, since one may need the other; if that does not do, one after the other, and those
    that do not do are refused. So is a value in which `holds_secret` finds a secret.
    """
    work = _Work(definitions, reconciler, live, everywhere, holds_secret)
    accepted = [(finding, "kept as it is from now on") for finding in findings if finding.verdict is Verdict.BEYOND]
    rest = sorted((one for one in findings if one.verdict is not Verdict.BEYOND), key=_turn)
    with copied(definitions) as folder:
        try:
            done = [(finding, work.edit(folder, finding)) for finding in rest]
            desired = work.checked(folder, rest)
            return Acceptance(definitions, work.texts(folder), desired, [*done, *accepted], [])
        except ReconcilerError:
            pass  # some of them: find out which
    with copied(definitions) as folder:
        refused = work.one_by_one(folder, _together(rest), accepted)
        return Acceptance(definitions, work.texts(folder), work.checked(folder, []), accepted, refused)


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
    def __init__(
        self,
        definitions: Path,
        reconciler: Reconciler,
        live: Snapshot,
        everywhere: bool,
        holds_secret: Callable[[Any], bool],
    ) -> None:
        self.definitions = definitions
        self.reconciler = reconciler
        self.live = live
        self.everywhere = everywhere
        self.holds_secret = holds_secret
        self._before = load_all(definitions)
        self._state = reconciler.stack.state()

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
        return NotAcceptable(*(with_original_paths(text, folder, self.definitions) for text in said))

    def checked(self, folder: Path, findings: Sequence[Finding]) -> Desired:
        """What the environment wants now. Raises if others want anything else, or the findings are still there."""
        after = load_all(folder)
        name = self.reconciler.desired.environment.name
        for other, desired in after.items():
            if other != name and not self.everywhere and desired.digest != self._before[other].digest:
                raise NotAcceptable(f"{other} would change with it", hint="edit the definitions by hand")
        self._refuse_secrets(after[name])
        left = {finding.id for finding in compare(after[name], self._state, self.live) if finding.verdict in OPEN}
        for finding in findings:
            if finding.id in left:
                raise NotAcceptable("no definition can say what the tenant has", hint="repair it, or edit it by hand")
        return after[name]

    def _refuse_secrets(self, after: Desired) -> None:
        before = self._before[after.environment.name].declarations
        for address, declaration in after.declarations.items():
            known = before[address].spec if address in before else {}
            for field, value in declaration.spec.items():
                if value != known.get(field) and self.holds_secret(value):
                    raise NotAcceptable(
                        f"{address}.{field} holds a secret of this run, which no definition may hold",
                        hint="change the secret, since the tenant shows it, and remove it there",
                    )

    def texts(self, folder: Path) -> dict[Path, tuple[str, str]]:
        before, after = _texts(self.definitions), _texts(folder)
        return {
            self.definitions / path: (before.get(path, b"").decode(), after.get(path, b"").decode())
            for path in sorted(before.keys() | after.keys())
            if before.get(path) != after.get(path)
        }


def _texts(folder: Path) -> dict[Path, bytes]:
    """The files of the folder; what a link leads to is among them by its own name."""
    files = (path for path in folder.rglob("*") if path.is_file() and not path.is_symlink())
    return {path.relative_to(folder): path.read_bytes() for path in files if ".git" not in path.parts}


def _restore(folder: Path, texts: Mapping[Path, bytes]) -> None:
    for path in _texts(folder).keys() - texts.keys():
        (folder / path).unlink()
    for path, content in texts.items():
        (folder / path).write_bytes(content)
