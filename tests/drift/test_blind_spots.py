"""Any change of any member of any object is found, declared or not, for every kind."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import pytest

from reconciler.drift import Finding, Verdict
from reconciler.drift.leaves import TIMES
from reconciler.drift.members import OF_THE_OBJECT
from reconciler.kinds import kinds
from reconciler.kinds.shapes import OneOfNamedOwner, member
from tests.drift.recorded_tenant import Lists, copied, kept, places, recorded

LATER = "2031-01-01T00:00:00.000Z"
Path = tuple[str | int, ...]


@dataclass(frozen=True)
class Mutation:
    """One change of one item of a list or of a document."""

    asked: str
    item: Path
    path: Path
    value: Any
    ids: frozenset[str]
    """The ids by which a finding may name the object."""
    name: str = ""
    """Its name in its whole list."""

    def apply(self, lists: Lists) -> None:
        item: Any = _at(lists[self.asked], self.item)
        if isinstance(item, dict) and "lastUpdated" in item:
            item["lastUpdated"] = LATER
        *above, last = self.path
        for key in above:
            item = item[key]
        item[last] = self.value

    @property
    def shown(self) -> str:
        item, path = (".".join(map(str, steps)) for steps in (self.item, self.path))
        return f"{self.asked.split('?')[0]}[{item}] {path}: {self.value!r}"


def other(value: Any) -> Iterator[Any]:
    """Values with another meaning."""
    match value:
        case bool():
            yield not value
        case str():
            yield f"{value}x"
        case int() | float():
            yield value + 1
        case None:
            yield "x"
        case list():
            yield [*value, "x"] if not value or isinstance(value[0], str) else [*value, {"new": "x"}]
            yield value[1:] if value else ["x", "y"]
        case dict():
            yield {**value, "unheardOf": "x"}
            yield {**value, "unheardOfToo": {"id": "x"}}


SETTABLE_BELOW: dict[str, tuple[Path, ...]] = {
    "/permissions": (("label",), ("conditions",)),
    "/resources": (("_links", "self", "href"),),
    "/members": (("_links", "self", "href"),),
    "/targets/groups": (("id",),),
    "/owners": (("id",), ("type",)),
    "/users": (("id",),),
}
"""The lists below an object whose values are a field, and what can differ in their items."""


def _settable_below(asked: str) -> str:
    """The list below an object that a request asks for, if its values are a field; else empty."""
    return next((name for name in SETTABLE_BELOW if asked.partition("?")[0].endswith(name)), "")


def _is_of_group(asked: str) -> bool:
    """Whether a list has the admin roles of a group."""
    return "/groups/" in asked and asked.endswith("/roles")


def is_excepted(asked: str, item: Any, path: Path) -> bool:
    """The members whose changes are not reported, each with its reason."""
    first, names = str(path[0]), {str(one) for one in path}
    if names & TIMES:
        return True  # they tell when something was changed, and not what
    if below := _settable_below(asked):
        return path not in SETTABLE_BELOW[below]  # such a list only says which values there are
    if _is_of_group(asked):
        return path != ("type",)  # an assignment of a standard role has no other setting
    if path[:3] == ("actions", "idp", "providers") and path[-1] == "name":
        return True  # what the identity provider of a routing rule is called
    if path[:2] == ("settings", "authenticators") and path[-1] == "id":
        return bool(_at(item, path[:-1])["enroll"] == {"self": "NOT_ALLOWED"})  # nobody can enroll either
    if "_links" in names:  # addresses of what Okta itself serves; but what leads to a policy is a setting
        return path not in (("_links", "accessPolicy", "href"), ("_links", "profileEnrollment", "href"))
    if first == "_embedded":  # counts, and what other lists say as well
        return path[1:] != ("stats", "hasAdminPrivlege")
    if first in OF_THE_OBJECT:  # what an object is called by Okta; numbers, of which only the order counts
        return True
    return path == ("credentials", "signing", "kid") and _rotates(item)  # Okta itself changes such keys


def is_the_same(asked: str, path: Path, value: Any, new: Any) -> bool:
    """Whether two values mean the same: people cannot see a property without a permission, nor one that is hidden."""
    hidden = [{"principal": "SELF", "action": "HIDE"}]
    return "/meta/schemas/" in asked and path == ("permissions",) and (value, new) == (hidden, [])


def _rotates(item: Any) -> bool:
    credentials = item["credentials"]
    client = credentials.get("oauthClient") or {}
    return credentials["signing"].get("rotationMode") == "AUTO" or client.get("autoKeyRotation") is True


def _at(value: Any, path: Path) -> Any:
    for key in path:
        value = value[key]
    return value


def items_in(asked: str, body: Any) -> Iterator[tuple[Path, Any, tuple[str, ...]]]:
    """The items of a list, or of the maps of a document: where each is, and the ids that it may be known by."""
    shape = next((kind.shape for kind in kinds() if kind.shape.request() == asked), None)
    if isinstance(body, list):
        owned = (kind.shape for kind in kinds() if kind.parents and kind.shape.id_member != "id")
        shape = shape or next((one for one in owned if asked.endswith(f"/{one.path}")), None)
        for number, item in enumerate(body):
            yield (number,), item, (str(shape.identity(item) if shape else item.get("id", number)),)
        return
    if shape and shape.name:
        yield (), body, (shape.name,)
        return
    for one in (kind.shape for kind in kinds() if isinstance(kind.shape, OneOfNamedOwner)):
        if owner := re.fullmatch(re.escape(one.path).replace(r"\{id\}", "([^/]+)"), asked):
            yield (), body, (one.identified(owner[1], owner[1]),)
            return
    known = [identity for _, identity in recorded().read().by_id]
    for members in sorted({kind.shape.part for kind in kinds()} - {""}):
        for key, item in (member(body, members) or {}).items():
            ids = (key, *(identity for identity in known if identity.endswith(f"/{key}")))
            yield (*members.split("."), key), item, ids


def mutations() -> dict[str, list[Mutation]]:
    """All changes, by the object that they change."""
    found: dict[str, list[Mutation]] = defaultdict(list)
    lists = {asked: [*items_in(asked, body)] for asked, body in recorded().lists.items()}
    policies = {one["id"] for asked, items in lists.items() if "ACCESS_POLICY" in asked for _, one, _ in items}
    rules = {f"/api/v1/policies/{policy}/rules" for policy in policies}
    watched = {kind.within.shape.request() for kind in kinds() if kind.within}
    for asked, items in lists.items():
        if asked in watched:
            continue  # the policies around rules are watched by rows
        above = asked.partition("?")[0].split("/")
        owner = above[-2]
        for number, item, known in items:
            ids = frozenset({*known, *above})
            unit = owner if asked.split("?")[0].endswith("/groups") else f"{asked} {known}"
            name = item["name"] if asked in rules else ""
            every = [((), item), *places(item)]
            for path, value in every:
                if path and is_excepted(asked, item, path):
                    continue
                for new in other(value):
                    if is_the_same(asked, path, value, new):
                        continue
                    if path:
                        found[unit].append(Mutation(asked, number, path, new, ids, name))
                    elif not (_is_of_group(asked) or _settable_below(asked)):
                        (added,) = new.keys() - value.keys()
                        found[unit].append(Mutation(asked, number, (added,), new[added], ids, name))
    return found


def names(finding: Finding, mutation: Mutation) -> bool:
    if mutation.name and finding.kind == "authentication-policy-rules":
        paths = [finding.field, *(place.path for place in finding.differences)]
        return finding.okta_id in mutation.ids and any(f"[{mutation.name}" in path for path in paths)
    if not mutation.ids.isdisjoint(finding.okta_id.split("/")):
        return True
    return finding.verdict is Verdict.UNREADABLE and any(one in finding.detail for one in mutation.ids)


@pytest.mark.parametrize("part", range(4))
def test_every_change_of_any_member_is_found(part: int):
    known = kept(recorded().read())
    units = list(mutations().values())
    missed: list[str] = []
    rounds = max(map(len, units))
    for number in range(part, rounds, 4):
        lists = copied(recorded().lists)
        made = [unit[number] for unit in units if number < len(unit)]
        for one in made:
            one.apply(lists)
        findings = recorded().findings(known, recorded().read(lists))
        missed += [one.shown for one in made if not any(names(found, one) for found in findings)]
    assert missed == []


def test_an_unchanged_object_has_no_finding():
    live = recorded().read()
    assert recorded().findings(kept(live), live) == []
