"""Defaults that Okta fills in, by policy type: settings of policies, conditions and actions of rules."""

from okta_sandbox.body import fill
from okta_sandbox.errors import invalid_field
from okta_sandbox.families.authenticators import MULTIPLE_ALLOWED, NEVER_ENROLLED, catalogue
from okta_sandbox.json_types import JsonObject
from okta_sandbox.tenant import Tenant

ANYWHERE: JsonObject = {"connection": "ANYWHERE"}
BOTH_SIDES: JsonObject = {"include": [], "exclude": []}
NOBODY_EXCLUDED: JsonObject = {"users": {"exclude": []}}
PASSWORD_SETTINGS: JsonObject = {
    "password": {
        "complexity": {
            "minLength": 8,
            "minLowerCase": 1,
            "minUpperCase": 1,
            "minNumber": 1,
            "minSymbol": 0,
            "excludeUsername": True,
            "dictionary": {"common": {"exclude": False}},
            "excludeAttributes": [],
        },
        "age": {"maxAgeDays": 0, "expireWarnDays": 0, "minAgeMinutes": 0, "historyCount": 0},
        "lockout": {
            "maxAttempts": 10,
            "autoUnlockMinutes": 0,
            "userLockoutNotificationChannels": [],
            "showLockoutFailures": False,
        },
    },
    "recovery": {
        "factors": {
            "recovery_question": {"status": "ACTIVE", "properties": {"complexity": {"minLength": 4}}},
            "okta_email": {
                "status": "ACTIVE",
                "properties": {"recoveryToken": {"tokenLifetimeMinutes": 60}},
            },
            "okta_sms": {"status": "INACTIVE"},
            "okta_call": {"status": "INACTIVE"},
        }
    },
    "delegation": {"options": {"skipUnlock": False}},
}
BREACHED_PROTECTION: JsonObject = {"expireAfterDays": None, "logoutEnabled": False, "delegatedWorkflowId": None}
FACTOR: JsonObject = {"enroll": {"self": "NOT_ALLOWED"}, "consent": {"type": "NONE"}}
ENROLMENT: JsonObject = {
    "profileEnrollment": {
        "access": "ALLOW",
        "preRegistrationInlineHooks": None,
        "profileAttributes": [{"name": "email", "label": "Email", "required": True}],
        "targetGroupIds": None,
        "unknownUserAction": "DENY",
        "activationRequirements": {"emailVerification": True},
        "uiSchemaId": None,
        "progressiveProfilingAction": "DISABLED",
    }
}


def unchanged(tenant: Tenant, value: JsonObject) -> JsonObject:
    """For types without defaults."""
    return value


def password_settings(tenant: Tenant, settings: JsonObject) -> JsonObject:
    """Settings of a password policy. The Classic Engine has no default for `breachedProtection`."""
    completed = fill(PASSWORD_SETTINGS, settings)
    if tenant.pipeline == "idx":
        completed["password"] = fill({"breachedProtection": BREACHED_PROTECTION}, completed["password"])
    return completed


def enrolment_settings(tenant: Tenant, settings: JsonObject) -> JsonObject:
    """Settings of an enrolment policy: all authenticators of the org; omitted ones are NOT_ALLOWED.

    Policies of the Classic Engine, and policies migrated from it, have `factors` by name instead.
    """
    if settings.get("type") != "AUTHENTICATORS":
        if "factors" not in settings:
            return settings
        kind = {"type": "FACTORS"} if tenant.pipeline == "idx" else {}
        return {**kind, **settings, "factors": _completed_factors(settings["factors"])}
    sent = settings.get("authenticators", [])
    for entry in sent:
        if entry.get("key") not in catalogue():
            raise invalid_field("settings.authenticators", f"'{entry.get('key')}' is not the key of an authenticator.")
    named = {each.get("id") or each.get("key") for each in sent}
    completed = list(sent)
    for authenticator in tenant.store.all("Authenticator"):
        key = authenticator.body["key"]
        by_id = key in MULTIPLE_ALLOWED
        if key in NEVER_ENROLLED or authenticator.body["status"] != "ACTIVE":
            continue
        if (authenticator.id if by_id else key) not in named:
            own: JsonObject = {"key": key, "id": authenticator.id} if by_id else {"key": key}
            completed.append({**own, "enroll": {"self": "NOT_ALLOWED"}})
    return {**settings, "authenticators": completed}


def _completed_factors(factors: JsonObject) -> JsonObject:
    """Default for a factor: no consent, enrolment not allowed."""
    return {name: fill(FACTOR, factor) for name, factor in factors.items()}


def rule_with_people(tenant: Tenant, conditions: JsonObject) -> JsonObject:
    """Conditions of rules with people and network only."""
    return fill({"people": NOBODY_EXCLUDED, "network": ANYWHERE}, conditions)


def sign_on_conditions(tenant: Tenant, conditions: JsonObject) -> JsonObject:
    """Conditions of a global session policy rule."""
    defaults: JsonObject = {"authContext": {"authType": "ANY"}}
    if tenant.pipeline == "idx":
        defaults["identityProvider"] = {"provider": "ANY"}
    return fill({"people": NOBODY_EXCLUDED, "network": ANYWHERE, **defaults}, conditions)


def sign_on_actions(tenant: Tenant, actions: JsonObject) -> JsonObject:
    """Actions of a global session policy rule."""
    session = {"usePersistentCookie": False, "maxSessionIdleMinutes": 120, "maxSessionLifetimeMinutes": 0}
    defaults: JsonObject = {
        "access": "ALLOW",
        "requireFactor": False,
        "rememberDeviceByDefault": False,
        "session": session,
    }
    if tenant.pipeline == "idx":
        defaults["primaryFactor"] = "PASSWORD_IDP_ANY_FACTOR"
    return fill({"signon": defaults}, actions)


def access_conditions(tenant: Tenant, conditions: JsonObject) -> JsonObject:
    """Conditions of an authentication policy rule, always with include and exclude; an empty platform is omitted."""
    defaults = {"people": NOBODY_EXCLUDED, "network": ANYWHERE, "riskScore": {"level": "ANY"}}
    completed = _with_platform(fill(defaults, conditions))
    completed["userType"] = fill(BOTH_SIDES, completed.get("userType") or {})
    if groups := completed["people"].get("groups"):
        completed["people"] = {**completed["people"], "groups": fill(BOTH_SIDES, groups)}
    return completed


def _with_platform(conditions: JsonObject) -> JsonObject:
    """Show include and exclude of `platform`; omit an empty one."""
    others = {name: value for name, value in conditions.items() if name != "platform"}
    if not (given := conditions.get("platform")):
        return others
    platform = fill(BOTH_SIDES, given)
    sides = {side: [without_null_os(each) for each in platform[side] or ()] for side in BOTH_SIDES}
    return {**others, "platform": {**platform, **sides}}


def without_null_os(platform: JsonObject) -> JsonObject:
    """Drop `"expression": null` of an operating system; an empty expression is kept."""
    system = platform.get("os")
    if not isinstance(system, dict) or system.get("expression", "") is not None:
        return platform
    return {**platform, "os": {name: value for name, value in system.items() if value is not None}}


def access_actions(tenant: Tenant, actions: JsonObject) -> JsonObject:
    """Actions of an authentication policy rule."""
    sign_on = fill(
        {
            "access": "ALLOW",
            "verificationMethod": {"type": "ASSURANCE"},
            "keepMeSignedIn": {"postAuth": "NOT_ALLOWED"},
        },
        actions.get("appSignOn", {}),
    )
    method = dict(sign_on["verificationMethod"])
    if method["type"] == "AUTH_METHOD_CHAIN":
        # Okta drops these two for a chain, which defines its own number of factors.
        dropped = ("factorMode", "inactivityPeriod")
        method = {name: value for name, value in method.items() if name not in dropped}
    else:
        method.setdefault("reauthenticateIn", "PT12H")
    if constraints := method.get("constraints"):
        method["constraints"] = [_with_required(each) for each in constraints]
    return {**actions, "appSignOn": {**sign_on, "verificationMethod": method}}


def _with_required(constraint: JsonObject) -> JsonObject:
    """Add `required` to each factor class: true by default, false if it excludes methods."""
    return {
        kind: {"required": not part.get("excludedAuthenticationMethods"), **part} if isinstance(part, dict) else part
        for kind, part in constraint.items()
    }


def discovery_conditions(tenant: Tenant, conditions: JsonObject) -> JsonObject:
    """Conditions of an identity provider routing rule."""
    defaults = {
        "network": ANYWHERE,
        "userIdentifier": {"patterns": []},
        "app": BOTH_SIDES,
    }
    return _with_platform(fill(defaults, conditions))


def discovery_actions(tenant: Tenant, actions: JsonObject) -> JsonObject:
    """Actions of an identity provider routing rule."""
    idp = fill({"providers": [], "idpSelectionType": "SPECIFIC"}, actions.get("idp", {}))
    idp["providers"] = [_named_provider(tenant, each) for each in idp["providers"]]
    idp.pop("shouldFallBackToOkta", None)
    criteria = idp.get("matchCriteria")
    if criteria:
        idp["matchCriteria"] = [fill({"propertyName": "name"}, each) for each in criteria]
    return {**actions, "idp": idp}


def _named_provider(tenant: Tenant, provider: JsonObject) -> JsonObject:
    """Add the name of the identity provider; for Okta itself, id and name are null."""
    found = tenant.store.get("IdentityProvider", str(provider.get("id")))
    return fill({"name": found.body["name"] if found else None, "id": None}, provider)


def session_conditions(tenant: Tenant, conditions: JsonObject) -> JsonObject:
    """Omit empty lists of people, except the excluded users."""
    people = {
        name: {side: value for side, value in sides.items() if value}
        for name, sides in conditions.get("people", {}).items()
        if isinstance(sides, dict)
    }
    named = {name: sides for name, sides in people.items() if sides}
    return {**conditions, "people": fill(NOBODY_EXCLUDED, named)}


def violation_conditions(tenant: Tenant, conditions: JsonObject) -> JsonObject:
    """Conditions of session violation detection."""
    return fill({"network": ANYWHERE, "riskScore": {"minRiskLevel": "LOW"}}, conditions)


def post_auth_actions(tenant: Tenant, actions: JsonObject) -> JsonObject:
    """Actions for a session that no longer meets the policies: TERMINATE_SESSION has `slo`."""
    session = actions.get("postAuthSession")
    if not isinstance(session, dict) or not isinstance(failures := session.get("failureActions"), list):
        return actions
    shown = [
        fill({"slo": None}, each) if isinstance(each, dict) and each.get("action") == "TERMINATE_SESSION" else each
        for each in failures
    ]
    return {**actions, "postAuthSession": {**session, "failureActions": shown}}


def enrolment_actions(tenant: Tenant, actions: JsonObject) -> JsonObject:
    """Actions of profile enrolment: profile attributes are optional by default."""
    enrolment = fill(ENROLMENT["profileEnrollment"], actions.get("profileEnrollment"))
    attributes = [fill({"required": False}, each) for each in enrolment["profileAttributes"] or ()]
    return {**actions, "profileEnrollment": {**enrolment, "profileAttributes": attributes}}


def password_actions(tenant: Tenant, actions: JsonObject) -> JsonObject:
    """Actions of a password policy rule: omitted ones are DENY."""
    named = ("passwordChange", "selfServicePasswordReset", "selfServiceUnlock")
    return fill({name: {"access": "DENY"} for name in named}, actions)


def enrol_actions(tenant: Tenant, actions: JsonObject) -> JsonObject:
    """Actions of authenticator enrolment."""
    return fill({"enroll": {"self": "CHALLENGE"}}, actions)
