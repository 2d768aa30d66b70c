"""Where documents are not portable to another tenant: ids in their text, and members that definitions do not cover."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import replace
from typing import Any, Final

from reconciler.adopt.draft import Draft
from reconciler.adopt.not_adopted import NotAdopted, Reason
from reconciler.definitions.explanations import Path, dotted
from reconciler.drift.members import covers, follows, stated_although_left_to_okta, uncovered, within
from reconciler.kinds import owned_kinds
from reconciler.kinds.entries import MADE_BY_OKTA, inside_entry
from reconciler.okta.snapshot import LiveObject, Snapshot

_WORD: Final = re.compile(r"[0-9A-Za-z]+")
_GROUP_OR_USER: Final = re.compile(r"00[gu][0-9A-Za-z]{17}")
"""Ids in expressions, of groups and users. Directory groups and users are not in the snapshot."""

_DEFAULTS: Final[Mapping[str, Collection[Any]]] = {
    "conditions.identityProvider.provider": ["ANY"],
    "credentials.userNameTemplate.template": ["${source.login}"],
    "credentials.userNameTemplate.type": ["BUILT_IN"],
    "licensing.seatCount": [0],
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
"""Values that Okta gives to new objects: those of nearly all of 900 objects in recordings of real tenants."""
_GENERATED: Final = re.compile(
    r"id|credentials\.signing\.kid|visibility\.appLinks\..*|universalLogout\.(identityStack|protocol|supportType)"
)
"""Members whose values Okta generates for each object, or that come with an app from its catalogue."""
_CUSTOM_APP: Final = re.compile(r".*_[0-9]+")
"""The `name` of an app that is not from Okta's catalogue: the org's name, the label and a number."""


def check_portability(
    drafts: Iterable[Draft], live: Snapshot, environment: str
) -> tuple[list[Draft], list[NotAdopted]]:
    """The documents, with those that contain ids of the tenant limited to this environment; and all limitations."""
    known = {identity for _, identity in live.by_id}
    default_policies = policies_of_okta(live)
    documents: list[Draft] = []
    limitations: list[NotAdopted] = []
    for draft in drafts:
        ids = tenant_ids(draft, known)
        documents.append(replace(draft, environments=(environment,)) if ids else draft)
        limitations += [ids] if ids else []
        limitations += unsupported_members(draft, default_policies)
    return documents, limitations


def tenant_ids(draft: Draft, known: Collection[str]) -> NotAdopted | None:
    """The ids in the text of a document: of known objects of the tenant, of groups, of users."""
    found = [f"{dotted(path)}: {', '.join(ids)}" for path, ids in _ids(draft.spec, known, ())]
    return NotAdopted.of(draft.item, Reason.TENANT_IDS, "; ".join(found)) if found else None


def _ids(value: Any, known: Collection[str], path: Path) -> Iterator[tuple[Path, list[str]]]:
    match value:
        case str():
            ids = [word for word in _WORD.findall(value) if word in known or _GROUP_OR_USER.fullmatch(word)]
            if ids:
                yield path, ids
        case dict():
            for key, inner in value.items():
                yield from _ids(inner, known, (*path, key))
        case list():
            for index, inner in enumerate(value):
                yield from _ids(inner, known, (*path, index))


def policies_of_okta(live: Snapshot) -> frozenset[str]:
    """The ids of policies that Okta made, and of the policies assigned to objects that Okta made."""
    made = [item for items in live.objects.values() for item in items if item.built_in]
    links = {str(value) for item in made for path, value in uncovered(item).items() if path.startswith("_links.")}
    return frozenset(links | {item.id for item in made})


def unsupported_members(draft: Draft, default_policies: Collection[str] = ()) -> Iterator[NotAdopted]:
    """The members of its objects that definitions do not cover and that differ from those of a new object."""
    for item in draft.objects:
        adopted, listed = [*stated_although_left_to_okta(item.kind, item.spec)], [*_listed_as_objects(item)]
        paths = [
            path
            for path, value in uncovered(_own(item)).items()
            if not covers(adopted, path) and not within(path, listed) and not _is_default(item, path, value)
            if not _is_default_policy(path, value, default_policies)
        ]
        if paths:
            yield NotAdopted.of(item, Reason.UNSUPPORTED, ", ".join(sorted(paths)))


def _listed_as_objects(item: LiveObject) -> Iterator[str]:
    """The members with a list whose items are all objects of a kind that the object owns, such as admin roles."""
    lists = item.json.get("_embedded") or {}
    for owned in owned_kinds(item.kind):
        for detail in item.kind.details:
            entries = lists.get(detail.path) if detail.path == owned.shape.path else None
            if entries and all(owned.exists(owned.read_api(dict(entry))) for entry in entries):
                yield from filter(None, (detail.member, detail.of))


def _own(item: LiveObject) -> LiveObject:
    """The object without the items that Okta made."""
    return replace(item, json={key: value for key, value in item.json.items() if key != MADE_BY_OKTA})


def _is_default_policy(path: str, value: Any, default_policies: Collection[str]) -> bool:
    return path.startswith("_links.") and isinstance(value, str) and value in default_policies


def _is_default(item: LiveObject, path: str, value: Any) -> bool:
    _, own = inside_entry(item.kind, path)
    if within(own, follows(item.kind)):
        return bool(item.kind.provider.fixed.get(own, value) == value)
    path = path.rpartition("].")[2]
    usual = item.kind.fresh.get(path) or _DEFAULTS.get(path)
    if usual and value is not None:
        return value in usual or bool(_GENERATED.fullmatch(path))
    if _is_empty(value) or _GENERATED.fullmatch(path) or path in item.kind.generated:
        return True
    if path == "name" and isinstance(value, str) and _CUSTOM_APP.fullmatch(value):
        return True
    return isinstance(value, str) and item.id in value


def _is_empty(value: Any) -> bool:
    """Whether a value says no more than an absent member: a number does, even 0."""
    return not value and (isinstance(value, bool) or not isinstance(value, int | float))
