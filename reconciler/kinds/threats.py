"""The rules by which findings are severe: what each means, and how bad it is. Kinds say when they hold."""

from __future__ import annotations

from reconciler.kinds.risks import Rule, Severity

MFA_WEAKENED = Rule("mfa-weakened", Severity.CRITICAL, "a sign-in asks for fewer or weaker factors than declared")
PASSWORD_WEAKENED = Rule("password-weakened", Severity.HIGH, "a password may be weaker than declared")
REDIRECTS_WIDENED = Rule("redirects-widened", Severity.CRITICAL, "an app may send people to an address not declared")
WILDCARD_URI = Rule("wildcard-uri", Severity.CRITICAL, "an address holds a wildcard that is not declared")
ORIGINS_WIDENED = Rule("origins-widened", Severity.HIGH, "a site is trusted that is not declared to be")
ASSIGNED_TO_EVERYONE = Rule("assigned-to-everyone", Severity.HIGH, "everyone gets what only some were declared to get")
RULE_SWITCHED_OFF = Rule("rule-switched-off", Severity.HIGH, "a rule or policy that is declared does not apply")
APP_MOVED = Rule("app-moved", Severity.HIGH, "an app is under another authentication policy than declared")
SECRET_ROTATED = Rule("secret-rotated", Severity.HIGH, "a key or secret was changed")
ZONE_WIDENED = Rule("zone-widened", Severity.HIGH, "a zone holds addresses or places that are not declared")
BLOCKLIST_NARROWED = Rule(
    "blocklist-narrowed", Severity.HIGH, "a blocklist refuses fewer addresses or places than declared"
)
GRANTS_WIDENED = Rule("grants-widened", Severity.HIGH, "an app may use a grant type that gives tokens away easily")
PROOF_WEAKENED = Rule(
    "proof-weakened", Severity.HIGH, "less has to be proved than declared to get tokens or be believed"
)
ADMIN_ROLE_GRANTED = Rule("admin-role-granted", Severity.CRITICAL, "the members of a group have become administrators")
ADMIN_GROUP_UNDECLARED = Rule(
    "admin-group-undeclared", Severity.HIGH, "a group whose members are administrators is not declared"
)
MEMBERSHIP_WIDENED = Rule(
    "membership-widened", Severity.HIGH, "a group rule fills a group with other people than declared"
)
ADMIN_GROUP_FILLED = Rule(
    "admin-group-filled", Severity.CRITICAL, "a group rule decides anew who is an administrator of the tenant"
)
ACCESS_WIDENED = Rule("access-widened", Severity.HIGH, "people get an app who were not declared to get it")
SENSITIVE_APP_ASSIGNED = Rule(
    "sensitive-app-assigned", Severity.CRITICAL, "people get an app that asks everybody for a phishing-resistant factor"
)
IDENTITY_CHANGED = Rule(
    "identity-changed", Severity.HIGH, "an app or API is told something else about people than declared"
)
AUDIENCE_CHANGED = Rule(
    "audience-changed", Severity.HIGH, "tokens or assertions are meant for somebody else than declared"
)
TOKENS_WIDENED = Rule(
    "tokens-widened",
    Severity.HIGH,
    "an authorization server gives tokens to more clients, people or uses than declared",
)
CONSENT_WAIVED = Rule("consent-waived", Severity.HIGH, "people are not asked for a consent that they were asked for")
SERVER_SWITCHED_OFF = Rule("server-switched-off", Severity.HIGH, "an authorization server gives no tokens any more")
SERVICE_UNDECLARED = Rule("service-undeclared", Severity.HIGH, "an app that nobody declared can get tokens for itself")
API_MANAGE_GRANTED = Rule(
    "api-manage-granted", Severity.CRITICAL, "an app may change the tenant through Okta's API, which is not declared"
)
API_READ_GRANTED = Rule(
    "api-read-granted", Severity.HIGH, "an app may ask for more scopes of Okta's API than when it was applied"
)
LASTS_LONGER = Rule("lasts-longer", Severity.HIGH, "a token or session can be used for longer than declared")
ASKED_LESS_OFTEN = Rule(
    "asked-less-often", Severity.HIGH, "people are asked for their factors less often than declared"
)
RECOVERY_WIDENED = Rule(
    "recovery-widened", Severity.HIGH, "there are more ways back into an account without its password than declared"
)
NOTIFIED_LESS = Rule("notified-less", Severity.HIGH, "people are not told what they were told about their account")
CONDITIONS_CHANGED = Rule(
    "conditions-changed", Severity.HIGH, "a rule or policy decides on other people or sign-ins than declared"
)
ORDER_CHANGED = Rule("order-changed", Severity.HIGH, "a rule or policy is asked earlier or later than declared")
RULE_ADDED = Rule("rule-added", Severity.HIGH, "a rule or policy decides that nobody declared")
EXEMPT_ZONE_FILLED = Rule("exempt-zone-filled", Severity.HIGH, "addresses are exempt from being blocked")
DENY_ZONE_NARROWED = Rule(
    "deny-zone-narrowed", Severity.HIGH, "a zone that a rule needs to keep people out holds less than declared"
)
PEOPLE_EXEMPTED = Rule("people-exempted", Severity.HIGH, "a rule counts for other people than when it was applied")

RULES = (
    MFA_WEAKENED,
    PASSWORD_WEAKENED,
    REDIRECTS_WIDENED,
    WILDCARD_URI,
    ORIGINS_WIDENED,
    ASSIGNED_TO_EVERYONE,
    RULE_SWITCHED_OFF,
    APP_MOVED,
    SECRET_ROTATED,
    ZONE_WIDENED,
    BLOCKLIST_NARROWED,
    GRANTS_WIDENED,
    PROOF_WEAKENED,
    ADMIN_ROLE_GRANTED,
    ADMIN_GROUP_UNDECLARED,
    ADMIN_GROUP_FILLED,
    MEMBERSHIP_WIDENED,
    SENSITIVE_APP_ASSIGNED,
    ACCESS_WIDENED,
    IDENTITY_CHANGED,
    AUDIENCE_CHANGED,
    TOKENS_WIDENED,
    CONSENT_WAIVED,
    SERVER_SWITCHED_OFF,
    SERVICE_UNDECLARED,
    API_MANAGE_GRANTED,
    API_READ_GRANTED,
    LASTS_LONGER,
    ASKED_LESS_OFTEN,
    RECOVERY_WIDENED,
    NOTIFIED_LESS,
    CONDITIONS_CHANGED,
    ORDER_CHANGED,
    RULE_ADDED,
    EXEMPT_ZONE_FILLED,
    DENY_ZONE_NARROWED,
    PEOPLE_EXEMPTED,
)
"""All rules, in the order in which they are shown."""
