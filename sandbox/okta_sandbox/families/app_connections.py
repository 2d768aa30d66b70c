"""Provisioning connection of an app: `/api/v1/apps/{id}/connections/default`.

An app that supports provisioning has one connection; any other app shows the status UNKNOWN. The sandbox stores the
connection and never connects.
"""

from typing import Literal

from okta_sandbox.body import Body, absent, read
from okta_sandbox.collection import Family
from okta_sandbox.errors import invalid_field
from okta_sandbox.exchange import NO_CONTENT, Answer, Call, Route
from okta_sandbox.families.app_features import can_provision
from okta_sandbox.families.apps import APPS
from okta_sandbox.json_types import JsonObject
from okta_sandbox.links import link
from okta_sandbox.store import Record

PATH = f"{APPS.item_path}/connections/default"
UNSET: JsonObject = {"authScheme": "TOKEN", "status": "DISABLED"}
UNKNOWN: JsonObject = {"authScheme": "UNKNOWN", "status": "UNKNOWN"}


class _Profile(Body):
    authScheme: Literal["TOKEN", "OAUTH2"]
    clientId: str | None = absent()
    token: str | None = absent()


class _Connection(Body):
    baseUrl: str | None = absent()
    profile: _Profile


def _view(call: Call, app: Record) -> JsonObject:
    path = PATH.format(app=app.id)
    shown = app.private.get("connection", UNSET if can_provision(app) else UNKNOWN)
    links = {"self": link(call.tenant, path, "POST", "GET")}
    if shown["status"] != "UNKNOWN":
        verb = "deactivate" if shown["status"] == "ENABLED" else "activate"
        links[verb] = link(call.tenant, f"{path}/lifecycle/{verb}", "POST")
    return {**shown, "_links": links}


def _read(call: Call) -> Answer:
    return Answer(200, _view(call, APPS.named_in(call)))


def _change(call: Call) -> Answer:
    """POST: `activate=true` enables the connection at once. Its token is never shown."""
    app, sent = _provisioning(call), read(_Connection, call.json())
    profile = {name: value for name, value in sent["profile"].items() if name != "token"}
    status = "ENABLED" if call.query.get("activate") == "true" else _view(call, app)["status"]
    address = {"baseUrl": sent["baseUrl"]} if "baseUrl" in sent else {}
    connection = {"authScheme": profile["authScheme"], "status": status, **address, "profile": profile}
    return Answer(200, _view(call, _store(call, app, connection)))


def _switch(status: str, call: Call) -> Answer:
    app = _provisioning(call)
    _store(call, app, {**app.private.get("connection", UNSET), "status": status})
    return NO_CONTENT


def _provisioning(call: Call) -> Record:
    app = APPS.named_in(call)
    if not can_provision(app):
        raise invalid_field("appId", "Provisioning is not supported for this app.")
    return app


def _store(call: Call, app: Record, connection: JsonObject) -> Record:
    changed = call.tenant.store.change(app, private={**app.private, "connection": connection})
    APPS.log(call, APPS.events.update, changed)
    return changed


FAMILY = Family(
    endpoints=(
        Route("GET", PATH, _read),
        Route("POST", PATH, _change),
        Route("POST", f"{PATH}/lifecycle/activate", lambda call: _switch("ENABLED", call)),
        Route("POST", f"{PATH}/lifecycle/deactivate", lambda call: _switch("DISABLED", call)),
    ),
    scope="okta.apps",
)
