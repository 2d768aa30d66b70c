"""What tells the types of policies apart: numbering, ids, defaults, what Okta adds to a rule.

v1 types number their policies and rules from 1 without gaps. The newer types give every policy priority 1,
number rules from 0 with gaps, and every policy is born with a system rule, the Catch-all Rule, at 99.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TypeAlias

from reconciler.sandbox.body import fill
from reconciler.sandbox.families.authenticators import NEVER_ENROLLED, SEVERAL
from reconciler.sandbox.json_types import JsonObject
from reconciler.sandbox.priorities import CONTIGUOUS, GAPPED, Numbering
from reconciler.sandbox.tenant import Tenant

Completion: TypeAlias = Callable[[Tenant, JsonObject], JsonObject]

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
        "breachedProtection": {"expireAfterDays": None, "logoutEnabled": False, "delegatedWorkflowId": None},
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

FACTOR: JsonObject = {"enroll": {"self": "NOT_ALLOWED"}, "consent": {"type": "NONE"}}


def _unchanged(tenant: Tenant, value: JsonObject) -> JsonObject:
    return value


@dataclass(frozen=True)
class PolicyType:
    """One value of a policy's `type`."""

    name: str
    rule: str  # the `type` of its rules
    prefixes: tuple[str, str] = ("00p", "0pr")  # of policies and of rules
    rule_numbering: Numbering = CONTIGUOUS
    ranked: bool = True  # policies are numbered; if not, each has priority 1
    identity_engine_only: bool = False
    fixed: bool = False  # there is one policy of this type, and no other can be made
    conditions: JsonObject | None = None  # of a policy that is sent without
    catch_all: JsonObject | None = None  # actions of the system rule that a policy is born with
    settings: Completion = _unchanged
    rule_conditions: Completion = _unchanged
    actions: Completion = _unchanged
    resource: str = field(default="")  # `_embedded.resourceType`, in lists


def _password_settings(tenant: Tenant, settings: JsonObject) -> JsonObject:
    return fill(PASSWORD_SETTINGS, settings)


def enrolment_settings(tenant: Tenant, settings: JsonObject) -> JsonObject:
    """Every authenticator of the org is listed; those that were not sent are not allowed.

    Policies of the Classic Engine, and those that came from there, hold factors instead, by name.
    """
    if settings.get("type") != "AUTHENTICATORS":
        factors = settings.get("factors")
        return {**settings, "factors": _completed_factors(factors)} if isinstance(factors, dict) else settings
    sent = settings.get("authenticators", [])
    named = {each.get("id") or each.get("key") for each in sent}
    completed = list(sent)
    for authenticator in tenant.store.all("Authenticator"):
        key = authenticator.body["key"]
        by_id = key in SEVERAL
        if key in NEVER_ENROLLED or authenticator.body["status"] != "ACTIVE":
            continue
        if (authenticator.id if by_id else key) not in named:
            own: JsonObject = {"key": key, "id": authenticator.id} if by_id else {"key": key}
            completed.append({**own, "enroll": {"self": "NOT_ALLOWED"}})
    return {**settings, "authenticators": completed}


def _completed_factors(factors: JsonObject) -> JsonObject:
    """A factor asks for no consent, and nobody may enrol it, unless it says otherwise."""
    return {name: fill(FACTOR, factor) for name, factor in factors.items()}


def _rule_with_people(tenant: Tenant, conditions: JsonObject) -> JsonObject:
    return fill({"people": NOBODY_EXCLUDED, "network": ANYWHERE}, conditions)


def _sign_on_conditions(tenant: Tenant, conditions: JsonObject) -> JsonObject:
    defaults: JsonObject = {"authContext": {"authType": "ANY"}}
    if tenant.pipeline == "idx":
        defaults["identityProvider"] = {"provider": "ANY"}
    return fill({"people": NOBODY_EXCLUDED, "network": ANYWHERE, **defaults}, conditions)


def _sign_on_actions(tenant: Tenant, actions: JsonObject) -> JsonObject:
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
    """Both sides of a list are shown as soon as one is there; an empty platform is left out."""
    defaults = {"people": NOBODY_EXCLUDED, "network": ANYWHERE, "riskScore": {"level": "ANY"}}
    completed = _with_platform(fill(defaults, conditions))
    completed["userType"] = fill(BOTH_SIDES, completed.get("userType") or {})
    if groups := completed["people"].get("groups"):
        completed["people"] = {**completed["people"], "groups": fill(BOTH_SIDES, groups)}
    return completed


def _with_platform(conditions: JsonObject) -> JsonObject:
    """Both sides of a platform are shown; an empty one is left out."""
    others = {name: value for name, value in conditions.items() if name != "platform"}
    if not (given := conditions.get("platform")):
        return others
    platform = fill(BOTH_SIDES, given)
    sides = {side: [without_null_os(each) for each in platform[side] or ()] for side in BOTH_SIDES}
    return {**others, "platform": {**platform, **sides}}


def without_null_os(platform: JsonObject) -> JsonObject:
    """`"expression": null` of an operating system is not kept, an empty one is."""
    system = platform.get("os")
    if not isinstance(system, dict) or system.get("expression", "") is not None:
        return platform
    return {**platform, "os": {name: value for name, value in system.items() if value is not None}}


def _access_actions(tenant: Tenant, actions: JsonObject) -> JsonObject:
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
        # A chain says itself how many factors it takes; Okta does not keep these two beside it.
        dropped = ("factorMode", "inactivityPeriod")
        method = {name: value for name, value in method.items() if name not in dropped}
    else:
        method.setdefault("reauthenticateIn", "PT12H")
    return {**actions, "appSignOn": {**sign_on, "verificationMethod": method}}


def _discovery_conditions(tenant: Tenant, conditions: JsonObject) -> JsonObject:
    defaults = {
        "network": ANYWHERE,
        "userIdentifier": {"patterns": []},
        "app": BOTH_SIDES,
    }
    return _with_platform(fill(defaults, conditions))


def _discovery_actions(tenant: Tenant, actions: JsonObject) -> JsonObject:
    idp = fill({"providers": [], "idpSelectionType": "SPECIFIC"}, actions.get("idp", {}))
    idp["providers"] = [_named_provider(tenant, each) for each in idp["providers"]]
    idp.pop("shouldFallBackToOkta", None)
    criteria = idp.get("matchCriteria")
    if criteria:
        idp["matchCriteria"] = [fill({"propertyName": "name"}, each) for each in criteria]
    return {**actions, "idp": idp}


def _named_provider(tenant: Tenant, provider: JsonObject) -> JsonObject:
    """A rule shows the name of the identity provider it routes to; Okta itself has neither id nor name."""
    found = tenant.store.get("IdentityProvider", str(provider.get("id")))
    return fill({"name": found.body["name"] if found else None, "id": None}, provider)


def _session_conditions(tenant: Tenant, conditions: JsonObject) -> JsonObject:
    """Sides of people on which nobody stands are left out, but for the users that are excluded."""
    people = {
        name: {side: value for side, value in sides.items() if value}
        for name, sides in conditions.get("people", {}).items()
        if isinstance(sides, dict)
    }
    named = {name: sides for name, sides in people.items() if sides}
    return {**conditions, "people": fill(NOBODY_EXCLUDED, named)}


def _violation_conditions(tenant: Tenant, conditions: JsonObject) -> JsonObject:
    return fill({"network": ANYWHERE, "riskScore": {"minRiskLevel": "LOW"}}, conditions)


def _post_auth_actions(tenant: Tenant, actions: JsonObject) -> JsonObject:
    session = actions.get("postAuthSession")
    if not isinstance(session, dict) or not isinstance(failures := session.get("failureActions"), list):
        return actions
    shown = [
        fill({"slo": None}, each) if isinstance(each, dict) and each.get("action") == "TERMINATE_SESSION" else each
        for each in failures
    ]
    return {**actions, "postAuthSession": {**session, "failureActions": shown}}


def _enrolment_actions(tenant: Tenant, actions: JsonObject) -> JsonObject:
    """An attribute that is asked for is optional, unless it says otherwise."""
    enrolment = fill(CATCH_ALL_ENROLMENT["profileEnrollment"], actions.get("profileEnrollment"))
    attributes = [fill({"required": False}, each) for each in enrolment["profileAttributes"] or ()]
    return {**actions, "profileEnrollment": {**enrolment, "profileAttributes": attributes}}


def _password_actions(tenant: Tenant, actions: JsonObject) -> JsonObject:
    """What a rule does not speak of is not permitted."""
    named = ("passwordChange", "selfServicePasswordReset", "selfServiceUnlock")
    return fill({name: {"access": "DENY"} for name in named}, actions)


def _enrol_actions(tenant: Tenant, actions: JsonObject) -> JsonObject:
    return fill({"enroll": {"self": "CHALLENGE"}}, actions)


RULES_WITH_GAPS = ("rst", "rul")
CATCH_ALL_ACCESS: JsonObject = {
    "appSignOn": {
        "access": "ALLOW",
        "verificationMethod": {
            "factorMode": "2FA",
            "type": "ASSURANCE",
            "reauthenticateIn": "PT12H",
            "constraints": [{"possession": {"required": True, "deviceBound": "REQUIRED"}}],
        },
        "keepMeSignedIn": {"postAuth": "NOT_ALLOWED"},
    }
}
CATCH_ALL_ENROLMENT: JsonObject = {
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

POLICY_TYPES = {
    each.name: each
    for each in (
        PolicyType("OKTA_SIGN_ON", "SIGN_ON", rule_conditions=_sign_on_conditions, actions=_sign_on_actions),
        PolicyType(
            "PASSWORD",
            "PASSWORD",
            conditions={"authProvider": {"provider": "OKTA"}},
            settings=_password_settings,
            rule_conditions=_rule_with_people,
            actions=_password_actions,
        ),
        PolicyType(
            "MFA_ENROLL",
            "MFA_ENROLL",
            settings=enrolment_settings,
            rule_conditions=_rule_with_people,
            actions=_enrol_actions,
        ),
        PolicyType(
            "IDP_DISCOVERY",
            "IDP_DISCOVERY",
            fixed=True,
            rule_conditions=_discovery_conditions,
            actions=_discovery_actions,
        ),
        PolicyType(
            "ACCESS_POLICY",
            "ACCESS_POLICY",
            RULES_WITH_GAPS,
            GAPPED,
            ranked=False,
            identity_engine_only=True,
            catch_all=CATCH_ALL_ACCESS,
            rule_conditions=access_conditions,
            actions=_access_actions,
            resource="APP",
        ),
        PolicyType(
            "PROFILE_ENROLLMENT",
            "PROFILE_ENROLLMENT",
            RULES_WITH_GAPS,
            GAPPED,
            ranked=False,
            identity_engine_only=True,
            catch_all=CATCH_ALL_ENROLMENT,
            actions=_enrolment_actions,
        ),
        *(
            PolicyType(
                name, name, RULES_WITH_GAPS, GAPPED, False, True, True, rule_conditions=conditions, actions=actions
            )
            for name, conditions, actions in (
                ("POST_AUTH_SESSION", _session_conditions, _post_auth_actions),
                ("SESSION_VIOLATION_DETECTION", _violation_conditions, _unchanged),
                ("ENTITY_RISK", _session_conditions, _unchanged),
                ("DEVICE_SIGNAL_COLLECTION", _unchanged, _unchanged),
            )
        ),
    )
}
