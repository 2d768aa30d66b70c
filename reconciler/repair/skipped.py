"""Separates the findings that `repair` can handle from those it skips, with the reason for each."""

from __future__ import annotations

from collections.abc import Sequence

from reconciler.definitions.model import Address
from reconciler.drift import Finding, Verdict
from reconciler.kinds import kind_named
from reconciler.matching import Match
from reconciler.repair.scope import deleted, unapplied

_UNMANAGED = "not declared: pass --remove-unmanaged to delete it (only kinds in authoritative mode)"
_STAYS = "not declared, and Okta cannot delete it: accept it to declare it as it is"
_NOT_IN_STATE = "not in the state: run reconciler up to import and update it"
_NEVER_REPAIRED = {
    Verdict.PENDING: "the definitions changed: run reconciler up to apply them",
    Verdict.BEYOND: "not covered by definitions: change it in the tenant, or accept it",
    Verdict.EXPIRED: "the entry in ignore.yaml expired: renew or remove it",
    Verdict.UNREADABLE: "could not be read: run reconciler drift to see why",
}
"""Verdicts that `repair` never handles, each with the next action."""


def partition(
    match: Match, findings: Sequence[Finding], *, remove_unmanaged: bool = False
) -> tuple[list[Finding], list[tuple[Finding, str]]]:
    """The findings that `repair` handles; and those it skips, each with the reason."""
    reasons = [(finding, _reason(finding, match, remove_unmanaged)) for finding in findings]
    return [one for one, reason in reasons if not reason], [(one, reason) for one, reason in reasons if reason]


def _reason(finding: Finding, match: Match, remove_unmanaged: bool) -> str:
    """Why the finding is skipped; empty if it is not."""
    address = Address(finding.kind, finding.name)
    references: list[Address] = []
    match finding.verdict:
        case Verdict.UNMANAGED if not kind_named(finding.kind).shape.deletable:
            return _STAYS
        case Verdict.UNMANAGED:
            mode = match.desired.environment.mode(match.live.by_id[finding.kind, finding.okta_id].levels)
            return "" if remove_unmanaged and mode == "authoritative" else _UNMANAGED
        case Verdict.CHANGED | Verdict.CONFLICT | Verdict.MISSING if match.desired.observes(address):
            return "the mode of its kind is observe"
        case Verdict.CHANGED | Verdict.CONFLICT if address not in match.applied:
            return _NOT_IN_STATE
        case Verdict.CHANGED | Verdict.CONFLICT:
            references = unapplied(kind_named(finding.kind), {finding.field: finding.expected}, match)
        case Verdict.MISSING:
            to_create = deleted([finding], match).values()
            references = [ref for one in to_create for ref in unapplied(one.kind, one.spec, match)]
        case verdict:
            return _NEVER_REPAIRED[verdict]
    return f"refers to {references[0]}, which is not in the state: run reconciler up" if references else ""
