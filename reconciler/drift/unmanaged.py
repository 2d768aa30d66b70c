"""Undeclared objects of kinds, compared with the baseline: what changed and what was removed since the last `up`.

An undeclared object is a finding of its own (`unmanaged`), or `ignore.yaml` covers it. Neither says that it was changed
or deleted. Owned objects are read for managed owners only, so only objects without an owner are compared.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from dataclasses import replace
from functools import cache
from typing import Any

from reconciler.drift.findings import ADDED, Finding, Verdict
from reconciler.drift.members import all_members, within
from reconciler.drift.watched_values import LABEL, fingerprint
from reconciler.kinds import Kind, kind_named, kinds
from reconciler.kinds.mapping import Vocabulary, schema
from reconciler.kinds.secret_fields import fields_with_secrets
from reconciler.okta.snapshot import LiveObject, Snapshot
from reconciler.watched import ROWS, rows_of

Values = Mapping[str, Any]
Kept = dict[str, dict[str, dict[str, Any]]]
"""Values by word, id and path."""


def word_of_unmanaged(kind: Kind) -> str:
    """The word under which a baseline stores undeclared objects of a kind; empty if they are not compared."""
    return "" if kind.parents else f"{kind.name}?"


def kept_unmanaged(live: Snapshot, declared: Collection[str]) -> Kept:
    """The undeclared objects of the kinds that were read, as a baseline stores them; `declared` are ids."""
    return {
        word: {item.id: {LABEL: item.label, **members(item)} for item in _undeclared(live, kind, declared)}
        for kind in _read_completely(live)
        if (word := word_of_unmanaged(kind))
    }


def renewed(
    kept: Mapping[str, Mapping[str, Values]], live: Snapshot, declared: Collection[str], touched: Collection[str]
) -> Kept:
    """The entries after an `up`: for the kinds that were read, without declared objects, and with new ones.

    Objects with the ids `touched` were deleted or released by the `up`: the values of released ones are those of now.
    """
    now = kept_unmanaged(live, declared)
    done = {*touched}
    return {
        word: now.get(word, {})
        | {
            one: dict(values)
            for one, values in kept.get(word, {}).items()
            if one not in done and not (word in now and one in declared)
        }
        for word in {*now, *(word for word in map(word_of_unmanaged, kinds()) if done & kept.get(word, {}).keys())}
    }


def members(item: LiveObject) -> dict[str, Any]:
    """The members of an undeclared object that are compared. Lists that rows watch are omitted."""
    rows = {row.path for row in ROWS}
    path = item.kind.shape.path
    listed = {detail.member for detail in item.kind.details if f"{path}/{{id}}/{detail.path}" in rows}
    omitted, secrets = {*item.kind.set_separately, *listed}, _secrets(item.kind)
    return {
        path: fingerprint(value) if within(path, secrets) and value not in (None, "", []) else value
        for path, value in all_members(item).items()
        if path.partition(".")[0] not in omitted
    }


@cache
def _secrets(kind: Kind) -> frozenset[str]:
    """The paths of members that contain secrets, at any depth, according to the kind or to a row of the same list."""
    sealed = fields_with_secrets(kind.fields)
    own = {field.path for field in schema(kind.fields) if field.name in sealed and Vocabulary.API in field.places}
    of_rows = {path for row in rows_of(kind) for path in row.secret}
    return frozenset(own | of_rows)


def with_new(findings: Iterable[Finding], before: Mapping[str, Mapping[str, Values]]) -> list[Finding]:
    """The findings; those about undeclared objects that the baseline does not contain say so."""
    return [_with_new(finding, before) for finding in findings]


def _with_new(finding: Finding, before: Mapping[str, Mapping[str, Values]]) -> Finding:
    if finding.verdict is not Verdict.UNMANAGED:
        return finding
    known = before.get(word_of_unmanaged(kind_named(finding.kind)))
    if known is None or finding.okta_id in known:
        return finding
    return replace(finding, new=True, detail=f"{finding.detail}; {ADDED}")


def changed(
    before: Mapping[str, Mapping[str, Values]], live: Snapshot, is_declared: Callable[[LiveObject], bool]
) -> Iterator[tuple[LiveObject, Values]]:
    """The undeclared objects that the baseline contains, with their values there."""
    for kind in kinds():
        known = before.get(word_of_unmanaged(kind), {})
        for item in live.objects.get(kind.name, ()) if known else ():
            if item.id in known and not item.built_in and not is_declared(item):
                yield item, {path: value for path, value in known[item.id].items() if path != LABEL}


def removed(
    before: Mapping[str, Mapping[str, Values]], live: Snapshot, declared: Collection[str]
) -> Iterator[tuple[Kind, str, str]]:
    """Kind, id and name of the undeclared objects of the baseline that no longer exist; `declared` are ids."""
    for kind in _read_completely(live):
        there = {item.id for item in live.objects[kind.name]}
        for identity, values in sorted(before.get(word_of_unmanaged(kind), {}).items()):
            if identity not in there and identity not in declared:
                yield kind, identity, str(values.get(LABEL, identity))


def _undeclared(live: Snapshot, kind: Kind, declared: Collection[str]) -> Iterator[LiveObject]:
    return (item for item in live.objects[kind.name] if not item.built_in and item.id not in declared)


def _read_completely(live: Snapshot) -> Iterator[Kind]:
    gaps = {gap.kind.name for gap in live.unreadable if not gap.part}
    return (kind for kind in kinds() if kind.name in live.objects and kind.name not in gaps)
