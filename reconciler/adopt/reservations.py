"""What documents do not carry to another tenant: ids that stand in their text, and members that none can state."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import replace
from typing import Any, Final

from reconciler.adopt.draft import Draft
from reconciler.adopt.left import LeftOut, Why, left_out
from reconciler.definitions.explanations import Path, dotted
from reconciler.drift.members import follows, left_to_okta, remainder, within
from reconciler.okta.snapshot import MADE_BY_OKTA, LiveObject, Snapshot

_WORD: Final = re.compile(r"[0-9A-Za-z]+")
_GROUP_OR_PERSON: Final = re.compile(r"00[gu][0-9A-Za-z]{17}")
"""Ids that expressions name; groups of a directory and people are in no snapshot."""

_FRESH: Final[Mapping[str, Collection[Any]]] = {
    "conditions.identityProvider.provider": ["ANY"],
    "credentials.userNameTemplate.template": ["${source.login}"],
    "credentials.userNameTemplate.type": ["BUILT_IN"],
    "objectClass": [["okta:user_group"]],
    "settings.emOptInStatus": ["NONE"],
    "settings.notifications.vpn.network.connection": ["DISABLED"],
    "settings.oauthClient.network.connection": ["ANYWHERE"],
    "status": ["ACTIVE"],
    "type": ["OKTA_GROUP"],
    "universalLogout.identityStack": ["NOT_SHARED"],
    "universalLogout.protocol": ["GLOBAL_TOKEN_REVOCATION"],
    "universalLogout.status": ["DISABLED", "UNSUPPORTED"],
    "universalLogout.supportType": ["FULL"],
    "use": ["sig"],
}
"""What Okta gives to whatever is made anew: the values of nearly all of 900 objects in recordings of real tenants."""
_GIVEN: Final = re.compile(
    r"id|credentials\.signing\.kid|visibility\.appLinks\..*|universalLogout\.(identityStack|protocol|supportType)"
)
"""Members whose values Okta makes for each object, or that come with an app of its catalogue."""
_CUSTOM_APP: Final = re.compile(r".*_[0-9]+")
"""The `name` of an app that is not from Okta's catalogue: made out of the org's name, the label and a number."""


def reserved(drafts: Iterable[Draft], live: Snapshot, environment: str) -> tuple[list[Draft], list[LeftOut]]:
    """The documents, those with ids of the tenant for this environment alone; and what is to be said of them."""
    known = {identity for _, identity in live.by_id}
    usual = usual_policies(live)
    documents: list[Draft] = []
    said: list[LeftOut] = []
    for draft in drafts:
        ids = ids_of_tenant(draft, known)
        documents.append(replace(draft, environments=(environment,)) if ids else draft)
        said += [ids] if ids else []
        said += unsaid(draft, usual)
    return documents, said


def ids_of_tenant(draft: Draft, known: Collection[str]) -> LeftOut | None:
    """The ids that stand in the text of a document: of known objects of the tenant, of groups, of people."""
    found = [f"{dotted(path)}: {', '.join(ids)}" for path, ids in _ids(draft.spec, known, ())]
    return left_out(draft.item, Why.IDS, "; ".join(found)) if found else None


def _ids(value: Any, known: Collection[str], path: Path) -> Iterator[tuple[Path, list[str]]]:
    match value:
        case str():
            ids = [word for word in _WORD.findall(value) if word in known or _GROUP_OR_PERSON.fullmatch(word)]
            if ids:
                yield path, ids
        case dict():
            for key, inner in value.items():
                yield from _ids(inner, known, (*path, key))
        case list():
            for index, inner in enumerate(value):
                yield from _ids(inner, known, (*path, index))


def usual_policies(live: Snapshot) -> frozenset[str]:
    """The ids of policies that Okta made, and of those that the objects which it made are under."""
    made = [item for items in live.objects.values() for item in items if item.built_in]
    links = {str(value) for item in made for path, value in remainder(item).items() if path.startswith("_links.")}
    return frozenset(links | {item.id for item in made})


def unsaid(draft: Draft, usual: Collection[str] = ()) -> Iterator[LeftOut]:
    """The members of its objects that no definition can state, and that a fresh object would not have."""
    for item in draft.objects:
        members = remainder(_own(item)).items()
        paths = [
            path
            for path, value in members
            if not within(path, left_to_okta(item.kind)) and not _is_fresh(item, path, value)
            if not (path.startswith("_links.") and value in usual)
        ]
        if paths:
            yield left_out(item, Why.UNSAID, ", ".join(sorted(paths)))


def _own(item: LiveObject) -> LiveObject:
    """The object without what Okta made in it."""
    return replace(item, json={key: value for key, value in item.json.items() if key != MADE_BY_OKTA})


def _is_fresh(item: LiveObject, path: str, value: Any) -> bool:
    if within(path.partition("].")[2] if item.kind.collection.list_key else path, follows(item.kind)):
        return True
    path = path.rpartition("].")[2]
    if not value or value in _FRESH.get(path, ()) or _GIVEN.fullmatch(path):
        return True
    if path == "name" and _CUSTOM_APP.fullmatch(value):
        return True
    return isinstance(value, str) and item.id in value
