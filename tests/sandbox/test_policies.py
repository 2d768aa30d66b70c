from typing import Any

import pytest

from .conftest import Okta


def policy(okta: Okta, kind: str, name: str, **fields: Any) -> dict[str, Any]:
    made: dict[str, Any] = okta.post("/api/v1/policies", {"type": kind, "name": name, **fields})
    return made


def order(okta: Okta, path: str, **query: str) -> dict[str, int]:
    return {each["name"]: each["priority"] for each in okta.get(path, **query)}


@pytest.mark.parametrize("kind", ["OKTA_SIGN_ON", "PASSWORD", "MFA_ENROLL"])
def test_ranked_policies_are_contiguous_and_the_default_is_last(okta: Okta, kind: str) -> None:
    first = policy(okta, kind, "first")
    policy(okta, kind, "second")
    policy(okta, kind, "ahead", priority=1)
    ranks = order(okta, "/api/v1/policies", type=kind)
    assert ranks == {"ahead": 1, "first": 2, "second": 3, "Default Policy": 4}
    okta.delete(f"/api/v1/policies/{first['id']}")
    assert order(okta, "/api/v1/policies", type=kind) == {"ahead": 1, "second": 2, "Default Policy": 3}


def test_the_newer_types_do_not_rank_their_policies(okta: Okta) -> None:
    assert policy(okta, "ACCESS_POLICY", "a")["priority"] == 1
    assert policy(okta, "ACCESS_POLICY", "b", priority=7)["priority"] == 1


def test_new_access_policy_has_a_catch_all_rule(okta: Okta) -> None:
    rules = f"/api/v1/policies/{policy(okta, 'ACCESS_POLICY', 'a')['id']}/rules"
    (rule,) = okta.get(rules)
    assert (rule["name"], rule["priority"], rule["system"]) == ("Catch-all Rule", 99, True)
    okta.delete(f"{rules}/{rule['id']}", status=403)
    changed = okta.put(
        f"{rules}/{rule['id']}", {"name": "mine", "priority": 1, "actions": {"appSignOn": {"access": "DENY"}}}
    )
    assert (changed["name"], changed["priority"]) == ("Catch-all Rule", 99)
    assert changed["actions"]["appSignOn"]["access"] == "DENY"


def test_access_rules_are_numbered_from_zero_and_keep_gaps(okta: Okta) -> None:
    rules = f"/api/v1/policies/{policy(okta, 'ACCESS_POLICY', 'a')['id']}/rules"
    made = {name: okta.post(rules, {"name": name})["id"] for name in ("zero", "one", "two")}
    assert order(okta, rules) == {"zero": 0, "one": 1, "two": 2, "Catch-all Rule": 99}
    okta.delete(f"{rules}/{made['one']}")
    assert order(okta, rules) == {"zero": 0, "two": 2, "Catch-all Rule": 99}
    okta.post(rules, {"name": "ahead", "priority": 0})
    assert order(okta, rules) == {"ahead": 0, "zero": 1, "two": 2, "Catch-all Rule": 99}


def test_password_rules_are_numbered_from_one(okta: Okta) -> None:
    rules = f"/api/v1/policies/{policy(okta, 'PASSWORD', 'p')['id']}/rules"
    assert okta.post(rules, {"name": "late", "priority": 999})["priority"] == 1
    assert okta.post(rules, {"name": "first", "priority": 1})["priority"] == 1
    assert order(okta, rules) == {"first": 1, "late": 2}


def test_the_default_rule_stays_last(okta: Okta) -> None:
    default = okta.get("/api/v1/policies", type="PASSWORD")[0]["id"]
    okta.post(f"/api/v1/policies/{default}/rules", {"name": "mine"})
    assert order(okta, f"/api/v1/policies/{default}/rules") == {"mine": 1, "Default Rule": 2}


def test_the_default_policy_keeps_its_name_and_cannot_be_deleted(okta: Okta) -> None:
    path = f"/api/v1/policies/{okta.get('/api/v1/policies', type='PASSWORD')[0]['id']}"
    okta.delete(path, status=403)
    settings = {"password": {"complexity": {"minLength": 14}}}
    changed = okta.put(path, {"type": "PASSWORD", "name": "Mine", "settings": settings})
    assert changed["name"] == "Default Policy"
    assert changed["settings"]["password"]["complexity"]["minLength"] == 14
    assert changed["settings"]["password"]["lockout"]["maxAttempts"] == 10


def test_a_put_does_not_change_the_status(okta: Okta) -> None:
    body = {"type": "PASSWORD", "name": "p", "status": "INACTIVE"}
    path = f"/api/v1/policies/{policy(okta, 'PASSWORD', 'p')['id']}"
    assert okta.put(path, body)["status"] == "ACTIVE"
    okta.post(f"{path}/lifecycle/deactivate", status=204)
    assert okta.get(path)["status"] == "INACTIVE"


@pytest.mark.parametrize("side", ["include", "exclude"])
def test_people_have_to_exist(okta: Okta, side: str) -> None:
    people = {"people": {"groups": {side: ["00g00000000000000000"]}}}
    body = {"type": "OKTA_SIGN_ON", "name": "x", "conditions": people}
    error = okta.post("/api/v1/policies", body, status=400)
    field = f"conditions.people.groups.{side}"
    assert error["errorSummary"] == f"Api validation failed: {field}"
    cause = f"{field}: Resource(s) not found: 00g00000000000000000 (UserGroup)"
    assert error["errorCauses"] == [{"errorSummary": cause}]


def test_zones_of_a_rule_have_to_exist_on_one_side(okta: Okta) -> None:
    rules = f"/api/v1/policies/{policy(okta, 'ACCESS_POLICY', 'a')['id']}/rules"
    zone = okta.get("/api/v1/zones")[0]["id"]
    for network, status in (
        ({"connection": "ZONE"}, 400),
        ({"connection": "ZONE", "include": [zone], "exclude": [zone]}, 400),
        ({"connection": "ZONE", "include": ["nzo00000000000000000"]}, 400),
        ({"connection": "ZONE", "include": [zone]}, 200),
    ):
        okta.post(rules, {"name": f"rule {status}", "conditions": {"network": network}}, status=status)


def test_names_are_unique_within_type_and_policy(okta: Okta) -> None:
    made = policy(okta, "PASSWORD", "same")["id"]
    policy(okta, "OKTA_SIGN_ON", "same")
    okta.post("/api/v1/policies", {"type": "PASSWORD", "name": "same"}, status=400)
    okta.post(f"/api/v1/policies/{made}/rules", {"name": "r"})
    okta.post(f"/api/v1/policies/{made}/rules", {"name": "r"}, status=400)


def test_policies_of_the_newer_types_may_share_a_name(okta: Okta) -> None:
    """As lists of recorded tenants show."""
    assert policy(okta, "ACCESS_POLICY", "same")["id"] != policy(okta, "ACCESS_POLICY", "same")["id"]


def test_types_of_fixed_and_other_pipeline_policies_are_refused(okta: Okta, classic: Okta) -> None:
    okta.post("/api/v1/policies", {"type": "IDP_DISCOVERY", "name": "mine"}, status=403)
    okta.post("/api/v1/policies", {"type": "NONSENSE", "name": "mine"}, status=400)
    classic.post("/api/v1/policies", {"type": "ACCESS_POLICY", "name": "mine"}, status=400)
    classic.send("GET", "/api/v1/policies?type=ACCESS_POLICY", status=400)


def test_type_is_required(okta: Okta) -> None:
    okta.send("GET", "/api/v1/policies", status=400)


def test_enrolment_lists_every_active_authenticator(okta: Okta) -> None:
    okta.post("/api/v1/authenticators?activate=false", {"key": "google_otp", "name": "Google Authenticator"})
    sent = [{"key": "okta_password", "enroll": {"self": "REQUIRED"}}]
    made = policy(okta, "MFA_ENROLL", "m", settings={"type": "AUTHENTICATORS", "authenticators": sent})
    listed = {each["key"]: each["enroll"]["self"] for each in made["settings"]["authenticators"]}
    assert listed["okta_password"] == "REQUIRED"
    assert listed["okta_email"] == "NOT_ALLOWED"
    assert "google_otp" not in listed


def test_rules_can_be_embedded(okta: Okta) -> None:
    policy(okta, "ACCESS_POLICY", "a")
    listed = okta.get("/api/v1/policies", type="ACCESS_POLICY", expand="rules")
    assert all(each["_embedded"]["rules"][-1]["name"] == "Catch-all Rule" for each in listed)


TYPES = (
    "OKTA_SIGN_ON",
    "PASSWORD",
    "MFA_ENROLL",
    "IDP_DISCOVERY",
    "ACCESS_POLICY",
    "PROFILE_ENROLLMENT",
    "ENTITY_RISK",
)


@pytest.mark.parametrize("kind", TYPES)
def test_a_default_policy_and_its_default_rule_stay_active(okta: Okta, kind: str) -> None:
    default = next(each for each in okta.get("/api/v1/policies", type=kind) if each["system"])
    rules = f"/api/v1/policies/{default['id']}/rules"
    rule = next(each for each in okta.get(rules) if each["system"])
    okta.post(f"/api/v1/policies/{default['id']}/lifecycle/deactivate", status=403)
    okta.post(f"{rules}/{rule['id']}/lifecycle/deactivate", status=403)
    assert okta.get(f"{rules}/{rule['id']}")["status"] == "ACTIVE"
    assert {each["status"] for each in okta.get("/api/v1/policies", type=kind)} == {"ACTIVE"}


def test_the_query_decides_whether_a_new_policy_or_rule_is_active(okta: Okta) -> None:
    made = policy(okta, "OKTA_SIGN_ON", "a", status="INACTIVE")
    assert made["status"] == "ACTIVE"
    rules = f"/api/v1/policies/{made['id']}/rules"
    assert okta.post(rules, {"name": "a", "status": "INACTIVE"})["status"] == "ACTIVE"
    assert okta.post(f"{rules}?activate=false", {"name": "b"})["status"] == "INACTIVE"


def test_a_constraint_says_whether_its_factor_is_required(okta: Okta) -> None:
    """Okta's documentation: it is, unless the constraint excludes methods."""
    rules = f"/api/v1/policies/{policy(okta, 'ACCESS_POLICY', 'a')['id']}/rules"
    excluded = [{"key": "okta_email", "method": "email"}]
    constraints = [
        {"knowledge": {"types": ["password"]}, "possession": {"excludedAuthenticationMethods": excluded}},
        {"possession": {"required": False, "deviceBound": "REQUIRED"}},
    ]
    method = {"type": "ASSURANCE", "factorMode": "2FA", "constraints": constraints}
    rule = okta.post(rules, {"name": "r", "actions": {"appSignOn": {"access": "ALLOW", "verificationMethod": method}}})
    first, second = rule["actions"]["appSignOn"]["verificationMethod"]["constraints"]
    assert (first["knowledge"]["required"], first["possession"]["required"]) == (True, False)
    assert second == constraints[1]


def test_a_routing_rule_names_its_providers_and_shows_both_sides(okta: Okta) -> None:
    idp = {"type": "GOOGLE", "name": "google", "protocol": {"type": "OIDC", "scopes": ["openid"]}}
    idp["protocol"]["credentials"] = {"client": {"client_id": "c", "client_secret": "s"}}  # type: ignore[index]
    made = okta.post("/api/v1/idps", idp)["id"]
    rules = f"/api/v1/policies/{okta.get('/api/v1/policies', type='IDP_DISCOVERY')[0]['id']}/rules"
    rule = okta.post(
        rules,
        {
            "name": "mobile",
            "conditions": {"platform": {"include": [{"type": "MOBILE", "os": {"type": "IOS", "expression": None}}]}},
            "actions": {"idp": {"providers": [{"type": "GOOGLE", "id": made}, {"type": "OKTA"}]}},
        },
    )
    assert rule["conditions"]["platform"] == {"include": [{"type": "MOBILE", "os": {"type": "IOS"}}], "exclude": []}
    assert rule["actions"]["idp"]["providers"] == [
        {"type": "GOOGLE", "id": made, "name": "google"},
        {"type": "OKTA", "id": None, "name": None},
    ]


def test_password_rule_denies_by_default(okta: Okta) -> None:
    rules = f"/api/v1/policies/{policy(okta, 'PASSWORD', 'p')['id']}/rules"
    actions = okta.post(rules, {"name": "r", "actions": {"passwordChange": {"access": "ALLOW"}}})["actions"]
    assert actions == {
        "passwordChange": {"access": "ALLOW"},
        "selfServicePasswordReset": {"access": "DENY"},
        "selfServiceUnlock": {"access": "DENY"},
    }


def test_the_classic_engine_enrols_factors(classic: Okta) -> None:
    (default,) = classic.get("/api/v1/policies", type="MFA_ENROLL")
    assert default["settings"] == {"factors": {}}
    made = policy(classic, "MFA_ENROLL", "m", settings={"factors": {"okta_otp": {"enroll": {"self": "REQUIRED"}}}})
    assert made["settings"]["factors"]["okta_otp"] == {"enroll": {"self": "REQUIRED"}, "consent": {"type": "NONE"}}


def test_only_identity_engine_protects_breached_passwords_by_itself(okta: Okta, classic: Okta) -> None:
    assert "breachedProtection" in policy(okta, "PASSWORD", "p")["settings"]["password"]
    assert "breachedProtection" not in policy(classic, "PASSWORD", "p")["settings"]["password"]


def test_profile_enrolment_fills_in_what_a_rule_leaves_out(okta: Okta) -> None:
    rules = f"/api/v1/policies/{policy(okta, 'PROFILE_ENROLLMENT', 'p')['id']}/rules"
    path = f"{rules}/{okta.get(rules)[0]['id']}"
    sent = {"access": "ALLOW", "unknownUserAction": "REGISTER", "profileAttributes": [{"name": "name", "label": "N"}]}
    enrolment = okta.put(path, {"name": "mine", "actions": {"profileEnrollment": sent}})["actions"]["profileEnrollment"]
    assert enrolment["profileAttributes"] == [{"name": "name", "label": "N", "required": False}]
    assert (enrolment["unknownUserAction"], enrolment["progressiveProfilingAction"]) == ("REGISTER", "DISABLED")


def test_only_terminate_session_has_slo(okta: Okta) -> None:
    made = okta.get("/api/v1/policies", type="POST_AUTH_SESSION")[0]["id"]
    rule = next(each for each in okta.get(f"/api/v1/policies/{made}/rules") if not each["system"])
    actions: list[dict[str, Any]] = [
        {"action": "TERMINATE_SESSION"},
        {"action": "RUN_WORKFLOW", "workflow": {"id": "1"}},
    ]
    body = {"name": rule["name"], "actions": {"postAuthSession": {"failureActions": actions}}}
    changed = okta.put(f"/api/v1/policies/{made}/rules/{rule['id']}", body)
    assert changed["actions"]["postAuthSession"]["failureActions"] == [{**actions[0], "slo": None}, actions[1]]


@pytest.mark.parametrize(
    ("kind", "body", "field"),
    [
        ("OKTA_SIGN_ON", {"conditions": {"risk": {"behaviors": ["bhv0"]}}}, "conditions.risk.behaviors"),
        ("OKTA_SIGN_ON", {"conditions": {"network": {"connection": "HERE"}}}, "conditions.network.connection"),
        ("OKTA_SIGN_ON", {"conditions": {"identityProvider": {"idpIds": ["0oa0"]}}}, "conditions.identityProvider"),
        ("OKTA_SIGN_ON", {"actions": {"signon": {"access": "MAYBE"}}}, "actions.signon.access"),
        ("MFA_ENROLL", {"actions": {"enroll": {"self": "SOMETIMES"}}}, "actions.enroll.self"),
        ("IDP_DISCOVERY", {"actions": {"idp": {"providers": [{"type": "SAML2", "id": "0oa0"}]}}}, "actions.idp"),
        ("IDP_DISCOVERY", {"conditions": {"platform": {"include": [{"type": "PHONE"}]}}}, "conditions.platform"),
        ("ACCESS_POLICY", {"conditions": {"userType": {"exclude": ["oty0"]}}}, "conditions.userType.exclude"),
        ("ACCESS_POLICY", {"conditions": {"riskScore": {"level": "SOME"}}}, "conditions.riskScore.level"),
        ("ENTITY_RISK", {"conditions": {"entityRisk": {"level": "SOME"}}}, "conditions.entityRisk.level"),
        ("ENTITY_RISK", {"actions": {"entityRisk": {"actions": [{"action": "WAIT"}]}}}, "actions.entityRisk"),
    ],
)
def test_a_rule_with_an_unknown_value_or_object_is_refused(okta: Okta, kind: str, body: Any, field: str) -> None:
    default = next(each for each in okta.get("/api/v1/policies", type=kind) if each["system"])
    refusal = okta.post(f"/api/v1/policies/{default['id']}/rules", {"name": "r", **body}, status=400)
    assert refusal["errorSummary"].startswith(f"Api validation failed: {field}")


@pytest.mark.parametrize("kind", ["PROFILE_ENROLLMENT", "POST_AUTH_SESSION", "SESSION_VIOLATION_DETECTION"])
def test_some_policies_come_with_all_of_their_rules(okta: Okta, kind: str) -> None:
    """Okta's documentation of POST .../rules, and of the provider's resources for these rules."""
    default = next(each for each in okta.get("/api/v1/policies", type=kind) if each["system"])
    rules = f"/api/v1/policies/{default['id']}/rules"
    okta.post(rules, {"name": "another"}, status=403)
    for rule in okta.get(rules):
        okta.delete(f"{rules}/{rule['id']}", status=403)


def test_profile_enrolment_refuses_unknown_groups_and_hooks(okta: Okta) -> None:
    rules = f"/api/v1/policies/{policy(okta, 'PROFILE_ENROLLMENT', 'p')['id']}/rules"
    path = f"{rules}/{okta.get(rules)[0]['id']}"
    for enrolment in ({"targetGroupIds": ["00g0"]}, {"preRegistrationInlineHooks": [{"inlineHookId": "cal0"}]}):
        okta.put(path, {"name": "mine", "actions": {"profileEnrollment": enrolment}}, status=400)


@pytest.mark.parametrize(
    "entry", [{"key": "okta_vrify", "enroll": {"self": "OPTIONAL"}}, {"key": "webauthn", "enroll": {"self": "SOON"}}]
)
def test_an_enrolment_policy_refuses_unknown_authenticators_and_values(okta: Okta, entry: Any) -> None:
    body = {"type": "MFA_ENROLL", "name": "m", "settings": {"type": "AUTHENTICATORS", "authenticators": [entry]}}
    okta.post("/api/v1/policies", body, status=400)


def test_expand_rules(okta: Okta) -> None:
    path = f"/api/v1/policies/{policy(okta, 'ACCESS_POLICY', 'a')['id']}"
    assert [each["name"] for each in okta.get(path, expand="rules")["_embedded"]["rules"]] == ["Catch-all Rule"]
    assert "_embedded" not in okta.get(path)
