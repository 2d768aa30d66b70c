"""Ignored findings: an entry of `ignore.yaml` covers them until it expires or the tenant changes again.

An entry covers a state, not an object. When drift detection first applies an entry, it stores a digest of each finding
that the entry covers. A later change, or a further finding, is reported. Renewing the entry (its reason, owner or last
day) ignores the new state.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import date
from fnmatch import fnmatchcase

from reconciler.definitions.model import Ignore
from reconciler.drift.findings import DRIFT, Finding, Verdict
from reconciler.drift.severity import rate


def without_ignored(
    findings: Iterable[Finding], ignores: Sequence[Ignore], today: date
) -> tuple[list[Finding], dict[Ignore, list[Finding]]]:
    """The findings that no entry covers, and those that each entry covers.

    An expired entry covers nothing. It is a finding itself, and the findings that it used to cover mention it.
    """
    kept: list[Finding] = []
    ignored: dict[Ignore, list[Finding]] = {ignore: [] for ignore in ignores if ignore.expires >= today}
    for finding in findings:
        covering = [ignore for ignore in ignores if covers(ignore, finding)]
        current = next((ignore for ignore in covering if ignore in ignored), None)
        if current:
            ignored[current].append(finding)
        elif covering:
            note = f"was ignored until {covering[0].expires}: see {covering[0].source}"
            kept.append(replace(finding, detail=f"{finding.detail}; {note}" if finding.detail else note))
        else:
            kept.append(finding)
    return kept + [_expired(ignore) for ignore in ignores if ignore not in ignored], ignored


States = Mapping[str, Mapping[str, str]]
"""Digests of the values that entries first ignored, by entry and by the id of the finding."""


def as_first_seen(
    ignored: Mapping[Ignore, Sequence[Finding]], known: States, digest: Callable[[Finding], str]
) -> tuple[dict[Ignore, list[Finding]], list[Finding], dict[str, dict[str, str]]]:
    """What each entry still covers, the findings that changed since it first covered them, and the states to store."""
    covered: dict[Ignore, list[Finding]] = {}
    changed: list[Finding] = []
    states: dict[str, dict[str, str]] = {}
    for ignore, findings in ignored.items():
        entry = _digest_of(ignore)
        here = {finding.id: digest(finding) for finding in findings}
        seen = known.get(entry, {})
        if seen or here:
            states[entry] = dict(seen) or here
        differ = [] if ignore.any_value or not seen else [one for one in findings if seen.get(one.id) != here[one.id]]
        covered[ignore] = [finding for finding in findings if finding not in differ]
        changed += [_changed(finding, ignore, finding.id in seen) for finding in differ]
    return covered, changed, states


def _digest_of(ignore: Ignore) -> str:
    content = (ignore.kind, ignore.name, ignore.label, ignore.field, ignore.reason, ignore.owner, ignore.expires)
    return hashlib.sha256("\n".join(map(str, content)).encode(errors="surrogatepass")).hexdigest()[:16]


def _changed(finding: Finding, ignore: Ignore, was_seen: bool) -> Finding:
    since = "changed since" if was_seen else "appeared after"
    note = f"{since} {ignore.source} was first applied: renew the entry to ignore this too"
    return replace(finding, detail=f"{finding.detail}; {note}" if finding.detail else note)


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
    """Whether an entry covers a finding. Only drift can be ignored."""
    if finding.verdict not in DRIFT or finding.kind != ignore.kind:
        return False
    if ignore.name is not None:
        named = finding.name == ignore.name
    else:
        named = not finding.name and fnmatchcase(finding.label, ignore.label or "")
    return named and (ignore.field is None or fnmatchcase(finding.field, ignore.field))
