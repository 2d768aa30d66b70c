"""Findings for changes since the last `up` in fields that definitions do not cover.

The tenant is compared with the baseline: declared objects, objects that Okta created, and objects that no kind covers.
Fields that a definition states are omitted, because they are compared with the definition. So are values that change
by themselves.
"""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import orjson

from reconciler.definitions.model import Address, Declaration
from reconciler.drift import every_tenant, unmanaged
from reconciler.drift.baseline_values import (
    OKTA,
    Baseline,
    conditional_above,
    is_watched_undeclared,
    word_of_undeclared,
)
from reconciler.drift.findings import ADDED, NO_KIND, REMOVED, Difference, Finding, Verdict, whole
from reconciler.drift.leaves import canonical
from reconciler.drift.members import (
    UPDATED,
    all_members,
    covers,
    is_note,
    items_of,
    left_to_okta,
    of_no_kind,
    stated,
    stated_although_left_to_okta,
    volatile,
    watched,
    within,
)
from reconciler.drift.releases import Releases
from reconciler.drift.watched import watched_findings
from reconciler.drift.watched_values import values_of
from reconciler.kinds import Detail, Kind, kind_named, kinds, sharing_list
from reconciler.kinds.entries import MADE_BY_OKTA, inside_entry, is_entry, key_field, live_entries
from reconciler.matching import Match, Names
from reconciler.okta.snapshot import LiveObject, Outside, Snapshot
from reconciler.watched.table import path_of_detail, whole_of_detail

_NOT_DECLARED = "not declared"


@dataclass(frozen=True, slots=True)
class _Pair:
    """An object with its values in the baseline and in the tenant."""

    word: str
    """Its kind, as findings name it."""
    label: str
    id: str
    before: Mapping[str, Any]
    now: Mapping[str, Any]
    name: str = ""
    """Its name in definitions; empty if it is not declared."""
    item: LiveObject | None = None
    why: str = ""
    """Why it is compared although it is not declared."""
    chosen: Collection[str] = ()
    """Optional fields that this definition states, as paths: they are compared with the definition."""
    own_items: Collection[str] = ()
    """The items whose addition or removal is reported here, because definitions do not cover them."""
    titles: Mapping[str, str] = field(default_factory=dict)
    """The names of items whose paths contain only ids."""
    items: frozenset[str] = field(init=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "items", frozenset(path for path in (*self.before, *self.now) if path[-1:] == "]"))

    def entry_of(self, path: str) -> str:
        """The path of the entry that a path leads through; empty if the object is its own entry."""
        return inside_entry(self.item.kind, path)[0] if self.item else ""

    @property
    def unchangeable(self) -> bool:
        return self.item is not None and self.item.json.get("system") is True

    @property
    def elsewhere(self) -> Collection[str]:
        """Members that change without an update of the object itself."""
        return self.item.kind.set_separately if self.item else ()

    @property
    def _details(self) -> Mapping[str, Detail]:
        """The further lists about the object, by member."""
        return {detail.member: detail for detail in self.item.kind.details} if self.item else {}

    def paths(self) -> Iterator[str]:
        """The paths that differ. Added or removed items of a declared list are found by the three-way comparison."""
        for path in sorted(self.before.keys() | self.now.keys()):
            before, now = self.before.get(path), self.now.get(path)
            if before != now and canonical(before) != canonical(now) and self._is_compared(path):
                yield path

    def _is_compared(self, path: str) -> bool:
        around = [item for item in items_of(path, self.items) if item != path]
        if not all(item in self.before and item in self.now for item in around):
            return False
        if path in self.items:
            return path in self.own_items
        if is_note(path) or path == OKTA or covers(self.chosen, path):
            return False
        detail = self._details.get(path)
        if detail and detail.of and canonical(self.before.get(detail.of)) != canonical(self.now.get(detail.of)):
            return False  # that there are any, or none any more, says it
        if path in self.elsewhere:  # Okta sometimes omits it: then its value is unknown
            return path in self.now and (path in self.before or bool(self.now[path]))
        return self._is_known(self.before, path) and (path in self.now or self._is_known(self.now, path))

    def _is_known(self, values: Mapping[str, Any], path: str) -> bool:
        """Whether these values would contain the member if it existed: no definition stated it then."""
        if path in values or self.item is None or self.item.built_in:
            return True
        kind, (above, inside) = self.item.kind, inside_entry(self.item.kind, path)
        if above in self.own_items:
            return True
        if condition := conditional_above(kind, inside):
            place = f"{above}.{condition}" if above else condition
            return any(within(one, [place]) for one in values)
        return values is self.before or not within(inside, stated(kind))

    def omitted(self) -> Iterator[str]:
        """Members that Okta returned before and omitted this time."""
        gone = [path for path in self.elsewhere if path in self.before and path not in self.now]
        return (path for path in gone if path not in self._details or self._details[path].of not in gone)

    def finding(self, path: str) -> Finding:
        before, now = self._value(self.before, path), self._value(self.now, path)
        return Finding(
            Verdict.BEYOND,
            self.word,
            self.name,
            self.label,
            okta_id=self.id,
            field=path,
            expected=before,
            applied=before,
            actual=now,
            differences=(Difference(path, before, now),),
            detail=self._detail(path),
        )

    def _detail(self, path: str) -> str:
        field = left_to_okta(self.item.kind) if self.item and not self.item.built_in else {}
        omitted = {one: name for one, name in field.items() if not any(within(chosen, [one]) for chosen in self.chosen)}
        why = next((f"its definition omits {name}" for one, name in omitted.items() if within(path, [one])), "")
        if path in self.items:
            why = f"definitions do not cover it{self.titles.get(path, '')}"
        came = ADDED if path not in self.before else REMOVED
        return "; ".join(
            (
                *([self.why] if self.why else []),
                why or "definitions do not cover it",
                came if path in self.items else "changed since the last `up`",
            )
        )

    def _value(self, values: Mapping[str, Any], path: str) -> Any:
        """The value at a path; for an item, all its members."""
        if path not in self.items or path not in values:
            return values.get(path)
        held = {one[len(path) :].lstrip("."): value for one, value in values.items() if within(one, [path])}
        return {
            one: value for one, value in held.items() if one and canonical(value) is not None and not is_note(one)
        } or {}


def beyond(before: Baseline, match: Match) -> Iterator[Finding]:
    """A finding for each changed path of a compared object, and for each added or removed object."""
    live, names = match.live, match.names
    for kind, items in live.objects.items():
        pairs = [pair for item in items if _is_watched(item, names) for pair in _pair(item, before, names)]
        yield from _findings(pairs, {gap.owner_id for gap in live.unreadable if gap.part and gap.kind.name == kind})
        yield from _came_and_went(kind, items, before, live, names)
        yield from every_tenant.came_and_went(kind, items, before, live, names)
    yield from _of_unmanaged(before, match)
    yield from watched_findings(before, live.watched, _compared_by_kinds(live, names))
    for word, found in _by_word(live).items():
        kept = before.get(word, {})
        yield from _findings([_outside_pair(one, kept[one.id]) for one in found.values() if one.id in kept])
        yield from _others_came_and_went(word, found, before, live)


def _of_unmanaged(before: Baseline, match: Match) -> Iterator[Finding]:
    """Findings for undeclared objects that were changed or removed; that they exist is a finding of its own."""
    names = match.names
    found = unmanaged.changed(before, match.live, lambda item: bool(names.declared(item.kind.name, item.id)))
    pairs = [
        _Pair(item.kind.name, item.label, item.id, kept, unmanaged.members(item), why=_NOT_DECLARED)
        for item, kept in found
        if not names.is_own_app(item)
    ]
    yield from _findings(pairs)
    declared = set(match.ids.values())
    for kind, identity, label in unmanaged.removed(before, match.live, declared):
        yield whole(kind.name, label, identity, f"{_NOT_DECLARED}; {REMOVED}", False)


def _compared_by_kinds(live: Snapshot, names: Names) -> frozenset[tuple[str, str]]:
    """The lists of details that are compared with the object, or as objects of their own: path and id of the owner."""
    items = [item for found in live.objects.values() for item in found if item.kind.details]
    return frozenset(
        (path_of_detail(item.kind, detail), item.id)
        for item in items
        if _is_watched(item, names)
        for detail in item.kind.details
        if (as_whole := whole_of_detail(item.kind, detail)) is None or (as_whole.name, item.id) in live.by_id
    )


def _findings(pairs: Sequence[_Pair], unreadable: Collection[str | None] = ()) -> Iterator[Finding]:
    releases = Releases.of(pairs)
    for pair in pairs:
        for path in pair.paths():
            if not releases.hold(pair, path):
                yield pair.finding(path)
        for path in () if pair.id in unreadable else pair.omitted():
            reason = f"Okta omitted {path} from its response: not compared"
            yield Finding(
                Verdict.UNREADABLE, pair.word, pair.name, pair.label, okta_id=pair.id, field=path, detail=reason
            )


def _pair(item: LiveObject, before: Baseline, names: Names) -> Iterator[_Pair]:
    """The object with its values in the baseline; nothing if the baseline does not contain it."""
    kind, name = item.kind, names.declared(item.kind.name, item.id) or ""
    kept = before.get(_word(item, names), {}).get(item.id)
    if kept is None:
        return
    kept = {path: value for path, value in kept.items() if not volatile(item, path)}
    now = watched(item) if _word(item, names) == kind.name else all_members(item)
    own = _made_by_okta(item, kept) if name else {path for path in (*kept, *now) if is_entry(kind, path)}
    yield _Pair(
        kind.name,
        item.label,
        item.id,
        kept,
        now,
        name,
        item,
        "" if name else _why(item, names),
        _chosen(names.declaration(kind.name, item.id)),
        frozenset(own),
        _titles(kind, own, names),
    )


def _titles(kind: Kind, items: Collection[str], names: Names) -> dict[str, str]:
    """The names of objects to which items refer."""
    key = key_field(kind)
    if key is None or key.ref is None:
        return {}
    refers_to = key.ref.kinds[0]
    labels = {path: names.label(refers_to, path.partition("[")[2].removesuffix("]")) for path in items}
    return {path: f" ({label})" for path, label in labels.items() if label}


def _word(item: LiveObject, names: Names) -> str:
    """The word under which a baseline stores the object."""
    kind = item.kind
    is_declared = names.declared(kind.name, item.id) or item.built_in
    return word_of_undeclared(kind) if not is_declared and is_watched_undeclared(kind) else kind.name


def _why(item: LiveObject, names: Names) -> str:
    owner = item.parent
    if owner and item.shown is owner:
        return f"the {item.kind.label_field} of {names.of_owner(owner)} are not declared"
    if names.is_own_app(item):
        return "this environment signs in with this app"
    if item.in_every_tenant:
        return "every tenant has it, and it is not declared"
    return f"created by Okta{f', for {owner.kind.name} {owner.label}' if owner else ''}"


def _outside_pair(one: Outside, kept: Mapping[str, Any]) -> _Pair:
    return _Pair(one.kind, one.label, one.id, kept, of_no_kind(one.json), why=NO_KIND)


def _by_word(live: Snapshot) -> dict[str, dict[str, Outside]]:
    """Objects that no kind covers, by word and id; an empty mapping for each list that was read without any."""
    found: dict[str, dict[str, Outside]] = {
        kind.shape.others: {} for kind in kinds() if kind.name in live.objects and kind.shape.others
    }
    for one in live.outside:
        found.setdefault(one.kind, {})[one.id] = one
    return found


def _came_and_went(
    kind: str, items: Sequence[LiveObject], before: Baseline, live: Snapshot, names: Names
) -> Iterator[Finding]:
    """Added objects that Okta created, judging by their names, and removed ones."""
    if kind not in before:
        return
    for item in items:
        is_certain = item.json.get("system") is True
        if not item.built_in or is_certain or item.id in before[kind] or not _is_watched(item, names):
            continue
        if item.parent is None or item.parent.id in before.get(item.parent.kind.name, {}):
            yield whole(kind, item.label, item.id, f"{_why(item, names)}, judging by its name; {ADDED}", True)
    if any(gap.kind.name == kind and gap.owner_id is None for gap in live.unreadable):  # the others may still exist
        return
    known = {item.id for item in items} | {
        item.id for other in sharing_list(kind_named(kind)) for item in live.objects.get(other.name, ())
    }
    unread = {gap.owner_id for gap in live.unreadable if gap.kind.name == kind}
    owners = {item.id for found in live.objects.values() for item in found} - unread
    for identity, values in sorted(before[kind].items()):
        label, owner = values.get(OKTA) or (None, "")
        if label is not None and identity not in known and (not owner or owner in owners):
            yield whole(kind, label, identity, f"created by Okta; {REMOVED}", False)


def _others_came_and_went(
    word: str, found: Mapping[str, Outside], before: Baseline, live: Snapshot
) -> Iterator[Finding]:
    if word not in before or any(gap.kind.shape.others == word for gap in live.unreadable if not gap.owner_id):
        return
    for identity in sorted(found.keys() - before[word].keys()):
        yield whole(word, found[identity].label, identity, f"{NO_KIND}; {ADDED}", True)
    for identity in sorted(before[word].keys() - found.keys()):
        label = str(before[word][identity].get("label", identity))
        yield whole(word, label, identity, f"{NO_KIND}; {REMOVED}", False)


def state_of(finding: Finding, live: Snapshot) -> str:
    """A digest of the value in the tenant that a finding is about. For a whole object, of all its members."""
    state: Any = finding.actual
    if not finding.field:
        item = live.by_id.get((finding.kind, finding.okta_id))
        owned = [one for items in live.objects.values() for one in items if one.parent and one.parent is item]
        others = [of_no_kind(one.json) for one in live.outside if (one.kind, one.id) == (finding.kind, finding.okta_id)]
        watched = live.watched.item(finding.kind, finding.okta_id)
        others += [values_of(watched)] if watched else []
        members = [*(all_members(one) for one in ([item, *owned] if item else [])), *others]
        state = [
            {path: canonical(value) for path, value in one.items() if not path.endswith(UPDATED)} for one in members
        ]
    content = orjson.dumps([finding.verdict, canonical(state)], option=orjson.OPT_SORT_KEYS, default=str)
    return hashlib.sha256(content).hexdigest()[:16]


def unknown_to_baseline(before: Baseline, match: Match) -> list[Address]:
    """Objects that should be compared but are not in the baseline, so that their earlier values are unknown.

    Objects that Okta created count only if the baseline has none of their kind: otherwise a new one is a finding, or
    comes with a release of Okta's.
    """
    live, names = match.live, match.names
    unknown = [
        Address(kind, names.declared(kind, item.id) or item.label)
        for kind, items in live.objects.items()
        for item in items
        if _is_watched(item, names)
        for name in [names.declared(kind, item.id)]
        for word in [_word(item, names)]
        if item.id not in before.get(word, {})
        if name or word not in before or _belongs(item, names)
    ]
    others = [Address(one.kind, one.label) for one in live.outside if one.kind not in before]
    return sorted([*unknown, *others])


def _is_watched(item: LiveObject, names: Names) -> bool:
    """Whether it is declared, in every tenant, the app that the environment signs in with, or a list of these."""
    if names.declared(item.kind.name, item.id) or item.built_in or names.is_own_app(item):
        return True
    if item.in_every_tenant:
        return True
    return item.shown is not item and _is_watched(item.shown, names)


def _belongs(item: LiveObject, names: Names) -> bool:
    """Whether it is a part of a declared object."""
    return item.shown is not item and names.declared(item.shown.kind.name, item.shown.id) is not None


def _made_by_okta(item: LiveObject, kept: Mapping[str, Any]) -> set[str]:
    """The paths of Okta's own items in a declared list, in the tenant and in the baseline."""
    here = {one.path for one in live_entries(item.kind, item.json) if one.made_by_okta}
    return here | {path for path in kept if path.endswith("]") and kept[path] == MADE_BY_OKTA}


def _chosen(declaration: Declaration | None) -> frozenset[str]:
    """The paths of fields that Okta would choose, and that this definition states."""
    if declaration is None:
        return frozenset()
    return frozenset(stated_although_left_to_okta(declaration.kind, declaration.spec))
