"""Severity: for every rule, findings to which it applies, and similar findings to which it does not."""

from __future__ import annotations

from dataclasses import replace

import pytest

from reconciler.definitions.model import Credentials, Declaration, Desired, Environment, Source
from reconciler.drift import TenantView
from reconciler.drift.findings import Severity, Verdict
from reconciler.drift.severity import rate, rated
from reconciler.engine.state import EMPTY
from reconciler.kinds import kind_named
from reconciler.kinds.risks import KnownObject
from reconciler.kinds.threats import RULES
from reconciler.okta.snapshot import Snapshot
from tests.drift import test_risks
from tests.drift.ratings import Known, beyond_of, cases, changed, whole
from tests.matches import match_of

OFFICE = {"name": "Office", "status": "ACTIVE", "access": "ALLOW", "factor_mode": "2FA"}
HARDWARE = {"possession": {"hardware_protection": "REQUIRED", "phishing_resistant": "REQUIRED"}}
SOFTWARE = {"possession": {"hardware_protection": "OPTIONAL", "phishing_resistant": "REQUIRED"}}
STRICT = OFFICE | {"constraints": [HARDWARE]}
CLOSED = OFFICE | {"access": "DENY", "constraints": []}
WEAK = OFFICE | {"name": "Weak", "factor_mode": "1FA", "constraints": []}
DESKTOP = {"type": "DESKTOP", "os_type": "ANY", "os_expression": ""}
MAC = DESKTOP | {"os_type": "MACOS"}
MOBILE = DESKTOP | {"type": "MOBILE"}
ZONE = {"network_connection": "ZONE"}


def rules(expected, actual):
    return changed("authentication-policy-rules", "rules", expected, actual)


def password(field, expected, actual):
    return changed("password-policy", field, expected, actual)


def app(field, expected, actual, kind="oidc-app"):
    return changed(kind, field, expected, actual)


def session(field, expected, actual):
    return changed("global-session-policy-rule", field, expected, actual)


def zone(field, expected, actual, usage="POLICY"):
    """A finding and its zone."""
    return changed("network-zone", field, expected, actual), Known({"usage": usage})


def blocklist(field, expected, actual):
    return zone(field, expected, actual, "BLOCKLIST")


def moved(*rules_of_policies):
    """An app that uses another policy, with the rules of both."""
    both = zip(("strict", "easy"), rules_of_policies, strict=True)
    others = {("authentication-policy-rules", name): KnownObject(name, {"rules": rules}) for name, rules in both}
    return app("authentication_policy", "strict", "easy"), Known(others=others)


def gone_session_rule(**fields):
    return whole(Verdict.MISSING, "global-session-policy-rule"), Known(fields)


def widened(rule, *later, **conditions):
    """A rule whose conditions are others in the tenant; those after it are as declared."""
    after = [one | {"name": "Later"} for one in later]
    return rules([rule, *after], [rule | conditions, *after])


def beyond(field, kind="oidc-app"):
    return changed(kind, field, "a", "b", Verdict.BEYOND)


CATCH_ALL = "rules[Catch-all Rule].actions.appSignOn"
DEVICE = [{"possession": {"required": True, "deviceBound": "REQUIRED"}}]
PASSWORD = [{"knowledge": {"required": True, "types": ["password"]}}]


def catch_all(before, after):
    field = f"{CATCH_ALL}.verificationMethod.constraints"
    return changed("authentication-policy-rules", field, before, after, Verdict.BEYOND)


HOLDS = {
    "mfa-weakened": [
        changed(
            "authentication-policy-rules",
            f"{CATCH_ALL}.verificationMethod.factorMode",
            "2FA",
            "1FA",
            Verdict.BEYOND,
        ),
        changed("global-session-policy-rule", "actions.signon.requireFactor", True, False, Verdict.BEYOND),
        catch_all(DEVICE, []),
        catch_all(DEVICE, None),
        catch_all(DEVICE, PASSWORD),
        catch_all(DEVICE, [*DEVICE, *PASSWORD]),
        catch_all(DEVICE, [{"possession": {"required": True}}]),
        rules([STRICT], [STRICT | {"constraints": [{"knowledge": {"types": ["password"], "required": True}}]}]),
        changed("global-session-policy-rule", "mfa_required", True, False),
        rules([STRICT], [STRICT | {"factor_mode": "1FA"}]),
        rules([STRICT], [STRICT | {"constraints": [SOFTWARE]}]),
        rules([STRICT], [STRICT | {"constraints": [HARDWARE, SOFTWARE]}]),
        rules([STRICT], [STRICT | {"constraints": []}]),
        rules([STRICT], [STRICT | {"status": "INACTIVE"}]),
        rules([STRICT], []),
        rules([CLOSED], [STRICT]),
        rules([STRICT], [STRICT, STRICT | {"name": "For me", "factor_mode": "1FA"}]),
        session("access", "DENY", "ALLOW"),
        session("access", "DENY", "CHALLENGE"),
        session("access", "CHALLENGE", "ALLOW"),
        widened(WEAK | ZONE | {"network_includes": ["office"]}, network_connection="ANYWHERE", network_includes=[]),
        widened(WEAK | ZONE | {"network_includes": ["office"]}, network_includes=["home", "office"]),
        widened(WEAK | ZONE | {"network_excludes": ["tor", "vpn"]}, network_excludes=["vpn"]),
        widened(WEAK | {"risk_score": "LOW"}, risk_score="ANY"),
        widened(WEAK | {"risk_score": "LOW"}, risk_score="HIGH"),
        widened(WEAK | {"groups_included": ["staff"]}, groups_included=["guests", "staff"]),
        widened(WEAK | {"groups_included": ["staff"]}, groups_included=["everyone"]),
        widened(WEAK | {"groups_excluded": ["admins"]}, groups_excluded=[]),
        widened(WEAK | {"platforms": [MAC]}, platforms=[DESKTOP]),
        widened(WEAK | {"device_is_managed": True}, device_is_managed=None),
        widened(WEAK | {"custom_expression": "user.trusted"}, custom_expression=None),
        widened(OFFICE | {"groups_included": ["staff"], "constraints": []}, STRICT, groups_included=[]),
        widened(OFFICE | {"groups_included": ["staff"], "constraints": []}, CLOSED, groups_included=[]),
        widened(CLOSED | {"groups_included": ["contractors", "guests"]}, groups_included=["guests"]),
        widened(CLOSED, groups_included=["guests"]),
        moved([STRICT], [WEAK]),
        moved([STRICT, CLOSED], [STRICT, STRICT | {"constraints": [SOFTWARE]}]),
        moved([STRICT, CLOSED], []),
        gone_session_rule(access="DENY"),
        gone_session_rule(mfa_required=True),
        (session("status", "ACTIVE", "INACTIVE"), Known({"mfa_required": True})),
    ],
    "password-weakened": [
        password("password_min_length", 12, 8),
        password("password_history_count", 4, 0),
        password("password_max_age_days", 90, 365),
        password("password_max_age_days", 90, 0),
        password("password_max_lockout_attempts", 5, 0),
        password("password_dictionary_lookup", True, False),
    ],
    "redirects-widened": [
        app("redirect_uris", ["https://a.example"], ["https://a.example", "https://b.example"]),
        app("redirect_uris", ["https://a.example"], ["https://b.example"]),
        app("post_logout_redirect_uris", None, ["https://b.example"]),
        app("acs_endpoints", [], ["https://b.example"], kind="saml-app"),
        app("sso_url", "https://a.example", "https://b.example", kind="saml-app"),
        app("login_uri", "https://a.example", "https://b.example"),
        app("url", "https://a.example", "https://b.example", kind="bookmark-app"),
    ],
    "wildcard-uri": [
        app("wildcard_redirect", "DISABLED", "SUBDOMAIN"),
        app("redirect_uris", [], ["https://*.a.example"]),
        app("login_uri", None, "https://*.a.example"),
        changed("trusted-origin", "origin", "https://a.example", "https://*.example"),
    ],
    "plain-http": [
        app("redirect_uris", [], ["http://a.example/callback"]),
        app("redirect_uris", [], ["HTTP://a.example"]),
        app("redirect_uris", [], ["http://[::1/callback"]),
        app("sso_url", "https://a.example", "http://a.example", kind="saml-app"),
        app("sso_url", "https://a.example", "http://localhost.a.example", kind="saml-app"),
        app("accessibility_error_redirect_url", None, "http://a.example"),
        changed("trusted-origin", "origin", "https://a.example", "http://192.0.2.1"),
    ],
    "origins-widened": [
        whole(Verdict.UNMANAGED, "trusted-origin"),
        changed("trusted-origin", "origin", "https://a.example", "https://b.example"),
        changed("trusted-origin", "scopes", ["CORS"], ["CORS", "REDIRECT"]),
        changed("trusted-origin", "status", "INACTIVE", "ACTIVE"),
    ],
    "assigned-to-everyone": [
        changed("app-group-assignments", "groups", [{"group": "staff"}], [{"group": "staff"}, {"group": "everyone"}]),
        changed("global-session-policy", "groups_included", ["staff"], ["everyone", "staff"]),
    ],
    "rule-switched-off": [
        changed("global-session-policy-rule", "status", "ACTIVE", "INACTIVE"),
        changed("group-rule", "status", "ACTIVE", "INVALID"),
        whole(Verdict.MISSING, "access-policy"),
        whole(Verdict.MISSING, "password-policy-rule"),
    ],
    "app-moved": [app("authentication_policy", "strict", "easy")],
    "secret-rotated": [
        beyond("credentials.signing.kid"),
        beyond("credentials.clientSecretHint"),
        beyond("a.x5c"),
        app("jwks", [], [{"kid": "one"}]),
    ],
    "zone-widened": [
        zone("gateways", ["198.51.100.0/24"], ["198.51.100.0/24", "0.0.0.0/0"]),
        zone("asns", [], ["64496"]),
        zone("locations_excluded", ["NO", "SE"], ["SE"]),
    ],
    "blocklist-narrowed": [
        blocklist("gateways", ["198.51.100.0/24", "203.0.113.7/32"], ["198.51.100.0/24"]),
        blocklist("locations_excluded", [], ["NO"]),
        blocklist("usage", "BLOCKLIST", "POLICY"),
        blocklist("status", "ACTIVE", "INACTIVE"),
        (whole(Verdict.MISSING, "network-zone"), Known({"usage": "BLOCKLIST"})),
    ],
    "grants-widened": [app("grant_types", ["authorization_code"], ["authorization_code", "implicit"])],
    "implicit-flow": [
        app("grant_types", ["authorization_code"], ["authorization_code", "implicit"]),
        app("grant_types", ["authorization_code"], ["authorization_code", "password"]),
        changed("access-policy-rule", "grant_types", ["authorization_code"], ["authorization_code", "implicit"]),
    ],
    "proof-weakened": [
        app("token_endpoint_auth_method", "private_key_jwt", "none"),
        app("pkce_required", True, False),
        app("assertion_signed", True, False, kind="saml-app"),
        app("digest_algorithm", "SHA256", "SHA1", kind="saml-app"),
    ],
    "admin-role-granted": [changed("group", "hasAdminPrivilege", False, True, Verdict.BEYOND)],
    "people-exempted": [
        beyond("conditions.people.users.exclude", "global-session-policy-rule"),
        beyond("conditions.people.users.exclude", "group-rule"),
        beyond("rules[A].conditions.people.users.exclude", "authentication-policy-rules"),
        changed("global-session-policy-rule", "users_excluded", [], ["ada@example.com"]),
        changed("mfa-enrollment-policy-rule", "users_excluded", ["ada@example.com"], []),
        changed("password-policy-rule", "users_included", [], ["ada@example.com"]),
        changed("access-policy-rule", "users_excluded", [], ["ada@example.com"]),
        changed("group-rule", "users_excluded", [], ["ada@example.com"]),
        rules([STRICT], [STRICT | {"users_excluded": ["ada@example.com"]}]),
        rules([STRICT | {"users_included": ["ada@example.com"]}], [STRICT]),
    ],
}

DOES_NOT_HOLD = {
    "mfa-weakened": [
        changed("authentication-policy-rules", f"{CATCH_ALL}.access", "ALLOW", "DENY", Verdict.BEYOND),
        changed("global-session-policy-rule", "mfa_required", False, True),
        rules([STRICT | {"constraints": [SOFTWARE]}], [STRICT]),
        catch_all([], DEVICE),
        catch_all(None, DEVICE),
        catch_all(PASSWORD, DEVICE),
        catch_all([*DEVICE, *PASSWORD], PASSWORD),
        rules([STRICT | {"factor_mode": "1FA"}], [STRICT]),
        rules([STRICT], [CLOSED]),
        rules([STRICT | {"status": "INACTIVE"}], []),
        rules([STRICT], [STRICT, STRICT | {"name": "Another"}]),
        rules([STRICT], [STRICT, CLOSED | {"name": "Nobody", "factor_mode": "1FA"}]),
        rules([STRICT], [STRICT, STRICT | {"name": "Not yet", "factor_mode": "1FA", "status": "INACTIVE"}]),
        rules([STRICT, STRICT | {"name": "B"}], [STRICT | {"name": "B"}, STRICT]),
        session("access", "ALLOW", "DENY"),
        session("access", "ALLOW", "CHALLENGE"),
        changed("access-policy-rule", "access", "DENY", "ALLOW"),
        widened(WEAK, risk_score="LOW"),
        widened(WEAK, groups_included=["staff"]),
        widened(WEAK | {"groups_included": ["everyone"]}, groups_included=["staff"]),
        widened(WEAK | {"platforms": [DESKTOP, MOBILE]}, platforms=[MAC]),
        widened(WEAK | {"custom_expression": "user.trusted"}, custom_expression="user.trusted and user.known"),
        widened(WEAK | {"groups_included": ["staff"], "status": "INACTIVE"}, groups_included=[]),
        widened(STRICT | {"groups_included": ["staff"]}, groups_included=[]),
        widened(STRICT | {"groups_included": ["staff"]}, OFFICE | {"constraints": []}, groups_included=[]),
        widened(OFFICE | {"constraints": []}, STRICT | {"status": "INACTIVE"}, groups_excluded=[]),
        widened(CLOSED | {"groups_included": ["guests"]}, groups_included=[]),
        moved([WEAK], [STRICT]),
        moved([STRICT | {"constraints": []}], []),
        moved([STRICT, WEAK | {"status": "INACTIVE"}], [STRICT | {"name": "Another"}, CLOSED]),
        app("authentication_policy", "unknown", "easy"),
        gone_session_rule(access="ALLOW", mfa_required=False),
        (session("status", "INACTIVE", "ACTIVE"), Known({"mfa_required": True})),
        (session("status", "ACTIVE", "INACTIVE"), Known({"access": "ALLOW"})),
    ],
    "password-weakened": [
        password("password_min_length", 8, 12),
        password("password_max_age_days", 0, 90),
        password("password_max_age_days", 90, 30),
        password("password_dictionary_lookup", False, True),
        password("description", "a", "b"),
        whole(Verdict.MISSING, "password-policy"),
    ],
    "redirects-widened": [
        app("redirect_uris", ["https://a.example", "https://b.example"], ["https://a.example"]),
        app("login_uri", "https://a.example", None),
        app("logo_uri", "https://a.example", "https://b.example"),
    ],
    "wildcard-uri": [
        app("wildcard_redirect", "SUBDOMAIN", "DISABLED"),
        app("redirect_uris", ["https://*.a.example"], ["https://a.example"]),
        app("redirect_uris", ["https://*.a.example"], ["https://*.a.example", "https://a.example"]),
        changed("access-policy-rule", "scopes", ["read"], ["*"]),
    ],
    "plain-http": [
        app("redirect_uris", [], ["https://a.example/callback", "com.example.app:/callback"]),
        app("redirect_uris", [], ["http://localhost:5173/callback", "http://127.0.0.1/", "http://[::1]:8000/"]),
        app("redirect_uris", ["http://a.example"], ["http://a.example", "https://b.example"]),
        app("client_uri", None, "http://a.example"),
        changed("trusted-origin", "origin", "https://a.example", "http://localhost:3000"),
    ],
    "origins-widened": [
        whole(Verdict.MISSING, "trusted-origin"),
        whole(Verdict.UNREADABLE, "trusted-origin"),
        changed("trusted-origin", "name", "a", "b"),
        changed("trusted-origin", "scopes", ["CORS", "REDIRECT"], ["CORS"]),
        changed("trusted-origin", "status", "ACTIVE", "INACTIVE"),
    ],
    "assigned-to-everyone": [
        changed("app-group-assignments", "groups", [{"group": "everyone"}], []),
        changed("global-session-policy-rule", "groups_excluded", [], ["everyone"]),
        changed("group", "description", "a", ["everyone"]),
    ],
    "rule-switched-off": [
        changed("global-session-policy-rule", "status", "INACTIVE", "ACTIVE"),
        changed("oidc-app", "status", "ACTIVE", "INACTIVE"),
        whole(Verdict.MISSING, "group"),
    ],
    "app-moved": [app("label", "strict", "easy")],
    "secret-rotated": [beyond("settings.notes"), changed("oidc-app", "client_secret", "a", "b")],
    "zone-widened": [
        zone("gateways", ["198.51.100.0/24", "0.0.0.0/0"], ["198.51.100.0/24"]),
        changed("group", "locations", [], ["US"]),
        blocklist("gateways", [], ["198.51.100.0/24"]),
        zone("services_excluded", [], ["TOR_NODES"]),
    ],
    "blocklist-narrowed": [
        blocklist("gateways", [], ["198.51.100.0/24"]),
        blocklist("name", "a", "b"),
        blocklist("status", "INACTIVE", "ACTIVE"),
        zone("gateways", ["198.51.100.0/24"], []),
        zone("usage", "POLICY", "BLOCKLIST"),
        (whole(Verdict.MISSING, "network-zone"), Known({"usage": "POLICY"})),
        (changed("group", "description", "a", "b"), Known({"usage": "BLOCKLIST"})),
    ],
    "grants-widened": [
        app("grant_types", ["authorization_code", "implicit"], ["authorization_code"]),
        app("grant_types", ["authorization_code"], ["authorization_code", "refresh_token"]),
        app("grant_types", ["implicit"], ["implicit", "refresh_token"]),
    ],
    "implicit-flow": [
        app("grant_types", ["authorization_code", "implicit"], ["authorization_code"]),
        app("grant_types", ["implicit"], ["client_credentials", "implicit"]),
        changed("access-policy-rule", "grant_types", ["implicit", "password"], ["password"]),
    ],
    "proof-weakened": [
        app("token_endpoint_auth_method", "none", "private_key_jwt"),
        app("pkce_required", False, True),
        app("assertion_signed", False, True, kind="saml-app"),
        app("assertion_signed", True, False),
    ],
    "admin-role-granted": [changed("group", "hasAdminPrivilege", True, False, Verdict.BEYOND)],
    "people-exempted": [
        beyond("conditions.network", "global-session-policy-rule"),
        changed("group-rule", "expression", "a", "b"),
    ],
}

BY_OKTA = {
    "password-weakened": [
        beyond_of("password-policy", "settings.password.complexity.minLength", 8, 4),
        beyond_of("password-policy", "settings.password.age.historyCount", 4, 0),
        beyond_of("password-policy", "settings.password.complexity.dictionary.common.exclude", True, False),
    ],
    "mfa-weakened": [
        beyond_of("global-session-policy-rule", "actions.signon.access", "DENY", "ALLOW"),
        beyond_of("authentication-policy-rules", f"{CATCH_ALL}.access", "DENY", "ALLOW"),
    ],
}
"""Objects that Okta created are rated by the same rules as declared ones."""

BY_ID = {rule.id: rule for rule in RULES}


def test_every_rule_is_tried_both_ways():
    tried = (test_risks.HOLDS, test_risks.DOES_NOT_HOLD)
    assert [{*here, *there} for here, there in zip((HOLDS, DOES_NOT_HOLD), tried, strict=True)] == [set(BY_ID)] * 2


@pytest.mark.parametrize(("rule", "finding", "view"), cases(HOLDS))
def test_a_rule_applies(rule, finding, view):
    found = rate(finding, view)
    assert rule in found.rules
    assert found.severity >= BY_ID[rule].severity


@pytest.mark.parametrize(("rule", "finding", "view"), cases(BY_OKTA))
def test_a_rule_applies_to_objects_created_by_okta(rule, finding, view):
    assert rule in rate(finding, view).rules
    assert rule not in rate(replace(finding, expected=finding.actual, actual=finding.expected), view).rules


@pytest.mark.parametrize(("rule", "finding", "view"), cases(DOES_NOT_HOLD))
def test_a_rule_does_not_apply(rule, finding, view):
    assert rule not in rate(finding, view).rules


@pytest.mark.parametrize(("rule", "finding", "view"), cases(HOLDS))
def test_a_pending_change_breaks_no_rule(rule, finding, view):
    found = rate(replace(finding, verdict=Verdict.PENDING), view)
    assert (found.severity, found.rules) == (Severity.INFO, ())


@pytest.mark.parametrize(
    ("verdict", "severity"),
    [
        (Verdict.CHANGED, Severity.MEDIUM),
        (Verdict.MISSING, Severity.HIGH),
        (Verdict.UNMANAGED, Severity.MEDIUM),
        (Verdict.PENDING, Severity.INFO),
        (Verdict.CONFLICT, Severity.HIGH),
        (Verdict.UNREADABLE, Severity.MEDIUM),
        (Verdict.BEYOND, Severity.LOW),
    ],
)
def test_without_a_rule_the_verdict_decides(verdict, severity):
    found = rate(changed("group", "description", "a", "b", verdict))
    assert (found.severity, found.rules) == (severity, ())


def test_a_built_in_object_as_a_whole_is_more_severe_than_one_member():
    assert rate(whole(Verdict.BEYOND, "group")).severity is Severity.MEDIUM


def test_an_inherited_field_is_one_step_less_severe():
    plain = changed("group", "description", "", "x")
    assert rate(plain).severity is Severity.MEDIUM
    assert rate(replace(plain, inherited=True)).severity is Severity.LOW


def test_a_rule_applies_fully_to_an_inherited_field():
    found = rate(replace(HOLDS["mfa-weakened"][0], inherited=True))
    assert found.severity is Severity.CRITICAL


def test_the_most_severe_rule_counts_and_all_are_named():
    found = rate(app("redirect_uris", [], ["https://*.a.example"]))
    assert found.rules == ("redirects-widened", "wildcard-uri")
    assert found.severity is Severity.CRITICAL


def test_a_verdict_may_be_more_severe_than_the_rules():
    """A conflict is at least high, whatever rules apply."""
    found = rate(changed("group", "description", "a", "b", Verdict.CONFLICT))
    assert found.severity is Severity.HIGH


@pytest.mark.parametrize("severity", Severity)
def test_less_is_one_step_and_never_below_info(severity):
    assert severity.less == max(severity - 1, Severity.INFO)


def test_findings_are_rated_by_how_their_objects_are_declared():
    zones = {"office": {"usage": "POLICY"}, "banned": {"usage": "BLOCKLIST"}}
    declared = [
        Declaration(kind_named("network-zone"), name, spec, frozenset(spec), Source("zones.yaml", 1, 1))
        for name, spec in zones.items()
    ]
    desired = Desired(
        Environment("test", "https://tenant.example", Credentials()), {one.address: one for one in declared}, ""
    )
    live = Snapshot({})
    view = TenantView(match_of(desired, EMPTY, live))
    lost = [
        replace(changed("network-zone", "asns", ["64496"], []), name=name) for name in ("office", "banned", "unknown")
    ]
    assert [found.rules for found in rated(lost, view)] == [(), ("blocklist-narrowed",), ()]


def test_rules_have_unique_ids():
    assert len(BY_ID) == len(RULES)


@pytest.mark.parametrize(("expected", "actual"), [("text", [{"group": "x"}]), ([{"group": "x"}], "text"), ([1], 5)])
def test_a_value_that_became_a_list_or_was_one_is_rated(expected, actual):
    assert rate(changed("bookmark-app", "groups", expected, actual)).severity
    assert rate(replace(beyond("custom"), expected=expected, actual=actual)).severity
