"""Objects that tenants have without anybody creating them: which of the undeclared ones were added or removed."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from reconciler.drift.baseline_values import Baseline, word_of_undeclared
from reconciler.drift.findings import ADDED, REMOVED, Finding, whole
from reconciler.kinds import kind_named
from reconciler.kinds.mapping import joined_kinds, schema
from reconciler.matching import Names
from reconciler.okta.snapshot import LiveObject, Snapshot


def came_and_went(
    word: str, items: Sequence[LiveObject], before: Baseline, live: Snapshot, names: Names
) -> Iterator[Finding]:
    """A finding for each one of a kind that was added since the last `up`, or removed."""
    kind = kind_named(word)
    kept = before.get(word_of_undeclared(kind))
    if kept is None or not kind.shape.some_in_every_tenant:
        return
    if joined_kinds(kind) and not (kind.parents or kind.owned_by):  # relations come and go with what they join
        return
    with_owner, of_read = (
        {identity.rpartition("/")[0] for identity in ids} for ids in (kept, [item.id for item in items])
    )
    for item in items:
        if kind.owned_by and item.id.rpartition("/")[0] not in with_owner:  # its owner was added, or read, since then
            continue
        if item.parent and item.parent.id not in before.get(item.parent.kind.name, {}):
            continue  # it came with its owner
        if item.in_every_tenant and not names.declared(word, item.id) and item.id not in kept:
            yield whole(word, item.label, item.id, f"it is not declared; {ADDED}", True)
    if any(gap.kind.name == word and not gap.part for gap in live.unreadable):  # the others may still exist
        return
    if kind.parents:  # they go with their owner
        return
    known = {item.id for item in items}
    label = next((field.path for field in schema(kind.fields) if field.name == kind.label_field), "")
    for identity, values in sorted(kept.items()):
        if kind.owned_by and identity.rpartition("/")[0] not in of_read:  # its owner was removed, or is not read
            continue
        if identity not in known and not names.declared(word, identity):
            yield whole(word, str(values.get(label, identity)), identity, f"it is not declared; {REMOVED}", False)
