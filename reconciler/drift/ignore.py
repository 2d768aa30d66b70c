"""What is passed over: findings that an entry of `ignore.yaml` covers, until it expires."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import date
from fnmatch import fnmatchcase

from reconciler.definitions.model import Ignore
from reconciler.drift.findings import DRIFT, Finding


def sifted(
    findings: Iterable[Finding], ignores: Sequence[Ignore], today: date
) -> tuple[list[Finding], dict[Ignore, int]]:
    """The findings that nothing covers, and how many each entry does; an expired entry is told where it covered."""
    kept: list[Finding] = []
    counts: Counter[Ignore] = Counter()
    for finding in findings:
        covering = [ignore for ignore in ignores if covers(ignore, finding)]
        current = next((ignore for ignore in covering if ignore.expires >= today), None)
        if current:
            counts[current] += 1
        elif covering:
            last = covering[0]
            said = f"was ignored until {last.expires} ({last.reason}): ask {last.owner}, or see {last.source}"
            kept.append(replace(finding, detail=f"{finding.detail}; {said}" if finding.detail else said))
        else:
            kept.append(finding)
    return kept, {ignore: counts[ignore] for ignore in ignores}


def covers(ignore: Ignore, finding: Finding) -> bool:
    """Whether an entry is about a finding: only what says that the tenant left what was applied can be ignored."""
    if finding.verdict not in DRIFT or finding.kind != ignore.kind:
        return False
    if ignore.name is not None:
        named = finding.name == ignore.name
    else:
        named = not finding.name and fnmatchcase(finding.label, ignore.label or "")
    return named and (ignore.field is None or fnmatchcase(finding.field, ignore.field))
