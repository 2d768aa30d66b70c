"""What changed beyond what any kind declares: the live object held against the one that was there after the last `up`.

Fields that a kind declares are left out here: they are compared with the definitions. So is what changes by itself.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from reconciler.definitions.model import Address, Desired
from reconciler.drift.findings import Difference, Finding, Verdict
from reconciler.engine.state import State
from reconciler.kinds import Kind, owned_kinds
from reconciler.kinds.mapping import Vocabulary, schema
from reconciler.lookup import Managed
from reconciler.okta.snapshot import LiveObject, Snapshot

BY_ITSELF = frozenset(
    {"_links", "_embedded", "id", "created", "createdBy", "lastUpdated", "lastUpdatedBy", "lastMembershipUpdated"}
    | {"lastRotated", "nextRotation", "orn", "allGroupsValid", "priority"}
)
"""Members that change without anybody's doing, or only tell of changes that are found elsewhere."""

Baseline = Mapping[str, Mapping[str, Mapping[str, Any]]]
"""Values by kind, id and path, for everything that no kind declares."""


def baseline(live: Snapshot) -> dict[str, dict[str, dict[str, Any]]]:
    """What a later read is held against."""
    return {kind: {item.id: remainder(item) for item in items} for kind, items in live.objects.items()}


@dataclass(frozen=True, slots=True)
class _Pair:
    """A managed object: the values that were there after the last `up`, and those that are there now."""

    address: Address
    item: LiveObject
    before: Mapping[str, Any]
    now: Mapping[str, Any]

    def finding(self, path: str) -> Finding:
        before, now = self.before.get(path), self.now.get(path)
        return Finding(
            Verdict.BEYOND,
            self.address.kind,
            self.address.name,
            self.item.label,
            okta_id=self.item.id,
            field=path,
            expected=before,
            applied=before,
            actual=now,
            differences=(Difference(path, before, now),),
            detail="no definition can state it; it was different after the last up",
        )


def beyond(before: Baseline, live: Snapshot, desired: Desired, state: State) -> Iterator[Finding]:
    """One finding for each managed object and path that is not as it was."""
    pairs: dict[str, list[_Pair]] = defaultdict(list)
    for address, identity in Managed.of(desired, state).ids.items():
        item = live.by_id.get((address.kind, identity))
        known = before.get(address.kind, {}).get(identity)
        if item is not None and known is not None:
            pairs[address.kind].append(_Pair(address, item, known, remainder(item)))
    for alike in pairs.values():
        news = _news(alike)
        for pair in alike:
            paths = (pair.before.keys() | pair.now.keys()) - news
            yield from (pair.finding(path) for path in sorted(paths) if pair.before.get(path) != pair.now.get(path))


def _news(pairs: Sequence[_Pair]) -> set[str]:
    """Paths that Okta has given to every object of a kind, all with one value: its release, and nobody's change."""
    if len(pairs) < 2:
        return set()
    first = pairs[0].now
    unknown = first.keys() - {path for pair in pairs for path in pair.before}
    return {path for path in unknown if all(path in pair.now and pair.now[path] == first[path] for pair in pairs)}


def remainder(item: LiveObject) -> dict[str, Any]:
    """The members that the kind does not declare, by path; without secrets, and without what changes by itself."""
    if item.kind.collection.list_key:
        return {}
    declared = set(_declared(item.kind))
    if _rotates_by_itself(item):
        declared.add("credentials.signing.kid")
    return {
        path: value for path, value in _leaves(item.kind.read_api(dict(item.json)), "") if not _covered(path, declared)
    }


def _rotates_by_itself(item: LiveObject) -> bool:
    credentials = item.json.get("credentials") or {}
    by_server = (credentials.get("signing") or {}).get("rotationMode") == "AUTO"
    return by_server or (credentials.get("oauthClient") or {}).get("autoKeyRotation") is True


def _declared(kind: type[Kind]) -> Iterator[str]:
    for field in schema(kind):
        if place := field.places.get(Vocabulary.API):
            yield ".".join(place[0])
    yield from kind.collection.fixed
    yield from (owned.collection.path for owned in owned_kinds(kind))


def _covered(path: str, declared: set[str]) -> bool:
    parts = path.split(".")
    if any("secret" in part.lower() or part.lower() == "password" for part in parts):
        return True
    return any(".".join(parts[:length]) in declared for length in range(1, len(parts) + 1))


def _leaves(value: Mapping[str, Any], above: str) -> Iterator[tuple[str, Any]]:
    for key, inner in value.items():
        if key in BY_ITSELF:
            continue
        path = f"{above}.{key}" if above else key
        if isinstance(inner, Mapping) and inner:
            yield from _leaves(inner, path)
        else:
            yield path, inner
