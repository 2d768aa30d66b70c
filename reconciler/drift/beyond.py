"""What changed beyond what any kind declares: the live object held against the one that was there after the last `up`.

Fields that a kind declares are left out here: they are compared with the definitions. So is what changes by itself.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any

from reconciler.definitions.model import Address, Declaration
from reconciler.drift.findings import Difference, Finding, Verdict
from reconciler.drift.names import Names
from reconciler.kinds import Kind, kind_named, owned_kinds
from reconciler.kinds.mapping import Vocabulary, schema, whole_list_of
from reconciler.okta.snapshot import MADE_BY_OKTA, LiveObject, Snapshot

BY_ITSELF = frozenset(
    {"_links", "_embedded", "id", "created", "createdBy", "lastUpdated", "lastUpdatedBy", "lastMembershipUpdated"}
    | {"lastRotated", "nextRotation", "orn", "allGroupsValid", "priority"}
)
"""Members that change without anybody's doing, or only tell of changes that are found elsewhere."""

_RULES_FOR_PASSWORDS = "settings.password."
"""What a password policy asks of passwords, which are not in there."""

Baseline = Mapping[str, Mapping[str, Mapping[str, Any]]]
"""Values by kind, id and path, for everything that no kind declares."""


def baseline(live: Snapshot) -> dict[str, dict[str, dict[str, Any]]]:
    """What a later read is held against."""
    return {kind: {item.id: remainder(item) for item in items} for kind, items in live.objects.items()}


@dataclass(frozen=True, slots=True)
class _Pair:
    """An object: the values that were there when they were kept, and those that are there now."""

    name: str
    """Its name in definitions; empty for what Okta made."""
    item: LiveObject
    before: Mapping[str, Any]
    now: Mapping[str, Any]
    chosen: Collection[str] = ()
    """Paths that a definition need not state, and that this one does: they are compared with it."""

    def paths(self) -> set[str]:
        """What is to be held against each other. Items of a list that came or went are for the comparison."""
        paths = {path for path in self.before if path in self.now or not _says(self.item, path)} | self.now.keys()
        if self.item.kind.collection.list_key:
            both = {_item_of(path) for path in self.before} & {_item_of(path) for path in self.now}
            if not self.name:  # nobody declared the list: what people put in is not managed
                both &= _made_by_okta(self.item)
            paths = {path for path in paths if _item_of(path) in both}
        return {path for path in paths if not within(path, self.chosen)}

    def finding(self, path: str) -> Finding:
        before, now = self.before.get(path), self.now.get(path)
        owner = self.item.parent
        made_by_okta = f"Okta made it{f', for {owner.kind.kind} {owner.label}' if owner else ''}; "
        field = None if self.item.built_in else _field_left_to_okta(self.item.kind, path)
        why = f"its definition leaves {field} out" if field else "no definition can state it"
        return Finding(
            Verdict.BEYOND,
            self.item.kind.kind,
            self.name,
            self.item.label,
            okta_id=self.item.id,
            field=path,
            expected=before,
            applied=before,
            actual=now,
            differences=(Difference(path, before, now),),
            detail=f"{'' if self.name else made_by_okta}{why}; it was different before",
        )


def carried(kind: str, before: Mapping[str, Any], now: Mapping[str, Any]) -> Mapping[str, Any]:
    """What a baseline goes on to hold of an object: what it held; of a list, without the items that went, and with
    those that came."""
    if not kind_named(kind).collection.list_key:
        return before
    old, new = ({_item_of(path) for path in values} for values in (before, now))
    return {path: value for path, value in before.items() if _item_of(path) in new} | {
        path: value for path, value in now.items() if _item_of(path) not in old
    }


def written(kept: Mapping[str, Any], now: Mapping[str, Any], paths: Collection[str]) -> Mapping[str, Any]:
    """What a baseline holds of an object of which an `up` wrote these paths: there, what the object has now."""
    return {path: value for path, value in kept.items() if not within(path, paths)} | {
        path: value for path, value in now.items() if within(path, paths)
    }


def beyond(before: Baseline, live: Snapshot, names: Names) -> Iterator[Finding]:
    """One finding for each path of a declared object, or of one that Okta made for it or in every tenant, that is not
    as it was."""
    for kind, items in live.objects.items():
        kept = before.get(kind, {})
        pairs = [
            _Pair(
                names.declared(kind, item.id) or "",
                item,
                kept[item.id],
                remainder(item),
                _chosen(names.declaration(kind, item.id)),
            )
            for item in items
            if item.id in kept and _is_watched(item, names)
        ]
        news = _news(pairs)
        for pair in pairs:
            for path in sorted(pair.paths() - news):
                if _said(pair.before.get(path)) != _said(pair.now.get(path)):
                    yield pair.finding(path)


def _said(value: Any) -> Any:
    """A value, in which an empty list says no more than none."""
    return None if value == [] else value


def unkept(before: Baseline, live: Snapshot, names: Names) -> list[Address]:
    """What is watched and was not kept, so that nobody can tell what it was like before.

    Of what Okta made, only kinds that were never kept: what Okta has released since is nobody's change.
    """
    return sorted(
        Address(kind, names.declared(kind, item.id) or item.label)
        for kind, items in live.objects.items()
        for item in items
        if item.id not in before.get(kind, {}) and _is_watched(item, names)
        if names.declared(kind, item.id) or kind not in before or _belongs(item, names)
    )


def _belongs(item: LiveObject, names: Names) -> bool:
    """Whether it is a whole list of what is declared."""
    owner = item.parent if item.kind.collection.list_key else None
    return bool(owner and names.declared(owner.kind.kind, owner.id))


def _is_watched(item: LiveObject, names: Names) -> bool:
    """Whether it is declared, or Okta made it or some of it: of that, only what every tenant has is read at all."""
    by_okta = item.built_in or item.kind.collection.okta_adds
    return bool(names.declared(item.kind.kind, item.id) or (by_okta and kind_named(item.levels[-1]).system))


def _made_by_okta(item: LiveObject) -> set[str]:
    """The items of a list that are Okta's own, as paths begin."""
    whole = whole_list_of(item.kind)
    return {f"{whole.member}[{one[whole.key]}" for one in item.json.get(MADE_BY_OKTA, ())}


def _news(pairs: Sequence[_Pair]) -> set[str]:
    """Paths that Okta has given to every object of a kind, all with one value: its release, and nobody's change."""
    if len(pairs) < 2:
        return set()
    first = pairs[0].now
    unknown = first.keys() - {path for pair in pairs for path in pair.before}
    return {path for path in unknown if all(path in pair.now and pair.now[path] == first[path] for pair in pairs)}


def remainder(item: LiveObject) -> dict[str, Any]:
    """The members that no definition can state, by path; without secrets, and without what changes by itself.

    What Okta made cannot be declared at all; `rules[Contractors].conditions` is a path of an item of a list.
    """
    if not item.kind.collection.list_key:
        return dict(_members(item.kind.read_api(dict(item.json)), _stated(item)))
    whole = whole_list_of(item.kind)
    return {
        f"{whole.member}[{one[whole.key]}].{path}": value
        for items, known in ((item.json[whole.member], _stated(item)), (item.json.get(MADE_BY_OKTA, ()), ()))
        for one in items
        for path, value in _members(one, known)
    }


def _members(value: Mapping[str, Any], stated: Collection[str]) -> Iterator[tuple[str, Any]]:
    return ((path, inner) for path, inner in _leaves(value, "") if not _is_secret(path) and not within(path, stated))


def _item_of(path: str) -> str:
    return path.partition("].")[0]


def _says(item: LiveObject, path: str) -> bool:
    """Whether definitions say by now what is at a path: a field that the kind has got since."""
    return within(path.partition("].")[2] or path, _stated(item))


def _stated(item: LiveObject) -> frozenset[str]:
    """The paths that definitions can state of an object; of a list, of each item."""
    if item.built_in:
        return frozenset()
    stated = _stated_of(item.kind)
    return stated | {"credentials.signing.kid"} if _rotates_by_itself(item) else stated


@cache
def left_to_okta(kind: type[Kind]) -> Mapping[str, str]:
    """The fields that Okta chooses where a definition leaves them out, by path."""
    return {
        ".".join(field.places[Vocabulary.API][0]): field.name for field in schema(kind) if field.may_be_left_to_okta
    }


def _field_left_to_okta(kind: type[Kind], path: str) -> str | None:
    fields = left_to_okta(kind)
    return next((name for place, name in fields.items() if within(path, [place])), None)


@cache
def _stated_of(kind: type[Kind]) -> frozenset[str]:
    model = whole_list_of(kind).part if kind.collection.list_key else kind
    fields = {
        ".".join(field.places[Vocabulary.API][0])
        for field in schema(model)
        if Vocabulary.API in field.places and not field.may_be_left_to_okta
    }
    follows = {*kind.collection.fixed, *kind.collection.derived}
    return frozenset(fields | follows | {owned.collection.path for owned in owned_kinds(kind)})


def _chosen(declaration: Declaration | None) -> frozenset[str]:
    """What Okta chooses unless a definition states it, and this one does."""
    if declaration is None:
        return frozenset()
    paths: set[str] = set()
    for field in schema(declaration.kind):
        value = declaration.spec.get(field.name)
        if field.may_be_left_to_okta and value is not None:
            path = ".".join(field.places[Vocabulary.API][0])
            paths.add(path)
    return frozenset(paths)


def _rotates_by_itself(item: LiveObject) -> bool:
    credentials = item.json.get("credentials") or {}
    by_server = (credentials.get("signing") or {}).get("rotationMode") == "AUTO"
    return by_server or (credentials.get("oauthClient") or {}).get("autoKeyRotation") is True


def _is_secret(path: str) -> bool:
    """By the name of any part of it."""
    parts = path.removeprefix(_RULES_FOR_PASSWORDS).lower().split(".")
    return any("secret" in part or part == "password" for part in parts)


def within(path: str, stated: Collection[str]) -> bool:
    """Whether a path is one of these, or below one of them."""
    parts = path.split(".")
    return any(".".join(parts[:length]) in stated for length in range(1, len(parts) + 1))


def _leaves(value: Mapping[str, Any], above: str) -> Iterator[tuple[str, Any]]:
    for key, inner in value.items():
        if key in BY_ITSELF:
            continue
        path = f"{above}.{key}" if above else key
        if isinstance(inner, Mapping):  # an empty one says no more than none
            yield from _leaves(inner, path)
        else:
            yield path, inner
