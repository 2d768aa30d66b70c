"""Findings that somebody names: by id, by the beginning of one, or by kind and name."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from reconciler.definitions.errors import did_you_mean
from reconciler.definitions.model import Ignore
from reconciler.drift.findings import Finding
from reconciler.errors import ReconcilerError
from reconciler.kinds import kinds


class NoSuchFinding(ReconcilerError):
    """Raised when what was named fits no finding, or an ignored one, or the beginning of an id fits several."""


def selected(
    findings: Sequence[Finding], words: Sequence[str], ignored: Mapping[Ignore, Sequence[Finding]] | None = None
) -> list[Finding]:
    """The findings that are named, in their order; all of them if none is. Raises `NoSuchFinding`.

    A word is an id, the beginning of one, or `kind name`, which may be two words. What is only among the `ignored`
    is refused with the entry that covers it.
    """
    if not words:
        return list(findings)
    taken = {finding.id for name in _names(words) for finding in _named(findings, name, ignored or {})}
    return [finding for finding in findings if finding.id in taken]


def _names(words: Sequence[str]) -> Iterator[str]:
    known = {word for kind in kinds() for word in (kind.kind, kind.collection.others) if word}
    rest = iter(words)
    for word in rest:
        yield f"{word} {next(rest, '')}".strip() if word in known else word


def _named(findings: Sequence[Finding], name: str, ignored: Mapping[Ignore, Sequence[Finding]]) -> list[Finding]:
    by_name, by_id = _fitting(findings, name)
    if len({finding.id for finding in by_id}) > 1 and not by_name:
        raise NoSuchFinding(
            f"{name} is the beginning of several findings", hint=", ".join(finding.id for finding in by_id)
        )
    if not (by_name or by_id):
        _refuse_ignored(name, ignored)
        known = {finding.id for finding in findings} | {each for finding in findings for each in _subjects(finding)}
        raise NoSuchFinding(
            f"there is no finding {name}", hint=did_you_mean(name, known, "reconciler drift lists them")
        )
    return by_name or by_id


def _fitting(findings: Sequence[Finding], name: str) -> tuple[list[Finding], list[Finding]]:
    """The findings that a name fits, and those whose id it begins."""
    by_name = [finding for finding in findings if name in _subjects(finding)]
    return by_name, [finding for finding in findings if name and finding.id.startswith(name)]


def _refuse_ignored(name: str, ignored: Mapping[Ignore, Sequence[Finding]]) -> None:
    for entry, covered in ignored.items():
        if any(_fitting(covered, name)):
            raise NoSuchFinding(
                f"{name} is ignored until {entry.expires}: {entry.source}",
                hint=f"{entry.reason} (ask {entry.owner}): take the entry out before",
            )


def _subjects(finding: Finding) -> set[str]:
    names = (finding.name, finding.label, finding.okta_id) if not finding.name else (finding.name,)
    return {f"{finding.kind} {name}" for name in names if name} | {finding.subject}
