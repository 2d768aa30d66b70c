"""How bad a finding is: by declared rules, each with an id, and never by guess.

A finding is as severe as the most severe rule that holds for it; without any, its verdict decides.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from reconciler.definitions.model import Address, Desired
from reconciler.drift.findings import Finding, Severity, Verdict
from reconciler.drift.sign_in import demands, weaker
from reconciler.kinds.group import ADMIN

RULES_OF_ORDER = frozenset({"global-session-policy-rule", "password-policy-rule", "access-policy-rule"})
POLICIES = frozenset({"global-session-policy", "password-policy", "access-policy"})

_BY_VERDICT = {
    Verdict.CHANGED: Severity.MEDIUM,
    Verdict.MISSING: Severity.HIGH,
    Verdict.UNMANAGED: Severity.MEDIUM,
    Verdict.PENDING: Severity.INFO,
    Verdict.CONFLICT: Severity.HIGH,
    Verdict.UNREADABLE: Severity.MEDIUM,
    Verdict.BEYOND: Severity.LOW,
    Verdict.EXPIRED: Severity.LOW,
}


_NO_CHANGE = (Verdict.PENDING, Verdict.EXPIRED)
"""The verdicts that say nothing of what somebody did to the tenant."""


@dataclass(frozen=True, slots=True)
class Rule:
    """What a change means, and how bad that is."""

    id: str
    severity: Severity
    meaning: str
    holds: Callable[[Finding], bool]
    only: Mapping[str, Any] = field(default_factory=dict)
    """Fields that the object has to be declared with, so that the rule is about it."""

    def is_about(self, spec: Mapping[str, Any]) -> bool:
        """Whether an object that is declared so is one that the rule is about."""
        return all(spec.get(name) == value for name, value in self.only.items())


def rated(findings: Iterable[Finding], desired: Desired) -> list[Finding]:
    """The findings, each with its severity and the rules that hold for it."""
    declarations = desired.declarations
    declared = {address: declaration.spec for address, declaration in declarations.items()}
    return [rate(finding, declared.get(Address(finding.kind, finding.name), {})) for finding in findings]


def rate(finding: Finding, spec: Mapping[str, Any]) -> Finding:
    """The finding with its severity and the rules that hold for it; `spec` is how its object is declared."""
    rules = () if finding.verdict in _NO_CHANGE else RULES
    held = [rule for rule in rules if rule.is_about(spec) and rule.holds(finding)]
    severity = _BY_VERDICT[finding.verdict]
    if finding.inherited and finding.verdict is Verdict.CHANGED:
        severity = severity.less
    return replace(
        finding,
        severity=max([severity, *(rule.severity for rule in held)]),
        rules=tuple(rule.id for rule in held),
    )


_STRICTER = ("ALLOW", "CHALLENGE", "DENY")
"""What a session rule can decide, the strictest last."""


_ASKS_LESS = {"factorMode": "1FA", "requireFactor": False, "access": "ALLOW"}
"""The members of the rules that Okta made by which a sign-in is asked for less, and with which value."""


def _asks_for_less(finding: Finding) -> bool:
    """A sign-in that asked for two factors asks for one, or for weaker ones, or no longer at all."""
    if finding.verdict is Verdict.BEYOND:
        member = finding.field.rpartition(".")[2]
        if member == "constraints":
            return demands(finding.actual or ()) < demands(finding.expected or ())
        return member in _ASKS_LESS and finding.actual == _ASKS_LESS[member]
    if finding.kind == "authentication-policy-rules":
        return weaker(finding.expected or (), finding.actual or ())
    if finding.kind != "global-session-policy-rule":
        return False
    if finding.field == "access":
        return finding.actual in _STRICTER[: _STRICTER.index(finding.expected)]
    return finding.field == "mfa_required" and finding.actual is False


_MORE_IS_STRONGER = frozenset(
    {f"password_min_{what}" for what in ("length", "lowercase", "uppercase", "number", "symbol", "age_minutes")}
    | {"password_history_count", "question_min_length"}
)
_TRUE_IS_STRONGER = frozenset({"password_exclude_username", "password_dictionary_lookup"})
_ZERO_IS_NEVER = frozenset({"password_max_age_days", "password_max_lockout_attempts"})


def _weaker_password(finding: Finding) -> bool:
    if finding.kind != "password-policy" or finding.actual is None:
        return False
    if finding.field in _MORE_IS_STRONGER:
        return bool(finding.actual < finding.expected)
    if finding.field in _ZERO_IS_NEVER:
        return bool(finding.expected != 0 and (finding.actual == 0 or finding.actual > finding.expected))
    return finding.field in _TRUE_IS_STRONGER and finding.actual is False


def _added(finding: Finding) -> list[Any]:
    """The members that the tenant has and nobody declared."""
    if not isinstance(finding.actual, list):
        return []
    before = finding.expected if isinstance(finding.expected, list) else ()
    return [member for member in finding.actual if member not in before]


def _removed(finding: Finding) -> list[Any]:
    """The members that are declared and the tenant does not have."""
    if not isinstance(finding.expected, list):
        return []
    now = finding.actual if isinstance(finding.actual, list) else ()
    return [member for member in finding.expected if member not in now]


_SENT_TO = frozenset(
    {
        ("bookmark-app", "url"),
        ("oidc-app", "redirect_uris"),
        ("oidc-app", "post_logout_redirect_uris"),
        ("oidc-app", "login_uri"),
        ("saml-app", "sso_url"),
        ("saml-app", "recipient"),
        ("saml-app", "destination"),
        ("saml-app", "acs_endpoints"),
    }
)
"""The fields with the addresses that an app sends people to."""


def _new_addresses(finding: Finding) -> list[str]:
    """The addresses that a field holds and is not declared to hold."""
    return [finding.actual] if isinstance(finding.actual, str) else _added(finding)


def _more_redirects(finding: Finding) -> bool:
    return (finding.kind, finding.field) in _SENT_TO and bool(_new_addresses(finding))


def _wildcard(finding: Finding) -> bool:
    if (finding.kind, finding.field) in _SENT_TO | {("trusted-origin", "origin")}:
        return any("*" in address for address in _new_addresses(finding))
    return finding.field == "wildcard_redirect" and finding.actual == "SUBDOMAIN"


def _more_origins(finding: Finding) -> bool:
    if finding.kind != "trusted-origin":
        return False
    widened = finding.field == "origin" or bool(_added(finding))
    return widened or finding.verdict is Verdict.UNMANAGED or (finding.field == "status" and finding.actual == "ACTIVE")


def _to_everyone(finding: Finding) -> bool:
    members = [member.get("group") if isinstance(member, dict) else member for member in _added(finding)]
    return finding.field.startswith("groups") and not finding.field.endswith("excluded") and "everyone" in members


def _switched_off(finding: Finding) -> bool:
    is_rule = finding.kind in RULES_OF_ORDER | POLICIES or finding.kind == "group-rule"
    return is_rule and (
        finding.verdict is Verdict.MISSING or (finding.field == "status" and finding.actual != "ACTIVE")
    )


def _moved_app(finding: Finding) -> bool:
    return finding.field == "authentication_policy"


def _rotated(finding: Finding) -> bool:
    if finding.field in ("jwks", "jwks_uri"):
        return True
    path = finding.field.lower()
    return finding.verdict is Verdict.BEYOND and any(word in path for word in ("secret", "signing.kid", "x5c"))


_IN_ZONE = frozenset({"gateways", "proxies", "locations", "asns", "services"})
"""The fields of a zone that name what is in it."""
_NOT_IN_ZONE = frozenset({"locations_excluded", "services_excluded"})
"""The fields that name what is not."""


def _wider_zone(finding: Finding) -> bool:
    more = (finding.field in _IN_ZONE and _added(finding)) or (finding.field in _NOT_IN_ZONE and _removed(finding))
    return finding.kind == "network-zone" and bool(more)


def _less_refused(finding: Finding) -> bool:
    if finding.kind != "network-zone":
        return False
    if finding.verdict is Verdict.MISSING or finding.field == "usage" or finding.actual == "INACTIVE":
        return True
    return bool(
        (finding.field in _IN_ZONE and _removed(finding)) or (finding.field in _NOT_IN_ZONE and _added(finding))
    )


def _more_grants(finding: Finding) -> bool:
    return finding.field == "grant_types" and bool({"implicit", "password"} & set(_added(finding)))


_PROOF = {
    ("oidc-app", "token_endpoint_auth_method"): "none",
    ("oidc-app", "pkce_required"): False,
    ("saml-app", "response_signed"): False,
    ("saml-app", "assertion_signed"): False,
    ("saml-app", "signature_algorithm"): "RSA_SHA1",
    ("saml-app", "digest_algorithm"): "SHA1",
    ("saml-app", "saml_signed_request_enabled"): False,
}
"""What a field must not become: the value with which less has to be proved."""


def _less_proof(finding: Finding) -> bool:
    return (finding.kind, finding.field) in _PROOF and finding.actual == _PROOF[finding.kind, finding.field]


def _administrators(finding: Finding) -> bool:
    return finding.kind == "group" and finding.field == ADMIN and finding.actual is True


def _exempt_people(finding: Finding) -> bool:
    return finding.verdict is Verdict.BEYOND and "conditions.people." in finding.field


RULES = (
    Rule("mfa-weakened", Severity.CRITICAL, "a sign-in asks for fewer or weaker factors than declared", _asks_for_less),
    Rule("password-weakened", Severity.HIGH, "a password may be weaker than declared", _weaker_password),
    Rule("redirects-widened", Severity.CRITICAL, "an app may send people to an address not declared", _more_redirects),
    Rule("wildcard-uri", Severity.CRITICAL, "an address holds a wildcard that is not declared", _wildcard),
    Rule("origins-widened", Severity.HIGH, "a site is trusted that is not declared to be", _more_origins),
    Rule("assigned-to-everyone", Severity.HIGH, "everyone gets what only some were declared to get", _to_everyone),
    Rule("rule-switched-off", Severity.HIGH, "a rule or policy that is declared does not apply", _switched_off),
    Rule("app-moved", Severity.HIGH, "an app is under another authentication policy than declared", _moved_app),
    Rule("secret-rotated", Severity.HIGH, "a key or secret was changed", _rotated),
    Rule(
        "zone-widened",
        Severity.HIGH,
        "a zone holds addresses or places that are not declared",
        _wider_zone,
        only={"usage": "POLICY"},
    ),
    Rule(
        "blocklist-narrowed",
        Severity.HIGH,
        "a blocklist refuses fewer addresses or places than declared",
        _less_refused,
        only={"usage": "BLOCKLIST"},
    ),
    Rule("grants-widened", Severity.HIGH, "an app may use a grant type that gives tokens away easily", _more_grants),
    Rule(
        "proof-weakened", Severity.HIGH, "less has to be proved than declared to get tokens or be believed", _less_proof
    ),
    Rule("admin-role-granted", Severity.CRITICAL, "the members of a group have become administrators", _administrators),
    Rule("people-exempted", Severity.HIGH, "a rule counts for other people than when it was applied", _exempt_people),
)
"""All rules, in the order in which they are shown."""
