"""What a tenant contains before the attacks, and the bodies of requests that create more of it."""

from __future__ import annotations

from typing import Any

from tests.watched.org import URL, Org

APPS, GROUPS, USERS, POLICIES = "/api/v1/apps", "/api/v1/groups", "/api/v1/users", "/api/v1/policies"
SERVERS, IDPS, IAM = "/api/v1/authorizationServers", "/api/v1/idps", "/api/v1/iam"
SUBSCRIPTIONS = "/api/v1/roles/SUPER_ADMIN/subscriptions"
ORG_SUBSCRIPTIONS = "/api/v1/roles/ORG_ADMIN/subscriptions"


def user(login: str) -> dict[str, Any]:
    return {"profile": {"login": login, "email": login, "firstName": "A", "lastName": "B"}}


def service(label: str) -> dict[str, Any]:
    return {
        "name": "oidc_client",
        "label": label,
        "signOnMode": "OPENID_CONNECT",
        "credentials": {"oauthClient": {"token_endpoint_auth_method": "client_secret_basic"}},
        "settings": {
            "oauthClient": {
                "application_type": "service",
                "grant_types": ["client_credentials"],
                "response_types": ["token"],
            }
        },
    }


def google(name: str) -> dict[str, Any]:
    return {
        "type": "GOOGLE",
        "name": name,
        "protocol": {
            "type": "OIDC",
            "scopes": ["openid"],
            "credentials": {"client": {"client_id": "c", "client_secret": "s"}},
        },
        "policy": {"subject": {"userNameTemplate": {"template": "idpuser.email"}, "matchType": "USERNAME"}},
    }


def hook(name: str, event: str = "group.lifecycle.create") -> dict[str, Any]:
    return {
        "name": name,
        "events": {"type": "EVENT_TYPE", "items": [event]},
        "channel": {
            "type": "HTTP",
            "version": "1.0.0",
            "config": {"uri": "https://siem.example", "headers": [{"key": "X-Team", "value": "CANARY-header"}]},
        },
    }


def inline_hook(name: str) -> dict[str, Any]:
    return {
        "name": name,
        "type": "com.okta.oauth2.tokens.transform",
        "version": "1.0.0",
        "channel": {"type": "HTTP", "version": "1.0.0", "config": {"uri": "https://hook.example"}},
    }


def stream(name: str) -> dict[str, Any]:
    return {
        "name": name,
        "type": "splunk_cloud_logstreaming",
        "settings": {"host": "acme.splunkcloud.com", "edition": "aws", "token": "CANARY-token"},
    }


def rule(name: str) -> dict[str, Any]:
    return {"name": name, "type": "MFA_ENROLL", "actions": {"enroll": {"self": "LOGIN"}}}


def routing(name: str, idp: str) -> dict[str, Any]:
    return {
        "name": name,
        "type": "IDP_DISCOVERY",
        "actions": {"idp": {"providers": [{"type": "GOOGLE", "id": idp}]}},
    }


def seed(org: Org) -> None:
    """A tenant with something in every collection."""
    for name in ("ada", "eve", "mallory"):
        org.make(name, f"{USERS}?activate=true", user(f"{name}@example.com"))
    for name in ("staff", "admins", "sensitive_group", "pushed"):
        org.make(name, GROUPS, {"profile": {"name": name.title()}})
    org.make("role_of_group", f"{GROUPS}/{{admins}}/roles", {"type": "HELP_DESK_ADMIN"})
    org.send("PUT", f"{GROUPS}/{{admins}}/users/{{ada}}")
    org.make("role_of_user", f"{USERS}/{{ada}}/roles", {"type": "APP_ADMIN"})
    org.make("service", APPS, service("Service"))
    org.make("quiet_service", APPS, service("Quiet service"))
    org.post(f"{APPS}/{{service}}/grants", {"scopeId": "okta.users.read", "issuer": URL})
    org.make("secret", f"{APPS}/{{service}}/credentials/secrets", {})
    org.make("sensitive_app", APPS, bookmark("Payroll"))
    org.make("org2org", APPS, {"name": "okta_org2org", "label": "Hub", "settings": {"app": {"baseUrl": URL}}})
    org.send("PUT", f"{APPS}/{{org2org}}/features/USER_PROVISIONING", {"update": {"profile": {"status": "ENABLED"}}})
    org.make("role", f"{IAM}/roles", {"label": "Desk", "description": "d", "permissions": ["okta.users.read"]})
    org.make("other_role", f"{IAM}/roles", {"label": "Auditors", "description": "d", "permissions": ["okta.apps.read"]})
    org.make("set", f"{IAM}/resource-sets", {"label": "All", "description": "d", "resources": [f"{URL}{USERS}"]})
    org.post(
        f"{IAM}/resource-sets/{{set}}/bindings",
        {"role": org.ids["role"], "members": [f"{URL}{USERS}/{org.ids['ada']}"]},
    )
    org.make("other_set", f"{IAM}/resource-sets", {"label": "Apps", "description": "d", "resources": [f"{URL}{APPS}"]})
    org.make("idp", IDPS, google("Partners"))
    org.make("other_idp", IDPS, google("Customers"))
    key = org.post(f"{APPS}/{{service}}/credentials/keys/generate")
    org.ids["kid"] = org.post(f"{IDPS}/credentials/keys", {"x5c": [key["x5c"][0]]})["kid"]
    org.make("event_hook", "/api/v1/eventHooks", hook("SIEM"))
    org.make("other_event_hook", "/api/v1/eventHooks", hook("Audit"))
    org.make("inline_hook", "/api/v1/inlineHooks", inline_hook("Claims"))
    org.make("hook_key", "/api/v1/hook-keys", {"name": "Key"})
    org.make("stream", "/api/v1/logStreams", stream("Splunk"))
    org.make("other_stream", "/api/v1/logStreams", stream("Archive"))
    org.make("behavior", "/api/v1/behaviors", {"name": "Fast", "type": "VELOCITY", "settings": {"velocityKph": 805}})
    org.make("assurance", "/api/v1/device-assurances", {"name": "Phones", "platform": "IOS", "jailbreak": False})
    captcha = {"name": "Captcha", "siteKey": "s", "secretKey": "CANARY-key", "type": "HCAPTCHA"}
    org.make("captcha", "/api/v1/captchas", captcha)
    org.send("PUT", "/api/v1/org/captcha", {"captchaId": org.ids["captcha"], "enabledPages": ["SSR"]})
    org.post("/api/v1/threats/configuration", {"action": "block", "excludeZones": []})
    org.make("type", "/api/v1/meta/types/user", {"name": "contractor", "displayName": "Contractor"})
    type_schema = org.get("/api/v1/meta/types/user/{type}")["_links"]["schema"]["href"]
    org.ids["schema"] = type_schema.rpartition("/")[2]
    org.post("/api/v1/meta/schemas/user/default", attribute("clearance"))
    org.post("/api/v1/meta/schemas/group/default", attribute("owner"))
    org.make("realm", "/api/v1/realms", {"profile": {"name": "Partners"}})
    org.make("server", SERVERS, {"name": "API", "description": "d", "audiences": ["api://x"]})
    org.make("other_server", SERVERS, {"name": "Other", "description": "d", "audiences": ["api://y"]})
    (enrollment,) = org.get(f"{POLICIES}?type=MFA_ENROLL")
    org.ids["enrollment"] = enrollment["id"]
    org.make("enrollment_policy", POLICIES, enrollment_policy(org, "Staff enrolment"))
    org.make("enrollment_rule", f"{POLICIES}/{{enrollment_policy}}/rules", rule("Ask at sign-in"))
    org.make("third_rule", f"{POLICIES}/{{enrollment_policy}}/rules", rule("Ask always"))
    org.make("second_rule", f"{POLICIES}/{{enrollment_policy}}/rules", rule("Ask again"))
    import_group(org, "directory", "Directory administrators")
    for type_ in ("POST_AUTH_SESSION", "SESSION_VIOLATION_DETECTION"):
        org.ids[type_] = of_type(org, type_)
        org.ids[f"{type_}_rule"] = org.get(f"{POLICIES}/{{{type_}}}/rules")[0]["id"]
    for type_, name in {"IDP_DISCOVERY": "routing", "PROFILE_ENROLLMENT": "profile", "ENTITY_RISK": "risk"}.items():
        org.ids[name] = org.get(f"{POLICIES}?type={type_}")[0]["id"]
        org.ids[f"{name}_rule"] = org.get(f"{POLICIES}/{{{name}}}/rules")[0]["id"]
    for item in org.get("/api/v1/authenticators"):
        org.ids[item["key"]] = item["id"]
    org.make("own_profile", POLICIES, {"type": "PROFILE_ENROLLMENT", "name": "Own"})
    org.make("external", "/api/v1/authenticators", {"key": "external_idp", "name": "Other"})
    org.make("webauthn", "/api/v1/authenticators", {"key": "webauthn", "name": "Keys"})
    org.ids["token"] = org.get("/api/v1/api-tokens")[0]["id"]
    org.ids["feature"] = next(one["id"] for one in org.get("/api/v1/features") if one["status"] == "DISABLED")
    inbound = [one for one in org.get("/api/v1/mappings?limit=200") if one["source"]["id"] == org.ids["idp"]]
    org.ids["mapping"] = inbound[0]["id"]


def bookmark(label: str) -> dict[str, Any]:
    settings = {"app": {"requestIntegration": False, "url": "https://payroll.example"}}
    return {"name": "bookmark", "label": label, "signOnMode": "BOOKMARK", "settings": settings}


def attribute(name: str, **members: Any) -> dict[str, Any]:
    return {"definitions": {"custom": {"properties": {name: {"title": name.title(), "type": "string", **members}}}}}


def writable(name: str) -> dict[str, Any]:
    """A base attribute that users may write themselves."""
    permissions = [{"principal": "SELF", "action": "READ_WRITE"}]
    return {"definitions": {"base": {"properties": {name: {"permissions": permissions}}}}}


def enrollment_policy(org: Org, name: str) -> dict[str, Any]:
    return {
        "type": "MFA_ENROLL",
        "name": name,
        "conditions": {"people": {"groups": {"include": [org.ids["staff"]]}}},
        "settings": org.get(f"{POLICIES}/{{enrollment}}")["settings"],
    }


def import_group(org: Org, name: str, label: str) -> None:
    """A group that a directory owns; such groups cannot be created through the API."""
    org.make(name, GROUPS, {"profile": {"name": label}})
    store = org.sandbox.tenant.store
    record = store.get("UserGroup", org.ids[name])
    assert record
    store.change(record, {**record.body, "type": "APP_GROUP"})


def of_type(org: Org, type_: str) -> str:
    return str(org.get(f"{POLICIES}?type={type_}")[0]["id"])
