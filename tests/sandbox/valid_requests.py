"""A valid request for every endpoint: accepted bodies, and the objects in its path, created as needed.

A new family adds what a POST to its list accepts to BODIES; `test_laws` then covers it.
"""

import re
import uuid
from collections.abc import Callable
from typing import Any, TypeAlias

from okta_sandbox.exchange import Route
from okta_sandbox.families import ROUTES

from .conftest import BASE_URL, Okta

Made: TypeAlias = Callable[["RequestBuilder"], Any]

CHANGES = [route for route in ROUTES if route.method != "GET" and route.path.startswith("/api/")]
BRANDS = "/api/v1/brands"
INTEGRATIONS = "/integrations/api/v1/api-services"
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


def _oidc(builder: "RequestBuilder") -> Any:
    return {
        "name": "oidc_client",
        "label": builder.name(),
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


def _user(builder: "RequestBuilder") -> Any:
    login = f"{builder.name()}@example.com"
    credentials = {"password": {"value": PASSWORD}, "recovery_question": {"question": "Q?", "answer": "sprouts"}}
    profile = {"login": login, "email": login, "firstName": "A", "lastName": "B"}
    return {"profile": profile, "credentials": credentials}


def _group_rule(builder: "RequestBuilder") -> Any:
    return {
        "type": "group_rule",
        "name": builder.name(),
        "conditions": {"expression": {"value": "true", "type": "urn:okta:expression:1.0"}},
        "actions": {"assignUserToGroups": {"groupIds": [builder.made(GROUPS)]}},
    }


# What a POST to a list takes; where something else is posted, or put, the method stands before the path.
BODIES: dict[str, Made] = {
    APPS: _oidc,
    f"{APPS}/{{app}}/grants": lambda builder: {"issuer": BASE_URL, "scopeId": "okta.groups.read"},
    f"{APPS}/{{app}}/users": lambda builder: {"id": builder.made(USERS), "scope": "USER"},
    f"POST {APPS}/{{app}}/users/{{user}}": lambda builder: {"credentials": {"userName": "ada"}},
    f"{APPS}/{{app}}/logo": lambda builder: {"file": "an image"},
    f"{APPS}/{{app}}/credentials/secrets": lambda builder: {},
    f"{APPS}/{{app}}/credentials/jwks": lambda builder: {"kty": "RSA", "e": "AQAB", "n": "rU8", "kid": builder.name()},
    f"PUT {APPS}/{{app}}/features/{{feature}}": lambda builder: {"update": {"profile": {"status": "ENABLED"}}},
    f"PUT {APPS}/{{app}}/groups/{{group}}": lambda builder: {"priority": 0},
    f"PUT {APPS}/{{app}}/policies/{{policy}}": lambda builder: None,
    f"{APPS}/{{app}}/federated-claims": lambda builder: {"name": builder.name(), "expression": "user.profile.login"},
    f"POST {APPS}/{{app}}/connections/default": lambda builder: {"profile": {"authScheme": "TOKEN", "token": "t"}},
    f"{APPS}/{{app}}/group-push/mappings": lambda builder: {
        "sourceGroupId": builder.made(GROUPS),
        "targetGroupName": builder.name(),
        "status": "INACTIVE",
    },
    f"PATCH {APPS}/{{app}}/group-push/mappings/{{mapping}}": lambda builder: {"status": "ACTIVE"},
    f"POST {APPS}/{{app}}/credentials/keys/generate": lambda builder: None,
    "POST /api/v1/internal/apps/{app}/settings/oauth/idToken": lambda builder: {"issuerMode": "ORG_URL"},
    GROUPS: lambda builder: {"profile": {"name": builder.name()}},
    f"PUT {GROUPS}/{{group}}/users/{{user}}": lambda builder: None,
    f"{GROUPS}/rules": _group_rule,
    f"{GROUPS}/{{group}}/roles": lambda builder: {"type": "APP_ADMIN"},
    f"{GROUPS}/{{group}}/owners": lambda builder: {"id": builder.made(USERS), "type": "USER"},
    USERS: _user,
    f"POST {USERS}/{{user}}": lambda builder: {"profile": {"firstName": "Ada"}},
    f"{USERS}/{{user}}/roles": lambda builder: {"type": "APP_ADMIN"},
    f"{USERS}/{{user}}/factors": lambda builder: QUESTION,
    **{f"{verb} {USERS}/{{user}}/factors/{{factor}}": lambda builder: QUESTION for verb in ("PUT", "POST")},
    f"PUT {USERS}/{{user}}/risk": lambda builder: {"riskLevel": "LOW"},
    f"POST {USERS}/{{user}}/credentials/change_password": lambda builder: {
        "oldPassword": {"value": PASSWORD},
        "newPassword": {"value": "Another123"},
    },
    f"POST {USERS}/{{user}}/credentials/change_recovery_question": lambda builder: {
        "password": {"value": PASSWORD},
        "recovery_question": {"question": "Q?", "answer": "forty two"},
    },
    f"POST {USERS}/{{user}}/credentials/forgot_password": lambda builder: {},
    **{
        f"PUT {assignees}/roles/{{role}}/targets/{target}": lambda builder: None
        for assignees in (f"{USERS}/{{user}}", f"{GROUPS}/{{group}}")
        for target in ("groups/{target}", "catalog/apps", "catalog/apps/{name}", "catalog/apps/{name}/{app}")
    },
    f"PUT {USERS}/{{user}}/linkedObjects/{{name}}/{{primary}}": lambda builder: None,
    LINKED_OBJECTS: lambda builder: {
        "primary": {"name": builder.name(), "title": "Manager", "type": "USER"},
        "associated": {"name": builder.name(), "title": "Report", "type": "USER"},
    },
    INTEGRATIONS: lambda builder: {"type": builder.name().lower(), "grantedScopes": ["okta.logs.read"]},
    f"{INTEGRATIONS}/{{integration}}/credentials/secrets": lambda builder: {},
    "PUT /api/v1/api-tokens/{token}": lambda builder: {"name": builder.name(), "network": {"connection": "ANYWHERE"}},
    "/api/v1/meta/types/user": lambda builder: {"name": builder.name(), "displayName": "T"},
    "POST /api/v1/meta/types/user/{type}": lambda builder: {"displayName": "Another"},
    "PUT /api/v1/meta/types/user/{type}": lambda builder: {
        "name": builder.okta.get(builder.so_far)[-1]["name"],
        "displayName": "Another",
    },
    "POST /api/v1/meta/schemas/user/{schema}": lambda builder: _property(builder),
    "POST /api/v1/meta/schemas/group/default": lambda builder: _property(builder),
    "POST /api/v1/meta/schemas/apps/{app}/default": lambda builder: _property(builder),
    "POST /api/v1/mappings/{mapping}": lambda builder: {
        "properties": {"nickName": {"expression": "user.nickName", "pushStatus": "PUSH"}}
    },
    POLICIES: lambda builder: {"type": "ACCESS_POLICY", "name": builder.name()},
    f"{POLICIES}/{{policy}}/rules": lambda builder: {**ACCESS_RULE, "name": builder.name()},
    f"{POLICIES}/{{policy}}/mappings": lambda builder: {"resourceId": builder.made(APPS), "resourceType": "APP"},
    AUTHENTICATORS: lambda builder: {"key": "external_idp", "name": builder.name()},
    f"PUT {AUTHENTICATORS}/{{authenticator}}/methods/{{method}}": lambda builder: {"settings": {}},
    f"POST {AUTHENTICATORS}/{{authenticator}}/methods/{{method}}": lambda builder: {"settings": {}},
    f"{AUTHENTICATORS}/{{authenticator}}/aaguids": lambda builder: {
        "aaguid": str(uuid.uuid4()),
        "name": builder.name(),
    },
    SERVERS: lambda builder: {"name": builder.name(), "description": "d", "audiences": ["api://x"]},
    f"{SERVERS}/{{server}}/associatedServers": lambda builder: {"trusted": [builder.made(SERVERS)]},
    f"{SERVERS}/{{server}}/resourceservercredentials/keys": lambda builder: {
        "kid": builder.name(),
        "e": "AQAB",
        "n": "0vx7",
    },
    f"{SERVERS}/{{server}}/scopes": lambda builder: {"name": builder.name()},
    f"{SERVERS}/{{server}}/claims": lambda builder: {
        "name": builder.name(),
        "claimType": "RESOURCE",
        "valueType": "EXPRESSION",
        "value": "user.login",
    },
    f"{SERVERS}/{{server}}/policies": lambda builder: {
        "name": builder.name(),
        "description": "d",
        "conditions": {"clients": {"include": ["ALL_CLIENTS"]}},
    },
    f"{SERVERS}/{{server}}/policies/{{policy}}/rules": lambda builder: {
        "name": builder.name(),
        "conditions": {
            "people": {"groups": {"include": [builder.made(GROUPS)]}},
            "grantTypes": {"include": ["client_credentials"]},
            "scopes": {"include": ["*"]},
        },
        "actions": {"token": {"accessTokenLifetimeMinutes": 60}},
    },
    "/api/v1/zones": lambda builder: {"type": "IP", "name": builder.name()},
    "/api/v1/trustedOrigins": lambda builder: {
        "name": builder.name(),
        "origin": f"https://{builder.name()}.example.com",
        "scopes": [{"type": "CORS"}],
    },
    "/api/v1/inlineHooks": lambda builder: {
        "name": builder.name(),
        "type": "com.okta.oauth2.tokens.transform",
        "version": "1.0.0",
        "channel": {"type": "HTTP", "version": "1.0.0", "config": {"uri": "https://hook.example.com"}},
    },
    "/api/v1/eventHooks": lambda builder: {
        "name": builder.name(),
        "events": {"type": "EVENT_TYPE", "items": ["group.lifecycle.create"]},
        "channel": {"type": "HTTP", "version": "1.0.0", "config": {"uri": "https://hook.example.com"}},
    },
    "/api/v1/idps": lambda builder: {
        "type": "GOOGLE",
        "name": builder.name(),
        "protocol": {
            "type": "OIDC",
            "scopes": ["openid"],
            "credentials": {"client": {"client_id": "c", "client_secret": "s"}},
        },
        "policy": {"subject": {"userNameTemplate": {"template": "idpuser.email"}, "matchType": "USERNAME"}},
    },
    "/api/v1/idps/credentials/keys": lambda builder: {"x5c": [builder.certificate()]},
    f"{IAM}/roles": lambda builder: {"label": builder.name(), "description": "d", "permissions": ["okta.users.read"]},
    f"POST {IAM}/roles/{{role}}/permissions/{{permission}}": lambda builder: None,
    f"PUT {IAM}/roles/{{role}}/permissions/{{permission}}": lambda builder: {"conditions": None},
    f"{IAM}/resource-sets": lambda builder: {
        "label": builder.name(),
        "description": "d",
        "resources": [f"{BASE_URL}{APPS}/{builder.app}"],
    },
    f"PATCH {IAM}/resource-sets/{{set}}/resources": lambda builder: {"additions": [f"{BASE_URL}{GROUPS}"]},
    f"{IAM}/resource-sets/{{set}}/bindings": lambda builder: {
        "role": builder.made(f"{IAM}/roles"),
        "members": [f"{BASE_URL}{USERS}/{builder.made(USERS)}"],
    },
    f"PATCH {IAM}/resource-sets/{{set}}/bindings/{{role}}/members": lambda builder: {
        "additions": [f"{BASE_URL}{GROUPS}/{builder.made(GROUPS)}"]
    },
    "/api/v1/hook-keys": lambda builder: {"name": builder.name()},
    "/api/v1/logStreams": lambda builder: {
        "name": builder.name(),
        "type": "splunk_cloud_logstreaming",
        "settings": {"host": "acme.splunkcloud.com", "edition": "aws", "token": "t"},
    },
    "/api/v1/behaviors": lambda builder: {"name": builder.name(), "type": "VELOCITY", "settings": {"velocityKph": 805}},
    "/api/v1/device-assurances": lambda builder: {"name": builder.name(), "platform": "IOS", "jailbreak": False},
    "POST /api/v1/threats/configuration": lambda builder: {"action": "audit", "excludeZones": []},
    "/api/v1/realms": lambda builder: {"profile": {"name": builder.name()}},
    "/api/v1/realm-assignments": lambda builder: {
        "name": builder.name(),
        "conditions": {"profileSourceId": builder.made(APPS), "expression": {"value": "true"}},
        "actions": {"assignUserToRealm": {"realmId": builder.made("/api/v1/realms")}},
    },
    "/api/v1/captchas": lambda builder: {"name": builder.name(), "siteKey": "s", "secretKey": "k", "type": "HCAPTCHA"},
    "POST /api/v1/captchas/{captcha}": lambda builder: {"name": builder.name()},
    "PUT /api/v1/org/captcha": lambda builder: {"captchaId": builder.made("/api/v1/captchas"), "enabledPages": ["SSR"]},
    "PUT /api/v1/rate-limit-settings/warning-threshold": lambda builder: {"warningThreshold": 60},
    "PUT /api/v1/rate-limit-settings/admin-notifications": lambda builder: {"notificationsEnabled": False},
    "PUT /api/v1/rate-limit-settings/per-client": lambda builder: {"defaultMode": "PREVIEW"},
    "PUT /api/v1/principal-rate-limits/{limit}": lambda builder: {
        "principalId": builder.app,
        "principalType": "OAUTH_CLIENT",
        "defaultPercentage": 60,
    },
    "POST /api/v1/features/{feature}/{lifecycle}": lambda builder: None,
    "POST /api/v1/org": lambda builder: {"city": "Berlin"},
    "PUT /api/v1/org": lambda builder: {"companyName": "Acme", "city": None},
    "POST /api/v1/org/logo": lambda builder: {"file": "an image"},
    "/api/v1/org/contacts": lambda builder: {"userId": builder.made(USERS)},
    **{
        f"POST /api/v1/org/{switch}": lambda builder: None
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
        f"{verb} /api/internal/org/settings/security-notification-settings": lambda builder: {
            "reportSuspiciousActivityEnabled": True
        }
        for verb in ("POST", "PUT")
    },
    "POST /api/internal/orgSettings/thirdPartyAdminSetting": lambda builder: {"thirdPartyAdmin": True},
    "POST /api/v1/org/orgSettings/thirdPartyAdminSetting": lambda builder: {"thirdPartyAdmin": True},
    "POST /api/v1/org/settings/autoAssignAdminAppSetting": lambda builder: {"autoAssignAdminAppSetting": False},
    "PUT /attack-protection/api/v1/user-lockout-settings": lambda builder: {
        "preventBruteForceLockoutFromUnknownDevices": True
    },
    "PUT /attack-protection/api/v1/authenticator-settings": lambda builder: {
        "verifyKnowledgeSecondWhen2faRequired": True
    },
    BRANDS: lambda builder: {"name": builder.name()},
    f"PUT {BRANDS}/{{brand}}": lambda builder: {"name": builder.name()},
    "/api/v1/domains": lambda builder: {
        "domain": f"{builder.name()}.example.com",
        "certificateSourceType": "OKTA_MANAGED",
    },
    "PUT /api/v1/domains/{domain}": lambda builder: {"brandId": builder.made(BRANDS)},
    "PUT /api/v1/domains/{domain}/certificate": lambda builder: {
        "type": "PEM",
        "certificate": "c",
        "privateKey": "k",
    },
    "/api/v1/email-domains": lambda builder: {
        "brandId": builder.made(BRANDS),
        "domain": f"{builder.name()}.example.com",
        "displayName": "Help",
        "userName": "help",
    },
    "PUT /api/v1/email-domains/{domain}": lambda builder: {"displayName": "Help desk", "userName": "help"},
    "/api/v1/email-servers": lambda builder: {
        "alias": builder.name(),
        "host": "mail.example.com",
        "port": 587,
        "username": "u",
        "password": "p",
    },
    "PATCH /api/v1/email-servers/{server}": lambda builder: {"enabled": True},
    "POST /api/v1/email-servers/{server}/test": lambda builder: {"to": "ada@example.com"},
    "/api/v1/templates/sms": lambda builder: {
        "name": "Custom",
        "type": "SMS_VERIFY_CODE",
        "template": "Your code is ${code}",
    },
    "POST /api/v1/templates/sms/{template}": lambda builder: {"translations": {"fr": "Votre code: ${code}"}},
    "/api/v1/security-events-providers": lambda builder: {
        "name": builder.name(),
        "type": "okta",
        "settings": {"well_known_url": "https://signals.example.com/.well-known/ssf-configuration"},
    },
    **{
        f"{verb}/api/v1/push-providers{item}": lambda builder: {
            "name": builder.name(),
            "providerType": "FCM",
            "configuration": {"serviceAccountJson": {"project_id": "p", "private_key": "k"}},
        }
        for verb, item in (("", ""), ("PUT ", "/{provider}"))
    },
    **{
        f"POST /api/v1/roles/{{role}}/subscriptions/{{notification}}/{verb}": lambda builder: None
        for verb in ("subscribe", "unsubscribe")
    },
}

# Objects in a path that are not made by a POST to the list before them.
NAMED: dict[str, Made] = {
    f"{APPS}/{{app}}/groups/{{group}}": lambda builder: builder.made(GROUPS),
    f"{APPS}/{{app}}/policies/{{policy}}": lambda builder: builder.made(POLICIES),
    f"{GROUPS}/{{group}}/users/{{user}}": lambda builder: builder.made(USERS),
    **{
        f"{APPS}/{{app}} above {part}": lambda builder: builder.okta.post(
            APPS, {"name": "okta_org2org", "label": builder.name(), "settings": {"app": {"baseUrl": BASE_URL}}}
        )["id"]
        for part in ("features", "connections")
    },
    f"{APPS}/{{app}}/features/{{feature}}": lambda builder: "USER_PROVISIONING",
    f"{APPS}/{{app}}/tokens/{{token}}": lambda builder: builder.signed_in(),
    **{
        f"{assignees}/roles/{{role}}{rest}": made
        for assignees in (f"{USERS}/{{user}}", f"{GROUPS}/{{group}}")
        for rest, made in {
            " above targets/groups": lambda builder: builder.okta.post(builder.so_far, {"type": "USER_ADMIN"}, 201)[
                "id"
            ],
            "/targets/groups/{target}": lambda builder: builder.beside(builder.made(GROUPS), builder.made(GROUPS)),
            "/targets/catalog/apps/{name}": lambda builder: builder.beside("bookmark", "oidc_client"),
            "/targets/catalog/apps/{name}/{app}": lambda builder: builder.made(APPS),
        }.items()
    },
    f"{LINKED_OBJECTS}/{{name}}": lambda builder: builder.linked(),
    f"{USERS}/{{user}}/linkedObjects/{{name}}": lambda builder: builder.linked(),
    f"{USERS}/{{user}}/linkedObjects/{{name}}/{{primary}}": lambda builder: builder.made(USERS),
    "/api/v1/api-tokens/{token}": lambda builder: builder.okta.get("/api/v1/api-tokens")[0]["id"],
    "/api/v1/internal/apps/{app}": lambda builder: builder.made(APPS),
    "/api/v1/meta/schemas/apps/{app}": lambda builder: builder.made(APPS),
    "/api/v1/meta/schemas/user/{schema}": lambda builder: "default",
    f"{IAM}/roles/{{role}}/permissions/{{permission}}": lambda builder: "okta.users.read",
    f"{IAM}/resource-sets/{{set}}/resources/{{resource}}": lambda builder: builder.first("resources"),
    f"{IAM}/resource-sets/{{set}}/bindings/{{role}}": lambda builder: builder.bound(),
    f"{IAM}/resource-sets/{{set}}/bindings/{{role}}/members/{{member}}": lambda builder: builder.first("members"),
    "/api/v1/mappings/{mapping}": lambda builder: builder.okta.get("/api/v1/mappings", sourceId=builder.app)[0]["id"],
    f"{AUTHENTICATORS}/{{authenticator}}/methods/{{method}}": lambda builder: "idp",
    f"{AUTHENTICATORS}/{{authenticator}} above aaguids": lambda builder: builder.okta.post(
        AUTHENTICATORS, {"key": "webauthn", "name": "Keys"}
    )["id"],
    "/api/v1/features/{feature}": lambda builder: builder.okta.get("/api/v1/features")[0]["id"],
    "/api/v1/features/{feature}/{lifecycle}": lambda builder: "enable",
    "/api/v1/org/contacts/{contact}": lambda builder: "BILLING",
    "/api/v1/org/factors/{factor}": lambda builder: "okta_sms",
    "/api/v1/roles/{role}": lambda builder: "SUPER_ADMIN",
    "/api/v1/roles/{role}/subscriptions/{notification}": lambda builder: "APP_IMPORT",
    "/api/v1/principal-rate-limits/{limit}": lambda builder: f"prl{builder.app[3:]}",
}

# What has to be done before, besides the usual: a thing is deactivated before it is deleted or activated.
BEFORE = {
    f"POST {USERS}/{{user}}/lifecycle/unsuspend": ("POST", "/lifecycle/suspend"),
    f"POST {USERS}/{{user}}/lifecycle/reactivate": ("POST", "/lifecycle/reset_password"),
    **{f"DELETE {BRANDS}/{{brand}}/pages/sign-in/{page}": ("PUT", "") for page in ("customized", "preview")},
    f"DELETE {GROUPS}/{{group}}/users/{{user}}": ("PUT", ""),
    f"DELETE {APPS}/{{app}}/groups/{{group}}": ("PUT", ""),
    **{
        f"DELETE {assignees}/roles/{{role}}/targets/{target}": ("PUT", "")
        for assignees in (f"{USERS}/{{user}}", f"{GROUPS}/{{group}}")
        for target in ("groups/{target}", "catalog/apps/{name}", "catalog/apps/{name}/{app}")
    },
}


def _property(builder: "RequestBuilder") -> Any:
    return {"definitions": {"custom": {"properties": {builder.name(): {"title": "T", "type": "string"}}}}}


class RequestBuilder:
    """Builds requests to one tenant."""

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
        return f"builder{self._count}"

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
        """A refresh token of a signed-in user, which no request can create."""
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
