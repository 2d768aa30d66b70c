"""How bad a finding is: by the risks that its kind declares, and never by guess.

A finding is as severe as the most severe rule that holds for it; without any, its verdict decides.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import Any

from reconciler.definitions.model import Address, Desired
from reconciler.drift.findings import Finding, Verdict
from reconciler.kinds import kind_named, risks_of
from reconciler.kinds.risks import Change, Occurrence, Rule, Severity
from reconciler.kinds.threats import RULES

__all__ = ["RULES", "Rule", "rate", "rated"]

_BY_VERDICT = {
    Verdict.CHANGED: Severity.MEDIUM,
    Verdict.MISSING: Severity.HIGH,
    Verdict.UNMANAGED: Severity.MEDIUM,
    Verdict.PENDING: Severity.INFO,
    Verdict.CONFLICT: Severity.HIGH,
    Verdict.UNREADABLE: Severity.MEDIUM,
    Verdict.BEYOND: Severity.LOW,
    Verdict.EXPIRED: Severity.LOW,
}
_OCCURRENCES = {
    Verdict.CHANGED: Occurrence.CHANGED,
    Verdict.CONFLICT: Occurrence.CHANGED,
    Verdict.BEYOND: Occurrence.CHANGED,
    Verdict.MISSING: Occurrence.GONE,
    Verdict.UNMANAGED: Occurrence.APPEARED,
}
"""What happened; the other verdicts say nothing of what somebody did to the tenant."""


def rated(findings: Iterable[Finding], desired: Desired) -> list[Finding]:
    """The findings, each with its severity and the rules that hold for it."""
    declarations = desired.declarations
    declared = {address: declaration.spec for address, declaration in declarations.items()}
    return [rate(finding, declared.get(Address(finding.kind, finding.name), {})) for finding in findings]


def rate(finding: Finding, spec: Mapping[str, Any]) -> Finding:
    """The finding with its severity and the rules that hold for it; `spec` is how its object is declared."""
    held = _rules(finding, spec)
    severity = _BY_VERDICT[finding.verdict]
    if finding.inherited and finding.verdict is Verdict.CHANGED:
        severity = severity.less
    return replace(
        finding,
        severity=max([severity, *(rule.severity for rule in held)]),
        rules=tuple(rule.id for rule in held),
    )


def _rules(finding: Finding, spec: Mapping[str, Any]) -> list[Rule]:
    """The rules that hold, in the order in which they are shown."""
    occurrence = _OCCURRENCES.get(finding.verdict)
    if occurrence is None:
        return []
    change = Change(finding.name or finding.label, finding.field, finding.expected, finding.actual, spec)
    risks = risks_of(kind_named(finding.kind))
    held = {risk.rule for risk in risks if risk.is_about(occurrence, finding.field) and risk.when(change)}
    return [rule for rule in RULES if rule in held]
