"""Whether an authentication policy became weaker: its rules require less, or weak rules match more sign-ins.

Rules are in canonical form (`AuthenticationRule`), in priority order. The first rule that matches a sign-in applies.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import permutations, product
from typing import Any

from reconciler.kinds.durations import longer

Rule = dict[str, Any]

_ONLY = (
    "groups_included",
    "users_included",
    "user_types_included",
    "network_connection",
    "network_includes",
    "platforms",
    "risk_score",
    "device_is_registered",
    "device_is_managed",
    "device_assurances_included",
)
"""The conditions that a sign-in must meet to match a rule."""
_NOT = ("groups_excluded", "users_excluded", "user_types_excluded", "network_excludes")
"""The conditions that a sign-in must not meet to match a rule."""
_ALL = (None, "ANY", "ANYWHERE", "everyone")
"""The values of a condition that every sign-in meets."""


def weaker(declared: Sequence[Rule], live: Sequence[Rule]) -> bool:
    """Whether the live rules require fewer or weaker factors for some sign-in than the declared rules."""
    live = _by_declared_names(declared, live)
    now = {rule["name"]: rule for rule in live}
    names = {rule["name"] for rule in declared}
    added = [rule for rule in live if rule["name"] not in names]
    if any(_allows(rule, 1) for rule in added) and any(_allows(rule, 2) for rule in declared):
        return True
    return _moved_ahead(declared, live) or any(
        _weaker_rule(rule, now.get(rule["name"]), declared[position:])
        for position, rule in enumerate(declared, start=1)
    )


def pairs(declared: Sequence[Rule], live: Sequence[Rule]) -> Iterator[tuple[Rule, Rule]]:
    """Each declared rule that is still in the tenant, as declared and as it is now."""
    now = {rule["name"]: rule for rule in _by_declared_names(declared, live)}
    return ((rule, now[rule["name"]]) for rule in declared if rule["name"] in now)


def undeclared(declared: Sequence[Rule], live: Sequence[Rule]) -> list[Rule]:
    """The active rules that are not declared."""
    names = {rule["name"] for rule in declared}
    return [
        rule for rule in _by_declared_names(declared, live) if rule["name"] not in names and rule["status"] == "ACTIVE"
    ]


def asks_for_less(before: Sequence[Rule], after: Sequence[Rule]) -> bool:
    """Whether the rules of another policy ask for less: in the weakest of them, or in the last one.

    The last rule applies where no other does. Which sign-ins match the others cannot be compared.
    """
    old, new = ([rule for rule in rules if rule["status"] == "ACTIVE"] for rules in (before, after))
    if not old or not new:
        return False
    return _requires_less(min(new, key=_strength), min(old, key=_strength)) or _requires_less(new[-1], old[-1])


def _strength(rule: Rule) -> tuple[bool, bool, int]:
    """What a rule requires; greater is more. A rule that denies access is the strictest."""
    return rule["access"] == "DENY", factors(rule) > 1, _demanded(rule)


def asked_less_often(before: Rule, after: Rule) -> bool:
    """Whether users of a rule authenticate less often than before."""
    return (
        any(longer(before.get(member), after.get(member)) for member in _TIMES)
        or any(longer(old, new) for old, new in zip(_inner_times(before), _inner_times(after), strict=False))
        or _stays_signed_in(after.get("keep_me_signed_in")) > _stays_signed_in(before.get("keep_me_signed_in"))
    )


_TIMES = ("re_authentication_frequency", "inactivity_period")


def _inner_times(rule: Rule) -> list[str | None]:
    """The re-authentication interval of each factor of each combination."""
    sets = rule.get("constraints") or ()
    steps = [step for chain in rule.get("chains") or () for step in chain["steps"]]
    return [
        *((one.get(part) or {}).get("reauthenticate_in") for one in sets for part in _PROOFS),
        *(step.get("reauthenticate_in") for step in steps),
    ]


def _stays_signed_in(value: Any) -> bool:
    return isinstance(value, dict) and value.get("post_auth") == "ALLOWED"


def withstands_phishing(rules: Sequence[Rule]) -> bool:
    """Whether every rule that allows access requires a phishing-resistant or hardware-protected factor."""
    allowing = [rule for rule in rules if rule["status"] == "ACTIVE" and rule["access"] == "ALLOW"]
    return bool(allowing) and all(
        ways and all(map(_is_strong, ways)) for rule in allowing for ways in [rule.get("chains") or rule["constraints"]]
    )


def weakest_way_in(rules: Sequence[Rule]) -> tuple[int, int]:
    """The least that a policy requires of a sign-in that it allows: the number of factors, and their strength.

    Without a rule that allows access, that is what Okta's Catch-all Rule requires as Okta creates it.
    """
    allowing = [rule for rule in rules if rule["status"] == "ACTIVE" and rule["access"] == "ALLOW"]
    return min((min(factors(rule), 2), _demanded(rule)) for rule in allowing or [_CATCH_ALL])


def _is_strong(way: dict[str, Any]) -> bool:
    """Whether a combination of factors, or a chain, includes a factor that withstands phishing."""
    if "steps" in way:
        return any(all(map(_withstands, step["authentication_methods"])) for step in way["steps"])
    return _withstands(way.get("possession") or {})


def _withstands(factor: dict[str, Any]) -> bool:
    return "REQUIRED" in (factor.get("phishing_resistant"), factor.get("hardware_protection"))


def _by_declared_names(declared: Sequence[Rule], live: Sequence[Rule]) -> list[Rule]:
    """The live rules. A rule of which only the name changed gets its declared name."""
    names = {rule["name"] for rule in live}
    lost = [rule for rule in declared if rule["name"] not in names]
    known = {rule["name"] for rule in declared}
    result: list[Rule] = []
    for rule in live:
        was = next((one for one in lost if one | {"name": rule["name"]} == rule), None)
        if rule["name"] not in known and was is not None:
            lost.remove(was)
            rule = rule | {"name": was["name"]}
        result.append(rule)
    return result


def _moved_ahead(declared: Sequence[Rule], live: Sequence[Rule]) -> bool:
    """Whether a weaker rule was moved ahead of a stronger one."""
    positions = {rule["name"]: position for position, rule in enumerate(declared)}
    last = len(positions)  # of rules that are not declared
    active = [rule for rule in live if rule["status"] == "ACTIVE"]
    return any(
        positions.get(rule["name"], last) > positions.get(other["name"], last) and _requires_less(rule, other)
        for position, rule in enumerate(active)
        for other in active[position + 1 :]
    )


def _allows(rule: Rule, count: int) -> bool:
    """Whether a rule is active and allows access with this number of factors."""
    return bool(rule["status"] == "ACTIVE" and rule["access"] == "ALLOW" and factors(rule) == count)


def _weaker_rule(declared: Rule, live: Rule | None, later: Sequence[Rule]) -> bool:
    """Whether a rule is missing or weaker than declared. `later` are the declared rules after it."""
    if live is None or live["status"] == "INACTIVE":
        return bool(declared["status"] == "ACTIVE")
    if declared["access"] == live["access"] == "DENY":
        return _matches_more(live, declared)
    return (
        _requires_less(live, declared)
        or (live["access"] == "ALLOW" and _admits_other_methods(declared, live))
        or (_matches_more(declared, live) and _stronger_rule_follows(live, later))
        or (_matches_more(live, declared) and _weaker_rule_follows(declared, later))
    )


def _requires_less(rule: Rule, other: Rule) -> bool:
    """Whether a rule requires less than another. A rule that denies access is the strictest."""
    if "DENY" in (rule["access"], other["access"]):
        return bool(rule["access"] == "ALLOW")
    return factors(rule) < factors(other) or _demanded(rule) < _demanded(other)


def _demanded(rule: Rule) -> int:
    """The weight of the weakest way in that a rule allows."""
    return min(map(_weight, _paths(rule)), default=0) if _is_chain(rule) else demands(rule["constraints"])


def _weight(path: Sequence[dict[str, Any]]) -> int:
    return sum(_PROOFS["knowledge" if method["key"] in _KNOWN else "possession"] for method in path) + sum(
        bool(value == "REQUIRED") for method in path for value in method.values()
    )


def _is_chain(rule: Rule) -> bool:
    return rule.get("type") == "AUTH_METHOD_CHAIN"


def factors(rule: Rule) -> int:
    """The number of factors of different classes that a rule requires."""
    if not _is_chain(rule):
        return 2 if rule["factor_mode"] == "2FA" else 1
    counts = (len(set().union(*map(_classes, path))) for path in _paths(rule))
    return min(min(counts, default=1), 2)


def _paths(rule: Rule) -> Iterator[Sequence[dict[str, Any]]]:
    """Each sequence of methods with which users get through one of the chains."""
    for chain in rule.get("chains") or ():
        yield from product(*(step["authentication_methods"] for step in chain["steps"]))


_KNOWN = ("okta_password", "security_question")
"""The authenticators that are knowledge. All others are possession, with biometrics or a PIN as a second class."""


def _classes(method: dict[str, Any]) -> set[str]:
    if method["key"] in _KNOWN:
        return {"knowledge"}
    return {"possession"} | ({"inherence"} if method.get("user_verification") == "REQUIRED" else set())


def _admits_other_methods(declared: Rule, live: Rule) -> bool:
    """Whether a rule admits methods that it did not admit. A chain admits fewer methods than a number of factors."""
    if _is_chain(declared):
        return not _is_chain(live) or chains_admit_more(declared["chains"], live["chains"])
    if _is_chain(live):
        return bool(declared["constraints"])
    return admits_more(declared["constraints"], live["constraints"])


def chains_admit_more(before: Sequence[dict[str, Any]], now: Sequence[dict[str, Any]]) -> bool:
    """Whether a chain can be passed without the methods of any earlier chain."""
    return any(not any(_includes(chain, was) for was in before) for chain in now)


def _includes(chain: dict[str, Any], other: dict[str, Any]) -> bool:
    """Whether a chain has all the steps of another one, in any order, each with the same methods or fewer."""
    wanted = other["steps"]
    orders = permutations(chain["steps"], len(wanted))
    return any(all(map(_is_within, steps, wanted)) for steps in orders)


def _is_within(step: dict[str, Any], other: dict[str, Any]) -> bool:
    allowed = other["authentication_methods"]
    return all(any(_meets(method, one) for one in allowed) for method in step["authentication_methods"])


def _meets(method: dict[str, Any], other: dict[str, Any]) -> bool:
    return all(method.get(name) == value for name, value in other.items() if value not in (None, "OPTIONAL"))


def admits_more(before: Sequence[dict[str, Any]], now: Sequence[dict[str, Any]]) -> bool:
    """Whether factors satisfy some combination now that did not before. The number of combinations must be equal."""
    if len(before) != len(now):
        return False
    both = zip(before, now, strict=True)
    return any(_admits_more(old.get(part), new.get(part)) for old, new in both for part in _PROOFS)


def _admits_more(before: dict[str, Any] | None, now: dict[str, Any] | None) -> bool:
    if not before or not now:  # `demands` compares combinations with a part added or removed
        return False
    return any(_opened(before.get(member) or [], now.get(member) or []) for member in _ADMITTED) or any(
        one not in (now.get(_REFUSED) or []) for one in before.get(_REFUSED) or []
    )


_ADMITTED = ("types", "authentication_methods")
_REFUSED = "excluded_authentication_methods"


_PROOFS = {"knowledge": 1, "possession": 2}
"""The weight of each part of a combination: possession is stronger than knowledge."""


def demands(constraints: Any) -> int:
    """The weight of the weakest combination of factors, because users choose one of them.

    Other values, in a baseline or in a rule that Okta created, have no weight.
    """
    sets = [one for one in constraints if isinstance(one, dict)] if isinstance(constraints, list | tuple) else []
    return min((sum(_worth(one)) for one in sets), default=0)


def _worth(value: dict[str, Any]) -> Iterator[int]:
    for key, item in value.items():
        if isinstance(item, dict):
            yield _PROOFS.get(key, 0)
            yield from _worth(item)
        else:
            yield item == "REQUIRED" or (key == "required" and item is True)


def _stronger_rule_follows(rule: Rule, later: Sequence[Rule]) -> bool:
    """Whether a rule requires less than a later one. The last rule is the Catch-all Rule, with two factors."""
    if rule["access"] == "DENY":
        return False
    return factors(rule) == 1 or any(_requires_less(rule, other) for other in later if other["status"] == "ACTIVE")


_CATCH_ALL: Rule = {"name": "", "access": "ALLOW", "factor_mode": "2FA", "constraints": [], "status": "ACTIVE"}
"""The Catch-all Rule as Okta creates it."""


def _weaker_rule_follows(rule: Rule, later: Sequence[Rule]) -> bool:
    """Whether a sign-in that a rule no longer matches may match a weaker rule after it."""
    if rule["access"] == "DENY" or factors(rule) == 1:
        return False
    return any(_requires_less(other, rule) for other in (*later, _CATCH_ALL) if other["status"] == "ACTIVE")


def _matches_more(before: Rule, after: Rule) -> bool:
    """Whether changed conditions make a rule match more sign-ins.

    Expressions cannot be compared: only a removed one counts.
    """
    return (
        any(_opened(_values(before, condition), _values(after, condition)) for condition in _ONLY)
        or any(set(before.get(condition) or ()) - set(after.get(condition) or ()) for condition in _NOT)
        or bool(before.get("custom_expression") and not after.get("custom_expression"))
    )


def _values(rule: Rule, condition: str) -> list[Any]:
    """The values that meet a condition; empty if every sign-in meets it."""
    value = rule.get(condition)
    values = value if isinstance(value, list) else [value]
    return [] if any(one in _ALL for one in values) else values


def _opened(before: list[Any], after: list[Any]) -> bool:
    """Whether a condition accepts values that it did not accept before."""
    return bool(before) and (not after or any(not any(_covers(old, new) for old in before) for new in after))


def _covers(one: Any, other: Any) -> bool:
    """Whether a value equals another. For device platforms: whether it includes the other."""
    if isinstance(one, dict):
        return all(value in ("ANY", "", other[name]) for name, value in one.items())
    return bool(one == other)
