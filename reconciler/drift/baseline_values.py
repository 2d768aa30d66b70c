"""The content of a baseline: the values of a tenant in fields that definitions do not cover.

A baseline is made from a snapshot. Each `up` carries it over, and each `accept` adds the accepted values.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from typing import Any

from reconciler.definitions.model import Environment
from reconciler.drift.findings import Finding
from reconciler.drift.leaves import canonical
from reconciler.drift.members import UPDATED, all_members, conditional, is_note, items_of, of_no_kind, watched, within
from reconciler.drift.unmanaged import kept_unmanaged, word_of_unmanaged
from reconciler.drift.watched_baseline import accepted
from reconciler.drift.watched_values import kept_of
from reconciler.kinds import Kind, kind_of_word, kinds
from reconciler.matching import is_own_app
from reconciler.okta.snapshot import LiveObject, Snapshot
from reconciler.watched import row_of_word

Baseline = Mapping[str, Mapping[str, Mapping[str, Any]]]
"""Values by kind, id and path, in fields that definitions do not cover."""

OKTA = "@okta"
"""The path at which a baseline stores the name of an object that Okta created, and the id of its owner."""


def word_of_undeclared(kind: Kind) -> str:
    """The word under which a baseline stores all members of undeclared objects that are compared nevertheless.

    These are whole lists, the app that the environment signs in with, and objects that every tenant has.
    """
    return f"{kind.name}*"


def is_watched_undeclared(kind: Kind) -> bool:
    """Whether some undeclared objects of a kind are compared nevertheless, with all members."""
    return kind.shape.part_of_owner or kind.signs_in or kind.shape.some_in_every_tenant


def words_of(kind: Kind) -> tuple[str, ...]:
    """All words under which a baseline stores what is read together with the objects of a kind."""
    words = (
        kind.name,
        word_of_undeclared(kind) if is_watched_undeclared(kind) else "",
        word_of_unmanaged(kind),
        kind.shape.others,
    )
    return tuple(filter(None, words))


def baseline(live: Snapshot, environment: Environment | None = None) -> dict[str, dict[str, dict[str, Any]]]:
    """The values that later runs compare with. The app that the `environment` signs in with is stored whole."""
    return of_kinds(live, environment) | kept_of(live.watched)


def of_kinds(live: Snapshot, environment: Environment | None = None) -> dict[str, dict[str, dict[str, Any]]]:
    """The same for the lists that kinds read, without what is watched besides."""
    kept = {kind: {item.id: _kept(item) for item in items} for kind, items in live.objects.items()}
    for kind in kinds():
        for item in live.objects.get(kind.name, ()):
            whole = kind.shape.part_of_owner or item.in_every_tenant
            if whole or (environment and is_own_app(item, environment)):
                kept.setdefault(word_of_undeclared(kind), {})[item.id] = all_members(item)
    for one in live.outside:
        kept.setdefault(one.kind, {})[one.id] = of_no_kind(one.json)
    return kept


def _kept(item: LiveObject) -> dict[str, Any]:
    note = [item.label, item.parent.id if item.parent else ""]
    return watched(item) | ({OKTA: note} if item.built_in else {})


def carry_over(before: Mapping[str, Any], now: Mapping[str, Any], kind: Kind | None) -> dict[str, Any]:
    """The values of an object in the next baseline: the earlier ones, without removed items and with new items.

    Fields that no longer apply to the object are added like new items. The time of the last update is renewed only if
    nothing differs. Otherwise, a user's change would look like a release of Okta's.
    """
    items = {path for path in (*before, *now) if path.endswith("]")}
    old, new = ({path for path in values if path in items} for values in (before, now))
    fresh = {
        path
        for path in now.keys() - before.keys()
        if any(item not in old for item in items_of(path, items))
        or (kind and (field := conditional_above(kind, path)) and not any(within(one, [field]) for one in before))
    }
    kept = {path: value for path, value in before.items() if all(item in new for item in items_of(path, items))}
    kept |= {path: now[path] for path in fresh}
    same = all(
        canonical(kept.get(path)) == canonical(now.get(path)) for path in kept.keys() | now.keys() if not is_note(path)
    )
    return kept | {path: value for path, value in now.items() if same and path.endswith(UPDATED)}


def with_written(kept: Mapping[str, Any], now: Mapping[str, Any], paths: Collection[str]) -> dict[str, Any]:
    """The values of an object in the baseline, renewed at the `paths` that an `up` wrote."""
    return {path: value for path, value in kept.items() if not within(path, paths)} | {
        path: value for path, value in now.items() if within(path, paths)
    }


def conditional_above(kind: Kind, path: str) -> str | None:
    """The conditional field that a path is at or below, if any."""
    return next((one for one in conditional(kind) if within(path, [one])), None)


def with_accepted(
    before: Baseline, live: Snapshot, findings: Iterable[Finding], environment: Environment | None = None
) -> dict[str, dict[str, Mapping[str, Any]]]:
    """The baseline with the tenant's current values for these findings."""
    now = baseline(live, environment)
    of_unmanaged = kept_unmanaged(live, ())
    result = {word: dict(items) for word, items in before.items()}
    for finding in findings:
        if row := row_of_word(finding.kind):
            accepted(result.setdefault(row.address, {}), live.watched, finding)
            continue
        unmanaged = word_of_unmanaged(kind_of_word(finding.kind))
        if not finding.name and finding.okta_id in result.get(unmanaged, {}):
            _accept(result[unmanaged], of_unmanaged.get(unmanaged, {}).get(finding.okta_id), finding)
            if finding.okta_id not in result.get(word_of_undeclared(kind_of_word(finding.kind)), {}):
                continue
        words = (finding.kind, word_of_undeclared(kind_of_word(finding.kind)))
        for word in words:
            if word in now or word in result:
                _accept(result.setdefault(word, {}), now.get(word, {}).get(finding.okta_id), finding)
    return result


def _accept(kept: dict[str, Mapping[str, Any]], now: Mapping[str, Any] | None, finding: Finding) -> None:
    if now is None:
        kept.pop(finding.okta_id, None)
    elif not finding.field:
        kept[finding.okta_id] = now
    else:
        kept[finding.okta_id] = with_written(kept.get(finding.okta_id, {}), now, [finding.field])
