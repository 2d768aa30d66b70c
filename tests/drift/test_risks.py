"""Attacks on a tenant: for each one, the rule that detects it, and harmless changes that look similar."""

from __future__ import annotations

from dataclasses import replace

import pytest

from reconciler.drift.findings import Severity, Verdict
from reconciler.drift.severity import rate
from reconciler.kinds import Part, kinds, risks_of
from reconciler.kinds.entries import models
from reconciler.kinds.mapping import schema
from reconciler.kinds.risks import KnownObject, Occurrence
from reconciler.kinds.threats import RULES
from tests.drift.ratings import Known, beyond_of, cases, changed, whole
from tests.of_kinds import all_about

GROUP_RULE, SESSION, PASSWORD = "group-rule", "global-session-policy-rule", "password-policy"
SERVER, ACCESS, CLAIM, SCOPE = (
    "authorization-server",
    "access-policy-rule",
    "authorization-server-claim",
    "authorization-server-scope",
)
STAFF = KnownObject("staff", declared=True)
GUESTS = KnownObject("Guests (00g2)")
ADMINS = KnownObject("admins", item={"hasAdminPrivilege": True}, declared=True)
GROUPS = {("group", one.name): one for one in (STAFF, GUESTS, ADMINS)}


def granted(*scopes):
    """A service app with these scopes of Okta's API."""
    return {"_embedded": {"grants": [{"id": f"oag-{scope}", "scopeId": scope} for scope in scopes]}}


def fills(*groups):
    """A group rule that fills these groups."""
    return Known({"groups": list(groups)}, others=GROUPS)


def expression(before, after, *groups):
    return changed(GROUP_RULE, "expression", before, after), fills(*groups)


def rule_of(**members):
    return {"name": "A", "status": "ACTIVE", "access": "ALLOW", "factor_mode": "2FA", "constraints": []} | members


PASSWORD_METHOD = {"key": "okta_password", "method": "password"}
WEBAUTHN = {"key": "webauthn", "method": "webauthn"}
EMAIL = {"key": "okta_email", "method": "email"}


def chained(*steps):
    """A rule with one chain; a step is a list of methods."""
    chain = {"steps": [{"authentication_methods": methods} for methods in steps]}
    return rule_of(type="AUTH_METHOD_CHAIN", factor_mode=None, constraints=None, chains=[chain])


def rules(before, after):
    return changed("authentication-policy-rules", "rules", before, after)


STRONG = [{"possession": {"phishing_resistant": "REQUIRED"}}]
POLICIES = {
    ("authentication-policy-rules", "strong"): KnownObject("strong", {"rules": [rule_of(constraints=STRONG)]}),
    ("authentication-policy-rules", "any"): KnownObject("any", {"rules": [rule_of()]}),
    ("authentication-policy-rules", "mixed"): KnownObject("mixed", {"rules": [rule_of(constraints=STRONG), rule_of()]}),
    ("authentication-policy-rules", "closed"): KnownObject("closed", {"rules": [rule_of(access="DENY")]}),
}


def assigned(before, after, policy="any", kind="oidc-app"):
    """The groups of an app under a policy."""
    groups = [[{"group": name, "profile": {}} for name in names] for names in (before, after)]
    app = KnownObject("one", {"authentication_policy": policy})
    return changed("app-group-assignments", "groups", *groups), Known(others={**POLICIES, (kind, "one"): app})


def zone(field, before, after, name="tor", verdict=Verdict.CHANGED):
    """A zone that rules need to keep people out, if it is that for Tor."""
    return changed("network-zone", field, before, after, verdict), Known(
        {"usage": "POLICY"}, name=name, keeping_out={("network-zone", "tor")}
    )


OFFICE = [{"type": "CIDR", "value": "203.0.113.0/24"}]

HOLDS = {
    "membership-widened": [
        expression('user.type == "E"', "true", "staff"),
        expression('user.type == "E"', 'user.type == "E" or user.type == "C"', "staff"),
        expression('user.type == "E" and user.city == "Oslo"', 'user.type == "E"', "staff"),
        expression('user.type == "E"', 'user.type == "E" and a ? true : true', "staff"),
        expression("a", "a and b or true", "staff"),
        expression("a", '"a" and b', "staff"),
        (changed(GROUP_RULE, "groups", ["staff"], ["Guests (00g2)", "staff"]), fills("staff")),
        (changed(GROUP_RULE, "status", "INACTIVE", "ACTIVE"), fills("staff")),
        (whole(Verdict.UNMANAGED, GROUP_RULE), fills("staff")),
    ],
    "admin-group-filled": [
        expression("a", "true", "admins"),
        (changed(GROUP_RULE, "groups", ["staff"], ["admins", "staff"]), fills("staff")),
        (changed(GROUP_RULE, "status", "INACTIVE", "ACTIVE"), fills("admins")),
        (whole(Verdict.UNMANAGED, GROUP_RULE), fills("Guests (00g2)", "admins")),
        (changed(GROUP_RULE, "conditions.people.users.exclude", ["x"], [], Verdict.BEYOND), fills("admins")),
    ],
    "admin-group-undeclared": [(whole(Verdict.UNMANAGED, "group"), Known(item={"hasAdminPrivilege": True}))],
    "access-widened": [
        assigned(["staff"], ["staff", "guests"]),
        assigned(["staff"], ["staff", "guests"], kind="saml-app"),
        changed("oidc-app", "status", "INACTIVE", "ACTIVE"),
        changed("bookmark-app", "accessibility_self_service", False, True),
    ],
    "sensitive-app-assigned": [assigned(["staff"], ["staff", "guests"], "strong")],
    "identity-changed": [
        changed("group", "custom_profile_attributes", {"level": 1}, {"level": 2}),
        changed("saml-app", "attribute_statements", [], [{"name": "role", "values": ["admin"]}]),
        changed("saml-app", "attribute_statements", [{"name": "role", "values": ["x"]}], [{"name": "role"}]),
        beyond_of("saml-app", "settings.signOn.inlineHooks", [], [{"id": "cal1"}]),
        beyond_of("oidc-app", "features", [], ["PROFILE_MASTERING"]),
        beyond_of("oidc-app", "credentials.userNameTemplate.userSuffix", None, "@evil.example"),
        beyond_of(ACCESS, "actions.token.inlineHook.id", None, "cal1"),
        changed("saml-app", "subject_name_id_template", "${user.userName}", "boss@acme.example"),
        changed("oidc-app", "user_name_template", "${source.login}", "boss"),
        changed(CLAIM, "value", "user.role", '"admin"'),
        changed(CLAIM, "scopes", ["payments:read"], []),
        whole(Verdict.UNMANAGED, CLAIM),
        beyond_of(CLAIM, "value", "user.login", '"boss"'),
    ],
    "audience-changed": [
        changed("saml-app", "audience", "a", "b"),
        beyond_of("saml-app", "settings.signOn.audienceOverride", None, "b"),
        changed(SERVER, "audiences", ["https://a.example"], ["https://b.example"]),
        beyond_of(SERVER, "audiences", ["https://a.example"], ["https://b.example"]),
    ],
    "tokens-widened": [
        changed("access-policy", "clients", ["console"], ["ALL_CLIENTS"]),
        beyond_of("access-policy", "conditions.clients.include", ["0oa1"], ["ALL_CLIENTS"]),
        changed(ACCESS, "groups", ["admins"], ["admins", "staff"]),
        changed(ACCESS, "groups_excluded", ["guests"], []),
        changed(ACCESS, "scopes", ["read"], ["*"]),
        changed(ACCESS, "grant_types", ["authorization_code"], ["authorization_code", "client_credentials"]),
        changed(SCOPE, "default", False, True),
        changed(SCOPE, "metadata_publish", "NO_CLIENTS", "ALL_CLIENTS"),
        whole(Verdict.UNMANAGED, ACCESS),
        whole(Verdict.UNMANAGED, "access-policy"),
        whole(Verdict.UNMANAGED, SCOPE),
    ],
    "consent-waived": [
        changed("oidc-app", "consent_method", "REQUIRED", "TRUSTED"),
        changed(SCOPE, "consent", "REQUIRED", "IMPLICIT"),
        changed(SCOPE, "consent", "REQUIRED", "FLEXIBLE"),
    ],
    "server-switched-off": [
        changed(SERVER, "status", "ACTIVE", "INACTIVE"),
        beyond_of(SERVER, "status", "ACTIVE", "INACTIVE"),
    ],
    "service-undeclared": [
        (whole(Verdict.UNMANAGED, "oidc-app"), Known({"type": "service", "grant_types": ["client_credentials"]})),
        (whole(Verdict.UNMANAGED, "oidc-app"), Known({"type": "web", "grant_types": ["client_credentials"]})),
    ],
    "api-manage-granted": [
        (whole(Verdict.UNMANAGED, "oidc-app"), Known(item=granted("okta.users.manage"))),
    ],
    "lasts-longer": [
        changed(ACCESS, "access_token_lifetime_minutes", 15, 1440),
        changed(ACCESS, "refresh_token_lifetime_minutes", 60, 0),
        changed(ACCESS, "refresh_token_lifetime_minutes", 60, 90),
        changed(ACCESS, "refresh_token_window_minutes", 60, 90),
        beyond_of(ACCESS, "actions.token.accessTokenLifetimeMinutes", 60, 1440),
        changed(SESSION, "session_lifetime", 720, 0),
        changed(SESSION, "session_idle", 15, 1440),
        changed(SESSION, "session_persistent", False, True),
        beyond_of(SESSION, "actions.signon.session.maxSessionIdleMinutes", 120, 1440),
        changed("oidc-app", "refresh_token_rotation", "ROTATE", "STATIC"),
        changed("oidc-app", "refresh_token_leeway", 0, 60),
        changed("oidc-app", "grant_types", ["authorization_code"], ["authorization_code", "refresh_token"]),
    ],
    "asked-less-often": [
        changed(SESSION, "mfa_prompt", "ALWAYS", "DEVICE"),
        changed(SESSION, "mfa_lifetime", 15, 1440),
        changed(SESSION, "mfa_remember_device", False, True),
        rules([rule_of(re_authentication_frequency="PT0S")], [rule_of(re_authentication_frequency="PT12H")]),
        rules([rule_of(re_authentication_frequency="PT12H")], [rule_of(re_authentication_frequency="P1D")]),
        rules([rule_of(inactivity_period="PT1H")], [rule_of(inactivity_period=None)]),
        rules([rule_of()], [rule_of(keep_me_signed_in={"post_auth": "ALLOWED"})]),
        rules(
            [rule_of(constraints=[{"knowledge": {"reauthenticate_in": "PT0S"}}])],
            [rule_of(constraints=[{"knowledge": {"reauthenticate_in": "PT9H"}}])],
        ),
        beyond_of(
            "authentication-policy-rules",
            "rules[Catch-all Rule].actions.appSignOn.verificationMethod.reauthenticateIn",
            "PT2H",
            "PT43800H",
        ),
        beyond_of(
            "authentication-policy-rules",
            "rules[Catch-all Rule].actions.appSignOn.keepMeSignedIn.postAuth",
            "NOT_ALLOWED",
            "ALLOWED",
        ),
    ],
    "recovery-widened": [
        changed(PASSWORD, "sms_recovery", "INACTIVE", "ACTIVE"),
        changed(PASSWORD, "recovery_email_token", 60, 10080),
        changed(PASSWORD, "skip_unlock", False, True),
        changed("password-policy-rule", "password_reset", "DENY", "ALLOW"),
        beyond_of(PASSWORD, "settings.recovery.factors.recovery_question.status", "INACTIVE", "ACTIVE"),
        beyond_of("password-policy-rule", "actions.selfServiceUnlock.access", "DENY", "ALLOW"),
        beyond_of(
            "password-policy-rule",
            "actions.selfServicePasswordReset.requirement.primary.methods",
            ["email"],
            ["email", "sms"],
        ),
    ],
    "notified-less": [changed(PASSWORD, "password_lockout_notification_channels", ["EMAIL"], [])],
    "conditions-changed": [
        changed(SESSION, "network_connection", "ZONE", "ANYWHERE"),
        changed(SESSION, "risk_level", "LOW", "ANY"),
        changed("global-session-policy", "groups_included", ["admins"], ["guests"]),
        changed(PASSWORD, "groups_included", ["admins"], ["guests"]),
        changed("password-policy-rule", "network_includes", ["office"], ["home"]),
        beyond_of(SESSION, "conditions.risk.behaviors", ["New device"], []),
        beyond_of("authentication-policy-rules", "rules[A].conditions.userType.exclude", ["x"], []),
        rules([rule_of(custom_expression="a")], [rule_of(custom_expression="b")]),
    ],
    "order-changed": [
        changed(SESSION, "priority", 1, 2),
        changed("global-session-policy", "priority", 2, 1),
        changed(ACCESS, "priority", 1, 3),
    ],
    "rule-added": [
        whole(Verdict.UNMANAGED, SESSION),
        whole(Verdict.UNMANAGED, "global-session-policy"),
        whole(Verdict.UNMANAGED, "password-policy-rule"),
        rules([rule_of()], [rule_of(name="Nobody", access="DENY"), rule_of()]),
        changed("authentication-policy-rules", "rules[Mine]", None, {}, Verdict.BEYOND),
    ],
    "exempt-zone-filled": [
        (beyond_of("network-zone", "gateways", None, OFFICE), Known(name="default-exempt-ip-zone")),
        (beyond_of("network-zone", "gateways", [], OFFICE), Known(name="default-exempt-ip-zone")),
    ],
    "deny-zone-narrowed": [
        zone("status", "ACTIVE", "INACTIVE"),
        zone("services", ["TOR", "VPN"], ["VPN"]),
        zone("locations_excluded", [], ["NO"]),
        zone("", None, None, verdict=Verdict.MISSING),
        (
            beyond_of("network-zone", "status", "ACTIVE", "INACTIVE"),
            Known(name="tor", keeping_out={("network-zone", "tor")}),
        ),
    ],
    "admin-role-granted": [
        beyond_of("group", "adminRoles", ["READ_ONLY_ADMIN"], ["READ_ONLY_ADMIN", "SUPER_ADMIN"]),
        beyond_of("group", "adminRoles", ["READ_ONLY_ADMIN"], ["SUPER_ADMIN"]),
    ],
    "mfa-weakened": [
        rules([rule_of(name="A"), rule_of(name="B", constraints=STRONG)], [rule_of(name="A")]),
        rules(
            [rule_of(name="A", constraints=STRONG), rule_of(name="B")],
            [rule_of(name="B"), rule_of(name="A", constraints=STRONG)],
        ),
        rules([rule_of(name="A", constraints=STRONG)], [rule_of(name="New"), rule_of(name="A", constraints=STRONG)]),
        rules([rule_of(constraints=STRONG)], [rule_of(constraints=STRONG, groups_included=["guests"])]),
        rules([rule_of(name="A")], [rule_of(name="B", factor_mode="1FA")]),
        rules(
            [
                rule_of(
                    constraints=[{"possession": {"authentication_methods": [{"key": "okta_verify", "method": "push"}]}}]
                )
            ],
            [rule_of(constraints=[{"possession": {"authentication_methods": []}}])],
        ),
        rules([rule_of()], [chained([PASSWORD_METHOD])]),
        rules([rule_of(constraints=STRONG)], [chained([PASSWORD_METHOD], [WEBAUTHN])]),
        rules([chained([PASSWORD_METHOD], [WEBAUTHN])], [rule_of()]),
        rules([chained([PASSWORD_METHOD], [WEBAUTHN])], [chained([PASSWORD_METHOD], [WEBAUTHN, EMAIL])]),
        rules([chained([PASSWORD_METHOD], [WEBAUTHN])], [chained([PASSWORD_METHOD])]),
        rules([chained([WEBAUTHN | {"phishing_resistant": "REQUIRED"}])], [chained([WEBAUTHN])]),
        beyond_of(
            "authentication-policy-rules",
            "rules[Catch-all Rule].actions.appSignOn.verificationMethod.chains",
            None,
            [{"authenticationMethods": [{"key": "okta_password", "method": "password"}]}],
        ),
        changed(SESSION, "factor_sequence", [], [{"primary_criteria_factor_type": "password"}]),
    ],
    "password-weakened": [
        changed(PASSWORD, "password_auto_unlock_minutes", 0, 1),
        changed(PASSWORD, "password_auto_unlock_minutes", 60, 1),
        changed(PASSWORD, "password_exclude_first_name", True, False),
        changed(PASSWORD, "breached_password_logout_enabled", True, False),
        changed(PASSWORD, "breached_password_expire_after_days", 0, 30),
    ],
    "redirects-widened": [
        changed("oidc-app", "accessibility_error_redirect_url", None, "https://evil.example"),
        changed("saml-app", "default_relay_state", None, "https://evil.example"),
        beyond_of("saml-app", "settings.signOn.ssoAcsUrlOverride", None, "https://evil.example"),
    ],
    "grants-widened": [
        changed("oidc-app", "grant_types", [], ["urn:ietf:params:oauth:grant-type:device_code"]),
        changed("oidc-app", "response_types", ["code"], ["code", "id_token"]),
        changed(ACCESS, "grant_types", ["authorization_code"], ["password"]),
    ],
    "proof-weakened": [
        changed("oidc-app", "token_endpoint_auth_method", "private_key_jwt", "client_secret_basic"),
        changed("oidc-app", "auto_key_rotation", True, False),
        beyond_of("oidc-app", "settings.oauthClient.dpop_bound_access_tokens", True, False),
        changed("saml-app", "honor_force_authn", True, False),
        changed(SERVER, "credentials_rotation_mode", "AUTO", "MANUAL"),
    ],
    "assigned-to-everyone": [
        changed("saml-app", "implicit_assignment", False, True),
        (whole(Verdict.UNMANAGED, "oidc-app"), Known({"implicit_assignment": True})),
    ],
    "zone-widened": [
        zone("proxy_type", "Tor", "Any", "other"),
        zone("status", "INACTIVE", "ACTIVE", "other"),
        (beyond_of("network-zone", "gateways", None, OFFICE), Known({"usage": "POLICY"}, name="legacy-ip-zone")),
    ],
    "blocklist-narrowed": [
        (beyond_of("network-zone", "gateways", OFFICE, []), Known({"usage": "BLOCKLIST"}, name="blocked-ip-zone")),
    ],
}

DOES_NOT_HOLD = {
    "membership-widened": [
        expression("a", "a", "staff"),
        expression('user.type == "E"', 'user.type  ==  "E"', "staff"),
        expression("a or b", "b", "staff"),
        expression("a", "a and b", "staff"),
        expression("a", "(a && b)", "staff"),
        expression("a or b", "b and (c or d)", "staff"),
        (changed(GROUP_RULE, "groups", ["guests", "staff"], ["staff"]), fills("staff")),
        (changed(GROUP_RULE, "name", "a", "b"), fills("staff")),
        (whole(Verdict.UNMANAGED, GROUP_RULE), fills("Guests (00g2)")),
        (whole(Verdict.MISSING, GROUP_RULE), fills("staff")),
    ],
    "admin-group-filled": [
        expression("a", "true", "staff"),
        expression("a", "a and b", "admins"),
        (changed(GROUP_RULE, "groups", ["admins", "staff"], ["admins"]), fills("admins")),
        (whole(Verdict.UNMANAGED, GROUP_RULE), fills("staff")),
    ],
    "admin-group-undeclared": [(whole(Verdict.UNMANAGED, "group"), Known(item={"hasAdminPrivilege": False}))],
    "access-widened": [
        assigned(["staff", "guests"], ["staff"]),
        assigned(["staff", "guests"], ["guests", "staff"]),
        assigned(["staff"], ["staff", "guests"], kind="bookmark-app"),
        changed("oidc-app", "status", "ACTIVE", "INACTIVE"),
    ],
    "sensitive-app-assigned": [
        assigned(["staff"], ["staff", "guests"], policy) for policy in ("any", "mixed", "closed", "unknown")
    ],
    "identity-changed": [
        changed("saml-app", "attribute_statements", [{"name": "role"}], []),
        changed(CLAIM, "status", "ACTIVE", "INACTIVE"),
        whole(Verdict.MISSING, CLAIM),
        changed("saml-app", "label", "a", "b"),
    ],
    "audience-changed": [changed(SERVER, "description", "a", "b")],
    "tokens-widened": [
        changed("access-policy", "clients", ["console", "crm"], ["crm"]),
        changed(ACCESS, "groups_excluded", [], ["guests"]),
        changed(ACCESS, "description", "a", "b"),
        changed(SCOPE, "default", True, False),
    ],
    "consent-waived": [
        changed("oidc-app", "consent_method", "TRUSTED", "REQUIRED"),
        changed(SCOPE, "consent", "FLEXIBLE", "REQUIRED"),
    ],
    "server-switched-off": [changed(SERVER, "status", "INACTIVE", "ACTIVE")],
    "service-undeclared": [
        (whole(Verdict.UNMANAGED, "oidc-app"), Known({"type": "web", "grant_types": ["authorization_code"]})),
        whole(Verdict.UNMANAGED, "oidc-app"),
    ],
    "api-manage-granted": [
        (whole(Verdict.UNMANAGED, "oidc-app"), Known(item=granted("okta.users.read"))),
    ],
    "lasts-longer": [
        changed(ACCESS, "access_token_lifetime_minutes", 1440, 15),
        changed(ACCESS, "refresh_token_lifetime_minutes", 0, 60),
        changed(SESSION, "session_lifetime", 0, 720),
        changed(SESSION, "session_idle", None, 720),
    ],
    "asked-less-often": [
        changed(SESSION, "mfa_prompt", "DEVICE", "ALWAYS"),
        changed(SESSION, "mfa_prompt", "ALWAYS", None),
        rules([rule_of(re_authentication_frequency="PT60M")], [rule_of(re_authentication_frequency="PT1H")]),
        rules([rule_of(inactivity_period=None)], [rule_of(inactivity_period="PT1H")]),
        rules([rule_of(re_authentication_frequency="PT0S")], []),
    ],
    "recovery-widened": [
        changed(PASSWORD, "sms_recovery", "ACTIVE", "INACTIVE"),
        changed("password-policy-rule", "password_reset", "ALLOW", "DENY"),
    ],
    "notified-less": [changed(PASSWORD, "password_lockout_notification_channels", [], ["EMAIL"])],
    "conditions-changed": [
        changed(SESSION, "session_idle", 1, 2),
        rules([rule_of(custom_expression="a")], [rule_of(custom_expression="a", name="B")]),
    ],
    "order-changed": [changed(SESSION, "name", "a", "b")],
    "rule-added": [
        whole(Verdict.UNMANAGED, "authentication-policy"),
        changed("authentication-policy-rules", "rules[Mine]", {}, None, Verdict.BEYOND),
        rules([rule_of()], [rule_of(name="Not yet", status="INACTIVE"), rule_of()]),
        rules([rule_of()], [rule_of(name="B")]),
    ],
    "exempt-zone-filled": [
        (beyond_of("network-zone", "gateways", OFFICE, []), Known(name="default-exempt-ip-zone")),
        (beyond_of("network-zone", "gateways", [], OFFICE), Known(name="legacy-ip-zone")),
    ],
    "deny-zone-narrowed": [
        zone("status", "INACTIVE", "ACTIVE"),
        zone("status", "ACTIVE", "INACTIVE", "other"),
        zone("services", ["VPN"], ["TOR", "VPN"]),
        zone("name", "a", "b"),
    ],
    "mfa-weakened": [
        rules([rule_of(name="A", constraints=STRONG)], [rule_of(name="B", constraints=STRONG)]),
        rules([rule_of(name="A"), rule_of(name="B")], [rule_of(name="A"), rule_of(name="C")]),
        rules(
            [rule_of(name="A"), rule_of(name="B", constraints=STRONG)],
            [rule_of(name="B", constraints=STRONG), rule_of(name="A")],
        ),
        rules([rule_of(factor_mode="1FA")], [rule_of(factor_mode="1FA", groups_included=["staff"])]),
        changed(SESSION, "name", "a", "b"),
    ],
    "admin-role-granted": [beyond_of("group", "adminRoles", ["READ_ONLY_ADMIN", "SUPER_ADMIN"], ["READ_ONLY_ADMIN"])],
    "password-weakened": [changed(PASSWORD, "password_auto_unlock_minutes", 1, 0)],
    "proof-weakened": [
        changed("oidc-app", "token_endpoint_auth_method", "client_secret_basic", "client_secret_post"),
        changed("oidc-app", "token_endpoint_auth_method", "client_secret_basic", "private_key_jwt"),
    ],
}
for about in all_about().values():
    for of_kinds, table in ((about.attacks, HOLDS), (about.innocent, DOES_NOT_HOLD)):
        for rule_id, findings in of_kinds.items():
            table[rule_id] = [*table.get(rule_id, ()), *findings]

BY_ID = {rule.id: rule for rule in RULES}


@pytest.mark.parametrize(("rule", "finding", "view"), cases(HOLDS))
def test_an_attack_breaks_a_rule_and_is_as_severe(rule, finding, view):
    found = rate(finding, view)
    assert rule in found.rules
    assert found.severity >= BY_ID[rule].severity >= Severity.MEDIUM


@pytest.mark.parametrize(("rule", "finding", "view"), cases(DOES_NOT_HOLD))
def test_a_harmless_change_breaks_no_rule(rule, finding, view):
    assert rule not in rate(finding, view).rules


@pytest.mark.parametrize(("rule", "finding", "view"), cases(HOLDS))
def test_a_pending_change_breaks_no_rule(rule, finding, view):
    assert rate(replace(finding, verdict=Verdict.PENDING), view).rules == ()


def test_a_rule_that_only_has_another_name_is_medium():
    renamed = rules([rule_of(constraints=STRONG)], [rule_of(name="B", constraints=STRONG)])
    assert (rate(renamed).severity, rate(renamed).rules) == (Severity.MEDIUM, ())


@pytest.mark.parametrize("kind", ["app", "an-app-of-no-kind"])
def test_an_object_without_a_kind_is_rated_by_its_verdict(kind):
    assert rate(changed(kind, "label", "a", "b", Verdict.BEYOND)).severity is Severity.LOW
    assert rate(changed(kind, "", None, "b", Verdict.BEYOND)).severity is Severity.MEDIUM


# All fields

HARMLESS = {
    "global-session-policy-rule": {"name"},
    "global-session-policy": {"name", "description"},
    "password-policy-rule": {"name"},
    "password-policy": {
        "name",
        "description",
        "password_expire_warn_days",
        "password_show_lockout_failures",
    },
    "authentication-policy": {"name", "description"},
    "authentication-policy-rules": {"name", "status"},
    "bookmark-app": {"request_integration"},
    "oidc-app": {
        "type",
        "issuer_mode",
        "login_mode",
        "login_scopes",
        "client_uri",
        "logo_uri",
        "policy_uri",
        "tos_uri",
        "user_name_template_push_status",
        "client_id",  # a change replaces the app: Okta keeps it
    },
    "saml-app": {"preconfigured_app", "user_name_template_push_status"},
    "app-group-assignments": {"group"},
    "authorization-server-scope": {"name", "description", "display_name", "optional"},
    "authorization-server": {"name", "description"},
    "access-policy": {"name", "description"},
    "access-policy-rule": {"name"},
}
"""Fields whose change gives no access and hides nothing, or that cannot be changed in Okta."""
OF_EVERY_APP = {"label", "hide_ios", "hide_web", "auto_submit_toolbar", "app_links", "admin_note", "enduser_note"}


OF_THE_API = {"features"}
"""Members of the API that look like a field but are not covered by one."""


def without_rule(model: type[Part]) -> set[str]:
    """The compared fields of a model without a risk."""
    named = {field for risk in risks_of(model) if risk.of is Occurrence.CHANGED for field in risk.fields}
    return {field.name for field in schema(model) if field.comparable} - named


@pytest.mark.parametrize("kind", list(kinds()), ids=lambda kind: kind.name)
def test_every_field_has_a_risk_or_is_known_to_be_harmless(kind):
    known = all_about().get(kind.name)
    harmless = (
        HARMLESS.get(kind.name, set())
        | (known.harmless if known else set())
        | (OF_EVERY_APP if kind.shape.others == "app" else set())
    )
    assert set.union(*map(without_rule, models(kind))) == harmless


@pytest.mark.parametrize("kind", list(kinds()), ids=lambda kind: kind.name)
def test_risks_name_existing_fields(kind):
    for model in models(kind):
        named = {field for risk in risks_of(model) for field in risk.fields}
        plain = {field for field in named if field.isidentifier() and field == field.lower()}
        assert plain <= {field.name for field in schema(model)} | OF_THE_API


def test_every_rule_is_declared_by_some_kind():
    declared = {risk.rule for kind in kinds() for model in models(kind) for risk in risks_of(model)}
    assert declared == set(RULES)
