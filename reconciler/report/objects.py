"""What a report goes through: the findings by object, and what each finding shows of its values."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from reconciler.drift.findings import Difference, Finding, Severity, Verdict


class Side(StrEnum):
    """On which side something is, as the sign of a diff from declared to live."""

    DECLARED = "-"
    """Declared, and not in the tenant."""
    LIVE = "+"
    """In the tenant, and not declared."""
    BOTH = "~"
    """On both, with different values."""


@dataclass(frozen=True, slots=True)
class Place:
    """One place where declared and live differ. `path` is empty when it is the field itself, or a member of it."""

    side: Side
    path: str
    expected: Any
    actual: Any


@dataclass(slots=True)
class ObjectFindings:
    """An object, and everything that was found about it."""

    kind: str
    name: str
    """The logical name; the name that Okta shows for what nobody declared; empty for all objects of a kind."""
    label: str
    """The name that Okta shows, where it differs."""
    okta_id: str
    findings: list[Finding] = field(default_factory=list)

    @property
    def severity(self) -> Severity:
        """That of the most severe finding."""
        return max(finding.severity for finding in self.findings)

    @property
    def title(self) -> str:
        """Kind and name."""
        return f"{self.kind} {self.name}" if self.name else f"{self.kind} (all of them)"


def by_object(findings: Iterable[Finding]) -> list[ObjectFindings]:
    """The findings by object, objects in the order of their first finding."""
    groups: dict[tuple[str, ...], ObjectFindings] = {}
    for finding in findings:
        about_kind = finding.verdict is Verdict.UNREADABLE
        key = (finding.kind, finding.name or finding.okta_id, finding.verdict if about_kind else "")
        if key not in groups:
            name = finding.name or finding.label or finding.okta_id
            label = finding.label if finding.label != name else ""
            groups[key] = ObjectFindings(finding.kind, name, label, finding.okta_id)
        groups[key].findings.append(finding)
    return list(groups.values())


def most_severe_first(findings: Iterable[Finding]) -> list[ObjectFindings]:
    """The findings by object; objects, and the findings of each, from the most severe to the least."""
    groups = by_object(findings)
    for item in groups:
        item.findings.sort(key=lambda finding: -finding.severity)
    return sorted(groups, key=lambda item: -item.severity)


def places(finding: Finding) -> Iterator[Place]:
    """Where declared and live differ inside a field; nothing for a finding about a whole object or an entry."""
    if not finding.field or finding.verdict is Verdict.EXPIRED:
        return
    if not finding.differences:
        yield Place(Side.BOTH, "", finding.expected, finding.actual)
    members = _is_texts(finding.expected) and _is_texts(finding.actual)
    for difference in finding.differences:
        if members and difference.path.startswith(f"{finding.field}["):
            yield _member(difference, difference.path[len(finding.field) + 1 : -1])
        elif difference.path == finding.field:
            yield Place(Side.BOTH, "", difference.expected, difference.actual)
        elif difference.actual is None:
            yield Place(Side.DECLARED, difference.path, difference.expected, None)
        elif difference.expected is None:
            yield Place(Side.LIVE, difference.path, None, difference.actual)
        else:
            yield Place(Side.BOTH, difference.path, difference.expected, difference.actual)


def _member(difference: Difference, member: str) -> Place:
    """A text that is in the one list and not in the other."""
    if difference.actual is None:
        return Place(Side.DECLARED, "", member, None)
    if difference.expected is None:
        return Place(Side.LIVE, "", None, member)
    return Place(Side.BOTH, difference.path, difference.expected, difference.actual)  # lists with repeated members


def _is_texts(value: Any) -> bool:
    return isinstance(value, list) and all(isinstance(item, str) for item in value)
