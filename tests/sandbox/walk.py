"""A way to every endpoint: bodies that Okta takes, and the objects that a path names, made on the way.

A new family adds what a POST to its list takes to BODIES; the laws in `test_laws` then hold for it as well.
"""

import re
import uuid
from collections.abc import Callable
from typing import Any, TypeAlias

from reconciler.sandbox.exchange import Route
from reconciler.sandbox.families import ROUTES

from .conftest import BASE_URL, Okta

Made: TypeAlias = Callable[["Walk"], Any]

CHANGES = [route for route in ROUTES if route.method != "GET" and route.path.startswith("/api/")]
APPS, GROUPS, USERS, POLICIES = "/api/v1/apps", "/api/v1/groups", "/api/v1/users", "/api/v1/policies"
IAM = "/api/v1/iam"
LINKED_OBJECTS = "/api/v1/meta/schemas/user/linkedObjects"
SERVERS, AUTHENTICATORS = "/api/v1/authorizationServers", "/api/v1/authenticators"

QUESTION: dict[str, Any] = {
    "factorType": "question",
    "provider": "OKTA",
    "profile": {"question": "disliked_food", "answer": "sprouts"},
}
PASSWORD = "Sesame123"
ACCESS_RULE: dict[str, Any] = {
    "name": "r",
    "priority": 0,
    "conditions": {
        "people": {"users": {"exclude": []}, "groups": {"include": []}},
        "network": {"connection": "ANYWHERE"},
        "platform": {"include": [{"type": "DESKTOP", "os": {"type": "OTHER", "expression": ""}}]},
    },
    "actions": {"appSignOn": {"access": "ALLOW", "verificationMethod": {"type": "ASSURANCE", "factorMode": "2FA"}}},
}


def _oidc(walk: "Walk") -> Any:
    return {
        "name": "oidc_client",
        "label": walk.name(),
        "signOnMode": "OPENID_CONNECT",
        "credentials": {"oauthClient": {"token_endpoint_auth_method": "client_secret_basic"}},
        "settings": {
            "oauthClient": {
                "redirect_uris": ["https://portal.example.com/cb"],
                "response_types": ["code"],
                "grant_types": ["authorization_code"],
                "application_type": "web",
            }
        },
    }


def _user(walk: "Walk") -> Any:
    login = f"{walk.name()}@example.com"
    credentials = {"password": {"value": PASSWORD}, "recovery_question": {"question": "Q?", "answer": "sprouts"}}
    profile = {"login": login, "email": login, "firstName": "A", "lastName": "B"}
    return {"profile": profile, "credentials": credentials}


def _group_rule(walk: "Walk") -> Any:
    return {
        "type": "group_rule",
        "name": walk.name(),
        "conditions": {"expression": {"value": "true", "type": "urn:okta:expression:1.0"}},
        "actions": {"assignUserToGroups": {"groupIds": [walk.made(GROUPS)]}},
    }


# What a POST to a list takes; where something else is posted, or put, the method stands before the path.
BODIES: dict[str, Made] = {
    APPS: _oidc,
    f"{APPS}/{{app}}/grants": lambda walk: {"issuer": BASE_URL, "scopeId": "okta.groups.read"},
    f"{APPS}/{{app}}/users": lambda walk: {"id": walk.made(USERS), "scope": "USER"},
    f"POST {APPS}/{{app}}/users/{{user}}": lambda walk: {"credentials": {"userName": "ada"}},
    f"{APPS}/{{app}}/logo": lambda walk: {"file": "an image"},
    f"{APPS}/{{app}}/credentials/secrets": lambda walk: {},
    f"PUT {APPS}/{{app}}/features/{{feature}}": lambda walk: {"update": {"profile": {"status": "ENABLED"}}},
    f"PUT {APPS}/{{app}}/groups/{{group}}": lambda walk: {"priority": 0},
    f"PUT {APPS}/{{app}}/policies/{{policy}}": lambda walk: None,
    f"{APPS}/{{app}}/federated-claims": lambda walk: {"name": walk.name(), "expression": "user.profile.login"},
    f"POST {APPS}/{{app}}/connections/default": lambda walk: {"profile": {"authScheme": "TOKEN", "token": "t"}},
    f"{APPS}/{{app}}/group-push/mappings": lambda walk: {
        "sourceGroupId": walk.made(GROUPS),
        "targetGroupName": walk.name(),
        "status": "INACTIVE",
    },
    f"PATCH {APPS}/{{app}}/group-push/mappings/{{mapping}}": lambda walk: {"status": "ACTIVE"},
    f"POST {APPS}/{{app}}/credentials/keys/generate": lambda walk: None,
    "POST /api/v1/internal/apps/{app}/settings/oauth/idToken": lambda walk: {"issuerMode": "ORG_URL"},
    GROUPS: lambda walk: {"profile": {"name": walk.name()}},
    f"PUT {GROUPS}/{{group}}/users/{{user}}": lambda walk: None,
    f"{GROUPS}/rules": _group_rule,
    f"{GROUPS}/{{group}}/roles": lambda walk: {"type": "APP_ADMIN"},
    f"{GROUPS}/{{group}}/owners": lambda walk: {"id": walk.made(USERS), "type": "USER"},
    USERS: _user,
    f"POST {USERS}/{{user}}": lambda walk: {"profile": {"firstName": "Ada"}},
    f"{USERS}/{{user}}/roles": lambda walk: {"type": "APP_ADMIN"},
    f"{USERS}/{{user}}/factors": lambda walk: QUESTION,
    **{f"{verb} {USERS}/{{user}}/factors/{{factor}}": lambda walk: QUESTION for verb in ("PUT", "POST")},
    f"PUT {USERS}/{{user}}/risk": lambda walk: {"riskLevel": "LOW"},
    f"POST {USERS}/{{user}}/credentials/change_password": lambda walk: {
        "oldPassword": {"value": PASSWORD},
        "newPassword": {"value": "Another123"},
    },
    f"POST {USERS}/{{user}}/credentials/change_recovery_question": lambda walk: {
        "password": {"value": PASSWORD},
        "recovery_question": {"question": "Q?", "answer": "forty two"},
    },
    f"POST {USERS}/{{user}}/credentials/forgot_password": lambda walk: {},
    **{
        f"PUT {assignees}/roles/{{role}}/targets/{target}": lambda walk: None
        for assignees in (f"{USERS}/{{user}}", f"{GROUPS}/{{group}}")
        for target in ("groups/{target}", "catalog/apps", "catalog/apps/{name}", "catalog/apps/{name}/{app}")
    },
    f"PUT {USERS}/{{user}}/linkedObjects/{{name}}/{{primary}}": lambda walk: None,
    LINKED_OBJECTS: lambda walk: {
        "primary": {"name": walk.name(), "title": "Manager", "type": "USER"},
        "associated": {"name": walk.name(), "title": "Report", "type": "USER"},
    },
    "PUT /api/v1/api-tokens/{token}": lambda walk: {"name": walk.name(), "network": {"connection": "ANYWHERE"}},
    "/api/v1/meta/types/user": lambda walk: {"name": walk.name(), "displayName": "T"},
    "POST /api/v1/meta/types/user/{type}": lambda walk: {"displayName": "Another"},
    "PUT /api/v1/meta/types/user/{type}": lambda walk: {
        "name": walk.okta.get(walk.so_far)[-1]["name"],
        "displayName": "Another",
    },
    "POST /api/v1/meta/schemas/user/{schema}": lambda walk: _property(walk),
    "POST /api/v1/meta/schemas/group/default": lambda walk: _property(walk),
    "POST /api/v1/meta/schemas/apps/{app}/default": lambda walk: _property(walk),
    "POST /api/v1/mappings/{mapping}": lambda walk: {
        "properties": {"nickName": {"expression": "user.nickName", "pushStatus": "PUSH"}}
    },
    POLICIES: lambda walk: {"type": "ACCESS_POLICY", "name": walk.name()},
    f"{POLICIES}/{{policy}}/rules": lambda walk: {**ACCESS_RULE, "name": walk.name()},
    f"{POLICIES}/{{policy}}/mappings": lambda walk: {"resourceId": walk.made(APPS), "resourceType": "APP"},
    AUTHENTICATORS: lambda walk: {"key": "external_idp", "name": walk.name()},
    f"PUT {AUTHENTICATORS}/{{authenticator}}/methods/{{method}}": lambda walk: {"settings": {}},
    f"POST {AUTHENTICATORS}/{{authenticator}}/methods/{{method}}": lambda walk: {"settings": {}},
    f"{AUTHENTICATORS}/{{authenticator}}/aaguids": lambda walk: {"aaguid": str(uuid.uuid4()), "name": walk.name()},
    SERVERS: lambda walk: {"name": walk.name(), "description": "d", "audiences": ["api://x"]},
    f"{SERVERS}/{{server}}/associatedServers": lambda walk: {"trusted": [walk.made(SERVERS)]},
    f"{SERVERS}/{{server}}/resourceservercredentials/keys": lambda walk: {"kid": walk.name(), "e": "AQAB", "n": "0vx7"},
    f"{SERVERS}/{{server}}/scopes": lambda walk: {"name": walk.name()},
    f"{SERVERS}/{{server}}/claims": lambda walk: {
        "name": walk.name(),
        "claimType": "RESOURCE",
        "valueType": "EXPRESSION",
        "value": "user.login",
    },
    f"{SERVERS}/{{server}}/policies": lambda walk: {
        "name": walk.name(),
        "description": "d",
        "conditions": {"clients": {"include": ["ALL_CLIENTS"]}},
    },
    f"{SERVERS}/{{server}}/policies/{{policy}}/rules": lambda walk: {
        "name": walk.name(),
        "conditions": {
            "people": {"groups": {"include": [walk.made(GROUPS)]}},
            "grantTypes": {"include": ["client_credentials"]},
            "scopes": {"include": ["*"]},
        },
        "actions": {"token": {"accessTokenLifetimeMinutes": 60}},
    },
    "/api/v1/zones": lambda walk: {"type": "IP", "name": walk.name()},
    "/api/v1/trustedOrigins": lambda walk: {
        "name": walk.name(),
        "origin": f"https://{walk.name()}.example.com",
        "scopes": [{"type": "CORS"}],
    },
    "/api/v1/inlineHooks": lambda walk: {
        "name": walk.name(),
        "type": "com.okta.oauth2.tokens.transform",
        "version": "1.0.0",
        "channel": {"type": "HTTP", "version": "1.0.0", "config": {"uri": "https://hook.example.com"}},
    },
    "/api/v1/eventHooks": lambda walk: {
        "name": walk.name(),
        "events": {"type": "EVENT_TYPE", "items": ["group.lifecycle.create"]},
        "channel": {"type": "HTTP", "version": "1.0.0", "config": {"uri": "https://hook.example.com"}},
    },
    "/api/v1/idps": lambda walk: {
        "type": "GOOGLE",
        "name": walk.name(),
        "protocol": {
            "type": "OIDC",
            "scopes": ["openid"],
            "credentials": {"client": {"client_id": "c", "client_secret": "s"}},
        },
        "policy": {"subject": {"userNameTemplate": {"template": "idpuser.email"}, "matchType": "USERNAME"}},
    },
    "/api/v1/idps/credentials/keys": lambda walk: {"x5c": [walk.certificate()]},
    f"{IAM}/roles": lambda walk: {"label": walk.name(), "description": "d", "permissions": ["okta.users.read"]},
    f"POST {IAM}/roles/{{role}}/permissions/{{permission}}": lambda walk: None,
    f"PUT {IAM}/roles/{{role}}/permissions/{{permission}}": lambda walk: {"conditions": None},
    f"{IAM}/resource-sets": lambda walk: {
        "label": walk.name(),
        "description": "d",
        "resources": [f"{BASE_URL}{APPS}/{walk.app}"],
    },
    f"PATCH {IAM}/resource-sets/{{set}}/resources": lambda walk: {"additions": [f"{BASE_URL}{GROUPS}"]},
    f"{IAM}/resource-sets/{{set}}/bindings": lambda walk: {
        "role": walk.made(f"{IAM}/roles"),
        "members": [f"{BASE_URL}{USERS}/{walk.made(USERS)}"],
    },
    f"PATCH {IAM}/resource-sets/{{set}}/bindings/{{role}}/members": lambda walk: {
        "additions": [f"{BASE_URL}{GROUPS}/{walk.made(GROUPS)}"]
    },
    "/api/v1/hook-keys": lambda walk: {"name": walk.name()},
    "/api/v1/logStreams": lambda walk: {
        "name": walk.name(),
        "type": "splunk_cloud_logstreaming",
        "settings": {"host": "acme.splunkcloud.com", "edition": "aws", "token": "t"},
    },
    "/api/v1/behaviors": lambda walk: {"name": walk.name(), "type": "VELOCITY", "settings": {"velocityKph": 805}},
    "/api/v1/device-assurances": lambda walk: {"name": walk.name(), "platform": "IOS", "jailbreak": False},
    "POST /api/v1/threats/configuration": lambda walk: {"action": "audit", "excludeZones": []},
    "/api/v1/realms": lambda walk: {"profile": {"name": walk.name()}},
    "/api/v1/realm-assignments": lambda walk: {
        "name": walk.name(),
        "conditions": {"profileSourceId": walk.made(APPS), "expression": {"value": "true"}},
        "actions": {"assignUserToRealm": {"realmId": walk.made("/api/v1/realms")}},
    },
    "/api/v1/captchas": lambda walk: {"name": walk.name(), "siteKey": "s", "secretKey": "k", "type": "HCAPTCHA"},
    "POST /api/v1/captchas/{captcha}": lambda walk: {"name": walk.name()},
    "PUT /api/v1/org/captcha": lambda walk: {"captchaId": walk.made("/api/v1/captchas"), "enabledPages": ["SSR"]},
    "PUT /api/v1/rate-limit-settings/warning-threshold": lambda walk: {"warningThreshold": 60},
    "PUT /api/v1/rate-limit-settings/admin-notifications": lambda walk: {"notificationsEnabled": False},
    "PUT /api/v1/rate-limit-settings/per-client": lambda walk: {"defaultMode": "PREVIEW"},
    "PUT /api/v1/principal-rate-limits/{limit}": lambda walk: {
        "principalId": walk.app,
        "principalType": "OAUTH_CLIENT",
        "defaultPercentage": 60,
    },
    "POST /api/v1/features/{feature}/{lifecycle}": lambda walk: None,
    "POST /api/v1/org": lambda walk: {"city": "Berlin"},
    "PUT /api/v1/org": lambda walk: {"companyName": "Acme", "city": None},
    "POST /api/v1/org/logo": lambda walk: {"file": "an image"},
    "/api/v1/org/contacts": lambda walk: {"userId": walk.made(USERS)},
    **{
        f"POST /api/v1/org/{switch}": lambda walk: None
        for switch in (
            "preferences/showEndUserFooter",
            "preferences/hideEndUserFooter",
            "privacy/oktaCommunication/optIn",
            "privacy/oktaCommunication/optOut",
            "privacy/oktaSupport/grant",
            "privacy/oktaSupport/extend",
            "privacy/oktaSupport/revoke",
        )
    },
    **{
        f"{verb} /api/internal/org/settings/security-notification-settings": lambda walk: {
            "reportSuspiciousActivityEnabled": True
        }
        for verb in ("POST", "PUT")
    },
    "POST /api/internal/orgSettings/thirdPartyAdminSetting": lambda walk: {"thirdPartyAdmin": True},
    **{
        f"POST /api/v1/roles/{{role}}/subscriptions/{{notification}}/{verb}": lambda walk: None
        for verb in ("subscribe", "unsubscribe")
    },
}

# Objects in a path that are not made by a POST to the list before them.
NAMED: dict[str, Made] = {
    f"{APPS}/{{app}}/groups/{{group}}": lambda walk: walk.made(GROUPS),
    f"{APPS}/{{app}}/policies/{{policy}}": lambda walk: walk.made(POLICIES),
    f"{GROUPS}/{{group}}/users/{{user}}": lambda walk: walk.made(USERS),
    **{
        f"{APPS}/{{app}} above {part}": lambda walk: walk.okta.post(
            APPS, {"name": "okta_org2org", "label": walk.name(), "settings": {"app": {"baseUrl": BASE_URL}}}
        )["id"]
        for part in ("features", "connections")
    },
    f"{APPS}/{{app}}/features/{{feature}}": lambda walk: "USER_PROVISIONING",
    f"{APPS}/{{app}}/tokens/{{token}}": lambda walk: walk.signed_in(),
    **{
        f"{assignees}/roles/{{role}}{rest}": made
        for assignees in (f"{USERS}/{{user}}", f"{GROUPS}/{{group}}")
        for rest, made in {
            " above targets/groups": lambda walk: walk.okta.post(walk.so_far, {"type": "USER_ADMIN"}, 201)["id"],
            "/targets/groups/{target}": lambda walk: walk.beside(walk.made(GROUPS), walk.made(GROUPS)),
            "/targets/catalog/apps/{name}": lambda walk: walk.beside("bookmark", "oidc_client"),
            "/targets/catalog/apps/{name}/{app}": lambda walk: walk.made(APPS),
        }.items()
    },
    f"{LINKED_OBJECTS}/{{name}}": lambda walk: walk.linked(),
    f"{USERS}/{{user}}/linkedObjects/{{name}}": lambda walk: walk.linked(),
    f"{USERS}/{{user}}/linkedObjects/{{name}}/{{primary}}": lambda walk: walk.made(USERS),
    "/api/v1/api-tokens/{token}": lambda walk: walk.okta.get("/api/v1/api-tokens")[0]["id"],
    "/api/v1/internal/apps/{app}": lambda walk: walk.made(APPS),
    "/api/v1/meta/schemas/apps/{app}": lambda walk: walk.made(APPS),
    "/api/v1/meta/schemas/user/{schema}": lambda walk: "default",
    f"{IAM}/roles/{{role}}/permissions/{{permission}}": lambda walk: "okta.users.read",
    f"{IAM}/resource-sets/{{set}}/resources/{{resource}}": lambda walk: walk.first("resources"),
    f"{IAM}/resource-sets/{{set}}/bindings/{{role}}": lambda walk: walk.bound(),
    f"{IAM}/resource-sets/{{set}}/bindings/{{role}}/members/{{member}}": lambda walk: walk.first("members"),
    "/api/v1/mappings/{mapping}": lambda walk: walk.okta.get("/api/v1/mappings", sourceId=walk.app)[0]["id"],
    f"{AUTHENTICATORS}/{{authenticator}}/methods/{{method}}": lambda walk: "idp",
    f"{AUTHENTICATORS}/{{authenticator}} above aaguids": lambda walk: walk.okta.post(
        AUTHENTICATORS, {"key": "webauthn", "name": "Keys"}
    )["id"],
    "/api/v1/features/{feature}": lambda walk: walk.okta.get("/api/v1/features")[0]["id"],
    "/api/v1/features/{feature}/{lifecycle}": lambda walk: "enable",
    "/api/v1/org/contacts/{contact}": lambda walk: "BILLING",
    "/api/v1/org/factors/{factor}": lambda walk: "okta_sms",
    "/api/v1/roles/{role}": lambda walk: "SUPER_ADMIN",
    "/api/v1/roles/{role}/subscriptions/{notification}": lambda walk: "APP_IMPORT",
    "/api/v1/principal-rate-limits/{limit}": lambda walk: f"prl{walk.app[3:]}",
}

# What has to be done before, besides the usual: a thing is deactivated before it is deleted or activated.
BEFORE = {
    f"POST {USERS}/{{user}}/lifecycle/unsuspend": ("POST", "/lifecycle/suspend"),
    f"POST {USERS}/{{user}}/lifecycle/reactivate": ("POST", "/lifecycle/reset_password"),
    f"DELETE {GROUPS}/{{group}}/users/{{user}}": ("PUT", ""),
    f"DELETE {APPS}/{{app}}/groups/{{group}}": ("PUT", ""),
    **{
        f"DELETE {assignees}/roles/{{role}}/targets/{target}": ("PUT", "")
        for assignees in (f"{USERS}/{{user}}", f"{GROUPS}/{{group}}")
        for target in ("groups/{target}", "catalog/apps/{name}", "catalog/apps/{name}/{app}")
    },
}


def _property(walk: "Walk") -> Any:
    return {"definitions": {"custom": {"properties": {walk.name(): {"title": "T", "type": "string"}}}}}


class Walk:
    """One way through one tenant."""

    def __init__(self, okta: Okta) -> None:
        self.okta: Okta = okta
        self._count = 0
        self._app = ""
        self.so_far: str = ""  # of the path that is on the way

    @property
    def app(self) -> str:
        """An app, always the same."""
        self._app = self._app or self.made(APPS)
        return self._app

    def certificate(self) -> str:
        """One that nothing has yet, in base64."""
        path = f"{APPS}/{self.app}/credentials/keys/generate"
        return str(self.okta.post(path, status=201)["x5c"][0])

    def name(self) -> str:
        """A name that nothing has yet."""
        self._count += 1
        return f"walk{self._count}"

    def body(self, route: Route, path: str = "") -> Any:
        """What a change may hold: as BODIES says, or what is there already."""
        if route.method == "DELETE" or "/lifecycle/" in route.path:
            return None
        listed = route.path if route.method == "POST" else route.path.rsplit("/", 1)[0]
        if body := BODIES.get(f"{route.method} {route.path}") or BODIES.get(listed):
            return body(self)
        response = self.okta.request("GET", path or route.path)
        return response.json() if response.status_code == 200 and route.method == "PUT" else {}

    def first(self, wrapped: str) -> str:
        """The id of the first object of the list that the path has come to."""
        return str(self.okta.get(self.so_far)[wrapped][0]["id"])

    def listed(self, path: str) -> str:
        """The id of the first object of a list, where nothing is known of how to make one."""
        response = self.okta.request("GET", path)
        found = response.json() if response.status_code == 200 else []
        first = found[0] if isinstance(found, list) and found else {}
        return str(first.get("id") or first.get("name") or first.get("type") or first.get("key") or "none")

    def beside(self, other: str, own: str) -> str:
        """A name for the path, after another one has been put beside it."""
        self.okta.put(f"{self.so_far}/{other}", status=204)
        return own

    def signed_in(self) -> str:
        """The refresh token of somebody who has signed in, which no request can bring about."""
        app = self.so_far.split("/")[4]
        return self.okta.sandbox.tenant.store.add("OAuth2RefreshToken", "oar00000000000000000", {}, app).id

    def linked(self) -> str:
        """The name of a new linked object."""
        return str(self.okta.post(LINKED_OBJECTS, BODIES[LINKED_OBJECTS](self), 201)["primary"]["name"])

    def bound(self) -> str:
        """The role of a new binding; for permissions the label is the id."""
        body = BODIES[f"{IAM}/resource-sets/{{set}}/bindings"](self)
        self.okta.post(self.so_far, body)
        return str(body["role"])

    def made(self, template: str, path: str = "") -> str:
        """The id of a new object of a list."""
        response = self.okta.request("POST", path or template, json=BODIES[template](self))
        assert response.status_code in (200, 201), response.text
        answer = response.json()
        answer = answer[0] if isinstance(answer, list) else answer
        return str(answer.get("id") or answer.get("kid") or answer["aaguid"])

    def found(self, template: str, path: str) -> str:
        """The id of an object of a list: a new one, or one that is there where none can be made."""
        return self.made(template, path) if template in BODIES else self.listed(path)

    def path(self, template: str) -> tuple[str, dict[str, str]]:
        """The path with ids of objects that exist, and those ids by name."""
        path, prefix, ids = "", "", {}
        steps = template.split("/")[1:]
        for number, step in enumerate(steps):
            below = steps[number + 1 : number + 2], steps[number + 1 : number + 3]
            listed, prefix = prefix, f"{prefix}/{step}"
            self.so_far = path
            if name := re.fullmatch(r"{(\w+)}", step):
                above = (NAMED.get(f"{prefix} above {'/'.join(each)}") for each in below)
                named = next(filter(None, above), None) or NAMED.get(prefix)
                ids[name[1]] = step = named(self) if named else self.found(listed, path)
            path = f"{path}/{step}"
        return path, ids

    def prepare(self, route: Route, path: str) -> None:
        """Bring the object into a state in which the change is allowed."""
        if step := BEFORE.get(f"{route.method} {route.path}"):
            self.okta.request(step[0], path.split("/lifecycle/")[0] + step[1], json={})
        elif route.method == "DELETE":
            self.okta.request("POST", f"{path}/lifecycle/deactivate")
        elif path.endswith("/lifecycle/activate"):
            self.okta.request("POST", path.replace("/activate", "/deactivate"))
        elif path.endswith("/lifecycle/deactivate"):
            self.okta.request("POST", path.replace("/deactivate", "/activate"))
