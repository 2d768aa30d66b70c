"""Provisioning features of an app: `/api/v1/apps/{id}/features`.

Only apps that support provisioning have them. The sandbox stores the settings and provisions nothing.
"""

from typing import Any, Literal

from pydantic import BaseModel, Field

from okta_sandbox.body import OpenBody, fill, read
from okta_sandbox.collection import Family
from okta_sandbox.errors import invalid_field, not_found
from okta_sandbox.exchange import Answer, Call, Route
from okta_sandbox.families.app_catalogue import integrations
from okta_sandbox.families.apps import APPS
from okta_sandbox.json_types import JsonObject
from okta_sandbox.links import link
from okta_sandbox.store import Record

OFF: JsonObject = {"status": "DISABLED"}
DESCRIPTIONS = {
    "USER_PROVISIONING": "User provisioning settings from Okta to a downstream application",
    "INBOUND_PROVISIONING": "User provisioning settings from a downstream application to Okta",
}
CAPABILITIES: dict[str, JsonObject] = {
    "USER_PROVISIONING": {
        "create": {"lifecycleCreate": OFF},
        "update": {
            "profile": OFF,
            "lifecycleDeactivate": OFF,
            "password": {**OFF, "seed": "RANDOM", "change": "KEEP_EXISTING"},
        },
    },
    "INBOUND_PROVISIONING": {
        "importRules": {
            "userCreateAndMatch": {
                "exactMatchCriteria": "USERNAME",
                "allowPartialMatch": False,
                "autoConfirmPartialMatch": False,
                "autoConfirmExactMatch": False,
                "autoConfirmNewUsers": False,
                "autoActivateNewUsers": False,
            }
        },
        "importSettings": {
            "username": {"usernameFormat": "EMAIL", "usernameExpression": None},
            "schedule": {**OFF, "fullImport": None, "incrementalImport": None},
        },
    },
}


# The members of `features` of an app, with the switch of USER_PROVISIONING that each stands for.
PUSHED = {
    "PUSH_NEW_USERS": ("create", "lifecycleCreate"),
    "PUSH_PASSWORD_UPDATES": ("update", "password"),
    "PUSH_PROFILE_UPDATES": ("update", "profile"),
    "PUSH_USER_DEACTIVATION": ("update", "lifecycleDeactivate"),
}


class _Switch(OpenBody):
    status: Literal["ENABLED", "DISABLED"] = "DISABLED"


class _Create(OpenBody):
    lifecycleCreate: _Switch = _Switch()


class _Update(OpenBody):
    profile: _Switch = _Switch()
    lifecycleDeactivate: _Switch = _Switch()
    password: _Switch = _Switch()


class _UserProvisioning(OpenBody):
    create: _Create = _Create()
    update: _Update = _Update()


class _InboundProvisioning(OpenBody):
    importRules: dict[str, Any] = Field({})
    importSettings: dict[str, Any] = Field({})


MODELS: dict[str, type[BaseModel]] = {
    "USER_PROVISIONING": _UserProvisioning,
    "INBOUND_PROVISIONING": _InboundProvisioning,
}


def can_provision(app: Record) -> bool:
    """Whether the integration of an app supports provisioning."""
    known = integrations().get(app.body["name"])
    return bool(known and known.provisioning)


def _app(call: Call) -> Record:
    app = APPS.named_in(call)
    if not can_provision(app):
        raise invalid_field("appId", "Provisioning is not supported for this app.")
    return app


def _view(call: Call, app: Record, name: str) -> JsonObject:
    path = f"{APPS.path}/{app.id}/features/{name}"
    return {
        "name": name,
        "status": "ENABLED",
        "description": DESCRIPTIONS[name],
        "capabilities": _capabilities(app, name),
        "_links": {"self": link(call.tenant, path, "GET", "PUT")},
    }


def _name(call: Call) -> str:
    name = call.params["feature"]
    if name not in CAPABILITIES:
        raise not_found(name, "ApplicationFeature")
    return name


def _list(call: Call) -> Answer:
    app = _app(call)
    return Answer(200, [_view(call, app, name) for name in CAPABILITIES])


def _read(call: Call) -> Answer:
    return Answer(200, _view(call, _app(call), _name(call)))


def _replace(call: Call) -> Answer:
    app, name = _app(call), _name(call)
    sent = read(MODELS[name], call.json())
    features = {**app.private.get("features", {}), name: fill(_capabilities(app, name), sent)}
    body = {**app.body, "features": _enabled(app.body["features"], features)}
    changed = call.tenant.store.change(app, body, {**app.private, "features": features})
    APPS.log(call, APPS.events.update, changed)
    return Answer(200, _view(call, changed, name))


def _enabled(known: list[str], features: JsonObject) -> list[str]:
    """The enabled features, as the app shows them (`features`, read-only)."""
    found: Any = fill(CAPABILITIES["USER_PROVISIONING"], features.get("USER_PROVISIONING", {}))
    pushed = {name for name, (part, switch) in PUSHED.items() if found[part][switch]["status"] == "ENABLED"}
    return [*(name for name in known if name not in PUSHED), *sorted(pushed)]


def _capabilities(app: Record, name: str) -> JsonObject:
    return fill(CAPABILITIES[name], app.private.get("features", {}).get(name, {}))


PATH = f"{APPS.item_path}/features"
FAMILY = Family(
    endpoints=(
        Route("GET", PATH, _list),
        Route("GET", f"{PATH}/{{feature}}", _read),
        Route("PUT", f"{PATH}/{{feature}}", _replace),
    ),
    scope="okta.apps",
)
