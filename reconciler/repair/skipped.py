"""Which findings `repair` does something about, and why it leaves the others alone."""

from __future__ import annotations

from collections.abc import Sequence

from reconciler.apply import Reconciler
from reconciler.definitions.model import Address, Desired
from reconciler.drift import Finding, Names, Verdict
from reconciler.kinds import kind_named
from reconciler.okta.snapshot import Snapshot
from reconciler.repair.scope import deleted, unapplied

_UNMANAGED = "nobody declared it: --remove-unmanaged deletes it, where the kind is authoritative"
_NOT_IN_STATE = "it is not in the state: reconciler up imports it and makes it as declared"
_LEFT = {
    Verdict.PENDING: "the definitions changed: reconciler up applies them",
    Verdict.BEYOND: "no definition states it: put it right in the tenant, or accept it",
    Verdict.EXPIRED: "renew the entry of ignore.yaml, or take it out",
    Verdict.UNREADABLE: "nothing is known of it: reconciler drift says why",
}
"""What no repair does anything about, and what can be done."""


def divided(
    reconciler: Reconciler, findings: Sequence[Finding], live: Snapshot, *, remove_unmanaged: bool = False
) -> tuple[list[Finding], list[tuple[Finding, str]]]:
    """The findings that `repair` does something about; those that a person has to see to, each with the reason."""
    names = Names(reconciler.desired, reconciler.stack.state(), live)
    reasons = [(finding, _why_left(finding, reconciler.desired, names, live, remove_unmanaged)) for finding in findings]
    return [one for one, why in reasons if not why], [(one, why) for one, why in reasons if why]


def _why_left(finding: Finding, desired: Desired, names: Names, live: Snapshot, remove_unmanaged: bool) -> str:
    address = Address(finding.kind, finding.name)
    unapplied_ones: list[Address] = []
    match finding.verdict:
        case Verdict.UNMANAGED:
            mode = desired.environment.mode(live.by_id[finding.kind, finding.okta_id].levels)
            return "" if remove_unmanaged and mode == "authoritative" else _UNMANAGED
        case Verdict.CHANGED | Verdict.CONFLICT | Verdict.MISSING if desired.observes(address):
            return "its kind is only observed here (modes)"
        case Verdict.CHANGED | Verdict.CONFLICT if address not in names.applied:
            return _NOT_IN_STATE
        case Verdict.CHANGED | Verdict.CONFLICT:
            unapplied_ones = unapplied(kind_named(finding.kind), {finding.field: finding.expected}, desired, names)
        case Verdict.MISSING:
            again = deleted([finding], desired, names).values()
            unapplied_ones = [ref for one in again for ref in unapplied(one.kind, one.spec, desired, names)]
        case verdict:
            return _LEFT[verdict]
    return f"it refers to {unapplied_ones[0]}, which is not in the state: reconciler up" if unapplied_ones else ""
