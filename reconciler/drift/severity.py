"""How bad a finding is: by declared rules, each with an id, and never by guess.

A finding is as severe as the most severe rule that holds for it; without any, its verdict decides.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from typing import Any

from reconciler.drift.findings import Finding, Severity, Verdict
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


def rated(finding: Finding) -> Finding:
    """The finding with its severity and the rules that hold for it."""
    held = [rule for rule in RULES if finding.verdict not in _NO_CHANGE and rule.holds(finding)]
    severity = _BY_VERDICT[finding.verdict]
    if finding.inherited and finding.verdict is Verdict.CHANGED:
        severity = severity.less
    return replace(
        finding,
        severity=max([severity, *(rule.severity for rule in held)]),
        rules=tuple(rule.id for rule in held),
    )


def _asks_for_less(finding: Finding) -> bool:
    """A sign-in that asked for two factors asks for one, or for weaker ones, or no longer at all."""
    if finding.kind == "global-session-policy-rule":
        return finding.field == "mfa_required" and finding.actual is False
    if finding.kind != "authentication-policy-rules":
        return False
    live = {rule["name"]: rule for rule in finding.actual or ()}
    declared = {rule["name"]: rule for rule in finding.expected or ()}
    added = [rule for name, rule in live.items() if name not in declared]
    if any(_lets_in(rule, "1FA") for rule in added) and any(_lets_in(rule, "2FA") for rule in declared.values()):
        return True
    return any(_weaker_rule(rule, live.get(name)) for name, rule in declared.items())


def _lets_in(rule: dict[str, Any], factor_mode: str) -> bool:
    """Whether a rule applies, and lets people in who show this much."""
    return bool(rule["status"] == "ACTIVE" and rule["access"] == "ALLOW" and rule["factor_mode"] == factor_mode)


def _weaker_rule(declared: dict[str, Any], live: dict[str, Any] | None) -> bool:
    if live is None or live["status"] == "INACTIVE":
        return bool(declared["status"] == "ACTIVE")
    if live["access"] == "DENY" or declared["access"] == "DENY":
        return bool(live["access"] == "ALLOW")
    fewer = bool(declared["factor_mode"] == "2FA" and live["factor_mode"] == "1FA")
    return fewer or _demands(live["constraints"]) < _demands(declared["constraints"])


def _demands(constraints: list[dict[str, Any]]) -> int:
    """How much the least demanding of several sets of factors asks for; people choose among them."""
    return min((sum(value == "REQUIRED" for value in _leaves(one)) for one in constraints), default=0)


def _leaves(value: Any) -> Iterator[Any]:
    if isinstance(value, dict):
        for item in value.values():
            yield from _leaves(item)
    else:
        yield value


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
    return [member for member in finding.actual if member not in (finding.expected or ())]


def _more_redirects(finding: Finding) -> bool:
    if finding.kind == "saml-app" and finding.field in ("sso_url", "recipient", "destination"):
        return True
    return finding.field in ("redirect_uris", "post_logout_redirect_uris", "acs_endpoints") and bool(_added(finding))


def _wildcard(finding: Finding) -> bool:
    by_setting = finding.field == "wildcard_redirect" and finding.actual == "SUBDOMAIN"
    return by_setting or any(isinstance(member, str) and "*" in member for member in _added(finding))


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


def _wider_zone(finding: Finding) -> bool:
    if finding.kind != "network-zone":
        return False
    return finding.field in ("gateways", "proxies", "locations", "asns", "services") and bool(_added(finding))


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
    return finding.verdict is Verdict.BEYOND and finding.field.startswith("conditions.people.")


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
    Rule("zone-widened", Severity.HIGH, "a zone holds addresses or places that are not declared", _wider_zone),
    Rule("grants-widened", Severity.HIGH, "an app may use a grant type that gives tokens away easily", _more_grants),
    Rule(
        "proof-weakened", Severity.HIGH, "less has to be proved than declared to get tokens or be believed", _less_proof
    ),
    Rule("admin-role-granted", Severity.CRITICAL, "the members of a group have become administrators", _administrators),
    Rule("people-exempted", Severity.HIGH, "a rule counts for other people than when it was applied", _exempt_people),
)
"""All rules, in the order in which they are shown."""
