"""What is passed over: findings that an entry of `ignore.yaml` covers, until it expires."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import date
from fnmatch import fnmatchcase

from reconciler.definitions.model import Ignore
from reconciler.drift.findings import DRIFT, Finding, Verdict
from reconciler.drift.severity import rate


def sifted(
    findings: Iterable[Finding], ignores: Sequence[Ignore], today: date
) -> tuple[list[Finding], dict[Ignore, list[Finding]]]:
    """The findings that nothing covers, and those that each entry does. An expired entry covers nothing: it is a
    finding, and told where it covered."""
    kept: list[Finding] = []
    ignored: dict[Ignore, list[Finding]] = {ignore: [] for ignore in ignores if ignore.expires >= today}
    for finding in findings:
        covering = [ignore for ignore in ignores if covers(ignore, finding)]
        current = next((ignore for ignore in covering if ignore in ignored), None)
        if current:
            ignored[current].append(finding)
        elif covering:
            said = f"was ignored until {covering[0].expires}: see {covering[0].source}"
            kept.append(replace(finding, detail=f"{finding.detail}; {said}" if finding.detail else said))
        else:
            kept.append(finding)
    return kept + [_expired(ignore) for ignore in ignores if ignore not in ignored], ignored


def _expired(ignore: Ignore) -> Finding:
    expired = Finding(
        Verdict.EXPIRED,
        ignore.kind,
        ignore.name or "",
        ignore.label or "",
        field=ignore.field or "",
        source=ignore.source,
        detail=f"ignored until {ignore.expires} ({ignore.reason}): ask {ignore.owner}",
    )
    return rate(expired)


def covers(ignore: Ignore, finding: Finding) -> bool:
    """Whether an entry is about a finding: only what says that the tenant left what was applied can be ignored."""
    if finding.verdict not in DRIFT or finding.kind != ignore.kind:
        return False
    if ignore.name is not None:
        named = finding.name == ignore.name
    else:
        named = not finding.name and fnmatchcase(finding.label, ignore.label or "")
    return named and (ignore.field is None or fnmatchcase(finding.field, ignore.field))
