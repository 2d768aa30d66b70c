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
    PEOPLE_EXEMPTED,
)
"""All rules, in the order in which they are shown."""
