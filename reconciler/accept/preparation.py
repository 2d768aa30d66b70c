"""Prepares an acceptance: edits a copy of the definitions and checks it."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from reconciler.accept.editing import Editing, NotAcceptable
from reconciler.accept.folder import Folder, changed_texts, texts_of
from reconciler.accept.messages import with_original_paths
from reconciler.definitions import load_all
from reconciler.definitions.copying import copied
from reconciler.definitions.model import Desired
from reconciler.drift import Comparison, Finding, Verdict
from reconciler.errors import ReconcilerError
from reconciler.kinds import kind_named
from reconciler.unified_diff import unified_diff


@dataclass(frozen=True)
class Acceptance:
    """The edits for some findings, before they are written."""

    definitions: Path
    """The folder."""
    texts: Mapping[Path, tuple[str, str]]
    """The files that change: the text before, and after."""
    before: Comparison
    """The comparison that has the findings."""
    after: Comparison
    """The same state and tenant compared with the edited definitions."""
    accepted: Sequence[tuple[Finding, str]]
    """Each with a description of the edit."""
    refused: Sequence[tuple[Finding, ReconcilerError]]
    """Each with the reason."""

    def diff(self) -> str:
        """The edits, as a unified diff."""
        return unified_diff({path.as_posix(): texts for path, texts in self.texts.items()})


def prepare(
    definitions: Path,
    comparison: Comparison,
    findings: Sequence[Finding],
    *,
    everywhere: bool = False,
    holds_secret: Callable[[Any], bool] = lambda value: False,
) -> Acceptance:
    """Edit a copy of the definitions to match the tenant, and check that nothing else changes.

    All findings are tried together first, because some are only valid together. If that fails, they are tried by
    document and then one by one, and those that fail are refused. Values for which `holds_secret` is true are refused.
    """
    work = _Work(definitions, comparison, everywhere, holds_secret)
    accepted = [(finding, "saved in the baseline") for finding in findings if finding.verdict is Verdict.BEYOND]
    rest = sorted((one for one in findings if one.verdict is not Verdict.BEYOND), key=_editing_order)
    with copied(definitions) as folder:
        try:
            done = [(finding, work.edit(folder, finding)) for finding in rest]
            after = work.checked(folder, rest)
            return Acceptance(definitions, work.texts(folder), comparison, after, [*done, *accepted], [])
        except ReconcilerError:
            pass  # some cannot be accepted: find out which
    with copied(definitions) as folder:
        refused = work.one_by_one(folder, _by_document(rest), accepted)
        return Acceptance(definitions, work.texts(folder), comparison, work.checked(folder, []), accepted, refused)


def _by_document(findings: Sequence[Finding]) -> list[list[Finding]]:
    """The findings by document: some may only be valid together."""
    groups: dict[tuple[str, str], list[Finding]] = {}
    for finding in findings:
        groups.setdefault((finding.name.partition("/")[0], finding.okta_id if not finding.name else ""), []).append(
            finding
        )
    return list(groups.values())


def _editing_order(finding: Finding) -> tuple[int, int]:
    """The order of edits: removals and renames come last, because other edits find items by their names."""
    match finding.verdict, finding.field:
        case Verdict.MISSING, _:
            order = 3 if "/" in finding.name else 5
        case Verdict.UNMANAGED, _:
            order = 2
        case Verdict.CHANGED | Verdict.CONFLICT, field if field == kind_named(finding.kind).shape.rank_field:
            order = 1
        case _, "name" | "label":
            order = 4
        case _:
            order = 0
    return order, -finding.name.count("/")


class _Work:
    def __init__(
        self,
        definitions: Path,
        comparison: Comparison,
        everywhere: bool,
        holds_secret: Callable[[Any], bool],
    ) -> None:
        self.definitions = definitions
        self._match = comparison.match
        self._environment = comparison.match.desired.environment.name
        self.everywhere = everywhere
        self.holds_secret = holds_secret
        self._before = load_all(definitions)

    def edit(self, folder: Path, finding: Finding) -> str:
        editing = Editing(Folder(folder, self._environment), self._match, self.everywhere)
        return editing.accept(finding).replace(folder.as_posix(), self.definitions.as_posix())

    def one_by_one(
        self, folder: Path, groups: Sequence[Sequence[Finding]], accepted: list[tuple[Finding, str]]
    ) -> list[tuple[Finding, ReconcilerError]]:
        """Accept group by group, then one by one, until no more can be accepted; returns the refused findings."""
        refused: list[tuple[Finding, ReconcilerError]] = []
        for group in groups:
            before = texts_of(folder)
            try:
                done = [(finding, self.edit(folder, finding)) for finding in group]
                self.checked(folder, group)
                accepted += done
            except ReconcilerError as error:
                reason = self.in_original(folder, error)
                _restore(folder, before)
                refused += [(finding, reason) for finding in group]
        singly = [[finding] for finding, _ in refused]
        if not refused or (len(singly) == len(groups) and all(len(group) == 1 for group in groups)):
            return refused
        return self.one_by_one(folder, singly, accepted)

    def in_original(self, folder: Path, error: ReconcilerError) -> NotAcceptable:
        """An error about the copy, with the locations in the original definitions."""
        messages, hints = zip(*error.explanations(), strict=True)
        texts = ("; ".join(messages), "; ".join(dict.fromkeys(filter(None, hints))))
        return NotAcceptable(*(with_original_paths(text, folder, self.definitions) for text in texts))

    def checked(self, folder: Path, findings: Sequence[Finding]) -> Comparison:
        """The comparison with the edited definitions.

        Raises `NotAcceptable` if another environment changes, or a finding would still be reported.
        """
        after, name = load_all(folder, self.definitions), self._environment
        for other, desired in after.items():
            if other != name and not self.everywhere and desired.digest != self._before[other].digest:
                raise NotAcceptable(f"environment {other} would change too", hint="edit the definitions by hand")
        self._refuse_secrets(after[name])
        comparison = Comparison.of(self._match.with_definitions(after[name]))
        remaining = {finding.id for finding in comparison.open}
        for finding in findings:
            if finding.id in remaining:
                raise NotAcceptable(
                    "definitions cannot express the value in the tenant",
                    hint="run reconciler repair, or edit the definitions by hand",
                )
        return comparison

    def _refuse_secrets(self, after: Desired) -> None:
        before = self._before[after.environment.name].declarations
        for address, declaration in after.declarations.items():
            known = before[address].spec if address in before else {}
            for field, value in declaration.spec.items():
                if value != known.get(field) and self.holds_secret(value):
                    raise NotAcceptable(
                        f"{address}.{field} contains a secret of this run, which definitions must not contain",
                        hint="rotate the secret, because it is readable in the tenant, and remove it there",
                    )

    def texts(self, folder: Path) -> dict[Path, tuple[str, str]]:
        return changed_texts(self.definitions, folder)


def _restore(folder: Path, texts: Mapping[Path, bytes]) -> None:
    for path in texts_of(folder).keys() - texts.keys():
        (folder / path).unlink()
    for path, content in texts.items():
        (folder / path).write_bytes(content)
