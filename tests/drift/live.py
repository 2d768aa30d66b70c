"""One app with its declaration, state and tenant, made by hand."""

from __future__ import annotations

from copy import deepcopy
from typing import Any

from reconciler.definitions.model import Credentials, Declaration, Desired, Environment, Source
from reconciler.engine.state import Applied, State
from reconciler.kinds import kind_named
from reconciler.okta.snapshot import LiveObject, Snapshot

KIND = kind_named("oidc-app")
SOURCE = Source("definitions/apps.yaml", 1, 1)

APP: dict[str, Any] = {
    "id": "0oa1",
    "name": "oidc_client",
    "label": "Console",
    "status": "ACTIVE",
    "signOnMode": "OPENID_CONNECT",
    "created": "2026-01-01T00:00:00.000Z",
    "lastUpdated": "2026-01-01T00:00:00.000Z",
    "_links": {"self": {"href": "https://tenant.example/api/v1/apps/0oa1"}},
    "visibility": {"autoLaunch": False, "newThing": {"mode": "OFF"}},
    "credentials": {
        "signing": {"kid": "key-1", "rotationMode": "MANUAL", "lastRotated": "2026-01-01T00:00:00.000Z"},
        "oauthClient": {"client_id": "0oa1", "client_secret": "CANARY-secret", "autoKeyRotation": False},
        "password": {"value": "CANARY-password"},
    },
    "settings": {"notes": {"admin": None}, "futureFeature": "off", "oauthClient": {"grant_types": ["implicit"]}},
    "features": [],
}
"""An app of a tenant, with members that definitions do not cover."""


def changed(path: str, value: Any, app: dict[str, Any] = APP) -> dict[str, Any]:
    """The app with another value at a path; `...` removes the member."""
    result = deepcopy(app)
    *above, last = path.split(".")
    place = result
    for key in above:
        place = place[key]
    if value is ...:
        del place[last]
    else:
        place[last] = value
    return result


def snapshot(*apps: dict[str, Any]) -> Snapshot:
    items = [LiveObject(KIND, app["id"], app) for app in apps]
    return Snapshot({KIND.name: items}, by_id={(KIND.name, item.id): item for item in items})


def desired(*ids: str) -> Desired:
    """The app, declared; its name in the definitions is `console`. Or several, named by their ids."""
    declarations = [
        Declaration(KIND, name, {"label": "Console"}, frozenset({"label"}), SOURCE) for name in ids or ("console",)
    ]
    environment = Environment("test", "https://tenant.example", Credentials())
    return Desired(environment, {one.address: one for one in declarations}, "digest")


def state(*ids: str) -> State:
    """The app, applied; or several."""
    names = {name: name for name in ids} or {"console": "0oa1"}
    applied = [Applied(KIND, name, f"urn:{name}", identity, {}) for name, identity in names.items()]
    return State({(KIND.name, one.name): one for one in applied}, {}, False)
