"""Made-up snapshots of tenants, with objects as the API returns them; and adoptions from them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from reconciler.adopt.adoption import Adoption, Selection
from reconciler.adopt.not_adopted import Reason
from reconciler.adopt.run import adopt_into
from reconciler.definitions import Credentials, Desired, Environment, environment_names, load
from reconciler.engine.state import EMPTY, State
from reconciler.kinds import kind_named
from reconciler.okta.snapshot import LiveObject, Outside, Snapshot, Unreadable
from reconciler.report import Redactor

ENVIRONMENT = Environment("production", "https://acme.okta.com", Credentials(token="env:OKTA_TOKEN"))
NOTHING = Desired(ENVIRONMENT, {}, "")


def group(identity: str, name: str, description: str = "") -> LiveObject:
    item = {"id": identity, "type": "OKTA_GROUP", "profile": {"name": name, "description": description}}
    return LiveObject(kind_named("group"), identity, item)


def everyone(identity: str = "00geveryone") -> LiveObject:
    item = {"id": identity, "type": "BUILT_IN", "profile": {"name": "Everyone"}}
    return LiveObject(kind_named("group"), identity, item)


def bookmark(identity: str, label: str, policy: str = "") -> LiveObject:
    item: dict[str, Any] = {
        "id": identity,
        "name": "bookmark",
        "label": label,
        "status": "ACTIVE",
        "signOnMode": "BOOKMARK",
        "settings": {"app": {"url": "https://link.example.com"}},
    }
    if policy:
        item["_links"] = {"accessPolicy": {"href": f"https://acme.okta.com/api/v1/policies/{policy}"}}
    return LiveObject(kind_named("bookmark-app"), identity, item)


def assigned(app: LiveObject, groups: Iterable[str]) -> LiveObject:
    items = [{"id": one, "priority": place, "profile": {}} for place, one in enumerate(groups)]
    return LiveObject(kind_named("app-group-assignments"), app.id, {"groups": items}, app)


def trusted_origin(identity: str, name: str) -> LiveObject:
    item = {"id": identity, "name": name, "origin": f"https://{identity}.example.com", "scopes": [{"type": "CORS"}]}
    return LiveObject(kind_named("trusted-origin"), identity, item | {"status": "ACTIVE"})


def authentication_policy(identity: str, name: str, description: str, system: bool = False) -> LiveObject:
    item = {"id": identity, "name": name, "description": description, "system": system, "status": "ACTIVE"}
    return LiveObject(kind_named("authentication-policy"), identity, item)


def session_policy(identity: str, name: str, priority: int, groups: Iterable[str] = ("00geveryone",)) -> LiveObject:
    item = {
        "id": identity,
        "name": name,
        "priority": priority,
        "status": "ACTIVE",
        "conditions": {"people": {"groups": {"include": list(groups)}}},
    }
    return LiveObject(kind_named("global-session-policy"), identity, item)


def session_rule(policy: LiveObject, name: str, priority: int, **changes: Any) -> LiveObject:
    signon = {"access": "ALLOW", "primaryFactor": "PASSWORD_IDP_ANY_FACTOR", "requireFactor": False}
    item = {"id": f"{policy.id}-{name}", "name": name, "priority": priority, "status": "ACTIVE"}
    item |= {"actions": {"signon": signon}, "conditions": {}} | changes
    return LiveObject(kind_named("global-session-policy-rule"), f"{policy.id}-{name}", item, policy)


def server(identity: str, name: str) -> LiveObject:
    item = {"id": identity, "name": name, "audiences": ["api"], "status": "ACTIVE"}
    return LiveObject(kind_named("authorization-server"), identity, item)


def claim(owner: LiveObject, name: str, claim_type: str) -> LiveObject:
    identity = f"{owner.id}-{name}-{claim_type}"
    item = {"id": identity, "name": name, "claimType": claim_type, "value": "user.x", "status": "ACTIVE"}
    return LiveObject(kind_named("authorization-server-claim"), identity, item, owner)


def snapshot(
    *objects: LiveObject, unreadable: Iterable[Unreadable] = (), outside: Iterable[Mapping[str, Any]] = ()
) -> Snapshot:
    by_kind: dict[str, list[LiveObject]] = {}
    for item in objects:
        by_kind.setdefault(item.kind.name, []).append(item)
    return Snapshot(
        by_kind,
        tuple(unreadable),
        0,
        {(item.kind.name, item.id): item for item in objects},
        tuple(Outside("/api/v1/apps", item, False, "app") for item in outside),
    )


def adopted(
    live: Snapshot,
    folder: Path,
    state: State = EMPTY,
    selection: Selection | None = None,
    environment: str = "production",
    force: bool = False,
    secrets: Iterable[str] = (),
) -> Adoption:
    """Adopt a snapshot into a folder, as a run does after reading the tenant."""
    desired = load(folder, environment) if environment_names(folder) else NOTHING
    finds = Redactor(secrets).finds
    made, _ = adopt_into(folder, desired, state, live, selection, force=force, holds_secret=finds)
    return made


def reasons(made: Adoption) -> list[tuple[str, str, str]]:
    """What was not adopted, without what Okta made: the reason, the object, the detail."""
    return [
        (one.reason.name, f"{one.kind} {one.label}", one.detail)
        for one in made.not_adopted
        if one.reason is not Reason.MADE_BY_OKTA
    ]
