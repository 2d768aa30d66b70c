"""Apps: `/api/v1/apps`.

Fields that depend on the sign-on mode are in `sign_on_modes`, keys and metadata in `app_credentials`, group
assignments in `app_assignments`.
"""

import re

from okta_sandbox import system_log
from okta_sandbox.body import fill
from okta_sandbox.collection import Collection, Events, Family, Lifecycle
from okta_sandbox.errors import OktaError, forbidden, invalid, invalid_field, not_found
from okta_sandbox.exchange import NO_CONTENT, Answer, Call, Route
from okta_sandbox.families import client_secrets, profile_mappings, saml_sign_on
from okta_sandbox.families.app_bodies import App
from okta_sandbox.families.app_catalogue import (
    ANY_PASSWORD_MODE,
    SIGNED_MODES,
    Integration,
    integration,
    integrations,
)
from okta_sandbox.families.policies import POLICIES, default_policy
from okta_sandbox.families.sign_on_modes import complete_for_mode
from okta_sandbox.json_types import Json, JsonObject
from okta_sandbox.links import lifecycle_link, link
from okta_sandbox.paging import Paging
from okta_sandbox.store import Record
from okta_sandbox.tenant import Tenant

APP = "AppInstance"
LOGO = "https://op3static.oktacdn.com/assets/img/logos/default.png"
ACCESSIBILITY: JsonObject = {"selfService": False, "errorRedirectUrl": None, "loginRedirectUrl": None}
VISIBILITY: JsonObject = {
    "autoLaunch": False,
    "autoSubmitToolbar": False,
    "hide": {"iOS": False, "web": False},
    "appLinks": {},
}
USER_NAME: JsonObject = {"template": "${source.login}", "type": "BUILT_IN"}
SETTINGS: JsonObject = {
    "app": {},
    "notifications": {"vpn": {"network": {"connection": "DISABLED"}, "message": None, "helpUrl": None}},
    "manualProvisioning": False,
    "implicitAssignment": False,
    "emOptInStatus": "NONE",
    "notes": {"admin": None, "enduser": None},
}
CUSTOM_MODES = ("SAML_2_0", "SAML_1_1", ANY_PASSWORD_MODE)
FIRST_PARTY = {"saasure", "okta_enduser", "okta_browser_plugin", "okta_account_settings"}


def complete(call: Call, body: JsonObject, before: Record | None) -> JsonObject:
    """A PUT replaces everything except name, status, fields that only Okta writes, and omitted groups of settings."""
    tenant = call.tenant
    made_from = integration_of(tenant, body, before)
    sent = {name: value for name, value in body["settings"].items() if value is not None}
    given = {**(_kept_settings(before) if before else {}), **sent}
    if made_from.custom and "signOn" not in given:
        raise invalid("publicAppInstance", "Missing settings.signOn object")
    settings = fill(SETTINGS, given)
    settings["app"] = made_from.settings(settings["app"])
    if tenant.pipeline == "v1":
        settings.pop("emOptInStatus", None)
    links = before.body["visibility"]["appLinks"] if before else made_from.links
    completed: JsonObject = {
        "orn": "",
        "name": made_from.name,
        "label": body["label"],
        "status": before.body["status"] if before else _initial_status(call),
        "accessibility": fill(ACCESSIBILITY, body["accessibility"]),
        "visibility": fill({**VISIBILITY, "appLinks": links}, body["visibility"]),
        "features": before.body["features"] if before else [],
        "signOnMode": made_from.sign_on_mode(body["signOnMode"]),
        "credentials": {**body["credentials"], "userNameTemplate": user_name(body["credentials"])},
        "settings": settings,
        "_private": dict(before.private) if before else {"alias": tenant.identifiers.new("aln")},
    }
    if made_from.licensed:
        completed["licensing"] = fill({"seatCount": 0}, body.get("licensing"))
    if completed["signOnMode"] == "OPENID_CONNECT" and body.get("profile"):
        completed["profile"] = body["profile"]
    return complete_for_mode(call, made_from, completed, before)


def _kept_settings(before: Record) -> JsonObject:
    """The settings kept when omitted: Okta's documented PUT to rotate the signing key sends no settings."""
    return {name: before.body["settings"][name] for name in ("app", "signOn") if name in before.body["settings"]}


def integration_of(tenant: Tenant, body: JsonObject, before: Record | None) -> Integration:
    """The integration of an app: from the catalogue, or a custom one."""
    if before is None:
        return _integration_of_new(tenant, body)
    name, links = before.body["name"], before.body["visibility"]["appLinks"]
    if name in integrations():
        return integrations()[name]
    custom = name.startswith(f"{tenant.org['subdomain']}_")
    if custom or name in FIRST_PARTY:
        return Integration(name, modes=(before.body["signOnMode"],), links=links, custom=custom)
    return integration(name, body["signOnMode"] or before.body["signOnMode"], links)


def _integration_of_new(tenant: Tenant, body: JsonObject) -> Integration:
    """The integration named in the request, or a custom one named after subdomain, label and a counter."""
    own = f"{tenant.org['subdomain']}_"
    mode = body["signOnMode"]
    if name := body["name"]:
        if name.startswith(own):
            raise not_found(name, "App")
        return integration(name, mode, body["visibility"].get("appLinks"))
    if mode not in CUSTOM_MODES:
        raise invalid_field("name", "The field cannot be left blank")
    label = re.sub(r"[^a-z0-9]", "", str(body["label"]).lower())
    name = f"{own}{label}_{tenant.next_number('customApps')}"
    return Integration(name, modes=(mode,), links={f"{name}_link": True}, custom=True)


def user_name(credentials: JsonObject) -> JsonObject:
    """The user name template. A custom template defaults to DONT_PUSH."""
    template = fill(USER_NAME, credentials.get("userNameTemplate"))
    return fill({"pushStatus": "DONT_PUSH"}, template) if template["type"] == "CUSTOM" else template


def _initial_status(call: Call) -> str:
    return "INACTIVE" if call.query.get("activate") == "false" else "ACTIVE"


def created(call: Call, app: Record) -> None:
    """Assign the default policies and set the fields that need the id of the app."""
    tenant = call.tenant
    orn = f"orn:okta:idp:{tenant.org['id']}:apps:{app.body['name']}:{app.id}"
    private = dict(app.private)
    if tenant.pipeline == "idx":
        private |= {
            "accessPolicy": default_policy(tenant, "ACCESS_POLICY").id,
            "profileEnrollment": default_policy(tenant, "PROFILE_ENROLLMENT").id,
        }
    body = dict(app.body)
    if client := body["credentials"].get("oauthClient"):
        own = {**client, "client_id": client.get("client_id") or app.id}
        body["credentials"] = {**body["credentials"], "oauthClient": own}
    app = tenant.store.change(app, {**body, "orn": orn}, private)
    client_secrets.keep_sent(tenant, app)
    profile_mappings.add_mappings(call, app)


def _replaced(call: Call, app: Record) -> None:
    orn = f"orn:okta:idp:{call.tenant.org['id']}:apps:{app.body['name']}:{app.id}"
    client_secrets.keep_sent(call.tenant, call.tenant.store.change(app, {**app.body, "orn": orn}))


def _cannot_delete(app: Record) -> OktaError:
    return forbidden(
        "E0000056", "Delete application forbidden.", "The application must be deactivated before deletion."
    )


def _refuse_first_party(call: Call, app: Record) -> None:
    if app.body["name"] in FIRST_PARTY:
        raise forbidden("E0000056", "Delete application forbidden.")


def _links(tenant: Tenant, app: Record) -> JsonObject:
    path, body, private = f"/api/v1/apps/{app.id}", app.body, app.private
    home = f"/home/{body['name']}/{app.id}/{private.get('alias', '')}"
    shown: JsonObject = {
        "uploadLogo": link(tenant, f"{path}/logo", "POST"),
        "appLinks": [
            {"name": name, "href": tenant.url(home), "type": "text/html"} for name in body["visibility"]["appLinks"]
        ],
        "groups": link(tenant, f"{path}/groups"),
        "logo": [{"name": "medium", "href": private.get("logo", LOGO), "type": "image/png"}],
        "users": link(tenant, f"{path}/users"),
        **lifecycle_link(tenant, path, body["status"]),
    }
    for name in ("accessPolicy", "profileEnrollment"):
        if name in private:
            shown[name] = link(tenant, f"/api/v1/policies/{private[name]}")
    if "accessPolicy" in private:
        shown["policies"] = link(tenant, f"{path}/policies", "PUT")
    if body["signOnMode"] == "OPENID_CONNECT" and body["name"] not in FIRST_PARTY:
        shown["clientCredentials"] = [{"name": "secrets", **link(tenant, f"{path}/credentials/secrets")}]
    if body["signOnMode"] in SIGNED_MODES:
        help_page = f"/app/{body['name']}/{app.id}/setup/help/{body['signOnMode']}/instructions"
        shown["help"] = {"href": tenant.url(help_page), "type": "text/html"}
        shown["metadata"] = {"href": tenant.url(f"{path}/sso/saml/metadata"), "type": "application/xml"}
    return shown


def _show(tenant: Tenant, app: Record) -> JsonObject:
    settings = saml_sign_on.shown(tenant, app.body["settings"])
    return {"id": app.id, **app.body, "settings": settings, "_links": _links(tenant, app)}


def show_with_secret(tenant: Tenant, app: Record) -> JsonObject:
    """An app with its newest active client secret, as shown by POST and PUT but not by GET."""
    view = _show(tenant, app)
    if active := client_secrets.active_secrets(tenant, app.id):
        client = {**view["credentials"]["oauthClient"], "client_secret": active[-1].body["client_secret"]}
        view["credentials"] = {**view["credentials"], "oauthClient": client}
    return view


def _matches(app: Record, wanted: str) -> bool:
    names = (app.body["label"], app.body["name"])
    return any(str(name).lower().startswith(wanted.lower()) for name in names)


APPS = Collection(
    kind=APP,
    path="/api/v1/apps",
    item="app",
    prefix="0oa",
    model=App,
    events=Events.lifecycle("AppInstance", "application.lifecycle."),
    lifecycle=Lifecycle("empty", _cannot_delete),
    paging=Paging(),
    filterable=frozenset(
        {"id", "status", "name", "signOnMode", "lastUpdated", "credentials.signing.kid", "settings.slo.enabled"}
    ),
    query=_matches,
    title=lambda body: str(body["label"]),
    complete=complete,
    created=created,
    replaced=_replaced,
    removed=profile_mappings.remove_mappings,
    guard_delete=_refuse_first_party,
    show=_show,
)


def oidc_app(call: Call) -> Record:
    """The app in the path of a request. Raises OktaError 404 if it is no OIDC app whose client Okta shows."""
    app = APPS.named_in(call)
    if "oauthClient" not in app.body["credentials"]:
        raise not_found(app.id, "OAuth2AppInstance")
    return app


def _create(call: Call) -> Answer:
    return Answer(200, show_with_secret(call.tenant, APPS.add(call, call.json())))


def _replace(call: Call) -> Answer:
    app = APPS.named_in(call)
    return Answer(200, show_with_secret(call.tenant, APPS.put(call, app, call.json())))


def assign_policy(call: Call) -> Answer:
    """PUT /apps/{app}/policies/{policy}: replace the policy of that type."""
    app, policy = APPS.named_in(call), POLICIES.named_in(call)
    names: dict[Json, str] = {"ACCESS_POLICY": "accessPolicy", "PROFILE_ENROLLMENT": "profileEnrollment"}
    if policy.body["type"] not in names:
        raise invalid_field("policyId", "The policy cannot be mapped to an application.")
    private = {**app.private, names[policy.body["type"]]: policy.id}
    APPS.log(call, "application.lifecycle.update", call.tenant.store.change(app, private=private))
    system_log.record(call, "policy.mapping.create", POLICIES.as_target(policy), APPS.as_target(app))
    return NO_CONTENT


def list_apps_of_policy(call: Call) -> Answer:
    """GET /policies/{policy}/app: the apps assigned to a policy."""
    policy = POLICIES.named_in(call)
    decided = [
        app
        for app in call.tenant.store.all(APP)
        if policy.id in (app.private.get("accessPolicy"), app.private.get("profileEnrollment"))
    ]
    return Answer(200, [_show(call.tenant, app) for app in decided])


FAMILY = Family(
    (APPS,),
    (
        Route("POST", APPS.path, _create),
        Route("PUT", APPS.item_path, _replace),
        Route("PUT", "/api/v1/apps/{app}/policies/{policy}", assign_policy),
        Route("GET", "/api/v1/policies/{policy}/app", list_apps_of_policy, "okta.policies"),
    ),
    scope="okta.apps",
)
