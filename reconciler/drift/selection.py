"""The findings that a command line selects: by id, by the beginning of an id, or by kind and name."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from reconciler.definitions.errors import did_you_mean
from reconciler.definitions.model import Ignore
from reconciler.drift.findings import Finding
from reconciler.errors import ReconcilerError
from reconciler.kinds import kinds
from reconciler.watched import read_rows


class NoSuchFinding(ReconcilerError):
    """Raised when an argument matches no finding, only an ignored one, or the ids of several."""


def selected(
    findings: Sequence[Finding], words: Sequence[str], ignored: Mapping[Ignore, Sequence[Finding]] | None = None
) -> list[Finding]:
    """The selected findings, in their order; all findings if `words` is empty. Raises `NoSuchFinding`.

    A selection is an id, the beginning of an id, or a kind and a name, as one word or two. If it matches only an
    `ignored` finding, the error names the entry that covers it.
    """
    if not words:
        return list(findings)
    selected_ids = {finding.id for name in _names(words) for finding in _named(findings, name, ignored or {})}
    return [finding for finding in findings if finding.id in selected_ids]


def _names(words: Sequence[str]) -> Iterator[str]:
    known = {word for kind in kinds() for word in (kind.name, kind.shape.others) if word}
    known |= {row.word for row in read_rows()}
    rest = iter(words)
    for word in rest:
        yield f"{word} {next(rest, '')}".strip() if word in known else word


def _named(findings: Sequence[Finding], name: str, ignored: Mapping[Ignore, Sequence[Finding]]) -> list[Finding]:
    by_name, by_id = _matching(findings, name)
    if len({finding.id for finding in by_id}) > 1 and not by_name:
        raise NoSuchFinding(
            f"{name} matches several findings: use more of the id", hint=", ".join(finding.id for finding in by_id)
        )
    if not (by_name or by_id):
        _refuse_ignored(name, ignored)
        known = {finding.id for finding in findings} | {each for finding in findings for each in _subjects(finding)}
        raise NoSuchFinding(
            f"there is no finding {name}", hint=did_you_mean(name, known, "run `reconciler drift` to list the findings")
        )
    return by_name or by_id


def _matching(findings: Sequence[Finding], name: str) -> tuple[list[Finding], list[Finding]]:
    """The findings with this kind and name, and those whose id begins with it."""
    by_name = [finding for finding in findings if name in _subjects(finding)]
    return by_name, [finding for finding in findings if name and finding.id.startswith(name)]


def _refuse_ignored(name: str, ignored: Mapping[Ignore, Sequence[Finding]]) -> None:
    for entry, covered in ignored.items():
        if any(_matching(covered, name)):
            raise NoSuchFinding(
                f"{name} is ignored until {entry.expires}: {entry.source}",
                hint=f"{entry.reason} (owner: {entry.owner}); remove the entry first",
            )


def _subjects(finding: Finding) -> set[str]:
    names = (finding.name, finding.label, finding.okta_id) if not finding.name else (finding.name,)
    return {f"{finding.kind} {name}" for name in names if name} | {finding.subject}
