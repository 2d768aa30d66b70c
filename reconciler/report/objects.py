"""The findings of a report by object, and the values that differ in each finding."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from reconciler.drift.findings import Difference, Finding, Severity, Verdict


class Side(StrEnum):
    """The side that has a value, as the sign of a diff from declared to live."""

    DECLARED = "-"
    """Declared, not in the tenant."""
    LIVE = "+"
    """In the tenant, not declared."""
    BOTH = "~"
    """On both, with different values."""


@dataclass(frozen=True, slots=True)
class ChangedValue:
    """A value that differs between declared and live. `path` is empty for the field itself and for a member of it."""

    side: Side
    path: str
    expected: Any
    actual: Any


@dataclass(slots=True)
class ObjectFindings:
    """An object and its findings."""

    kind: str
    name: str
    """The logical name, or Okta's name for an unmanaged object; empty for a finding about all objects of a kind."""
    label: str
    """The name in Okta, where it differs from `name`."""
    okta_id: str
    findings: list[Finding] = field(default_factory=list)

    @property
    def severity(self) -> Severity:
        """The severity of the most severe finding."""
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
    """The findings by object. Objects, and the findings of each object, are sorted by descending severity."""
    groups = by_object(findings)
    for item in groups:
        item.findings.sort(key=lambda finding: -finding.severity)
    return sorted(groups, key=lambda item: -item.severity)


def changed_values(finding: Finding) -> Iterator[ChangedValue]:
    """The values that differ inside a field.

    There are none for a whole object, for an entry of `ignore.yaml`, and for a field that could not be read.
    """
    if finding.field and finding.verdict not in (Verdict.EXPIRED, Verdict.UNREADABLE):
        yield from values_inside(finding.field, finding.expected, finding.actual, finding.differences)


def values_inside(field: str, expected: Any, actual: Any, differences: Sequence[Difference]) -> Iterator[ChangedValue]:
    """The values that differ inside a field: the differences, or the field itself without any."""
    if not differences:
        yield ChangedValue(Side.BOTH, "", expected, actual)
    members = _is_texts(expected) and _is_texts(actual)
    for difference in differences:
        if members and difference.path.startswith(f"{field}["):
            yield _member(difference, difference.path[len(field) + 1 : -1])
        elif difference.path == field:
            yield ChangedValue(Side.BOTH, "", difference.expected, difference.actual)
        elif difference.actual is None:
            yield ChangedValue(Side.DECLARED, difference.path, difference.expected, None)
        elif difference.expected is None:
            yield ChangedValue(Side.LIVE, difference.path, None, difference.actual)
        else:
            yield ChangedValue(Side.BOTH, difference.path, difference.expected, difference.actual)


def _member(difference: Difference, member: str) -> ChangedValue:
    """A text that is in only one of the two lists."""
    if difference.actual is None:
        return ChangedValue(Side.DECLARED, "", member, None)
    if difference.expected is None:
        return ChangedValue(Side.LIVE, "", None, member)
    # A list that repeats a member.
    return ChangedValue(Side.BOTH, difference.path, difference.expected, difference.actual)


def _is_texts(value: Any) -> bool:
    return isinstance(value, list) and all(isinstance(item, str) for item in value)
